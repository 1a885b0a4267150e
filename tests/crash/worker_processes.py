"""Worker processes for the crash tests: start them, and read their notes and their report."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from omni.core.campaign import Receipt
from omni.provider.response import judge
from omni.store.campaigns.campaigns import Campaigns
from tests.crash.comparison import ReportRow
from tests.store.building import all_recipients

ROOT: Final = Path(__file__).resolve().parents[2]


@contextmanager
def worker_process(
    url: str, folder: Path, endpoint: str, *campaign: str, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """Run a worker process that is ready to send."""
    command = [sys.executable, "-m", "tests.crash.worker_process", url, str(folder), endpoint, *campaign]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ | environment
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def lines(file: Path) -> int:
    """Number of notes in the file."""
    return file.read_bytes().count(b"\n") if file.exists() else 0


def arrived(folder: Path) -> list[tuple[int | None, bytes]]:
    """Status and bytes of each answer that reached the worker of ``folder``."""
    return answers_in(folder / "arrived.jsonl")


def answers_in(notes: Path) -> list[tuple[int | None, bytes]]:
    """Status and bytes of each note. A note that a kill cut short is skipped; the next may be on the same line."""
    found = []
    for line in notes.read_text().splitlines():
        with suppress(ValueError):
            *_, status, raw = json.loads(line[line.rfind("[") :])
            found.append((status, base64.b64decode(raw)))
    return found


def report_of(campaigns: Campaigns, made: int) -> list[ReportRow]:
    """All contacts of a campaign with their states and ids."""
    receipts: dict[tuple[int, int], Receipt] = {}
    for each in campaigns.answers(made):
        for receipt in judge(each.answer, [None] * len(each.places)).receipts:
            receipts[each.number, receipt.position] = receipt
    found = []
    for one in all_recipients(campaigns, made):
        receipt = receipts.get((one.request_number, one.position))
        message_id = (receipt.message_id or "") if receipt else ""
        found.append(ReportRow(one.destination, one.state, message_id, one.request_number))
    return found
