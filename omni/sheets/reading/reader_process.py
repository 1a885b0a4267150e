"""Reading of a workbook in a separate process, which can be ended, because native code cannot be interrupted.

If a damaged or hostile file makes that process loop for ever, use up its memory or crash, the operator gets an error
message. Text files are read in this process: the work of their readers is limited by the size of the file.
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
"""Processor time, so that a busy machine refuses no file. An intact file takes a fifth of a second per megabyte."""
WALL_SECONDS: Final = 120.0
WALL_SECONDS_A_MEGABYTE: Final = 10.0
MEMORY: Final = 500 * 2**20
MEMORY_A_BYTE: Final = 60
MEMORY_A_CELL: Final = 90
"""Address space in bytes. The libraries map 330 MB and use a third of that; the rest is for an intact workbook."""
_ENVIRONMENT: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""Keeps libraries from reserving more than they use: mimalloc a gigabyte, others an amount for each processor."""
_SIGKILL: Final = 9
_READER: Final = (sys.executable, "-m", "omni.sheets.reading.reader_process")
REFUSED: Final = 3
"""Exit code after a ``SheetError``, which is on the standard output."""
NOT_KEPT: Final = 4
"""Exit code after an ``OSError`` of the folder, whose number and text are on the standard output."""


def read_into(folder: Path, path: Path, options: ReadOptions, limits: Limits) -> None:
    """Read the spreadsheet at ``path`` and write it into ``folder`` with ``write_sheet``.

    Raises ``SheetError``, and ``OSError`` when it cannot be written into the folder.
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
        refusal = json.loads(done.stdout)
        raise SheetError(refusal["code"], **refusal["params"])
    if done.returncode == NOT_KEPT:
        raise OSError(*json.loads(done.stdout))
    # Killed by a signal: at the hard limit of processor time, or because native code ran out of memory.
    raise SheetError("file.takes_too_long" if done.returncode == -_SIGKILL else "file.damaged")


def _is_container(path: Path) -> bool:
    """Tell whether the file is, by its bytes, a zip or a compound file, as all workbooks are."""
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
    """Have the system kill this process after that processor time.

    Windows cannot; there only the wall-clock limit of the parent process applies.
    """
    with suppress(ImportError):
        import resource

        # Equal limits, so that the system kills at once: a signal handler would run only between Python's own steps.
        whole = max(1, round(seconds))
        resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))


def _limit_memory(size: int) -> None:
    """Limit the address space of this process to ``size`` bytes; the limit can be raised again.

    Windows has no such limit, and macOS may ignore it.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


if __name__ == "__main__":
    code = _main()
    sys.stdout.flush()
    # The result is written, so exit without freeing the memory piece by piece.
    os._exit(code)
