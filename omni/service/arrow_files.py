"""Tables on disk, read in slices without loading them: uncompressed Arrow IPC files, memory-mapped."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

ROWS_A_CHUNK = 65_536


def write_table(path: Path, table: pa.Table) -> None:
    """Write ``table`` so that ``open_table`` maps it."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=ROWS_A_CHUNK)


def open_table(path: Path) -> pa.Table:
    """The table at ``path``; its pages are read from disk when they are looked at."""
    with pa.memory_map(str(path), "r") as source:
        return pa.ipc.open_file(source).read_all()
