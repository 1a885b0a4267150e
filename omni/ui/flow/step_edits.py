"""What is typed into a step's form reaches the draft, whatever the operator clicks next.

A text area reports its text when it is left, which is often by a click that selects another step, moves one
or opens another page. So each widget saves in its callback, which Streamlit calls before the click is carried
out, and the page looks again before it does anything else: a click that comes very soon interrupts a run, and
a callback with it.
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
    """What the form last showed, by field: a widget that holds something else was changed by the operator.

    Changed in place, because each access to the session is a point where a waiting click interrupts.
    """

    draft: str
    step: str | None = None
    kind: StepType | None = None
    shown: dict[str, Any] = field(default_factory=dict)
    alias: str = ""


def memory_of(draft: OpenDraft) -> FormMemory:
    """The tab's memory of this draft's form."""
    memory = session.value(_FORM)
    if not isinstance(memory, FormMemory) or memory.draft != draft.id:
        memory = FormMemory(draft.id)
        session.put(_FORM, memory)
    return memory


def begin_form(memory: FormMemory, step: str, kind: StepType) -> None:
    """From here on the form shows this step."""
    if memory.step != step:
        memory.step, memory.kind, memory.shown = step, kind, {}


def widget_key(name: str, step: str) -> str:
    """The key of a step's field: another step's field is another widget."""
    return key("flow", name, step)


def alias_key(draft: OpenDraft) -> str:
    """The key of the campaign's alias."""
    return key("flow", ALIAS, draft.id)


def keep_edits(draft: OpenDraft) -> None:
    """Save what the widgets hold and the draft does not yet."""
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

    # From here to the end nothing touches the session: saved and remembered as saved, or neither.
    draft.change(edit)
    memory.shown.update(changed)
    memory.alias = alias


def _changed_fields(memory: FormMemory) -> Mapping[str, Any]:
    if memory.step is None:
        return {}
    now = {name: session.value(widget_key(name, memory.step), shown) for name, shown in memory.shown.items()}
    return {name: value for name, value in now.items() if value != memory.shown[name]}


def on_change() -> None:
    """Callback of every widget of the form."""
    try:
        _save()
    except RerunException:
        # The next click arrived while this one is being saved: it waits until the text is safe.
        _save()
        raise


def _save() -> None:
    try:
        draft = drafting.current()
        if draft is not None and not draft.is_sent:
            keep_edits(draft)
    except OmniError as err:
        session.say_after_rerun(plain(error_sentence(err)), ":material/error:")
