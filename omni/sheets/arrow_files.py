"""Tables in Arrow format: spreadsheets as memory-mapped files, and small tables as bytes for the database."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from omni.sheets.sheet import Assumptions, Line, Note, Sheet, UnreadSheet

ROWS_A_CHUNK: Final = 65_536
_ROW: Final = "__row"


def write_table(path: Path, table: pa.Table) -> None:
    """Write ``table`` to a file that ``open_table`` can map."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=ROWS_A_CHUNK)


def open_table(path: Path) -> pa.Table:
    """Map the table at ``path``; its pages are read from disk on first access."""
    with pa.memory_map(str(path), "r") as source:
        return pa.ipc.open_file(source).read_all()


def write_sheet(folder: Path, sheet: Sheet) -> None:
    """Write ``sheet`` into ``folder``. Raises ``OSError``."""
    _write_rows(folder / "sheet.arrow", sheet.table, sheet.rows)
    if sheet.unseen is not None and sheet.unseen_rows is not None:
        _write_rows(folder / "unseen.arrow", sheet.unseen, sheet.unseen_rows)
    if sheet.stored is not None:
        names = [f"c{sheet.columns.index(name)}" for name in sheet.stored.column_names]
        write_table(folder / "stored.arrow", sheet.stored.rename_columns(names))
    blank = pa.array([], pa.int64()) if sheet.blank_rows is None else sheet.blank_rows
    write_table(folder / "blank.arrow", pa.table({_ROW: blank.cast(pa.int64())}))
    facts = {
        "columns": list(sheet.columns),
        "blank": sheet.blank,
        "hidden": sheet.hidden,
        "hidden_columns": list(sheet.hidden_columns),
        "uncalculated": {header: list(rows) for header, rows in sheet.uncalculated.items()},
        "joined": {name: list(parts) for name, parts in sheet.joined.items()},
        "long_rows": list(sheet.long_rows),
        "assumptions": asdict(sheet.assumptions),
    }
    (folder / "sheet.json").write_text(json.dumps(facts), "utf-8")


def open_sheet(folder: Path) -> Sheet:
    """Open the sheet that ``write_sheet`` wrote into ``folder``."""
    facts = json.loads((folder / "sheet.json").read_text("utf-8"))
    table, rows = _read_rows(folder / "sheet.arrow", facts["columns"])
    unseen, unseen_rows = table.slice(0, 0), rows.slice(0, 0)
    if (folder / "unseen.arrow").exists():
        unseen, unseen_rows = _read_rows(folder / "unseen.arrow", facts["columns"])
    stored = None
    if (folder / "stored.arrow").exists():
        stored = open_table(folder / "stored.arrow")
        stored = stored.rename_columns([facts["columns"][int(name[1:])] for name in stored.column_names])
    assumed: dict[str, Any] = facts["assumptions"]
    assumed["sheets"] = tuple(assumed["sheets"])
    assumed["notes"] = tuple(Note(**note) for note in assumed["notes"])
    for name in ("above", "first_rows"):
        assumed[name] = tuple(Line(line["row"], tuple(line["cells"])) for line in assumed[name])
    assumed["letters"] = tuple(assumed["letters"])
    assumed["unread_sheets"] = tuple(UnreadSheet(**sheet) for sheet in assumed["unread_sheets"])
    return Sheet(
        columns=tuple(facts["columns"]),
        table=table,
        rows=rows,
        blank=facts["blank"],
        hidden=facts["hidden"],
        assumptions=Assumptions(**assumed),
        unseen=unseen,
        unseen_rows=unseen_rows,
        blank_rows=open_table(folder / "blank.arrow").column(_ROW).combine_chunks(),
        hidden_columns=tuple(facts["hidden_columns"]),
        stored=stored,
        uncalculated=facts.get("uncalculated", {}),
        joined={name: tuple(parts) for name, parts in facts.get("joined", {}).items()},
        long_rows=facts.get("long_rows", ()),
    )


def pack(table: pa.Table) -> bytes:
    """Serialise a table as a compressed Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def unpack(part: bytes) -> pa.Table:
    """Read the table that ``pack`` serialised."""
    return pa.ipc.open_stream(part).read_all()


def _write_rows(path: Path, table: pa.Table, rows: pa.Int64Array) -> None:
    # Numbered columns, because a header may be any text, including the name of the column of row numbers.
    numbered = table.rename_columns([f"c{at}" for at in range(table.num_columns)])
    write_table(path, numbered.append_column(_ROW, rows.cast(pa.int64())))


def _read_rows(path: Path, columns: list[str]) -> tuple[pa.Table, pa.Int64Array]:
    table = open_table(path)
    return table.drop_columns([_ROW]).rename_columns(columns), table.column(_ROW).combine_chunks()
