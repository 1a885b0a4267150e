"""The state of one browser tab between runs; the only module that accesses ``st.session_state``.

Only small values are kept here (draft id, language, page of a table). The operator's work is kept in the stored draft,
because a reload of the page or a restart of the server begins a new session.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from omni.locale import LANGUAGES, best_language

_DRAFT = "omni.draft"
_SHELL = "omni.shell"
_NOTICE = "omni.toast"
LANGUAGE_KEY = "omni.language"


def language() -> str:
    """Return the tab's language: the chosen one, else the browser's."""
    chosen = st.session_state.get(LANGUAGE_KEY)
    if chosen not in LANGUAGES:
        chosen = st.session_state[LANGUAGE_KEY] = best_language(st.context.locale)
    return str(chosen)


def mark_shell() -> None:
    """Record that the shell has run in this session."""
    st.session_state[_SHELL] = True


def has_shell() -> bool:
    """Return whether the page runs inside the shell."""
    return bool(st.session_state.get(_SHELL))


def draft_id() -> str | None:
    """Return the id of this tab's draft, from the page's address or else from the session; None without one."""
    from_address = st.query_params.get("draft")
    if from_address:
        st.session_state[_DRAFT] = from_address
    found = st.session_state.get(_DRAFT)
    return str(found) if found else None


def use_draft(identifier: str | None) -> None:
    """Make this draft the tab's draft, also in the page's address; None for no draft."""
    if identifier is None:
        st.session_state.pop(_DRAFT, None)
        if "draft" in st.query_params:
            del st.query_params["draft"]
    else:
        st.session_state[_DRAFT] = identifier
        if st.query_params.get("draft") != identifier:
            st.query_params["draft"] = identifier


def campaign_id() -> int | None:
    """Return the number of the campaign in the page's address (``?run=12``); None without a valid one."""
    given = st.query_params.get("run", "")
    return int(given) if given.isdecimal() and len(given) < 15 else None


def use_campaign(identifier: int) -> None:
    """Put the campaign into the page's address, so that a reload and a second tab show the same one."""
    if st.query_params.get("run") != str(identifier):
        st.query_params["run"] = str(identifier)


def take_from_address(parameter: str) -> str | None:
    """Return a parameter of the page's address and remove it from the address."""
    given = st.query_params.get(parameter)
    if given is not None:
        del st.query_params[parameter]
    return given


def value(key: str, default: Any = None) -> Any:
    """Return the value of a widget or component by its key, before it is drawn."""
    return st.session_state.get(key, default)


def put(key: str, new: Any) -> None:
    """Set the value a widget will show; only allowed before it is drawn in a run."""
    st.session_state[key] = new


def reflect(key: str, wanted: Any) -> None:
    """Make a widget show the stored value; only allowed before it is drawn in a run.

    Nothing is set if the widget has that value already: setting it again would replace text that is being typed.
    """
    if key not in st.session_state or st.session_state[key] != wanted:
        st.session_state[key] = wanted


def take(key: str) -> Any:
    """Return the value put under ``key`` and remove it; None without one."""
    return st.session_state.pop(key, None)


def forget(*prefixes: str) -> None:
    """Remove the values whose key starts with one of ``prefixes``."""
    for key in [name for name in st.session_state if str(name).startswith(prefixes)]:
        del st.session_state[key]


def say_after_rerun(sentence: str, icon: str = ":material/check_circle:") -> None:
    """Show a short notice on the next run; a toast shown before a rerun would disappear with it."""
    st.session_state[_NOTICE] = (sentence, icon)


def show_notice() -> None:
    """Show the notice left by the previous run."""
    if left := st.session_state.pop(_NOTICE, None):
        st.toast(left[0], icon=left[1])
