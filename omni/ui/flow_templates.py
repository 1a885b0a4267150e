"""Steps kept under a name, to use again in another campaign."""

from __future__ import annotations

import json
from typing import Final

import streamlit as st

from omni import wiring
from omni.core.template import Template
from omni.errors import OmniError
from omni.ui import drafting, session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.step_cards import way_of
from omni.ui.text import error_sentence, plain, t

_NAME_LENGTH: Final = 80


def use(draft: OpenDraft | None, template: Template, said: str) -> None:
    """Put the template's steps in place of the draft's, begin a draft if there is none, and say so."""
    draft = draft or drafting.start()
    draft.change(lambda preparation: preparation.with_template(template))
    session.say_after_rerun(said)
    st.rerun()


def warn_of_replacing(draft: OpenDraft | None) -> None:
    """Say what is lost when other steps are taken."""
    if draft is not None and draft.preparation.template.steps:
        st.warning(t("flow.replaces", n=len(draft.preparation.template.steps)), icon=":material/swap_horiz:")


def ask_name(draft: OpenDraft) -> None:
    """Open the dialog that keeps the draft's steps under a name."""
    st.dialog(t("flow.save_title"), icon=":material/bookmark_add:")(lambda: save(draft))()


def save(draft: OpenDraft) -> None:
    """Ask for a name and keep the draft's steps under it, after saying that it is taken."""
    templates = wiring.console().templates
    st.caption(t("flow.save_about"))
    typed = st.text_input(
        t("flow.template_name"),
        value=draft.name,
        max_chars=_NAME_LENGTH,
        autocomplete="off",
        key=key("flow", "save_name"),
    )
    name = (typed or "").strip()
    if name in templates.names():
        st.warning(t("flow.name_taken", name=plain(name)), icon=":material/swap_horiz:")
    with st.container(horizontal=True, horizontal_alignment="right"):
        pressed = st.button(t("flow.save_yes"), type="primary", key=key("flow", "save_yes"))
    if not pressed:
        return
    if not name:
        st.error(t("flow.name_missing"), icon=":material/error:")
        return
    try:
        templates.save(name, json.loads(wiring.template_json(draft.preparation.template)))
    except OmniError as err:
        st.error(plain(error_sentence(err)), icon=":material/error:")
        return
    session.say_after_rerun(t("flow.saved_as", name=plain(name)), ":material/bookmark_added:")
    st.rerun()


def ask_which(draft: OpenDraft | None) -> None:
    """Open the dialog of the saved templates."""
    st.dialog(t("flow.load_title"), icon=":material/bookmarks:")(lambda: load(draft))()


def load(draft: OpenDraft | None) -> None:
    """Let the operator choose among the saved templates, or delete one."""
    names = wiring.console().templates.names()
    if not names:
        st.info(t("flow.no_templates"), icon=":material/info:")
        return
    name = st.selectbox(t("flow.template"), names, key=key("flow", "load_name"))
    template = _stored(name)
    if template is None:
        return
    st.text(way_of(template.steps) or t("flow.no_steps"))
    warn_of_replacing(draft)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        with st.popover(t("flow.delete"), icon=":material/delete:"):
            st.text(t("flow.delete_sure", name=name))
            if st.button(t("flow.delete_yes"), key=key("flow", "delete_yes")):
                wiring.console().templates.delete(name)
                session.say_after_rerun(t("flow.deleted", name=plain(name)), ":material/delete:")
                st.rerun()
        if st.button(t("flow.load_yes"), type="primary", key=key("flow", "load_yes")):
            use(draft, template, t("flow.loaded", name=plain(name)))


def _stored(name: str) -> Template | None:
    body = wiring.console().templates.get(name)
    if body is None:
        st.warning(t("flow.template_gone"), icon=":material/info:")
        return None
    try:
        return wiring.read_template(json.dumps(body)).template
    except OmniError as err:
        st.error(plain(error_sentence(err)), icon=":material/error:")
        return None
