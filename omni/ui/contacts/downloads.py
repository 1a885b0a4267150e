"""Spreadsheets to take away: a sample with this campaign's columns, the rejected rows with the reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import streamlit as st

from omni.core.field_kind import FieldKind
from omni.locale import Text
from omni.service.checked_contacts import CheckedContacts
from omni.service.rejected_rows import write_rejected
from omni.sheets.writing.sample_sheet import sample_sheet
from omni.ui.keys import key
from omni.ui.text import t, text

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sample(fields: Mapping[str, FieldKind]) -> None:
    """A spreadsheet with a column for each of ``fields`` and a few people who do not exist."""
    _download("sample", ":material/table:", partial(sample_sheet, fields, text().language))


def rejected(checked: CheckedContacts) -> None:
    """The rows that will not be sent to, to mend and upload again."""
    # Written when it is asked for, in a thread without a session: the language is settled here.
    _download("rejected", ":material/download:", partial(rejected_file, checked, text()))


def rejected_file(checked: CheckedContacts, words: Text) -> bytes:
    """The rejected rows as an xlsx: reason, row number, original columns."""
    with TemporaryDirectory(prefix="omni-") as folder:
        path = Path(folder) / "rejected.xlsx"
        write_rejected(checked, path, words)
        return path.read_bytes()


def _download(name: str, icon: str, data: Callable[[], bytes]) -> None:
    st.download_button(
        t(f"contacts.{name}"),
        data,
        file_name=t(f"contacts.{name}_file"),
        mime=_XLSX,
        icon=icon,
        on_click="ignore",
        key=key("contacts", name),
    )
