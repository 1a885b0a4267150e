"""Reading of a spreadsheet file of any supported format into a ``Sheet``."""

from __future__ import annotations

from pathlib import Path

from omni.errors import SheetError
from omni.sheets.limits import Limits
from omni.sheets.reading.csv_reader import read_csv
from omni.sheets.reading.file_type import content_of
from omni.sheets.reading.split_phones import with_joined_phones
from omni.sheets.reading.vcard_reader import read_vcards
from omni.sheets.reading.workbook_reader import MakeRoom, read_workbook
from omni.sheets.sheet import ReadOptions, Sheet, sheet_of


def read(
    path: Path,
    options: ReadOptions = ReadOptions(),  # noqa: B008 (frozen)
    limits: Limits = Limits(),  # noqa: B008 (frozen)
    make_room: MakeRoom = lambda cells: None,
) -> Sheet:
    """Read the spreadsheet at ``path``; its format is detected from its bytes, not from its name.

    ``make_room`` is called with the number of cells for which memory is about to be allocated. Raises ``SheetError``,
    and no other exception, when the file cannot be read as asked.
    """
    try:
        if not path.exists():
            raise SheetError("file.missing", path=str(path))
        content = content_of(path, limits)
        if content == "text":
            grid = read_csv(path, options, limits)
        elif content == "vcard":
            grid = read_vcards(path, options, limits)
        else:
            grid = read_workbook(path, content, options, make_room)
        return with_joined_phones(sheet_of(grid, options, limits))
    except SheetError:
        raise
    except MemoryError as err:
        raise SheetError("file.no_memory") from err
    except Exception as err:
        raise _unreadable(err) from err
    except BaseException as err:
        # A panic in Rust code raises PanicException, which is not an Exception.
        if type(err).__name__ == "PanicException":
            raise _unreadable(err) from err
        raise


def _unreadable(err: BaseException) -> SheetError:
    lines = str(err).splitlines() or [""]
    return SheetError("file.unreadable", detail=f"{type(err).__name__}: {lines[0][:200]}")
