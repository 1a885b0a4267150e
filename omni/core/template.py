"""The template of a campaign (its alias and its steps in order), and the checks it must pass before it is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from omni.core.destination import normalise_email
from omni.core.field_kind import FieldKind
from omni.core.problem import Problem
from omni.core.rendering import placeholders_in, stray_braces, without_styles
from omni.core.sms import MAX_SMS_CHARACTERS
from omni.core.steps import (
    HTML_FIELDS,
    REQUIRED,
    EmailStep,
    JsonValue,
    MtStep,
    Step,
    VoiceStep,
    destination_kind,
    texts_of,
)

_COLUMNS_NAMED: Final = 20
"""Most columns named in a sentence."""


@dataclass(frozen=True, slots=True)
class Template:
    """The message of a campaign: steps that the provider runs in order until one succeeds.

    ``extra`` keeps fields that the provider's page does not name.
    """

    campaign_alias: str | None = None
    steps: tuple[Step, ...] = ()
    extra: Mapping[str, JsonValue] = field(default_factory=dict, hash=False)


def destination_fields(template: Template) -> dict[str, FieldKind]:
    """Map the contactInfo keys that the steps send to, in the order of the steps, to the kind each must hold.

    A key used both by a call and by an e-mail is reported by ``template_problems``; here the first use decides.
    """
    found: dict[str, FieldKind] = {}
    for step in template.steps:
        if step.destination_field:
            found.setdefault(step.destination_field, destination_kind(step))
    return found


def needed_fields(template: Template) -> dict[str, FieldKind]:
    """Map every contactInfo key the template refers to, destinations and recipient names of e-mails, to its kind."""
    found = destination_fields(template)
    for step in template.steps:
        if isinstance(step, EmailStep) and step.recipient_name and not placeholders_in(step.recipient_name):
            found.setdefault(step.recipient_name, "text")
    return found


def template_problems(
    template: Template, fields: Collection[str] | None = None, columns: Collection[str] | None = None
) -> list[Problem]:
    """List the errors that keep the template from being sent, and warnings.

    ``fields`` are the mapped contactInfo keys and ``columns`` the names a placeholder may use; with ``None`` (no
    spreadsheet yet) the check that needs them is left out.
    """
    if not template.steps:
        return [Problem("template.no_steps", "error")]
    # These are posted unchanged: a placeholder in them would reach the provider unfilled.
    problems = [
        Problem("template.alias_placeholder", "error", field="campaign_alias", value=name)
        for name in placeholders_in(template.campaign_alias or "")
    ]
    kinds: dict[str, FieldKind] = {}
    for number, step in enumerate(template.steps, start=1):
        problems += _field_problems(number, step)
        problems += _destination_problems(number, step, fields, kinds)
        problems += [
            Problem("step.extra_placeholder", "error", step=number, field=key, value=name)
            for key, value in step.extra.items()
            for text in _strings_in(value)
            for name in placeholders_in(text)
        ]
        problems += _brace_problems(number, step)
        if columns is not None:
            problems += _placeholder_problems(number, step, columns)
        if isinstance(step, EmailStep) and step.recipient_name and fields is not None:
            name = step.recipient_name
            if name not in fields and not placeholders_in(name):
                problems.append(
                    Problem("step.recipient_name_unmapped", "warning", step=number, field="recipient_name", value=name)
                )
    return problems


def _strings_in(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings_in(inner)


def _field_problems(number: int, step: Step) -> Iterator[Problem]:
    for name in REQUIRED[step.type]:
        if not (getattr(step, name) or "").strip():
            yield Problem("step.field_empty", "error", step=number, field=name)
    if isinstance(step, MtStep) and len(step.message_text or "") > MAX_SMS_CHARACTERS:
        yield Problem(
            "step.sms_too_long",
            "error",
            step=number,
            field="message_text",
            params={"length": len(step.message_text or ""), "limit": MAX_SMS_CHARACTERS},
        )
    if isinstance(step, VoiceStep) and step.timeout is not None and step.timeout < 0:
        yield Problem("step.timeout_negative", "error", step=number, field="timeout", value=str(step.timeout))
    if isinstance(step, EmailStep):
        for name in ("from_email", "reply_to"):
            address = (getattr(step, name) or "").strip()
            if address and not placeholders_in(address) and normalise_email(address).value is None:
                yield Problem("step.address_malformed", "error", step=number, field=name, value=address)


def _destination_problems(
    number: int, step: Step, fields: Collection[str] | None, kinds: dict[str, FieldKind]
) -> Iterator[Problem]:
    name = step.destination_field
    if not name:
        yield Problem("step.destination_missing", "error", step=number, field="destination_field")
        return
    if fields is not None and name not in fields:
        yield Problem("step.destination_unmapped", "error", step=number, field="destination_field", value=name)
    kind = destination_kind(step)
    if kinds.setdefault(name, kind) != kind:
        yield Problem("step.destination_kind", "error", step=number, field="destination_field", value=name)


def _brace_problems(number: int, step: Step) -> Iterator[Problem]:
    """Yield an error for each text with braces that belong to no placeholder: they would be sent as they are."""
    for field_name, text in texts_of(step):
        near = stray_braces(without_styles(text) if field_name in HTML_FIELDS else text)
        if near is not None:
            yield Problem("step.braces_left", "error", step=number, field=field_name, value=near)


def _placeholder_problems(number: int, step: Step, columns: Collection[str]) -> Iterator[Problem]:
    for field_name, text in texts_of(step):
        for name in placeholders_in(text):
            if name not in columns:
                params = {"columns": _named(columns)}
                yield Problem(
                    "step.placeholder_unknown", "error", step=number, field=field_name, value=name, params=params
                )


def _named(columns: Collection[str]) -> str:
    """Name the columns, the first twenty at most."""
    names = list(dict.fromkeys(columns))
    return ", ".join(names[:_COLUMNS_NAMED] + ["…"] * (len(names) > _COLUMNS_NAMED))
