"""Opening a database: created, migrated, or refused with a reason."""

from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from omni.errors import StoreError
from omni.store import database as database_module
from omni.store.database import Database
from omni.store.opening import HEAD, MIGRATIONS, open_database
from omni.store.schema import metadata


def test_the_migrations_make_the_tables_that_the_program_describes(database: Database):
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_the_program_expects():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_opening_again_changes_nothing(database_url: str):
    for _ in range(2):
        database = open_database(database_url)
        with database.read() as connection:
            assert connection.scalars(sa.text("SELECT version_num FROM alembic_version")).all() == [HEAD]
        database.close()


def test_processes_that_open_a_new_database_at_once_all_find_it_ready(database_url: str):
    start = threading.Barrier(5)
    failed: list[Exception] = []

    def open_it() -> None:
        start.wait()
        try:
            open_database(database_url).close()
        except Exception as err:
            failed.append(err)

    threads = [threading.Thread(target=open_it) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_database_that_a_newer_program_changed_is_refused(database_url: str):
    database = open_database(database_url)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9000'"))
    database.close()
    with pytest.raises(StoreError) as caught:
        open_database(database_url)
    assert (caught.value.code, caught.value.params["found"]) == ("store.newer", "9000")


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://ana:sesame@example.com/omni",
        "sqlite:////proc/nowhere/omni.db",
        "postgresql://ana:sesame@127.0.0.1:9/omni",
    ],
)
def test_a_database_that_cannot_be_opened_is_reported_without_the_password(url: str):
    with pytest.raises(StoreError) as caught:
        open_database(url)
    assert caught.value.code == "store.unavailable"
    assert "sesame" not in str(caught.value)


def test_a_file_that_is_no_database_is_reported(tmp_path: Path):
    file = tmp_path / "omni.db"
    file.write_bytes(b"PK\x03\x04 a spreadsheet, say" * 100)
    with pytest.raises(StoreError) as caught:
        open_database(f"sqlite:///{file}")
    assert caught.value.code == "store.unavailable"


def test_an_sqlite_file_and_its_folder_are_for_their_owner_only(tmp_path: Path):
    file = tmp_path / "data" / "omni.db"
    database = open_database(f"sqlite:///{file}")
    with database.write() as connection:
        connection.execute(sa.text("DELETE FROM draft"))
        made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    database.close()
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert made == {"omni.db": 0o600, "omni.db-wal": 0o600, "omni.db-shm": 0o600}


def test_sqlite_writes_durably_and_holds_to_its_references(tmp_path: Path):
    database = open_database(f"sqlite:///{tmp_path / 'omni.db'}")
    with database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_postgresql_commits_durably_although_its_server_is_set_not_to(postgres_url: str):
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as session:
        assert session.execute("SHOW synchronous_commit").fetchone() == ("off",)
    database = open_database(postgres_url)
    with database.write() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    database.close()


def test_a_process_frozen_in_a_transaction_does_not_block_the_others(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    other = open_database(postgres_url)
    monkeypatch.setattr(database_module, "FROZEN_SECONDS", 1.0)
    frozen = open_database(postgres_url)
    touch = sa.text("UPDATE alembic_version SET version_num = version_num")
    with pytest.raises(StoreError) as caught, frozen.write() as connection:
        connection.execute(touch)
        with other.write() as living:
            living.exec_driver_sql("SET LOCAL lock_timeout = '180s'")
            living.execute(touch)
        connection.execute(touch)
    frozen.close()
    other.close()
    assert caught.value.code == "store.unavailable"


def test_a_full_disk_is_reported_as_such(tmp_path: Path):
    database = open_database(f"sqlite:///{tmp_path / 'omni.db'}")
    with pytest.raises(StoreError) as caught, database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        connection.execute(sa.text("INSERT INTO contact_list VALUES ('a', 'a', :body, 1, 1)"), {"body": "x" * 10**6})
    database.close()
    assert caught.value.code == "store.full"


def test_a_writer_that_waits_in_vain_says_that_the_database_is_locked(tmp_path: Path):
    file = tmp_path / "omni.db"
    database = open_database(f"sqlite:///{file}")
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=20")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as caught, database.write():
        pass
    other.close()
    database.close()
    assert caught.value.code == "store.locked"


def test_an_error_of_the_database_does_not_quote_what_was_written(database_url: str):
    database = open_database(database_url)
    with database.write() as connection:
        connection.execute(sa.text("DROP TABLE sheet_part"))
    missing = sa.text("INSERT INTO sheet_part (campaign_id, part, blob) VALUES (1, 1, :blob)")
    with pytest.raises((StoreError, sa.exc.ProgrammingError)) as caught, database.write() as connection:
        connection.execute(missing, {"blob": b"5511900000001"})
    database.close()
    assert "5511900000001" not in str(caught.value)


def test_a_block_that_fails_leaves_nothing_behind(database: Database):
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(sa.text("INSERT INTO worker (id, beat, started_at, info) VALUES ('a', 0, 0, '{}')"))
        raise ZeroDivisionError
    with database.read() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM worker")) == 0
