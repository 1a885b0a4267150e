"""The operator's name, asked for with each recorded decision: the server's system user is the same for all."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni import wiring
from omni.ui import session
from omni.ui.keys import key
from omni.ui.text import t

_GIVEN: Final = key("shell", "your_name")
_LONGEST: Final = 60


def known() -> str:
    """Return the name last given in this tab, or the system user."""
    return str(session.value(_GIVEN) or "") or wiring.operator()


def ask(page: str) -> str:
    """Show a field with the name last given in this tab, and return the name.

    If the field is empty, the system user is returned; it is shown as the field's placeholder.
    """
    widget = key(page, "your_name")
    if session.value(widget) is None:
        session.put(widget, session.value(_GIVEN) or "")
    typed = st.text_input(
        t("shell.your_name"),
        key=widget,
        max_chars=_LONGEST,
        width=280,
        autocomplete="name",
        placeholder=wiring.operator(),
        help=t("shell.your_name_about"),
    )
    given = " ".join("".join(sign for sign in typed if sign.isprintable()).split())
    session.put(_GIVEN, given)
    return given or wiring.operator()
