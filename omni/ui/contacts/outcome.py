"""What becomes of the rows: the counts that add up, what to mend, and the rows behind each count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import streamlit as st

from omni.service.checked_contacts import CheckedContacts, Section, Summary
from omni.sheets.checking.findings import FOR_INFORMATION, LANDLINE
from omni.ui import session
from omni.ui.components.accounting_bar import Tile, Tone, accounting_bar, chosen_tile
from omni.ui.contacts import downloads, fixing, proposals, rules
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
_FIXES: Final = {
    "contact.no_destination": "missing",
    "contact.value_empty": "empty",
    "contact.duplicate": "nothing",
    "contact.duplicate_dropped": "nothing",
    "contact.suppressed": "nothing",
    LANDLINE: "landline",
    "email.typo": "typo",
    "phone.nine_missing": "nine",
    "phone.foreign": "foreign",
    **dict.fromkeys(FOR_INFORMATION, "nothing"),
}
_ALWAYS: Final = ("ready", "repaired", "rejected", "duplicate")


def outcome(draft: OpenDraft, checked: CheckedContacts, fields: list[Field]) -> None:
    """The lower half of the page."""
    st.subheader(t("contacts.outcome"), anchor=False)
    _tell(fields, checked.summary)
    proposals.proposals(draft, checked)
    part = _accounting(checked.summary)
    rules.tell_duplicates(draft, checked.summary)
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
    """What the lower part shows: rows, findings, or cells to correct; no choice where there are only rows."""
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
    """All rows first, then every part, then what each step reaches; the rarer parts only where there are rows."""
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
        label = t(f"contacts.reached_{reach.type}", step=reach.step)
        tiles.append(Tile(name=f"step:{reach.step}", label=label, count=reach.contacts, tone="reached", within="ready"))
    return tiles


def to_do(fields: list[Field], summary: Summary) -> list[str]:
    """What the operator has to do, each in the imperative, the columns first."""
    missing = [
        t("contacts.fix_column", field=plain(field.name))
        for field in fields
        if field.is_needed and field.column is None
    ]
    counts = dict(summary.error_counts)
    if all(field.column is None for field in fields if field.kind != "text"):
        # No contact lacks anything: nothing says yet which columns their phones and addresses are in.
        counts.pop("contact.no_destination", None)
        missing = missing or [t("contacts.fix_no_column")]
    return missing + _fixes(counts)


def could_do(summary: Summary) -> list[str]:
    """What would be better mended, though the contacts it is about are reached as they are."""
    left = {code: n - summary.error_counts.get(code, 0) for code, n in summary.problem_counts.items()}
    return _fixes(left)


def _fixes(counts: Mapping[str, int]) -> list[str]:
    found = Counter[str]()
    for code, n in counts.items():
        found[_FIXES.get(code) or code.partition(".")[0]] += n
    return [t(f"contacts.fix_{kind}", n=n) for kind, n in found.items() if n and kind != "nothing"]


def _tell(fields: list[Field], summary: Summary) -> None:
    told = (
        (to_do(fields, summary), "need_to", st.error, "error"),
        (could_do(summary), "could", st.warning, "build"),
    )
    with st.grid(sum(bool(found) for found, *_ in told) or 1, min_column_width=300):
        for found, title, show, icon in told:
            if found:
                lines = "\n".join(f"- {line}" for line in found)
                show(f"**{t(f'contacts.{title}')}**\n\n{lines}", icon=f":material/{icon}:")


def _accounting(summary: Summary) -> Section:
    """The bar with its tiles; the part whose rows the operator wants to see."""
    tiles = tiles_of(summary)
    part = chosen_tile(session.value(BAR), tiles, "all")
    number = text().number
    parts = [f"{number(tile.count)} {tile.label.lower()}" for tile in tiles[1:] if tile.count and not tile.within]
    about = t("contacts.adds_up", read=summary.rows["read"], parts=" + ".join(parts))
    accounting_bar(tiles, selected=part, about=about, number=number, key=BAR, on_press=_show_rows)
    return part
