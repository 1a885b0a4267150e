"""Rejected rows as a spreadsheet: reason, row, proposed value, and the original columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from omni.locale import Text
from omni.service.checked_contacts import CheckedContacts
from omni.sheets.writing.csv_writer import write_csv
from omni.sheets.writing.xlsx_writer import write_xlsx


def write_rejected(checked: CheckedContacts, path: Path, text: Text) -> int:
    """Write every rejected row to ``path`` (CSV or XLSX by its suffix); return the number of rows."""
    cells, problems = checked.rejected_cells()
    columns = [name for name in cells.column_names if name != "__row"]
    header = [text("rows.reason"), text("rows.row"), text("rows.proposal"), *columns]

    def rows() -> Iterator[list[str]]:
        for batch in cells.to_batches(max_chunksize=10_000):
            for item in batch.to_pylist():
                row = item["__row"]
                found = problems.get(row, [])
                reasons = " ".join(text.problem(problem) for problem in found)
                proposals = " · ".join(
                    f"{problem.column}: {problem.params['proposal']}"
                    for problem in found
                    if "proposal" in problem.params
                )
                yield [reasons, str(row), proposals, *(item[name] for name in columns)]

    write = write_csv if path.suffix.lower() == ".csv" else write_xlsx
    write(path, header, rows())
    return len(problems)
