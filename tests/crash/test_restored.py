"""A database is restored from a backup after more was sent, while the worker is stopped or still running."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from omni.store.campaigns.pause_reason import REPLACED
from omni.store.opening import open_database
from omni.store.people.do_not_contact import DoNotContact
from tests.builders import phone
from tests.conftest import Sandbox
from tests.crash.comparison import Tally
from tests.crash.crash_report import CrashReport, only_make_crash
from tests.crash.fleet import Fleet, fleet
from tests.postgres import Postgres
from tests.waiting import PATIENCE, wait_until

CONTACTS = 400
SETTINGS = {"OMNI_BATCH": "1", "OMNI_RATE": "150"}

pytestmark = [pytest.mark.slow, only_make_crash]


@pytest.fixture
def provider(sandbox: Callable[..., Sandbox]) -> Sandbox:
    return sandbox("--latency", "30")


def received(provider: Sandbox) -> int:
    return int(provider.stats()["requests"])


def begin(ours: Fleet, provider: Sandbox, requests: int) -> None:
    """Start a campaign, wait until more than ``requests`` requests arrived, and kill the command that started it."""
    command = ours.send("personal", CONTACTS)
    wait_until(lambda: received(provider) > requests)
    ours.kill(command.process.pid)


def stop(*fleets: Fleet) -> None:
    """Terminate all commands and wait for them."""
    for each in fleets:
        for command in each.commands:
            command.process.terminate()
            command.process.wait(PATIENCE)


def restore(ours: Fleet, file: Path, backup: Path) -> None:
    """Restore an SQLite file from a backup, after all processes have ended."""
    ours.database.close()
    for each in ("-wal", "-shm"):
        file.with_name(file.name + each).unlink(missing_ok=True)
    shutil.copy(backup, file)


def back_up(file: Path, backup: Path) -> Path:
    """Copy an SQLite file as a backup program does."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    return backup


def check_and_resume(ours: Fleet, provider: Sandbox, sent_by_then: int) -> Tally:
    """Check that the campaign is paused and the reason is shown, then resume it as an operator and compare."""
    notice = "Paused: the database was restored from a backup, or another server took over"
    wait_until(lambda: ours.campaigns.get(1).state == "paused")
    found = ours.campaigns.get(1)
    assert found.reason == REPLACED
    assert received(provider) == sent_by_then
    assert notice in ours.done("status", "1").stderr
    # Only requests sent since the backup was made may end as unknown.
    ours.open_at_kills = sent_by_then
    resumed = ours.done("resume", "1")
    assert notice in resumed.stderr
    tally = ours.tally(provider.records())
    assert resumed.returncode == (1 if tally.unknown else 0), resumed.stderr
    assert tally.unknown <= tally.at_most
    assert (tally.received, tally.twice, tally.denied, tally.invented, tally.unfinished, tally.astray) == (
        CONTACTS,
        0,
        0,
        0,
        0,
        0,
    )
    with (ours.folder / "report-1.csv").open(encoding="utf-8-sig", newline="") as file:
        details = [row["detail"] for row in csv.DictReader(file) if row["state"] == "unknown"]
    assert len(details) == tally.unknown
    # Requests in flight when the backup was made have a different detail.
    assert all("restored from a backup" in each or "Sending stopped while" in each for each in details)
    assert sum("restored from a backup" in each for each in details) >= len(details) // 2
    return tally


def test_a_restored_sqlite_file_sends_to_no_contact_twice(tmp_path: Path, provider: Sandbox, crash_report: CrashReport):
    file, backup = tmp_path / "ours" / "data" / "omni.db", tmp_path / "backup.db"
    with fleet(tmp_path / "ours", f"sqlite:///{file}", provider.url, **SETTINGS) as ours:
        ours.start_worker()
        begin(ours, provider, 60)
        back_up(file, backup)
        known = received(provider)
        wait_until(lambda: received(provider) > known + 100)
        stop(ours)
        sent = received(provider)
        restore(ours, file, backup)
        worker = ours.start_worker()
        tally = check_and_resume(ours, provider, sent)
        assert 100 <= tally.unknown <= sent
        assert "restored" in worker.output
        crash_report.add("an older database restored while nothing runs (1)", "sqlite", 1, tally)


@pytest.mark.postgres
def test_a_postgresql_database_restored_under_a_worker_sends_nothing_twice(
    postgres: Postgres, postgres_url: str, tmp_path: Path, provider: Sandbox, crash_report: CrashReport
):
    with fleet(tmp_path / "ours", postgres_url, provider.url, **SETTINGS) as ours:
        worker = ours.start_worker()
        begin(ours, provider, 60)
        postgres.dump(postgres_url, tmp_path / "backup")
        known = received(provider)
        wait_until(lambda: received(provider) > known + 60)
        ours.database.close()
        postgres.restore(postgres_url, tmp_path / "backup")
        wait_until(lambda: "the database was restored from a backup" in worker.output)
        tally = check_and_resume(ours, provider, received(provider))
        assert tally.unknown >= 60
        assert worker.process.poll() is None
        crash_report.add("an older database restored under a running worker (1)", postgres_url, 1, tally)


@pytest.mark.postgres
def test_with_two_data_folders_the_first_that_notices_stops_the_other(
    postgres: Postgres, postgres_url: str, tmp_path: Path, provider: Sandbox, crash_report: CrashReport
):
    with (
        fleet(tmp_path / "here", postgres_url, provider.url, **SETTINGS) as here,
        fleet(tmp_path / "there", postgres_url, provider.url, **SETTINGS) as there,
    ):
        for each in (here, there):
            each.start_worker()
        begin(here, provider, 60)
        postgres.dump(postgres_url, tmp_path / "backup")
        known = received(provider)
        wait_until(lambda: received(provider) > known + 100)
        stop(here, there)
        sent = received(provider)
        for each in (here, there):
            assert (each.data / "sending" / "claims.journal").stat().st_size > 0
            each.database.close()
        postgres.restore(postgres_url, tmp_path / "backup")
        here.start_worker()
        wait_until(lambda: here.campaigns.get(1).state == "paused")
        other = there.start_worker()
        wait_until(lambda: "recovered" in other.output)
        here.notes.write_text(here.notes.read_text() + there.notes.read_text())
        crash_report.add(
            "an older database restored, two data folders (1)",
            postgres_url,
            1,
            check_and_resume(here, provider, sent),
        )


def test_a_restored_sqlite_file_waits_for_a_person_even_if_nothing_was_sent(
    tmp_path: Path, provider: Sandbox, crash_report: CrashReport
):
    """The cancelled campaign is paused, and a new send asks about missing do-not-contact entries; one process warns."""
    file = tmp_path / "ours" / "data" / "omni.db"
    with fleet(tmp_path / "ours", f"sqlite:///{file}", provider.url, **SETTINGS) as ours:
        worker = ours.start_worker()
        begin(ours, provider, 60)
        stop(ours)
        assert worker.process.poll() is not None
        sent = received(provider)
        backup = back_up(file, tmp_path / "backup.db")
        assert ours.done("cancel", "1").returncode == 0
        with closing(open_database(f"sqlite:///{file}", ours.data / "sending")) as database:
            DoNotContact(database).add([phone(CONTACTS + 1)], "", "ana")
        assert ours.campaigns.get(1).state == "cancelled"
        restore(ours, file, backup)
        worker, status = ours.start_worker(), ours.run("status", "1")
        status.process.wait(PATIENCE)
        tally = check_and_resume(ours, provider, sent)
        assert (worker.output + status.output).count("what was done since is not in it") == 1
        refused = ours.send("personal", 1)
        assert refused.process.wait(PATIENCE) == 2
        assert "do-not-contact entries from that time may be missing too" in refused.output
        assert received(provider) == CONTACTS
        crash_report.add("an older database restored, nothing sent since the copy", "sqlite", 1, tally)


def test_a_sheet_sent_after_the_backup_is_sent_again_only_if_confirmed(tmp_path: Path, provider: Sandbox):
    """The restored database does not have the campaign, but its sheet is sent again."""
    file = tmp_path / "ours" / "data" / "omni.db"
    with fleet(tmp_path / "ours", f"sqlite:///{file}", provider.url, **SETTINGS) as ours:
        backup = back_up(file, tmp_path / "backup.db")
        first = ours.send("personal", 20)
        assert first.process.wait(PATIENCE) == 0, first.output
        restore(ours, file, backup)
        again = ours.run(*first.arguments)
        assert again.process.wait(PATIENCE) == 2
        assert "add --not-sent-yet" in again.output
        assert received(provider) == 20
        assert ours.names() == set()
