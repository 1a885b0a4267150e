"""What a person decides about unknown requests, in one transaction, and on record: nothing else sends them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from omni.errors import CampaignError
from omni.store.database import AnyRow, Database, clock
from omni.store.json_text import from_text, to_text
from omni.store.proof import KEPT
from omni.store.schema import ACCEPTED, PENDING, decision, request
from omni.store.steering import COUNTED_ANEW, RESENT, change, locked_state
from omni.store.unknown import (
    EVERYTHING,
    Choice,
    Extent,
    Resolution,
    UnknownContact,
    UnknownRequest,
    is_meant,
    read_contacts,
    read_extent,
    read_reasons,
    read_requests,
)

_WHATS: Final[Mapping[str, Resolution]] = {"unknown.keep": "keep", RESENT: "resend"}

_RESEND: Final = {
    "state": PENDING, "owner": None, "not_before": 0.0, "finished_at": None, "detail": None, "params": None,
}  # fmt: skip
_FORMER: Final = (
    sa.literal('{"detail":"')
    + sa.func.coalesce(request.c.detail, "")
    + '","attempt":'
    + sa.cast(request.c.attempt, sa.Text)
    + ',"contacts":'
    + sa.cast(request.c.contacts - request.c.paired, sa.Text)
    + ',"status":'
    + sa.func.coalesce(sa.cast(request.c.status, sa.Text), "null")
    + "}"
)


@dataclass(frozen=True, slots=True)
class Decision:
    """One act of a person: ``reason`` and ``search`` are what the list was narrowed to, ``numbers`` the requests if
    they were chosen one by one. ``at`` is in UTC epoch seconds."""

    at: float
    who: str
    what: Resolution
    requests: int
    contacts: int
    reason: str | None
    search: str
    numbers: tuple[int, ...]


class Unknowns:
    """The unknown requests of one database, and what was decided about them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reasons(self, campaign_id: int) -> dict[str, Extent]:
        """Why requests of the campaign are unknown, and how many of them: codes, the one of most contacts first."""
        with self._database.read() as connection:
            return read_reasons(connection, campaign_id)

    def extent(self, campaign_id: int, choice: Choice = EVERYTHING, what: Resolution | None = None) -> Extent:
        """How much a choice holds; for a resolution, of what it can be made for."""
        with self._database.read() as connection:
            return read_extent(connection, is_meant(campaign_id, choice, what))

    def requests(
        self, campaign_id: int, choice: Choice = EVERYTHING, *, limit: int = 50, offset: int = 0
    ) -> tuple[UnknownRequest, ...]:
        """A page of unknown requests, in the order of their numbers."""
        with self._database.read() as connection:
            return read_requests(connection, campaign_id, choice, limit, offset)

    def contacts(
        self, campaign_id: int, number: int, *, limit: int = 50, offset: int = 0
    ) -> tuple[UnknownContact, ...]:
        """A page of the contacts of one request."""
        with self._database.read() as connection:
            return read_contacts(connection, campaign_id, number, limit, offset)

    def decide(
        self,
        campaign_id: int,
        what: Resolution,
        who: str,
        choice: Choice = EVERYTHING,
        expected: Extent | None = None,
    ) -> Extent:
        """``who`` decides; see ``decide``."""
        with self._database.write() as connection:
            return decide(connection, campaign_id, what, who, choice, expected)

    def decisions(self, campaign_id: int, limit: int = 50) -> tuple[Decision, ...]:
        """What people decided, the last act first."""
        query = (
            sa.select(decision)
            .where(decision.c.campaign_id == campaign_id, decision.c.request_id.is_(None), decision.c.what.in_(_WHATS))
            .order_by(decision.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(_decision(row) for row in connection.execute(query))


def decide(
    connection: sa.Connection,
    campaign_id: int,
    what: Resolution,
    who: str,
    choice: Choice = EVERYTHING,
    expected: Extent | None = None,
) -> Extent:
    """Take the unknown requests of ``choice`` for accepted, or send again those none of whose contacts has an id.

    Each request's decision is kept with what was known of it before, and the act as a whole beside them. Raises
    ``CampaignError("campaign.unknown_changed")``, with nothing done, where there is not exactly what is ``expected``.
    """
    state = locked_state(connection, campaign_id)
    if what == "resend" and state == "cancelled":
        raise CampaignError("campaign.state", state=state, wanted="running")
    meant = is_meant(campaign_id, choice, what)
    found = read_extent(connection, meant)
    if expected is not None and found != expected:
        raise _changed(found, expected)
    if not found.requests:
        return found
    now = clock(connection)
    noted = connection.execute(
        decision.insert().from_select(
            ["campaign_id", "request_id", "what", "who", "at", "params"],
            sa.select(
                request.c.campaign_id,
                request.c.id,
                sa.literal(f"unknown.{what}"),
                sa.literal(who),
                sa.literal(now, sa.Double),
                _FORMER,
            ).where(meant),
        ),
        execution_options={"preserve_rowcount": True},
    )
    numbers = sorted(choice.numbers or ())
    connection.execute(
        decision.insert().values(
            campaign_id=campaign_id,
            request_id=None,
            what=f"unknown.{what}",
            who=who,
            at=now,
            params=to_text(
                {
                    "requests": found.requests,
                    "contacts": found.contacts,
                    "reason": choice.reason,
                    "search": choice.search.strip(),
                    "numbers": numbers,
                }
            ),
        )
    )
    keep = {"state": ACCEPTED, "detail": KEPT[0], "params": to_text({"who": who})}
    changed = connection.execute(request.update().where(meant).values(keep if what == "keep" else _RESEND))
    # A worker that is given up adds to what is unknown without waiting for the lock on the campaign.
    if not noted.rowcount == changed.rowcount == found.requests:
        raise _changed(read_extent(connection, meant), found)
    if what == "resend":
        # A campaign that somebody paused stays so: what else is pending in it must not go out with these.
        # One that had ended begins anew: its former failures are what was decided about.
        counted = COUNTED_ANEW if state == "done" else {}
        is_paused = state == "paused"
        change(connection, campaign_id, state="paused" if is_paused else "running", finished_at=None, **counted)
    return found


def _changed(found: Extent, expected: Extent) -> CampaignError:
    return CampaignError("campaign.unknown_changed", n=found.contacts, before=expected.contacts)


def _decision(row: AnyRow) -> Decision:
    known = from_text(row.params)
    return Decision(
        row.at,
        row.who,
        _WHATS[row.what],
        known["requests"],
        known["contacts"],
        known["reason"],
        known["search"],
        tuple(known["numbers"]),
    )
