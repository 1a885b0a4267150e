"""Mappings and lists of contacts, kept from one campaign to the next."""

from __future__ import annotations

from omni.store.people.saved import ContactLists, SavedMappings


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
