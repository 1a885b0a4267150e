"""The ledger against a small model: no contact is sent to twice unless an operator decides so."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from omni.core.campaign import Recipient
from omni.core.unknown import Choice
from omni.errors import CampaignError
from omni.ports import Claimed, Finished
from omni.provider.request_body import destinations_of, fields_of, rewritten
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.ledger import recording
from omni.store.ledger.ledger import Ledger
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.ledger.withholding import BodyReader
from omni.store.opening import open_database
from omni.store.people.do_not_contact import DoNotContact
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
from tests.store.opening import IN_MEMORY, empty
from tests.store.request_counts import counted, recounted

ENDINGS: dict[str, Callable[[Claimed], Finished]] = {
    "accepted": accepted,
    "refused": refused,
    "unknown": unknown,
    "partly": lambda claimed: unknown(claimed, 0),
    "slowed": lambda claimed: slowed(claimed, retry_after=0.0),
    "not loaded": not_loaded,
}
CERTAINLY_NOT_RECEIVED = ("refused", "slowed", "not loaded")
ROWS = range(2, 8)


class LedgerMachine(RuleBasedStateMachine):
    """One campaign of six contacts in requests of two.

    ``members`` are the rows in each request, in their order, and ``state`` is the model's state of each request.
    ``posted_to`` has the rows of each attempt at the time it was posted.

    Proof is an answer with ids: ``proven`` are the rows it was about, ``with_ids`` those whose request may otherwise be
    unknown. Proof that arrives while the request is in flight again is kept in ``late`` until that attempt ends.
    """

    @initialize()
    def begin(self) -> None:
        self.database = self.opened()
        self.ledger = Ledger(self.database, SENDS, BodyReader(destinations_of, fields_of, rewritten))
        self.people = DoNotContact(self.database)
        self.blocked: set[int] = set()
        self.campaigns = Campaigns(self.database)
        self.unknowns = Unknowns(self.database)
        self.campaign = make(self.database, len(ROWS), batch=2)
        self.campaign_state = "running"
        self.members = {1: [2, 3], 2: [4, 5], 3: [6, 7]}
        self.state = dict.fromkeys(self.members, "pending")
        self.doubted: dict[int, int] = {}  # by request, the attempt after which it was first sent again
        self.posted_to: dict[tuple[int, int], list[int]] = {}
        self.proven: set[int] = set()
        self.with_ids: set[int] = set()
        self.late: dict[int, set[int]] = {}
        self.arrived: dict[tuple[int, int], bool] = {}
        self.attempt = Counter[int]()
        self.flying: list[Claimed] = []
        self.landed: list[Claimed] = []
        self.not_known_of: list[Claimed] = []
        self.received = Counter[int]()
        self.allowed = Counter[int](ROWS)
        self.workers = itertools.count(1)
        self.join()

    def opened(self) -> Database:
        """Open a database without a row."""
        self.folder = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        return open_database(f"sqlite:///{self.folder.name}/omni.db")

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.database.close()
            self.folder.cleanup()

    @precondition(lambda self: self.flying or self.not_known_of)
    @rule()
    def join(self) -> None:
        """Kill the worker and let another take its seat; requests in flight may or may not have arrived."""
        self.owner = f"seat.{next(self.workers)}"
        self.ledger.join(self.owner, {}, "seat.")
        for number in self.numbers("sending"):
            self.end(number, "unknown")
        self.landed += self.flying
        self.flying, self.not_known_of = [], []
        self.settle()

    @rule(
        room=st.integers(1, 3),
        arrive=st.lists(st.booleans(), min_size=3, max_size=3),
        committed=st.sampled_from(["and said so"] * 3 + ["but said it was not"]),
    )
    def claim(self, room: int, arrive: list[bool], committed: str) -> None:
        """Claim and post requests, each of which arrives or gets lost."""
        claimed, _ = self.ledger.turn(self.owner, [], room)
        due = self.numbers("pending") if self.campaign_state == "running" else []
        posted = self.ledger.bodies(claimed)
        stands = {each.row: each for each in all_recipients(self.campaigns, self.campaign)}
        emptied = [
            number
            for number in due
            if all(stands[row].state in ("cancelled", "unknown") for row in self.members[number])
        ]
        assert len(claimed) + len(emptied) == min(room, len(due))
        for number in [*emptied, *(each.number for each in claimed)]:
            assert self.state[number] == "pending"
            self.withhold(number, stands)
        for each, arrives in zip(claimed, arrive, strict=False):
            rows = self.members[each.number]
            sent_to = [one["contactInfo"]["phone1"] for one in json.loads(posted[each.request_id])["contacts"]]
            assert sent_to == [phone(row) for row in rows]
            self.attempt[each.number] += 1
            assert (each.contacts, each.attempt) == (len(rows), self.attempt[each.number])
            assert not self.proven & set(rows), "sent again although it was proven that this is needless"
            self.state[each.number] = "sending"
            if committed == "but said it was not":
                self.not_known_of.append(each)
                continue
            self.flying.append(each)
            self.posted_to[each.number, each.attempt] = rows
            self.arrived[each.number, each.attempt] = arrives
            self.received.update(rows * arrives)
        self.settle()

    def withhold(self, number: int, stands: Mapping[int, Recipient]) -> None:
        """Move contacts on the list out of request ``number``, into a request that is never posted."""
        out = [row for row in self.members[number] if row in self.blocked]
        kept = [row for row in self.members[number] if row not in self.blocked]
        becomes = "unknown" if number in self.doubted else "cancelled"
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

    @precondition(lambda self: self.posted_to and len(self.blocked) < 3)
    @rule(row=st.sampled_from(ROWS))
    def block(self, row: int) -> None:
        """Add a contact to the do-not-contact list."""
        self.people.add([phone(row)], "", "ana")
        self.blocked.add(row)

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """Record an answer that is compatible with the attempt's arrival or loss."""
        claimed = data.draw(st.sampled_from(self.flying))
        self.flying.remove(claimed)
        self.landed.append(claimed)
        self.record(claimed, data)

    @precondition(lambda self: self.landed)
    @rule(data=st.data())
    def answer_late(self, data: st.DataObject) -> None:
        """Record an answer again, or long after its request was given up."""
        self.record(data.draw(st.sampled_from(self.landed)), data)

    @precondition(lambda self: self.before_the_last())
    @rule(data=st.data())
    def answer_to_an_earlier_attempt(self, data: st.DataObject) -> None:
        """Record an answer to an earlier attempt after the request has been claimed again."""
        self.record(data.draw(st.sampled_from(self.before_the_last())), data)

    def before_the_last(self) -> list[Claimed]:
        return [each for each in self.landed if each.attempt < self.attempt[each.number]]

    def record(self, claimed: Claimed, data: st.DataObject) -> None:
        at = claimed.number, claimed.attempt
        possible = [
            name for name in ENDINGS if (name not in CERTAINLY_NOT_RECEIVED) == self.arrived[at] or name == "unknown"
        ]
        name = data.draw(st.sampled_from(possible))
        self.ledger.turn(self.owner, [ENDINGS[name](claimed)], 0)
        about = {"accepted": self.posted_to[at], "partly": self.posted_to[at][:1]}.get(name, [])
        self.proven.update(about)
        if self.attempt[claimed.number] == claimed.attempt:
            self.record_the_last(claimed, name, about)
        else:
            for number, rows in self.members.items():
                if proof := set(about) & set(rows):
                    self.prove(number, proof)
        self.settle()

    def record_the_last(self, claimed: Claimed, name: str, about: list[int]) -> None:
        number, now = claimed.number, self.state[claimed.number]
        if name in ("slowed", "not loaded"):
            if now == "sending":
                self.end(number, "pending")
        elif now in ("sending", "unknown") or (now == "pending" and about):
            doubted = self.doubted.get(number, claimed.attempt) < claimed.attempt
            becomes = "unknown" if name == "partly" or (name == "refused" and doubted) else name
            self.with_ids.update(about if name == "partly" else [])
            self.end(number, becomes)

    def prove(self, number: int, rows: set[int]) -> None:
        """Count late proof that an earlier attempt reached ``rows``, which are all or some of the request."""
        if self.state[number] == "sending":
            self.late.setdefault(number, set()).update(rows)
        elif self.state[number] in ("pending", "unknown"):
            self.with_ids |= rows
            self.state[number] = "accepted" if rows == set(self.members[number]) else "unknown"

    def end(self, number: int, state: str) -> None:
        """End the last attempt at a request."""
        self.state[number] = state
        if proof := self.late.pop(number, None):
            self.prove(number, proof)

    @precondition(lambda self: self.campaign_state == "running" and self.landed)
    @rule()
    def pause(self) -> None:
        self.campaigns.pause(self.campaign)
        self.campaign_state = "paused"

    @precondition(lambda self: self.campaign_state == "paused")
    @rule()
    def resume(self) -> None:
        self.campaigns.resume(self.campaign)
        self.campaign_state = "running"

    @precondition(lambda self: self.campaign_state in ("running", "paused") and len(self.landed) > 4)
    @rule()
    def cancel(self) -> None:
        never = [self.members[number] for number in self.numbers("pending") if number not in self.doubted]
        assert self.campaigns.cancel(self.campaign) == sum(map(len, never))
        self.campaign_state = "cancelled"
        self.settle()

    @precondition(lambda self: self.undecided("keep") and len(self.landed) > 4)
    @rule()
    def keep(self) -> None:
        assert self.unknowns.decide(self.campaign, "keep", "ana").contacts == len(self.rows("unknown"))
        for number in self.undecided("keep"):
            self.state[number] = "accepted"

    @precondition(lambda self: self.campaign_state != "cancelled" and self.undecided("resend"))
    @rule()
    def resend(self) -> None:
        numbers = self.undecided("resend")
        rows = [row for number in numbers for row in self.members[number]]
        assert self.unknowns.decide(self.campaign, "resend", "ana").contacts == len(rows)
        self.send_again(numbers)

    @precondition(lambda self: self.campaign_state in ("running", "done") and self.undecided("resend"))
    @rule(arrive=st.lists(st.booleans(), min_size=3, max_size=3), data=st.data())
    def send_again_and_answer(self, arrive: list[bool], data: st.DataObject) -> None:
        """Make a second attempt and end it before anything else happens, which is rare in random runs."""
        self.resend()
        self.claim(3, arrive, "and said so")
        while self.flying:
            self.answer(data)

    def send_again(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.allowed.update(self.members[number])
            self.state[number] = "pending"
            self.doubted.setdefault(number, self.attempt[number])
            if self.campaign_state != "paused":
                self.campaign_state = "running"

    @precondition(lambda self: self.undecided("resend"))
    @rule(data=st.data())
    def decide_for_some(self, data: st.DataObject) -> None:
        """Decide about only the chosen requests, possibly on outdated information."""
        numbers = data.draw(st.sets(st.sampled_from(self.undecided("resend")), min_size=1))
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
        if what == "resend":
            self.send_again(numbers)
        for number in numbers if what == "keep" else ():
            self.state[number] = "accepted"

    @precondition(lambda self: self.flying or self.not_known_of)
    @rule()
    def heartbeat(self) -> None:
        """Beat, which takes back claims unknown to the worker, as those were never posted."""
        self.ledger.heartbeat(self.owner, {}, [each.identity for each in self.flying], none_posted)
        for each in self.not_known_of:
            self.end(each.number, "pending")
        self.not_known_of = []
        self.settle()

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        of_row = {row: self.state_of(number, row) for number, rows in self.members.items() for row in rows}
        assert states(self.database, self.campaign) == "".join(of_row[row][0] for row in ROWS)
        progress = self.campaigns.progress(self.campaign)
        assert progress.state == self.campaign_state
        assert {state: count for state, count in progress.counts.items() if count} == Counter(of_row.values())
        assert progress.requests == len(self.members)
        undecided = {each.number: each.attempt for each in self.unknowns.requests(self.campaign)}
        assert undecided == {number: self.attempt[number] for number in self.undecided("keep")}

    @invariant()
    def what_is_counted_is_what_a_recount_finds(self) -> None:
        assert counted(self.database) == recounted(self.database)

    @invariant()
    def no_contact_is_sent_to_more_often_than_decided(self) -> None:
        assert all(self.received[row] <= self.allowed[row] for row in ROWS)

    @invariant()
    def what_is_called_refused_was_not_received_and_nothing_received_is_called_pending_or_cancelled(self) -> None:
        for number, state in self.state.items():
            if state in ("refused", "cancelled"):
                assert not any(self.received[row] for row in self.members[number])
            if state == "pending":
                assert not any(self.received[row] for row in self.members[number] if self.allowed[row] == 1)

    @invariant()
    def what_is_proven_is_accepted_or_on_its_way_again(self) -> None:
        for number, rows in self.members.items():
            assert {self.state_of(number, row) for row in self.proven & set(rows)} <= {"accepted", "sending"}

    def state_of(self, number: int, row: int) -> str:
        state = self.state[number]
        return "accepted" if state == "unknown" and row in self.with_ids else state

    def undecided(self, what: str) -> list[int]:
        """Return the unknown requests that can be decided this way."""
        holds = all if what == "resend" else any
        return [
            number
            for number in self.numbers("unknown")
            if holds(row not in self.with_ids for row in self.members[number])
        ]

    def numbers(self, state: str) -> list[int]:
        return [number for number, now in self.state.items() if now == state]

    def rows(self, state: str) -> list[int]:
        return [row for number, rows in self.members.items() for row in rows if self.state_of(number, row) == state]

    def settle(self) -> None:
        if self.campaign_state == "cancelled":
            for number in self.numbers("pending"):
                self.state[number] = "unknown" if number in self.doubted else "cancelled"
        elif not self.numbers("pending") and not self.numbers("sending"):
            self.campaign_state = "done"


class OnPostgreSQL(LedgerMachine):
    """The same model on PostgreSQL."""

    kept: ClassVar[Database]

    def opened(self) -> Database:
        empty(self.kept)
        return self.kept


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MIN_RETRY", 0.0)


OFTEN = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


class TestLedgerMachine(LedgerMachine.TestCase):
    settings = OFTEN


@pytest.mark.postgres
class TestLedgerMachineOnPostgreSQL(OnPostgreSQL.TestCase):
    settings = settings(OFTEN, max_examples=15)

    @pytest.fixture(autouse=True)
    def reuse(self, reused: Database) -> None:
        OnPostgreSQL.kept = reused
