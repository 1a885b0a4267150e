"""The result of checking the spreadsheet: counts of rows by status, tasks for the operator, and the rows themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import streamlit as st

from omni.service.checked_contacts import CheckedContacts, Section, Summary
from omni.service.suppression_sentences import reach_note, suppression_lines
from omni.sheets.checking.findings import FOR_INFORMATION
from omni.sheets.checking.serial_dates import ERROR_VALUE, SERIAL_DATE
from omni.ui import session
from omni.ui.components.accounting_bar import Tile, Tone, accounting_bar, chosen_tile
from omni.ui.contacts import downloads, fixing, gaps, proposals, rules, suppression, tidied
from omni.ui.contacts import rows as contacts_rows
from omni.ui.contacts.columns import Field
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import plain, t, text

BAR: Final = key("contacts", "accounting")
_VIEW: Final = key("contacts", "view")
_TONES: Final[dict[str, Tone]] = {
    "ready": "good",
    "repaired": "mended",
    "rejected": "bad",
    "duplicate": "doubled",
    "blank": "quiet",
    "hidden": "quiet",
    "suppressed": "quiet",
    "recent": "quiet",
}
_SENTENCES: Final = {
    "contact.no_destination": "missing",
    "contact.uncalculated": "uncalculated",
    "contact.too_many_cells": "too_many_cells",
    SERIAL_DATE: "serial_date",
    ERROR_VALUE: "error_value",
    "contact.value_empty": "empty",
    "text.gap": "gap",
    "contact.duplicate": "nothing",
    "contact.duplicate_dropped": "nothing",
    "contact.suppressed": "nothing",
    "contact.opted_out": "nothing",
    "contact.opted_out_elsewhere": "nothing",
    "contact.opt_out_unclear": "nothing",
    "text.encoded_twice": "encoded_twice",
    "text.letters_lost": "letters_lost",
    "phone.landline_in_sms": "landline",
    "phone.service_in_sms": "service",
    "phone.no_mobile_in_sms": "no_mobile",
    "email.typo": "typo",
    "phone.nine_missing": "nine",
    "phone.foreign": "foreign",
    **dict.fromkeys(FOR_INFORMATION, "nothing"),
}
"""Finding code to the sentence that asks for its correction; other codes go by the part before their dot."""
_ALWAYS: Final = ("ready", "repaired", "rejected", "duplicate", "suppressed")
"""Statuses that have a tile even with no rows."""


def outcome(draft: OpenDraft, checked: CheckedContacts, fields: list[Field]) -> None:
    """Show the lower half of the Contacts page."""
    suppression.questions(draft, checked)
    suppression.opt_out_columns(draft, checked)
    st.subheader(t("contacts.outcome"), anchor=False)
    _tasks(fields, checked.summary)
    proposals.proposals(draft, checked)
    gaps.asked_for(draft, checked)
    gaps.gaps(draft, checked)
    part = _accounting(checked.summary)
    rules.duplicate_notes(draft, checked.summary)
    for line in suppression_lines(checked.summary, text()):
        st.caption(f":material/do_not_disturb_on: {plain(line)}")
    tidied.tidied_cells(checked.summary)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        view = _view(checked)
        if checked.summary.rows["rejected"]:
            downloads.rejected(checked)
    if view == "problems":
        contacts_rows.findings_list(checked)
    elif view == "fix":
        fixing.fixing(draft, checked)
    else:
        contacts_rows.rows(checked, part)


def _view(checked: CheckedContacts) -> str:
    """Let the operator choose between rows, findings and cells to correct; no choice if there are only rows."""
    views = {"rows": t("contacts.view_rows")}
    if problems := checked.summary.problems:
        views["problems"] = t("contacts.view_problems", n=problems)
    faulty = fixing.faulty_cells(checked)
    if faulty or checked.fixes:
        views["fix"] = t("contacts.view_fix", n=faulty)
    if len(views) == 1:
        return "rows"
    wanted = session.value(_VIEW, "rows")
    session.reflect(_VIEW, wanted if wanted in views else "rows")
    return str(
        st.segmented_control(
            t("contacts.view"),
            list(views),
            required=True,
            key=_VIEW,
            format_func=views.__getitem__,
            label_visibility="collapsed",
        )
    )


def _show_rows() -> None:
    session.put(_VIEW, "rows")


def tiles_of(summary: Summary) -> list[Tile]:
    """Return the tiles: all rows, then each status, then the contacts each step reaches.

    Statuses outside ``_ALWAYS`` have a tile only if there are such rows.
    """
    rows = summary.rows
    tiles = [Tile(name="all", label=t("rows.read"), count=rows["read"], tone="whole")]
    for name, tone in _TONES.items():
        if rows.get(name) or name in _ALWAYS:
            tiles.append(
                Tile(
                    name=name,
                    label=t(f"rows.{name}"),
                    count=rows[name],
                    tone=tone,
                    within="ready" if name == "repaired" else None,
                )
            )
    for reach in summary.reach:
        label = f"{t(f'contacts.reached_{reach.type}', step=reach.step)}, {reach_note(reach, text())}"
        tiles.append(Tile(name=f"step:{reach.step}", label=label, count=reach.contacts, tone="reached", within="ready"))
    return tiles


def to_do(fields: list[Field], summary: Summary) -> list[str]:
    """Return the tasks the operator has to do, as imperative sentences, those about columns first."""
    missing = [
        t("contacts.fix_column", field=plain(field.name))
        for field in fields
        if field.is_needed and field.column is None
    ]
    counts = dict(summary.error_counts)
    if all(field.column is None for field in fields if field.kind != "text"):
        # The contacts are complete: their phone and e-mail columns have only not been chosen yet.
        counts.pop("contact.no_destination", None)
        missing = missing or [t("contacts.fix_no_column")]
    return missing + _sentences(counts)


def could_do(summary: Summary) -> list[str]:
    """Return the corrections that are advised but not needed: their contacts are reached as they are."""
    left = {code: n - summary.error_counts.get(code, 0) for code, n in summary.problem_counts.items()}
    return _sentences(left)


def _sentences(counts: Mapping[str, int]) -> list[str]:
    """Return a sentence for each kind of correction, with the number of findings, from counts by finding code."""
    found = Counter[str]()
    for code, n in counts.items():
        found[_SENTENCES.get(code) or code.partition(".")[0]] += n
    return [t(f"contacts.fix_{kind}", n=n) for kind, n in found.items() if n and kind != "nothing"]


def _tasks(fields: list[Field], summary: Summary) -> None:
    """Show the tasks the operator has to do, and those that are advised."""
    boxes = (
        (to_do(fields, summary), "need_to", st.error, "error"),
        (could_do(summary), "could", st.warning, "build"),
    )
    with st.grid(sum(bool(found) for found, *_ in boxes) or 1, min_column_width=300):
        for found, title, show, icon in boxes:
            if found:
                lines = "\n".join(f"- {line}" for line in found)
                show(f"**{t(f'contacts.{title}')}**\n\n{lines}", icon=f":material/{icon}:")


def _accounting(summary: Summary) -> Section:
    """Show the bar with its tiles and return the part whose rows the operator chose."""
    tiles = tiles_of(summary)
    part = chosen_tile(session.value(BAR), tiles, "all")
    number = text().number
    parts = [f"{number(tile.count)} {tile.label.lower()}" for tile in tiles[1:] if tile.count and not tile.within]
    about = t("contacts.adds_up", read=summary.rows["read"], parts=" + ".join(parts))
    accounting_bar(tiles, selected=part, about=about, number=number, key=BAR, on_press=_show_rows)
    return part
