"""Ready-made steps to begin with, in the tab's language; they greet by name only if the sheet has names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import streamlit as st

from omni.core.steps import EmailStep, MtStep, Step, StepType, VoiceStep
from omni.core.template import Template
from omni.service.flow_editing import fields_to_choose
from omni.service.preparation import Preparation, new_step
from omni.ui.keys import key
from omni.ui.step_cards import ICONS, way_of
from omni.ui.text import t

EXAMPLES: Final[Mapping[str, tuple[StepType, ...]]] = {
    "all": ("MT", "VOICE", "EMAIL"),
    "sms": ("MT",),
    "mail": ("EMAIL", "MT"),
}
_NAME_FIELD: Final = "recipientName"


def example(name: str, preparation: Preparation) -> Template:
    """The example's steps, sent to this preparation's fields. Who sends the e-mail is left to be written."""
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
    """The examples as cards; the one that was just taken."""
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
