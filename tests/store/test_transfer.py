"""Moving an SQLite database to PostgreSQL: nothing is lost, and nothing can be sent from both."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from omni.core.campaign import Receipt
from omni.errors import CampaignError, StoreError
from omni.store import transfer
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.moved import moved_to, take_mark_back
from omni.store.opening import open_database
from omni.store.people.do_not_contact import DoNotContact
from omni.store.people.drafts import Drafts
from omni.store.people.saved import ContactLists, SavedMappings, Templates
from omni.store.people.taught_answers import TaughtAnswers
from omni.store.schema import COUNTED, metadata
from omni.store.transfer import move
from tests.store.building import (
    ME,
    SENDS,
    accepted,
    claim,
    make,
    new_campaign,
    not_loaded,
    prepared,
    record,
    states,
    unknown,
)
from tests.store.opening import IN_MEMORY, empty
from tests.store.request_counts import counted, recounted

ADDRESS = "postgresql://db.example.com/omni"
BLOB = bytes(range(256)) * 40


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as made:
        yield Path(made)


@pytest.fixture
def source(folder: Path) -> Iterator[Database]:
    """A database with rows in every table and nothing in flight."""
    database = open_database(f"sqlite:///{folder / 'omni.db'}")
    Ledger(database, SENDS).join(ME, {"host": "here"}, "seat.")
    draft = Drafts(database).create("Ação", {"text": "\0 ☎ \ud800", "n": 1.5})
    Templates(database).save("November", {"steps": []})
    DoNotContact(database).add(["5511980000001", "ana@example.com"], "pasted", "ana")
    SavedMappings(database).remember("shape", {"phone1": "Celular"}, "a.csv")
    ContactLists(database).keep("List", {"a": [1]}, 7)
    made = Campaigns(database).create(
        new_campaign(canary=4, start_at=9e9, draft_id=draft.id), prepared(8, 2), [b"", BLOB, BLOB[::-1]], [BLOB]
    )
    campaigns = Campaigns(database)
    campaigns.resume(made.id)
    one, two, three, four = claim(database)
    apart = replace(unknown(three)[2], unpaired=(Receipt(-1, "nobody's", None),))
    record(database, accepted(one), unknown(two, 0), (*unknown(three)[:2], apart))
    TaughtAnswers(database).teach('{"id": "code"}', "ana")
    Unknowns(database).decide(made.id, "keep", "ana")
    record(database, not_loaded(four))
    campaigns.pause(made.id)
    yield database
    database.close()


@pytest.fixture
def target(reused: Database) -> Database:
    """An empty PostgreSQL database."""
    empty(reused)
    return reused


def rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
            if table not in COUNTED
        }


def ignore_progress(_share: float, _table: str) -> None:
    """Ignore the progress."""


def test_every_row_of_every_table_arrives_as_it_was(source: Database, target: Database):
    before = rows(source)
    assert [name for name, found in before.items() if not found] == []
    told: list[float] = []
    moved = move(source, target, ADDRESS, lambda share, _table: told.append(share))
    assert rows(target) == before == rows(source)
    assert counted(target) == recounted(target) == counted(source) != {}
    assert moved == {name: len(found) for name, found in before.items()}
    assert list(Campaigns(target).sheet_parts(1)) == [b"", BLOB, BLOB[::-1]]
    assert Campaigns(target).body(1, 1) == Campaigns(source).body(1, 1)


def test_what_is_made_afterwards_takes_ids_of_its_own(source: Database, target: Database):
    decided = len(rows(source)["decision"])
    move(source, target, ADDRESS, ignore_progress)
    assert make(target, 1) == 2
    Templates(target).save("December", {})
    record(target, *map(unknown, claim(target)))
    assert Unknowns(target).decide(2, "keep", "ana").contacts == 1
    with target.read() as connection:
        assert connection.scalar(sa.text("SELECT max(id) FROM saved_template")) == 2
        assert connection.scalar(sa.text("SELECT max(id) FROM decision")) > decided


def test_an_empty_installation_can_be_moved_too(folder: Path, target: Database):
    source = open_database(f"sqlite:///{folder / 'omni.db'}")
    assert set(move(source, target, ADDRESS, ignore_progress).values()) == {0}
    assert make(target, 1) == 1
    source.close()


def test_the_old_database_is_refused_also_by_processes_that_have_it_open(source: Database, target: Database):
    with pytest.raises(CampaignError):
        Campaigns(source).pause(1)
    move(source, target, ADDRESS, ignore_progress)
    assert source.file is not None
    for attempt in (
        lambda: open_database(f"sqlite:///{source.file}"),
        lambda: Campaigns(source).resume(1),
        lambda: make(source, 1),
        lambda: Ledger(source, SENDS).join("seat.2", {}, "seat."),
        lambda: claim(source),
    ):
        with pytest.raises(StoreError) as refused:
            attempt()
        assert (refused.value.code, refused.value.params) == ("store.moved", {"to": ADDRESS})
    assert len(Campaigns(source).list()) == 1


def test_neither_a_backup_of_the_old_file_nor_a_restored_one_can_send(source: Database, target: Database, folder: Path):
    file, older, copy = folder / "omni.db", folder / "older.db", folder / "elsewhere.db"
    source.close()
    with closing(sqlite3.connect(file)) as one, closing(sqlite3.connect(older)) as other:
        one.backup(other)
    move(source, target, ADDRESS, ignore_progress)
    source.close()
    copy.write_bytes(file.read_bytes())
    file.write_bytes(older.read_bytes())
    for each in (file, copy):
        assert moved_to(each) == ADDRESS
        with pytest.raises(StoreError, match=r"store\.moved"):
            open_database(f"sqlite:///{each}")


def test_an_older_program_refuses_the_old_database_as_too_new(
    source: Database, target: Database, monkeypatch: pytest.MonkeyPatch
):
    move(source, target, ADDRESS, ignore_progress)
    monkeypatch.setattr("omni.store.database.refuse_if_moved", lambda *_: None)
    monkeypatch.setattr("omni.store.opening.refuse_if_moved", lambda *_: None)
    with pytest.raises(StoreError, match=r"store\.newer"):
        open_database(f"sqlite:///{source.file}")


def test_without_its_mark_the_old_database_is_as_it_was(source: Database, target: Database):
    before = rows(source)
    move(source, target, ADDRESS, ignore_progress)
    assert source.file is not None
    take_mark_back(source.file)
    take_mark_back(source.file)
    assert moved_to(source.file) is None
    again = open_database(f"sqlite:///{source.file}")
    assert rows(again) == before
    Campaigns(again).resume(1)
    again.close()


@pytest.mark.parametrize("fill", ["campaign", "draft", "list"])
def test_a_target_that_is_in_use_is_refused_and_nothing_changes(source: Database, target: Database, fill: str):
    if fill == "campaign":
        make(target, 1)
    elif fill == "draft":
        Drafts(target).create("a", {})
    else:
        DoNotContact(target).add(["5511980000001"], "", "")
    before = rows(target)
    with pytest.raises(StoreError, match=r"store\.target_used"):
        move(source, target, ADDRESS, ignore_progress)
    assert rows(target) == before
    Campaigns(source).resume(1)


def test_a_target_opened_only_by_a_worker_is_accepted(source: Database, target: Database):
    Ledger(target, SENDS).join("seat.9", {}, "seat.")
    move(source, target, ADDRESS, ignore_progress)
    assert [each.id for each in Ledger(target).workers()] == [ME]


def test_while_a_campaign_runs_or_a_request_is_on_its_way_nothing_is_moved(source: Database, target: Database):
    Campaigns(source).resume(1)
    make(source, 2)
    with pytest.raises(CampaignError) as refused:
        move(source, target, ADDRESS, ignore_progress)
    assert (refused.value.code, refused.value.params) == ("campaign.move_running", {"n": 2, "ids": "1, 2"})
    Campaigns(source).cancel(1)
    assert len(claim(source)) == 2
    Campaigns(source).pause(2)
    with pytest.raises(CampaignError, match=r"campaign\.move_running"):
        move(source, target, ADDRESS, ignore_progress)
    assert rows(target)["campaign"] == []
    assert states(source, 2) == "ss"


def test_a_transfer_that_differs_in_one_value_is_not_kept(
    source: Database, target: Database, monkeypatch: pytest.MonkeyPatch
):
    insert = transfer.insert_many

    def careless(connection: sa.Connection, table: sa.Table, *rest: Any) -> None:
        insert(connection, table, *rest)
        if table.name == "answer":
            connection.execute(
                sa.text(
                    "UPDATE answer SET received_at = received_at + 0.001 WHERE request_id IN "
                    "(SELECT max(request_id) FROM answer)"
                )
            )

    monkeypatch.setattr(transfer, "insert_many", careless)
    with pytest.raises(StoreError) as refused:
        move(source, target, ADDRESS, ignore_progress)
    assert (refused.value.code, refused.value.params) == ("store.not_copied", {"table": "answer"})
    assert rows(target)["campaign"] == []
    Campaigns(source).resume(1)


def test_text_that_postgresql_cannot_hold_is_named_and_nothing_is_moved(source: Database, target: Database):
    with source.write() as connection:
        connection.execute(sa.text("UPDATE contact_list SET name = 'a' || char(0) || 'b'"))
    with pytest.raises(StoreError) as refused:
        move(source, target, ADDRESS, ignore_progress)
    assert (refused.value.code, refused.value.params) == ("store.not_copied", {"table": "contact_list"})
    Campaigns(source).resume(1)


def test_when_the_target_does_not_confirm_neither_can_send(
    source: Database, target: Database, monkeypatch: pytest.MonkeyPatch
):
    def gone(_connection: psycopg.Connection) -> None:
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(psycopg.Connection, "commit", gone)
    with pytest.raises(StoreError) as broken:
        move(source, target, ADDRESS, ignore_progress)
    monkeypatch.undo()
    assert (broken.value.code, broken.value.params) == ("store.move_unfinished", {"to": ADDRESS})
    assert rows(target)["campaign"] == []
    with pytest.raises(StoreError, match=r"store\.moved"):
        Campaigns(source).resume(1)
