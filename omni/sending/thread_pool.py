"""Thread pool for posting: as many threads as are needed at once, or as many as the system grants.

A container may be allowed only a few processes, and counts threads among them. In that case the standard library's pool
raises and still runs the task later, so that it would be unclear whether a request was posted.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Task = Callable[[], None]


class ThreadPool:
    """Pool that runs at most ``most`` tasks at once; leaving its ``with`` block waits until all have ended.

    Only one thread may use it. Once the system refuses a thread, ``most`` drops to the number of threads there are and
    stays so: a thread granted a moment later would be missing in another process.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._threads: list[threading.Thread] = []
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._unfinished = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _err: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for _ in self._threads:
            self._tasks.put(None)
        for each in self._threads:
            each.join()

    def run(self, task: Task) -> bool:
        """Run ``task``, which must not raise, as soon as a thread is free.

        Returns False if there is no thread and none can be started; the task is then certainly never run.
        """
        with self._guard:
            is_one_wanted = self._unfinished >= len(self._threads) < self.most
        if is_one_wanted:
            self._start_one()
        if not self._threads:
            return False
        with self._guard:
            self._unfinished += 1
        self._tasks.put(task)
        return True

    def _start_one(self) -> None:
        thread = threading.Thread(target=self._work, name=f"omni-post_{len(self._threads)}")
        try:
            thread.start()
        except RuntimeError:
            self.most = max(1, len(self._threads))
        else:
            self._threads.append(thread)

    def _work(self) -> None:
        while task := self._tasks.get():
            try:
                task()
            finally:
                with self._guard:
                    self._unfinished -= 1
