"""Migration 0008: campaigns keep the rule they were created under, and a line is recognised in either notation."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from omni.store import opening
from omni.store.people.do_not_contact import DoNotContact

_ENTRY = sa.text(
    "INSERT INTO do_not_contact (key, destination, source, added_by, added_at) VALUES (:key, :key, :source, 'ana', :at)"
)
_CAMPAIGN = sa.text(
    "INSERT INTO campaign (key, name, state, practice, account, endpoint, template, details, contacts, requests,"
    " created_by, created_at) VALUES ('a', 'November', 'paused', :practice, 'x', 'y', '{}', '{}', 1, 1, 'ana', 1.0)"
)


def test_a_former_database_keeps_its_list_and_the_rule_of_its_campaigns(database_url: str, monkeypatch):
    with monkeypatch.context() as former:
        former.setattr(opening, "HEAD", "0007")
        database = opening.open_database(database_url)
        with database.write() as connection:
            connection.execute(_CAMPAIGN, {"practice": True})
            for key, source, at in (
                ("5491123456792", "a.csv", 1.0),
                ("541123456792", "b.csv", 2.0),
                ("5493512345678", "b.csv", 2.0),
                ("551180000001", "b.csv", 2.0),
                ("549@example.com", "", 3.0),
            ):
                connection.execute(_ENTRY, {"key": key, "source": source, "at": at})
            connection.execute(sa.text("INSERT INTO revision (name, number) VALUES ('do_not_contact', 7)"))
        database.close()

    database = opening.open_database(database_url)
    people = DoNotContact(database)
    revision, keys = people.keys()
    assert set(keys) == {"541123456792", "543512345678", "551180000001", "549@example.com"}
    assert revision not in (0, 7)  # keys kept on disk under the former number are not used again
    assert [(each.source, each.entries) for each in people.additions()] == [("", 1), ("b.csv", 3)]
    with database.read() as connection:
        assert connection.scalars(sa.text("SELECT suppress FROM campaign")).all() == ["destination"]
    assert people.undo(people.additions()[1].id) == 3
    database.close()


@pytest.mark.parametrize("number", ["+54 9 11 2345-6792", "+54 11 2345-6792"])
def test_an_entry_is_found_in_either_notation(database, number):
    people = DoNotContact(database)
    people.add(["5491123456792"], "", "ana")
    assert people.page(number).total == 1
