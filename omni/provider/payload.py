"""The provider's JSON: templates and request bodies, written and read. Its camelCase names occur only here.

Source: provider's page "Fallback API", sample request; where its field table differs, the sample is followed. Every
value is checked to be writable unchanged, in UTF-8 and with its exact number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from omni.core.problem import Problem
from omni.core.steps import JsonValue, Step, StepType, step_of_type
from omni.core.template import Template
from omni.errors import TemplateError
from omni.provider.pasted_json import find_json

NO_PHONE: Final = "0"
"""A phone that cannot work, as written in the provider's own sample: its step fails and the next one takes over."""
CORRELATION_KEY: Final = "correlationId"
ERROR_CODE_KEY: Final = "errorCode"
ERROR_MESSAGE_KEY: Final = "errorMessage"

_FIELDS: Final[Mapping[StepType, tuple[tuple[str, str, str], ...]]] = {
    "MT": (
        ("destinationField", "destination_field", "string"),
        ("messageText", "message_text", "string"),
        ("flashSms", "flash_sms", "boolean"),
    ),
    "VOICE": (
        ("destinationField", "destination_field", "string"),
        ("ttsMessage", "tts_message", "string"),
        ("timeout", "timeout", "number"),
    ),
    "EMAIL": (
        ("destinationField", "destination_field", "string"),
        ("recipientName", "recipient_name", "string"),
        ("subject", "subject", "string"),
        ("replyTo", "reply_to", "string"),
        ("fromEmail", "from_email", "string"),
        ("fromName", "from_name", "string"),
        ("emailText", "email_text", "string"),
        ("emailHtml", "email_html", "string"),
    ),
}
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,), "boolean": (bool,), "number": (int, float), "list": (list,), "object": (dict,),
}  # fmt: skip
_MAX_DEPTH: Final = 100
_INTEGERS: Final = range(-(2**63), 2**64)


@dataclass(frozen=True, slots=True)
class Pasted:
    """A template read from pasted text.

    ``contacts_left_out`` counts the contacts that the text held beside it. ``notes`` name other omissions and
    assumptions: ``template.credentials_left_out``, ``template.repeated_key``.
    """

    template: Template
    contacts_left_out: int
    notes: tuple[Problem, ...]


def template_to_json(template: Template) -> dict[str, JsonValue]:
    """Return the API's ``template`` object, with keys in the order of the provider's sample, then ``extra``.

    Fields that are ``None`` and an empty destination field are left out.
    """
    value: dict[str, JsonValue] = {}
    if template.campaign_alias is not None:
        value["campaignAlias"] = template.campaign_alias
    value["steps"] = [_step_to_json(step) for step in template.steps]
    return value | {key: extra for key, extra in template.extra.items() if key not in value}


def _step_to_json(step: Step) -> dict[str, JsonValue]:
    value: dict[str, JsonValue] = {"type": step.type}
    for key, name, _ in _FIELDS[step.type]:
        given = getattr(step, name)
        if given is not None and (given or name != "destination_field"):
            value[key] = given
    return value | {key: extra for key, extra in step.extra.items() if key not in value}


def template_from_json(value: object) -> Template:
    """Read the API's ``template`` object; ``template_to_json`` turns the result back into an equal object.

    Step types in any letter case and ``emailHTML`` (both occur in the page's field table) are normalised to the
    spelling of its sample. ``null`` counts as absent. Fields that the page does not name are kept in ``extra``, in
    order. Half of a surrogate pair cannot be sent as UTF-8 and becomes U+FFFD.

    Raises ``TemplateError``: ``template.no_template``, ``template.step_type`` {step, type},
    ``template.wrong_type`` {place, expected}, ``template.number`` {place} for a number outside 64 bits,
    ``template.too_deep``. Steps count from 1, in places too: ``steps[2].timeout``.
    """
    if not isinstance(value, dict) or "steps" not in value:
        raise TemplateError("template.no_template")
    rest = sanitise_json(value, "")
    alias = _taken(rest, "campaignAlias", "string", "campaignAlias")
    steps = _taken(rest, "steps", "list", "steps") or []
    return Template(alias, tuple(_step(number, step) for number, step in enumerate(steps, start=1)), rest)


def _step(number: int, value: JsonValue) -> Step:
    place = f"steps[{number}]"
    if not isinstance(value, dict):
        raise TemplateError("template.wrong_type", place=place, expected="object")
    given = value.pop("type", None)
    kind: StepType | None = next((known for known in _FIELDS if str(given).strip().upper() == known), None)
    if kind is None:
        raise TemplateError("template.step_type", step=number, type="" if given is None else str(given))
    if kind == "EMAIL" and value.get("emailHtml") is None and "emailHTML" in value:
        value["emailHtml"] = value.pop("emailHTML")
    fields = {name: _taken(value, key, expected, f"{place}.{key}") for key, name, expected in _FIELDS[kind]}
    known: dict[str, Any] = {name: field for name, field in fields.items() if field is not None}
    return step_of_type(kind)(**known, extra=value)


def _taken(values: dict[str, Any], key: str, expected: str, place: str) -> Any:
    """Remove the field from ``values`` and return it, None when absent or null.

    Raises ``TemplateError`` ``template.wrong_type`` {place, expected}.
    """
    given = values.pop(key, None)
    if given is None:
        return None
    if not isinstance(given, _TYPES[expected]) or (isinstance(given, bool) and expected == "number"):
        raise TemplateError("template.wrong_type", place=place, expected=expected)
    return given


def read_template(text: str) -> Pasted:
    """Read the template in a pasted or loaded text: the bare object, a request body, or a ``curl`` command.

    Contacts and credentials beside it are not kept. Raises ``TemplateError`` as ``template_from_json``, and
    ``template.not_json`` {line, column_number, detail} or ``template.curl_file`` {file}.
    """
    found = find_json(text)
    value, contacts = found.value, 0
    if isinstance(value, dict) and "template" in value and "steps" not in value:
        beside = value.get("contacts")
        contacts = len(beside) if isinstance(beside, list) else 0
        value = value["template"]
    notes = [Problem("template.repeated_key", "warning", value=key) for key in found.repeated_keys]
    if found.had_credentials:
        notes.append(Problem("template.credentials_left_out", "warning"))
    return Pasted(template_from_json(value), contacts, tuple(notes))


def template_json_bytes(template: Template, indent: bool = True) -> bytes:
    """Return the template as UTF-8 JSON, with the content it has in a request."""
    return _written(template_to_json(template), orjson.OPT_INDENT_2 if indent else 0)


def request_body(steps: Sequence[Step], template: Template, contacts: Sequence[Mapping[str, str]]) -> bytes:
    """Return the bytes of one POST: ``contacts`` (each a contactInfo), and the template with the rendered ``steps``.

    Exactly these bytes are reviewed and posted. UTF-8 without a line break; half of a surrogate pair becomes U+FFFD.
    """
    return _written(
        {
            "contacts": [{"contactInfo": info if type(info) is dict else dict(info)} for info in contacts],
            "template": template_to_json(replace(template, steps=tuple(steps))),
        }
    )


def json_string(text: str) -> str:
    """Return the text as a JSON string of a request body, with its quotes."""
    return _written(text).decode()


def _written(value: object, option: int = 0) -> bytes:
    try:
        return orjson.dumps(value, option=option)
    except orjson.JSONEncodeError:
        return orjson.dumps(sanitise_json(value, ""), option=option)


def pretty(body: bytes) -> str:
    """Indent a request body for reading; its values and their order stay the same."""
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")


def sanitise_json(value: Any, place: str, depth: int = 0) -> Any:
    """Copy a JSON value so that it can be written as UTF-8 without a changed number.

    ``place`` is the path of ``value`` for errors; list items count from 1. Half of a surrogate pair becomes U+FFFD.
    Raises ``TemplateError`` {place}: ``template.number`` for a number outside 64 bits or infinite,
    ``template.wrong_type`` {expected} for a type that JSON does not have; ``template.too_deep``.
    """
    if isinstance(value, str):
        return value if value.isascii() else _without_lone_surrogates(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if value not in _INTEGERS if isinstance(value, int) else not math.isfinite(value):
            raise TemplateError("template.number", place=place)
        return value
    if depth > _MAX_DEPTH:
        raise TemplateError("template.too_deep")
    if isinstance(value, Mapping):
        return {
            _without_lone_surrogates(str(key)): sanitise_json(inner, f"{place}.{key}" if place else str(key), depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [sanitise_json(inner, f"{place}[{at}]", depth + 1) for at, inner in enumerate(value, start=1)]
    raise TemplateError("template.wrong_type", place=place, expected="string")


def _without_lone_surrogates(text: str) -> str:
    """Join surrogate pairs in ``text``, and replace halves of them by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
