"""Failures counted as they are recorded: past the rule the campaign pauses by itself and says why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from omni.core.campaign import Outcome
from omni.core.halt_rule import HaltRule
from omni.ports import Answer, Claimed
from omni.store.reason import Reason, reason_to_text
from omni.store.schema import campaign

_COUNTED: Final = sa.select(
    campaign.c.id, campaign.c.state, campaign.c.failed_in_a_row, campaign.c.failed, campaign.c.judged
).where(campaign.c.id.in_(sa.bindparam("campaign_ids", expanding=True)))
_KEEP_COUNT: Final = (
    campaign.update()
    .where(campaign.c.id == sa.bindparam("the_campaign"))
    .values({name: sa.bindparam(f"its_{name}") for name in ("failed_in_a_row", "failed", "judged")})
)
_HALT: Final = (
    campaign.update()
    .where(campaign.c.id == sa.bindparam("the_campaign"))
    .values(state="paused", reason=sa.bindparam("its_reason"))
)


def count_failures(connection: sa.Connection, ended: Sequence[tuple[Claimed, Answer, Outcome]], rule: HaltRule) -> None:
    """Count what ended, in the order it came back, in campaigns that are locked; pause those past ``rule``."""
    outcomes: dict[int, list[Outcome]] = {}
    for claimed, _, outcome in ended:
        outcomes.setdefault(claimed.campaign_id, []).append(outcome)
    for row in connection.execute(_COUNTED, {"campaign_ids": list(outcomes)}).all():
        in_a_row, failed, judged = row.failed_in_a_row, row.failed, row.judged
        why: Reason | None = None
        for outcome in outcomes[row.id]:
            judged += 1
            if outcome.state == "accepted":
                in_a_row = 0
            else:
                in_a_row, failed = in_a_row + 1, failed + 1
                if why is None and rule.is_past(in_a_row, failed, judged):
                    why = _reason(outcome, in_a_row, failed, judged)
        connection.execute(
            _KEEP_COUNT,
            {
                "the_campaign": row.id,
                "its_failed_in_a_row": in_a_row,
                "its_failed": failed,
                "its_judged": judged,
            },
        )
        if why is not None and row.state == "running":
            connection.execute(_HALT, {"the_campaign": row.id, "its_reason": reason_to_text(why)})


def _reason(last: Outcome, in_a_row: int, failed: int, judged: int) -> Reason:
    """Why it halts, as things stood then, with the last failure's own words."""
    params = {"in_a_row": in_a_row, "failed": failed, "judged": judged, "detail": last.detail, "about": {**last.params}}
    return Reason("halt.failures", params)
