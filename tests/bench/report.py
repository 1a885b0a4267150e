"""What the benchmarks found, told on the screen and kept in ``docs/benchmarks.md``."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
_PACKAGES: Final = ("pyarrow", "numpy", "pandas", "phonenumbers", "fastexcel", "orjson", "streamlit")


def measured(task: str, *arguments: object) -> dict[str, Any]:
    """A task of ``tests.bench.tasks`` in a process of its own: what it told and cost."""
    return told_by("tests.bench.tasks", task, *arguments)


def told_by(module: str, *arguments: object) -> dict[str, Any]:
    """The one JSON object that ``module`` prints, run in a process of its own."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@dataclass(slots=True)
class Report:
    """Sections in the order they were found."""

    sections: list[str] = field(default_factory=list)

    def add(
        self,
        title: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        targets: Sequence[tuple[bool, str]],
        about: str = "",
    ) -> None:
        """A table, and which of the targets are met. The first column is text, the others are figures."""
        lines = [f"## {title}", "", *([about, ""] if about else [])]
        lines += [_line(columns), _line(["---", *["---:"] * (len(columns) - 1)]), *map(_line, rows), ""]
        lines += [f"- {'met' if is_met else '**not met**'}: {text}" for is_met, text in targets]
        section = "\n".join(lines).rstrip() + "\n"
        print(f"\n{section}")
        self.sections.append(section)

    def write(self, path: Path) -> None:
        """All of them, and what they were measured on."""
        head = (
            "# Benchmarks\n\nWritten by `make bench`; do not edit. Ratios compare runs on the same machine within "
            "minutes; where a run shares\nits cores, CPU seconds say more than seconds.\n\n"
            f"{machine()}, {datetime.now(UTC).date()}\n\n{_versions()}\n"
        )
        path.write_text("\n".join([head, *self.sections]), "utf-8")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    """What runs here: processor, cores, memory, system."""
    cpu = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    if about.exists():
        names = [line.partition(":")[2].strip() for line in about.read_text().splitlines() if "model name" in line]
        cpu = names[0] if names else cpu
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}"


def _versions() -> str:
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in _PACKAGES)])
