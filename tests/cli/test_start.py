"""Libraries that short commands load: those that they do not need would take most of their time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from omni import settings
from omni.store.opening import open_database
from tests.store.building import make

ROOT = Path(__file__).resolve().parents[2]

FOR_SPREADSHEETS = {"charset_normalizer", "fastexcel", "numpy", "pandas", "phonenumbers", "pyarrow", "xlsxwriter"}
FOR_SENDING = {"filelock", "procrastinate", "psycopg", "requests", "urllib3"}
FOR_PAGES = {"altair", "starlette", "streamlit", "uvicorn"}
FOR_ALL_COMMANDS = {"babel"}
FOR_THE_DATABASE = {"alembic", "orjson", "sqlalchemy"}
HEAVY = FOR_SPREADSHEETS | FOR_SENDING | FOR_PAGES | {"rich"}

RUN = """
import json, sys
from omni.cli import main

code = None
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
finally:
    sys.stdout.flush()
    json.dump([code, sorted({name.partition(".")[0] for name in sys.modules})], sys.stderr)
"""


def loaded_by(*arguments: str) -> set[str]:
    """Return the packages loaded in a new interpreter by a command that ends with exit code 0."""
    done = subprocess.run([sys.executable, "-c", RUN, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    return set(loaded)


def test_the_help_loads_no_library_but_that_of_the_languages():
    loaded = loaded_by("--help")

    assert loaded >= FOR_ALL_COMMANDS
    assert not loaded & (HEAVY | FOR_THE_DATABASE)


def test_status_loads_the_database_and_nothing_for_spreadsheets_sending_or_pages():
    found = settings.load()
    database = open_database(found.database_url, found.sending)
    campaign = make(database)
    database.close()

    for arguments in ((), ("--json",), (str(campaign),)):
        loaded = loaded_by("status", *arguments)

        assert loaded >= {"sqlalchemy", "babel"}
        assert not loaded & HEAVY
        assert "alembic" not in loaded, "it is needed when a database is made or brought up to date"


def test_a_command_that_needs_the_libraries_loads_them(tmp_path):
    sheet = tmp_path / "a.csv"
    sheet.write_text("Celular\n11987650003\n", "utf-8")

    assert loaded_by("check", str(sheet)) >= {"pyarrow", "phonenumbers", "sqlalchemy"}
