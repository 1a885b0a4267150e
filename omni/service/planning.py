"""Plan of a campaign: the exact bytes of every request, made from checked contacts.

The bodies are written to one NDJSON file. The review shows this file, the download is this file, and the campaign is
frozen from it: the bytes seen are the bytes posted. The bodies are put together in chunks, because those of many
contacts would not fit into memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.template import Template
from omni.provider.payload import template_to_json
from omni.service.bodies import Bodies
from omni.service.checked_contacts import CheckedContacts
from omni.service.grouping import Numbers, first_of_equals, in_order_of, request_numbers
from omni.service.workspace import Workspace, fingerprint
from omni.sheets.arrow_files import open_table
from omni.sheets.string_columns import Mask

_RECIPIENTS: Final = pa.schema(
    [("row", pa.int64()), ("request", pa.int64()), ("destination", pa.string()), ("plan", pa.int64())]
)
_INDEX: Final = pa.schema([(name, pa.int64()) for name in ("offset", "length", "first", "contacts")])
_CHUNK_CONTACTS: Final = 20_000
"""Most contacts in a chunk of more than one request."""
_CHUNK_BYTES: Final = 4 * 2**20
"""Approximate size limit of a chunk of more than one request."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Requests of a campaign, on disk. ``bodies`` is NDJSON: request ``n`` is line ``n``.

    The first ``canary_requests`` of them hold the contacts that are sent to before all others, and only these.
    """

    key: str
    bodies: Path
    contacts: int
    requests: int
    largest: int
    canary_requests: int
    _index: pa.Table
    _recipients: pa.Table

    def body(self, number: int) -> bytes:
        """Return the exact bytes of request ``number`` (from 1)."""
        at = self._index.slice(number - 1, 1).to_pylist()[0]
        with self.bodies.open("rb") as file:
            file.seek(at["offset"])
            return file.read(at["length"])

    def bodies_in_order(self) -> Iterator[bytes]:
        """Yield every request body, first to last, with only one in memory at a time."""
        with self.bodies.open("rb") as file:
            for batch in self._index.to_batches():
                for length in batch.column("length").to_pylist():
                    body = file.read(length)
                    file.seek(1, 1)
                    yield body

    def recipients(self, number: int) -> list[dict[str, int | str]]:
        """Return the contacts of request ``number`` in order: row, destination, plan (bit k: step k + 1 reaches it)."""
        at = self._index.slice(number - 1, 1).to_pylist()[0]
        found: list[dict[str, int | str]] = self._recipients.slice(at["first"], at["contacts"]).to_pylist()
        return found

    def request_of_row(self, row: int) -> int | None:
        """Return the number of the request with the contact of spreadsheet row ``row``; None if there is none."""
        found = np.flatnonzero(self._recipients.column("row").to_numpy() == row)
        return int(self._recipients.column("request")[int(found[0])].as_py()) if len(found) else None

    def recipients_by_request(self) -> Iterator[tuple[int, list[int], list[str], list[int]]]:
        """Yield number, rows, destinations and plans of each request, first to last."""
        number = 0
        for index in self._index.to_batches():
            for first, count in zip(
                index.column("first").to_pylist(), index.column("contacts").to_pylist(), strict=True
            ):
                number += 1
                part = self._recipients.slice(first, count)
                yield (
                    number,
                    part.column("row").to_pylist(),
                    part.column("destination").to_pylist(),
                    part.column("plan").to_pylist(),
                )


def make_plan(workspace: Workspace, checked: CheckedContacts, template: Template, batch: int, canary: int = 0) -> Plan:
    """Plan the ready contacts; equal input is planned once, then opened from disk.

    The first ``canary`` contacts share requests only with each other.
    """
    key = fingerprint("plan 2", checked.key, template_to_json(template), batch, canary)
    folder = workspace.build_once("plan", key, lambda target: _write(target, checked, template, batch, canary))
    index = open_table(folder / "index.arrow")
    recipients = open_table(folder / "recipients.arrow")
    facts = json.loads((folder / "plan.json").read_text("utf-8"))
    return Plan(
        key,
        folder / "requests.ndjson",
        recipients.num_rows,
        index.num_rows,
        facts["largest"],
        facts["canary_requests"],
        index,
        recipients,
    )


def _write(folder: Path, checked: CheckedContacts, template: Template, batch: int, canary: int) -> None:
    bodies = _bodies_of(checked, template)
    contacts, places = checked.sendable(bodies.names), checked.ready_places().astype(np.int32)
    is_after_canary = np.arange(len(places), dtype=np.int32) >= canary
    numbers = request_numbers(_groups(contacts, places, bodies) * 2 + is_after_canary, batch)
    canary_requests = int(numbers[:canary].max(initial=0))
    order = in_order_of(numbers)
    if order is not None:
        places, numbers = places[order], numbers[order]
    begins = np.diff(numbers, prepend=np.int32(0)) > 0
    starts = np.flatnonzero(begins).astype(np.int32)
    largest, offset, opened = 0, 0, 0
    with (
        (folder / "requests.ndjson").open("wb") as out,
        _arrow_writer(folder / "recipients.arrow", _RECIPIENTS) as recipients,
        _arrow_writer(folder / "index.arrow", _INDEX) as index,
    ):
        for first, end in _chunks(_estimated_sizes(contacts, places, bodies, begins), starts):
            some = _take_contacts(contacts, places[first:end])
            lines, length = bodies.lines(some, begins[first:end])
            out.write(_bytes(lines))
            recipients.write_batch(
                pa.record_batch(
                    [
                        some.column("row").combine_chunks(),
                        pa.array(numbers[first:end].astype(np.int64)),
                        _destinations(some, template),
                        some.column("plan").combine_chunks(),
                    ],
                    schema=_RECIPIENTS,
                )
            )
            begun = starts[opened : opened + len(length)].astype(np.int64)
            ends = offset + np.cumsum(length + 1)
            index.write_batch(
                pa.record_batch(
                    [
                        pa.array(ends - length - 1),
                        pa.array(length),
                        pa.array(begun),
                        pa.array(np.diff(begun, append=end)),
                    ],
                    schema=_INDEX,
                )
            )
            largest, offset, opened = max(largest, int(length.max())), int(ends[-1]), opened + len(length)
    facts = {"largest": largest, "canary_requests": canary_requests}
    (folder / "plan.json").write_text(json.dumps(facts), "utf-8")


def _bodies_of(checked: CheckedContacts, template: Template) -> Bodies:
    """Return the construction of these contacts' bodies."""
    sent_to = {step.destination_field for step in template.steps}
    phones = [field for field, kind in checked.kinds.items() if kind == "phone" and field in sent_to]
    return Bodies(template, tuple(checked.kinds), phones)


def _groups(contacts: pa.Table, places: Numbers, bodies: Bodies) -> Numbers:
    """Return a number for each contact, equal for equal texts.

    Texts are compared by their digests, because those of a million contacts would not fit into memory.
    """
    if not bodies.names:
        return np.zeros(len(places), dtype=np.int32)
    digests = np.empty((2, len(places)), dtype=np.uint64)
    all_places = np.arange(len(places), dtype=np.int32)
    for first, end in _chunks(_estimated_sizes(contacts, places, bodies, all_places >= 0), all_places):
        texts = bodies.texts(_take_contacts(contacts, places[first:end])).to_pylist()
        some = b"".join([blake2b(text, digest_size=16).digest() for text in texts])
        digests[:, first:end] = np.frombuffer(some, np.uint64).reshape(-1, 2).T
    return first_of_equals(digests)


def _estimated_sizes(contacts: pa.Table, places: Numbers, bodies: Bodies, begins: Mask) -> Numbers:
    """Estimate how many bytes each contact adds to the bodies: many where a request begins, few elsewhere."""

    def sizes(prefix: str) -> Numbers:
        found = np.zeros(len(places), dtype=np.int32)
        for name in contacts.column_names:
            if name.startswith(prefix):
                found += np.asarray(pc.binary_length(contacts.column(name)))[places]
        return found

    return sizes("v:") + np.where(begins, np.int32(bodies.size_of_steps) + sizes("n:"), np.int32(0))


def _chunks(sizes: Numbers, starts: Numbers) -> Iterator[tuple[int, int]]:
    """Yield ranges of contacts that are whole requests, small enough that a few fit into memory at once."""
    count = len(sizes)
    request_ends = np.append(starts[1:], np.int32(count))[: len(starts)]
    total = np.cumsum(sizes, dtype=np.int64)[request_ends - 1]  # of all requests up to each
    request, first, before = 0, 0, 0
    while first < count:
        by_size = np.searchsorted(total, before + _CHUNK_BYTES, side="right")
        by_count = np.searchsorted(request_ends, first + _CHUNK_CONTACTS, side="right")
        request = max(request, min(int(by_size), int(by_count)) - 1)
        end, before = int(request_ends[request]), int(total[request])
        yield first, end
        request, first = request + 1, end


def _take_contacts(contacts: pa.Table, places: Numbers) -> pa.Table:
    """Return the contacts at these indices, in this order."""
    # ``take`` on a chunked column copies all of it, however few rows are wanted; a slice copies nothing.
    first, last = int(places.min()), int(places.max())
    return contacts.slice(first, last - first + 1).take(pa.array(places - first))


def _bytes(lines: pa.StringArray) -> memoryview:
    """Return all lines, one behind the other."""
    _, ends, data = lines.buffers()
    edges = np.frombuffer(ends, np.int32)[lines.offset : lines.offset + len(lines) + 1]
    return memoryview(data)[int(edges[0]) : int(edges[-1])]


@contextmanager
def _arrow_writer(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatchWriter]:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        yield writer


def _destinations(contacts: pa.Table, template: Template) -> pa.StringArray:
    """Return the destination of the first step that reaches each contact."""
    plan = contacts.column("plan")
    found = pa.repeat(pa.scalar(""), contacts.num_rows)
    for place, step in reversed(list(enumerate(template.steps))):
        if f"v:{step.destination_field}" in contacts.column_names:
            reaches = pc.not_equal(pc.bit_wise_and(plan, 1 << place), 0)
            found = pc.if_else(reaches, contacts.column(f"v:{step.destination_field}"), found)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
