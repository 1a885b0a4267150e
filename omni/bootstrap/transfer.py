"""Move of an installation from its SQLite file to PostgreSQL, while no other process uses its data folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from filelock import Timeout
from sqlalchemy.engine import make_url

from omni.bootstrap.processes import console_lock, worker_lock
from omni.bootstrap.worker import Sender
from omni.database_url import check_address, sqlite_address
from omni.errors import SettingsError, StoreError
from omni.settings import Settings
from omni.store.database import Database
from omni.store.moved import moved_to, take_mark_back
from omni.store.opening import open_database
from omni.store.transfer import move, refuse_unless_empty, rows_of


class Transfer:
    """One move: from the SQLite file of ``settings`` to the PostgreSQL database at ``url``.

    Raises ``SettingsError`` for a ``url`` that is not one of PostgreSQL, and ``StoreError("store.no_source")`` when
    there is no file to move. ``address`` is the target without its password.
    """

    def __init__(self, settings: Settings, url: str) -> None:
        self.address = _address(url)
        self._url = url
        self._settings = settings
        self._source, self._file = _source(settings)

    def rows(self) -> int:
        """Return the number of rows to move. Raises ``StoreError`` for a database that was moved already."""
        with self._opened_source() as source:
            return rows_of(source)

    def move(self, on_progress: Callable[[float, str], None]) -> Mapping[str, int]:
        """Move everything; return the number of rows of each table.

        ``on_progress`` receives the share that is done, from 0 to 1, and the table. Raises what ``store.transfer.move``
        raises, and ``StoreError("store.in_use")`` while a console or a worker uses the data folder.
        """
        with self._lock_installation(), _opened(self._url) as target:
            if moved_to(self._file) == self.address:
                # An earlier move to the same place: if it was not finished, the target is empty.
                self._reset_unfinished_move(target)
            with self._opened_source() as source:
                refuse_unless_empty(target)
                # The database must contain what only the journal and the spool beside it know.
                Sender(self._settings, source).recover()
                return move(source, target, self.address, on_progress)

    def _opened_source(self) -> AbstractContextManager[Database]:
        return _opened(self._source, self._settings.sending)

    def _reset_unfinished_move(self, target: Database) -> None:
        try:
            refuse_unless_empty(target)
        except StoreError as err:
            raise StoreError("store.moved", to=self.address) from err
        take_mark_back(self._file)

    @contextmanager
    def _lock_installation(self) -> Iterator[None]:
        data = self._settings.data
        with ExitStack() as held:
            for lock in (console_lock(data), worker_lock(data)):
                try:
                    held.enter_context(lock.acquire(blocking=False))
                except Timeout as err:
                    raise StoreError("store.in_use", path=str(data)) from err
            yield


def _source(settings: Settings) -> tuple[str, Path]:
    """Return the URL and the file of the SQLite database, even if the settings already name the new database."""
    url = settings.database_url
    if not url.startswith("sqlite"):
        url = sqlite_address(settings.data / "omni.db")
    file = Path(make_url(url).database or "")
    if not file.is_file():
        raise StoreError("store.no_source", path=str(file))
    return url, file


def _address(url: str) -> str:
    expected = "postgresql+psycopg://USER@HOST/DATABASE"
    parsed = check_address(url, "--to")
    if parsed.get_backend_name() != "postgresql":
        raise SettingsError("settings.value", name="--to", value=parsed.drivername, expected=expected)
    host = parsed.host or parsed.query.get("host") or "localhost"
    port = f":{parsed.port}" if parsed.port else ""
    return f"postgresql://{host if isinstance(host, str) else ','.join(host)}{port}/{parsed.database or ''}"


@contextmanager
def _opened(url: str, beside: Path | None = None) -> Iterator[Database]:
    database = open_database(url, beside)
    try:
        yield database
    finally:
        database.close()
