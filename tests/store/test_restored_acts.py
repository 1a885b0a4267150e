"""A restored SQLite database is detected after any action of an operator, and no other change is mistaken for one."""

from __future__ import annotations

import ast
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from omni.errors import CampaignError, StoreError
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.pause_reason import REPLACED
from omni.store.campaigns.recent_sends import RecentSends
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.opening import open_database
from omni.store.people.do_not_contact import DoNotContact
from omni.store.people.drafts import Drafts
from omni.store.people.saved import ContactLists, Templates
from omni.store.restored import acts
from tests.builders import phone
from tests.store.building import SENDS, accepted, claim, make, record, states, unknown
from tests.store.opening import IN_MEMORY

ROOT = Path(__file__).resolve().parents[2]


class Place:
    """A data folder with the database of an installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "omni.db"
        self.acts = folder / "sending" / "acts.journal"

    def open(self) -> Database:
        return open_database(f"sqlite:///{self.file}", self.acts.parent)

    def do(self, act: Callable[[Database], object]) -> None:
        """Open the database as a new process does, act, and close it."""
        with closing(self.open()) as database:
            act(database)

    def backup(self) -> Path:
        """Copy the main file without the files beside it."""
        backup = self.folder / f"backup-{len(list(self.folder.iterdir()))}.db"
        shutil.copy(self.file, backup)
        return backup

    def restore(self, backup: Path) -> None:
        for name in ("-wal", "-shm"):
            self.file.with_name(self.file.name + name).unlink(missing_ok=True)
        shutil.copy(backup, self.file)

    def state(self, campaign: int = 1) -> str:
        """Open the database and return a campaign's state, with the reason if it is paused."""
        database = self.open()
        found = Campaigns(database).get(campaign)
        database.close()
        return f"{found.state}, {found.reason.code}" if found.reason else found.state


NOTICED = f"paused, {REPLACED.code}"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place with campaign 1 running, 2 scheduled, 3 paused, and 4 done with an unknown outcome."""
    place = Place(tmp_path / "data")

    def begin(database: Database) -> None:
        made = make(database, 2)
        record(database, *map(unknown, claim(database)))
        Unknowns(database).decide(made, "keep", "ana", expected=None)
        make(database, 2, start_at=9e9, start_zone="UTC")
        Campaigns(database).pause(make(database))
        other = make(database, 1)
        record(database, *map(unknown, claim(database)))
        assert states(database, other) == "u"
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE request SET state = 0, attempt = 0 WHERE campaign_id = 1")
            connection.exec_driver_sql("UPDATE campaign SET state = 'running', finished_at = NULL WHERE id = 1")
        DoNotContact(database).add([phone(99)], "", "ana")
        Drafts(database).create("November", {})
        Templates(database).save("Hello", {})

    place.do(begin)
    return place


ACTS: dict[str, Callable[[Database], object]] = {
    "a campaign is made": lambda database: make(database, 1, state="paused"),
    "a campaign is paused": lambda database: Campaigns(database).pause(1),
    "a campaign is resumed": lambda database: Campaigns(database).resume(3),
    "a campaign is cancelled": lambda database: Campaigns(database).cancel(1),
    "a start is cancelled": lambda database: Campaigns(database).reschedule(2, None, None),
    "what is unknown is decided": lambda database: Unknowns(database).decide(4, "keep", "ana"),
    "a contact is blocked": lambda database: DoNotContact(database).add([phone(7)], "", "ana"),
    "a contact is unblocked": lambda database: DoNotContact(database).remove([phone(99)]),
    "a draft is begun": lambda database: Drafts(database).create("December", {}),
    "a draft is deleted": lambda database: Drafts(database).delete(Drafts(database).list()[0].id),
    "a template is saved": lambda database: Templates(database).save("Bye", {}),
    "a list is deleted": lambda database: ContactLists(database).delete("none"),
    "a restore is marked": lambda database: Ledger(database).mark_restored({}),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_restore_from_before_an_act_is_noticed_once(place: Place, act: Callable[[Database], object]):
    backup = place.backup()
    place.do(act)
    for _ in range(2):  # restoring the same backup a second time is noticed too
        place.restore(backup)
        assert [place.state(each) for each in (1, 2, 3)] == [NOTICED, NOTICED, "paused"]
        place.do(lambda database: Campaigns(database).resume(1))
        assert place.state() == "running"


def test_the_original_restored_over_an_unmarked_backup_is_noticed_too(place: Place):
    original = place.backup()
    with closing(sqlite3.connect(place.file)) as database, database:
        database.execute("DELETE FROM revision WHERE name LIKE 'act%'")
    assert place.state() == NOTICED
    place.do(lambda database: Campaigns(database).resume(1))
    place.do(lambda database: Campaigns(database).cancel(1))
    place.restore(original)
    assert place.state() == NOTICED


def test_a_restore_from_before_any_act_is_noticed_by_its_path(tmp_path: Path):
    place = Place(tmp_path / "data")
    place.do(lambda database: None)
    backup = place.backup()
    place.do(lambda database: make(database, 1))
    place.restore(backup)
    with closing(place.open()) as database:
        assert RecentSends(database).restored_at(None, 7) is not None


def test_another_database_tried_before_the_first_act_is_distinguished(place: Place):
    with closing(sqlite3.connect(place.file)) as database, database:
        database.execute("DELETE FROM revision WHERE name LIKE 'act%'")
    place.acts.unlink()
    assert place.state() == "running"
    with closing(open_database(f"sqlite:///{place.folder / 'tried.db'}", place.acts.parent)) as tried:
        make(tried)
    assert place.state() == "running"


def test_files_made_by_root_are_given_to_the_owner_of_the_folder(place: Place, monkeypatch: pytest.MonkeyPatch):
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda _file, user, group: given.append((user, group)))
    place.do(ACTS["a campaign is paused"])
    owner = place.acts.parent.stat()
    assert given == [(owner.st_uid, owner.st_gid)]


def test_nothing_is_claimed_in_a_restored_database_before_a_person_looked(place: Place):
    backup = place.backup()
    place.do(lambda database: Campaigns(database).cancel(1))
    place.restore(backup)
    place.do(lambda database: claim(database) == [] or pytest.fail("claimed"))


ROUTINE = {
    ("opening.py", "notice_restored_file"): "the number that marks come with",
    ("workers.py", "show"): "a sign of life",
    ("workers.py", "leave"): "a sign of life",
    ("workers.py", "sweep"): "what follows from acts and claims by itself",
    ("drafts.py", "save"): "at every change of a draft, which nothing goes out by",
    ("ledger.py", "turn"): "claims, which the claim journal knows",
    ("ledger.py", "join"): "a sign of life, and what follows from claims",
    ("ledger.py", "heartbeat"): "a sign of life, and what follows from claims",
    ("ledger.py", "leave"): "a sign of life",
    ("opening.py", "bring_up_to_date"): "the tables are not there yet",
    ("transfer.py", "move"): "what is left is marked by itself",
}


def test_every_write_is_an_act_except_those_named_here():
    found = set()
    for file in (ROOT / "omni").glob("**/*.py"):
        for function in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                found |= {(file.name, function.name) for call in ast.walk(function) if _is_distinguished(call)}
    assert found == ROUTINE.keys()


def _is_distinguished(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(given.arg == "is_act" for given in node.keywords)


def test_routine_writes_leave_no_mark_and_are_left_to_the_journal(place: Place):
    backup, before = place.backup(), place.acts.read_bytes()

    def work(database: Database) -> None:
        ledger = Ledger(database, SENDS)
        ledger.join("seat.1", {}, "seat.")
        record(database, *map(accepted, claim(database)))
        ledger.leave("seat.1")

    place.do(work)
    assert place.acts.read_bytes() == before
    place.restore(backup)
    assert place.state() == "running"


def test_a_backup_of_the_main_file_lacks_what_is_still_in_the_log(place: Place):
    database = place.open()
    Campaigns(database).pause(1)
    backup = place.backup()
    database.close()
    place.restore(backup)
    assert place.state() == NOTICED


def test_an_unmarked_backup_is_noticed_when_restored(tmp_path: Path):
    place = Place(tmp_path / "data")
    database = open_database(f"sqlite:///{place.file}")
    make(database)
    database.close()
    backup = place.backup()
    assert place.state() == "running", "an update alone"
    place.do(lambda database: Campaigns(database).cancel(1))
    place.restore(backup)
    assert place.state() == NOTICED


def test_a_folder_copied_whole_a_lost_file_and_one_behind_are_no_restore(place: Place, tmp_path: Path):
    shutil.copytree(place.folder, tmp_path / "elsewhere")
    assert Place(tmp_path / "elsewhere").state() == "running"

    behind = place.acts.read_bytes()
    backup = place.backup()
    place.do(lambda database: make(database))
    place.acts.write_bytes(behind)
    assert place.state() == "running"
    shutil.rmtree(place.acts.parent)
    assert place.state() == "running"
    # The journal starts over: actions up to this opening are known again.
    place.restore(backup)
    assert place.state() == NOTICED


def test_another_database_tried_on_the_same_folder_is_no_restore(place: Place):
    other = Place(place.folder)
    other.file = place.folder / "other.db"
    database = open_database(f"sqlite:///{other.file}")
    make(database)
    with database.write() as connection:
        acts.leave_mark(connection)
    database.close()
    for _ in range(80):
        other.do(lambda database: ContactLists(database).delete("none"))
    assert (other.state(), place.state()) == ("running", "running")
    backup = place.backup()
    place.do(lambda database: Campaigns(database).cancel(1))
    other.do(lambda database: Campaigns(database).pause(1))
    place.restore(backup)
    assert (other.state(), place.state()) == ("paused", NOTICED)


@pytest.mark.parametrize("torn", [b"\n0000", b"\n" + bytes(26), b"\nzzzzzzzz 0123456789abcdef\n"])
def test_a_line_that_was_cut_off_is_passed_over_and_the_next_is_read(place: Place, torn: bytes):
    with place.acts.open("ab") as file:
        file.write(torn)
    assert place.state() == "running"
    backup = place.backup()
    place.do(lambda database: Campaigns(database).cancel(1))
    place.restore(backup)
    assert place.state() == NOTICED


def test_an_act_is_done_though_the_folder_takes_nothing(place: Place, caplog: pytest.LogCaptureFixture):
    database = place.open()
    shutil.rmtree(place.acts.parent)
    place.acts.parent.write_text("no folder")
    Campaigns(database).cancel(1)
    assert Campaigns(database).get(1).state == "cancelled"
    database.close()
    assert "would not be noticed" in caplog.text
    place.acts.parent.unlink()
    place.acts.mkdir(parents=True)
    with pytest.raises(StoreError, match=r"store\.folder"):
        place.open()


def test_many_processes_at_once_raise_no_alarm_and_hide_nothing(place: Place):
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(8):
                place.do(lambda database: DoNotContact(database).add([phone(1)], "", "ana"))
                assert place.state() == "running"
        except BaseException as err:
            failed.append(err)

    backup = place.backup()
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(place.acts.read_bytes().split()) >= 2 * 32
    # Several processes that find the restored database together report it once.
    place.restore(backup)
    threads = [threading.Thread(target=lambda: place.open().close()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert place.state() == NOTICED
    with closing(sqlite3.connect(place.file)) as connection:
        assert connection.execute("SELECT count(*) FROM revision WHERE name = 'put_back'").fetchone() == (1,)


class Killed(BaseException):
    """The process ends here."""


def _killed(*_: object) -> None:
    raise Killed


def test_an_act_whose_process_died_is_known_from_the_next_opening_on(place: Place, monkeypatch: pytest.MonkeyPatch):
    backup = place.backup()
    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(acts.Acts, "add", _killed)
        place.do(lambda database: Campaigns(database).cancel(1))
    assert place.state() == "cancelled"
    place.restore(backup)
    assert place.state() == NOTICED


class Installation(RuleBasedStateMachine):
    """Processes that act and die at any point, restored copies and lost files.

    ``there`` is the actions in the current database; ``known`` those that were reported as done or seen by an opening.
    """

    @initialize()
    def begin(self) -> None:
        self.temporary = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        self.place = Place(Path(self.temporary.name) / "data")
        self.running: list[Database] = [self.place.open()]
        make(self.running[0])
        self.done = 1
        self.there, self.known = {1}, {1}
        self.backups: list[tuple[Path, set[int]]] = []

    def teardown(self) -> None:
        if hasattr(self, "temporary"):
            self.end_all()
            self.temporary.cleanup()

    def end_all(self) -> None:
        for database in self.running:
            database.close()
        self.running = []

    @rule()
    def a_process_starts(self) -> None:
        is_restored = bool(self.known - self.there)
        self.running.append(self.place.open())
        with closing(sqlite3.connect(self.place.file)) as connection:
            [(state,)] = connection.execute("SELECT state FROM campaign")
            assert state == ("paused" if is_restored else "running")
            connection.execute("UPDATE campaign SET state = 'running'")
            connection.commit()
        if is_restored:
            self.done += 1
            self.there |= self.known | {self.done}
        self.known |= self.there

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 9), end=st.sampled_from(["well", "rolled back", "killed before", "killed after"]))
    def a_process_acts(self, which: int, end: str) -> None:
        database = self.running[which % len(self.running)]
        with pytest.MonkeyPatch.context() as patch, suppress(Killed, CampaignError):
            if end == "killed after":
                patch.setattr(acts.Acts, "add", _killed)
            with database.write():
                if end == "rolled back":
                    raise CampaignError("campaign.state")
                if end == "killed before":
                    raise Killed
        if end.startswith("killed"):
            self.running.remove(database)
            database.close()
        if end in ("well", "killed after"):
            self.done += 1
            self.there.add(self.done)
        if end == "well":
            self.known.add(self.done)

    @rule()
    def a_backup_is_made(self) -> None:
        backup = self.place.folder / f"backup-{len(self.backups)}.db"
        with closing(sqlite3.connect(self.place.file)) as source, closing(sqlite3.connect(backup)) as target:
            source.backup(target)
        self.backups.append((backup, set(self.there)))

    @precondition(lambda self: self.backups)
    @rule(which=st.integers(0, 9))
    def a_backup_is_restored(self, which: int) -> None:
        self.end_all()
        backup, there = self.backups[which % len(self.backups)]
        self.place.restore(backup)
        self.there = set(there)

    @rule()
    def the_file_is_lost(self) -> None:
        self.place.acts.unlink(missing_ok=True)
        self.known = set()


def test_wherever_a_process_dies_restores_are_noticed_and_nothing_else():
    run_state_machine_as_test(Installation, settings=settings(max_examples=60, stateful_step_count=25, deadline=None))
