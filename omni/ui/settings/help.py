"""The lower part of the Settings page: setting values, all settings by name, practice mode and versions."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Final

import streamlit as st

import omni
from omni import wiring
from omni.ui.components.facts import Fact, facts
from omni.ui.keys import key
from omni.ui.shell import STATIC
from omni.ui.text import t, text

_PARTS: Final = ("Streamlit", "pandas", "SQLAlchemy", "requests", "phonenumbers")


def how_to_set() -> None:
    """Show the two places where a setting can be given, each with an example to copy, and all settings by name."""
    st.subheader(t("settings.how"), anchor=False)
    st.markdown(t("settings.how_about"))
    with st.grid(2, min_column_width=320, gap="medium"):
        with st.container():
            st.markdown(f":material/terminal: **{t('settings.in_environment')}**")
            st.code(
                f'export OMNI_USERNAME="{t("settings.example_user")}"\n'
                f'export OMNI_TOKEN="{t("settings.example_token")}"',
                language="bash",
                wrap_lines=True,
            )
        with st.container():
            st.markdown(":material/description: **.streamlit/secrets.toml**")
            st.code(
                f'OMNI_USERNAME = "{t("settings.example_user")}"\nOMNI_TOKEN = "{t("settings.example_token")}"',
                language="toml",
                wrap_lines=True,
            )
    with st.expander(t("settings.all_names"), icon=":material/list:"):
        rows = "\n".join(
            f"| `{setting.name}` | {t(f'settings.about_{setting.name}', default=_default(setting.default))} |"
            for setting in wiring.SETTINGS
        )
        st.markdown(f"| {t('settings.name')} | {t('settings.meaning')} |\n|---|---|\n{rows}")


def _default(value: str) -> str:
    """Return a default value with its digits grouped as in the operator's language."""
    return text().number(int(value)) if value.isdecimal() else value


def practice() -> None:
    """Explain what happens in practice and what does not."""
    st.subheader(f":material/science: {t('settings.practice')}", anchor=False)
    st.markdown(t("settings.practice_about"))


def versions() -> None:
    """Show the versions of Omni, Python and the main packages, and the licence of the typeface."""
    st.subheader(t("settings.versions"), anchor=False)
    parts = [Fact("Omni", omni.__version__), Fact("Python", platform.python_version())]
    facts([*parts, *(Fact(name, version(name)) for name in _PARTS)], key=key("settings", "versions"))
    st.caption(t("settings.font"))
    with st.expander(t("settings.font_licence"), icon=":material/gavel:"):
        st.text((STATIC / "fonts" / "LICENSE").read_text("utf-8"))
