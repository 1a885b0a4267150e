"""An answer as it arrives: to its end, up to the cap, or as far as the break, and what the break was."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Final

import requests
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as PoolTimeout

from omni.ports import Answer
from omni.provider.wire import Flight

LARGEST_ANSWER: Final = 8 * 1024 * 1024
LONGEST_RETRY_AFTER: Final = 3600.0
_CHUNK: Final = 65536


def read_to_end(response: requests.Response, flight: Flight) -> Answer:
    """The answer to its end, or as far as it came."""
    raw = bytearray()
    failure, note = None, ""
    try:
        while chunk := response.raw.read1(_CHUNK, decode_content=False):
            raw += chunk
            if len(raw) > LARGEST_ANSWER:
                failure = "too_large"
                break
        if not raw and _ends_with_its_connection(response):
            # Nothing tells an empty answer from one that broke off before its first byte.
            failure = "cut"
    except Exception as err:
        failure, note = failure_of(err, flight), note_of(err)
    retry_after = retry_after_seconds(response.headers.get("Retry-After"), time.time())
    read = _decompressed(bytes(raw[:LARGEST_ANSWER]), response.headers.get("Content-Encoding", ""))
    return Answer(response.status_code, read, failure, retry_after, time.time(), note)


def _ends_with_its_connection(response: requests.Response) -> bool:
    framed = "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
    return not framed and response.status_code not in (204, 304)


def _decompressed(raw: bytes, encoding: str) -> bytes:
    """We ask for no compression; from a server that compresses all the same, ids can still be read."""
    if encoding.strip().lower() in ("gzip", "x-gzip", "deflate"):
        try:
            return zlib.decompressobj(wbits=47).decompress(raw, LARGEST_ANSWER)
        except zlib.error:
            return raw
    return raw


def retry_after_seconds(value: str | None, now: float) -> float | None:
    """``Retry-After`` (seconds, or an HTTP date) as seconds from ``now``: at least 0, at most an hour.

    None when absent or unreadable. ``now`` is UTC epoch seconds.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)
    else:
        try:
            moment = parsedate_to_datetime(text)
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
        except Exception:  # what the parser raises for odd text differs from version to version
            return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def failure_of(err: Exception, flight: Flight) -> str:
    causes = list(_causes(err))
    if not any(isinstance(cause, OSError | HTTPError | HTTPException) for cause in causes):
        return "internal"
    if not flight.written:
        return "not_sent"
    late = any(isinstance(cause, TimeoutError | PoolTimeout) for cause in causes)
    late = late or time.monotonic() >= flight.deadline
    return "timeout" if late else "cut"


def note_of(err: Exception) -> str:
    """The root cause, by its kind and the system's words for it; never the text of an exception."""
    *_, root = _causes(err)
    words = getattr(root, "strerror", None)
    return f"{type(root).__name__}: {words}" if words else type(root).__name__


def _causes(err: BaseException | None) -> Iterator[BaseException]:
    while err is not None:
        yield err
        err = err.__cause__ or err.__context__
