"""The provider's page as checks of a request to ``/v1/omni/send``; an error names the place that breaks a rule.

Source: provider's page "Fallback API", Authentication, Encoding, "Messaging via POST Method". Where its field
table and its sample disagree, the sample counts. 1,000 contacts is the limit of the sibling bulk SMS API.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import NoReturn

MAX_CONTACTS = 1000

_REQUIRED_TEXTS: Mapping[str, tuple[str, ...]] = {
    "MT": ("messageText",),
    "VOICE": ("ttsMessage",),
    "EMAIL": ("subject", "fromEmail", "emailHtml"),
}
_OPTIONAL_TEXTS: Mapping[str, tuple[str, ...]] = {
    "MT": (),
    "VOICE": (),
    "EMAIL": ("emailText", "fromName", "replyTo", "recipientName"),
}

ContactInfo = Mapping[str, str]


class ContractError(Exception):
    """The request breaks a rule of the page; ``message`` names the place."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def check_headers(headers: Mapping[str, str]) -> None:
    """Check that there are credentials, of any value, and that the body is declared as JSON in UTF-8.

    ``headers`` has its names in lower case. Raises ``ContractError``, 401 for the credentials.
    """
    for name, shown in (("username", "UserName"), ("authenticationtoken", "AuthenticationToken")):
        if not headers.get(name):
            raise ContractError(401, f"the header {shown} is missing or empty")
    media_type, *parameters = (part.strip().lower() for part in headers.get("content-type", "").split(";"))
    if media_type != "application/json":
        raise ContractError(400, "the header Content-Type must be application/json")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            raise ContractError(400, "the charset of Content-Type must be UTF-8")


def read_contacts(body: bytes) -> list[ContactInfo]:
    """Return the contactInfo of every contact; raises ``ContractError`` for a body that breaks any rule."""
    request = _read_json(body)
    if not isinstance(request, dict):
        _refuse("the body", "must be an object")
    contacts = _checked_contacts(request)
    for at, field in enumerate(_checked_destinations(request)):
        for index, info in enumerate(contacts):
            if field not in info:
                place = _place(f"contacts[{index}].contactInfo", field)
                _refuse(place, f"is missing, and template.steps[{at}].destinationField names it")
    return contacts


def count_steps(body: bytes) -> int:
    """Return the number of steps in a body that ``read_contacts`` has accepted."""
    return len(json.loads(body)["template"]["steps"])


def _read_json(body: bytes) -> object:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as err:
        raise ContractError(400, f"the body is not UTF-8 (byte {err.start})") from err
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as err:
        place = f"line {err.lineno}, column {err.colno}"
        raise ContractError(400, f"the body is not JSON: {err.msg} ({place})") from err
    except (RecursionError, ValueError) as err:
        raise ContractError(400, "the body is nested too deep, or a number in it is too long") from err
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ContractError(400, f"the body is not JSON: {name} is no JSON value")


def _checked_contacts(request: Mapping[str, object]) -> list[ContactInfo]:
    contacts = request.get("contacts")
    if not isinstance(contacts, list):
        _refuse("contacts", "must be a list")
    if not 1 <= len(contacts) <= MAX_CONTACTS:
        _refuse("contacts", f"must hold 1 to {MAX_CONTACTS} contacts, not {len(contacts)}")
    infos: list[ContactInfo] = []
    for index, contact in enumerate(contacts):
        if not isinstance(contact, dict):
            _refuse(f"contacts[{index}]", "must be an object")
        info = contact.get("contactInfo")
        if not isinstance(info, dict):
            _refuse(f"contacts[{index}].contactInfo", "must be an object")
        for key, value in info.items():
            if type(value) is not str:
                _refuse(_place(f"contacts[{index}].contactInfo", key), "must be a string")
        infos.append(info)
    return infos


def _checked_destinations(request: Mapping[str, object]) -> list[str]:
    template = request.get("template")
    if not isinstance(template, dict):
        _refuse("template", "must be an object")
    if not isinstance(template.get("campaignAlias", ""), str):
        _refuse("template.campaignAlias", "must be a string")
    steps = template.get("steps")
    if not isinstance(steps, list) or not steps:
        _refuse("template.steps", "must be a list of at least one step")
    return [_checked_step(f"template.steps[{index}]", step) for index, step in enumerate(steps)]


def _checked_step(place: str, step: object) -> str:
    if not isinstance(step, dict):
        _refuse(place, "must be an object")
    kind = step.get("type")
    if not isinstance(kind, str) or kind not in _REQUIRED_TEXTS:
        _refuse(f"{place}.type", f"must be one of {', '.join(_REQUIRED_TEXTS)}, in capitals")
    for name in ("destinationField", *_REQUIRED_TEXTS[kind]):
        if not isinstance(step.get(name), str) or not step[name]:
            _refuse(f"{place}.{name}", "must be a string that is not empty")
    for name in _OPTIONAL_TEXTS[kind]:
        if not isinstance(step.get(name, ""), str):
            _refuse(f"{place}.{name}", "must be a string")
    if kind == "MT" and not isinstance(step.get("flashSms", False), bool):
        _refuse(f"{place}.flashSms", "must be true or false")
    if kind == "VOICE" and not _is_number(step.get("timeout", 0)):
        _refuse(f"{place}.timeout", "must be a number")
    return str(step["destinationField"])


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _place(parent: str, key: str) -> str:
    return f"{parent}.{key}" if key.isidentifier() else f"{parent}[{json.dumps(key)}]"


def _refuse(place: str, complaint: str) -> NoReturn:
    raise ContractError(400, f"{place} {complaint}")
