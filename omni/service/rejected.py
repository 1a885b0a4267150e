"""The rejected rows as a spreadsheet of their own: the reason, the row number, and the original columns untouched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from omni.locale import Text
from omni.service.checked_contacts import CheckedContacts
from omni.sheets.export import write_csv, write_xlsx


def write_rejected(checked: CheckedContacts, path: Path, text: Text) -> int:
    """Write every rejected row to ``path`` (csv or xlsx by its ending); returns how many there are."""
    cells, problems = checked.rejected_cells()
    columns = [name for name in cells.column_names if name != "__row"]
    header = [text("rows.reason"), text("rows.row"), *columns]

    def rows() -> Iterator[list[str]]:
        for batch in cells.to_batches(max_chunksize=10_000):
            for item in batch.to_pylist():
                row = item["__row"]
                reasons = " ".join(text.problem(problem) for problem in problems.get(row, []))
                yield [reasons, str(row), *(item[name] for name in columns)]

    write = write_csv if path.suffix.lower() == ".csv" else write_xlsx
    write(path, header, rows())
    return len(problems)
