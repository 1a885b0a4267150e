"""A very cheap stand-in for the provider: it parses no JSON, records nothing, and gives every contact random ids.

The sandbox checks and records each request, so it reaches its limit before the engine does; this one only counts. Its
ids are drawn once and reused in later answers, since the benchmarks do not need unique ones.
``python -m tests.bench.standin [LATENCY in ms] [PORT]`` prints its address and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from array import array
from bisect import bisect_left
from itertools import count
from typing import Final
from uuid import uuid4

_CONTACT: Final = b'"contactInfo"'
_BATCH: Final = b"BATCHBATCHBATCH0"
_DRAWN: Final = 16
"""Number of different answers prepared for requests of one size."""


class StandIn:
    """Counts of requests and contacts received, and the time of each request."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.contacts = 0
        self.moments = array("d")
        self.open = 0
        self.most_open = 0
        self._numbers = count(1)
        self._answers: dict[tuple[int, int], bytes] = {}

    def answer(self, contacts: int) -> bytes:
        """Build an answer with a unique batch id, and a random id and correlationId for every contact."""
        number = next(self._numbers)
        key = contacts, number % _DRAWN
        if key not in self._answers:
            items = ",".join(f'{{"id":"{uuid4()}","correlationId":"{uuid4()}"}}' for _ in range(contacts))
            self._answers[key] = _reply(f'{{"id":"{_BATCH.decode()}","messages":[{items}]}}'.encode())
        return self._answers[key].replace(_BATCH, b"%016x" % number, 1)

    def stats(self) -> bytes:
        """Counts as JSON, with the ``busiest`` second and the times of the ``first`` and ``last`` request (monotonic).

        ``within`` is the number of requests in the first 60 seconds.
        """
        moments = self.moments
        busiest, begin = 0, 0
        for at, moment in enumerate(moments):
            while moments[begin] <= moment - 1.0:
                begin += 1
            busiest = max(busiest, at - begin + 1)
        first, last = (moments[0], moments[-1]) if moments else (0.0, 0.0)
        return _reply(
            json.dumps(
                {
                    "requests": len(moments),
                    "contacts": self.contacts,
                    "busiest": busiest,
                    "first": first,
                    "last": last,
                    "within": bisect_left(moments, first + 60),
                    "most_open": self.most_open,
                    "processor": time.process_time(),
                }
            ).encode()
        )

    def count(self) -> bytes:
        """Number of requests received so far."""
        return _reply(b"%d" % len(self.moments))

    def forget(self) -> None:
        """Reset the counts."""
        self.moments, self.contacts, self.most_open = array("d"), 0, 0


class Connection(asyncio.Protocol):
    """One client's connection, with one request at a time."""

    def __init__(self, provider: StandIn) -> None:
        self._provider = provider
        self._buffer = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(buffer[:end]).lower()
        if not head.startswith(b"post"):
            buffer.clear()
            self._transport.write(self._provider.count() if b" /count " in head else self._provider.stats())
            if b" /forget " in head:
                self._provider.forget()
            return
        at = head.find(b"content-length:") + 15
        length = int(head[at : head.find(b"\r", at) if head.find(b"\r", at) >= 0 else None])
        if len(buffer) < end + 4 + length:
            return
        contacts = buffer.count(_CONTACT)
        buffer.clear()
        provider = self._provider
        provider.moments.append(time.monotonic())
        provider.contacts += contacts
        provider.open += 1
        provider.most_open = max(provider.most_open, provider.open)
        if provider.latency:
            asyncio.get_running_loop().call_later(provider.latency, self._answer, contacts)
        else:
            self._answer(contacts)

    def _answer(self, contacts: int) -> None:
        self._provider.open -= 1
        self._transport.write(self._provider.answer(contacts))


def _reply(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def _serve(latency: float, port: int) -> None:
    loop = asyncio.get_running_loop()
    provider = StandIn(latency)
    server = await loop.create_server(lambda: Connection(provider), "127.0.0.1", port, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/omni/send", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    given = [float(each) for each in sys.argv[1:]] + [0.0] * 2
    asyncio.run(_serve(given[0] / 1000, int(given[1])))
