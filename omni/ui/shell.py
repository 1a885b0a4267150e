"""The shell around every page: navigation, choice of language, page header, and the practice or live strip.

Pages are registered by absolute path, so Streamlit serves none of them without this shell; each page still calls
``require()`` first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st

from omni import wiring
from omni.errors import OmniError
from omni.locale import LANGUAGES
from omni.ui import session
from omni.ui.components.mode_strip import mode_strip
from omni.ui.text import error_sentence, plain, t

ROOT: Final = Path(__file__).resolve().parents[2]
STATIC: Final = Path(__file__).parent / "static"

SECTIONS: Final = {
    "start": (("overview", "home"),),
    "prepare": (("contacts", "group"), ("flow", "account_tree"), ("review", "fact_check")),
    "send": (("send", "send"), ("results", "task_alt"), ("history", "history")),
    "more": (("do_not_contact", "do_not_disturb_on"), ("answers", "manage_search"), ("settings", "settings")),
}
"""Navigation: section, then (page, icon)."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A small coloured label beside a page's title."""

    label: str
    icon: str
    color: Any


def page_path(name: str) -> Path:
    """Return the file of a page, for ``st.switch_page`` and ``st.page_link``."""
    return ROOT / "pages" / f"{name}.py"


def run() -> None:
    """Draw the shell and run the page in the address; an ``OmniError`` of the page is shown as a sentence."""
    st.set_page_config(
        page_title="Omni",
        page_icon=str(STATIC / "icon.png"),
        layout="wide",
        menu_items={"Get help": None, "Report a bug": None, "About": t("shell.about")},
    )
    session.mark_shell()
    session.language()
    st.logo(STATIC / f"logo-{st.context.theme.type or 'light'}.svg", icon_image=STATIC / "icon.svg", size="medium")
    page = st.navigation(
        {
            t(f"nav.{section}"): [
                st.Page(
                    page_path(name),
                    title=t(f"nav.{name}"),
                    icon=f":material/{icon}:",
                    url_path=name,
                    default=name == "overview",
                )
                for name, icon in pages
            ]
            for section, pages in SECTIONS.items()
        }
    )
    with st.sidebar:
        st.selectbox(
            t("shell.language"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key=session.LANGUAGE_KEY,
            persist_state="session",
            label_visibility="collapsed",
        )
    session.show_notice()
    try:
        page.run()
    except OmniError as err:
        st.error(plain(error_sentence(err)), icon=":material/error:")


def require() -> None:
    """Stop the page if it runs outside the shell; the first statement of every page."""
    if not session.has_shell():
        st.stop()


def header(title: str, about: str | None = None, badges: Sequence[Badge] = ()) -> Any:
    """Show the page's title, badges and subtitle, and return the container at the right for actions.

    Title and subtitle are shown as plain text, without markup, because they contain names.
    """
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap="xxsmall", width="content"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                st.title(plain(title), anchor=False, width="content")
                for badge in badges:
                    st.badge(badge.label, icon=badge.icon, color=badge.color)
            if about:
                st.caption(plain(about))
        return st.container(horizontal=True, width="content", vertical_alignment="center")


def show_mode(*, practice: bool, account: str | None = None) -> None:
    """Show the strip that says whether messages are real. ``account`` is the one that would be charged."""
    settings = wiring.console().settings
    if practice:
        hint = "shell.practice_about" if settings.can_send_live else "shell.practice_only"
        mode_strip("practice", t("shell.practice"), t(hint), key="shell.mode")
    else:
        mode_strip(
            "live", t("shell.live", account=account or settings.username or ""), t("shell.live_about"), key="shell.mode"
        )
