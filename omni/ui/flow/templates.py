"""The actions of the Steps page: save steps as a template, load them, import them from JSON, and continue.

A template is a list of steps kept under a name, to use again in another campaign. JSON to import is a template, a whole
request, or the ``curl`` command of the provider's documentation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import streamlit as st

from omni import wiring
from omni.core.problem import Problem
from omni.core.rendering import names_used
from omni.core.template import Template
from omni.errors import OmniError, TemplateError
from omni.provider.payload import read_template, template_json_bytes
from omni.service.preparation import Preparation
from omni.ui import drafting, session, shell
from omni.ui.drafting import OpenDraft
from omni.ui.flow.step_cards import way_of
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, problem_sentence, t

_NAME_LENGTH: Final = 80
_TYPES: Final = ("json", "txt")
_MOST_MEGABYTES: Final = 5
_NO_COLUMNS: Final[Mapping[str, str]] = MappingProxyType({})
_ICONS: Final = {"load": "bookmarks", "save": "bookmark_add", "import": "data_object"}


def template_menu(draft: OpenDraft | None) -> None:
    """Show the menu of templates and the button to continue."""
    has_steps = draft is not None and bool(draft.preparation.template.steps)
    choices = [name for name in _ICONS if name != "save" or has_steps]
    chosen = st.menu_button(
        t("flow.templates"),
        choices,
        icon=":material/bookmarks:",
        key=key("flow", "templates"),
        format_func=lambda name: f":material/{_ICONS[name]}: {t(f'flow.menu_{name}')}",
    )
    # Enabled with errors too: the cards show them, and the review lists all that is missing.
    if st.button(
        t("flow.continue"),
        type="primary",
        icon=":material/arrow_forward:",
        icon_position="right",
        disabled=not has_steps,
        help=None if has_steps else t("flow.continue_needs_steps"),
        key=key("flow", "continue"),
    ):
        st.switch_page(shell.page_path("review"))
    open_dialog(chosen, draft)


def open_dialog(chosen: str | None, draft: OpenDraft | None) -> None:
    """Open the dialog of a choice in the menu; nothing for None."""
    if chosen == "load":
        ask_which(draft)
    elif chosen == "import":
        import_dialog(draft)
    elif chosen == "save" and draft is not None:
        ask_name(draft)


def use(draft: OpenDraft | None, template: Template, notice: str, columns: Mapping[str, str] = _NO_COLUMNS) -> None:
    """Replace the draft's steps with the template's and show ``notice``; without a draft, start one.

    ``columns`` are those chosen for names in the template's texts.
    """
    draft = draft or drafting.start()

    def edit(now: Preparation) -> Preparation:
        return replace(now.with_template(template), placeholders={**now.placeholders, **columns})

    draft.change(edit)
    session.say_after_rerun(notice)
    st.rerun()


def warn_of_replacing(draft: OpenDraft | None) -> None:
    """Warn that the draft's steps will be replaced, if it has any."""
    if draft is not None and draft.preparation.template.steps:
        st.warning(t("flow.replaces", n=len(draft.preparation.template.steps)), icon=":material/swap_horiz:")


def ask_name(draft: OpenDraft) -> None:
    """Open the dialog that saves the draft's steps under a name."""
    st.dialog(t("flow.save_title"), icon=":material/bookmark_add:")(lambda: save(draft))()


def save(draft: OpenDraft) -> None:
    """Ask for a name and save the draft's steps under it; a name already in use gives a warning first."""
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
        template = draft.preparation.template
        names = names_used(template.steps)
        columns = {asked: header for asked, header in draft.preparation.placeholders.items() if asked in names}
        templates.save(name, json.loads(template_json_bytes(template)), columns)
    except OmniError as err:
        st.error(plain(error_sentence(err)), icon=":material/error:")
        return
    session.say_after_rerun(t("flow.saved_as", name=plain(name)), ":material/bookmark_added:")
    st.rerun()


def ask_which(draft: OpenDraft | None) -> None:
    """Open the dialog with the saved templates."""
    st.dialog(t("flow.load_title"), icon=":material/bookmarks:")(lambda: load(draft))()


def load(draft: OpenDraft | None) -> None:
    """Let the operator load or delete one of the saved templates."""
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
            use(draft, template, t("flow.loaded", name=plain(name)), wiring.console().templates.columns(name))


def _stored(name: str) -> Template | None:
    """Return the saved template, or None after showing that it is gone or cannot be read."""
    body = wiring.console().templates.get(name)
    if body is None:
        st.warning(t("flow.template_gone"), icon=":material/info:")
        return None
    try:
        return read_template(json.dumps(body)).template
    except OmniError as err:
        st.error(plain(error_sentence(err)), icon=":material/error:")
        return None


def import_dialog(draft: OpenDraft | None) -> None:
    """Open the dialog that imports JSON."""
    st.dialog(t("flow.import_title"), icon=":material/data_object:", width="medium")(lambda: import_template(draft))()


def import_template(draft: OpenDraft | None) -> None:
    """Import JSON from a paste or a file: show its steps and the parts that are ignored, then use the steps."""
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
    template = _read_and_report(given) if given.strip() else None
    if template is not None:
        warn_of_replacing(draft)
    # Always enabled: pasted text arrives when the field loses the focus, often by pressing this button.
    with st.container(horizontal=True, horizontal_alignment="right"):
        pressed = st.button(t("flow.import_yes"), type="primary", key=key("flow", "import_yes"))
    if pressed and template is not None:
        use(draft, template, t("flow.imported", n=len(template.steps)))
    elif pressed and not given.strip():
        st.error(t("flow.import_nothing"), icon=":material/error:")


def _read_and_report(given: bytes) -> Template | None:
    """Return the template in ``given`` after showing what was found; None after showing an error."""
    try:
        read = read_template(given.decode("utf-8-sig"))
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
