"""The template as JSON, exactly as it will stand in each request, to read and to download."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import streamlit as st

from omni import wiring
from omni.core.template import Template
from omni.ui.components.json_text import json_text
from omni.ui.keys import key
from omni.ui.text import t

_LONGEST_SHOWN: Final = 60_000


def show(template: Template, name: str) -> None:
    """The JSON, and the button that downloads the very bytes."""
    written = wiring.template_json(template)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(t("flow.json_about"), width="stretch")
        # Made when asked for: of ready bytes the browser asks at once whether they are there, and an edit in the same
        # moment has taken them away.
        st.download_button(
            t("flow.export"),
            lambda: written,
            file_name=file_name(name),
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
            key=key("flow", "export"),
        )
    text = written.decode()
    if len(text) > _LONGEST_SHOWN:
        st.caption(t("flow.json_cut", n=_LONGEST_SHOWN))
    json_text(text[:_LONGEST_SHOWN], label=t("flow.json_label"), key=key("flow", "json"))


def file_name(name: str, suffix: str = "json") -> str:
    """A file name any system takes, from a campaign's name."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return (re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-").lower()[:60] or "template") + f".{suffix}"
