"""An installation moved from its SQLite file to PostgreSQL, while nobody has its data folder open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from filelock import Timeout
from sqlalchemy.engine import make_url

from omni.bootstrap.processes import console_lock, worker_lock
from omni.bootstrap.worker import Sender, folder_of
from omni.database_url import check_address, sqlite_address
from omni.errors import SettingsError, StoreError
from omni.settings import Settings
from omni.store.database import Database
from omni.store.moved import moved_to, take_mark_back
from omni.store.opening import open_database
from omni.store.transfer import move, refuse_unless_empty, rows_of


class Transfer:
    """One move: from the SQLite file of ``settings`` to the PostgreSQL database at ``url``.

    Raises ``SettingsError`` for a ``url`` that is not PostgreSQL's, and ``StoreError("store.no_source")`` without a
    file to move. ``address`` is the target without its password.
    """

    def __init__(self, settings: Settings, url: str) -> None:
        self.address = _address(url)
        self._url = url
        self._settings = settings
        self._source, self._file = _source(settings)

    def rows(self) -> int:
        """How many rows there are to move. Raises ``StoreError`` for a database that was moved already."""
        with self._opened_source() as source:
            return rows_of(source)

    def move(self, on_progress: Callable[[float, str], None]) -> Mapping[str, int]:
        """Move everything; returns the rows of each table.

        Raises what ``store.moving.move`` raises, and ``StoreError("store.in_use")`` while a console or a worker has
        the data folder. ``tell`` hears what share is done, and the table.
        """
        with self._lock_installation(), _opened(self._url) as target:
            if moved_to(self._file) == self.address:
                # An earlier move to the same place. Did its end not come, there is nothing there.
                self._reset_unfinished_move(target)
            with self._opened_source() as source:
                refuse_unless_empty(target)
                # What only the journal and the spool beside the database know must be in it.
                Sender(self._settings, source).recover()
                return move(source, target, self.address, on_progress)

    def _opened_source(self) -> AbstractContextManager[Database]:
        return _opened(self._source, folder_of(self._settings))

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
    """The URL and the file of the installation's SQLite database, also when the settings name the new one already."""
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
