"""``omni migrate``: move an installation to PostgreSQL, sending files included, without a second sender."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from omni.bootstrap.processes import console_lock, worker_lock
from omni.cli import main
from omni.ports import Claimed
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.sending.worker import SendingLock
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from omni.store.opening import open_database
from omni.store.transfer import move
from tests.builders import phone
from tests.sending.engine import accept
from tests.store.building import SENDS, accepted, claim, live_campaign, make, prepared, record, states
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def old(environment: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """URL of an SQLite installation whose language is English."""
    monkeypatch.setenv("OMNI_LANGUAGE", "en")
    database = open_database(f"sqlite:///{environment / 'omni.db'}")
    yield database
    database.close()


def omni(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "omni", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={**os.environ, **environment},
    )


def migrate(url: str, *more: str) -> int:
    return main(["migrate", "--to", url, *more])


def test_an_installation_killed_amid_sending_moves_and_only_the_new_one_sends(
    old: Database, environment: Path, postgres_url: str, sandbox: Callable, capfd: pytest.CaptureFixture[str]
):
    provider = sandbox()
    account = {"OMNI_USERNAME": "operator", "OMNI_TOKEN": "t", "OMNI_ENDPOINT": provider.url}
    made = Campaigns(old).create(live_campaign(endpoint=provider.url), prepared(6), []).id
    sending = environment / "sending"
    sending.mkdir()
    (sending / "seat").write_text("seat")
    Ledger(old, SENDS).join("seat.1", {}, "seat.")
    sends = SENDS.__class__(practice=True, account="operator", endpoint=provider.url, rate=1000.0)
    one, two, three = claim(old, 3, "seat.1", sends)
    record(old, accepted(one))
    with AnswerSpool(sending / "answers.spool") as spool, ClaimJournal(sending / "claims.journal") as journal:
        spool.put(two, accept(two, b""))  # the answer arrived, but the worker was killed before recording it
        # The database does not know the fourth request: it was restored from an earlier backup.
        four = Claimed(three.request_id + 1, made, 4, 1, 1, False)
        journal.append([one, two, three, four])
    Campaigns(old).pause(made)
    old.close()

    assert migrate(postgres_url, "--yes", "--json") == 0
    output = capfd.readouterr()
    assert json.loads(output.out)["rows"]["request"] == 6
    assert "read back and compared" in output.err
    new = open_database(postgres_url)
    assert states(new, made) == "aauupp"

    for command in (["resume", made], ["worker"]):
        refused = omni(*command, **account)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "This installation has moved to postgresql://" in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert provider.records() == []

    done = omni("resume", made, **account, OMNI_DATABASE_URL=postgres_url)
    assert done.returncode == 1, done.stderr
    received = [contact["phone1"] for each in provider.records() for contact in each["contacts"]]
    assert sorted(received) == [phone(6), phone(7)]
    assert states(new, made) == "aauuaa"
    new.close()


@pytest.mark.parametrize("lock", [console_lock, worker_lock, lambda data: data / "sending" / "sending.lock"])
def test_while_a_console_a_worker_or_a_command_has_the_folder_nothing_is_moved(
    old: Database, environment: Path, postgres_url: str, lock: Callable, capfd: pytest.CaptureFixture[str]
):
    SendingLock(environment / "sending")
    held = lock(environment)
    with held if isinstance(held, FileLock) else FileLock(held):
        assert migrate(postgres_url, "--yes") == 2
    assert f"A console or a worker has the data folder {environment} open" in capfd.readouterr().err
    assert migrate(postgres_url, "--yes") == 0


def test_a_campaign_that_runs_is_named_with_what_to_do(
    old: Database, postgres_url: str, capfd: pytest.CaptureFixture[str]
):
    made = make(old, 2)
    assert migrate(postgres_url, "--yes") == 2
    assert f"python -m omni pause {made}" in capfd.readouterr().err
    assert Campaigns(old).get(made).state == "running"


def test_without_yes_it_says_what_it_would_do_and_changes_nothing(
    old: Database, postgres_url: str, capfd: pytest.CaptureFixture[str]
):
    Campaigns(old).pause(make(old, 2))
    assert migrate(postgres_url) == 2
    assert "This would move 8 rows to postgresql://" in capfd.readouterr().err
    Campaigns(old).resume(1)


@pytest.mark.parametrize("url", ["sqlite:///other.db", "mysql://ana:s3cr3t@db/omni", "postgresql", "://s3cr3t"])
def test_only_postgresql_is_moved_to_and_no_password_is_repeated(
    old: Database, url: str, capfd: pytest.CaptureFixture[str]
):
    assert migrate(url, "--yes") == 2
    output = capfd.readouterr().err
    assert "--to" in output
    assert "s3cr3t" not in output


def test_without_an_old_database_none_is_made(environment: Path, postgres_url: str, capfd: pytest.CaptureFixture[str]):
    assert migrate(postgres_url, "--yes") == 2
    assert "omni.db" in capfd.readouterr().err
    assert not (environment / "omni.db").exists()


def test_an_interrupted_move_continues_and_only_to_the_same_database(
    old: Database,
    environment: Path,
    postgres: object,
    postgres_url: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    made = make(old, 3)
    Campaigns(old).pause(made)
    old.close()
    source, target = open_database(f"sqlite:///{environment / 'omni.db'}"), open_database(postgres_url)
    address = f"postgresql://{postgres_url.partition('host=')[2]}/{postgres_url.partition('@/')[2].partition('?')[0]}"
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("psycopg.Connection.commit", killed)
        move(source, target, address, lambda *_: None)
    source.close()
    target.close()
    with postgres.database() as elsewhere:
        assert migrate(elsewhere, "--yes") == 2
        assert "This installation has moved to" in capfd.readouterr().err
    assert migrate(postgres_url, "--yes") == 0
    assert migrate(postgres_url, "--yes") == 2
    assert "This installation has moved to" in capfd.readouterr().err
    new = open_database(postgres_url)
    assert states(new, made) == "ppp"
    new.close()


def killed(_connection: object) -> None:
    """Stop between the two commits: after the source's and before the target's."""
    raise KeyboardInterrupt
