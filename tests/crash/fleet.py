"""All that runs on one data folder, as people run it: a console server with its worker, workers, and commands."""

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
from tests.crash.comparison import Tally, Told, compare, requests_of
from tests.crash.worker_processes import answers_in
from tests.e2e.serve import Server, end_workers, serve
from tests.waiting import PATIENCE, wait_until

ROOT: Final = Path(__file__).resolve().parents[2]
TEXTS: Final = {"shared": "Olá! O pedido está pronto.", "personal": "Olá {{Nome}}! O pedido {{Código}} está pronto."}
ACCOUNT: Final = {"OMNI_USERNAME": "ana@example.com", "OMNI_TOKEN": "token-of-nobody"}


class Fleet:
    """Processes on ``folder``/data. ``environment`` is theirs besides the account and the endpoint."""

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
        """End everything, however it stands."""
        if self.server is not None:
            self.server.process.kill()
            self.server.process.wait()
        for each in self.commands:
            each.process.kill()
            each.process.wait()
        end_workers(self.data)
        self.database.close()

    # What people start

    def start_server(self) -> Server:
        """`streamlit run app.py`: a worker is soon beside it."""
        self.server = serve(self.folder, **self.environment)
        return self.server

    def start_worker(self) -> Command:
        """`python -m omni worker`, by hand."""
        return self.run("worker")

    def send(self, text: str, contacts: int, *more: str) -> Command:
        """`python -m omni send` of a new sheet: nobody in it is in another one."""
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
        """`python -m omni resume`: sends in the foreground, or follows the worker."""
        return self.run("resume", str(campaign))

    def run(self, *arguments: str) -> Command:
        """Any command, in the background; what it says goes to a file."""
        self.commands = [each for each in self.commands if each.process.poll() is None]
        said = self.folder / f"{arguments[0]}-{time.monotonic_ns()}.log"
        with said.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "omni", *arguments],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.whole_environment(),
            )
        self.commands.append(Command(process, arguments, said))
        return self.commands[-1]

    def done(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command, run to its end."""
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
        """Ours, less the settings of the developer's machine, and theirs."""
        return {k: v for k, v in os.environ.items() if not k.startswith("OMNI_")} | self.environment

    # What can be seen from outside

    def workers(self) -> list[int]:
        """The process ids of resident workers."""
        return [each for each in processes_of(self.data) if "worker" in command_of(each)]

    def has_worker(self) -> bool:
        """Whether a resident worker has the data folder. Asking takes its lock for a moment."""
        return self.data.exists() and is_held(worker_lock(self.data))

    def pending(self) -> int:
        """Requests that have not gone out."""
        with self.database.read() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).where(IS_PENDING)) or 0)

    def open_of(self, process: int | None = None) -> int:
        """Requests on their way, of one process or of all."""
        query = sa.select(sa.func.count()).where(IS_SENDING)
        if process is not None:
            query = query.where(request.c.owner.contains(f".{process}."))
        with self.database.read() as connection:
            return int(connection.scalar(query) or 0)

    def names(self) -> set[str]:
        """The campaigns that were made."""
        return {each.name for each in self.campaigns.list()}

    def go_on(self) -> None:
        """What a person does: whatever the provider's refusals of the account have paused is resumed."""
        for each in self.campaigns.list():
            if each.state == "paused":
                with suppress(CampaignError):
                    self.campaigns.resume(each.id)

    def is_over(self) -> bool:
        """Whether nothing is pending or on its way, and every campaign has come to its end."""
        return all(each.state in ("done", "cancelled") for each in self.campaigns.list())

    def kill(self, process: int) -> None:
        """kill -9, and how many requests that leaves open is counted."""
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        if self.server is not None and self.server.process.pid == process:
            self.server.process.wait()
            self.server = None
        wait_until(lambda: not command_of(process))
        self.open_at_kills += self.open_of(process)

    # What became of it

    def reports(self) -> Iterator[Told]:
        """Every row of every report that `python -m omni report` writes."""
        for each in self.campaigns.list():
            path = self.folder / f"report-{each.id}.csv"
            written = self.done("report", str(each.id), "--out", str(path))
            assert written.returncode == 0, written.stderr
            numbers = requests_of(self.campaigns, each.id)
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    yield Told(row["Celular"], row["state"], row["id"], numbers[row["Celular"]])

    def tally(self, records: Sequence[dict[str, Any]]) -> Tally:
        """The reports against the stand-in's record."""
        return compare(self.reports(), records, answers_in(self.notes), self.open_at_kills)


class Command:
    """A command on its way."""

    def __init__(self, process: subprocess.Popen[bytes], arguments: Sequence[str], said: Path) -> None:
        self.process = process
        self.arguments = arguments
        self._said = said

    @property
    def said(self) -> str:
        """What it has told so far."""
        return self._said.read_text("utf-8", "replace")


@contextmanager
def fleet(folder: Path, url: str, endpoint: str, **environment: str) -> Iterator[Fleet]:
    """A fleet that does not outlive its test."""
    one = Fleet(folder, url, endpoint, **environment)
    try:
        yield one
    finally:
        one.close()


def processes_of(data: Path) -> list[int]:
    """All processes that were started with this data folder."""
    mark, found = f"OMNI_DATA={data}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def command_of(process: int) -> list[str]:
    """Its command line; empty once it is dead."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")[:-1]
    except OSError:
        return []
