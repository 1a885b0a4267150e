"""What the operator calls the campaign."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import t

MAX_NAME: Final = 80
_KEY: Final = key("contacts", "name")


def name(draft: OpenDraft) -> None:
    """The field for the name; left empty, the name stays what it was."""
    session.reflect(_KEY, draft.name)
    st.text_input(t("contacts.name"), key=_KEY, max_chars=MAX_NAME, on_change=_rename, args=(draft,))


def _rename(draft: OpenDraft) -> None:
    draft.change(lambda now: now, name=str(session.value(_KEY) or "").strip() or None)
