"""Measure the time, processor time and memory that a process uses, as the system counts them."""

from __future__ import annotations

import re
import resource
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Meter:
    """The time and memory already used when a measurement begins."""

    seconds: float
    cpu: float
    memory: float

    @classmethod
    def begun(cls) -> Meter:
        """Start a measurement, and reset the peak of memory."""
        Path("/proc/self/clear_refs").write_text("5")
        return cls(time.perf_counter(), _cpu(), memory_of("VmRSS"))

    def cost(self) -> dict[str, float]:
        """Return the cost since the start; ``memory`` is the peak growth of this process in bytes.

        The processor time of child processes that have ended is included, their memory is not.
        """
        return {
            "seconds": time.perf_counter() - self.seconds,
            "cpu": _cpu() - self.cpu,
            "memory": memory_of("VmHWM") - self.memory,
        }


class Private:
    """Watches this process's private memory: mapped files do not count, since the system can reclaim their pages."""

    def __enter__(self) -> Private:
        self._before = memory_of("RssAnon")
        self.peak = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.01):
            self.peak = max(self.peak, memory_of("RssAnon") - self._before)


def memory_of(kind: str, process: int | str = "self") -> float:
    """Bytes that the system counts as ``kind``, such as ``VmHWM``, for a process."""
    # Not ru_maxrss: a forked process inherits its parent's peak, even after an exec.
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(rf"{kind}:\s+(\d+) kB", status)
    assert found, status
    return int(found[1]) * 1024.0


def _cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in spent)
