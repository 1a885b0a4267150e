"""Rows and destinations that nothing is sent to: by the do-not-contact list, and by columns that say who opted out.

Under the rule ``contact``, any destination of a row that is on the list leaves the whole row out, also one that no step
uses. Under ``destination`` only that destination is not used, and a row is left out when it has no other one.
``docs/decisions/0021`` has the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

import numpy as np
import pyarrow as pa

from omni.core.suppression import Channel, Suppress
from omni.sheets.checking.do_not_contact import on_the_list
from omni.sheets.checking.duplicates import keys_of
from omni.sheets.checking.screening import Screened
from omni.sheets.string_columns import Keys, Mask

SUPPRESSED: Final = "contact.suppressed"
SUPPRESSED_DESTINATION: Final = "contact.suppressed_destination"
OPTED_OUT: Final = "contact.opted_out"
OPTED_OUT_DESTINATION: Final = "contact.opted_out_destination"
OPTED_OUT_ELSEWHERE: Final = "contact.opted_out_elsewhere"
UNCLEAR: Final = "contact.opt_out_unclear"


@dataclass(frozen=True, slots=True, eq=False)
class OptedOut:
    """The rows that a column says have opted out.

    ``out`` marks them, ``unclear`` the rows whose cell was not understood. Without ``channels`` the column is about the
    contact as a whole. ``is_refusal`` is true when an opt-out was asked for, false when only a consent is missing.
    """

    header: str
    out: Mask
    unclear: Mask
    channels: frozenset[Channel]
    is_refusal: bool


@dataclass(frozen=True, slots=True, eq=False)
class Unwanted:
    """Everything that keeps the contacts of one sheet from being written to.

    ``listed`` are the match keys of the do-not-contact list. ``further`` has, by header, the normalised destinations of
    columns that are mapped to no field. ``channels`` has the channels that the steps use each field for.
    """

    rule: Suppress = "contact"
    listed: pa.StringArray | None = None
    further: Mapping[str, pa.ChunkedArray] = field(default_factory=dict)
    opted_out: Sequence[OptedOut] = ()
    channels: Mapping[str, frozenset[Channel]] = field(default_factory=dict)


NOTHING_UNWANTED: Final = Unwanted()


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """The rows that are left out for one reason: a finding's code, and the column and field it is about.

    ``first`` has, for some reasons, the place of another row of the same contact.
    """

    code: str
    mask: Mask
    header: str | None = None
    field: str | None = None
    first: Keys | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Suppressed:
    """The rows that are left out, and the destinations that are not used.

    ``rows`` marks the rows that nothing is sent to, whatever else they hold. ``fields`` marks, by field and only where
    there are any, the destinations that are not sent to, and ``listed`` the cells that are on the do-not-contact list.
    ``reasons`` are in the order in which they are given; the first one that applies to a row is reported. ``removed``
    are the reasons of single destinations.
    """

    rows: Mask
    fields: dict[str, Mask]
    listed: dict[str, Mask]
    reasons: list[Reason]
    removed: list[Reason]


def suppress(screened: Screened, unwanted: Unwanted, count: int) -> Suppressed:
    """Find the rows and destinations of a screened sheet of ``count`` rows that nothing is sent to."""
    destinations = [name for name, kind in screened.kinds.items() if kind != "text"]
    listed = {
        name: mask
        for name in destinations
        if (mask := on_the_list(screened.values.column(name), unwanted.listed)) is not None
    }
    is_whole = unwanted.rule == "contact"
    reasons = [Reason(SUPPRESSED, mask, screened.headers[name], name) for name, mask in listed.items()]
    removed = [Reason(SUPPRESSED_DESTINATION, mask, screened.headers[name], name) for name, mask in listed.items()]
    fields = {} if is_whole else dict(listed)
    rows = [reason.mask for reason in reasons] if is_whole else []
    if is_whole:
        for header, column in unwanted.further.items():
            if (mask := on_the_list(column, unwanted.listed)) is not None:
                reasons.append(Reason(SUPPRESSED, mask, header))
                rows.append(mask)
    for said in unwanted.opted_out:
        applies, theirs = _fields_of(said, unwanted, destinations)
        if applies:
            reasons.append(Reason(OPTED_OUT, said.out, said.header))
            reasons.append(Reason(UNCLEAR, said.unclear, said.header))
            rows += [said.out, said.unclear]
        for name in theirs:
            mask = said.out | said.unclear
            fields[name] = fields[name] | mask if name in fields else mask
            for code, some in ((OPTED_OUT, said.out), (UNCLEAR, said.unclear)):
                reasons.append(Reason(code, some, said.header))
            removed.append(Reason(OPTED_OUT_DESTINATION, mask, said.header, name))
    if unwanted.opted_out:
        _same_contacts(screened, unwanted, destinations, rows, fields, reasons, removed)
    return Suppressed(
        rows=reduce(np.logical_or, rows, np.zeros(count, dtype=bool)),
        fields={name: mask for name, mask in fields.items() if mask.any()},
        listed=listed,
        reasons=[reason for reason in reasons if reason.mask.any()],
        removed=[] if is_whole else [reason for reason in removed if reason.mask.any()],
    )


def _fields_of(said: OptedOut, unwanted: Unwanted, destinations: Sequence[str]) -> tuple[bool, list[str]]:
    """Tell whether a column leaves whole rows out, and return the fields that it keeps from being used."""
    theirs = [name for name in destinations if unwanted.channels.get(name, frozenset()) & said.channels]
    if unwanted.rule == "contact":
        # A missing consent to a channel that the campaign does not use says nothing about it; a refusal does.
        return not said.channels or said.is_refusal or bool(theirs), []
    return not said.channels, theirs


def _same_contacts(
    screened: Screened,
    unwanted: Unwanted,
    destinations: Sequence[str],
    rows: list[Mask],
    fields: dict[str, Mask],
    reasons: list[Reason],
    removed: list[Reason],
) -> None:
    """Treat the destinations of rows that opted out as listed: another row of the same contact is left out as well."""
    filled = keys_of({name: screened.values.column(name) for name in destinations}, screened.kinds)
    out_of_rows = {name: np.zeros(screened.values.num_rows, dtype=bool) for name in destinations}
    for said in unwanted.opted_out:
        applies, theirs = _fields_of(said, unwanted, destinations)
        for name in destinations if applies else theirs:
            out_of_rows[name] = out_of_rows[name] | said.out
    blocked = {name: np.where(mask, filled[name], 0) for name, mask in out_of_rows.items()}
    places = _places_of(blocked.values())
    if places is None:
        return
    for name in destinations:
        at = np.minimum(np.searchsorted(places.keys, filled[name]), len(places.keys) - 1)
        mask = (places.keys[at] == filled[name]) & (filled[name] != 0) & ~out_of_rows[name]
        if not mask.any():
            continue
        reasons.append(
            Reason(OPTED_OUT_ELSEWHERE, mask, screened.headers[name], name, np.where(mask, places.rows[at], -1))
        )
        if unwanted.rule == "contact":
            rows.append(mask)
        else:
            fields[name] = fields[name] | mask if name in fields else mask
            removed.append(Reason(OPTED_OUT_DESTINATION, mask, screened.headers[name], name))


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Distinct keys in ascending order, each with the place of the first row that has it."""

    keys: Keys
    rows: Keys


def _places_of(columns: Iterable[Keys]) -> _Places | None:
    found = [(keys[places], places) for keys in columns if len(places := np.flatnonzero(keys))]
    if not found:
        return None
    keys, at = np.unique(np.concatenate([keys for keys, _ in found]), return_index=True)
    return _Places(keys, np.concatenate([places for _, places in found])[at])


def first_reasons(reasons: Sequence[Reason], rows: Mask) -> Iterator[Reason]:
    """Yield each reason with only the rows, among ``rows``, that no earlier reason applies to."""
    left = rows.copy()
    for reason in reasons:
        mask = reason.mask & left
        if mask.any():
            left &= ~mask
            yield Reason(reason.code, mask, reason.header, reason.field, reason.first)
