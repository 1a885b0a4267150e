"""Kept answers read again, so that ids are found that were not understood when they came. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from omni.core.campaign import Campaign, Outcome
from omni.provider.response import judge
from omni.provider.sent_request import SentRequest
from omni.provider.taught_answer import TaughtAnswer, taught_of
from omni.service.id_columns import step_types_of
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.ledger.rereading import KeptAnswer, count_answers, keep_reread, kept_answers

__all__ = ["OnProgress", "Reread", "TaughtAnswer", "reading_of", "reread", "taught_of"]

OnProgress = Callable[[int, int], None]
"""Receives the number of answers that were read, and of all."""


@dataclass(frozen=True, slots=True)
class Reread:
    """The answers that were read again, and how many of them are read otherwise now."""

    answers: int
    changed: int


def reread(
    database: Database, campaigns: Campaigns, campaign_ids: Sequence[int], on_progress: OnProgress | None = None
) -> Reread:
    """Read the answers of these campaigns again, with what is taught now."""
    taught = taught_of(campaigns.taught_answer())
    total = sum(count_answers(database, each) for each in campaign_ids)
    done = changed = 0
    for campaign_id in campaign_ids:
        for read in _read_again(database, campaigns, campaign_id, taught):
            differing = [(kept, outcome) for kept, outcome in read if not kept.is_read_as(outcome)]
            if differing:
                keep_reread(database, campaign_id, differing)
            done += len(read)
            changed += len(differing)
            if on_progress is not None:
                on_progress(done, total)
    return Reread(done, changed)


def reading_of(campaigns: Campaigns, campaign_id: int, number: int, taught: TaughtAnswer | None) -> Outcome | None:
    """Return what the kept answer to one request says when it is read with ``taught``; None without an answer."""
    kept = campaigns.kept_answer(campaign_id, number)
    if kept is None:
        return None
    return judge(kept.answer, sent_as(campaigns, campaigns.get(campaign_id), kept), taught)


def _read_again(
    database: Database, campaigns: Campaigns, campaign_id: int, taught: TaughtAnswer | None
) -> Iterator[list[tuple[KeptAnswer, Outcome]]]:
    campaign = campaigns.get(campaign_id)
    for answers in kept_answers(database, campaign_id):
        yield [(kept, judge(kept.answer, sent_as(campaigns, campaign, kept), taught)) for kept in answers]


def sent_as(campaigns: Campaigns, campaign: Campaign, kept: KeptAnswer) -> SentRequest:
    """Return the request of a kept answer as it was sent."""
    claimed = kept.claimed
    echo = '"echo": true' in campaign.details
    return SentRequest(
        claimed.contacts,
        lambda: campaigns.body(claimed.campaign_id, claimed.number),
        None if echo else [None] * claimed.contacts,
        kept.places if -1 in kept.places else None,
        step_types_of(campaign),
    )
