"""Post the same bytes without recording anything, to find the limits of a process and of the stand-in.

``python -m tests.bench.posting URL FILE THREADS SECONDS`` posts the body in FILE with plain ``requests``, one session
per thread. With THREADS 0 it uses plain sockets, which shows how much the stand-in can answer. Prints JSON.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import requests

HEADERS = {"Content-Type": "application/json", "UserName": "bench", "AuthenticationToken": "bench"}


def by_requests(url: str, body: bytes, until: float) -> int:
    """Post in one session until that moment, and return the number of requests."""
    posted = 0
    with requests.Session() as session:
        while time.monotonic() < until:
            answer = session.post(url, data=body, headers=HEADERS)
            assert answer.status_code == 200
            posted += 1
    return posted


def by_sockets(url: str, body: bytes, until: float) -> int:
    """Do the same on one plain socket, reading the answer's bytes without parsing them."""
    parts = urlsplit(url)
    head = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    request = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{head}Content-Length: {len(body)}\r\n\r\n"
    wire = request.encode() + body
    posted = 0
    with socket.create_connection((str(parts.hostname), parts.port or 80)) as sock:
        while time.monotonic() < until:
            sock.sendall(wire)
            came = sock.recv(1 << 20)
            while b"\r\n\r\n" not in came or not came.endswith(b"]}"):
                came += sock.recv(1 << 20)
            posted += 1
    return posted


def main(url: str, file: str, threads: str, seconds: str) -> None:
    body, count = Path(file).read_bytes(), int(threads)
    began, spent = time.monotonic(), time.process_time()
    until = began + float(seconds)
    post = by_requests if count else by_sockets
    with ThreadPoolExecutor(count or 2) as pool:
        posted = sum(pool.map(lambda _: post(url, body, until), range(count or 2)))
    took = time.monotonic() - began
    print(json.dumps({"rate": posted / took, "cpu": (time.process_time() - spent) / posted, "posted": posted}))


if __name__ == "__main__":
    main(*sys.argv[1:])
