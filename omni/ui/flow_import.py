"""Steps from JSON: a template, a whole request, or the ``curl`` command of the provider's page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from omni import wiring
from omni.core.problem import Problem
from omni.core.template import Template
from omni.errors import TemplateError
from omni.ui import flow_templates
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.step_cards import way_of
from omni.ui.text import error_sentence, plain, problem_sentence, t

_TYPES = ("json", "txt")
_MOST_MEGABYTES = 5


def ask(draft: OpenDraft | None) -> None:
    """Open the dialog that takes JSON."""
    st.dialog(t("flow.import_title"), icon=":material/data_object:", width="medium")(lambda: take(draft))()


def take(draft: OpenDraft | None) -> None:
    """Take JSON by paste or by file, say what is in it and what is left out, and use its steps."""
    st.caption(t("flow.import_about"))
    pasted = st.text_area(
        t("flow.paste"),
        height=200,
        key=key("flow", "import_text"),
        placeholder='{"campaignAlias": "…", "steps": [ … ]}',
    )
    file = st.file_uploader(
        t("flow.import_file"), type=_TYPES, key=key("flow", "import_file"), max_upload_size=_MOST_MEGABYTES
    )
    given = file.getvalue() if file else (pasted or "").encode()
    template = _told(given) if given.strip() else None
    if template is not None:
        flow_templates.warn_of_replacing(draft)
    # Always enabled: what is pasted is known once the field is left, which is often by pressing this.
    with st.container(horizontal=True, horizontal_alignment="right"):
        pressed = st.button(t("flow.import_yes"), type="primary", key=key("flow", "import_yes"))
    if pressed and template is not None:
        flow_templates.use(draft, template, t("flow.imported", n=len(template.steps)))
    elif pressed and not given.strip():
        st.error(t("flow.import_nothing"), icon=":material/error:")


def _told(given: bytes) -> Template | None:
    """The template in what was given, after saying what was found; None after saying why there is none."""
    try:
        read = wiring.read_template(given.decode("utf-8-sig"))
    except UnicodeDecodeError:
        st.error(t("flow.import_not_utf8"), icon=":material/error:")
        return None
    except TemplateError as err:
        st.error(plain(error_sentence(err)), icon=":material/error:")
        return None
    st.success(
        t("flow.found", n=len(read.template.steps), way=way_of(read.template.steps)), icon=":material/check_circle:"
    )
    for sentence in _left_out(read.contacts_left_out, read.notes):
        st.caption(f":material/info: {plain(sentence)}")
    return read.template


def _left_out(contacts: int, notes: Sequence[Problem]) -> list[str]:
    found = [t("flow.contacts_left_out", n=contacts)] if contacts else []
    return found + [problem_sentence(note) for note in notes]
