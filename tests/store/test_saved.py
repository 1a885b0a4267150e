"""Templates, column mappings and contact lists saved for later campaigns."""

from __future__ import annotations

import pytest

from omni.store.database import Database
from omni.store.people.saved import ContactLists, SavedMappings, Templates
from tests.builders import TEMPLATE, sms_template


@pytest.fixture
def templates(database: Database) -> Templates:
    return Templates(database)


def test_a_template_comes_back_as_it_was_kept(templates: Templates):
    templates.save("Aviso de entrega", TEMPLATE)
    assert templates.get("Aviso de entrega") == TEMPLATE
    assert templates.get("aviso de entrega") is None


def test_a_template_is_kept_with_the_columns_chosen_for_its_texts(templates: Templates):
    templates.save("Aviso", TEMPLATE, {"nome": "Cliente"})
    assert templates.get("Aviso") == TEMPLATE
    assert templates.columns("Aviso") == {"nome": "Cliente"}
    templates.save("Aviso", TEMPLATE)
    assert (templates.get("Aviso"), templates.columns("Aviso")) == (TEMPLATE, {})
    assert templates.columns("another") == {}


def test_saving_under_a_name_replaces_what_was_there(templates: Templates):
    templates.save("Aviso", TEMPLATE)
    templates.save("Aviso", sms_template("Oi"))
    assert templates.get("Aviso") == sms_template("Oi")
    assert templates.names() == ("Aviso",)


def test_names_are_in_alphabetical_order_whatever_their_case(templates: Templates):
    for name in ("beta", "Alfa", "alfa", "Delta"):
        templates.save(name, {})
    assert templates.names() == ("Alfa", "alfa", "beta", "Delta")


def test_a_deleted_template_is_gone_and_deleting_again_does_nothing(templates: Templates):
    templates.save("Aviso", {})
    templates.delete("Aviso")
    templates.delete("Aviso")
    assert templates.names() == ()


def test_a_mapping_is_found_by_shape_and_replaced(database):
    mappings = SavedMappings(database)
    assert mappings.get("s") is None
    mappings.remember("s", {"phone1": "Celular"}, "a.csv")
    mappings.remember("s", {"phone1": "Fone"}, "b.csv")
    found = mappings.get("s")
    assert (found.mapping, found.file) == ({"phone1": "Fone"}, "b.csv")
    assert mappings.get("t") is None


def test_lists_are_kept_renamed_and_deleted(database):
    lists = ContactLists(database)
    one = lists.keep("Clientes", {"mapping": {"phone1": "Celular"}}, 3)
    two = lists.keep("Outros", {}, 5)
    assert [each.id for each in lists.all()] == [two.id, one.id]
    lists.rename(one.id, "Clientes de novembro")
    lists.delete(two.id)
    assert [(each.name, each.contacts, each.body) for each in lists.all()] == [
        ("Clientes de novembro", 3, {"mapping": {"phone1": "Celular"}}),
    ]
