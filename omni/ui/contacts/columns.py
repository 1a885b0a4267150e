"""The card that matches contactInfo fields with columns of the spreadsheet, including fields the operator adds.

An added field sends any column of the sheet along as contactInfo, under a name the operator chooses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pyarrow.compute as pc
import streamlit as st

from omni import wiring
from omni.core.field_kind import FieldKind
from omni.core.template import needed_fields
from omni.service.checking import close_columns
from omni.service.column_mapping import matched_before, propose_mapping, shape_of, why_unmatched
from omni.service.preparation import COMMON_FIELDS, Preparation
from omni.sheets.blanks import blank_cells
from omni.sheets.sheet import Sheet
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import moment, plain, t

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_COLUMN_KEY: Final = key("contacts", "new_column")
_NAME_KEY: Final = key("contacts", "new_name")
_REFUSED: Final = key("contacts", "new_refused")
_ADDED: Final = key("contacts", "fields_added")
_KIND_ICONS: Final[Mapping[FieldKind, str]] = {"phone": "call", "email": "mail", "text": "notes"}
_SAMPLES: Final = 3
_CHOICES_BESIDE: Final = 3
_ROWS_SAMPLED: Final = 200
"""Rows from which the first values of a column are taken."""


@dataclass(frozen=True, slots=True)
class Field:
    """A contactInfo field and the column it is matched with.

    ``steps`` are the numbers (from 1) of the steps that send to it. ``is_needed`` is also true for a field a step takes
    the recipient's name from; ``is_extra`` is true for a field no step needs, and without steps for one outside the
    common fields. ``column`` is None without a match, ``proposed`` without a proposal.
    """

    name: str
    kind: FieldKind
    is_needed: bool
    is_extra: bool
    steps: tuple[int, ...]
    column: str | None
    proposed: str | None

    @property
    def is_proposed(self) -> bool:
        """True if the column is still the one proposed from its header and first cells."""
        return self.column is not None and self.column == self.proposed and not self.is_extra


def fields_of(preparation: Preparation, sheet: Sheet) -> list[Field]:
    """Return the fields to match, those the steps need first."""
    template = preparation.template
    needed = needed_fields(template) if template.steps else {}
    usual = needed if template.steps else COMMON_FIELDS
    fields = preparation.fields()
    proposed = _proposed(
        repr(preparation.upload), repr(preparation.reading), tuple(fields.items()), preparation.country, sheet
    )
    return [
        Field(
            name,
            kind,
            name in needed,
            name not in usual,
            tuple(at for at, step in enumerate(template.steps, 1) if step.destination_field == name),
            header if (header := preparation.mapping.get(name)) in sheet.columns else None,
            proposed.get(name),
        )
        for name, kind in fields.items()
    ]


@st.cache_data(max_entries=200, show_spinner=False)
def _proposed(
    upload: str,  # noqa: ARG001 - with ``reading`` the sheet's key in the cache
    reading: str,  # noqa: ARG001
    fields: tuple[tuple[str, FieldKind], ...],
    country: str,
    _sheet: Sheet,
) -> dict[str, str]:
    """Propose a mapping again, to see which columns the operator left unchanged; only headers are cached."""
    return propose_mapping(_sheet, dict(fields), country)


def columns(draft: OpenDraft, sheet: Sheet, fields: list[Field]) -> None:
    """Show the card with a row for each field and the form that adds a field."""
    with st.container(border=True):
        st.subheader(t("contacts.columns"), anchor=False)
        has_steps = bool(draft.preparation.template.steps)
        st.caption(t("contacts.columns_about" if has_steps else "contacts.columns_about_no_steps"))
        known = matched_before(wiring.console().lists.mappings, sheet)
        if known is not None and known.mapping.items() <= draft.preparation.mapping.items():
            when = moment(known.updated_at)
            st.caption(f":material/history: {t('contacts.as_before', file=plain(known.file), when=plain(when))}")
        close = _close(draft, sheet)
        for field in fields:
            _row(draft, sheet, field)
            if field.name in close:
                _question(draft, sheet, field, close[field.name])
        lacking = {field.kind for field in fields if field.is_needed and field.column is None and field.kind != "text"}
        for kind in sorted(lacking):
            for reason, headers in why_unmatched(sheet, kind, draft.preparation.country):
                st.caption(f":material/info: {t(f'contacts.{reason}', columns=plain(headers))}")
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            add_field(draft, sheet)
            st.caption(t("contacts.placeholder_hint", example="{{" + plain(sheet.columns[0]) + "}}"), width="stretch")


def remember(draft: OpenDraft, sheet: Sheet) -> None:
    """Save the mapping for the next spreadsheet with the same headers, without fields whose column is a question."""
    close = _close(draft, sheet)
    mapping = {
        name: header
        for name, header in draft.preparation.mapping.items()
        if header in sheet.columns and name not in close
    }
    if mapping and draft.preparation.upload is not None:
        wiring.console().lists.mappings.remember(shape_of(sheet), mapping, draft.preparation.upload.name)


def _close(draft: OpenDraft, sheet: Sheet) -> dict[str, tuple[str, ...]]:
    return close_columns(wiring.console().workspace(draft.id), draft.preparation, sheet)


def _question(draft: OpenDraft, sheet: Sheet, field: Field, headers: Sequence[str]) -> None:
    """Ask which of some columns holds a field; nothing is sent before one of them is chosen."""
    with st.container(border=True, key=key("contacts", "column_question", field.name)):
        asked = f"contacts.column_question_{field.kind}" if len(headers) > 1 else "contacts.column_somebody_elses"
        st.warning(t(asked), icon=":material/help:")
        with st.grid(min(_CHOICES_BESIDE, len(headers)), min_column_width=240, gap="medium"):
            for place, header in enumerate(headers):
                with st.container(gap="xsmall"):
                    st.markdown(f"**{plain(header)}**")
                    filled = int(pc.sum(pc.invert(blank_cells(sheet.table.column(header)))).as_py())
                    st.caption(t("contacts.column_filled", n=filled, rows=sheet.table.num_rows))
                    st.text(_first_values(sheet, replace(field, column=header)), width="stretch", wrap=False)
                    st.button(
                        t("contacts.column_use", column=header),
                        icon=":material/check:",
                        key=key("contacts", "column_is", field.name, place),
                        on_click=_choose,
                        args=(draft, field.name, header),
                    )


def _choose(draft: OpenDraft, name: str, header: str) -> None:
    """Callback: save which of the columns in question a field is matched with.

    Another field that had this column gets the former one of this field.
    """
    session.forget(key("contacts", "page"))

    def edit(now: Preparation) -> Preparation:
        former = now.mapping.get(name, header)
        others = {field: former for field, column in now.mapping.items() if column == header}
        return replace(now, mapping={**now.mapping, **others}).with_columns({name: header})

    draft.change(edit)


def _row(draft: OpenDraft, sheet: Sheet, field: Field) -> None:
    """Show a field: its name and steps, the select for its column, and the column's first values."""
    widget = key("contacts", "column", field.name)
    session.reflect(widget, field.column)
    about, choice, samples = st.columns([4, 5, 9], vertical_alignment="center")
    with about, st.container(gap="xxsmall"):
        st.markdown(f":material/{_KIND_ICONS[field.kind]}: **{plain(field.name)}**")
        if field.steps:
            st.caption(t("contacts.used_by", n=len(field.steps), steps=", ".join(map(str, field.steps))))
        elif field.is_needed:
            st.caption(t("contacts.used_by_email"))
    choice.selectbox(
        t("contacts.column_of", field=plain(field.name)),
        sheet.columns,
        index=None,
        key=widget,
        placeholder=t("contacts.choose_needed" if field.is_needed else "contacts.choose"),
        on_change=_match,
        args=(draft, field.name),
        label_visibility="collapsed",
    )
    with samples, st.container(gap="xxsmall"):
        _beside(draft, sheet, field)


def _beside(draft: OpenDraft, sheet: Sheet, field: Field) -> None:
    if field.column is not None:
        st.text(_first_values(sheet, field), width="stretch", wrap=False)
    elif field.is_needed:
        st.markdown(f":red[:material/error: {t('contacts.needed_without_column')}]")
    else:
        st.caption(t("contacts.not_sent"))
    if field.is_proposed:
        st.caption(f":material/auto_awesome: {t('contacts.by_header')}")
    if field.is_extra:
        st.button(
            t("contacts.remove"),
            help=t("contacts.remove_field", field=plain(field.name)),
            type="tertiary",
            key=key("contacts", "remove", field.name),
            on_click=_match,
            args=(draft, field.name, True),
        )


def _match(draft: OpenDraft, name: str, is_removed: bool = False) -> None:
    """Callback: save the column chosen for a field; without one, or if removed, the field is not mapped."""
    header: str | None = None if is_removed else session.value(key("contacts", "column", name))

    def edit(now: Preparation) -> Preparation:
        if header is not None:
            return now.with_columns({name: header})
        return replace(now, mapping={field: column for field, column in now.mapping.items() if field != name})

    draft.change(edit)


def _first_values(sheet: Sheet, field: Field) -> str:
    """Return the first few different values of a field's column, or a sentence that it is empty.

    They are as the sheet shows them, but those of phones and e-mails as they are read.
    """
    header = field.column or ""
    column = sheet.table.column(header) if field.kind == "text" else sheet.digits_of(header)
    cells = column.slice(0, _ROWS_SAMPLED).to_pylist()
    found = list(dict.fromkeys(" ".join(cell.split()) for cell in cells if cell and cell.strip()))
    return "  ·  ".join(found[:_SAMPLES]) or t("contacts.column_empty")


def add_field(draft: OpenDraft, sheet: Sheet) -> None:
    """Show the button that opens the form for another field; a new key after each added field closes the form."""
    added = session.value(_ADDED, 0)
    with st.popover(t("contacts.add_field"), icon=":material/add:", key=key("contacts", "new_field", added)):
        st.selectbox(
            t("contacts.new_column"),
            sheet.columns,
            index=None,
            key=_COLUMN_KEY,
            placeholder=t("contacts.choose_needed"),
            on_change=_propose_name,
        )
        st.text_input(t("contacts.new_name"), key=_NAME_KEY, max_chars=64, help=t("contacts.new_name_help"))
        if refused := session.take(_REFUSED):
            st.error(t(f"contacts.{refused}"), icon=":material/error:")
        st.button(t("contacts.add"), key=key("contacts", "new_add"), on_click=_add, args=(draft,))


def name_from(header: str) -> str:
    """Return a field name of ASCII letters, digits and underscores: ``Código do cliente`` as ``codigo_do_cliente``."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", header) if c.isascii())
    name = re.sub(r"[^A-Za-z0-9]+", "_", bare).strip("_").lower()
    return (f"_{name}" if name[:1].isdigit() else name)[:64]


def name_error(name: str, taken: frozenset[str]) -> str | None:
    """Return the reason why a field cannot have this name, as a key of the catalog; None if it can."""
    if not _NAME.fullmatch(name):
        return "name_malformed"
    return "name_taken" if name in taken else None


def _propose_name() -> None:
    header = session.value(_COLUMN_KEY)
    session.put(_NAME_KEY, name_from(header) if header else "")


def _add(draft: OpenDraft) -> None:
    header, name = session.value(_COLUMN_KEY), str(session.value(_NAME_KEY) or "").strip()
    wrong = "column_missing" if header is None else name_error(name, frozenset(draft.preparation.fields()))
    if wrong is not None:
        session.put(_REFUSED, wrong)
        return
    draft.change(lambda now: replace(now, mapping={**now.mapping, name: str(header)}))
    session.forget(_COLUMN_KEY, _NAME_KEY)
    session.put(_ADDED, int(session.value(_ADDED, 0)) + 1)
