"""The plan: contacts grouped into requests, exact bytes of each request, and no contact lost or sent to twice."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omni.provider.payload import request_body, template_from_json
from omni.service import planning
from omni.service.planning import make_plan
from tests.builders import TEMPLATE, contact_rows, phone, render_steps, sms_template
from tests.service.desk import prepare


def bodies(plan):
    return [json.loads(body) for body in plan.bodies_in_order()]


@pytest.mark.parametrize(
    ("rows", "batch", "sizes"),
    [
        (1, 1, [1]),
        (5, 2, [2, 2, 1]),
        (4, 4, [4]),
        (257, 100, [100, 100, 57]),
    ],
)
def test_a_shared_text_fills_requests_to_the_limit_in_the_sheets_order(tmp_path, rows, batch, sizes):
    plan = prepare(tmp_path, contact_rows(rows), sms_template(), batch=batch).plan
    assert [len(body["contacts"]) for body in bodies(plan)] == sizes
    sent = [contact["contactInfo"]["phone1"] for body in bodies(plan) for contact in body["contacts"]]
    assert sent == [phone(at) for at in range(1, rows + 1)]


def test_every_field_of_the_page_comes_out_as_it_went_in(tmp_path):
    plan = prepare(tmp_path, contact_rows(2), TEMPLATE, mapping={"phone2": "Celular"}).plan
    assert bodies(plan)[0]["template"] == TEMPLATE
    assert bodies(plan)[0]["contacts"][0] == {
        "contactInfo": {
            "phone1": phone(1),
            "phone2": phone(1),
            "email": "pessoa1@example.com",
            "recipientName": "Pessoa 1",
        }
    }


def test_a_missing_phone_is_sent_as_zero_as_on_the_providers_page(tmp_path):
    rows = contact_rows(2)
    rows[0][2] = ""
    plan = prepare(tmp_path, rows, TEMPLATE, mapping={"phone2": "Celular"}).plan
    assert [contact["contactInfo"]["phone1"] for contact in bodies(plan)[0]["contacts"]] == ["0", phone(2)]
    assert plan.recipients(1) == [
        {"row": 2, "request": 1, "destination": "pessoa1@example.com", "plan": 0b100},
        {"row": 3, "request": 1, "destination": phone(2), "plan": 0b111},
    ]


def test_the_body_shown_is_the_line_of_the_download(tmp_path):
    plan = prepare(tmp_path, contact_rows(7), sms_template("Oi {{Nome}}"), batch=3).plan
    lines = plan.bodies.read_bytes().split(b"\n")
    assert lines[-1] == b""
    assert [plan.body(number) for number in range(1, plan.requests + 1)] == lines[:-1]
    assert plan.largest == max(map(len, lines))


def test_html_bodies_escape_values_and_other_texts_do_not(tmp_path):
    template = {
        "steps": [
            {
                "type": "EMAIL",
                "destinationField": "email",
                "subject": "Para {{Nome}}",
                "fromEmail": "a@example.com",
                "emailHtml": "<b>{{Nome}}</b>",
                "emailText": "{{Nome}}",
            }
        ]
    }
    plan = prepare(tmp_path, [["1", "Ana & <Bia>", "", "ana@example.com"]], template).plan
    step = bodies(plan)[0]["template"]["steps"][0]
    assert (step["subject"], step["emailHtml"], step["emailText"]) == (
        "Para Ana & <Bia>",
        "<b>Ana &amp; &lt;Bia&gt;</b>",
        "Ana & <Bia>",
    )


def test_a_changed_text_never_meets_the_plan_made_before(tmp_path):
    made = prepare(tmp_path, contact_rows(1), sms_template("one"))
    changed = replace(made.preparation, template=template_from_json(sms_template("two")))
    plan = make_plan(made.workspace, made.checked, changed.template, 1000)
    assert bodies(plan)[0]["template"]["steps"][0]["messageText"] == "two"


@pytest.mark.parametrize(("contacts", "size"), [(1, 10**9), (4, 10**9), (7, 10**9), (10**9, 1), (10**9, 900), (3, 900)])
@pytest.mark.parametrize("text", ["Oi", "Oi {{Nome}}", "Oi {{Time}}"])
def test_a_plan_made_a_little_at_a_time_is_the_same(tmp_path, monkeypatch, contacts, size, text):
    rows = [[*row, "AB"[at % 3 == 0]] for at, row in enumerate(contact_rows(17))]
    header = ("Código", "Nome", "Celular", "E-mail", "Time")
    at_once = prepare(tmp_path / "at once", rows, sms_template(text), header=header, batch=4).plan
    monkeypatch.setattr(planning, "_CHUNK_CONTACTS", contacts)
    monkeypatch.setattr(planning, "_CHUNK_BYTES", size)
    plan = prepare(tmp_path / "in parts", rows, sms_template(text), header=header, batch=4).plan
    assert plan.bodies.read_bytes() == at_once.bodies.read_bytes()
    assert list(plan.bodies_in_order()) == plan.bodies.read_bytes().splitlines()
    assert list(plan.recipients_by_request()) == list(at_once.recipients_by_request())


def test_a_sheet_without_ready_contacts_has_no_requests(tmp_path):
    plan = prepare(tmp_path, [["1", "Ana", "não tem", ""]], sms_template("Oi {{Nome}}")).plan
    assert (plan.requests, plan.contacts, plan.largest, list(plan.bodies_in_order())) == (0, 0, 0, [])


def test_the_request_of_a_row_can_be_found(tmp_path):
    plan = prepare(tmp_path, contact_rows(5), sms_template(), batch=2).plan
    assert [plan.request_of_row(row) for row in (2, 4, 6, 99)] == [1, 2, 3, None]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    values=st.lists(
        st.tuples(st.sampled_from(["", "a", "b", "a b", "{{Nome}}"]), st.sampled_from(["", "b", "a"])),
        min_size=1,
        max_size=30,
    ),
    batch=st.integers(1, 5),
)
def test_contacts_share_a_request_exactly_when_their_texts_are_equal(tmp_path_factory, values, batch):
    rows = [[name, other, phone(at), ""] for at, (name, other) in enumerate(values)]
    text = "{{Nome}}{{Outro}}"
    made = prepare(
        tmp_path_factory.mktemp("plan"),
        rows,
        sms_template(text),
        header=("Nome", "Outro", "Celular", "E-mail"),
        batch=batch,
        gaps="send",
    )

    template = template_from_json(sms_template(text))
    seen = []
    for number, body in enumerate(made.plan.bodies_in_order(), start=1):
        contacts = [one["contactInfo"] for one in json.loads(body)["contacts"]]
        at = [int(info["phone1"]) - int(phone(0)) for info in contacts]
        rendered = {render_steps(template.steps, {"Nome": values[i][0], "Outro": values[i][1]}) for i in at}
        assert len(rendered) == 1
        assert len(contacts) <= batch
        assert body == request_body(rendered.pop(), template, contacts)
        assert [one["row"] for one in made.plan.recipients(number)] == [i + 2 for i in at]
        seen += at
    assert sorted(seen) == list(range(len(values)))
    texts = {name + other for name, other in values}
    full = sum(-(-sum(1 for n, o in values if n + o == text) // batch) for text in texts)
    assert made.plan.requests == full
