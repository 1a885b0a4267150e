"""Edits in a step's form, saved to the draft before the operator's next click takes effect.

A text area reports its text when it loses the focus, often by a click that selects another step, moves one or opens
another page. Each widget therefore saves in its callback, which Streamlit calls before the click is handled. The page
also compares the widgets with the draft before it does anything else, because a click that follows very soon interrupts
a run and the callback with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from streamlit.runtime.scriptrunner import RerunException

from omni.core.steps import StepType
from omni.errors import OmniError
from omni.service.flow_editing import edit_step
from omni.service.preparation import Preparation
from omni.ui import drafting, session
from omni.ui.drafting import OpenDraft
from omni.ui.flow.step_fields import FIELDS, read_value
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain

ALIAS: Final = "campaign_alias"
_FORM: Final = key("flow", "form")


@dataclass(slots=True)
class FormMemory:
    """The values the form last showed, by field: a widget with another value was changed by the operator.

    Changed in place, because each access to the session is a point where a waiting click interrupts.
    """

    draft: str
    step: str | None = None
    kind: StepType | None = None
    shown: dict[str, Any] = field(default_factory=dict)
    alias: str = ""


def memory_of(draft: OpenDraft) -> FormMemory:
    """Return this tab's memory of the draft's form."""
    memory = session.value(_FORM)
    if not isinstance(memory, FormMemory) or memory.draft != draft.id:
        memory = FormMemory(draft.id)
        session.put(_FORM, memory)
    return memory


def begin_form(memory: FormMemory, step: str, kind: StepType) -> None:
    """Make the form show this step; the values of another step are dropped."""
    if memory.step != step:
        memory.step, memory.kind, memory.shown = step, kind, {}


def widget_key(name: str, step: str) -> str:
    """Return the widget key of a step's field; each step has widgets of its own."""
    return key("flow", name, step)


def alias_key(draft: OpenDraft) -> str:
    """Return the widget key of the campaign's alias."""
    return key("flow", ALIAS, draft.id)


def keep_edits(draft: OpenDraft) -> None:
    """Save the widget values that the draft does not have yet."""
    memory = memory_of(draft)
    changed = _changed_fields(memory)
    alias = session.value(alias_key(draft), memory.alias)
    if not changed and alias == memory.alias:
        return

    def edit(preparation: Preparation) -> Preparation:
        if alias != memory.alias:
            template = replace(preparation.template, campaign_alias=alias.strip() or None)
            preparation = replace(preparation, template=template)
        if memory.step is None or memory.kind is None or not changed:
            return preparation
        read = {
            at.name: read_value(at, memory.kind, changed[at.name]) for at in FIELDS[memory.kind] if at.name in changed
        }
        return edit_step(preparation, memory.step, read)

    # No access to the session from here on: the edit is saved and remembered as saved, or neither.
    draft.change(edit)
    memory.shown.update(changed)
    memory.alias = alias


def _changed_fields(memory: FormMemory) -> Mapping[str, Any]:
    if memory.step is None:
        return {}
    now = {name: session.value(widget_key(name, memory.step), shown) for name, shown in memory.shown.items()}
    return {name: value for name, value in now.items() if value != memory.shown[name]}


def on_change() -> None:
    """Callback of every widget of the form: save the edit."""
    try:
        _save()
    except RerunException:
        # The next click arrived during the save: finish saving before it is handled.
        _save()
        raise


def _save() -> None:
    try:
        draft = drafting.current()
        if draft is not None and not draft.is_sent:
            keep_edits(draft)
    except OmniError as err:
        session.say_after_rerun(plain(error_sentence(err)), ":material/error:")
