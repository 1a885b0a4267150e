"""Tools to measure sending: durable databases, campaigns, workers, and a stand-in for the provider."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import sqlalchemy as sa

from omni.service.checking import check_contacts
from omni.service.launching import Launch, launch
from omni.service.planning import Plan, make_plan
from omni.service.preparation import Preparation
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.opening import open_database
from tests import postgres
from tests.bench.cost import memory_of
from tests.bench.report import ROOT, output_of
from tests.bench.sheets import write_csv
from tests.bench.tasks import matched, uploaded

ACCOUNT = "bench"
LIMIT = 700.0
NO_LIMIT = 10_000.0
PEER_THREADS = 8
MEGABYTE = 1_000_000
BOTH = ("SQLite", "PostgreSQL")
_DURABLE = ["shared_buffers=128MB", "max_wal_size=2GB"]


@contextmanager
def durable_postgres() -> Iterator[postgres.Postgres]:
    """A PostgreSQL server with durable commits, which the tests turn off for speed."""
    with mock.patch.object(postgres, "_FAST_NOT_SAFE", _DURABLE), postgres.run_postgres() as server:
        yield server


@dataclass(frozen=True, slots=True)
class StandIn:
    """The running stand-in for the provider, by its address."""

    url: str

    def stats(self, forget: bool = False) -> dict[str, Any]:
        """Its counts so far; ``forget`` resets them afterwards."""
        found: dict[str, Any] = json.loads(self._ask("forget" if forget else "stats"))
        return found

    def count(self) -> int:
        """Number of requests received so far."""
        return int(self._ask("count"))

    def _ask(self, what: str) -> bytes:
        with urllib.request.urlopen(self.url.replace("/v1/omni/send", f"/{what}"), timeout=30) as answer:
            return bytes(answer.read())


@contextmanager
def stand_in(latency: int = 0, port: int = 0) -> Iterator[StandIn]:
    """Run a stand-in in a process of its own, which answers after ``latency`` milliseconds."""
    command = [sys.executable, "-m", "tests.bench.standin", str(latency), str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield StandIn(process.stdout.readline().strip())
        assert process.stdin is not None
        process.stdin.close()


def bare_posts(url: str, body: Path, threads: int, seconds: float = 4) -> dict[str, float]:
    """Measure posting without a ledger and without a rate limit; with 0 threads, over plain sockets."""
    return output_of("tests.bench.posting", url, body, threads, seconds)


@dataclass(frozen=True, slots=True)
class Planned:
    """A checked spreadsheet and its planned requests, from which campaigns are made."""

    preparation: Preparation
    checked: Any
    plan: Plan

    def start(self, database: Database, endpoint: str) -> int:
        """Start a campaign as the console does, and return its id."""
        order = Launch(secrets.token_hex(16), "bench", practice=False, created_by="bench", draft_id=None)
        campaigns = Campaigns(database)
        return launch(campaigns, order, ACCOUNT, endpoint, self.preparation, self.checked, self.plan).id


def planned(folder: Path, rows: int, text: str, batch: int) -> Planned:
    """Read, check and plan a spreadsheet of ``rows`` rows as the console does."""
    path = write_csv(folder.with_suffix(".csv"), rows)
    workspace, preparation = uploaded(str(path), str(folder), text)
    preparation = matched(workspace, preparation)
    checked = check_contacts(workspace, preparation)
    return Planned(preparation, checked, make_plan(workspace, checked, preparation.template, batch))


@dataclass(frozen=True, slots=True)
class Worker:
    """A resident worker, ``python -m omni worker``."""

    process: subprocess.Popen[bytes]

    def memory(self, kind: str = "VmHWM") -> float:
        """Memory of the process in bytes; by default its peak."""
        return memory_of(kind, self.process.pid)

    def cpu(self) -> float:
        """Processor seconds so far, without those of child processes."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def worker(folder: Path, database_url: str, endpoint: str, rate: float = LIMIT) -> Iterator[Worker]:
    """Run a worker that has finished recovery and waits for work; it is terminated cleanly with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OMNI_")} | {
        "OMNI_DATA": str(folder),
        "OMNI_DATABASE_URL": database_url,
        "OMNI_ENDPOINT": endpoint,
        "OMNI_USERNAME": ACCOUNT,
        "OMNI_TOKEN": "bench",
        "OMNI_RATE": str(rate),
    }
    log = folder / "worker.log"
    with (
        log.open("wb") as said,
        subprocess.Popen([sys.executable, "-m", "omni", "worker"], cwd=ROOT, env=environment, stderr=said) as process,
    ):
        try:
            wait_until(lambda: "recovered" in log.read_text(), 60)
            yield Worker(process)
            process.terminate()
            assert process.wait(30) == 0, log.read_text()[-2000:]
        finally:
            process.kill()


def wait_until(is_so: Any, seconds: float, every: float = 0.05) -> None:
    """Poll until the condition holds; fail after ``seconds``."""
    give_up = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up, "it took too long"
        time.sleep(every)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Open the database at ``url`` for the length of the block."""
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def size_of(database: Database) -> tuple[int, int]:
    """Bytes of the whole database, and of the spreadsheet cells stored in it."""
    with database.write() as connection:
        cells = connection.scalar(sa.text("SELECT sum(length(blob)) FROM sheet_part")) or 0
        if database.is_postgresql:
            whole = connection.scalar(sa.text("SELECT pg_database_size(current_database())"))
        else:
            whole = connection.scalar(sa.text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
    return int(whole or 0), int(cells)
