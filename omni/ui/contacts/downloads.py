"""Downloads of the Contacts page: a sample spreadsheet for this campaign, and the rejected rows with their reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import streamlit as st

from omni.core.field_kind import FieldKind
from omni.locale import Text
from omni.service.checked_contacts import CheckedContacts
from omni.service.rejected_rows import write_rejected
from omni.sheets.writing.sample_sheet import sample_sheet
from omni.ui.download_file import content_of
from omni.ui.keys import key
from omni.ui.text import t, text

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sample(fields: Mapping[str, FieldKind]) -> None:
    """Offer a spreadsheet with a column for each of ``fields`` and a few invented people."""
    _download("sample", ":material/table:", partial(sample_sheet, fields, text().language))


def rejected(checked: CheckedContacts) -> None:
    """Offer the rows that will not be sent to, for correcting them and uploading them again."""
    # The file is written later, in a thread without a session: the language is chosen here.
    _download("rejected", ":material/download:", partial(rejected_file, checked, text()))


def rejected_file(checked: CheckedContacts, words: Text) -> bytes:
    """Return the rejected rows as an xlsx file: reason, row number, original columns."""
    return content_of(lambda path: write_rejected(checked, path, words), ".xlsx")


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
