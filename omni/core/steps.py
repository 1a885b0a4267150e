"""The three kinds of fallback step, with every field that the provider documents.

Field names are the provider's in snake_case; ``None`` means that the field is absent from the JSON, which is not the
same as empty or false. ``extra`` keeps fields that the provider's page does not name, so that an imported template is
exported unchanged. Source: provider's page "Fallback API", field table and sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import ClassVar, Literal

StepType = Literal["MT", "VOICE", "EMAIL"]
JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MtStep:
    """A text message (SMS); a flash message is shown on the screen without being stored."""

    type: ClassVar[StepType] = "MT"
    destination_field: str = ""
    message_text: str | None = None
    flash_sms: bool | None = None
    extra: Mapping[str, JsonValue] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceStep:
    """A call that reads a text aloud.

    ``timeout`` is a number; the provider does not document its unit.
    """

    type: ClassVar[StepType] = "VOICE"
    destination_field: str = ""
    tts_message: str | None = None
    timeout: int | float | None = None
    extra: Mapping[str, JsonValue] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailStep:
    """An e-mail.

    ``recipient_name`` holds the name of a contactInfo key, as in the provider's sample.
    """

    type: ClassVar[StepType] = "EMAIL"
    destination_field: str = ""
    recipient_name: str | None = None
    subject: str | None = None
    reply_to: str | None = None
    from_email: str | None = None
    from_name: str | None = None
    email_text: str | None = None
    email_html: str | None = None
    extra: Mapping[str, JsonValue] = field(default_factory=dict, hash=False)


Step = MtStep | VoiceStep | EmailStep

REQUIRED: Mapping[StepType, tuple[str, ...]] = {
    "MT": ("message_text",),
    "VOICE": ("tts_message",),
    "EMAIL": ("subject", "from_email", "email_html"),
}
HTML_FIELDS = frozenset({"email_html"})
SEVERAL_LINES = frozenset({"email_html", "email_text"})
"""Texts in which a line break within a value stays; an SMS, a call and a subject have one line for each value."""


def step_of_type(kind: StepType) -> type[MtStep] | type[VoiceStep] | type[EmailStep]:
    """Return the class for a step type."""
    kinds: dict[StepType, type[MtStep] | type[VoiceStep] | type[EmailStep]] = {
        "MT": MtStep,
        "VOICE": VoiceStep,
        "EMAIL": EmailStep,
    }
    return kinds[kind]


def texts_of(step: Step) -> Iterator[tuple[str, str]]:
    """Yield the step's text fields that are present, as (name, text), except its destination field."""
    for spec in fields(step):
        if spec.name == "destination_field":
            continue
        value = getattr(step, spec.name)
        if isinstance(value, str):
            yield spec.name, value


def destination_kind(step: Step) -> Literal["phone", "email"]:
    """Return the kind of value that the step needs in its destination field."""
    return "email" if isinstance(step, EmailStep) else "phone"
