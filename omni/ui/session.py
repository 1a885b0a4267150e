"""The only place that touches ``st.session_state``: what one browser tab remembers between runs.

Only small things live here (which draft, which language, which page of a table). What the operator prepares
lives in the stored draft, because a reload or a restart of the server is a new session.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from omni.locale import LANGUAGES, best_language

_DRAFT = "omni.draft"
_SHELL = "omni.shell"
_TOAST = "omni.toast"
LANGUAGE_KEY = "omni.language"


def language() -> str:
    """The tab's language: as chosen, else the browser's."""
    chosen = st.session_state.get(LANGUAGE_KEY)
    if chosen not in LANGUAGES:
        chosen = st.session_state[LANGUAGE_KEY] = best_language(st.context.locale)
    return str(chosen)


def mark_shell() -> None:
    """Note that the shell has run in this session."""
    st.session_state[_SHELL] = True


def has_shell() -> bool:
    """Whether the page runs inside the shell."""
    return bool(st.session_state.get(_SHELL))


def draft_id() -> str | None:
    """The draft this tab works on: the address says so, else the tab remembers."""
    from_address = st.query_params.get("draft")
    if from_address:
        st.session_state[_DRAFT] = from_address
    found = st.session_state.get(_DRAFT)
    return str(found) if found else None


def use_draft(identifier: str | None) -> None:
    """Work on this draft from now on."""
    if identifier is None:
        st.session_state.pop(_DRAFT, None)
        if "draft" in st.query_params:
            del st.query_params["draft"]
    else:
        st.session_state[_DRAFT] = identifier
        if st.query_params.get("draft") != identifier:
            st.query_params["draft"] = identifier


def campaign_id() -> int | None:
    """The campaign the address names (``?run=12``)."""
    given = st.query_params.get("run", "")
    return int(given) if given.isdecimal() and len(given) < 15 else None


def use_campaign(identifier: int) -> None:
    """Put the campaign into the address, so that a reload and a second tab show the same one."""
    if st.query_params.get("run") != str(identifier):
        st.query_params["run"] = str(identifier)


def take_from_address(parameter: str) -> str | None:
    """What the address asks for under ``parameter``, once: it is gone afterwards."""
    given = st.query_params.get(parameter)
    if given is not None:
        del st.query_params[parameter]
    return given


def value(key: str, default: Any = None) -> Any:
    """What a widget or component holds under its key, before it is drawn."""
    return st.session_state.get(key, default)


def put(key: str, new: Any) -> None:
    """Set what a widget will show; only before it is drawn in a run."""
    st.session_state[key] = new


def reflect(key: str, wanted: Any) -> None:
    """Let a widget show what is stored; only before it is drawn in a run.

    Nothing happens if it shows that already: a value set anew goes to the browser, over what is being typed.
    """
    if key not in st.session_state or st.session_state[key] != wanted:
        st.session_state[key] = wanted


def take(key: str) -> Any:
    """What was put under ``key``, once: it is gone afterwards."""
    return st.session_state.pop(key, None)


def forget(*prefixes: str) -> None:
    """Drop the state of widgets whose key starts with one of ``prefixes``."""
    for key in [name for name in st.session_state if str(name).startswith(prefixes)]:
        del st.session_state[key]


def say_after_rerun(sentence: str, icon: str = ":material/check_circle:") -> None:
    """Show a short notice on the next run: a toast shown before a rerun would vanish with it."""
    st.session_state[_TOAST] = (sentence, icon)


def say_what_was_left() -> None:
    """Show the notice left by the run before."""
    if left := st.session_state.pop(_TOAST, None):
        st.toast(left[0], icon=left[1])
