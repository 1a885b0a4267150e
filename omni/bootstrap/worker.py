"""Sender put together: the engine on Omni's ledger, posting to the provider or to the practice provider."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from filelock import Timeout as LockTimeout

from omni.bootstrap.processes import PracticeProvider, check_faults, console_lock, is_held, stamp_of, worker_lock
from omni.core.campaign import Outcome, Progress
from omni.errors import OmniError, StoreError
from omni.ports import Answer, Claimed
from omni.provider.client import Client
from omni.provider.request_body import destinations_of, fields_of, rewritten
from omni.provider.response import judge
from omni.provider.sent_request import SentRequest
from omni.provider.taught_answer import TaughtAnswer, taught_of
from omni.sending.drain import WorkerParts
from omni.sending.worker import Ending, run_worker
from omni.settings import Settings
from omni.store.database import Database
from omni.store.ledger.claiming import Sends
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.withholding import BodyReader
from omni.store.people.taught_answers import TaughtAnswers

log = logging.getLogger(__name__)

_FOLLOW_EVERY: Final = 0.25
"""Seconds between two progress reports while another process sends."""
_LOCK_WAIT: Final = 1.0
"""Seconds to wait for the worker's lock."""
_CHECK_CONSOLE_EVERY: Final = 2.0
"""Seconds between two checks whether a console runs."""
_LINGER: Final = 10.0
"""Seconds that a worker stays after its console has ended, in case the console is only being restarted."""


_TAUGHT_EVERY: Final = 5.0
"""Seconds between two looks at what is taught about answers."""


class Sender:
    """Sender of one installation: which campaigns may be sent, with which account, to which provider."""

    def __init__(self, settings: Settings, database: Database) -> None:
        """Create it from the settings. Raises ``SettingsError``."""
        check_faults(settings)
        self._settings = settings
        self._database = database
        sends = Sends(
            practice=True,
            account=settings.username,
            endpoint=settings.endpoint,
            rate=settings.rate,
            hours=settings.hours,
            halt=settings.halt,
        )
        self._ledger = Ledger(database, sends, BodyReader(destinations_of, fields_of, rewritten))

    def work_on(self, campaign_id: int, on_progress: Callable[[Progress], None]) -> None:
        """Send until the campaign is over, or follow the process that sends it; take over if that process ends first.

        Raises ``KeyboardInterrupt`` when it is stopped.
        """
        while not self._ledger.is_over(campaign_id):
            ending = self._run(
                until=campaign_id, wait=False, on_progress=lambda: on_progress(self._ledger.progress(campaign_id))
            )
            if ending == "stopped":
                raise KeyboardInterrupt
            if ending == "busy":
                on_progress(self._ledger.progress(campaign_id))
                time.sleep(_FOLLOW_EVERY)
        on_progress(self._ledger.progress(campaign_id))

    def run_worker(self, *, while_console: bool) -> bool:
        """Send all running campaigns until stopped; with ``while_console`` also until no console and no campaign runs.

        Returns False when another resident worker has this data folder.
        """
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        self._settings.data.mkdir(parents=True, exist_ok=True)
        lock = worker_lock(self._settings.data)
        try:
            # Not at once: a process that only checks whether a worker runs holds the lock for a moment.
            lock.acquire(timeout=_LOCK_WAIT)
        except LockTimeout:
            return False
        gone = _ConsoleGone(self._settings, self._ledger) if while_console else None
        try:
            if self._database.is_postgresql:
                # Imported here because SQLite does not need it, and a worker lives for days.
                from omni.bootstrap.cluster_worker import work_beside_others

                work_beside_others(
                    self._database, self._ledger, lambda stop, ready: self._run(stop=stop, on_ready=ready), gone
                )
            else:
                self._run(stop=gone)
        finally:
            lock.release()
        return True

    def recover(self) -> None:
        """Record what a previous process left in the data folder, and send nothing.

        Raises ``StoreError("store.in_use")`` while another process sends from it.
        """
        ready = threading.Event()
        ending = run_worker(
            WorkerParts(Ledger(self._database), _post_nothing, _Judging(self._database)),
            folder=self._settings.sending,
            wait=False,
            stop=ready.is_set,
            on_ready=ready.set,
        )
        if ending == "busy":
            raise StoreError("store.in_use", path=str(self._settings.data))

    def _run(
        self,
        *,
        stop: Callable[[], bool] | None = None,
        until: int | None = None,
        wait: bool = True,
        on_progress: Callable[[], None] | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> Ending:
        practice = PracticeProvider(self._settings)
        try:
            post = _Posting(self._settings, practice)
            rate, threads = self._settings.rate, self._settings.concurrency
            return run_worker(
                WorkerParts(self._ledger, post, _Judging(self._database), rate=rate, threads=threads),
                folder=self._settings.sending,
                stop=stop,
                until=until,
                wait=wait,
                on_progress=on_progress,
                on_ready=on_ready,
            )
        finally:
            practice.stop()


class _Posting:
    """Chooses the client by the campaign: practice campaigns go to the practice provider and nowhere else."""

    def __init__(self, settings: Settings, practice: PracticeProvider) -> None:
        self._settings = settings
        self._practice = practice
        self._guard = threading.Lock()
        self._clients: dict[str, Client] = {}

    def __call__(self, claimed: Claimed, body: bytes) -> Answer:
        try:
            client = self._practice_client() if claimed.practice else self._live_client()
        except (OmniError, OSError) as err:
            return Answer(None, b"", "not_sent", None, time.time(), type(err).__name__)
        return client.post(body)

    def _live_client(self) -> Client:
        settings = self._settings
        return self._client(settings.endpoint, str(settings.username), str(settings.token), practice=False)

    def _practice_client(self) -> Client:
        return self._client(self._practice.url(), "practice", "practice", practice=True)

    def _client(self, endpoint: str, username: str, token: str, *, practice: bool) -> Client:
        with self._guard:
            key = f"{practice} {endpoint}"
            if key not in self._clients:
                self._clients[key] = Client(endpoint, username, token, practice=practice)
            return self._clients[key]


class _Judging:
    """Judges answers by what is taught about them at that moment, which is looked up every few seconds."""

    def __init__(self, database: Database) -> None:
        self._answers = TaughtAnswers(database)
        self._guard = threading.Lock()
        self._due = 0.0
        self._taught: TaughtAnswer | None = None

    def __call__(self, answer: Answer, contacts: int, body: bytes) -> Outcome:
        return judge(answer, SentRequest(contacts, lambda: body), self._now())

    def _now(self) -> TaughtAnswer | None:
        with self._guard:
            if time.monotonic() >= self._due:
                try:
                    latest = self._answers.latest()
                    self._taught = taught_of(latest.body if latest else "")
                except OmniError as err:
                    log.warning("what is taught about answers is not known: %s", err)
                self._due = time.monotonic() + _TAUGHT_EVERY
            return self._taught


def _post_nothing(_claimed: Claimed, _body: bytes) -> Answer:
    raise AssertionError("a ledger that claims nothing gave something to post")


class _ConsoleGone:
    """True once another console has started, perhaps with other settings, or once none has run for a while.

    In the second case only if no campaign is running. It is called often and checks only every two seconds.
    """

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._lock = console_lock(settings.data)
        self._ledger = ledger
        self._data = settings.data
        self._stamp = stamp_of(settings.data)
        self._check_due = 0.0
        self._gone_since: float | None = None

    def __call__(self) -> bool:
        now = time.monotonic()
        if now < self._check_due:
            return False
        self._check_due = now + _CHECK_CONSOLE_EVERY
        if stamp_of(self._data) != self._stamp:
            return True
        if is_held(self._lock):
            self._gone_since = None
            return False
        self._gone_since = self._gone_since or now
        try:
            return now - self._gone_since > _LINGER and not self._ledger.has_running()
        except StoreError:
            return False
