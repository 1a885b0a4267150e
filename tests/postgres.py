"""A temporary PostgreSQL server on a Unix socket, which root can start too and which leaves no files behind."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.waiting import PATIENCE

_MISSING = (
    "PostgreSQL's server programs (initdb, postgres) are not installed: run `make programs`, "
    "or set PG_BIN to the folder that holds them."
)
_FAST_NOT_SAFE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB"]
# SIGINT is the "fast" shutdown; SIGTERM would wait for open sessions.
_UNTIL_STDIN_ENDS = 'exec 3<&0; { read -r _ <&3; kill -INT $$; } & exec "$@" 3<&- </dev/null'
"""Shell command that ends the server when our process ends, even if it is killed."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. ``sockets`` is the folder of its Unix socket."""

    sockets: Path
    stop_at_once: Callable[[], None]
    """``pg_ctl stop -m immediate``: stop without ending sessions or writing a checkpoint."""
    start_again: Callable[[], None]
    """Start the server again, which then recovers if necessary."""
    programs: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @contextmanager
    def database(self) -> Iterator[str]:
        """Create a database and give its SQLAlchemy URL. It is dropped with the block, even if connections are open."""
        name = f"omni_{next(self._numbers)}"
        self._administer(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql+psycopg://omni@/{name}?host={self.sockets}"
        finally:
            self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def clone_of(self, url: str) -> Iterator[str]:
        """Clone a database without open connections, as restoring a dump would, and give the URL of the clone."""
        name = url.partition("@/")[2].partition("?")[0]
        clone = f"{name}_clone"
        self._administer(f"CREATE DATABASE {clone} TEMPLATE {name}")
        try:
            yield url.replace(f"/{name}?", f"/{clone}?")
        finally:
            self._administer(f"DROP DATABASE {clone} WITH (FORCE)")

    def dump(self, url: str, file: Path) -> None:
        """Run ``pg_dump`` on a database that may be in use."""
        self._program("pg_dump", "-Fc", "-f", str(file), _name_of(url))

    def restore(self, url: str, file: Path) -> None:
        """Run ``pg_restore`` into a new database, and replace the old one with it even if connections are open."""
        name = _name_of(url)
        self._administer(f"CREATE DATABASE {name}_clone")
        self._program("pg_restore", "-d", f"{name}_clone", str(file))
        self._administer(f"DROP DATABASE {name} WITH (FORCE)")
        self._administer(f"ALTER DATABASE {name}_clone RENAME TO {name}")

    def is_up(self) -> bool:
        """Whether the server accepts connections."""
        try:
            self._administer("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _program(self, name: str, *arguments: str) -> None:
        how = ["-h", str(self.sockets), "-U", "omni"]
        subprocess.run([self.programs / name, *how, *arguments], check=True, stdin=subprocess.DEVNULL)

    def _administer(self, statement: str) -> None:
        address = f"host={self.sockets} user=omni dbname=postgres"
        with psycopg.connect(address, autocommit=True) as session:
            session.execute(statement.encode())


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    """Create, run and remove a cluster. Fails the test with an explanation if the programs are missing."""
    programs = _programs()
    if programs is None:
        pytest.fail(_MISSING, pytrace=False)
    # Not below pytest's own folder: the other user that root needs has no access to it, and its path may be too
    # long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="omni-pg-"))
    cluster = folder / "cluster"
    account: dict[str, Any] = {}
    servers: list[subprocess.Popen[bytes]] = []

    def stop_at_once() -> None:
        command = [programs / "pg_ctl", "stop", "-D", cluster, "-m", "immediate"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **account)
        _end(servers.pop())

    def start() -> None:
        options = [part for setting in _FAST_NOT_SAFE for part in ("-c", setting)]
        with (folder / "server.log").open("ab") as log:
            servers.append(
                subprocess.Popen(
                    [
                        "sh",
                        "-c",
                        _UNTIL_STDIN_ENDS,
                        "sh",
                        programs / "postgres",
                        "-D",
                        cluster,
                        "-k",
                        folder,
                        "-h",
                        "",
                        *options,
                    ],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    cwd=folder,
                    **account,
                )
            )
        _wait_until_up(postgres, servers[-1], folder / "server.log")

    postgres = Postgres(folder, stop_at_once, start, programs)
    try:
        account |= _account(folder)
        _initialise(programs, cluster, account)
        start()
        yield postgres
    finally:
        for server in servers:
            _end(server)
        shutil.rmtree(folder, ignore_errors=True)


def _name_of(url: str) -> str:
    return str(make_url(url).database)


def _end(server: subprocess.Popen[bytes]) -> None:
    assert server.stdin is not None
    server.stdin.close()
    server.wait(PATIENCE)


def _programs() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(os.environ.get("PG_BIN", "/nonexistent"))]
    folders += [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major_version, reverse=True)
    return next((one for one in folders if (one / "initdb").exists() and (one / "postgres").exists()), None)


def _major_version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def _account(folder: Path) -> dict[str, Any]:
    """Account of the server: our own, or another one if we are root, because PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    pytest.fail("PostgreSQL refuses to run as root, and there is no user postgres or nobody.", pytrace=False)


def _initialise(programs: Path, cluster: Path, account: dict[str, Any]) -> None:
    how = ["-U", "omni", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        [programs / "initdb", "-D", cluster, *how],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=cluster.parent,
        check=False,
        **account,
    )
    if made.returncode:
        pytest.fail(f"initdb failed:\n{made.stderr}", pytrace=False)


def _wait_until_up(postgres: Postgres, server: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while not postgres.is_up():
        if server.poll() is not None or time.monotonic() > give_up:
            pytest.fail(f"PostgreSQL did not start:\n{log.read_text('utf-8', 'replace')}", pytrace=False)
        time.sleep(0.02)
