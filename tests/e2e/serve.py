"""The real console as a server of its own: `streamlit run app.py` on a free port and a given data folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

NOWHERE = "http://127.0.0.1:9/"
"""The endpoint unless a test names another: nobody listens there, so that no credentials reach anyone."""
ROOT = Path(__file__).resolve().parents[2]
_ADDRESS = re.compile(r"http://[^/:]+:(\d+)")
_PATIENCE = 60.0
"""Seconds for the first start, on a cold and busy machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running console. ``url`` has no slash at its end."""

    url: str
    data: Path
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def host(self) -> str:
        """Name and port, as in the Host header."""
        return self.url.removeprefix("http://")

    def stop(self) -> None:
        """Stop the server as its operator would (SIGTERM), and wait. The sending worker lives on."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


def serve(folder: Path, *flags: str, **environment: str) -> Server:
    """Start the console on ``folder``/data, which may hold the data of a console before. The caller stops it.

    ``flags`` go to Streamlit; ``environment`` is added to ours, less the settings of the developer's machine.
    """
    data, log = folder / "data", folder / "server.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OMNI_")}
    env = inherited | {"OMNI_DATA": str(data), "OMNI_ENDPOINT": NOWHERE} | environment
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0", *flags]
    with log.open("ab") as output:
        began = output.tell()
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env)
    try:
        return Server(_address(process, log, began), data, log, process)
    except BaseException:
        process.kill()
        process.wait()
        raise


def _address(process: subprocess.Popen[bytes], log: Path, began: int) -> str:
    give_up = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < give_up:
        said = log.read_bytes()[began:].decode("utf-8", "replace")
        if found := _ADDRESS.search(said):
            url = f"http://127.0.0.1:{found[1]}"
            with suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return url
        time.sleep(0.05)
    pytest.fail(f"the console did not start:\n{log.read_text('utf-8', 'replace')}", pytrace=False)


def end_workers(data: Path) -> None:
    """End the sending workers of a data folder: they outlive their server on purpose, but not the tests."""
    mark = f"OMNI_DATA={data}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
