"""The ledger against a model of a few lines, and the promise: no contact is sent to twice unless a person says so."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from omni.errors import CampaignError
from omni.ports import Claimed
from omni.provider.withholding import destinations_of, fields_of, rewritten
from omni.store import recording
from omni.store.campaigns import Campaigns, Recipient
from omni.store.database import open_database
from omni.store.deciding import Unknowns
from omni.store.do_not_contact import DoNotContact
from omni.store.ledger import BodyReader, Finished, Ledger
from omni.store.unknown import Choice
from tests.builders import phone
from tests.store.building import (
    SENDS,
    accepted,
    all_recipients,
    make,
    none_posted,
    not_loaded,
    refused,
    slowed,
    states,
    unknown,
)
from tests.store.opening import IN_MEMORY

ENDINGS: dict[str, Callable[[Claimed], Finished]] = {
    "accepted": accepted,
    "refused": refused,
    "unknown": unknown,
    "slowed": lambda claimed: slowed(claimed, retry_after=0.0),
    "not loaded": not_loaded,
}
CERTAINLY_NOT_RECEIVED = ("refused", "slowed", "not loaded")
ROWS = range(2, 8)


class LedgerMachine(RuleBasedStateMachine):
    """One campaign of six contacts in requests of two: ``members`` are the rows in each request, in their order, and
    ``state`` is what the model holds of each request."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        self.database = open_database(f"sqlite:///{self.folder.name}/omni.db")
        self.ledger = Ledger(self.database, SENDS, BodyReader(destinations_of, fields_of, rewritten))
        self.people = DoNotContact(self.database)
        self.blocked: set[int] = set()
        self.campaigns = Campaigns(self.database)
        self.unknowns = Unknowns(self.database)
        self.campaign = make(self.database, len(ROWS), batch=2)
        self.campaign_state = "running"
        self.members = {1: [2, 3], 2: [4, 5], 3: [6, 7]}
        self.state = dict.fromkeys(self.members, "pending")
        self.resent: set[int] = set()
        self.arrived: dict[tuple[int, int], bool] = {}
        self.attempt = Counter[int]()
        self.flying: list[Claimed] = []
        self.landed: list[Claimed] = []
        self.received = Counter[int]()
        self.allowed = Counter[int](ROWS)
        self.workers = itertools.count(1)
        self.join()

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    @rule()
    def join(self) -> None:
        """The worker is killed and another takes its seat; what was on its way may have arrived, or not."""
        self.owner = f"seat.{next(self.workers)}"
        self.ledger.join(self.owner, {}, "seat.")
        for number in self.numbers("sending"):
            self.state[number] = "unknown"
        self.landed += self.flying
        self.flying = []
        self.settle()

    @rule(room=st.integers(1, 3), arrive=st.lists(st.booleans(), min_size=3, max_size=3))
    def claim(self, room: int, arrive: list[bool]) -> None:
        """What is claimed is posted, and arrives or gets lost on the way."""
        claimed, _ = self.ledger.turn(self.owner, [], room)
        due = self.numbers("pending") if self.campaign_state == "running" else []
        posted = self.ledger.bodies(claimed)
        stands = {each.row: each for each in all_recipients(self.campaigns, self.campaign)}
        emptied = [number for number in due if all(stands[row].state in ("cancelled", "unknown")
                                                   for row in self.members[number])]  # fmt: skip
        assert len(claimed) + len(emptied) == min(room, len(due))
        for number in [*emptied, *(each.number for each in claimed)]:
            assert self.state[number] == "pending"
            self.attempt[number] += 1
            self.withhold(number, stands)
        for each, arrives in zip(claimed, arrive, strict=False):
            rows = self.members[each.number]
            sent_to = [one["contactInfo"]["phone1"] for one in json.loads(posted[each.request_id])["contacts"]]
            assert sent_to == [phone(row) for row in rows]
            assert (each.contacts, each.attempt) == (len(rows), self.attempt[each.number])
            self.state[each.number] = "sending"
            self.flying.append(each)
            self.arrived[each.number, each.attempt] = arrives
            self.received.update(rows * arrives)
        self.settle()

    def withhold(self, number: int, stands: Mapping[int, Recipient]) -> None:
        """Nobody on the list is left in request ``number``; they stand in one that is never posted."""
        out = [row for row in self.members[number] if row in self.blocked]
        kept = [row for row in self.members[number] if row not in self.blocked]
        becomes = "unknown" if number in self.resent else "cancelled"
        places = {row: (stands[row].request_number, stands[row].position) for row in self.members[number]}
        theirs = len(self.members) + 1 if kept else number
        assert places == {row: (number, at) for at, row in enumerate(kept)} | {
            row: (theirs, at) for at, row in enumerate(out)
        }
        assert {stands[row].state for row in out} <= {becomes}
        if out:
            self.members[theirs], self.state[theirs] = out, becomes
        if kept:
            self.members[number] = kept

    @rule(row=st.sampled_from(ROWS))
    def block(self, row: int) -> None:
        """Somebody comes onto the do-not-contact list."""
        self.people.add([phone(row)], "", "ana")
        self.blocked.add(row)

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """An answer comes that is compatible with what happened."""
        claimed = data.draw(st.sampled_from(self.flying))
        self.flying.remove(claimed)
        self.landed.append(claimed)
        self.record(claimed, data)

    @precondition(lambda self: self.landed)
    @rule(data=st.data())
    def answer_late(self, data: st.DataObject) -> None:
        """An answer is recorded again, or long after its request was given up."""
        self.record(data.draw(st.sampled_from(self.landed)), data)

    def record(self, claimed: Claimed, data: st.DataObject) -> None:
        arrived = self.arrived[claimed.number, claimed.attempt]
        possible = [name for name in ENDINGS if (name not in CERTAINLY_NOT_RECEIVED) == arrived or name == "unknown"]
        name = data.draw(st.sampled_from(possible))
        self.ledger.turn(self.owner, [ENDINGS[name](claimed)], 0)
        now = self.state[claimed.number]
        if self.attempt[claimed.number] == claimed.attempt:
            if name in ("slowed", "not loaded"):
                self.state[claimed.number] = "pending" if now == "sending" else now
            elif now in ("sending", "unknown") or (now, name) == ("pending", "accepted"):
                self.state[claimed.number] = name
        self.settle()

    @precondition(lambda self: self.campaign_state == "running")
    @rule()
    def pause(self) -> None:
        self.campaigns.pause(self.campaign)
        self.campaign_state = "paused"

    @precondition(lambda self: self.campaign_state == "paused")
    @rule()
    def resume(self) -> None:
        self.campaigns.resume(self.campaign)
        self.campaign_state = "running"

    @precondition(lambda self: self.campaign_state in ("running", "paused") and len(self.landed) > 3)
    @rule()
    def cancel(self) -> None:
        self.campaigns.cancel(self.campaign)
        self.campaign_state = "cancelled"
        self.settle()

    @rule()
    def keep(self) -> None:
        assert Unknowns(self.database).decide(self.campaign, "keep", "ana").contacts == len(self.rows("unknown"))
        for number in self.numbers("unknown"):
            self.state[number] = "accepted"

    @precondition(lambda self: self.campaign_state != "cancelled")
    @rule()
    def resend(self) -> None:
        self.allowed.update(self.rows("unknown"))
        assert Unknowns(self.database).decide(self.campaign, "resend", "ana").contacts == len(self.rows("unknown"))
        for number in self.numbers("unknown"):
            self.state[number] = "pending"
            self.resent.add(number)
            if self.campaign_state != "paused":
                self.campaign_state = "running"

    @precondition(lambda self: self.numbers("unknown"))
    @rule(data=st.data())
    def decide_for_some(self, data: st.DataObject) -> None:
        """A person chooses requests and decides about these alone; what they saw may be out of date."""
        numbers = data.draw(st.sets(st.sampled_from(self.numbers("unknown")), min_size=1))
        what = data.draw(st.sampled_from(["keep", "resend"] if self.campaign_state != "cancelled" else ["keep"]))
        seen = self.unknowns.extent(self.campaign, Choice(frozenset(numbers)), what)
        rows = [row for number in numbers for row in self.members[number]]
        assert (seen.requests, seen.contacts) == (len(numbers), len(rows))
        if len(numbers) > 1 and data.draw(st.booleans()):
            meanwhile = Choice(frozenset({min(numbers)}))
            self.unknowns.decide(self.campaign, "keep", "bia", meanwhile)
            self.state[min(numbers)] = "accepted"
            with pytest.raises(CampaignError):
                self.unknowns.decide(self.campaign, what, "ana", Choice(frozenset(numbers)), seen)
            return
        assert self.unknowns.decide(self.campaign, what, "ana", Choice(frozenset(numbers)), seen) == seen
        for number in numbers:
            self.state[number] = "accepted" if what == "keep" else "pending"
        if what == "resend":
            self.allowed.update(rows)
            self.resent |= numbers
            if self.campaign_state != "paused":
                self.campaign_state = "running"

    @rule()
    def beat(self) -> None:
        self.ledger.beat(self.owner, {}, [each.identity for each in self.flying], none_posted)

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        of_row = {row: self.state[number] for number, rows in self.members.items() for row in rows}
        assert states(self.database, self.campaign) == "".join(of_row[row][0] for row in ROWS)
        progress = self.campaigns.progress(self.campaign)
        assert progress.state == self.campaign_state
        assert {state: count for state, count in progress.counts.items() if count} == Counter(of_row.values())
        assert progress.requests == len(self.members)

    @invariant()
    def nobody_is_sent_to_more_often_than_people_decided(self) -> None:
        assert all(self.received[row] <= self.allowed[row] for row in ROWS)

    @invariant()
    def what_is_called_refused_was_not_received_and_nothing_received_is_called_pending_or_cancelled(self) -> None:
        for number, state in self.state.items():
            if state == "refused":
                assert not self.arrived.get((number, self.attempt[number]))
            if state == "pending":
                assert not any(self.received[row] for row in self.members[number] if self.allowed[row] == 1)
            if state == "cancelled":
                assert not any(self.received[row] for row in self.members[number])

    def numbers(self, state: str) -> list[int]:
        return [number for number, now in self.state.items() if now == state]

    def rows(self, state: str) -> list[int]:
        return [row for number in self.numbers(state) for row in self.members[number]]

    def settle(self) -> None:
        if self.campaign_state == "cancelled":
            for number in self.numbers("pending"):
                self.state[number] = "unknown" if number in self.resent else "cancelled"
        elif not self.numbers("pending") and not self.numbers("sending"):
            self.campaign_state = "done"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MIN_RETRY", 0.0)


class TestLedgerMachine(LedgerMachine.TestCase):
    settings = settings(
        max_examples=20, stateful_step_count=25, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )  # fmt: skip
