"""The Steps page without an editor: examples to start from when there are no steps, or a campaign already sent.

The examples are ready-made steps in the tab's language; they greet by name only if the sheet has a column of names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import streamlit as st

from omni.core.steps import EmailStep, MtStep, Step, StepType, VoiceStep
from omni.core.template import Template
from omni.service.flow_editing import fields_to_choose
from omni.service.preparation import Preparation, new_step
from omni.ui import drafting, shell
from omni.ui.drafting import OpenDraft
from omni.ui.flow import templates
from omni.ui.flow.step_cards import ICONS, way_of
from omni.ui.keys import key
from omni.ui.text import t

EXAMPLES: Final[Mapping[str, tuple[StepType, ...]]] = {
    "all": ("MT", "VOICE", "EMAIL"),
    "sms": ("MT",),
    "mail": ("EMAIL", "MT"),
}
_NAME_FIELD: Final = "recipientName"


def example(name: str, preparation: Preparation) -> Template:
    """Return the example's steps, sent to this preparation's fields. The e-mail's sender is left empty."""
    column = preparation.mapping.get(_NAME_FIELD)
    greeting = t("flow.greeting_by_name", name="{{" + column + "}}") if column else t("flow.greeting")
    fields = fields_to_choose(preparation)
    has_name = _NAME_FIELD in preparation.mapping
    steps: list[Step] = []
    for kind in EXAMPLES[name]:
        step = new_step(kind, fields)
        if isinstance(step, MtStep):
            step = replace(step, message_text=t("flow.example_sms", greeting=greeting))
        elif isinstance(step, VoiceStep):
            step = replace(step, tts_message=t("flow.example_call", greeting=greeting))
        elif isinstance(step, EmailStep):
            step = replace(
                step,
                subject=t("flow.example_subject"),
                email_html=t("flow.example_html", greeting=greeting),
                email_text=t("flow.example_text", greeting=greeting),
                recipient_name=_NAME_FIELD if has_name else None,
            )
        steps.append(step)
    return replace(preparation.template, steps=tuple(steps))


def choose(preparation: Preparation) -> Template | None:
    """Show the examples as cards and return the one just taken, or None."""
    taken = None
    for name in EXAMPLES:
        template = example(name, preparation)
        with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            with st.container(gap="xxsmall", width="content"):
                icons = " ".join(f":material/{ICONS[kind]}:" for kind in EXAMPLES[name])
                st.markdown(f"{icons} **{way_of(template.steps)}**")
                st.caption(t(f"flow.example_{name}_about"))
            if st.button(t("flow.take_example"), key=key("flow", "example", name), help=way_of(template.steps)):
                taken = template
    return taken


def begin(draft: OpenDraft | None) -> None:
    """Show the ways to start: an example, a saved template, or JSON."""
    st.subheader(t("flow.begin"), anchor=False)
    st.caption(t("flow.begin_about"))
    taken = choose(draft.preparation if draft else Preparation())
    with st.container(horizontal=True):
        chosen = None
        for name, icon in (("load", "bookmarks"), ("import", "data_object")):
            if st.button(
                t(f"flow.menu_{name}"), icon=f":material/{icon}:", type="tertiary", key=key("flow", "begin", name)
            ):
                chosen = name
    templates.open_dialog(chosen, draft)
    if taken is not None:
        templates.use(draft, taken, t("flow.example_taken"))


def after_sending(draft: OpenDraft, title: str) -> None:
    """Show that the steps of a sent campaign do not change, with a button to start another campaign from them."""
    shell.header(title, draft.name)
    st.info(t("flow.is_sent"), icon=":material/lock:")
    with st.container(horizontal=True):
        if st.button(t("flow.again"), type="primary", icon=":material/content_copy:", key=key("flow", "again")):
            template = draft.preparation.template
            fresh = Preparation(country=draft.preparation.country).with_template(template)
            drafting.start(fresh, t("flow.again_name", name=draft.name))
            st.switch_page(shell.page_path("flow"))
        if draft.campaign_id is not None:
            st.page_link(
                shell.page_path("results"),
                label=t("flow.see_results"),
                icon=":material/task_alt:",
                query_params={"run": str(draft.campaign_id)},
            )
