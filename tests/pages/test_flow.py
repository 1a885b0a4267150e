"""Steps page: every edit in the editor or the form is saved in the draft, once and completely."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from streamlit.runtime.scriptrunner import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest

from omni.provider.payload import read_template, template_from_json, template_json_bytes, template_to_json
from omni.service.fixes import with_fix
from omni.service.launching import Launch
from omni.service.preparation import to_json
from omni.ui import session
from omni.ui.flow import step_edits
from tests.builders import TEMPLATE, contact_rows, phone, sms_template
from tests.pages.conftest import components, go_to, words
from tests.pages.prepared import prepare, steps_of, stored
from tests.waiting import PATIENCE

MARKUP = "a*b_c [x](y)"


def editor(app):
    return components(app, "flow_editor")[-1]


def gesture(app, order, selected=None):
    """Send the gesture that leaves ``order``: each place is a step's id or (new id, kind, id copied or None)."""
    places = [[place, "MT", None] if isinstance(place, str) else list(place) for place in order]
    shown = editor(app)
    app.session_state["flow.editor"] = {
        "gesture": {
            "sequence": shown["ack"] + 1,
            "revision": shown["revision"],
            "selected": selected,
            "order": places,
        }
    }
    return app


def select(app, step):
    return gesture(app, [card["id"] for card in editor(app)["cards"]], step).run()


def test_without_steps_three_examples_are_offered_and_nothing_is_stored_yet(open_page, console):
    app = open_page("flow")
    assert [button.label for button in app.button].count("Use") == 3
    assert editor(app)["cards"] == []
    assert app.button("flow.continue").disabled
    assert console.drafts.list() == ()


@pytest.mark.parametrize(("language", "greeting"), [("en", "Hi,"), ("pt_BR", "Oi,"), ("es", "Hola,")])
def test_an_example_is_worded_in_the_tabs_language(open_page, console, language, greeting):
    app = open_page("flow", language=language)
    app.button("flow.example.all").click().run()
    steps = steps_of(console, console.drafts.list()[0].id)
    assert [step["type"] for step in steps] == ["MT", "VOICE", "EMAIL"]
    assert steps[0]["messageText"].startswith(greeting)
    assert "{{" not in json.dumps(steps)
    assert steps[2]["fromEmail"] == ""


def test_an_example_greets_by_name_when_the_spreadsheet_has_names(open_page, console):
    draft = prepare(console, rows=contact_rows(1))
    open_page("flow", draft=draft).button("flow.example.mail").click().run()
    mail, sms = steps_of(console, draft)
    assert sms["messageText"].startswith("Hi {{Nome}},")
    assert mail["recipientName"] == "recipientName"


@pytest.mark.parametrize("name", ["all", "sms", "mail"])
def test_an_example_needs_nothing_but_a_sender(open_page, console, name):
    draft = prepare(console, rows=contact_rows(1), mapping={"phone1": "Celular"})
    app = open_page("flow", draft=draft).button(f"flow.example.{name}").click().run()
    errors = {card["error"] for card in editor(app)["cards"]} - {None}
    assert errors == ({"Sender's address: Fill this in."} if name != "sms" else set())


def test_the_first_step_added_in_the_editor_begins_a_draft(open_page, console):
    app = open_page("flow")
    gesture(app, [("n1", "VOICE", None)], "n1").run()
    (draft,) = console.drafts.list()
    assert steps_of(console, draft.id) == [{"type": "VOICE", "destinationField": "phone1", "ttsMessage": ""}]
    assert app.query_params["draft"] in (draft.id, [draft.id])
    assert [card["id"] for card in editor(app)["cards"]] == ["n1"]
    assert "Step 1 · Call" in words(app)


def test_a_gesture_is_carried_out_once_and_answered(open_page, console):
    draft = prepare(console, TEMPLATE)
    one, two, three = stored(console, draft).step_ids
    app = open_page("flow", draft=draft)
    gesture(app, [three, one, ("copy", "MT", one), two], "copy").run().run()
    assert [step["type"] for step in steps_of(console, draft)] == ["EMAIL", "MT", "MT", "VOICE"]
    assert editor(app)["ack"] == 1
    assert editor(app)["selected"] == "copy"
    gesture(app, [three, one], one).run()
    assert set(stored(console, draft).bin) == {two, "copy"}
    gesture(app, [three, one, (two, "VOICE", two)], two).run()
    assert steps_of(console, draft)[2] == TEMPLATE["steps"][1]


def test_a_gesture_on_steps_changed_in_another_tab_is_ignored(open_page, console):
    draft = prepare(console, TEMPLATE)
    ids = stored(console, draft).step_ids
    here, there = open_page("flow", draft=draft), open_page("flow", draft=draft)
    gesture(there, [*ids, ("n1", "MT", None)], "n1").run()
    before = editor(here)["revision"]
    gesture(here, list(reversed(ids)), ids[0]).run()
    assert list(stored(console, draft).step_ids) == [*ids, "n1"]
    assert [card["id"] for card in editor(here)["cards"]] == [*ids, "n1"]
    assert editor(here)["revision"] != before


def test_more_than_ten_steps_are_not_taken(open_page, console):
    draft = prepare(console, sms_template())
    (one,) = stored(console, draft).step_ids
    app = open_page("flow", draft=draft)
    assert editor(app)["limit"] == 10
    gesture(app, [one, *((f"n{n}", "MT", None) for n in range(10))], one).run()
    assert stored(console, draft).step_ids == (one,)


EDITS = [
    [
        ("text_area", "message_text", "Olá", "messageText", "Olá"),
        ("text_area", "message_text", "", "messageText", ""),
        ("toggle", "flash_sms", True, "flashSms", True),
        ("toggle", "flash_sms", False, "flashSms", False),
        ("selectbox", "destination_field", "phone2", "destinationField", "phone2"),
        ("selectbox", "destination_field", None, "destinationField", None),
    ],
    [
        ("text_area", "tts_message", "Olá", "ttsMessage", "Olá"),
        ("number_input", "timeout", 7, "timeout", 7),
        ("number_input", "timeout", None, "timeout", None),
    ],
    [
        ("selectbox", "recipient_name", None, "recipientName", None),
        ("text_input", "subject", "Oi", "subject", "Oi"),
        ("text_input", "from_email", " a@example.org ", "fromEmail", "a@example.org"),
        ("text_input", "from_email", "", "fromEmail", ""),
        ("text_input", "from_name", "", "fromName", None),
        ("text_input", "reply_to", "", "replyTo", None),
        ("text_area", "email_html", "<p>{{Nome}}</p>", "emailHtml", "<p>{{Nome}}</p>"),
        ("text_area", "email_text", "", "emailText", None),
    ],
]


@pytest.mark.parametrize("step", range(3))
def test_each_field_is_saved_on_leaving_it_and_cleared_ones_are_absent(open_page, console, step):
    draft = prepare(console, TEMPLATE)
    ids = stored(console, draft).step_ids
    app = select(open_page("flow", draft=draft), ids[step])
    expected = dict(TEMPLATE["steps"][step])
    for kind, name, typed, key, wanted in EDITS[step]:
        getattr(app, kind)(f"flow.{name}.{ids[step]}").set_value(typed).run()
        expected = {name: value for name, value in {**expected, key: wanted}.items() if value is not None}
        assert steps_of(console, draft)[step] == expected
    assert [at for at in range(3) if steps_of(console, draft)[at] != TEMPLATE["steps"][at]] == [step]


AS_IMPORTED = [
    {"type": "MT", "destinationField": "phone1", "messageText": "Hi"},
    {"type": "MT", "destinationField": "phone1", "messageText": "Hi", "flashSms": False, "extraInfo": {"a": [1]}},
    {"type": "VOICE", "destinationField": "phone1", "ttsMessage": "Hi", "timeout": 2.5},
    {"type": "VOICE", "ttsMessage": "Hi"},
    {"type": "EMAIL", "destinationField": "email", "subject": "a", "fromEmail": "a@example.com", "emailHtml": "b",
     "replyTo": "", "fromName": "", "emailText": "", "recipientName": ""},
    {"type": "EMAIL", "destinationField": "work", "subject": " a ", "fromEmail": " a@example.com", "emailHtml": ""},
]  # fmt: skip


def test_what_was_imported_and_not_touched_stays_as_it_came(open_page, console):
    draft = prepare(console, {"steps": AS_IMPORTED, "more": 1}, contact_rows(1))
    ids = stored(console, draft).step_ids
    app = open_page("flow", draft=draft)
    for name in (*ids, ids[0]):
        select(app, name)
    gesture(app, [*ids[1:], ids[0]], ids[0]).run()
    app.text_input(f"flow.campaign_alias.{draft}").set_value("Named").run()
    template = template_to_json(stored(console, draft).template)
    assert template == {"campaignAlias": "Named", "steps": [*AS_IMPORTED[1:], AS_IMPORTED[0]], "more": 1}
    assert not app.exception


def test_an_alias_that_was_cleared_is_absent(open_page, console):
    draft = prepare(console, TEMPLATE)
    app = open_page("flow", draft=draft)
    app.text_input(f"flow.campaign_alias.{draft}").set_value("").run()
    assert "campaignAlias" not in template_to_json(stored(console, draft).template)


def test_a_text_is_not_lost_when_the_same_click_selects_moves_or_deletes(open_page, console):
    draft = prepare(console, TEMPLATE)
    one, two, three = stored(console, draft).step_ids
    app = open_page("flow", draft=draft)
    app.text_area(f"flow.message_text.{one}").set_value("typed, then another step chosen")
    gesture(app, [one, two, three], two).run()
    app.text_area(f"flow.tts_message.{two}").set_value("typed, then moved")
    gesture(app, [two, one, three], two).run()
    assert [step.get("messageText") or step.get("ttsMessage") for step in steps_of(console, draft)] == [
        "typed, then moved",
        "typed, then another step chosen",
        None,
    ]
    app.text_area(f"flow.tts_message.{two}").set_value("typed, then deleted")
    gesture(app, [one, three], one).run()
    assert stored(console, draft).bin[two].tts_message == "typed, then deleted"
    assert app.text_area(f"flow.message_text.{one}").value == "typed, then another step chosen"


def test_a_text_is_not_lost_when_the_same_click_opens_another_page(open_page, console):
    draft = prepare(console, TEMPLATE)
    (one, *_) = stored(console, draft).step_ids
    app = open_page("flow", draft=draft)
    app.text_area(f"flow.message_text.{one}").set_value("typed, then gone")
    go_to(app, "overview")
    assert steps_of(console, draft)[0]["messageText"] == "typed, then gone"


def test_a_click_that_interrupts_the_saving_waits_until_the_text_is_safe(monkeypatch):
    calls = []

    def save():
        calls.append(len(calls))
        if len(calls) == 1:
            raise RerunException(RerunData())

    monkeypatch.setattr(step_edits, "_save", save)
    with pytest.raises(RerunException):
        step_edits.on_change()
    assert calls == [0, 1]


def test_what_another_tab_wrote_is_shown_and_not_written_over(open_page, console):
    draft = prepare(console, TEMPLATE)
    (one, *_) = stored(console, draft).step_ids
    here, there = open_page("flow", draft=draft), open_page("flow", draft=draft)
    there.text_area(f"flow.message_text.{one}").set_value("from there").run()
    here.toggle(f"flow.flash_sms.{one}").set_value(True).run()
    assert steps_of(console, draft)[0]["messageText"] == "from there"
    assert here.text_area(f"flow.message_text.{one}").value == "from there"
    assert steps_of(console, draft)[0]["flashSms"] is True


def test_a_column_is_put_at_the_end_of_the_text(open_page, console):
    draft = prepare(console, sms_template("Oi"), contact_rows(1))
    (one,) = stored(console, draft).step_ids
    app = open_page("flow", draft=draft)
    app.get_by_key(f"flow.insert.{one}").set_value("Nome").run()
    app.text_area(f"flow.message_text.{one}").set_value("Oi {{Nome}},\n").run()
    app.get_by_key(f"flow.insert.{one}").set_value("Celular").run()
    assert steps_of(console, draft)[0]["messageText"] == "Oi {{Nome}},\n{{Celular}}"
    assert app.text_area(f"flow.message_text.{one}").value == "Oi {{Nome}},\n{{Celular}}"
    assert app.get_by_key(f"flow.insert.{one}").value is None


def test_in_an_e_mail_a_column_goes_where_the_operator_says(open_page, console):
    draft = prepare(console, TEMPLATE, contact_rows(1))
    ids = stored(console, draft).step_ids
    app = select(open_page("flow", draft=draft), ids[2])
    app.get_by_key(f"flow.insert.{ids[2]}").set_value("Nome").run()
    app.get_by_key(f"flow.insert_into.{ids[2]}").set_value("subject").run()
    app.get_by_key(f"flow.insert.{ids[2]}").set_value("Nome").run()
    mail = steps_of(console, draft)[2]
    assert (mail["subject"], mail["emailHtml"]) == ("Your order {{Nome}}", "<p>Your order is ready.</p> {{Nome}}")


def test_a_wide_sheet_lists_its_columns_and_headers_are_no_markup(open_page, console):
    wide = [*(f"c{n}" for n in range(12)), "Celular"]
    app = open_page("flow", draft=prepare(console, sms_template(), [["x"] * 12 + [phone(1)]], header=wide))
    (one,) = [card["id"] for card in editor(app)["cards"]]
    assert app.selectbox(f"flow.insert.{one}").options[:2] == ["c0", "c1"]
    draft = prepare(console, sms_template(), [["x", phone(1)]], header=[MARKUP, "Celular"])
    app = open_page("flow", draft=draft)
    (one,) = [card["id"] for card in editor(app)["cards"]]
    labels = [option.content for option in app.get_by_key(f"flow.insert.{one}").proto.options]
    assert labels[0] == r"a\*b\_c \[x\]\(y\)"


def test_errors_are_shown_on_the_card_and_at_the_field(open_page, console):
    template = {
        "steps": [
            {"type": "MT", "destinationField": "zzz", "messageText": f"Hi {{{{{MARKUP}}}}}"},
            {"type": "EMAIL", "destinationField": "email", "subject": "a", "fromEmail": "nobody", "emailHtml": ""},
        ]
    }
    draft = prepare(console, template, contact_rows(1), mapping={"zzz": "no such column"})
    app = open_page("flow", draft=draft)
    sms, mail = editor(app)["cards"]
    assert sms["error"] == "Send to: No column is matched to “zzz”. Choose its column on the Contacts page."
    assert mail["error"] == "Message (HTML): Fill this in."
    assert r"The spreadsheet has no column “a\*b\_c \[x\]\(y\)”." in words(app)
    select(app, mail["id"])
    assert "“nobody” is not an e\\-mail address." in words(app)
    assert "Fill this in." in words(app)


def test_without_a_spreadsheet_columns_are_not_asked_for(open_page, console):
    app = open_page("flow", draft=prepare(console, sms_template("Hi {{name}}")))
    assert editor(app)["cards"][0]["error"] is None
    assert components(app, "phone_preview")[0]["text"] == "Hi {{name}}"
    assert "Shown as written." in words(app)


def test_cards_show_the_column_and_the_reach(open_page, console):
    rows = contact_rows(3)
    rows[1][2] = ""
    app = open_page("flow", draft=prepare(console, TEMPLATE, rows))
    assert [(card["destination"], card["reach"]) for card in editor(app)["cards"]] == [
        ("phone1 · Celular", "reaches 2 of 3"),
        ("phone2", "reaches 0 of 3"),
        ("email · E-mail", "reaches 3 of 3"),
    ]


def test_the_preview_is_filled_in_for_the_row_asked_for(open_page, console):
    rows = contact_rows(3)
    rows[0][2] = rows[0][3] = ""
    draft = prepare(console, sms_template("Oi {{Nome}} {{phone1}}"), rows)
    app = open_page("flow", draft=draft)
    shown = components(app, "phone_preview")[0]
    assert shown["text"] == f"Oi Pessoa 2 {phone(2)}"
    assert shown["note"] == f"To {phone(2)} · row 3"
    app.number_input("flow.sample_row.2.4").set_value(4).run()
    assert components(app, "phone_preview")[0]["text"] == f"Oi Pessoa 3 {phone(3)}"
    app.number_input("flow.sample_row.2.4").set_value(2).run()
    assert components(app, "phone_preview")[0]["note"] == "This step does not reach row 2"


def test_the_preview_shows_what_was_corrected(open_page, console):
    draft = prepare(console, sms_template("Oi {{Nome}}"), contact_rows(2))
    workspace, preparation = console.workspace(draft), stored(console, draft)
    known = console.drafts.get(draft)
    changed = with_fix(workspace, preparation, 2, "Nome", "Ana")
    console.drafts.save(draft, to_json(changed), known.name, known.revision)
    assert components(open_page("flow", draft=draft), "phone_preview")[0]["text"] == "Oi Ana"


def test_the_e_mail_preview_is_what_the_contact_gets_with_values_escaped(open_page, console):
    template = {
        "steps": [
            {
                "type": "EMAIL",
                "destinationField": "email",
                "subject": "Para {{Nome}}",
                "fromEmail": "shop@example.com",
                "fromName": "The shop",
                "emailHtml": "<b>{{Nome}}</b>",
            }
        ]
    }
    draft = prepare(console, template, [["1", "<i>Ana</i>", phone(1), "ana@example.com"]])
    (mail,) = components(open_page("flow", draft=draft), "email_preview")
    assert mail["html"] == "<b>&lt;i&gt;Ana&lt;/i&gt;</b>"
    assert (mail["subject"], mail["sender"]) == ("Para <i>Ana</i>", "The shop <shop@example.com>")


def test_the_size_line_knows_the_values_of_the_contact_shown(open_page, console):
    draft = prepare(console, sms_template("Oi {{Nome}}"), contact_rows(1))
    (size,) = components(open_page("flow", draft=draft), "sms_size")
    (one,) = stored(console, draft).step_ids
    assert size["text"] == "Oi {{Nome}}"
    assert size["of"] == f"flow.message_text.{one}"
    assert size["values"]["Nome"] == "Pessoa 1"


@pytest.fixture
def open_dialog(console, open_page):
    """Run a dialog's content on a page of its own, since Streamlit's test runner closes dialogs at each click."""

    def opened(module, function, draft=None):
        script = (
            f"from omni.ui import drafting, session\nfrom omni.ui.flow import {module}\n"
            "session.language()\nsession.show_notice()\n"
        )
        app = AppTest.from_string(f"{script}{module}.{function}(drafting.current())", default_timeout=PATIENCE)
        app.session_state[session.LANGUAGE_KEY] = "en"
        if draft is not None:
            app.query_params["draft"] = draft
        return app.run()

    return opened


@pytest.mark.parametrize(
    ("choice", "title"),
    [
        ("save", "Name of the template"),
        ("load", "Template"),
        ("import", "Paste it here"),
    ],
)
def test_the_menu_opens_its_dialogs(open_page, console, choice, title):
    console.templates.save("One", TEMPLATE)
    app = open_page("flow", draft=prepare(console, TEMPLATE))
    app.get_by_key("flow.templates").set_value(choice).run()
    inside = [*app.text_input, *app.selectbox, *app.text_area]
    assert title in [element.label for element in inside]


def test_the_columns_chosen_for_names_in_the_texts_are_saved_with_the_steps(open_dialog, console):
    rows, header = [["Ana", phone(1)]], ("Quem", "Celular")
    draft = prepare(console, sms_template("Ola {{cliente}}"), rows, header=header)
    chosen = replace(stored(console, draft), placeholders={"cliente": "Quem", "other": "Celular"})
    found = console.drafts.get(draft)
    console.drafts.save(draft, to_json(chosen), found.name, found.revision)
    open_dialog("templates", "save", draft).button("flow.save_yes").click().run()
    name = found.name
    assert console.templates.columns(name) == {"cliente": "Quem"}

    again = prepare(console, None, rows, header=header)
    open_dialog("templates", "load", again).button("flow.load_yes").click().run()
    assert stored(console, again).placeholders == {"cliente": "Quem"}
    assert steps_of(console, again)[0]["messageText"] == "Ola {{cliente}}"


def test_steps_are_saved_under_a_name(open_dialog, console):
    console.templates.save("November", sms_template())
    app = open_dialog("templates", "save", prepare(console, TEMPLATE))
    assert "A template called November already exists. Saving replaces it." in words(app)
    app.text_input("flow.save_name").set_value("My steps").run()
    assert "already exists" not in words(app)
    app.button("flow.save_yes").click().run()
    assert console.templates.get("My steps") == TEMPLATE
    assert console.templates.get("November") == sms_template()


def test_a_template_needs_a_name(open_dialog, console):
    app = open_dialog("templates", "save", prepare(console, TEMPLATE))
    app.text_input("flow.save_name").set_value(" ").run()
    app.button("flow.save_yes").click().run()
    assert "Give the template a name." in words(app)
    assert console.templates.names() == ()


def test_a_saved_template_is_used_after_saying_what_it_replaces(open_dialog, console):
    console.templates.save("My steps", TEMPLATE)
    draft = prepare(console, sms_template())
    app = open_dialog("templates", "load", draft)
    assert "SMS → Call → E-mail" in words(app)
    assert "It replaces the 1 step you have now." in words(app)
    app.button("flow.load_yes").click().run()
    assert steps_of(console, draft) == TEMPLATE["steps"]


def test_a_saved_template_begins_a_draft_when_there_is_none_and_can_be_deleted(open_dialog, console):
    console.templates.save("My steps", TEMPLATE)
    app = open_dialog("templates", "load")
    assert "replaces" not in words(app)
    app.button("flow.load_yes").click().run()
    (draft,) = console.drafts.list()
    assert steps_of(console, draft.id) == TEMPLATE["steps"]
    app.button("flow.delete_yes").click().run()
    assert console.templates.names() == ()
    assert "No template has been saved yet." in words(app)


CURL = (
    "curl --request POST --url 'https://api.example.com/v1/omni/send' --header 'authenticationtoken: s3cr3t' "
    f"--data '{json.dumps({'contacts': [{'contactInfo': {'phone1': '0'}}] * 2, 'template': TEMPLATE})}'"
)


def test_a_pasted_curl_command_gives_its_steps_and_says_what_is_left_out(open_dialog, console):
    draft = prepare(console, sms_template())
    app = open_dialog("templates", "import_template", draft)
    app.text_area("flow.import_text").set_value(CURL).run()
    said = words(app)
    assert "2 contacts in it are left out" in said
    assert "user name or token" in said
    assert "It replaces the 1 step you have now." in said
    app.button("flow.import_yes").click().run()
    assert template_to_json(stored(console, draft).template) == TEMPLATE
    assert "s3cr3t" not in json.dumps(console.drafts.get(draft).body)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "Paste the JSON or choose a file first."),
        ("{", "This is not valid JSON"),
        ('{"steps": [{"type": "FAX"}]}', "the type “FAX” is unknown"),
    ],
)
def test_a_failed_import_is_reported_and_changes_nothing(open_dialog, console, given, said):
    app = open_dialog("templates", "import_template")
    app.text_area("flow.import_text").set_value(given).run()
    app.button("flow.import_yes").click().run()
    assert said in words(app)
    assert console.drafts.list() == ()


def test_a_file_is_imported_too_and_must_be_utf8(open_dialog, console):
    app = open_dialog("templates", "import_template")
    app.file_uploader("flow.import_file").upload("t.json", '{"steps": ["ação"]}'.encode("cp1252")).run()
    assert "not UTF-8 text" in words(app)
    app.file_uploader("flow.import_file").upload("t.json", b"\xef\xbb\xbf" + json.dumps(TEMPLATE).encode()).run()
    app.button("flow.import_yes").click().run()
    (draft,) = console.drafts.list()
    assert steps_of(console, draft.id) == TEMPLATE["steps"]


def test_the_json_tab_shows_the_download_and_a_round_trip_changes_nothing(open_page, console):
    template = {**TEMPLATE, "more": {"kept": True}}
    app = open_page("flow", draft=prepare(console, template))
    shown = components(app, "json_text")[0]["text"]
    assert json.loads(shown) == template
    assert list(json.loads(shown)) == list(template)
    written = template_json_bytes(template_from_json(template))
    assert shown.encode() == written
    assert read_template(written.decode()).template == template_from_json(template)


def test_a_sent_campaign_is_not_edited_but_its_steps_can_begin_another(open_page, console):
    draft = prepare(console, TEMPLATE, contact_rows(1), mapping={"phone2": "Celular"})
    preparation = stored(console, draft)
    checked = console.check(draft, preparation)
    order = Launch(key=draft, name="November", practice=True, created_by="ana", draft_id=draft)
    console.launch(order, preparation, checked, console.plan(draft, preparation, checked))
    app = open_page("flow", draft=draft)
    assert "has been sent" in words(app)
    assert components(app, "flow_editor") == []
    app.button("flow.again").click().run()
    (fresh,) = {saved.id for saved in console.drafts.list()} - {draft}
    assert steps_of(console, fresh) == TEMPLATE["steps"]


def test_an_unreadable_spreadsheet_is_reported_and_the_steps_stay_editable(open_page, console):
    draft = prepare(console, TEMPLATE, contact_rows(1))
    before = stored(console, draft)
    lost = replace(before, upload=replace(before.upload, stored="upload-gone.csv"))
    console.drafts.save(draft, to_json(lost), "November", console.drafts.get(draft).revision)
    app = open_page("flow", draft=draft)
    assert app.warning
    app.text_area(f"flow.message_text.{before.step_ids[0]}").set_value("still").run()
    assert steps_of(console, draft)[0]["messageText"] == "still"


def test_the_primary_button_goes_on_even_with_errors_which_the_review_names(open_page, console):
    app = open_page("flow", draft=prepare(console, sms_template("")))
    app.button("flow.continue").click().run()
    assert app.title[0].value == "Review"
    assert "Fill in “Message” in step 1" in words(app)
    assert app.session_state[session.LANGUAGE_KEY] == "en"


def test_the_template_download_is_made_on_demand_and_never_goes_stale(open_page, console):
    app = open_page("flow", draft=prepare(console, TEMPLATE))
    (button,) = app.get("download_button")
    assert button.proto.deferred_file_id
    assert not button.proto.url


def test_a_sign_that_the_cells_show_is_left_out_of_the_text_with_one_click(open_page, console):
    header = ("Nome", "Celular", "Valor")
    rows = [["Ana", phone(1), "R$ 10,00"], ["Bia", phone(2), "R$ 25,90"]]
    draft = prepare(console, sms_template("{{Nome}}: R$ {{Valor}}"), rows, header=header)
    app = open_page("flow", draft=draft)
    assert "Leave it out of the text" in words(app)
    [button] = [each for each in app.button if each.key and each.key.startswith("flow.leave_out_signs.")]
    button.click().run()
    assert steps_of(console, draft)[0]["messageText"] == "{{Nome}}: {{Valor}}"
    assert "Leave it out of the text" not in words(app)


def test_a_merge_tag_of_another_program_is_replaced_with_one_click(open_page, console):
    rows = [["Ana", phone(1)], ["Bia", phone(2)]]
    draft = prepare(console, sms_template("Ola [NOME], *|OFERTA|*"), rows, header=("Nome", "Celular"))
    app = open_page("flow", draft=draft)
    assert "looks like a mark of another program" in words(app)
    [button] = [each for each in app.button if each.key and each.key.startswith("flow.use_placeholders.")]
    button.click().run()
    assert steps_of(console, draft)[0]["messageText"] == "Ola {{Nome}}, *|OFERTA|*"
    assert "is a mark of another program" not in words(app)
