"""Contacts that are not written to in a whole campaign: the check, its figures, its bodies and the launch."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from omni.service.checking import check_contacts
from omni.service.do_not_contact import listed_now
from omni.service.launching import _newly_listed
from omni.service.planning import make_plan
from omni.service.preparation import Preparation, from_json, to_json
from omni.service.suppression import OptOutChoices
from omni.store.opening import open_database
from omni.store.people.do_not_contact import DoNotContact
from tests.builders import sms_template
from tests.service.desk import prepare

HEADER = ("Nome", "Celular", "E-mail")
ROWS = [
    ["Ana", "11 98765-0001", "ana@example.com"],
    ["Bia", "11 98765-0002", "bia@example.com"],
    ["Caio", "11 98765-0003", "caio@example.com"],
]
MAIL = {"type": "EMAIL", "destinationField": "email", "subject": "s", "fromEmail": "a@example.com", "emailHtml": "h"}


@pytest.fixture
def people(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'omni.db'}")
    yield DoNotContact(database)
    database.close()


def sent(desk, folder, people, **changes):
    """Return the contactInfo of every contact that would be posted, and the check."""
    preparation = replace(desk.preparation, **changes)
    checked = check_contacts(desk.workspace, preparation, listed_now(people, folder))
    plan = make_plan(desk.workspace, checked, preparation.template, 1000)
    return [each["contactInfo"] for body in plan.bodies_in_order() for each in json.loads(body)["contacts"]], checked


def test_an_sms_campaign_leaves_out_who_is_listed_by_an_address_that_it_does_not_use(tmp_path, people):
    desk = prepare(tmp_path, ROWS, sms_template(), header=HEADER)
    assert "email" not in desk.preparation.mapping
    people.add(["BIA@example.com"], "", "ana")
    infos, checked = sent(desk, tmp_path, people)
    assert [info["phone1"] for info in infos] == ["5511987650001", "5511987650003"]
    [reason] = checked.summary.suppression.left_out
    assert (reason.code, reason.column, reason.contacts) == ("contact.suppressed", "E-mail", 1)
    [row] = checked.rows("suppressed", 0, 10)
    assert checked.reasons_left_out([row.row])[3].value == "bia@example.com"
    infos, _ = sent(desk, tmp_path, people, suppress="destination")
    assert len(infos) == 3


def test_a_contact_listed_by_phone_gets_no_mail_either(tmp_path, people):
    desk = prepare(tmp_path, ROWS, {"steps": [*sms_template()["steps"], MAIL]}, header=HEADER)
    people.add(["5511987650002"], "", "ana")
    infos, checked = sent(desk, tmp_path, people)
    assert [info["email"] for info in infos] == ["ana@example.com", "caio@example.com"]
    assert [cell.is_listed for cell in checked.rows("suppressed", 0, 1)[0].cells.values()] == [True, False]
    infos, checked = sent(desk, tmp_path, people, suppress="destination")
    assert infos[1] == {"phone1": "0", "email": "bia@example.com"}
    assert checked.summary.suppression.removed == 1


def test_who_comes_onto_the_list_before_the_launch_is_counted_by_the_same_rule(tmp_path, people):
    desk = prepare(tmp_path, ROWS, sms_template(), header=HEADER)
    people.add(["zoe@example.com"], "", "ana")
    _, checked = sent(desk, tmp_path, people)
    people.add(["bia@example.com", "5511987650003"], "", "ana")
    now = listed_now(people, tmp_path)
    assert _newly_listed(checked, now, "contact") == 2
    assert _newly_listed(checked, now, "destination") == 1


def test_choices_are_kept_in_the_draft_and_a_former_draft_gets_the_new_rule():
    choices = OptOutChoices(("Status",), {"Aceita SMS": {"talvez": True, "": True}})
    preparation = Preparation(suppress="destination", opt_out=choices, country="PE", is_country_chosen=True)
    assert from_json(json.loads(json.dumps(to_json(preparation)))) == preparation
    former = {name: value for name, value in to_json(Preparation()).items() if name not in ("suppress", "opt_out")}
    assert (from_json(former).suppress, from_json(former).opt_out) == ("contact", OptOutChoices())
