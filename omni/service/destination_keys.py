"""Destinations as 64-bit keys, to recognise a contact in later campaigns.

The key of a phone is the digits of its match key: without the ninth digit of a Brazilian mobile, the 9 of an Argentine
and the former 1 of a Mexican one, so that all notations of a line are equal.
The key of an e-mail address is a negative number with a digest of 63 bits. A million contacts with three destinations
take about 20 MB. Two different addresses may share a key; the chance that any do, among a million against a million, is
one in ten million.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.field_kind import FieldKind
from omni.service.checked_contacts import CheckedContacts, FewerContacts, whole_of
from omni.service.workspace import Workspace
from omni.sheets.arrow_files import open_table, pack, unpack, write_table
from omni.sheets.checking.do_not_contact import match_keys
from omni.sheets.checking.duplicates import same_lines
from omni.sheets.string_columns import Keys

KeysPerChunk = tuple[Keys, Sequence[pa.ChunkedArray]]
"""Row numbers, and the keys of each field."""

_ROWS_A_PART: Final = 50_000
_SIGN_BIT: Final = np.int64(np.iinfo(np.int64).min)


def sent_to(checked: CheckedContacts) -> list[str]:
    """Return the fields that the steps send to and that a column is mapped to."""
    fields = (reach.destination_field for reach in checked.summary.reach)
    return list(dict.fromkeys(field for field in fields if field in checked.kinds))


def keys_of_ready(checked: CheckedContacts) -> pa.Table:
    """Return row and keys of every contact that could be sent to: a key for each field of ``sent_to``, null if empty.

    Made once for each check, then mapped from disk.
    """
    whole = whole_of(checked)
    folder = Workspace(whole.home).build_once("keys 2", whole.key, lambda target: _write(target / "keys.arrow", whole))
    return open_table(folder / "keys.arrow")


def key_parts(checked: CheckedContacts) -> Iterator[bytes]:
    """Yield the keys of the contacts to send to, in the chunks that a campaign stores."""
    keys = keys_of_ready(checked)
    if isinstance(checked, FewerContacts):
        keys = keys.filter(pa.array(~checked.left_out))
    for start in range(0, keys.num_rows, _ROWS_A_PART):
        yield pack(keys.slice(start, _ROWS_A_PART))


def keys_in(part: bytes) -> KeysPerChunk:
    """Unpack a chunk that ``key_parts`` yielded."""
    table = unpack(part)
    names = [name for name in table.column_names if name != "row"]
    return table.column("row").to_numpy(), [_as_today(table.column(name)) for name in names]


def _as_today(keys: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the keys that an earlier version stored as they would be stored today."""
    given = np.asarray(pc.fill_null(keys, 0).combine_chunks())
    today = same_lines(given)
    if np.array_equal(given, today):
        return keys
    return pa.chunked_array([pa.array(today, mask=np.asarray(pc.is_null(keys).combine_chunks()))])


def keys_of_destinations(contacts: Sequence[tuple[int, str]]) -> KeysPerChunk:
    """Return the keys of (row, destination) pairs, with phones and addresses mixed."""
    given = pa.array([destination for _, destination in contacts], pa.string())
    is_email = pc.match_substring(given, "@")
    phones = keys_of(pc.if_else(is_email, "", given), "phone")
    emails = keys_of(pc.if_else(is_email, given, ""), "email")
    rows = np.array([row for row, _ in contacts], dtype=np.int64)
    return rows, [pa.chunked_array([keys]) for keys in (phones, emails)]


def keys_of(destinations: pa.StringArray, kind: FieldKind) -> pa.Int64Array:
    """Return the key of every normalised destination; null for an empty one."""
    keys = match_keys(destinations)
    present = pc.not_equal(keys, "")
    if kind == "phone":
        return pc.if_else(present, keys, None).cast(pa.int64())
    digests = b"".join([blake2b(each.encode(), digest_size=8).digest() for each in keys.to_pylist()])
    return pa.array(np.frombuffer(digests, np.int64) | _SIGN_BIT, mask=~np.asarray(present))


def _write(file: Path, whole: CheckedContacts) -> None:
    fields = sent_to(whole)
    contacts = whole.sendable().select(["row", *(f"v:{field}" for field in fields)])
    places = whole.ready_places()
    parts = []
    for start in range(0, len(places), _ROWS_A_PART):
        some = contacts.take(pa.array(places[start : start + _ROWS_A_PART])).combine_chunks()
        parts.append(
            [
                some.column("row").combine_chunks(),
                *(keys_of(some.column(f"v:{field}").combine_chunks(), whole.kinds[field]) for field in fields),
            ]
        )
    names = ["row", *(f"k{at}" for at in range(len(fields)))]
    types = pa.schema([(name, pa.int64()) for name in names])
    write_table(file, pa.Table.from_batches([pa.record_batch(part, schema=types) for part in parts], types))
