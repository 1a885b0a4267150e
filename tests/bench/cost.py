"""What a process costs: time, processor and memory, read from the system."""

from __future__ import annotations

import re
import resource
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Meter:
    """What had been spent when something began."""

    seconds: float
    cpu: float
    memory: float

    @classmethod
    def begun(cls) -> Meter:
        """From here on costs are counted, peaks of memory too."""
        Path("/proc/self/clear_refs").write_text("5")
        return cls(time.perf_counter(), _cpu(), memory_of("VmRSS"))

    def cost(self) -> dict[str, float]:
        """What was spent since; ``memory`` is the most that this process took beyond what it had, in bytes.

        The processor time of processes it waited for is counted, their memory is not.
        """
        return {
            "seconds": time.perf_counter() - self.seconds,
            "cpu": _cpu() - self.cpu,
            "memory": memory_of("VmHWM") - self.memory,
        }


class Private:
    """Watches the memory that is this process's alone: a file that is mapped into it is the system's to take back."""

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
    # Not ru_maxrss: across a fork and an exec it remembers how large the parent was.
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(rf"{kind}:\s+(\d+) kB", status)
    assert found, status
    return int(found[1]) * 1024.0


def _cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in spent)
