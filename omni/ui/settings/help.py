"""How to give the settings, what practice is, and what Omni is made of."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Final

import streamlit as st

import omni
from omni.ui.components.facts import Fact, facts
from omni.ui.keys import key
from omni.ui.shell import STATIC
from omni.ui.text import t

_NAMES: Final = (
    "OMNI_USERNAME",
    "OMNI_TOKEN",
    "OMNI_ENDPOINT",
    "OMNI_RATE",
    "OMNI_CONCURRENCY",
    "OMNI_BATCH",
    "OMNI_COUNTRY",
    "OMNI_REPEAT_DAYS",
    "OMNI_DATA",
    "OMNI_DATABASE_URL",
    "OMNI_HOSTS",
    "OMNI_PRACTICE_FAULTS",
    "OMNI_PRACTICE_LATENCY",
)
_PARTS: Final = ("Streamlit", "pandas", "SQLAlchemy", "requests", "phonenumbers")


def how_to_set() -> None:
    """Both places a setting can be given, with something to copy, and every name."""
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
        rows = "\n".join(f"| `{name}` | {t(f'settings.about_{name}')} |" for name in _NAMES)
        st.markdown(f"| {t('settings.name')} | {t('settings.meaning')} |\n|---|---|\n{rows}")


def practice() -> None:
    """What practice does and does not do."""
    st.subheader(f":material/science: {t('settings.practice')}", anchor=False)
    st.markdown(t("settings.practice_about"))


def versions() -> None:
    """What runs here, and whose typeface it is set in."""
    st.subheader(t("settings.versions"), anchor=False)
    parts = [Fact("Omni", omni.__version__), Fact("Python", platform.python_version())]
    facts([*parts, *(Fact(name, version(name)) for name in _PARTS)], key=key("settings", "versions"))
    st.caption(t("settings.font"))
    with st.expander(t("settings.font_licence"), icon=":material/gavel:"):
        st.text((STATIC / "fonts" / "LICENSE").read_text("utf-8"))
