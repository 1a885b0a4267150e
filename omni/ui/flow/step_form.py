"""The form of one step: every field documented by the provider, with its problems beneath it.

Beneath the text of an SMS also its length: characters, the parts it is charged as, and characters that make it longer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from omni.core.problem import Problem
from omni.core.rendering import placeholders_in
from omni.core.steps import REQUIRED, MtStep, Step, destination_kind
from omni.service.checked_contacts import CheckedContacts
from omni.service.doubled_signs import SIGN_TWICE, without_doubled_signs
from omni.service.flow_editing import fields_to_choose
from omni.service.merge_tags import MERGE_TAG, with_placeholders
from omni.service.preparation import Preparation
from omni.ui import session
from omni.ui.components.sms_size import SizeWords, sms_size
from omni.ui.draft_sheet import Sample, SheetFacts
from omni.ui.drafting import OpenDraft
from omni.ui.flow import step_columns, step_notes
from omni.ui.flow.step_edits import begin_form, memory_of, on_change, widget_key
from omni.ui.flow.step_fields import FIELDS, StepField, Widget, shown_value
from omni.ui.keys import key
from omni.ui.text import plain, t, text

_BESIDE: Final = {"recipient_name", "from_name"}
"""Fields that share a line with the one before them."""


@dataclass(frozen=True, slots=True)
class _Context:
    """The step and the draft that a widget shows and edits."""

    step_id: str
    step: Step
    preparation: Preparation
    mapping: Mapping[str, str]


def show(
    draft: OpenDraft, number: int, step: Step, sheet: SheetFacts, sample: Sample | None, problems: Sequence[Problem]
) -> None:
    """Show the form of step ``number`` (from 1); an edit is saved when its field loses the focus."""
    step_id = draft.preparation.step_ids[number - 1]
    memory = memory_of(draft)
    begin_form(memory, step_id, step.type)
    context = _Context(step_id, step, draft.preparation, sheet.mapping)
    ours = [problem for problem in problems if problem.step == number]
    last_text = [field for field in FIELDS[step.type] if field.texts][-1]
    for line in _lines(FIELDS[step.type]):
        for place, field in zip(st.columns(len(line)), line, strict=True):
            wanted = shown_value(field, step)
            session.reflect(widget_key(field.name, step_id), wanted)
            memory.shown[field.name] = wanted
            with place, st.container(gap="xsmall"):
                _WIDGETS[field.widget](field, context)
                if isinstance(step, MtStep) and field.name == "message_text":
                    show_size(step_id, step, sample, sheet)
                step_notes.show(at for at in ours if at.field == field.name)
                for code, (name, repair) in _REPAIRS.items():
                    if any(at.code == code and at.field == field.name for at in ours):
                        st.button(
                            t(f"step.{name}"),
                            icon=":material/auto_fix_high:",
                            type="tertiary",
                            key=key("flow", name, field.name, step_id),
                            on_click=_repair,
                            args=(draft, number, sheet, repair),
                        )
        if line[-1] == last_text:
            step_columns.show(step_id, step, sheet)
    if step.extra:
        st.caption(t("step.extra", n=len(step.extra), names=plain(", ".join(step.extra))))
        step_notes.show(problem for problem in ours if problem.field in step.extra)


def _without_signs(step: Step, checked: CheckedContacts) -> Step:
    return without_doubled_signs(step, checked.sheet, checked.placeholders)


def _with_placeholders(step: Step, checked: CheckedContacts) -> Step:
    return with_placeholders(step, checked.sheet)


_REPAIRS: Final[Mapping[str, tuple[str, Callable[[Step, CheckedContacts], Step]]]] = {
    SIGN_TWICE: ("leave_out_signs", _without_signs),
    MERGE_TAG: ("use_placeholders", _with_placeholders),
}
"""Code of a finding to the button that repairs the text: its key in the catalog, and the repair of the step."""


def _repair(draft: OpenDraft, number: int, sheet: SheetFacts, repair: Callable[[Step, CheckedContacts], Step]) -> None:
    """Callback: repair the texts of step ``number``."""
    if sheet.checked is None:
        return
    checked = sheet.checked

    def edit(now: Preparation) -> Preparation:
        steps = list(now.template.steps)
        steps[number - 1] = repair(steps[number - 1], checked)
        return replace(now, template=replace(now.template, steps=tuple(steps)))

    draft.change(edit)


def _lines(fields: Sequence[StepField]) -> list[list[StepField]]:
    """Group the fields into lines, each with the fields beside its first."""
    lines: list[list[StepField]] = []
    for field in fields:
        if field.name in _BESIDE:
            lines[-1].append(field)
        else:
            lines.append([field])
    return lines


def label(field: StepField, step: Step) -> str:
    """Return a field's label, which says whether the field is optional."""
    is_required = field.name in REQUIRED[step.type] or field.widget in ("destination", "toggle")
    name = t("step.timeout") if field.widget == "number" else t(f"field.{field.name}")
    return name if is_required else t("step.optional", field=name)


def _help(field: StepField) -> str:
    return t(f"step.help_{field.name}")


def _line(field: StepField, at: _Context) -> None:
    st.text_input(
        label(field, at.step),
        key=widget_key(field.name, at.step_id),
        on_change=on_change,
        help=_help(field),
        autocomplete="off",
    )


def _area(field: StepField, at: _Context) -> None:
    st.text_area(
        label(field, at.step),
        key=widget_key(field.name, at.step_id),
        on_change=on_change,
        help=_help(field),
        height=200 if field.widget == "html" else 120,
    )


def _toggle(field: StepField, at: _Context) -> None:
    st.toggle(label(field, at.step), key=widget_key(field.name, at.step_id), on_change=on_change, help=_help(field))


def _number(field: StepField, at: _Context) -> None:
    # An imported 2.5 must not become 2 only because it is shown.
    step: int | float = 0.5 if isinstance(getattr(at.step, field.name), float) else 1
    st.number_input(
        label(field, at.step),
        value=None,
        step=step,
        min_value=None,
        key=widget_key(field.name, at.step_id),
        on_change=on_change,
        help=_help(field),
        placeholder=t("step.no_timeout"),
    )


def _choice(field: StepField, at: _Context) -> None:
    """Show a select for a contactInfo key; a new key can be typed in and matched with a column later."""
    wanted = destination_kind(at.step) if field.widget == "destination" else "text"
    names = [name for name, kind in fields_to_choose(at.preparation).items() if kind == wanted]
    now = getattr(at.step, field.name)
    st.selectbox(
        label(field, at.step),
        list(dict.fromkeys([*names, *([now] if now else [])])),
        index=None,
        key=widget_key(field.name, at.step_id),
        on_change=on_change,
        help=_help(field),
        format_func=lambda name: f"{name} · {at.mapping[name]}" if name in at.mapping else name,
        accept_new_options=True,
        placeholder=t(f"step.choose_{field.widget}"),
    )


def show_size(step_id: str, step: MtStep, sample: Sample | None, sheet: SheetFacts) -> None:
    """Show the length of the text as the contact in the preview receives it; without a contact, columns are empty."""
    values = sample.values if sample else {}
    # Any column may be typed next; for a very wide sheet only those in the text are sent to the browser.
    names = sheet.columns if len(values) <= 200 else placeholders_in(step.message_text or "")
    sms_size(
        step.message_text or "",
        of=widget_key("message_text", step_id),
        values={name: values[name] for name in names if name in values},
        words=_words(sample),
        language=text().language.replace("_", "-"),
        key=key("flow", "size", step_id),
    )


def _words(sample: Sample | None) -> SizeWords:
    return SizeWords(
        one=t("step.size", n=1, characters="{characters}", parts="{parts}"),
        other=t("step.size", n=2, characters="{characters}", parts="{parts}"),
        note=t("step.size_for_row", row=sample.row) if sample else t("step.size_unfilled"),
        lengthening=t("step.lengthening"),
    )


_WIDGETS: Final[Mapping[Widget, Callable[[StepField, _Context], None]]] = {
    "line": _line, "address": _line, "area": _area, "html": _area, "toggle": _toggle, "number": _number,
    "destination": _choice, "recipient": _choice,
}  # fmt: skip
