"""The report: every contact of a campaign in the sheet's order, the original columns untouched, the ids beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.campaign import Receipt
from omni.core.template import Template
from omni.errors import CampaignError
from omni.locale import Text
from omni.provider.payload import template_from_json
from omni.service.packed import unpack
from omni.service.receipts import REQUESTS_KEPT, Receipts
from omni.sheets.export import write_csv_columns, write_xlsx
from omni.store.campaigns import Campaigns, Recipient

Format = Literal["csv", "xlsx"]
Part = list[pa.StringArray]
OWN_COLUMNS: Final = ("row", "state", "id", "correlationId", "batchId", "step plan", "time", "detail")
PREFIX: Final = "omni_"
SEMICOLON_LANGUAGES: Final = frozenset({"pt_BR", "es"})
"""Whose Excel expects semicolons, and a byte-order mark to read UTF-8."""


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


def report(campaigns: Campaigns, campaign_id: int, text: Text) -> tuple[list[str], Iterator[Part]]:
    """The header and the rows, some thousand at a time as columns. They are read as they are asked for, so any size
    fits in memory."""
    campaign = campaigns.get(campaign_id)
    template = template_from_json(json.loads(campaign.template_json))
    first = next(campaigns.sheet_parts(campaign_id), None)
    columns = unpack(first).column_names if first is not None else []
    return header_of(columns), _parts(campaigns, campaign_id, template, text)


def rows_of(parts: Iterable[Part]) -> Iterator[tuple[str, ...]]:
    """The same, row by row."""
    for columns in parts:
        yield from zip(*(column.to_pylist() for column in columns), strict=True)


def _parts(campaigns: Campaigns, campaign_id: int, template: Template, text: Text) -> Iterator[Part]:
    receipts = Receipts(campaigns, campaign_id)
    cells = _Cells(campaigns.sheet_parts(campaign_id))
    told = _Told(template, text)
    for chunk in campaigns.all_recipients(campaign_id):
        receipts.load(chunk)
        own = [told.of(contact, *receipts.of(contact)) for contact in chunk]
        yield [*cells.take(len(chunk)), *map(_texts, zip(*own, strict=True))]
        receipts.trim()


class _Told:
    """What is said of a contact, each sentence and each moment put into words once."""

    def __init__(self, template: Template, text: Text) -> None:
        self._text = text
        self._plan = cache(lambda plan: step_plan(plan, template))
        self._moment = lru_cache(1_000)(_moment)
        self._details: dict[int, tuple[Recipient, str]] = {}

    def of(self, contact: Recipient, receipt: Receipt | None, other: str) -> tuple[str, ...]:
        """The cells of our own columns."""
        detail = self._detail(contact)
        if other:
            detail = f"{detail} {self._text('report.unpaired', ids=other)}".strip()
        return (
            str(contact.row),
            contact.state,
            (receipt.message_id or "") if receipt else "",
            (receipt.correlation_id or "") if receipt else "",
            contact.batch_id or "",
            self._plan(contact.plan),
            self._moment(contact.finished_at),
            detail,
        )

    def _detail(self, contact: Recipient) -> str:
        if not contact.detail:
            return ""
        before = self._details.get(contact.request_number)
        if before is not None and (before[0].detail, before[0].params) == (contact.detail, contact.params):
            return before[1]
        said = self._text(f"answer.{contact.detail}", **contact.params)
        if len(self._details) >= REQUESTS_KEPT:
            self._details = {}
        self._details[contact.request_number] = contact, said
        return said


class _Cells:
    """The original cells in the sheet's order."""

    def __init__(self, packed: Iterator[bytes]) -> None:
        self._packed = packed
        self._rest: pa.Table | None = None

    def take(self, count: int) -> Part:
        """The next ``count`` rows, as columns of text."""
        while self._rest is None or self._rest.num_rows < count:
            part = next(self._packed, None)
            if part is None:
                break
            table = unpack(part)
            self._rest = table if self._rest is None else pa.concat_tables([self._rest, table])
        if self._rest is None:
            return []
        taken, self._rest = self._rest.slice(0, count), self._rest.slice(count)
        return [pc.fill_null(column.combine_chunks().cast(pa.string()), "") for column in taken.columns]


def _texts(cells: Sequence[str]) -> pa.StringArray:
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:  # half a surrogate pair, which an answer may well contain
        return pa.array([cell.encode("utf-8", "replace").decode() for cell in cells], pa.string())


def _moment(finished_at: float | None) -> str:
    return "" if finished_at is None else datetime.fromtimestamp(finished_at, UTC).isoformat(timespec="seconds")


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
    header, parts = report(campaigns, campaign_id, text)
    try:
        if kind == "xlsx":
            write_xlsx(path, header, rows_of(parts))
        else:
            semicolons = text.language in SEMICOLON_LANGUAGES
            write_csv_columns(path, header, parts, delimiter=";" if semicolons else ",", bom=semicolons)
    except OSError as err:
        raise CampaignError("campaign.report_not_written", path=str(path), detail=err.strerror or "") from err
