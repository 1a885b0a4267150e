"""Pages of contacts, and all contacts in order for the report."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from omni.core.campaign import CONTACT_STATES, ContactState, Recipient
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from tests.store.building import (
    accepted,
    all_recipients,
    claim,
    make,
    new_campaign,
    prepared,
    record,
    refused,
    request,
    slowed,
    unknown,
)


@pytest.fixture
def mixed(database: Database, campaigns: Campaigns) -> int:
    """60 contacts in 20 requests with unordered rows, in every state."""
    make(database, 7)
    rows = list(range(2, 62))
    random.Random(5).shuffle(rows)
    groups = [request(number, rows[at : at + 3]) for number, at in enumerate(range(0, 60, 3), start=1)]
    made = campaigns.create(new_campaign("mixed"), groups, []).id
    mine = [each for each in claim(database, room=24) if each.campaign_id == made]
    endings: list[Callable] = [accepted, refused, unknown, lambda each: unknown(each, 0, 2), slowed]
    record(database, *(endings[at % 5](each) for at, each in enumerate(mine[:10])))
    campaigns.cancel(made)
    return made


def contact_chunks(campaigns: Campaigns, campaign_id: int) -> list[Recipient]:
    return list(all_recipients(campaigns, campaign_id))


def in_columns(campaigns: Campaigns, campaign_id: int) -> list[tuple[object, ...]]:
    """Return the contacts read by column, in the shape of a page."""
    found: list[tuple[object, ...]] = []
    for some in campaigns.contact_chunks(campaign_id):
        requests = [some.requests[at] for at in some.request_index.to_pylist()]
        with_id = some.with_id.to_pylist() if some.with_id is not None else [False] * len(requests)
        columns = (some.rows.to_pylist(), some.plans.to_pylist(), some.positions.to_pylist(), requests, with_id)
        for row, plan, position, of, has_id in zip(*columns, strict=True):
            state = "accepted" if has_id else of.state
            found.append((row, plan, of.number, position, state, of.batch_id, of.detail, of.params, of.finished_at))
    return found


@pytest.mark.parametrize("chunk", [1, 7, 59, 60, 5000])
def test_columns_hold_of_every_contact_what_a_page_holds(campaigns: Campaigns, mixed: int, chunk: int, monkeypatch):
    monkeypatch.setattr("omni.store.campaigns.campaign_rows.ROWS", chunk)
    assert in_columns(campaigns, mixed) == [
        (
            one.row,
            one.plan,
            one.request_number,
            one.position,
            one.state,
            one.batch_id,
            one.detail,
            one.params,
            one.finished_at,
        )
        for one in contact_chunks(campaigns, mixed)
    ]


def test_every_contact_comes_once_and_in_the_order_of_the_sheet(campaigns: Campaigns, mixed: int):
    found = contact_chunks(campaigns, mixed)
    assert [each.row for each in found] == list(range(2, 62))
    assert all(each.destination.endswith(str(each.row)) for each in found)
    assert {each.state for each in found} == {"sending", "accepted", "refused", "unknown", "cancelled"}


def test_a_contact_knows_its_place_in_its_request(campaigns: Campaigns, mixed: int):
    for each in contact_chunks(campaigns, mixed):
        body = campaigns.body(mixed, each.request_number).decode()
        assert body.split('"phone1": "')[each.position + 1].startswith(each.destination)


@pytest.mark.parametrize("state", [None, *CONTACT_STATES])
def test_pages_cut_what_the_filter_leaves(campaigns: Campaigns, mixed: int, state: ContactState | None):
    wanted = [each for each in contact_chunks(campaigns, mixed) if state in (None, each.state)]
    for limit, offset in [(7, 0), (7, 7), (100, 0), (5, 50), (3, 58), (10, 1000), (0, 0), (4, 13)]:
        page = campaigns.recipients(mixed, state=state, limit=limit, offset=offset)
        assert page.total == len(wanted)
        assert list(page.recipients) == wanted[offset : offset + limit], (limit, offset)


@pytest.mark.parametrize(
    ("search", "rows"),
    [
        ("60", [60]),
        ("5511900000007", [7]),
        ("+55 (11) 90000-0007", [7]),
        ("00004", [4, *range(40, 50)]),
        ("  12 ", [12]),
        ("nobody", []),
        ("%", []),
        ("_", []),
        ("9" * 40, []),
    ],
)
def test_a_search_finds_rows_and_parts_of_destinations(campaigns: Campaigns, mixed: int, search: str, rows: list[int]):
    page = campaigns.recipients(mixed, search=search)
    assert [each.row for each in page.recipients] == rows
    assert page.total == len(rows)


def test_a_search_within_a_state_counts_what_both_leave(campaigns: Campaigns, mixed: int):
    wanted = [
        each.row
        for each in contact_chunks(campaigns, mixed)
        if each.state == "cancelled" and "00003" in each.destination
    ]
    page = campaigns.recipients(mixed, state="cancelled", search="00003")
    assert ([each.row for each in page.recipients], page.total) == (wanted, len(wanted))


def test_e_mail_addresses_are_found_in_any_case(campaigns: Campaigns):
    (one,) = prepared(1)
    mail = type(one)(1, one.body, [2], ["Ana.Lima@Example.com"], [0])
    made = campaigns.create(new_campaign("mail"), [mail], []).id
    assert campaigns.recipients(made, search="lima@example").total == 1


def test_a_contact_with_an_id_is_accepted_even_where_its_request_is_unknown(database: Database, campaigns: Campaigns):
    made = make(database, 4, 4)
    record(database, unknown(claim(database)[0], 1, 3))
    assert [each.row for each in campaigns.recipients(made, state="accepted").recipients] == [3, 5]
    assert [each.row for each in campaigns.recipients(made, state="unknown").recipients] == [2, 4]
    assert campaigns.progress(made).counts["accepted"] == 2


def test_answers_come_by_request_and_attempt_with_their_raw_bytes(database: Database, campaigns: Campaigns):
    made = make(database, 250)
    claimed = claim(database, room=250)
    record(database, *(accepted(each) for each in claimed[1:]), slowed(claimed[0], 0.0))
    found = list(campaigns.answers(made))
    assert [(each.number, each.attempt) for each in found] == [(number, 1) for number in range(1, 251)]
    assert (found[0].answer.status, found[1].answer.raw, found[1].places) == (429, b"{}", [0])
    assert [each.number for each in campaigns.answers(made, [3, 200, 999])] == [3, 200]
