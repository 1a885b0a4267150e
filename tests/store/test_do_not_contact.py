"""The do-not-contact list, and requests posted without the contacts added to it."""

from __future__ import annotations

import json
import threading

import pytest

from omni.provider.request_body import destinations_of, fields_of, rewritten
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.creation import PreparedRequest
from omni.store.ledger.former_positions import REMOVED
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.ledger.withholding import BodyReader
from omni.store.people.do_not_contact import DoNotContact
from tests.builders import phone
from tests.store.building import ME, SENDS, accepted, all_recipients, make, new_campaign, prepared, states, unknown

READER = BodyReader(destinations_of, fields_of, rewritten)


def claim(database, room=100):
    return Ledger(database, SENDS, READER).turn(ME, [], room)[0]


def posted(database, claimed):
    bodies = Ledger(database, SENDS).bodies(claimed)
    return [
        [each["contactInfo"]["phone1"] for each in json.loads(bodies[one.request_id])["contacts"]] for one in claimed
    ]


def places(database, campaign):
    """Return row to (request, position) as the ledger has it."""
    found = all_recipients(Campaigns(database), campaign)
    return {each.row: (each.request_number, each.position) for each in found}


def test_the_list_is_added_to_searched_and_shortened(database):
    people = DoNotContact(database)
    assert (people.count(), people.revision(), people.keys()) == (0, 0, (0, []))
    assert people.add(["5511980000001", "ana@example.com"], "pasted", "ana") == 2
    assert people.add(["551180000001", "Ana@example.com", "5511900000002"], "list.csv", "bia") == 1
    assert people.count() == 3
    before = people.revision()
    assert people.add(["5511900000002"], "", "") == 0
    assert people.revision() == before != 0

    found = people.page("9800")
    assert (found.total, found.entries[0].destination, found.entries[0].source) == (1, "5511980000001", "pasted")
    assert people.page("551180000001").total == 1
    assert people.page("+55 (11) 90000-0002").entries[0].destination == "5511900000002"
    assert people.page("EXAMPLE").total == 1
    assert [entry.destination for entry in people.page(limit=1).entries] == ["5511900000002"]
    assert people.page(offset=2, limit=9).total == 3

    assert people.remove([entry.key for entry in people.page("ana").entries]) == 1
    assert people.remove(["nobody"]) == 0
    assert (people.count(), people.revision() != before) == (2, True)
    assert {entry.destination for entry in people.all()} == {"5511980000001", "5511900000002"}


def test_a_hundred_thousand_are_added_at_once(database):
    people = DoNotContact(database)
    assert people.add((phone(at) for at in range(100_000)), "big", "ana") == 100_000
    assert (len(people.keys()[1]), sum(1 for _ in people.all())) == (100_000, 100_000)


def test_a_restored_list_never_has_a_former_revision_again(database):
    people = DoNotContact(database)
    seen = set()
    for at in range(20):
        people.add([phone(at)], "", "ana")
        seen.add(people.revision())
    assert len(seen) == 20
    assert sorted(seen) != list(range(1, 21))


def test_a_contact_listed_during_the_launch_is_removed_before_sending(database):
    people, campaigns = DoNotContact(database), Campaigns(database)
    people.add([phone(9)], "", "ana")
    checked_against = people.revision()
    people.add([phone(2)], "", "ana")
    campaigns.create(new_campaign(list_revision=checked_against), prepared(3), [])
    assert posted(database, claim(database)) == [[phone(3)], [phone(4)]]


def test_two_workers_take_people_out_of_one_campaign_at_the_same_time(database):
    campaign = make(database, 60, batch=3)
    DoNotContact(database).add([phone(row) for row in range(2, 62, 3)], "", "ana")
    failed, claimed = [], []

    def work(owner):
        try:
            while any(state == "p" for state in states(database, campaign)):
                claimed.extend(Ledger(database, SENDS, READER).turn(owner, [], 2)[0])
        except Exception as err:
            failed.append(err)

    workers = [threading.Thread(target=work, args=(f"seat.{at}",)) for at in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert failed == []
    assert states(database, campaign) == "css" * 20
    assert sorted(each.number for each in claimed) == list(range(1, 21))
    assert Campaigns(database).get(campaign).requests == 40


def test_a_listed_contact_is_removed_from_requests_not_yet_sent(database):
    campaign = make(database, 6, batch=3)
    DoNotContact(database).add([phone(3), phone(4), phone(7)], "", "ana")
    claimed = claim(database)

    assert [(each.number, each.contacts) for each in claimed] == [(1, 1), (2, 2)]
    assert posted(database, claimed) == [[phone(2)], [phone(5), phone(6)]]
    assert places(database, campaign) == {2: (1, 0), 3: (3, 0), 4: (3, 1), 5: (2, 0), 6: (2, 1), 7: (4, 0)}
    assert states(database, campaign) == "sccssc"

    Ledger(database, SENDS, READER).turn(ME, [*map(accepted, claimed)], 0)
    progress = Campaigns(database).progress(campaign)
    assert progress.state == "done"
    assert {state: n for state, n in progress.counts.items() if n} == {"accepted": 3, "cancelled": 3}
    page = Campaigns(database).recipients(campaign, state="cancelled")
    assert [(each.row, each.detail) for each in page.recipients] == [
        (3, "withheld.do_not_contact"),
        (4, "withheld.do_not_contact"),
        (7, "withheld.do_not_contact"),
    ]
    assert len(list(Campaigns(database).answers(campaign))) == 2


def test_a_request_left_empty_is_never_posted_and_the_campaign_ends(database):
    campaign = make(database, 2, batch=1)
    DoNotContact(database).add([phone(2), phone(3)], "", "ana")
    assert claim(database) == []
    assert (states(database, campaign), Campaigns(database).get(campaign).state) == ("cc", "done")


def test_what_is_on_its_way_is_left_alone_and_resent_only_without_them(database):
    campaign = make(database, 3, batch=3)
    first = claim(database)
    DoNotContact(database).add([phone(3)], "", "ana")
    Ledger(database, SENDS, READER).turn(ME, [unknown(first[0])], 0)
    assert states(database, campaign) == "uuu"

    assert Unknowns(database).decide(campaign, "resend", "ana").contacts == 3
    again = claim(database)
    assert (posted(database, again), again[0].contacts, again[0].attempt) == ([[phone(2), phone(4)]], 2, 2)
    Ledger(database, SENDS, READER).turn(ME, [*map(accepted, again)], 0)
    assert states(database, campaign) == "aua"  # the first attempt may have reached the contact
    page = Campaigns(database).recipients(campaign, state="unknown")
    assert [(each.row, each.detail) for each in page.recipients] == [(3, "withheld.not_again")]

    assert Unknowns(database).decide(campaign, "resend", "ana").contacts == 1
    assert claim(database) == []
    assert states(database, campaign) == "aua"
    assert Unknowns(database).decide(campaign, "keep", "ana").contacts == 1
    assert (states(database, campaign), Campaigns(database).get(campaign).state) == ("aaa", "done")


def test_answers_to_earlier_attempts_keep_the_positions_of_removed_contacts(database):
    campaign = make(database, 5, batch=5)
    for listed in ([phone(3)], [phone(2), phone(6)]):
        Ledger(database, SENDS, READER).turn(ME, [unknown(claim(database)[0])], 0)
        DoNotContact(database).add(listed, "", "ana")
        Unknowns(database).decide(campaign, "resend", "ana")
    Ledger(database, SENDS, READER).turn(ME, [*map(accepted, claim(database))], 0)
    found = [(each.attempt, each.places) for each in Campaigns(database).answers(campaign, [1])]
    assert found == [(1, [REMOVED, REMOVED, 0, 1, REMOVED]), (2, [REMOVED, 0, 1, REMOVED]), (3, [0, 1])]


def test_a_contact_still_reached_otherwise_is_kept_with_its_destination(database):
    template = {
        "steps": [
            {"type": "MT", "destinationField": "phone1"},
            {"type": "EMAIL", "destinationField": "email"},
            {"type": "VOICE", "destinationField": "phone1"},
        ]
    }
    infos = [{"phone1": phone(row), "email": f"{row}@example.com"} for row in (2, 3)]
    body = json.dumps({"contacts": [{"contactInfo": info} for info in infos], "template": template}).encode()
    frozen = PreparedRequest(1, body, [2, 3], [phone(2), phone(3)], [0b111, 0b111])
    campaign = Campaigns(database).create(new_campaign(suppress="destination"), [frozen], []).id
    DoNotContact(database).add([phone(3)], "", "ana")

    [each] = claim(database)
    [sent] = Ledger(database, SENDS).bodies([each]).values()
    assert [one["contactInfo"] for one in json.loads(sent)["contacts"]] == [infos[0], infos[1] | {"phone1": "0"}]
    page = Campaigns(database).recipients(campaign)
    assert [(one.destination, one.plan, one.state) for one in page.recipients] == [
        (phone(2), 0b111, "sending"),
        ("3@example.com", 0b010, "sending"),
    ]


def test_a_contact_with_any_listed_destination_is_removed_also_one_that_no_step_uses(database):
    template = {"steps": [{"type": "MT", "destinationField": "phone1"}]}
    infos = [
        {"phone1": phone(2), "email": "2@example.com", "note": "3@example.com"},
        {"phone1": phone(3), "email": "3@example.com", "note": ""},
        {"phone1": phone(4), "phone2": phone(5), "email": ""},
    ]
    body = json.dumps({"contacts": [{"contactInfo": info} for info in infos], "template": template}).encode()
    frozen = PreparedRequest(1, body, [2, 3, 4], [phone(2), phone(3), phone(4)], [1, 1, 1])
    campaign = Campaigns(database).create(new_campaign(), [frozen], []).id
    DoNotContact(database).add(["3@EXAMPLE.com", phone(5)], "", "ana")

    [each] = claim(database)
    [sent] = Ledger(database, SENDS).bodies([each]).values()
    assert [one["contactInfo"] for one in json.loads(sent)["contacts"]] == infos[:1]
    page = Campaigns(database).recipients(campaign)
    assert [(one.state, one.detail) for one in page.recipients] == [
        ("sending", None),
        ("cancelled", "withheld.do_not_contact"),
        ("cancelled", "withheld.do_not_contact"),
    ]


def test_an_argentine_line_is_recognised_with_and_without_the_nine(database):
    people = DoNotContact(database)
    assert people.add(["5491123456792"], "", "ana") == 1
    assert people.add(["541123456792"], "", "ana") == 0
    assert people.page("54 11 2345-6792").total == 1


def test_an_addition_is_undone_without_the_entries_of_others(database):
    people = DoNotContact(database)
    people.add([phone(1), phone(2)], "a.csv", "ana")
    people.add([phone(2), phone(3)], "b.csv", "bia")
    [later, first] = people.additions()
    assert [(each.source, each.entries, each.only_here) for each in (first, later)] == [
        ("a.csv", 2, 1),
        ("b.csv", 2, 1),
    ]
    before = people.revision()
    assert people.undo(first.id) == 1
    assert people.revision() != before
    assert {each.destination for each in people.all()} == {phone(2), phone(3)}
    assert [each.id for each in people.additions()] == [later.id]
    assert (people.undo(first.id), people.undo(later.id), people.count()) == (0, 2, 0)


def test_without_a_change_of_the_list_nothing_is_looked_through(database):
    DoNotContact(database).add([phone(2)], "", "ana")
    campaign = make(database, 3, batch=3)  # created after the last change of the list
    assert len(posted(database, claim(database))[0]) == 3
    assert states(database, campaign) == "sss"


@pytest.mark.parametrize(
    ("listed", "left"),
    [
        ({"a"}, [{"p": "0", "m": "x@example.com", "n": "Ana"}, {"p": "b", "m": "", "n": "Bia"}]),
        ({"b"}, [{"p": "a", "m": "x@example.com", "n": "Ana"}]),
        ({"a", "x@example.com"}, [{"p": "b", "m": "", "n": "Bia"}]),
        ({"Ana"}, [{"p": "a", "m": "x@example.com", "n": "Ana"}, {"p": "b", "m": "", "n": "Bia"}]),
    ],
)
def test_a_contact_is_left_out_only_when_no_other_destination_remains(listed, left):
    body = json.dumps(
        {
            "contacts": [
                {"contactInfo": {"p": "a", "m": "x@example.com", "n": "Ana"}},
                {"contactInfo": {"p": "b", "m": "", "n": "Bia"}},
            ],
            "template": {
                "campaignAlias": "ação",
                "steps": [
                    {"type": "MT", "destinationField": "p", "messageText": "x"},
                    {"type": "EMAIL", "destinationField": "m", "subject": "s"},
                ],
            },
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    contacts = destinations_of(body)
    assert contacts == [{"p": "a", "m": "x@example.com"}, {"p": "b"}]
    out = [
        None if set(fields.values()) <= listed else [name for name in fields if fields[name] in listed]
        for fields in contacts
    ]
    changed = json.loads(rewritten(body, out))
    assert [each["contactInfo"] for each in changed["contacts"]] == left
    assert changed["template"] == json.loads(body)["template"]
    assert rewritten(body, [[], []]) == body
