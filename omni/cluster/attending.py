"""Worker that serves the job queue beside other workers: woken by jobs, by a periodic sweep, and stopped in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.jobs import Status

from omni.cluster.queue import QUEUE, SHIFT, prepare, queue_conninfo
from omni.errors import StoreError

log = logging.getLogger(__name__)

SWEEP: Final = "omni.sweep"
SWEEP_EVERY: Final = 10
"""Seconds, a divisor of 60."""
_LOOK_FOR_JOBS_EVERY: Final = 1.0
"""Seconds between two polls. A new job is notified at once; a scheduled or unnotified one may be this late."""
_BEAT: Final = 5.0
"""Seconds between two heartbeats."""
_STALLED: Final = 30.0
"""Seconds without a heartbeat after which Procrastinate's worker counts as dead."""
_ASK: Final = 0.2
"""Seconds between two checks whether to stop."""
_RETRY: Final = 1.0
"""Seconds until the queue is served again after it failed."""
_CANCEL_AGAIN: Final = 5.0
"""Seconds after which a task that ignored its cancellation is cancelled again."""


@dataclass(frozen=True, slots=True)
class Duties:
    """Actions of a worker, each run in a thread; ``find_work`` and ``shift`` never run at the same time.

    ``find_work`` starts campaigns that are due, makes the open requests of dead workers unknown, and returns whether
    there is anything to send; ``shift`` sends until there is not; ``heartbeat`` records a sign of life; ``stopped``
    tells when to end.
    """

    find_work: Callable[[], bool]
    shift: Callable[[], None]
    heartbeat: Callable[[], None]
    stopped: Callable[[], bool]


def serve_jobs(conninfo: str, duties: Duties) -> None:
    """Run one shift now, to pick up what a previous process left, then serve the queue until stopped.

    No other worker can pick up what was left in this folder. A shift under way comes to its end before this returns. If
    the database does not answer, the worker waits for it. Any other exception of a duty ends the service and is raised
    here.
    """
    # Procrastinate logs every sweep, and errors with a full stack; what matters of that is logged here.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    # psycopg cannot use the default event loop of Windows.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(_Service(conninfo, duties).run())


class _Service:
    def __init__(self, conninfo: str, duties: Duties) -> None:
        self._conninfo = conninfo
        self._duties = duties
        self._failure: Exception | None = None
        self._shifting = False

    async def run(self) -> None:
        # For a job whose end could not be recorded, asyncio would print the whole stack when the task is collected.
        asyncio.get_running_loop().set_exception_handler(lambda _, found: log.warning("queue: %s", _error_name(found)))
        tasks = [asyncio.create_task(self._serve()), asyncio.create_task(self._heartbeat())]
        try:
            while not (self._failure or any(task.done() for task in tasks)):
                if await asyncio.to_thread(self._duties.stopped):
                    break
                await asyncio.sleep(_ASK)
        finally:
            await self._end(tasks)
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        for failure in (self._failure, *ends):
            if isinstance(failure, Exception):
                raise failure

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        # psycopg waits with asyncio.wait_for, which in Python 3.11 loses a cancellation that arrives together with the
        # awaited answer: the queue would be served forever. A shift is left to come to its own end.
        pending = set(tasks)
        while pending:
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=_CANCEL_AGAIN)
            while self._shifting:
                await asyncio.sleep(_ASK)

    async def _serve(self) -> None:
        await self._work()
        while True:
            try:
                await asyncio.to_thread(prepare, self._conninfo)
                await self._serve_queue()
            except (psycopg.Error, exceptions.ProcrastinateException) as err:
                log.warning("the queue does not answer, trying again: %s", _error_name({"exception": err}))
            await asyncio.sleep(_RETRY)

    async def _serve_queue(self) -> None:
        app = self._app()
        try:
            await app.open_async()
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=1,
                fetch_job_polling_interval=_LOOK_FOR_JOBS_EVERY,
                update_heartbeat_interval=_BEAT,
                stalled_worker_timeout=_STALLED,
                delete_jobs="always",
                install_signal_handlers=False,
            )
        finally:
            # Also when it was never opened: a pool that is cancelled while it connects takes this for a failed attempt
            # and tries again, forever, unless it is closed.
            await app.close_async()

    async def _heartbeat(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._duties.heartbeat)
            except StoreError as err:
                log.warning("no sign of life: %s", err)
            await asyncio.sleep(_BEAT)

    def _app(self) -> App:
        connector = PsycopgConnector(conninfo=queue_conninfo(self._conninfo), min_size=1, max_size=3)
        app = App(connector=connector, periodic_defaults={"max_delay": SWEEP_EVERY})

        @app.task(name=SHIFT, queue=QUEUE)
        async def shift() -> None:
            if await self._find_work():
                await _queue_next_shift(app)
                await self._work()

        # Every worker tries to queue each sweep; the database accepts only one.
        @app.periodic(cron=f"* * * * * */{SWEEP_EVERY}")
        @app.task(name=SWEEP, queue=QUEUE, queueing_lock=SWEEP)
        async def sweep(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate passes it
            with suppress(exceptions.ConnectorException):  # the service meets the same error itself and logs it
                await _remove_stalled_jobs(app)
            if await self._find_work():
                await _queue_next_shift(app)

        return app

    async def _find_work(self) -> bool:
        try:
            return await asyncio.to_thread(self._duties.find_work)
        except StoreError as err:
            log.warning("not looked: %s", err)
        except Exception as err:
            self._failure = err
        return False

    async def _work(self) -> None:
        shift = asyncio.ensure_future(asyncio.to_thread(self._duties.shift))
        self._shifting = True
        try:
            await asyncio.shield(shift)
        except asyncio.CancelledError:
            await asyncio.wait([shift])
            raise
        except Exception as err:
            self._failure = err
        finally:
            self._shifting = False


def _error_name(found: Mapping[str, Any]) -> str:
    """Return the name of the error's type only; the driver's message may contain an address."""
    err = found.get("exception")
    return str(found.get("message")) if err is None else type(err.__cause__ or err).__name__


async def _queue_next_shift(app: App) -> None:
    """Queue the next shift: while there is work, one job always waits for an idle worker or one that starts later."""
    # If this fails, the worker works all the same, and the next sweep tries again.
    with suppress(exceptions.AlreadyEnqueued, exceptions.ConnectorException):
        await app.configure_task(SHIFT, queue=QUEUE, queueing_lock=SHIFT).defer_async()


async def _remove_stalled_jobs(app: App) -> None:
    """Remove the jobs of workers that died; no work is lost with them."""
    await app.job_manager.prune_stalled_workers(_STALLED)
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED):
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
