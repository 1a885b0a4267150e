"""Recent sends are found in any notation and any column, and sent to again only by the operator's choice."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omni.core.match_key import match_key
from omni.errors import CampaignError
from omni.locale import Text
from omni.service.checked_contacts import FewerContacts
from omni.service.checking import check_contacts
from omni.service.destination_keys import keys_of
from omni.service.launching import Launch, launch
from omni.service.planning import make_plan
from omni.service.preparation import from_json, to_json
from omni.service.recent_sends import RecentSendsGuard
from omni.service.reporting import report, rows_of
from omni.sheets.checking.screening import Agreed
from omni.store.campaigns.campaigns import Campaigns
from omni.store.campaigns.recent_sends import RecentSends
from omni.store.ledger.ledger import Ledger
from omni.store.opening import open_database
from omni.store.people.do_not_contact import DoNotContact
from omni.store.schema import destination_keys
from tests.builders import TEMPLATE, contact_rows, phone, sms_template
from tests.service.desk import prepare
from tests.store.building import ME, SENDS, accepted, record, refused
from tests.waiting import PATIENCE

ANNOUNCED = "campaign.repeats"
CHANGED = "campaign.repeats_changed"
NOWHERE = {"", "0"}
"""Match keys of a contact without a destination."""


class Desk:
    """A database behind the recent-sends guard, and the operator's actions on it."""

    def __init__(self, url, folder, days=7):
        self.folder = folder
        self.database = open_database(url)
        self.campaigns = Campaigns(self.database)
        self.guard = RecentSendsGuard(RecentSends(self.database), days)
        self.count = 0

    def prepare(self, rows, template=None, **changes):
        self.count += 1
        return prepare(self.folder / str(self.count), rows, template or sms_template(), **changes)

    def find(self, made, *, practice=True):
        return self.guard.find(made.checked, made.preparation.template, practice=practice)

    def decide(self, made, whom):
        """Plan ``made`` again with a decision about its recent sends."""
        preparation = replace(made.preparation, recent_sends=self.find(made).decide(whom))
        checked = self.guard.applied(made.checked, preparation, practice=True)
        return replace(
            made,
            preparation=preparation,
            checked=checked,
            plan=make_plan(made.workspace, checked, preparation.template, 1000),
        )

    def launch(self, made, key=None, **order):
        self.count += 1
        given = {"key": key or f"key-{self.count}", "name": "November", "practice": True, "created_by": "ana"} | order
        return launch(
            self.campaigns,
            Launch(draft_id=None, **given),
            "practice",
            "practice",
            made.preparation,
            made.checked,
            made.plan,
            None,
            self.guard,
        )

    def answer(self, answer):
        """Record ``answer`` for every request that can be claimed."""
        for claimed in Ledger(self.database, SENDS).turn(ME, [], 1000)[0]:
            record(self.database, answer(claimed))


@pytest.fixture
def desk(database_url, tmp_path):
    made = Desk(database_url, tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def sqlite(tmp_path):
    made = Desk(f"sqlite:///{tmp_path / 'omni.db'}", tmp_path)
    yield made
    made.database.close()


def places(found):
    return [at for at, hit in enumerate(found.mask.tolist()) if hit]


def sent(plan):
    return [contact["contactInfo"] for body in plan.bodies_in_order() for contact in json.loads(body)["contacts"]]


def test_without_earlier_campaigns_no_contact_is_found(desk):
    made = desk.prepare(contact_rows(3))
    found = desk.find(made)
    assert (found.count, found.contacts, found.others, found.earlier, found.digest) == (0, 3, 3, (), "")
    assert desk.launch(made).is_new


def test_recent_contacts_are_found_in_another_sheet_with_their_campaigns(desk):
    desk.launch(desk.prepare(contact_rows(4)), name="First")
    second = desk.decide(desk.prepare(contact_rows(6)[2:], sms_template("Other")), "all")
    desk.launch(second, name="Second", created_by="bia")
    rows = [[one[2], "x"] for one in reversed(contact_rows(8))]
    found = desk.find(desk.prepare(rows, header=("Celular", "Outra")))
    assert places(found) == [2, 3, 4, 5, 6, 7]
    assert [(each.campaign.name, each.campaign.created_by, each.count, each.same_steps) for each in found.earlier] == [
        ("Second", "bia", 4, False),
        ("First", "ana", 4, True),
    ]
    assert [(one.row, one.destination) for one in found.earlier[1].examples] == [
        (6, phone(4)),
        (7, phone(3)),
        (8, phone(2)),
    ]
    assert found.identical is None


def test_any_destination_of_either_campaign_counts_whichever_step_it_was_for(desk):
    mail = {"campaignAlias": "", "steps": [TEMPLATE["steps"][2]]}
    desk.launch(desk.prepare(contact_rows(3), TEMPLATE, mapping={"phone2": "Celular"}))
    others = [["", "", phone(at + 50), f"PESSOA{at}@Example.com"] for at in (1, 2, 9)]
    assert places(desk.find(desk.prepare(others, mail))) == [0, 1]
    # The address is in this spreadsheet as well, but no step sends to it.
    assert places(desk.find(desk.prepare(others))) == []


def test_old_and_new_notation_of_a_mobile_are_one_phone(desk):
    desk.launch(desk.prepare([["", "", "(11) 98765-0001", ""]]))
    old = [["", "", "55 11 8765-0001", ""], ["", "", "11 8765-0002", ""]]
    assert places(desk.find(desk.prepare(old, agreed=Agreed(add_nine=True)))) == [0]
    # A campaign may have been sent to the number without the ninth digit.
    assert keys_of(pa.array(["551187650001"]), "phone") == keys_of(pa.array(["5511987650001"]), "phone")


def test_practice_and_the_real_thing_are_separate(desk):
    made = desk.prepare(contact_rows(2))
    desk.launch(made)
    assert desk.find(made).count == 2
    assert desk.find(made, practice=False).count == 0


def test_refused_and_cancelled_contacts_may_be_sent_to_and_all_others_count(desk):
    made = desk.prepare(contact_rows(4), batch=1)
    run = desk.launch(made).id
    claimed = Ledger(desk.database, SENDS).turn(ME, [], 3)[0]
    record(desk.database, accepted(claimed[0]), refused(claimed[1]))
    assert places(desk.find(made)) == [0, 2, 3]
    desk.campaigns.cancel(run)
    assert places(desk.find(made)) == [0, 2]
    record(desk.database, refused(claimed[2]))
    assert places(desk.find(made)) == [0]


def test_a_campaign_without_keys_is_known_by_its_first_destinations(desk):
    rows = contact_rows(3)
    rows[2][2] = ""
    desk.launch(desk.prepare(rows, TEMPLATE, mapping={"phone2": "Celular"}))
    with desk.database.write() as connection:
        connection.execute(sa.delete(destination_keys))
    assert places(desk.find(desk.prepare(contact_rows(3)))) == [0, 1]
    mail = {"campaignAlias": "", "steps": [TEMPLATE["steps"][2]]}
    assert places(desk.find(desk.prepare(contact_rows(3), mail))) == [2]


def test_the_same_steps_to_the_same_contacts_differ_from_mere_overlap(sqlite):
    rows = contact_rows(3)
    sqlite.launch(sqlite.prepare(rows))
    assert sqlite.find(sqlite.prepare(rows)).identical.campaign.id == 1
    assert sqlite.find(sqlite.prepare(rows[:2])).identical.campaign.id == 1
    assert sqlite.find(sqlite.prepare(contact_rows(4))).identical is None
    assert sqlite.find(sqlite.prepare(rows, sms_template("Another text"))).identical is None
    renamed = sms_template() | {"campaignAlias": "December"}
    assert sqlite.find(sqlite.prepare(rows, renamed)).identical is not None


def test_nothing_is_sent_until_a_person_has_chosen(desk):
    desk.launch(desk.prepare(contact_rows(2)))
    made = desk.prepare(contact_rows(5))
    with pytest.raises(CampaignError) as caught:
        desk.launch(made)
    assert (caught.value.code, caught.value.params["n"]) == (ANNOUNCED, 2)
    assert [each.contacts for each in desk.campaigns.list()] == [2]
    assert desk.launch(desk.decide(made, "all")).is_new
    assert [each.contacts for each in desk.campaigns.list()] == [5, 2]


def test_only_the_others_are_in_the_requests_the_figures_and_the_report(desk):
    desk.launch(desk.prepare(contact_rows(2)))
    rows = [*contact_rows(6), ["", "", "none", ""]]
    whole = desk.prepare(rows, TEMPLATE, mapping={"phone2": "Celular"})
    made = desk.decide(whole, "others")
    assert [info["phone1"] for info in sent(made.plan)] == [phone(at) for at in (3, 4, 5, 6)]
    figures = made.checked.summary
    assert [figures.rows[name] for name in ("read", "ready", "recent", "rejected")] == [7, 4, 2, 1]
    parts = ("ready", "recent", "rejected", "duplicate", "blank", "hidden", "suppressed")
    assert sum(figures.rows[name] for name in parts) == figures.rows["read"]
    assert [reach.contacts for reach in figures.reach] == [4, 4, 4]
    assert figures.rows["repaired"] <= figures.rows["ready"]
    assert [row.row for row in made.checked.rows("recent", 0, 9)] == [2, 3]
    assert made.checked.listed("step:1") == made.checked.listed("ready") == 4
    # The counts of the whole check are unchanged.
    assert whole.checked.summary.rows["ready"] == 6

    run = desk.launch(made).id
    header, parts = report(desk.campaigns, run, Text("en"))
    assert [(line[header.index("Código")], line[header.index("row")]) for line in rows_of(parts)] == [
        ("00003", "4"),
        ("00004", "5"),
        ("00005", "6"),
        ("00006", "7"),
    ]
    decided = RecentSends(desk.database).decision(run)
    assert (decided.choice, decided.who, decided.contacts, decided.days) == ("others", "ana", 2, 7)
    # Contacts left out here were not sent to by this campaign: only its own contacts are found in it.
    assert places(desk.find(desk.prepare(contact_rows(8)))) == [0, 1, 2, 3, 4, 5]
    assert [each.count for each in desk.find(desk.prepare(contact_rows(8))).earlier] == [4, 2]


def test_a_choice_is_void_once_another_campaign_sent_to_them_too(desk):
    desk.launch(desk.prepare(contact_rows(2)))
    for whom in ("others", "all"):
        made = desk.decide(desk.prepare(contact_rows(5)), whom)
        # The overlap is the same two contacts, but they would now be sent to a third time.
        desk.launch(desk.decide(desk.prepare(contact_rows(2)), "all"))
        with pytest.raises(CampaignError, match=CHANGED):
            desk.launch(made)
        assert (
            desk.guard.applied(
                made.checked.whole if whom == "others" else made.checked, made.preparation, practice=True
            ).summary.rows["ready"]
            == 5
        )


def test_a_choice_is_void_for_another_sheet_other_steps_or_another_mode(sqlite):
    sqlite.launch(sqlite.prepare(contact_rows(2)))
    made = sqlite.prepare(contact_rows(3), sms_template("One text"))
    choice = sqlite.find(made).decide("all")
    assert sqlite.find(made).decide("all") == choice
    assert sqlite.find(sqlite.prepare(contact_rows(4))).decide("all") != choice
    # With the text of the earlier campaign the steps are the same, which is a stronger warning.
    same = replace(made.preparation, template=sqlite.prepare(contact_rows(1)).preparation.template)
    assert sqlite.guard.find(made.checked, same.template, practice=True).decide("all") != choice
    assert sqlite.find(made, practice=False).decide("all") != choice


def test_a_plan_that_is_not_what_was_decided_is_not_sent(sqlite):
    sqlite.launch(sqlite.prepare(contact_rows(2)))
    whole = sqlite.prepare(contact_rows(5))
    others = sqlite.decide(whole, "others")
    with pytest.raises(CampaignError, match=CHANGED):
        sqlite.launch(replace(others, checked=whole.checked, plan=whole.plan))
    with pytest.raises(CampaignError, match=CHANGED):
        sqlite.launch(replace(others, preparation=sqlite.decide(whole, "all").preparation))
    assert len(sqlite.campaigns.list()) == 1


def test_a_reduced_plan_is_not_sent_once_the_overlap_is_gone(sqlite):
    run = sqlite.launch(sqlite.prepare(contact_rows(2))).id
    made = sqlite.decide(sqlite.prepare(contact_rows(5)), "others")
    sqlite.campaigns.cancel(run)
    with pytest.raises(CampaignError, match=CHANGED):
        sqlite.launch(made)
    assert sqlite.launch(replace(made, checked=made.checked.whole, plan=sqlite.prepare(contact_rows(5)).plan)).is_new


def test_the_same_key_finds_its_campaign_whatever_was_sent_since(desk):
    made = desk.prepare(contact_rows(3))
    first = desk.launch(made, key="draft-1")
    again = desk.launch(made, key="draft-1")
    assert (again.id, again.is_new) == (first.id, False)


def test_a_key_used_between_the_look_and_the_making_finds_its_campaign_too(sqlite, monkeypatch):
    made = sqlite.prepare(contact_rows(3))
    first = sqlite.launch(made, key="draft-1")
    asked = iter([False])
    has_made = sqlite.campaigns.has_made
    monkeypatch.setattr(sqlite.campaigns, "has_made", lambda key: next(asked, None) or has_made(key))
    assert sqlite.launch(made, key="draft-1").id == first.id


def test_a_campaign_to_others_made_at_the_same_moment_does_not_stop_this_one(sqlite, monkeypatch):
    made, create = sqlite.prepare(contact_rows(3)), sqlite.campaigns.create
    meanwhile = iter([sqlite.prepare([["", "", phone(900), ""]])])

    def create_later(*given):
        if other := next(meanwhile, None):
            sqlite.launch(other)
        return create(*given)

    monkeypatch.setattr(sqlite.campaigns, "create", create_later)
    assert sqlite.launch(made).is_new
    assert [each.contacts for each in sqlite.campaigns.list()] == [3, 1]


def test_of_two_operators_sending_the_same_sheet_at_once_one_is_asked(desk):
    made = [desk.prepare(contact_rows(300), batch=1) for _ in range(2)]
    start = threading.Barrier(2, timeout=PATIENCE)
    outcomes = []

    def run(each, key):
        start.wait()
        try:
            outcomes.append(desk.launch(each, key=key).is_new)
        except CampaignError as err:
            outcomes.append(err.code)

    threads = [threading.Thread(target=run, args=(each, f"draft-{at}")) for at, each in enumerate(made)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE)
    assert sorted(outcomes, key=str) == [True, ANNOUNCED]
    assert [each.contacts for each in desk.campaigns.list()] == [300]


def test_with_no_days_the_guard_lets_everything_pass(sqlite):
    sqlite.guard = RecentSendsGuard(RecentSends(sqlite.database), 0)
    for _ in range(2):
        assert sqlite.launch(sqlite.prepare(contact_rows(2))).is_new
    assert RecentSends(sqlite.database).decision(2) is None
    # Campaigns sent while the guard is off are known once it is on.
    sqlite.guard = RecentSendsGuard(RecentSends(sqlite.database), 1)
    assert sqlite.find(sqlite.prepare(contact_rows(3))).count == 2


def test_a_restored_database_is_not_taken_for_the_one_before_it(tmp_path):
    """Campaign 1 of the other database has the same number but other contacts."""
    one, other = (Desk(f"sqlite:///{tmp_path / name}", tmp_path / name[0]) for name in ("a.db", "b.db"))
    one.launch(one.prepare(contact_rows(2)))
    other.launch(other.prepare(contact_rows(5)[3:]))
    made = one.prepare(contact_rows(5))
    assert places(one.find(made)) == [0, 1]
    assert places(other.guard.find(made.checked, made.preparation.template, practice=True)) == [3, 4]
    one.database.close()
    other.database.close()


def test_the_choice_is_kept_in_the_draft(sqlite):
    sqlite.launch(sqlite.prepare(contact_rows(2)))
    made = sqlite.decide(sqlite.prepare(contact_rows(5)), "others")
    assert from_json(json.loads(json.dumps(to_json(made.preparation)))).recent_sends == made.preparation.recent_sends
    assert isinstance(made.checked, FewerContacts)


def test_a_contact_added_to_the_do_not_contact_list_is_no_overlap(sqlite, tmp_path):
    from omni.service.do_not_contact import listed_now

    sqlite.launch(sqlite.prepare(contact_rows(2)))
    people = DoNotContact(sqlite.database)
    people.add([phone(1)], "", "ana")
    made = sqlite.prepare(contact_rows(3))
    checked = check_contacts(made.workspace, made.preparation, listed_now(people, tmp_path / "list"))
    found = sqlite.guard.find(checked, made.preparation.template, practice=True)
    assert (found.count, found.contacts) == (1, 2)


def keys_in(info):
    """Return the match keys of a request's contact."""
    return {match_key(info[field]) for field in ("phone1", "email")} - NOWHERE


PHONES = st.integers(1, 12).map(lambda at: f"(11) 9{6000 + at // 2:04d}-000{at % 10}")
OLD = st.integers(1, 12).map(lambda at: f"55 11 {6000 + at // 2:04d}-000{at % 10}")
MAILS = st.tuples(st.integers(1, 6), st.booleans()).map(
    lambda one: f"pessoa{one[0]}@example.com".upper() if one[1] else f"pessoa{one[0]}@example.com"
)
ROWS = st.lists(
    st.tuples(st.just("1"), st.just(""), PHONES | OLD | st.just(""), MAILS | st.just("")), min_size=1, max_size=12
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(campaigns=st.lists(ROWS, max_size=3), ours=ROWS, same=st.sampled_from(["keep_first", "keep_all"]))
def test_left_out_and_sent_are_all_and_no_recent_contact_is_sent_to(tmp_path_factory, campaigns, ours, same):
    folder = tmp_path_factory.mktemp("property")
    desk = Desk(f"sqlite:///{folder / 'omni.db'}", folder)
    try:
        template = {"campaignAlias": "", "steps": [TEMPLATE["steps"][0], TEMPLATE["steps"][2]]}
        taken: set[str] = set()
        for rows in campaigns:
            made = desk.prepare(rows, template, duplicates=same, agreed=Agreed(add_nine=True))
            if made.plan.contacts:
                made = desk.decide(made, "all")
                desk.launch(made)
                taken = taken.union(*map(keys_in, sent(made.plan)))
        whole = desk.prepare(ours, template, duplicates=same, agreed=Agreed(add_nine=True))
        found = desk.find(whole)
        everybody = sent(whole.plan)
        assert found.mask.tolist() == [bool(keys_in(info) & taken) for info in everybody]
        if found.count and found.others:
            made = desk.decide(whole, "others")
            assert made.plan.contacts + found.count == whole.plan.contacts
            left = sent(made.plan)
            assert left == [info for info, hit in zip(everybody, found.mask.tolist(), strict=True) if not hit]
            assert not any(keys_in(info) & taken for info in left)
            assert desk.launch(made).is_new
    finally:
        desk.database.close()
