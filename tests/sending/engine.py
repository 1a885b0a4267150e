"""The sending engine over a real ledger, with a fake provider of a few lines."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from omni.errors import StoreError
from omni.ports import Answer, Claimed, Finished, LaterThan
from omni.provider.response import judge_posted
from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from omni.sending.drain import WorkerParts, drain
from omni.store.database import Database
from omni.store.ledger.ledger import Ledger
from tests.store.building import ME, SENDS


class Provider:
    """A provider that accepts and counts every contact; ``reply`` may answer differently."""

    def __init__(self, reply: Callable[[Claimed, bytes], Answer] | None = None, latency: float = 0.0) -> None:
        self._reply = reply or accept
        self._latency = latency
        self._guard = threading.Lock()
        self.received = Counter[str]()
        self.bodies: list[bytes] = []
        self.open = 0
        self.most_open = 0

    def __call__(self, claimed: Claimed, body: bytes) -> Answer:
        with self._guard:
            self.open += 1
            self.most_open = max(self.most_open, self.open)
            self.bodies.append(body)
            self.received.update(each["contactInfo"]["phone1"] for each in json.loads(body)["contacts"])
        time.sleep(self._latency)
        try:
            return self._reply(claimed, body)
        finally:
            with self._guard:
                self.open -= 1


def accept(claimed: Claimed, body: bytes) -> Answer:
    """Answer with an id for each contact."""
    items = [{"id": f"id-{claimed.number}-{at}"} for at in range(claimed.contacts)]
    return Answer(200, json.dumps({"id": f"b{claimed.number}", "messages": items}).encode(), None, None, time.time())


class Troubled:
    """A ledger whose database fails before a call reaches it or after the call was carried out."""

    def __init__(self, ledger: Ledger, trouble: Callable[[str], str]) -> None:
        self._ledger = ledger
        self._trouble = trouble

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._ledger, name)

        def call(*args: Any) -> Any:
            trouble = self._trouble(name)
            if trouble == "before":
                raise StoreError("store.unavailable", detail="gone")
            result = method(*args)
            if trouble == "after":
                raise StoreError("store.unavailable", detail="gone after the commit")
            return result

        return call


class Counted:
    """A ledger that counts its turns and heartbeats."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.turns = 0
        self.beats = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def turn(self, owner: str, finished: Sequence[Finished], room: int) -> tuple[Sequence[Claimed], float]:
        self.turns += 1
        return self._ledger.turn(owner, finished, room)

    def bodies(self, claimed: Sequence[Claimed]) -> Mapping[int, bytes]:
        return self._ledger.bodies(claimed)

    def heartbeat(
        self, owner: str, info: Mapping[str, object], held: Collection[tuple[int, int]], later_than: LaterThan
    ) -> int:
        self.beats += 1
        return self._ledger.heartbeat(owner, info, held, later_than)

    def is_over(self, campaign_id: int) -> bool:
        return self._ledger.is_over(campaign_id)


def send(
    database: Database,
    spool: AnswerSpool,
    journal: ClaimJournal,
    post: Callable[[Claimed, bytes], Answer],
    **options: Any,
) -> None:
    """Run ``drain`` with defaults for the options that a test does not name."""
    given: dict[str, Any] = {
        "owner": ME,
        "stop": lambda: False,
        "ledger": Ledger(database, SENDS),
        "judge": judge_posted,
    }
    given |= options
    parts = {name: given.pop(name) for name in ("ledger", "judge", "rate", "threads") if name in given}
    drain(WorkerParts(post=post, **parts), spool=spool, journal=journal, **given)
