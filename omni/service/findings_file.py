"""Findings of a check on disk, in row order, for any number of findings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.problem import Problem
from omni.sheets.checking.check import Checked
from omni.sheets.checking.findings import findings_about, in_order
from omni.sheets.checking.gaps import GAP, GAP_SENT, GapRule
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import Mask, one_chunk, parts

_FILE_SCHEMA = pa.schema(
    [
        ("code", pa.string()),
        ("severity", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("field", pa.string()),
        ("step", pa.int64()),
        ("value", pa.string()),
        ("params", pa.string()),
    ]
)


def write_problems(
    path: Path,
    checked: Checked,
    rows: pa.Int64Array,
    gaps: Sequence[pa.Table],
    further: Sequence[pa.Table] = (),
) -> tuple[dict[str, int], dict[str, int]]:
    """Write the findings of a check, those about ``gaps`` and ``further`` ones, all in the form of ``SCHEMA``.

    Returns the number of findings by code, and the number of errors by code.
    """
    counts: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, _FILE_SCHEMA) as writer:
        for start, count in parts(len(rows)):
            these = rows.slice(start, count)
            more = [_about(table, these) for table in (*gaps, *further)]
            found = in_order([checked.findings(start, count), *more])
            if found.num_rows:
                counts.update(_counted(found))
                errors.update(_counted(found.filter(pc.equal(found.column("severity"), "error"))))
                writer.write_table(_as_stored(found))
    return dict(counts), dict(errors)


def read_problems(table: pa.Table) -> list[Problem]:
    """Return the stored findings as problems."""
    return [Problem(**{**item, "params": json.loads(item["params"])}) for item in table.to_pylist()]


def gap_findings(sheet: Sheet, header: str, name: str, mask: Mask, rule: GapRule) -> pa.Table:
    """Return the findings about the rows in which placeholder ``name``, of the column ``header``, has no value."""
    no_cells = pa.array([""] * len(mask), pa.string())
    cells = one_chunk(sheet.table.column(header)) if header in sheet.columns else no_cells
    if rule == "reject":
        return findings_about(sheet, mask, cells, code=GAP, header=header, field=name, severity="error")
    return findings_about(sheet, mask, cells, code=GAP_SENT, header=header, field=name)


def _about(found: pa.Table, rows: pa.Int64Array) -> pa.Table:
    """Return the findings about these rows."""
    return found.filter(pc.is_in(found.column("row"), rows)) if found.num_rows else found


def _counted(found: pa.Table) -> dict[str, int]:
    return {item["values"]: item["counts"] for item in found.column("code").value_counts().to_pylist()}


def _as_stored(found: pa.Table) -> pa.Table:
    columns = {name: found.column(name) for name in found.column_names if name in _FILE_SCHEMA.names}
    columns |= {"step": pa.nulls(found.num_rows, pa.int64()), "params": _params(found)}
    return pa.table([columns[name] for name in _FILE_SCHEMA.names], schema=_FILE_SCHEMA)


def _params(found: pa.Table) -> pa.StringArray:
    """Return the parameters of each finding, at most one, as a JSON object."""
    first = pc.binary_join_element_wise('{"first": ', found.column("first").cast(pa.string()), "}", "")
    return pc.coalesce(_texts(found, "proposal"), _texts(found, "country"), first.combine_chunks(), "{}")


def _texts(found: pa.Table, name: str) -> pa.StringArray:
    texts = one_chunk(found.column(name))
    written = pa.array([json.dumps({name: text}) for text in texts.drop_null().to_pylist()], pa.string())
    return pc.replace_with_mask(pa.nulls(len(texts), pa.string()), pc.is_valid(texts), written)
