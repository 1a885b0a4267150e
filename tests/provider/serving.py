"""Test server whose behaviour for each request is a function over the bare socket."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.waiting import PATIENCE

LOCALHOST_PEM = Path(__file__).parent / "localhost.pem"

Answering = Callable[[socket.socket, bytes], bool | None]
"""Take the connection and one whole request; return True to keep the connection for another."""


class Server:
    """A server on loopback: ``requests`` are those read completely, ``connections`` the number accepted."""

    def __init__(self, answering: Answering, *, tls: bool = False, reads: bool = True) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._answering = answering
        self._reads = reads
        self._context = None
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(LOCALHOST_PEM)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        host = "localhost" if tls else "127.0.0.1"
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}/v1/omni/send"
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(PATIENCE)
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            while True:
                request = read_request(connection) if self._reads else b""
                if request is None:
                    break
                if self._reads:
                    self.requests.append(request)
                if not self._answering(connection, request):
                    break
        with suppress(OSError):
            connection.close()


@contextmanager
def serving(answering: Answering, *, tls: bool = False, reads: bool = True):
    server = Server(answering, tls=tls, reads=reads)
    try:
        yield server
    finally:
        server.close()


def read_request(connection: socket.socket) -> bytes | None:
    """Read one request, head and body; return None if the client has disconnected."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        if not (came := connection.recv(65536)):
            return None
        raw += came
    head, _, body = raw.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        if not (came := connection.recv(65536)):
            return None
        body += came
    return head + b"\r\n\r\n" + body


def headers_of(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def body_of(request: bytes) -> bytes:
    return request.partition(b"\r\n\r\n")[2]


def reply(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers))
    return head.encode("latin-1") + b"\r\n\r\n" + body


def saying(raw: bytes, keep: bool = True) -> Answering:
    """Send ``raw`` for each request, then keep the connection or close it."""

    def answer(connection: socket.socket, _request: bytes) -> bool:
        connection.sendall(raw)
        return keep

    return answer


def reset(connection: socket.socket) -> None:
    """Reset the connection, as a crashed process or a firewall does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
