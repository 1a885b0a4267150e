"""Processes on one data folder, as operators run them: a console server with its worker, other workers, commands."""

from __future__ import annotations

import csv
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from omni.bootstrap.processes import is_held, worker_lock
from omni.errors import CampaignError
from omni.store.campaigns.campaigns import Campaigns
from omni.store.opening import open_database
from omni.store.schema import IS_PENDING, IS_SENDING, request
from tests.builders import phone, sms_template, write_csv_sheet, write_template
from tests.crash.comparison import ReportRow, Tally, compare, requests_of
from tests.crash.worker_processes import answers_in
from tests.e2e.serve import Server, end_workers, serve
from tests.waiting import PATIENCE, wait_until

ROOT: Final = Path(__file__).resolve().parents[2]
TEXTS: Final = {"shared": "Olá! O pedido está pronto.", "personal": "Olá {{Nome}}! O pedido {{Código}} está pronto."}
ACCOUNT: Final = {"OMNI_USERNAME": "ana@example.com", "OMNI_TOKEN": "token-of-nobody"}


class Fleet:
    """Processes on ``folder``/data. ``environment`` adds to their account and endpoint."""

    def __init__(self, folder: Path, url: str, endpoint: str, **environment: str) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.data = Path(environment.get("OMNI_DATA", folder / "data"))
        self.notes = folder / "arrived.jsonl"
        self.environment = {
            **ACCOUNT,
            "OMNI_DATABASE_URL": url,
            "OMNI_ENDPOINT": endpoint,
            "OMNI_LANGUAGE": "en",
            "OMNI_HALT": "off",
            "OMNI_DATA": str(self.data),
            "CRASH_ARRIVED": str(self.notes),
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "answer_notes"), str(ROOT)]),
            **environment,
        }
        self.database = open_database(url)
        self.campaigns = Campaigns(self.database)
        self.server: Server | None = None
        self.commands: list[Command] = []
        self.open_at_kills = 0
        self._sheets = itertools.count(1)
        self._people = itertools.count(1)

    def close(self) -> None:
        """Kill every process, running or not."""
        if self.server is not None:
            self.server.process.kill()
            self.server.process.wait()
        for each in self.commands:
            each.process.kill()
            each.process.wait()
        end_workers(self.data)
        self.database.close()

    # Processes that an operator starts

    def start_server(self) -> Server:
        """Start `streamlit run app.py`, which soon starts a worker too."""
        self.server = serve(self.folder, **self.environment)
        return self.server

    def start_worker(self) -> Command:
        """Start `python -m omni worker` by hand."""
        return self.run("worker")

    def send(self, text: str, contacts: int, *more: str) -> Command:
        """Start `python -m omni send` with a new sheet, whose contacts are in no other sheet."""
        name = f"{text}-{next(self._sheets)}"
        rows = [[f"{at:07d}", f"Pessoa {at}", phone(at)] for at in itertools.islice(self._people, contacts)]
        sheet = write_csv_sheet(self.folder / f"{name}.csv", rows, ("Código", "Nome", "Celular"))
        template = write_template(self.folder / f"{text}.json", sms_template(TEXTS[text]))
        return self.run(
            "send",
            str(sheet),
            "--template",
            str(template),
            "--out",
            str(self.folder / f"{name}-ids.csv"),
            "--yes",
            "--name",
            name,
            *more,
        )

    def resume(self, campaign: int) -> Command:
        """Start `python -m omni resume`, which sends in the foreground or follows the worker."""
        return self.run("resume", str(campaign))

    def run(self, *arguments: str) -> Command:
        """Start any command in the background, with its output in a file."""
        self.commands = [each for each in self.commands if each.process.poll() is None]
        output = self.folder / f"{arguments[0]}-{time.monotonic_ns()}.log"
        with output.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "omni", *arguments],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.whole_environment(),
            )
        self.commands.append(Command(process, arguments, output))
        return self.commands[-1]

    def done(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "omni", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            env=self.whole_environment(),
        )

    def whole_environment(self) -> dict[str, str]:
        """Our environment without the developer's own settings, plus that of the fleet."""
        return {k: v for k, v in os.environ.items() if not k.startswith("OMNI_")} | self.environment

    # State seen from outside the processes

    def workers(self) -> list[int]:
        """Process ids of the resident workers."""
        return [each for each in processes_of(self.data) if "worker" in command_of(each)]

    def has_worker(self) -> bool:
        """Whether a resident worker holds the data folder. The check takes its lock for a moment."""
        return self.data.exists() and is_held(worker_lock(self.data))

    def pending(self) -> int:
        """Number of requests that have not been sent."""
        with self.database.read() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).where(IS_PENDING)) or 0)

    def open_of(self, process: int | None = None) -> int:
        """Number of requests in flight, of one process or of all."""
        query = sa.select(sa.func.count()).where(IS_SENDING)
        if process is not None:
            query = query.where(request.c.owner.contains(f".{process}."))
        with self.database.read() as connection:
            return int(connection.scalar(query) or 0)

    def names(self) -> set[str]:
        """Names of all campaigns."""
        return {each.name for each in self.campaigns.list()}

    def resume_paused(self) -> None:
        """Resume every paused campaign as an operator would; refusals of the account by the provider pause them."""
        for each in self.campaigns.list():
            if each.state == "paused":
                with suppress(CampaignError):
                    self.campaigns.resume(each.id)

    def is_over(self) -> bool:
        """Whether every campaign is done or cancelled."""
        return all(each.state in ("done", "cancelled") for each in self.campaigns.list())

    def kill(self, process: int) -> None:
        """Kill a process with SIGKILL, and count the requests that it leaves open."""
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        if self.server is not None and self.server.process.pid == process:
            self.server.process.wait()
            self.server = None
        wait_until(lambda: not command_of(process))
        self.open_at_kills += self.open_of(process)

    # Results

    def reports(self) -> Iterator[ReportRow]:
        """Rows of the reports that `python -m omni report` writes for every campaign."""
        for each in self.campaigns.list():
            path = self.folder / f"report-{each.id}.csv"
            written = self.done("report", str(each.id), "--out", str(path))
            assert written.returncode == 0, written.stderr
            numbers = requests_of(self.campaigns, each.id)
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    yield ReportRow(row["Celular"], row["state"], row["id"], numbers[row["Celular"]])

    def tally(self, records: Sequence[dict[str, Any]]) -> Tally:
        """Compare the reports with the stand-in's record."""
        return compare(self.reports(), records, answers_in(self.notes), self.open_at_kills)


class Command:
    """A command that was started."""

    def __init__(self, process: subprocess.Popen[bytes], arguments: Sequence[str], output: Path) -> None:
        self.process = process
        self.arguments = arguments
        self._output = output

    @property
    def output(self) -> str:
        """Its output so far."""
        return self._output.read_text("utf-8", "replace")


@contextmanager
def fleet(folder: Path, url: str, endpoint: str, **environment: str) -> Iterator[Fleet]:
    """Make a fleet whose processes end with the block."""
    one = Fleet(folder, url, endpoint, **environment)
    try:
        yield one
    finally:
        one.close()


def processes_of(data: Path) -> list[int]:
    """Process ids of all processes that were started with this data folder."""
    mark, found = f"OMNI_DATA={data}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def command_of(process: int) -> list[str]:
    """Command line of a process; empty once it is dead."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")[:-1]
    except OSError:
        return []
