"""Who decides: asked where a decision is written down, for the server's own user is the same for everybody."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni import wiring
from omni.ui import session
from omni.ui.keys import key
from omni.ui.text import t

_GIVEN: Final = key("shell", "your_name")
_LONGEST: Final = 60


def ask(page: str) -> str:
    """A small field with what this tab was told last; the name, or the system's user where it is empty, which is
    shown in it without having to be wiped out."""
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
