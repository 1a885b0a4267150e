"""The provider's JSON, written and read."""

import json
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni.core.steps import EmailStep, MtStep, VoiceStep
from omni.core.template import Template
from omni.errors import TemplateError
from omni.provider.curl import curl_command
from omni.provider.payload import (
    pretty,
    read_template,
    request_body,
    template_from_json,
    template_json_bytes,
    template_to_json,
)
from tests.builders import render_steps

SAMPLE = json.loads((Path(__file__).parent / "sample_request.json").read_text("utf-8"))
"""Shaped like the sample of the provider's page, with invented people."""


def errors_of(value):
    with pytest.raises(TemplateError) as caught:
        template_from_json(value)
    return caught.value.code, caught.value.params


def steps(*values):
    return {"steps": list(values)}


# --- written and read back ----------------------------------------------------------------------------------


def test_the_sample_template_round_trips_with_the_order_of_its_keys():
    written = json.dumps(template_to_json(template_from_json(SAMPLE["template"])))
    assert written == json.dumps(SAMPLE["template"])


def test_the_sample_template_is_read_into_steps():
    template = template_from_json(SAMPLE["template"])
    assert template.campaign_alias == "Campaign Alias"
    assert [step.type for step in template.steps] == ["MT", "VOICE", "MT", "EMAIL"]
    assert template.steps[0] == MtStep(destination_field="phone1", message_text="First message.", flash_sms=False)
    assert template.steps[1] == VoiceStep(
        destination_field="phone2", tts_message="This is the third message", timeout=3
    )
    assert template.steps[3].recipient_name == "recipientName"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KNOWN = {
    "type", "destinationField", "messageText", "flashSms", "ttsMessage", "timeout", "recipientName",
    "subject", "replyTo", "fromEmail", "fromName", "emailText", "emailHtml", "emailHTML", "campaignAlias",
    "steps",
}  # fmt: skip
extras = st.dictionaries(st.text().filter(lambda key: key not in KNOWN), json_values, max_size=3)


def step_values(kind, **fields):
    known = st.fixed_dictionaries({"type": st.just(kind)}, optional={"destinationField": st.text(min_size=1), **fields})
    return st.builds(lambda step, extra: {**step, **extra}, known, extras)


text = st.text()
step_objects = st.one_of(
    step_values("MT", messageText=text, flashSms=st.booleans()),
    step_values(
        "VOICE",
        ttsMessage=text,
        timeout=st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False),
    ),
    step_values(
        "EMAIL",
        recipientName=text,
        subject=text,
        replyTo=text,
        fromEmail=text,
        fromName=text,
        emailText=text,
        emailHtml=text,
    ),
)
templates = st.builds(
    lambda alias, steps, extra: {**alias, "steps": steps, **extra},
    st.fixed_dictionaries({}, optional={"campaignAlias": text}),
    st.lists(step_objects, max_size=4),
    extras,
)


@given(templates)
def test_any_template_comes_out_as_it_came_in(value):
    template = template_from_json(value)
    assert template_to_json(template) == value
    assert template_from_json(template_to_json(template)) == template


@given(templates)
def test_an_exported_template_is_read_back_equal(value):
    template = template_from_json(value)
    for indent in (True, False):
        assert read_template(template_json_bytes(template, indent).decode()).template == template


def test_an_exported_template_is_a_readable_utf8_file():
    template = Template("Promoção", (MtStep(destination_field="phone1", message_text="Olá"),))
    assert template_json_bytes(template).decode("utf-8") == (
        '{\n  "campaignAlias": "Promoção",\n  "steps": [\n    {\n      "type": "MT",\n'
        '      "destinationField": "phone1",\n      "messageText": "Olá"\n    }\n  ]\n}'
    )


def test_absent_fields_stay_absent_and_empty_ones_stay_empty():
    value = steps({"type": "EMAIL", "destinationField": "email", "subject": ""})
    step = template_from_json(value).steps[0]
    assert (step.subject, step.email_text) == ("", None)
    assert template_to_json(Template(steps=(step,))) == value


def test_null_counts_as_absent():
    value = {"campaignAlias": None, **steps({"type": "MT", "destinationField": "phone1", "flashSms": None})}
    assert template_to_json(template_from_json(value)) == steps({"type": "MT", "destinationField": "phone1"})


@pytest.mark.parametrize(
    ("given_type", "read"),
    [("MT", "MT"), ("Mt", "MT"), ("mt", "MT"), ("Voice", "VOICE"), ("Email", "EMAIL"), (" EMAIL ", "EMAIL")],
)
def test_step_types_are_read_in_any_letter_case(given_type, read):
    assert template_from_json(steps({"type": given_type})).steps[0].type == read


def test_the_field_tables_emailHTML_is_read_as_the_samples_emailHtml():  # noqa: N802 - the provider's word
    step = template_from_json(steps({"type": "EMAIL", "emailHTML": "<p>Hi</p>"})).steps[0]
    assert step == EmailStep(email_html="<p>Hi</p>")


def test_both_spellings_of_emailHtml_are_kept():  # noqa: N802 - the provider's word
    value = steps({"type": "EMAIL", "emailHtml": "one", "emailHTML": "two"})
    assert template_to_json(template_from_json(value)) == value


def test_unknown_fields_are_kept_in_their_order():
    value = {
        "campaignAlias": "a",
        **steps({"type": "MT", "zeta": 1, "alpha": {"deep": [True, None, 1.5]}}),
        "z": 0,
    }
    template = template_from_json(value)
    assert template.extra == {"z": 0}
    assert list(template.steps[0].extra) == ["zeta", "alpha"]
    assert template_to_json(template) == value


@pytest.mark.parametrize(
    ("value", "code", "params"),
    [
        (None, "template.no_template", {}),
        ([], "template.no_template", {}),
        ("text", "template.no_template", {}),
        ({}, "template.no_template", {}),
        ({"campaignAlias": "no steps"}, "template.no_template", {}),
        ({"steps": {}}, "template.wrong_type", {"place": "steps", "expected": "list"}),
        ({"steps": [], "campaignAlias": 7}, "template.wrong_type", {"place": "campaignAlias", "expected": "string"}),
        (steps("MT"), "template.wrong_type", {"place": "steps[1]", "expected": "object"}),
        (steps({}), "template.step_type", {"step": 1, "type": ""}),
        (steps({"type": "MT"}, {"type": "FAX"}), "template.step_type", {"step": 2, "type": "FAX"}),
        (steps({"type": 3}), "template.step_type", {"step": 1, "type": "3"}),
        (
            steps({"type": "MT", "messageText": 1}),
            "template.wrong_type",
            {"place": "steps[1].messageText", "expected": "string"},
        ),
        (
            steps({"type": "MT", "flashSms": "false"}),
            "template.wrong_type",
            {"place": "steps[1].flashSms", "expected": "boolean"},
        ),
        (
            steps({"type": "MT", "destinationField": ["phone1"]}),
            "template.wrong_type",
            {"place": "steps[1].destinationField", "expected": "string"},
        ),
        (
            steps({"type": "MT"}, {"type": "VOICE", "timeout": "3"}),
            "template.wrong_type",
            {"place": "steps[2].timeout", "expected": "number"},
        ),
        (
            steps({"type": "VOICE", "timeout": True}),
            "template.wrong_type",
            {"place": "steps[1].timeout", "expected": "number"},
        ),
        (steps({"type": "VOICE", "timeout": 2**64}), "template.number", {"place": "steps[1].timeout"}),
        (steps({"type": "VOICE", "timeout": float("nan")}), "template.number", {"place": "steps[1].timeout"}),
        (steps({"type": "MT", "own": [{"deep": float("inf")}]}), "template.number", {"place": "steps[1].own[1].deep"}),
    ],
)
def test_what_cannot_be_a_template_is_refused_with_its_place(value, code, params):
    assert errors_of(value) == (code, params)


def test_nesting_without_end_is_refused():
    deep = []
    for _ in range(500):
        deep = [deep]
    assert errors_of({"steps": [], "own": deep})[0] == "template.too_deep"


@given(st.text(st.characters(codec=None, categories=None), max_size=20))
def test_no_text_at_all_keeps_a_template_from_being_written(anything):
    value = steps({"type": "MT", "messageText": anything, "own": {anything: anything}})
    template = template_from_json(value)
    assert read_template(template_json_bytes(template).decode()).template == template


def test_half_a_surrogate_pair_becomes_the_replacement_character():
    step = template_from_json(steps({"type": "MT", "messageText": "a\ud800b \ud83d\ude00 \udc00"})).steps[0]
    assert step.message_text == "a\ufffdb 😀 \ufffd"


# --- pasted JSON --------------------------------------------------------------------------------------------

TEMPLATE = template_from_json(SAMPLE["template"])
COMMAND = f"""curl --request POST \\
 --url 'https://api.example.com/v1/omni/send' \\
 --header 'authenticationtoken: a-token-of-nobody' \\
 --header 'content-type: application/json' \\
 --header 'username: ana@example.com' \\
 --data '{json.dumps(SAMPLE, indent=1)}'"""


@pytest.mark.parametrize(
    ("pasted", "contacts", "notes"),
    [
        (json.dumps(SAMPLE["template"]), 0, []),
        (json.dumps(SAMPLE), 2, []),
        (json.dumps(SAMPLE, indent=2, ensure_ascii=False), 2, []),
        ("\ufeff" + json.dumps(SAMPLE), 2, []),
        ("\n\t " + json.dumps(SAMPLE) + "\n\n", 2, []),
        (json.dumps(SAMPLE) + "'\n", 2, []),
        (json.dumps({"contacts": {}, "template": SAMPLE["template"]}), 0, []),
        (COMMAND, 2, ["template.credentials_left_out"]),
        ("$ " + COMMAND + "\n", 2, ["template.credentials_left_out"]),
        ("Messaging via POST Method\n\n" + COMMAND + "\n\nPOST it's that simple", 2, ["template.credentials_left_out"]),
        ("The body {see below}:\n" + json.dumps(SAMPLE) + "\nThat is all.", 2, []),
    ],
)
def test_the_template_is_found_in_any_pasted_text(pasted, contacts, notes):
    found = read_template(pasted)
    assert found.template == TEMPLATE
    assert found.contacts_left_out == contacts
    assert [note.code for note in found.notes] == notes


@pytest.mark.parametrize(
    "command",
    [
        """curl -X POST example.com -d '{"steps": [{"type": "MT", "messageText": "it'\\''s"}]}'""",
        """curl -X POST example.com -d'{"steps": [{"type": "MT", "messageText": "it'\\''s"}]}'""",
        """curl example.com --data-raw $'{"steps": [{"type": "MT", "messageText": "it\\'s"}]}'""",
        """curl example.com --data-raw $'{"steps": [{"type": "MT", "messageText": "it\\u0027\\x73"}]}'""",
        """curl --data-binary "{\\"steps\\": [{\\"type\\": \\"MT\\", \\"messageText\\": \\"it's\\"}]}" """,
        """curl.exe --json {\\"steps\\":[{\\"type\\":\\"MT\\",\\"messageText\\":\\"it\\'s\\"}]} -v""",
        """curl -d a=b --data='{"steps": [{"type": "MT", "messageText": "it'"'"'s"}]}' example.com""",
        """curl example.com \\\r\n  -d '{"steps": [{"type": "MT", "messageText": "it\\u0027s"}]}""",
    ],
)
def test_every_way_of_quoting_a_body_is_read(command):
    assert read_template(command).template == Template(steps=(MtStep(message_text="it's"),))


@pytest.mark.parametrize(
    ("pasted", "line", "column"),
    [
        ("", 1, 1),
        ("   \n  hello", 2, 3),
        ("curl https://api.example.com", 1, 1),
        ('{"steps": [}', 1, 12),
        ('{\n  "steps": [],\n  "own": tru\n}', 3, 10),
        ('{"steps": []} {"steps": []}', 1, 15),
        ('{"steps": [{"messageText": "two\nlines"}]}', 1, 32),
        ("curl https://api.example.com \\\n  -d '{\"steps\": [}'", 2, 18),
        ('curl https://api.example.com \\\n  -d "{\\"steps\\": [}"', 2, 20),
        ("curl https://api.example.com \\\n  -d $'{\"a\\'\\'\": 1,\n \"steps\": [}'", 3, 12),
        ("curl https://api.example.com -d '{\"steps\": []} more'", 1, 48),
    ],
)
def test_what_is_not_json_is_refused_with_its_line_and_column(pasted, line, column):
    with pytest.raises(TemplateError) as caught:
        read_template(pasted)
    assert caught.value.code == "template.not_json"
    assert (caught.value.params["line"], caught.value.params["column_number"]) == (line, column)
    assert caught.value.params["detail"]


def test_a_command_that_reads_its_body_from_a_file_names_the_file():
    with pytest.raises(TemplateError) as caught:
        read_template("curl https://api.example.com --data @body.json")
    assert (caught.value.code, caught.value.params) == ("template.curl_file", {"file": "body.json"})


def test_a_duplicate_key_is_named():
    found = read_template('{"steps": [{"type": "MT", "messageText": "one", "messageText": "two"}]}')
    assert found.template.steps[0].message_text == "two"
    assert [(note.code, note.value) for note in found.notes] == [("template.repeated_key", "messageText")]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "9" * 21, "9" * 10_000])
def test_a_number_that_would_change_on_the_way_is_refused(number):
    with pytest.raises(TemplateError) as caught:
        read_template(f'{{"steps": [{{"type": "VOICE", "timeout": {number}}}]}}')
    assert (caught.value.code, caught.value.params) == ("template.number", {"place": "steps[1].timeout"})


def test_brackets_without_end_are_refused():
    with pytest.raises(TemplateError) as caught:
        read_template('{"steps": ' + "[" * 200_000)
    assert caught.value.code == "template.too_deep"


def test_json_without_a_template_is_refused():
    with pytest.raises(TemplateError) as caught:
        read_template('{"contacts": []}')
    assert caught.value.code == "template.no_template"


def test_a_bare_template_may_have_a_field_called_template():
    assert read_template('{"steps": [], "template": 1}').template == Template(extra={"template": 1})


def test_nothing_of_the_credentials_or_contacts_is_kept():
    assert "a-token-of-nobody" in COMMAND
    kept = repr(read_template(COMMAND))
    for secret in ("a-token-of-nobody", "ana@example.com", "5511900000001", "Ana Exemplo"):
        assert secret not in kept


@given(st.text())
def test_pasted_text_is_read_or_refused_but_never_a_crash(pasted):
    for wrapped in (
        pasted,
        "{" + pasted,
        "curl -d '" + pasted,
        'curl -d "{' + pasted,
        "curl -d $'{" + pasted,
    ):
        try:
            read_template(wrapped)
        except TemplateError as refused:
            assert refused.code.startswith("template.")


# --- the request --------------------------------------------------------------------------------------------

CONTACTS = [
    {"phone1": "5511900000001", "recipientName": "Ana Exemplo"},
    {"phone1": "0", "recipientName": "Bia Exemplo"},
]


def test_a_request_is_shaped_as_the_sample():
    contacts = [each["contactInfo"] for each in SAMPLE["contacts"]]
    assert request_body(TEMPLATE.steps, TEMPLATE, contacts) == orjson.dumps(SAMPLE)


def test_a_request_carries_the_rendered_steps_and_not_the_templates():
    template = Template("Alias", (MtStep(destination_field="phone1", message_text="Olá {{nome}}"),), {"own": 1})
    body = request_body(render_steps(template.steps, {"nome": "Ana"}), template, CONTACTS[:1])
    assert body.decode("utf-8") == (
        '{"contacts":[{"contactInfo":{"phone1":"5511900000001","recipientName":"Ana Exemplo"}}],'
        '"template":{"campaignAlias":"Alias","steps":[{"type":"MT","destinationField":"phone1",'
        '"messageText":"Olá Ana"}],"own":1}}'
    )


def test_a_request_takes_any_mapping_as_a_contact():
    from types import MappingProxyType

    body = request_body((), Template(), [MappingProxyType({"phone1": "0"})])
    assert json.loads(body)["contacts"] == [{"contactInfo": {"phone1": "0"}}]


@given(st.lists(st.dictionaries(st.text(), st.text(), max_size=3), max_size=4), templates)
def test_a_request_holds_what_it_was_given_on_one_line(contacts, value):
    body = request_body((), template_from_json({**value, "steps": []}), contacts)
    assert json.loads(body)["contacts"] == [{"contactInfo": contact} for contact in contacts]
    assert b"\n" not in body
    assert json.loads(pretty(body)) == json.loads(body)


def test_no_text_of_a_contact_keeps_a_request_from_being_written():
    contacts = [{"phone1": "5511900000001", "nome": "a\ud800\x00\u2028"}]
    body = request_body(TEMPLATE.steps, TEMPLATE, contacts)
    assert json.loads(body)["contacts"][0]["contactInfo"]["nome"] == "a\ufffd\x00\u2028"
    assert json.loads(body)["template"] == SAMPLE["template"]


def test_a_request_for_reading_has_the_same_values_in_the_same_order():
    body = request_body(TEMPLATE.steps, TEMPLATE, CONTACTS)
    assert json.dumps(json.loads(pretty(body))) == json.dumps(json.loads(body))
    assert pretty(body).startswith('{\n  "contacts": [\n    {\n      "contactInfo": {')


def test_what_is_no_json_is_shown_as_it_is():
    assert pretty(b"<html>\xff") == "<html>\ufffd"


@given(templates, st.text())
def test_our_own_command_is_read_back(value, word):
    template = template_from_json({**value, "campaignAlias": f"it's {word}"})
    body = request_body(template.steps, template, CONTACTS)
    command = curl_command("https://api.example.com/v1/omni/send", body, username="o'brien@example.com")
    found = read_template(command)
    assert found.template == template
    assert found.contacts_left_out == 2


def test_steps_given_to_a_request_replace_those_of_the_template():
    rendered = [replace(TEMPLATE.steps[0], message_text="only this")]
    assert len(json.loads(request_body(rendered, TEMPLATE, []))["template"]["steps"]) == 1
