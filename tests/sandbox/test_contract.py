"""Rules of the provider's page for a request, each with a request that breaks it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.running import HEADERS, SEND, Sandbox, a_request, contact, email, encoded, mt, voice

REFUSED_REQUESTS: list[tuple[Any, str]] = [
    ([], "the body must be an object"),
    ("text", "the body must be an object"),
    ({"template": {"steps": [mt()]}}, "contacts must be a list"),
    (a_request({"contactInfo": {"phone1": "5511900000001"}}), "contacts must be a list"),
    (a_request([]), "contacts must hold 1 to 1000 contacts, not 0"),
    (a_request(1001), "contacts must hold 1 to 1000 contacts, not 1001"),
    (a_request([contact(), "5511900000001"]), "contacts[1] must be an object"),
    (a_request([contact(), {}]), "contacts[1].contactInfo must be an object"),
    (a_request([contact(), {"contactInfo": "x"}]), "contacts[1].contactInfo must be an object"),
    (
        a_request([contact()] * 3 + [contact(phone1=5511900000001)]),
        "contacts[3].contactInfo.phone1 must be a string",
    ),
    (a_request([contact(phone1=None)]), "contacts[0].contactInfo.phone1 must be a string"),
    (a_request([contact(vip=True)]), "contacts[0].contactInfo.vip must be a string"),
    (a_request([contact(**{"e-mail": 1})]), 'contacts[0].contactInfo["e-mail"] must be a string'),
    ({"contacts": [contact()]}, "template must be an object"),
    ({"contacts": [contact()], "template": [mt()]}, "template must be an object"),
    (a_request(campaignAlias=7), "template.campaignAlias must be a string"),
    (a_request(campaignAlias=None), "template.campaignAlias must be a string"),
    (a_request(steps={}), "template.steps must be a list of at least one step"),
    (a_request(steps=[]), "template.steps must be a list of at least one step"),
    ({"contacts": [contact()], "template": {}}, "template.steps must be a list of at least one step"),
    (a_request(steps=["MT"]), "template.steps[0] must be an object"),
    (a_request(steps=[mt(), {}]), "template.steps[1].type must be one of MT, VOICE, EMAIL, in capitals"),
    (a_request(steps=[mt(type="mt")]), "template.steps[0].type must be one of MT, VOICE, EMAIL, in capitals"),
    (
        a_request(steps=[mt(type=["MT"])]),
        "template.steps[0].type must be one of MT, VOICE, EMAIL, in capitals",
    ),
    (
        a_request(steps=[mt(destinationField=None)]),
        "template.steps[0].destinationField must be a string that is not empty",
    ),
    (
        a_request(steps=[mt(destinationField="")]),
        "template.steps[0].destinationField must be a string that is not empty",
    ),
    (
        a_request(steps=[mt(), mt(destinationField="phone3")]),
        "contacts[0].contactInfo.phone3 is missing, and template.steps[1].destinationField names it",
    ),
    (
        a_request([contact(), {"contactInfo": {"phone1": "5511900000002"}}], steps=[mt(), email()]),
        "contacts[1].contactInfo.email is missing, and template.steps[1].destinationField names it",
    ),
    (
        a_request(steps=[mt(messageText=None)]),
        "template.steps[0].messageText must be a string that is not empty",
    ),
    (
        a_request(steps=[mt(messageText="")]),
        "template.steps[0].messageText must be a string that is not empty",
    ),
    (a_request(steps=[mt(flashSms="true")]), "template.steps[0].flashSms must be true or false"),
    (a_request(steps=[mt(flashSms=1)]), "template.steps[0].flashSms must be true or false"),
    (a_request(steps=[mt(flashSms=None)]), "template.steps[0].flashSms must be true or false"),
    (
        a_request(steps=[voice(ttsMessage=7)]),
        "template.steps[0].ttsMessage must be a string that is not empty",
    ),
    (a_request(steps=[voice(timeout="3")]), "template.steps[0].timeout must be a number"),
    (a_request(steps=[voice(timeout=True)]), "template.steps[0].timeout must be a number"),
    (a_request(steps=[voice(timeout=None)]), "template.steps[0].timeout must be a number"),
    (a_request(steps=[email(subject="")]), "template.steps[0].subject must be a string that is not empty"),
    (
        a_request(steps=[email(fromEmail=None)]),
        "template.steps[0].fromEmail must be a string that is not empty",
    ),
    (
        a_request(steps=[email(emailHtml="")]),
        "template.steps[0].emailHtml must be a string that is not empty",
    ),
    (a_request(steps=[email(emailText=1)]), "template.steps[0].emailText must be a string"),
    (a_request(steps=[email(fromName=1)]), "template.steps[0].fromName must be a string"),
    (a_request(steps=[email(replyTo=1)]), "template.steps[0].replyTo must be a string"),
    (a_request(steps=[email(recipientName=1)]), "template.steps[0].recipientName must be a string"),
]

REFUSED_BODIES: list[tuple[bytes, str]] = [
    (b"", "the body is not JSON"),
    (b"{", "the body is not JSON"),
    (b'{"contacts": [}', "the body is not JSON: Expecting value (line 1, column 15)"),
    (b"\xef\xbb\xbf{}", "the body is not JSON"),
    ('{"contacts": "não"}'.encode("latin-1"), "the body is not UTF-8 (byte 15)"),
    ("{}".encode("utf-16"), "the body is not UTF-8 (byte 0)"),
    (encoded(a_request(steps=[voice(timeout=float("nan"))])), "the body is not JSON: NaN is no JSON value"),
    (
        encoded(a_request(steps=[voice(timeout=3)])).replace(b" 3}", b" 1e999}"),
        "template.steps[0].timeout must be a number",
    ),
    (b"[" * 200_000, "the body is nested too deep, or a number in it is too long"),
    (b"1" * 5_000, "the body is nested too deep, or a number in it is too long"),
]

ACCEPTED_REQUESTS: list[tuple[str, Any]] = [
    ("one step of each type", a_request()),
    ("the largest number of contacts", a_request(1000)),
    ("no campaignAlias", {"contacts": [contact()], "template": {"steps": [mt()]}}),
    ("an empty campaignAlias", a_request(campaignAlias="")),
    ("a destination that cannot work", a_request([contact(phone1="0")])),
    ("an empty destination", a_request([contact(phone2="", email="")])),
    ("flash on", a_request(steps=[mt(flashSms=True)])),
    ("no timeout", a_request(steps=[{k: v for k, v in voice().items() if k != "timeout"}])),
    ("a timeout with a fraction", a_request(steps=[voice(timeout=2.5)])),
    ("a timeout beyond any float", a_request(steps=[voice(timeout=10**400)])),
    (
        "every optional field",
        a_request(steps=[email(emailText="", fromName="L", replyTo="", recipientName="recipientName")]),
    ),
    ("fields that the page does not name", a_request(steps=[mt(priority=1)], owner="x") | {"more": 1}),
    ("the same step twice", a_request(steps=[mt(), mt()])),
    ("escaped and astral characters", a_request([contact(recipientName="Zoë 🎉 \\u00e7")])),
]


@pytest.mark.parametrize(("request_", "message"), REFUSED_REQUESTS, ids=[line[1] for line in REFUSED_REQUESTS])
def test_a_request_that_breaks_a_rule_is_refused_and_the_place_is_named(sandbox: Sandbox, request_, message):
    answer = sandbox.post(encoded(request_))
    assert (answer.status, answer.json()) == (400, {"errorCode": 400, "errorMessage": message})
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(("body", "message"), REFUSED_BODIES, ids=range(len(REFUSED_BODIES)))
def test_a_body_that_is_no_json_in_utf8_is_refused(sandbox: Sandbox, body, message):
    answer = sandbox.post(body)
    assert (answer.status, answer.json()["errorCode"]) == (400, 400)
    assert answer.json()["errorMessage"].startswith(message)


@pytest.mark.parametrize(
    "request_", [line[1] for line in ACCEPTED_REQUESTS], ids=[line[0] for line in ACCEPTED_REQUESTS]
)
def test_a_request_that_keeps_the_rules_is_accepted(sandbox: Sandbox, request_):
    answer = sandbox.post(encoded(request_))
    assert answer.status == 200, answer.body
    assert len(answer.json()["messages"]) == len(request_["contacts"])


@pytest.mark.parametrize("name", ["UserName", "AuthenticationToken"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_missing_credentials_are_answered_401(sandbox: Sandbox, name, value):
    headers = {key: text for key, text in HEADERS.items() if key != name} | ({} if value is None else {name: value})
    answer = sandbox.ask("POST", SEND, encoded(a_request()), headers)
    message = f"the header {name} is missing or empty"
    assert (answer.status, answer.json()) == (401, {"errorCode": 401, "errorMessage": message})


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_headers_are_known_in_any_letter_case(sandbox: Sandbox, change):
    headers = {change(name): value for name, value in HEADERS.items()}
    assert sandbox.ask("POST", SEND, encoded(a_request()), headers).status == 200


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ('Application/JSON;charset="UTF-8"', 200),
        ("application/json; charset=iso-8859-1", 400),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
        ("", 400),
    ],
)
def test_the_body_must_be_declared_as_json_in_utf8(sandbox: Sandbox, content_type, status):
    answer = sandbox.post(encoded(a_request()), **{"Content-Type": content_type})
    assert answer.status == status
    if status == 400:
        assert "Content-Type" in answer.json()["errorMessage"]


def test_what_is_refused_is_recorded_as_invalid_and_not_accepted(sandbox: Sandbox):
    body = encoded(a_request(campaignAlias=["only here"]))
    before = sandbox.stats()
    sandbox.post(body)
    after = sandbox.stats()
    (entry,) = sandbox.recorded_of(body)
    assert (entry["mode"], entry["accepted"], entry["status"]) == ("invalid", False, 400)
    assert (entry["count"], entry["contacts"], entry["ids"], entry["batch_id"]) == (0, [], [], None)
    assert after["requests"] == before["requests"] + 1
    assert after["accepted_contacts"] == before["accepted_contacts"]


def test_the_body_may_escape_any_character(sandbox: Sandbox):
    body = json.dumps(a_request([contact(recipientName="Conceição \ud83c")])).encode("ascii")
    assert sandbox.post(body).status == 200
    assert sandbox.recorded_of(body)[0]["contacts"][0]["recipientName"] == "Conceição \ud83c"
