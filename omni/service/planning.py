"""From checked contacts to the exact bytes of every request.

The bodies are written to one NDJSON file, which is what the review shows, what may be downloaded, and what the
campaign is frozen from: the bytes seen are the bytes posted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from omni.core.campaign import assign_requests
from omni.core.rendering import Renderer
from omni.core.steps import Step
from omni.core.template import Template
from omni.provider.payload import request_body, template_to_json
from omni.service.checked_contacts import CheckedContacts
from omni.service.workspace import Workspace, fingerprint
from omni.sheets.stored import open_table, write_table

NO_PHONE: Final = "0"
"""A phone that cannot work, as the provider's own sample writes it: that step fails and the next takes over."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The requests of a campaign, on disk. ``bodies`` is NDJSON: request ``n`` stands on line ``n``."""

    key: str
    bodies: Path
    contacts: int
    requests: int
    largest: int
    _index: pa.Table
    _recipients: pa.Table

    def body(self, number: int) -> bytes:
        """The exact bytes of request ``number`` (from 1)."""
        at = self._index.slice(number - 1, 1).to_pylist()[0]
        with self.bodies.open("rb") as file:
            file.seek(at["offset"])
            return file.read(at["length"])

    def bodies_in_order(self) -> Iterator[bytes]:
        """Every request body, first to last, one in memory at a time."""
        with self.bodies.open("rb") as file:
            for batch in self._index.to_batches():
                for length in batch.column("length").to_pylist():
                    body = file.read(length)
                    file.seek(1, 1)
                    yield body

    def recipients(self, number: int) -> list[dict[str, int | str]]:
        """Who is in request ``number``, in its order: row, destination, plan (bit k: step k + 1 reaches them)."""
        at = self._index.slice(number - 1, 1).to_pylist()[0]
        found: list[dict[str, int | str]] = self._recipients.slice(at["first"], at["contacts"]).to_pylist()
        return found

    def request_of_row(self, row: int) -> int | None:
        """The request that carries the contact of spreadsheet row ``row``."""
        found = np.flatnonzero(self._recipients.column("row").to_numpy() == row)
        return int(self._recipients.column("request")[int(found[0])].as_py()) if len(found) else None

    def recipients_by_request(self) -> Iterator[tuple[int, list[int], list[str], list[int]]]:
        """(number, rows, destinations, plans) of each request, first to last."""
        number = 0
        for index in self._index.to_batches():
            for first, count in zip(index.column("first").to_pylist(), index.column("contacts").to_pylist(),
                                    strict=True):
                number += 1
                part = self._recipients.slice(first, count)
                yield (number, part.column("row").to_pylist(), part.column("destination").to_pylist(),
                       part.column("plan").to_pylist())


def make_plan(workspace: Workspace, checked: CheckedContacts, template: Template, batch: int) -> Plan:
    """The plan of the ready contacts; made once for equal input, then opened from disk."""
    key = fingerprint("plan 1", checked.key, template_to_json(template), batch)
    folder = workspace.made("plan", key, lambda target: _write(target, checked, template, batch))
    index = open_table(folder / "index.arrow")
    recipients = open_table(folder / "recipients.arrow")
    facts = json.loads((folder / "plan.json").read_text("utf-8"))
    return Plan(key, folder / "requests.ndjson", recipients.num_rows, index.num_rows, facts["largest"], index,
                recipients)


def _write(folder: Path, checked: CheckedContacts, template: Template, batch: int) -> None:
    renderer = Renderer(template.steps)
    ready = checked.ready(renderer.names)
    numbers = np.frombuffer(assign_requests(_keys(ready, renderer), batch), dtype=np.int64)
    order = np.argsort(numbers, kind="stable")
    ready, numbers = ready.take(pa.array(order)), numbers[order]
    starts = np.flatnonzero(np.diff(numbers, prepend=0)) if len(numbers) else np.array([], dtype=np.int64)
    ends = np.append(starts[1:], len(numbers)).astype(np.int64) if len(starts) else starts
    lengths, offsets, offset = [], [], 0
    destinations: list[str] = []
    with (folder / "requests.ndjson").open("wb") as out:
        for chunk_start, chunk_end in _chunks(starts, ends):
            chunk = ready.slice(int(starts[chunk_start]), int(ends[chunk_end - 1] - starts[chunk_start]))
            infos = _contact_infos(chunk, checked, template)
            rendered = _values(chunk, renderer)
            destinations += _destinations(chunk, template)
            base = int(starts[chunk_start])
            for first, end in zip(starts[chunk_start:chunk_end], ends[chunk_start:chunk_end], strict=True):
                steps = _steps(renderer, rendered, int(first) - base, template)
                body = request_body(steps, template, infos[int(first) - base : int(end) - base])
                out.write(body)
                out.write(b"\n")
                offsets.append(offset)
                lengths.append(len(body))
                offset += len(body) + 1
    write_table(folder / "index.arrow", pa.table({
        "offset": pa.array(offsets, pa.int64()), "length": pa.array(lengths, pa.int64()),
        "first": pa.array(starts, pa.int64()), "contacts": pa.array(ends - starts, pa.int64()),
    }))  # fmt: skip
    write_table(folder / "recipients.arrow", pa.table({
        "row": ready.column("row"), "request": pa.array(numbers, pa.int64()),
        "destination": pa.array(destinations, pa.string()), "plan": ready.column("plan"),
    }))  # fmt: skip
    (folder / "plan.json").write_text(json.dumps({"largest": max(lengths, default=0)}), "utf-8")


def _chunks(starts: np.ndarray, ends: np.ndarray, contacts: int = 20_000) -> Iterator[tuple[int, int]]:
    """Ranges of whole requests with about ``contacts`` contacts each, so that memory stays small."""
    at = 0
    while at < len(starts):
        until = int(np.searchsorted(ends, starts[at] + contacts, side="right"))
        until = max(until, at + 1)
        yield at, until
        at = until


def _values(table: pa.Table, renderer: Renderer) -> list[tuple[str, ...]]:
    columns = [table.column(f"n:{name}").to_pylist() for name in renderer.names]
    return list(zip(*columns, strict=True)) if columns else []


def _keys(ready: pa.Table, renderer: Renderer) -> Iterator[bytes]:
    """What each contact's rendered texts are known by; a digest, because the texts of a million would not fit."""
    if not renderer.names:
        yield from (b"" for _ in range(ready.num_rows))
        return
    for start in range(0, ready.num_rows, 20_000):
        for values in _values(ready.slice(start, 20_000), renderer):
            text = repr(renderer.texts(values)).encode("utf-8", "surrogatepass")
            yield blake2b(text, digest_size=16).digest()


def _steps(
    renderer: Renderer, values: Sequence[tuple[str, ...]], at: int, template: Template
) -> Sequence[Step]:
    return renderer.steps(renderer.texts(values[at])) if renderer.names else template.steps


def _contact_infos(table: pa.Table, checked: CheckedContacts, template: Template) -> list[Mapping[str, str]]:
    fields = list(checked.kinds)
    if not fields:
        return [{} for _ in range(table.num_rows)]
    sent_to = {step.destination_field for step in template.steps}
    columns = []
    for name in fields:
        values = table.column(f"v:{name}").to_pylist()
        if name in sent_to and checked.kinds[name] == "phone":
            values = [value or NO_PHONE for value in values]
        columns.append(values)
    return [dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True)]


def _destinations(table: pa.Table, template: Template) -> list[str]:
    """Where the first step that reaches each contact sends to."""
    fields = list(dict.fromkeys(step.destination_field for step in template.steps))
    columns = {name: table.column(f"v:{name}").to_pylist() for name in fields}
    first_fields = [step.destination_field for step in template.steps]
    found = []
    for at, plan in enumerate(table.column("plan").to_pylist()):
        first = (plan & -plan).bit_length() - 1
        found.append(columns[first_fields[first]][at] if plan else "")
    return found
