"""The fields of a step's form, each with its widget and the conversion between step value and widget value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from omni.core.steps import REQUIRED, Step, StepType

Widget = Literal["line", "address", "area", "html", "toggle", "number", "destination", "recipient"]


@dataclass(frozen=True, slots=True)
class StepField:
    """A field: ``name`` is the step's attribute; columns can be inserted if ``texts`` is true."""

    name: str
    widget: Widget
    texts: bool = False


FIELDS: Final[Mapping[StepType, tuple[StepField, ...]]] = {
    "MT": (
        StepField("destination_field", "destination"),
        StepField("message_text", "area", texts=True),
        StepField("flash_sms", "toggle"),
    ),
    "VOICE": (
        StepField("destination_field", "destination"),
        StepField("tts_message", "area", texts=True),
        StepField("timeout", "number"),
    ),
    "EMAIL": (
        StepField("destination_field", "destination"),
        StepField("recipient_name", "recipient"),
        StepField("subject", "line", texts=True),
        StepField("from_email", "address"),
        StepField("from_name", "line"),
        StepField("reply_to", "address"),
        StepField("email_html", "html", texts=True),
        StepField("email_text", "area", texts=True),
    ),
}


def shown_value(field: StepField, step: Step) -> Any:
    """Return the widget's value for a step; a text absent from the JSON is shown as an empty one."""
    value = getattr(step, field.name)
    if field.widget == "toggle":
        return bool(value)
    if field.widget == "number":
        return value
    if field.widget in ("destination", "recipient"):
        return value or None
    return value or ""


def read_value(field: StepField, kind: StepType, shown: Any) -> Any:
    """Return the step's value after the operator changed the widget to ``shown``.

    A cleared optional text becomes absent from the JSON (None); a cleared required one stays as an empty text.
    """
    if field.widget in ("toggle", "number"):
        return shown
    value = (shown or "").strip() if field.widget in ("address", "destination", "recipient") else shown or ""
    must_be_there = field.name == "destination_field" or field.name in REQUIRED[kind]
    return value if value or must_be_there else None
