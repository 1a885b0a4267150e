"""Report of a campaign: every contact in the sheet's order, its original columns untouched, its ids beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.hours import iso
from omni.core.template import Template
from omni.errors import CampaignError
from omni.locale import Text
from omni.provider.payload import template_from_json
from omni.service.id_columns import IdColumns, Receipts, ids_in_words
from omni.sheets.arrow_files import unpack
from omni.sheets.string_columns import plain
from omni.sheets.writing.csv_writer import write_csv_columns
from omni.sheets.writing.xlsx_writer import write_xlsx_columns
from omni.store.campaigns.campaign_rows import ContactChunk, RequestState
from omni.store.campaigns.campaigns import Campaigns

Item = TypeVar("Item")
Format = Literal["csv", "xlsx"]
ReportChunk = list[pa.Array]
OWN_COLUMNS: Final = ("row", "state", "id", "correlationId", "batchId", "ids", "step plan", "time", "detail")
_REQUESTS_KEPT: Final = 5_000
"""Requests whose detail sentence is kept in memory at most."""
PREFIX: Final = "omni_"
"""Put before the name of a report column that the sheet has already."""
SEMICOLON_LANGUAGES: Final = frozenset({"pt_BR", "es"})
"""Languages whose Excel expects semicolons, and a byte-order mark to read UTF-8."""


def write_report(campaigns: Campaigns, campaign_id: int, path: Path, text: Text) -> None:
    """Write the report to ``path``, in the format of its suffix. Raises ``CampaignError`` when it cannot be written."""
    kind = format_of(path)
    is_practice = campaigns.get(campaign_id).practice
    header, parts = report(campaigns, campaign_id, text)
    parts = prefetch(parts)
    try:
        if kind == "xlsx":
            write_xlsx_columns(path, header, parts, sheet=text("report.practice") if is_practice else "Omni")
        else:
            semicolons = text.language in SEMICOLON_LANGUAGES
            write_csv_columns(path, header, parts, delimiter=";" if semicolons else ",", bom=semicolons)
    except OSError as err:
        raise CampaignError("campaign.report_not_written", path=str(path), detail=err.strerror or "") from err


def report(campaigns: Campaigns, campaign_id: int, text: Text) -> tuple[list[str], Iterator[ReportChunk]]:
    """Return the header and the rows, the latter in chunks of some thousands as columns.

    Rows are read as they are iterated over, so that a report of any size fits in memory.
    """
    campaign = campaigns.get(campaign_id)
    template = template_from_json(json.loads(campaign.template_json))
    first = next(campaigns.sheet_parts(campaign_id), None)
    columns = unpack(first).column_names if first is not None else []
    return header_of(columns), _parts(campaigns, campaign_id, template, text)


def rows_of(parts: Iterable[ReportChunk]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of these chunks."""
    for columns in parts:
        yield from zip(*(column.to_pylist() for column in columns), strict=True)


def header_of(columns: Sequence[str]) -> list[str]:
    """Return the original columns, then the report's own; a name that the sheet already has gets a prefix."""
    taken = set(columns)
    own = []
    for wanted in OWN_COLUMNS:
        name = wanted
        while name in taken:
            name = PREFIX + name
        taken.add(name)
        own.append(name)
    return [*columns, *own]


def format_of(path: Path) -> Format:
    """Return the format for the suffix, csv or xlsx. Raises ``CampaignError`` for any other."""
    endings: dict[str, Format] = {".csv": "csv", ".xlsx": "xlsx"}
    found = endings.get(path.suffix.lower())
    if found is None:
        raise CampaignError("campaign.report_format", path=path.name)
    return found


def step_plan(plan: int, template: Template) -> str:
    """Return the steps that reach a contact, in order: ``1 MT phone1 > 3 EMAIL email``."""
    return " > ".join(
        f"{number} {step.type} {step.destination_field}"
        for number, step in enumerate(template.steps, start=1)
        if plan >> (number - 1) & 1
    )


def _parts(campaigns: Campaigns, campaign_id: int, template: Template, text: Text) -> Iterator[ReportChunk]:
    receipts = Receipts(campaigns, campaign_id)
    cells = _Cells(campaigns.sheet_parts(campaign_id))
    own_columns = _OwnColumns(template, text)
    for contacts in prefetch(campaigns.contact_chunks(campaign_id)):
        receipts.load([each.number for each in contacts.requests])
        yield [*cells.take(len(contacts.rows)), *own_columns.of(contacts, receipts.columns(contacts))]


class _OwnColumns:
    """The report's own columns about contacts; each sentence and each time is formatted only once."""

    def __init__(self, template: Template, text: Text) -> None:
        self._text = text
        self._plan = cache(lambda plan: step_plan(plan, template))
        self._moment = lru_cache(1_000)(_moment)
        self._details: dict[int, tuple[RequestState, str]] = {}

    def of(self, contacts: ContactChunk, found: IdColumns) -> ReportChunk:
        """Return the columns; those that are equal within a request are dictionary-encoded."""
        requests = contacts.requests
        state = _dictionary(contacts.request_index, [each.state for each in requests])
        if contacts.with_id is not None:
            state = pc.if_else(contacts.with_id, "accepted", plain(state))
        detail = _dictionary(contacts.request_index, [self._detail(each) for each in requests])
        if found.others:
            details = plain(detail).to_pylist()
            for at, other in found.others.items():
                details[at] = f"{details[at]} {self._text('report.unpaired', ids=other)}".strip()
            detail = _texts(details)
        plans = contacts.plans.dictionary_encode()
        return [
            contacts.rows.cast(pa.string()),
            state,
            _texts(found.ids),
            _texts(found.correlation_ids),
            _dictionary(contacts.request_index, [each.batch_id or "" for each in requests]),
            _several(len(found.ids), found),
            _dictionary(plans.indices, [self._plan(plan) for plan in plans.dictionary.to_pylist()]),
            _dictionary(contacts.request_index, [self._moment(each.finished_at) for each in requests]),
            detail,
        ]

    def _detail(self, request: RequestState) -> str:
        if not request.detail:
            return ""
        before = self._details.get(request.number)
        if before is not None and (before[0].detail, before[0].params) == (request.detail, request.params):
            return before[1]
        sentence = self._text(f"answer.{request.detail}", **request.params)
        if len(self._details) >= _REQUESTS_KEPT:
            self._details = {}
        self._details[request.number] = request, sentence
        return sentence


class _Cells:
    """The original cells in the sheet's order."""

    def __init__(self, packed: Iterator[bytes]) -> None:
        self._packed = packed
        self._rest: pa.Table | None = None

    def take(self, count: int) -> ReportChunk:
        """Return the next ``count`` rows, as columns of text."""
        while self._rest is None or self._rest.num_rows < count:
            part = next(self._packed, None)
            if part is None:
                break
            table = unpack(part)
            self._rest = table if self._rest is None else pa.concat_tables([self._rest, table])
        if self._rest is None:
            return []
        taken, self._rest = self._rest.slice(0, count), self._rest.slice(count)
        return [plain(column.combine_chunks()) for column in taken.columns]


def _several(count: int, found: IdColumns) -> pa.Array:
    """Return the column of contacts that have more than one id."""
    if not found.several:
        return pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), _texts([""]))
    return _texts([ids_in_words(found.several[at]) if at in found.several else "" for at in range(count)])


def _dictionary(request_index: pa.Int32Array, texts: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(request_index, _texts(texts))


def _texts(cells: Sequence[str]) -> pa.StringArray:
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:  # half a surrogate pair, which an answer may well contain
        return pa.array([cell.encode("utf-8", "replace").decode() for cell in cells], pa.string())


def _moment(finished_at: float | None) -> str:
    return "" if finished_at is None else iso(finished_at)


def prefetch(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the same items, making the next one in a thread while the current one is used; never more than one ahead.

    Useful where both sides release the interpreter lock: to decompress, to query a database, to build columns.
    """
    with ThreadPoolExecutor(1) as executor:
        pending = executor.submit(next, items, None)
        while (item := pending.result()) is not None:
            pending = executor.submit(next, items, None)
            yield item
