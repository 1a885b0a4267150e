"""Templates kept under a name."""

from __future__ import annotations

import pytest

from omni.store.database import Database
from omni.store.people.saved import Templates
from tests.builders import TEMPLATE, sms_template


@pytest.fixture
def templates(database: Database) -> Templates:
    return Templates(database)


def test_a_template_comes_back_as_it_was_kept(templates: Templates):
    templates.save("Aviso de entrega", TEMPLATE)
    assert templates.get("Aviso de entrega") == TEMPLATE
    assert templates.get("aviso de entrega") is None


def test_saving_under_a_name_replaces_what_was_there(templates: Templates):
    templates.save("Aviso", TEMPLATE)
    templates.save("Aviso", sms_template("Oi"))
    assert templates.get("Aviso") == sms_template("Oi")
    assert templates.names() == ("Aviso",)


def test_names_stand_in_alphabetical_order_whatever_their_case(templates: Templates):
    for name in ("beta", "Alfa", "alfa", "Delta"):
        templates.save(name, {})
    assert templates.names() == ("Alfa", "alfa", "beta", "Delta")


def test_a_deleted_template_is_gone_and_deleting_again_does_nothing(templates: Templates):
    templates.save("Aviso", {})
    templates.delete("Aviso")
    templates.delete("Aviso")
    assert templates.names() == ()
