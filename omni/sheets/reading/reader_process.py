"""Reading a workbook in a process of its own, which can be ended: a reader in native code cannot be interrupted.

What a damaged or hostile file makes of that process (going round for ever, taking all memory, dying) ends as a
sentence. Text files are read here: their readers are bounded by the file's size.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from omni.errors import SheetError
from omni.sheets.arrow_files import write_sheet
from omni.sheets.limits import Limits
from omni.sheets.reading.compound_file import SIGNATURE
from omni.sheets.reading.reader import read
from omni.sheets.sheet import ReadOptions

ROOT: Final = Path(__file__).resolve().parents[3]
CPU_SECONDS: Final = 3.0
CPU_SECONDS_A_MEGABYTE: Final = 3.0
"""Processor time, so that a busy machine refuses nothing. A sound megabyte takes a fifth of a second."""
WALL_SECONDS: Final = 120.0
WALL_SECONDS_A_MEGABYTE: Final = 10.0
MEMORY: Final = 500 * 2**20
MEMORY_A_BYTE: Final = 60
MEMORY_A_CELL: Final = 90
"""Address space. The libraries map 330 MB and touch a third of that; then what a sound workbook unpacks to."""
_ENVIRONMENT: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""Nothing reserves more than it uses: a gigabyte for mimalloc, and so much for each processor."""
_SIGKILL: Final = 9
_READER: Final = (sys.executable, "-m", "omni.sheets.reading.reader_process")
REFUSED: Final = 3
"""The exit code with which a ``SheetError`` is on the standard output."""
NOT_KEPT: Final = 4
"""The exit code with which an ``OSError`` of the folder, number and text, is on the standard output."""


def read_into(folder: Path, path: Path, options: ReadOptions, limits: Limits) -> None:
    """Read the spreadsheet at ``path`` into ``folder``, as ``write_sheet`` does.

    Raises ``SheetError``, and ``OSError`` when the folder does not take it.
    """
    if not _is_container(path):
        write_sheet(folder, read(path, options, limits))
        return
    size = path.stat().st_size
    megabytes = size / 2**20
    order = {
        "path": str(path),
        "folder": str(folder),
        "options": asdict(options),
        "limits": asdict(limits),
        "cpu": CPU_SECONDS + megabytes * CPU_SECONDS_A_MEGABYTE,
        "memory": MEMORY + size * MEMORY_A_BYTE,
    }
    try:
        done = subprocess.run(
            _READER,
            input=json.dumps(order).encode(),
            capture_output=True,
            cwd=ROOT,
            env=os.environ | _ENVIRONMENT,
            timeout=WALL_SECONDS + megabytes * WALL_SECONDS_A_MEGABYTE,
            check=False,
        )
    except subprocess.TimeoutExpired as err:
        raise SheetError("file.takes_too_long") from err
    if done.returncode == 0:
        return
    if done.returncode == REFUSED:
        told = json.loads(done.stdout)
        raise SheetError(told["code"], **told["params"])
    if done.returncode == NOT_KEPT:
        raise OSError(*json.loads(done.stdout))
    # Killed by a signal: by the hard limit of processor time, or because native code gave up for want of memory.
    raise SheetError("file.takes_too_long" if done.returncode == -_SIGKILL else "file.damaged")


def _is_container(path: Path) -> bool:
    """Whether the file is a zip or a compound file, which all workbooks are, whatever its name says."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)).startswith((SIGNATURE, b"PK"))


def _main() -> int:
    order: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    _limit_time(order["cpu"])
    _limit_memory(order["memory"])
    try:
        sheet = read(
            Path(order["path"]),
            ReadOptions(**order["options"]),
            Limits(**order["limits"]),
            lambda cells: _limit_memory(order["memory"] + cells * MEMORY_A_CELL),
        )
    except SheetError as err:
        sys.stdout.write(json.dumps({"code": err.code, "params": err.params}, default=str))
        return REFUSED
    try:
        write_sheet(Path(order["folder"]), sheet)
    except OSError as err:
        sys.stdout.write(json.dumps([err.errno, err.strerror]))
        return NOT_KEPT
    return 0


def _limit_time(seconds: float) -> None:
    """Have the system end us past this processor time. Windows cannot; there the parent's patience has to do."""
    with suppress(ImportError):
        import resource

        # Equal, so that the system kills at once: a handler would only run between Python's own steps.
        whole = max(1, round(seconds))
        resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))


def _limit_memory(size: int) -> None:
    """Let no more address space be taken than this; it can be raised again. Windows cannot, macOS need not."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


if __name__ == "__main__":
    code = _main()
    sys.stdout.flush()
    # What is kept is written: the memory goes back as a whole, and not piece by piece.
    os._exit(code)
