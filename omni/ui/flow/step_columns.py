"""Buttons that put a column of the spreadsheet into a step's text, as ``{{column}}``."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni.core.steps import Step
from omni.errors import OmniError
from omni.service.flow_editing import edit_step
from omni.service.preparation import Preparation
from omni.ui import drafting, session
from omni.ui.draft_sheet import SheetFacts
from omni.ui.flow.step_edits import keep_edits
from omni.ui.flow.step_fields import FIELDS
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, t

_MOST_PILLS: Final = 12


def show(step_id: str, step: Step, sheet: SheetFacts) -> None:
    """Show a button per column, or a searchable list for a wide sheet.

    A step with several texts also asks which one to insert into.
    """
    columns = sheet.columns
    if not columns:
        st.caption(t("step.no_columns"))
        return
    texts = [field.name for field in FIELDS[step.type] if field.texts]
    into, chosen = key("flow", "insert_into", step_id), key("flow", "insert", step_id)
    with st.container(gap="xsmall"):
        if len(columns) > _MOST_PILLS:
            st.selectbox(
                t("step.insert"),
                columns,
                index=None,
                key=chosen,
                on_change=_insert,
                args=(step_id, texts),
                placeholder=t("step.choose_column"),
            )
        else:
            st.pills(
                t("step.insert"),
                columns,
                key=chosen,
                on_change=_insert,
                args=(step_id, texts),
                format_func=lambda name: f":material/add: {plain(name)}",
            )
        if len(texts) > 1:
            _ask_into(into, texts)


def _ask_into(into: str, texts: list[str]) -> None:
    """Ask into which of the texts a column is inserted."""
    session.reflect(into, session.value(into) or "email_html")
    chosen = session.value(into)

    def shown(name: str) -> str:
        label = t(f"field.{name}")
        # Streamlit writes the chosen option in the primary colour, which is too dark for text in the dark theme.
        return f":violet[{label}]" if name == chosen else label

    st.segmented_control(t("step.insert_into"), texts, key=into, required=True, format_func=shown)


def _insert(step_id: str, texts: list[str]) -> None:
    """Callback: append the chosen column's placeholder to the text, after saving what is being typed."""
    chosen = key("flow", "insert", step_id)
    column = session.value(chosen)
    name = texts[0] if len(texts) == 1 else session.value(key("flow", "insert_into", step_id), texts[0])
    draft = drafting.current()
    session.put(chosen, None)
    if column is None or draft is None or name not in texts:
        return

    def edit(preparation: Preparation) -> Preparation:
        steps = dict(zip(preparation.step_ids, preparation.template.steps, strict=True))
        written: str = getattr(steps.get(step_id), name, None) or ""
        return edit_step(preparation, step_id, {name: with_column(written, column)})

    try:
        keep_edits(draft)
        draft.change(edit)
    except OmniError as err:
        session.say_after_rerun(plain(error_sentence(err)), ":material/error:")


def with_column(written: str, column: str) -> str:
    """Return the text with the column's placeholder at its end, after a blank."""
    gap = " " if written and not written[-1].isspace() else ""
    return f"{written}{gap}{{{{{column}}}}}"
