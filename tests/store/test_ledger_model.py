"""The ledger against a model of a few lines, and the promise: no contact is sent to twice unless a person says so."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from omni.ports import Claimed
from omni.provider.withholding import destinations_of, rewritten
from omni.store import recording
from omni.store.campaigns import Campaigns
from omni.store.database import open_database
from omni.store.do_not_contact import DoNotContact
from omni.store.ledger import BodyReader, Finished, Ledger
from tests.builders import phone
from tests.store.building import SENDS, accepted, make, not_loaded, refused, slowed, states, unknown
from tests.store.opening import IN_MEMORY

ENDINGS: dict[str, Callable[[Claimed], Finished]] = {
    "accepted": accepted,
    "refused": refused,
    "unknown": unknown,
    "slowed": lambda claimed: slowed(claimed, retry_after=0.0),
    "not loaded": not_loaded,
}
CERTAINLY_NOT_RECEIVED = ("refused", "slowed", "not loaded")


class LedgerMachine(RuleBasedStateMachine):
    """One campaign of five requests of one contact; ``state`` is what the model holds of each of them."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        self.database = open_database(f"sqlite:///{self.folder.name}/omni.db")
        self.ledger = Ledger(self.database, SENDS, BodyReader(destinations_of, rewritten))
        self.people = DoNotContact(self.database)
        self.blocked: set[int] = set()
        self.campaigns = Campaigns(self.database)
        self.campaign = make(self.database, 5)
        self.campaign_state = "running"
        self.state = dict.fromkeys(range(1, 6), "pending")
        self.attempt = Counter[int]()
        self.flying: list[Claimed] = []
        self.landed: list[Claimed] = []
        self.received = Counter[int]()
        self.allowed = Counter[int](range(1, 6))
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
        withheld = [number for number in due if states(self.database, self.campaign)[number - 1] == "c"]
        assert len(claimed) + len(withheld) == min(room, len(due))
        assert set(withheld) <= self.blocked
        assert not self.blocked & {each.number for each in claimed}
        for number in withheld:
            self.state[number] = "cancelled"
        for each, arrives in zip(claimed, arrive, strict=False):
            assert self.state[each.number] == "pending"
            self.attempt[each.number] += 1
            assert each.attempt == self.attempt[each.number]
            self.state[each.number] = "sending"
            self.flying.append(each)
            self.arrived = {**getattr(self, "arrived", {}), (each.number, each.attempt): arrives}
            self.received[each.number] += arrives
        self.settle()

    @rule(number=st.integers(1, 5))
    def block(self, number: int) -> None:
        """Somebody comes onto the do-not-contact list; the contact of request ``n`` stands in row ``n + 1``."""
        self.people.add([phone(number + 1)], "", "ana")
        self.blocked.add(number)

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
            elif now in ("sending", "unknown"):
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
        assert self.campaigns.resolve_unknown(self.campaign, "keep", "ana") == len(self.numbers("unknown"))
        for number in self.numbers("unknown"):
            self.state[number] = "accepted"

    @precondition(lambda self: self.campaign_state != "cancelled")
    @rule()
    def resend(self) -> None:
        unknown_ones = self.numbers("unknown")
        assert self.campaigns.resolve_unknown(self.campaign, "resend", "ana") == len(unknown_ones)
        for number in unknown_ones:
            self.state[number] = "pending"
            self.allowed[number] += 1
            if self.campaign_state != "paused":
                self.campaign_state = "running"

    @rule()
    def beat(self) -> None:
        self.ledger.beat(self.owner, {}, [each.request_id for each in self.flying])

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        assert states(self.database, self.campaign) == "".join(self.state[number][0] for number in range(1, 6))
        progress = self.campaigns.progress(self.campaign)
        assert progress.state == self.campaign_state
        assert {state: count for state, count in progress.counts.items() if count} == Counter(self.state.values())

    @invariant()
    def nobody_is_sent_to_more_often_than_people_decided(self) -> None:
        assert all(self.received[number] <= self.allowed[number] for number in self.state)

    @invariant()
    def what_is_called_refused_was_not_received_and_nothing_received_is_called_pending(self) -> None:
        for number, state in self.state.items():
            last = self.arrived.get((number, self.attempt[number])) if hasattr(self, "arrived") else False
            if state == "refused" or (state == "pending" and self.allowed[number] == 1):
                assert not last

    def numbers(self, state: str) -> list[int]:
        return [number for number, now in self.state.items() if now == state]

    def settle(self) -> None:
        if self.campaign_state == "cancelled":
            for number in self.numbers("pending"):
                self.state[number] = "cancelled"
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
