"""Answers that are read again, with what is known better by now about where their ids are.

Only the last attempt at a request is read again, and only if the request is accepted or unknown. Nothing is sent, and
nothing that was accepted becomes anything else.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from omni.core.campaign import Outcome
from omni.ports import Answer, Claimed
from omni.store.campaign_states import settle
from omni.store.database import BLOBS, AnyRow, Database, clock
from omni.store.ledger.former_positions import places_at, withheld_since
from omni.store.ledger.late_answers import as_ending, count_pairs, keep_pairs
from omni.store.ledger.recording import keep_ids_apart
from omni.store.locking import lock
from omni.store.request_states import REREAD, end
from omni.store.schema import ACCEPTED, STATE_NAMES, UNKNOWN, answer, campaign, ids_apart, request

_ROWS: Final = 500
"""Answers in memory at once. One may be as large as 8 MiB; most are a few hundred bytes or some ten thousand."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer to the last attempt at a request, with what was read from it until now.

    ``places`` has the present position of each contact the attempt was made for; -1 if it was removed since.
    """

    claimed: Claimed
    answer: Answer
    places: Sequence[int]
    state: str
    detail: str | None
    batch_id: str | None
    params: str | None
    finished_at: float | None

    def is_read_as(self, outcome: Outcome) -> bool:
        """Tell whether reading it again found nothing else."""
        ending = as_ending(self.answer, outcome)
        same = (self.state, self.detail, self.batch_id) == (outcome.state, outcome.detail, ending["the_batch_id"])
        return same and self.params == ending["the_params"]


def count_answers(database: Database, campaign_id: int) -> int:
    """Count the answers that ``kept_answers`` yields."""
    with database.read() as connection:
        query = sa.select(sa.func.count()).select_from(_OF_LAST_ATTEMPT).where(request.c.campaign_id == campaign_id)
        return int(connection.scalar(query.where(_IS_READ)) or 0)


def kept_answer(database: Database, campaign_id: int, number: int) -> KeptAnswer | None:
    """Return the answer to the last attempt at one request, or None if there is none of success."""
    with database.read() as connection:
        practice, query = _of_campaign(connection, campaign_id)
        withheld = withheld_since(connection, campaign_id)
        row = connection.execute(query.where(request.c.number == number), {"after": 0}).one_or_none()
    return None if row is None else _kept(row, campaign_id, practice, withheld.get(row.id, ()))


def kept_answers(database: Database, campaign_id: int) -> Iterator[Sequence[KeptAnswer]]:
    """Yield the answers of a campaign, some hundred at a time, by request number."""
    with database.read() as connection:
        practice, query = _of_campaign(connection, campaign_id)
    after = 0
    while True:
        with database.read() as connection:
            withheld = withheld_since(connection, campaign_id)
            rows = connection.execute(query, {"after": after}).all()
        if rows:
            yield [_kept(row, campaign_id, practice, withheld.get(row.id, ())) for row in rows]
        if len(rows) < _ROWS:
            return
        after = rows[-1].number


def _of_campaign(connection: sa.Connection, campaign_id: int) -> tuple[bool, sa.Select[Any]]:
    """Return whether the campaign is practice, and the query of its answers."""
    practice = bool(connection.scalar(sa.select(campaign.c.practice).where(campaign.c.id == campaign_id)))
    query = (
        sa.select(
            request.c.id, request.c.number, request.c.attempt, request.c.contacts, request.c.state, request.c.detail,
            request.c.batch_id, request.c.params, request.c.finished_at,
            answer.c.status, answer.c.raw, answer.c.failure, answer.c.received_at,
        )
        .select_from(_OF_LAST_ATTEMPT)
        .where(request.c.campaign_id == campaign_id, _IS_READ, request.c.number > sa.bindparam("after"))
        .order_by(request.c.number)
        .limit(_ROWS)
        .execution_options(**{BLOBS: True})
    )  # fmt: skip
    return practice, query


_OF_LAST_ATTEMPT: Final = sa.join(
    request, answer, sa.and_(answer.c.request_id == request.c.id, answer.c.attempt == request.c.attempt)
)
_IS_READ: Final = sa.and_(request.c.state.in_((ACCEPTED, UNKNOWN)), answer.c.status.between(200, 299))


def _kept(row: AnyRow, campaign_id: int, practice: bool, withheld: Any) -> KeptAnswer:
    places = places_at(row.attempt, row.contacts, withheld)
    return KeptAnswer(
        Claimed(row.id, campaign_id, row.number, row.attempt, len(places), practice),
        Answer(row.status, zlib.decompress(row.raw), row.failure, None, row.received_at),
        places,
        STATE_NAMES[row.state],
        row.detail,
        row.batch_id,
        row.params,
        row.finished_at,
    )


def keep_reread(database: Database, campaign_id: int, read: Sequence[tuple[KeptAnswer, Outcome]]) -> None:
    """Record what reading answers of one campaign again has found.

    An accepted request stays accepted; an unknown one may become accepted, and its contacts with ids are kept.
    """
    better = [(kept, outcome) for kept, outcome in read if outcome.state in ("accepted", "unknown")]
    accepted = [one for one in better if one[0].state == "accepted" and one[1].state == "accepted"]
    unknown = [one for one in better if one[0].state == "unknown"]
    with database.write() as connection:
        lock(connection, [campaign_id])
        rewritten = [_rewriting(kept, outcome) for kept, outcome in accepted]
        if rewritten:
            connection.execute(REREAD, rewritten)
        if unknown:
            end(connection, [_ending(kept, outcome) for kept, outcome in unknown])
            keep_pairs(
                connection,
                [
                    {"request_id": kept.claimed.request_id, "position": place}
                    for kept, outcome in unknown
                    if outcome.state == "unknown"
                    for place in _present(kept, outcome)
                ],
            )
            count_pairs(connection, {kept.claimed.request_id for kept, _ in unknown})
        of_attempts = sa.and_(
            ids_apart.c.campaign_id == campaign_id,
            ids_apart.c.request_id == sa.bindparam("the_request"),
            ids_apart.c.attempt == sa.bindparam("of_attempt"),
        )
        connection.execute(
            ids_apart.delete().where(of_attempts),
            [{"the_request": kept.claimed.request_id, "of_attempt": kept.claimed.attempt} for kept, _ in better],
        )
        keep_ids_apart(connection, [(kept.claimed, kept.answer, outcome) for kept, outcome in better])
        settle(connection, clock(connection), [campaign_id])


def _present(kept: KeptAnswer, outcome: Outcome) -> list[int]:
    """Return the present positions of the contacts with ids."""
    return [place for receipt in outcome.receipts if (place := kept.places[receipt.position]) >= 0]


def _rewriting(kept: KeptAnswer, outcome: Outcome) -> dict[str, Any]:
    ending = as_ending(kept.answer, outcome)
    names = ("the_batch_id", "the_detail", "the_params")
    return {
        "the_id": kept.claimed.request_id,
        "the_attempt": kept.claimed.attempt,
        **{name: ending[name] for name in names},
    }


def _ending(kept: KeptAnswer, outcome: Outcome) -> dict[str, Any]:
    paired = len(_present(kept, outcome)) if outcome.state == "unknown" else 0
    return {
        "the_id": kept.claimed.request_id,
        "the_attempt": kept.claimed.attempt,
        "now": kept.finished_at,
        "the_paired": paired,
        **as_ending(kept.answer, outcome),
    }
