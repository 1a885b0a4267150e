"""The sandbox in tests: a process of its own, reached over loopback, with its record read from disk."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
SEND = "/v1/omni/send"
TOKEN = "token-of-nobody"
HEADERS = {"UserName": "ana", "AuthenticationToken": TOKEN, "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Sandbox:
    process: subprocess.Popen[bytes]
    url: str
    port: int
    record_file: Path

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = {},
        timeout: float = PATIENCE,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def post(self, body: bytes, fault: str | None = None, timeout: float = PATIENCE, **headers: str) -> Answer:
        asked = {} if fault is None else {"X-Sandbox-Fault": fault}
        return self.ask("POST", SEND, body, HEADERS | asked | headers, timeout)

    def stats(self) -> Any:
        return self.ask("GET", "/stats").json()

    def recorded(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.record_file.read_text("ascii").splitlines()]

    def recorded_of(self, body: bytes) -> list[dict[str, Any]]:
        digest = hashlib.sha256(body).hexdigest()
        return [entry for entry in self.recorded() if entry["sha256"] == digest]

    @contextmanager
    def connected(self, receive_buffer: int | None = None) -> Iterator[socket.socket]:
        with socket.socket() as client:
            if receive_buffer is not None:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            client.settimeout(PATIENCE)
            client.connect(("127.0.0.1", self.port))
            yield client


@contextmanager
def launch(*options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start only the process, for tests of startup and shutdown; it never outlives the test."""
    with subprocess.Popen(
        [sys.executable, "-m", "omni.sandbox", *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "error"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Sandbox]:
    """Run a sandbox on a free port that records into ``folder``; it must write nothing to stderr and exit cleanly."""
    record_file = folder / "received.jsonl"
    with launch("--port", "0", "--with-parent", "--record", str(record_file), *options) as process:
        assert process.stdout is not None
        url = process.stdout.readline().decode("ascii").strip()
        yield Sandbox(process, url, int(url.split(":")[2].split("/")[0]), record_file)
        out, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, errors) == (0, b"", b"")


def mt(**fields: Any) -> dict[str, Any]:
    return {"type": "MT", "destinationField": "phone1", "messageText": "Olá!"} | fields


def voice(**fields: Any) -> dict[str, Any]:
    return {"type": "VOICE", "destinationField": "phone2", "ttsMessage": "Olá!", "timeout": 3} | fields


def email(**fields: Any) -> dict[str, Any]:
    content = {"subject": "Olá", "fromEmail": "loja@example.com", "emailHtml": "<p>Olá!</p>"}
    return {"type": "EMAIL", "destinationField": "email"} | content | fields


def contact(number: int = 1, **info: Any) -> dict[str, Any]:
    own = {
        "phone1": f"55119{number:08d}",
        "phone2": f"55219{number:08d}",
        "email": f"pessoa{number}@example.com",
        "recipientName": f"Pessoa {number}",
    }
    return {"contactInfo": own | info}


def a_request(contacts: Sequence[Any] | int = 2, steps: Any = None, **template: Any) -> dict[str, Any]:
    people = [contact(number) for number in range(1, contacts + 1)] if isinstance(contacts, int) else contacts
    flow = {"campaignAlias": "Aviso", "steps": [mt(), voice(), email()] if steps is None else steps}
    return {"contacts": people, "template": flow | template}


def encoded(request: Any) -> bytes:
    return json.dumps(request, ensure_ascii=False).encode("utf-8")
