"""Contacts that are not written to, as a check reports them: by the do-not-contact list and by opt-out columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from omni.core.field_kind import FieldKind
from omni.core.suppression import CHANNELS_OF_STEPS, Channel, Suppress
from omni.core.template import Template
from omni.sheets.checking.check import Checked
from omni.sheets.checking.destination_columns import destination_columns, destinations_in
from omni.sheets.checking.opt_out import OptOutColumn, column_of, opt_out_columns, read_answers
from omni.sheets.checking.suppression import OptedOut, Unwanted
from omni.sheets.sheet import Sheet

_VALUES_KEPT: Final = 20
"""Most values of a column, not understood, that are kept for the operator to decide about."""


@dataclass(frozen=True, slots=True)
class OptOutChoices:
    """Decisions about columns that say who opted out.

    The columns ``ignored`` leave no row out. ``values`` has, by column, cells that were decided about: true if the
    contact opted out. A column that was not detected counts when it has decisions.
    """

    ignored: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Number of contacts that are left out for a reason: a finding's code, and the column it is about."""

    code: str
    column: str | None
    contacts: int


@dataclass(frozen=True, slots=True)
class OptOutFacts:
    """A column that says who opted out, and how many rows say so.

    Without ``channels`` it is about all messages. ``opted_out``, ``empty`` and ``unclear`` count rows; ``values`` are
    the first cells that were not understood, with the number of rows that have them. With ``is_consent`` an empty cell
    may mean that a consent is missing; it counts as an opt-out only if the operator decides so. Without ``is_used`` the
    column leaves no row out, because the operator decided so.
    """

    column: str
    is_consent: bool
    channels: tuple[Channel, ...]
    is_used: bool
    opted_out: int
    empty: int
    unclear: int
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SuppressionFacts:
    """The contacts that a check leaves out, by reason, and the columns that say who opted out.

    ``removed`` counts the contacts to send to of which some destinations are not used, under the rule ``destination``.
    ``hidden`` are columns that seem to say who opted out but are not read, because they are hidden in the spreadsheet.
    """

    rule: Suppress = "contact"
    left_out: tuple[LeftOut, ...] = ()
    removed: int = 0
    opt_out: tuple[OptOutFacts, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def undecided(self) -> tuple[OptOutFacts, ...]:
        """The columns with cells that the operator has to decide about."""
        return tuple(column for column in self.opt_out if column.is_used and column.unclear)


def suppression_facts(body: Mapping[str, Any]) -> SuppressionFacts:
    """Return the facts from their stored form."""
    columns = [
        {**item, "channels": tuple(item["channels"]), "values": tuple((value, n) for value, n in item["values"])}
        for item in body["opt_out"]
    ]
    return SuppressionFacts(
        body["rule"],
        tuple(LeftOut(**item) for item in body["left_out"]),
        body["removed"],
        tuple(OptOutFacts(**item) for item in columns),
        tuple(body["hidden"]),
    )


def facts_of(
    rule: Suppress, checked: Checked, columns: Sequence[OptOutFacts], removed: int, hidden: Sequence[str]
) -> SuppressionFacts:
    """Return the facts of a check; ``hidden`` are the headers of columns that the sheet does not show."""
    left_out = tuple(LeftOut(code, column, n) for (code, column), n in checked.left_out.items())
    unread = tuple(header for header in hidden if (known := column_of(header)) and "status" not in known.polarity)
    return SuppressionFacts(rule, left_out, removed, tuple(columns), unread)


def unwanted_in(
    sheet: Sheet,
    mapping: Mapping[str, str],
    kinds: Mapping[str, FieldKind],
    template: Template,
    country: str,
    rule: Suppress,
    choices: OptOutChoices,
    listed: pa.StringArray | None,
) -> tuple[Unwanted, list[OptOutFacts]]:
    """Find what keeps the contacts of a sheet from being written to, and the columns that say who opted out."""
    matched = {header for name, header in mapping.items() if kinds[name] != "text"}
    further: dict[str, pa.ChunkedArray] = {}
    if listed is not None and len(listed) and rule == "contact":
        for header, kind in destination_columns(sheet, matched, country).items():
            further[header] = destinations_in(sheet, header, kind, country)
    found, opted_out = [], []
    for column in _columns(sheet, matched, choices):
        answers = read_answers(sheet.table.column(column.header), column, choices.values.get(column.header, {}))
        is_used = column.header not in choices.ignored
        found.append(
            OptOutFacts(
                column.header,
                column.is_consent,
                tuple(sorted(column.channels)),
                is_used,
                int(answers.out.sum()),
                answers.empty,
                int(answers.unclear.sum()),
                answers.unclear_values[:_VALUES_KEPT],
            )
        )
        if is_used:
            opted_out.append(OptedOut(column.header, answers.out, answers.unclear, column.channels, column.is_refusal))
    return Unwanted(rule, listed, further, opted_out, _channels(template, kinds)), found


def _columns(sheet: Sheet, matched: set[str], choices: OptOutChoices) -> list[OptOutColumn]:
    found = opt_out_columns(sheet.table, matched)
    named = {column.header for column in found}
    added = [header for header in choices.values if header in sheet.columns and header not in named]
    return [*found, *(OptOutColumn(header, "status") for header in added)]


def _channels(template: Template, kinds: Mapping[str, FieldKind]) -> dict[str, frozenset[Channel]]:
    """Return the channels that the steps use each field for; without steps, those that its kind allows."""
    if not template.steps:
        usual: dict[FieldKind, frozenset[Channel]] = {
            "phone": frozenset({"sms", "call"}), "email": frozenset({"email"}), "text": frozenset(),
        }  # fmt: skip
        return {name: usual[kind] for name, kind in kinds.items()}
    used: dict[str, frozenset[Channel]] = {}
    for step in template.steps:
        name = step.destination_field
        used[name] = used.get(name, frozenset()) | {CHANNELS_OF_STEPS[step.type]}
    return used
