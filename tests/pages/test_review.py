"""Review page: missing parts are named with a way to fix them, and the request shown is the one sent, byte for byte."""

from __future__ import annotations

import json

import pytest

from omni import wiring
from omni.core.steps import MtStep
from omni.ui.review import requests
from omni.ui.review.reach import MOST_MEASURED, Parts, parts_of
from omni.ui.review.requests import steps_of
from tests.builders import TEMPLATE, contact_rows, phone, sms_template
from tests.pages.conftest import components, words
from tests.pages.prepared import prepare, stored

MAIL = {"type": "EMAIL", "destinationField": "email", "subject": "a", "fromEmail": "a@example.com", "emailHtml": "b"}


def plan_of(console, draft):
    preparation = stored(console, draft)
    return console.plan(draft, preparation, console.check(draft, preparation))


def open_tab(app, name):
    app.session_state["review.tab"] = name
    return app.run()


def metrics(app):
    return {metric.label: metric.value for metric in app.metric}


def links(app):
    return [button.label for button in app.button if (button.key or "").startswith("review.fix.")]


@pytest.mark.parametrize(
    ("template", "rows", "said", "link"),
    [
        (sms_template(), None, "Upload a spreadsheet of contacts", "Go to contacts"),
        (None, contact_rows(1), "Add at least one step", "Go to steps"),
        (sms_template(" "), contact_rows(1), "Fill in “Message” in step 1", "Go to step 1"),
        (sms_template("x" * 1281), contact_rows(1), "it has 1,281 characters; the limit is 1,280", "Go to step 1"),
        (sms_template("Hi {{nobody}}"), contact_rows(1), "the spreadsheet has no column “nobody”", "Go to step 1"),
        ({"steps": [{**MAIL, "fromEmail": "me"}]}, contact_rows(1), "“me” is not an e\\-mail address", "Go to step 1"),
        (
            {"steps": [{"type": "MT", "messageText": "x"}]},
            contact_rows(1),
            "Choose where step 1 sends to",
            "Go to step 1",
        ),
        (
            {"steps": [{"type": "MT", "messageText": "x", "destinationField": "email"}, MAIL]},
            contact_rows(1),
            "Choose another field in step 2",
            "Go to step 2",
        ),
        (sms_template(), [["1", "Ana", "", ""]], "Have at least one contact that a step can reach", "Go to contacts"),
        ({**sms_template(), "campaignAlias": "{{a}}"}, contact_rows(1), "Write out the campaign name", "Go to steps"),
    ],
)
def test_what_is_missing_is_said_in_the_imperative_with_the_way_to_mend_it(
    open_page, console, template, rows, said, link
):
    app = open_page("review", draft=prepare(console, template, rows))
    assert "Before this campaign can be sent, you need to:" in words(app)
    assert said in words(app)
    assert link in links(app)
    assert app.button("review.continue").disabled
    assert not app.metric


def test_a_step_sending_to_an_unmatched_field_leads_to_the_contacts_page(open_page, console):
    template = {"steps": [{"type": "MT", "destinationField": "zzz", "messageText": "x"}]}
    draft = prepare(console, template, contact_rows(1), mapping={"zzz": "no such column"})
    app = open_page("review", draft=draft)
    assert "Choose the column of “zzz”, which step 1 sends to" in words(app)
    assert app.button("review.fix.0").click().run().title[0].value == "Contacts"


def test_mending_a_step_opens_that_step(open_page, console):
    draft = prepare(console, {"steps": [*TEMPLATE["steps"][:2], {**MAIL, "subject": ""}]}, contact_rows(1))
    app = open_page("review", draft=draft)
    (button,) = [button for button in app.button if button.label == "Go to step 3"]
    button.click().run()
    assert app.title[0].value == "Steps"
    assert "Step 3 · E-mail" in words(app)


def test_the_totals_say_who_is_sent_to_and_who_is_left_out(open_page, console):
    rows = contact_rows(5)
    rows[1][2:] = ["", ""]
    rows[3] = rows[2]
    app = open_page("review", draft=prepare(console, sms_template(), rows))
    assert metrics(app) == {"Contacts": "3", "Requests": "1", "Left out": "2"}
    (bar,) = components(app, "accounting_bar")
    assert {tile["name"]: tile["count"] for tile in bar["tiles"]} == {
        "all": 5,
        "ready": 3,
        "repaired": 0,
        "rejected": 1,
        "duplicate": 1,
        "suppressed": 0,
        "step:1": 3,
    }
    assert "No step reaches 1 contact, which is left out." in words(app)
    assert not app.button("review.continue").disabled


@pytest.mark.parametrize("way", ["tile", "button"])
def test_a_count_opens_its_rows_on_the_contacts_page(open_page, console, way):
    rows = contact_rows(2)
    rows[1][2:] = ["", ""]
    app = open_page("review", draft=prepare(console, sms_template(), rows))
    if way == "tile":
        app.session_state["review.accounting"] = {"part": "rejected"}
        app.run()
    else:
        app.button("review.unreached").click().run()
    assert app.title[0].value == "Contacts"
    assert components(app, "accounting_bar")[0]["selected"] == "rejected"


def test_each_step_shows_how_many_it_reaches_and_its_text_for_a_contact(open_page, console):
    rows = contact_rows(3)
    rows[0][2] = ""
    app = open_page("review", draft=prepare(console, {"steps": [TEMPLATE["steps"][0], MAIL]}, rows))
    (flow,) = components(app, "flow_editor")
    assert [card["reach"] for card in flow["cards"]] == ["reaches 2 of 3", "reaches 3 of 3"]
    assert flow["readonly"] is True
    assert components(app, "phone_preview")[0]["note"] == "This step does not reach row 2"
    app.session_state["review.editor"] = {
        "gesture": {
            "sequence": 1,
            "revision": flow["revision"],
            "selected": flow["cards"][1]["id"],
            "order": [[card["id"], card["kind"], None] for card in flow["cards"]],
        }
    }
    app.run()
    assert components(app, "email_preview")[0]["html"] == "b"
    assert components(app, "flow_editor")[0]["ack"] == 1


def test_what_is_shown_raw_is_byte_for_byte_what_will_be_sent(open_page, console):
    rows = contact_rows(3)
    rows[1][1] = 'Zoë "Z" `*_ & <b> 😀 {{x}}'
    draft = prepare(console, sms_template("Oi {{Nome}}\n$x$"), rows)
    plan = plan_of(console, draft)
    app = open_tab(open_page("review", draft=draft), ":material/raw_on: Raw")
    for number in range(1, plan.requests + 1):
        app.number_input("review.request").set_value(number).run()
        assert [code.value.encode() for code in app.code] == [plan.body(number)]
    assert plan.requests == 3


def test_the_readable_body_is_the_same_indented(open_page, console):
    draft = prepare(console, TEMPLATE, contact_rows(2), mapping={"phone2": "Celular"})
    app = open_page("review", draft=draft)
    body = plan_of(console, draft).body(1)
    (shown,) = components(app, "json_text")
    assert json.loads(shown["text"]) == json.loads(body)
    assert "\n  " in shown["text"]
    assert f"Request 1 of 1 · 2 contacts · {len(body)} bytes" in words(app)
    assert 'gets "0" there' in words(app)


def test_the_command_masks_the_token(open_page, monkeypatch, environment):
    monkeypatch.setenv("OMNI_USERNAME", "ana")
    monkeypatch.setenv("OMNI_TOKEN", "s3cr3t")
    wiring.console.cache_clear()
    draft = prepare(wiring.console(), sms_template(), contact_rows(1))
    app = open_tab(open_page("review", draft=draft), ":material/terminal: curl")
    (command,) = [code.value for code in app.code]
    assert "UserName: ana" in command
    assert "AuthenticationToken: ********" in command
    assert "s3cr3t" not in command + words(app)


def test_a_large_body_is_cut_on_the_page_and_said_so_and_its_command_is_not(open_page, console):
    draft = prepare(console, sms_template("Hi " + "x" * 1200), contact_rows(1000))
    body = plan_of(console, draft).body(1)
    app = open_tab(open_page("review", draft=draft), ":material/raw_on: Raw")
    assert app.code[0].value.encode() == body[: requests.MOST_SHOWN]
    assert f"Only the first 20,000 of {len(body):,} characters are shown." in words(app)
    open_tab(app, ":material/terminal: curl")
    assert app.code[0].value.endswith("""}}'""")
    assert body.decode() in app.code[0].value


def test_the_command_of_a_very_large_body_reads_the_file_that_is_downloaded(open_page, console):
    rows = [[*row[:1], "x" * 150, *row[2:]] for row in contact_rows(600)]
    template = {"steps": [*sms_template()["steps"], {**MAIL, "recipientName": "recipientName"}]}
    app = open_tab(open_page("review", draft=prepare(console, template, rows)), ":material/terminal: curl")
    assert app.code[0].value.endswith("--data-binary @request-1.json")


def test_the_download_of_all_is_every_body_on_a_line_of_its_own(console):
    draft = prepare(console, sms_template("Oi {{Nome}}"), contact_rows(3))
    plan = plan_of(console, draft)
    with requests.all_bodies(plan) as file:
        assert file.read().splitlines() == [plan.body(number) for number in (1, 2, 3)]


def test_the_request_of_a_spreadsheet_row_is_found(open_page, console):
    rows = contact_rows(4)
    rows[2][2] = rows[2][3] = ""
    app = open_page("review", draft=prepare(console, sms_template("Oi {{Nome}}"), rows))
    app.number_input("review.row").set_value(5).run()
    assert app.number_input("review.request").value == 3
    assert "Pessoa 4" in components(app, "json_text")[0]["text"]
    app.number_input("review.row").set_value(4).run()
    assert "Row 4 is in no request." in words(app)
    assert app.number_input("review.request").value == 3


def test_the_contacts_of_a_request_are_listed_fifty_to_a_page(open_page, console):
    app = open_page("review", draft=prepare(console, sms_template(), contact_rows(60)))
    open_tab(app, ":material/group: Who is in it")
    assert app.dataframe[0].value.shape == (50, 3)
    assert app.dataframe[0].value.iloc[0].tolist() == [2, phone(1), "1"]
    app.get_by_key("review.who_page.1").set_value(2).run()
    assert app.dataframe[0].value["row"].tolist() == list(range(52, 62))


@pytest.mark.parametrize(("plan", "steps"), [(0b0, []), (0b1, [1]), (0b101, [1, 3]), (0b1000000000, [10])])
def test_the_bits_of_a_plan_are_step_numbers(plan, steps):
    assert steps_of(plan) == steps


@pytest.mark.parametrize(
    ("text", "names", "wanted"),
    [
        pytest.param("x" * 161, ["a", "b", "c"], Parts(4, None), id="one text for the two who are reached"),
        pytest.param("{{Nome}}", ["y" * 161, "not reached" * 99, "á" * 71], Parts(4, None), id="each his own"),
        pytest.param(
            "Oi {{Nome}}",
            ["a", "b"] + ["c"] * MOST_MEASURED,
            Parts(MOST_MEASURED + 1, MOST_MEASURED),
            id="judged by the first thousand",
        ),
        pytest.param("{{zzz}}", ["a", "b", "c"], None, id="no such column"),
    ],
)
def test_parts_are_summed_for_few_and_estimated_for_many(console, text, names, wanted):
    rows = [[str(at), name, phone(at), f"p{at}@example.com"] for at, name in enumerate(names, start=1)]
    rows[1][2] = ""
    draft = prepare(console, {"steps": [*sms_template(text)["steps"], MAIL]}, rows)
    preparation = stored(console, draft)
    step = preparation.template.steps[0]
    assert isinstance(step, MtStep)
    assert parts_of(1, step, console.check(draft, preparation)) == wanted


def test_without_a_campaign_the_page_says_how_to_begin(open_page):
    app = open_page("review")
    assert app.button("review.begin").click().run().title[0].value == "Contacts"


def test_a_campaign_that_is_ready_goes_on_to_send(open_page, console):
    app = open_page("review", draft=prepare(console, sms_template(), contact_rows(1)))
    assert app.button("review.continue").click().run().title[0].value == "Send"


def test_texts_with_merge_tags_of_other_programs_are_shown_before_sending(open_page, console):
    rows = [["Ana", phone(1)], ["Bia", phone(2)]]
    app = open_page("review", draft=prepare(console, sms_template("Ola [NOME]"), rows, header=("Nome", "Celular")))
    assert "Look at these texts before you send" in words(app)
    assert "is a mark of another program" in words(app)
    assert not app.button(key="review.continue").disabled
    app.button(key="review.look.0").click().run()
    assert app.title[0].value == "Steps"
