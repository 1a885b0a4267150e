"""Fixtures for an open, empty database, once in an SQLite file and once in PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from omni.store.database import Database
from omni.store.opening import open_database
from omni.store.schema import metadata
from tests.postgres import Postgres
from tests.store.legal_states import refuse_other_states

IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Folder where a database is written without waiting for a disk."""


@pytest.fixture(scope="session")
def reused(postgres: Postgres) -> Iterator[Database]:
    """A PostgreSQL database shared by all tests: emptying it is much quicker than creating another."""
    with postgres.database() as url:
        opened = open_database(url)
        refuse_other_states(opened)
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database for each test, which runs on both kinds."""
    if request.param == "postgresql":
        kept: Database = request.getfixturevalue("reused")
        empty(kept)
        yield kept
        return
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        file = Path(folder) / "omni.db"
        lay_empty(file)
        opened = open_database(f"sqlite:///{file}")
        yield opened
        opened.close()


def empty(database: Database) -> None:
    """Delete every row of every table."""
    with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def lay_empty(file: Path) -> None:
    """Write an empty database to ``file``, as opening one there leaves it.

    The migrations run once instead of for every test; only some tests are about them.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_empty_file())


@cache
def _empty_file() -> bytes:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        file = Path(folder) / "omni.db"
        with closing(open_database(f"sqlite:///{file}")) as opened:
            refuse_other_states(opened)
        return file.read_bytes()
