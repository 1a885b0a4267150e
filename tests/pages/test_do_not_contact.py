"""Do-not-contact page: adding, finding and removing entries, and keeping every campaign to the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from omni.errors import CampaignError
from omni.service import launching
from omni.service.launching import Launch
from omni.service.preparation import Start
from tests.builders import contact_rows, phone, sms_template
from tests.pages.conftest import components, words
from tests.pages.prepared import prepare, stored
from tests.pages.test_send import confirm


def paste(app, text):
    app.text_area[0].set_value(text).run()
    return app.button("people.add").click().run()


def test_what_is_pasted_is_on_the_list_and_what_was_not_understood_is_named(open_page, console):
    app = paste(open_page("do_not_contact"), "(11) 90000-0001\nana@example.com\n12345")
    assert app.success[0].value == "2 entries were added to the list."
    assert "Line 3: 12345" in words(app)
    assert console.lists.do_not_contact.count() == 2
    assert list(app.dataframe[0].value["destination"]) == ["5511900000001", "ana@example.com"]
    assert app.text_area[0].value == ""


SHEET = ("saida.csv", b"Nome;Celular\nAna;11900000001\nBia;x\n", "text/csv")


def test_a_spreadsheet_shows_what_it_would_add_before_it_does(open_page, console):
    app = open_page("do_not_contact")
    app.file_uploader[0].set_value(SHEET).run()
    said = words(app)
    assert "It would add 1 entry to the list." in said
    assert "Celular: 1  5511900000001" in said
    assert "Line 3: x" in said
    assert app.multiselect("people.columns").value == ["Celular"]
    assert console.lists.do_not_contact.count() == 0

    app.multiselect("people.columns").set_value(["Nome"]).run()
    assert "It would add 0 entries to the list." in words(app)
    assert app.button("people.add_sheet").disabled
    app.button("people.do_not_add").click().run()
    assert "It would add" not in words(app)
    assert console.lists.do_not_contact.count() == 0


def test_of_a_file_with_everybody_only_those_who_opted_out_are_added_when_chosen(open_page, console):
    base = b"Celular;Descadastrado\n11900000001;Sim\n11900000002;N\xc3\xa3o\n"
    app = open_page("do_not_contact")
    app.file_uploader[0].set_value(("base.csv", base, "text/csv")).run()
    assert "It would add 2 entries to the list." in words(app)
    app.radio("people.opt_out").set_value("Descadastrado").run()
    assert "It would add 1 entry to the list." in words(app)
    app.button("people.add_sheet").click().run()
    assert [entry.destination for entry in console.lists.do_not_contact.all()] == ["5511900000001"]


def test_an_addition_is_undone_as_a_whole(open_page, console):
    people = console.lists.do_not_contact
    people.add([phone(1), phone(2)], "base.csv", "ana")
    people.add([phone(2), phone(3)], "", "bia")
    app = open_page("do_not_contact")
    [second, first] = people.additions()
    assert (first.entries, first.only_here, second.only_here) == (2, 1, 1)
    app.button(f"people.undo.{first.id}").click().run()
    assert "1 entry stays, because another addition asked for it too." in words(app)
    app.button(f"people.undo.{first.id}").click()
    app.button("people.undo_yes").click().run()
    assert {entry.destination for entry in people.all()} == {phone(2), phone(3)}


def test_a_spreadsheet_is_taken_and_its_columns_are_shown(open_page, console):
    app = open_page("do_not_contact")
    app.file_uploader[0].set_value(SHEET).run()
    app.button("people.add_sheet").click().run()
    assert "1 entry was added to the list. Columns used: Celular." in app.success[0].value
    assert "Line 3: x" in words(app)
    assert console.lists.do_not_contact.page().entries[0].source == "saida.csv"


def test_a_file_that_is_no_spreadsheet_says_why(open_page, console):
    app = open_page("do_not_contact")
    app.file_uploader[0].set_value(("a.csv", b"%PDF-1.7", "text/csv")).run()
    assert "PDF" in app.error[0].value
    assert console.lists.do_not_contact.count() == 0


def test_the_list_is_searched(open_page, console):
    console.lists.do_not_contact.add([phone(1), phone(2), "ana@example.com"], "", "ana")
    app = open_page("do_not_contact")
    app.text_input("people.search").set_value("ana").run()
    assert list(app.dataframe[0].value["destination"]) == ["ana@example.com"]
    app.text_input("people.search").set_value("zzz").run()
    assert "Nothing on the list matches." in words(app)


def test_contacts_on_the_list_are_counted_separately_and_open_their_rows(open_page, console):
    console.lists.do_not_contact.add([phone(2)], "", "ana")
    draft = prepare(console, sms_template(), contact_rows(3))
    app = open_page("contacts", draft=draft)
    [bar] = components(app, "accounting_bar")
    assert {tile["name"]: tile["count"] for tile in bar["tiles"]} == {
        "all": 3,
        "ready": 2,
        "repaired": 0,
        "rejected": 0,
        "duplicate": 0,
        "suppressed": 1,
        "step:1": 2,
    }
    app.session_state["contacts.accounting"] = {"part": "suppressed"}
    app.run()
    assert list(app.dataframe[0].value["row"]) == [3]


def test_a_list_changed_after_the_check_stops_the_sending_and_is_shown(open_page, console):
    draft = prepare(console, sms_template(), contact_rows(3))
    preparation = stored(console, draft)
    checked = console.check(draft, preparation)
    plan = console.plan(draft, preparation, checked)
    console.lists.do_not_contact.add([phone(1)], "", "ana")
    with pytest.raises(CampaignError, match=r"campaign\.list_changed\(n=1\)"):
        console.launch(Launch("key", "November", True, "ana", draft), preparation, checked, plan)
    assert console.overview() == []

    app = confirm(open_page("send", draft=draft))
    assert [each.contacts for each in console.overview()] == [2]
    assert not app.exception


def test_a_launch_whose_start_has_passed_still_finds_its_campaign(console, monkeypatch):
    draft = prepare(console, sms_template(), contact_rows(1))
    soon = datetime.now(ZoneInfo("America/Sao_Paulo")) + timedelta(hours=1)
    preparation = replace(stored(console, draft), start=Start(soon.strftime("%Y-%m-%dT%H:%M:%S"), "America/Sao_Paulo"))
    checked = console.check(draft, preparation)
    plan = console.plan(draft, preparation, checked)
    order = Launch("key", "November", True, "ana", draft)
    made = console.launch(order, preparation, checked, plan)
    monkeypatch.setattr(launching, "time", SimpleNamespace(time=lambda: soon.timestamp() + 1))
    assert console.launch(order, preparation, checked, plan).id == made.id


def test_a_list_change_without_a_contact_of_the_campaign_stops_nothing(console):
    draft = prepare(console, sms_template(), contact_rows(3))
    preparation = stored(console, draft)
    checked = console.check(draft, preparation)
    plan = console.plan(draft, preparation, checked)
    order = Launch("key", "November", True, "ana", draft)
    # The campaign has no e-mail step, so this address is not one of its destinations.
    console.lists.do_not_contact.add([phone(77), "pessoa1@example.com"], "", "ana")
    made = console.launch(order, preparation, checked, plan)
    console.lists.do_not_contact.add([phone(1)], "", "ana")
    assert console.launch(order, preparation, checked, plan).id == made.id
