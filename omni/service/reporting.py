"""The report: every contact of a campaign in the sheet's order, the original columns untouched, the ids beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from omni.core.campaign import Receipt
from omni.core.template import Template
from omni.errors import CampaignError
from omni.locale import Text
from omni.provider.echo import correlation_ids
from omni.provider.payload import template_from_json
from omni.provider.response import judge
from omni.service.packed import unpack
from omni.sheets.export import write_csv, write_xlsx
from omni.store.campaigns import GONE, Campaigns, Recipient

Format = Literal["csv", "xlsx"]
OWN_COLUMNS: Final = ("row", "state", "id", "correlationId", "batchId", "step plan", "time", "detail")
PREFIX: Final = "omni_"
SEMICOLON_LANGUAGES: Final = frozenset({"pt_BR", "es"})
"""Whose Excel expects semicolons, and a byte-order mark to read UTF-8."""
_REQUESTS_KEPT: Final = 5_000


@dataclass(slots=True)
class _RequestIds:
    """The ids of one request by position; ``others`` are ids that belong to no contact for certain."""

    left: int
    paired: dict[int, Receipt] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


class Receipts:
    """Reads ids out of the kept answers, request by request."""

    def __init__(self, campaigns: Campaigns, campaign_id: int) -> None:
        self._campaigns = campaigns
        self._campaign_id = campaign_id
        self._echo = bool(json.loads(campaigns.get(campaign_id).details).get("echo"))
        self._known: dict[int, _RequestIds] = {}

    def load(self, chunk: Sequence[Recipient]) -> None:
        """Have the ids ready for these contacts."""
        wanted = {each.request_number for each in chunk} - self._known.keys()
        for came in self._campaigns.answers(self._campaign_id, wanted) if wanted else ():
            expected: Sequence[str | None] = [None] * len(came.places)
            if self._echo:
                own = correlation_ids(self._campaigns.body(self._campaign_id, came.number))
                expected = [own[place] if place != GONE else None for place in came.places]
            outcome = judge(came.answer, expected)
            known = self._known.setdefault(came.number, _RequestIds(len(came.places) - came.places.count(GONE)))
            for receipt in outcome.receipts:
                place = came.places[receipt.position]
                if place == GONE:
                    # Of somebody who was taken out before the next attempt: kept, but with nobody who is left.
                    known.others.append(receipt.message_id or receipt.correlation_id or "")
                    continue
                # A later attempt takes the place of an earlier one, whose ids are not thrown away.
                former = known.paired.get(place)
                if former is not None and former.message_id:
                    known.others.append(former.message_id)
                known.paired[place] = receipt
            known.others += [one.message_id or one.correlation_id or "" for one in outcome.unpaired]
        for number in wanted - self._known.keys():
            self._known[number] = _RequestIds(0)

    def of(self, contact: Recipient) -> tuple[Receipt | None, str]:
        """The contact's receipt, and an id of its request that belongs to nobody for certain."""
        known = self._known[contact.request_number]
        other = ""
        if contact.position < len(known.others):
            is_last = contact.position == known.left - 1
            others = known.others[contact.position :] if is_last else known.others[contact.position :][:1]
            other = " ".join(others)
        return known.paired.get(contact.position), other

    def trim(self) -> None:
        """Forget what was read, if it is much: a request that goes on is read again."""
        if len(self._known) > _REQUESTS_KEPT:
            self._known = {}


def header_of(columns: Sequence[str]) -> list[str]:
    """The original columns, then ours; a name that the sheet has already gets a prefix."""
    taken = set(columns)
    own = []
    for wanted in OWN_COLUMNS:
        name = wanted
        while name in taken:
            name = PREFIX + name
        taken.add(name)
        own.append(name)
    return [*columns, *own]


def report(campaigns: Campaigns, campaign_id: int, text: Text) -> tuple[list[str], Iterator[list[str]]]:
    """The header and the rows. Rows are read as they are asked for, so any size fits in memory."""
    campaign = campaigns.get(campaign_id)
    template = template_from_json(json.loads(campaign.template_json))
    first = next(campaigns.sheet_parts(campaign_id), None)
    columns = unpack(first).column_names if first is not None else []
    return header_of(columns), _rows(campaigns, campaign_id, template, text)


def _rows(campaigns: Campaigns, campaign_id: int, template: Template, text: Text) -> Iterator[list[str]]:
    receipts = Receipts(campaigns, campaign_id)
    cells = _cells(campaigns, campaign_id)
    plans: dict[int, str] = {}
    for chunk in campaigns.all_recipients(campaign_id):
        receipts.load(chunk)
        for contact in chunk:
            receipt, other = receipts.of(contact)
            plan = plans.setdefault(contact.plan, step_plan(contact.plan, template))
            yield [*next(cells), *_own(contact, receipt, other, plan, text)]
        receipts.trim()


def _own(contact: Recipient, receipt: Receipt | None, other: str, plan: str, text: Text) -> list[str]:
    detail = text(f"answer.{contact.detail}", **contact.params) if contact.detail else ""
    if other:
        detail = f"{detail} {text('report.unpaired', ids=other)}".strip()
    when = datetime.fromtimestamp(contact.finished_at, UTC) if contact.finished_at is not None else None
    return [
        str(contact.row),
        contact.state,
        (receipt.message_id or "") if receipt else "",
        (receipt.correlation_id or "") if receipt else "",
        contact.batch_id or "",
        plan,
        when.isoformat(timespec="seconds") if when else "",
        detail,
    ]


def _cells(campaigns: Campaigns, campaign_id: int) -> Iterator[tuple[str, ...]]:
    for part in campaigns.sheet_parts(campaign_id):
        table = unpack(part)
        for batch in table.to_batches(max_chunksize=10_000):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def step_plan(plan: int, template: Template) -> str:
    """The steps that reach a contact, in order: ``1 MT phone1 > 3 EMAIL email``."""
    return " > ".join(
        f"{number} {step.type} {step.destination_field}"
        for number, step in enumerate(template.steps, start=1)
        if plan >> (number - 1) & 1
    )


def format_of(path: Path) -> Format:
    """csv or xlsx, by the ending. Raises ``CampaignError`` for any other."""
    endings: dict[str, Format] = {".csv": "csv", ".xlsx": "xlsx"}
    found = endings.get(path.suffix.lower())
    if found is None:
        raise CampaignError("campaign.report_format", path=path.name)
    return found


def write_report(campaigns: Campaigns, campaign_id: int, path: Path, text: Text) -> None:
    """Write the report to ``path``; the ending says how. Raises ``CampaignError`` when it cannot be written."""
    kind = format_of(path)
    header, rows = report(campaigns, campaign_id, text)
    options: dict[str, Any] = {}
    if kind == "csv":
        semicolons = text.language in SEMICOLON_LANGUAGES
        options = {"delimiter": ";" if semicolons else ",", "bom": semicolons}
    try:
        (write_csv if kind == "csv" else write_xlsx)(path, header, rows, **options)
    except OSError as err:
        raise CampaignError("campaign.report_not_written", path=str(path), detail=err.strerror or "") from err
