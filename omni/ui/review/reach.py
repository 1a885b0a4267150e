"""Who is reached by which step: the flow, to be looked at, and the chosen step as one contact gets it.

How many parts an SMS step would be charged as: exact for few contacts or one shared text, else estimated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import streamlit as st

from omni.core.rendering import names_used, render_step
from omni.core.sms import sms_size
from omni.core.steps import MtStep
from omni.service.checked_contacts import CheckedContacts
from omni.service.preparation import Preparation
from omni.service.workspace import fingerprint
from omni.ui import session
from omni.ui.components.flow_editor import flow_editor, labels_from, read_gesture
from omni.ui.draft_sheet import SheetFacts
from omni.ui.flow import step_preview
from omni.ui.flow.step_cards import cards_of
from omni.ui.keys import key
from omni.ui.review import totals
from omni.ui.text import t, text

MOST_LOOKED_AT: Final = 1000


@dataclass(frozen=True, slots=True)
class Parts:
    """``total`` parts if every contact that the step reaches gets it. ``looked_at`` is None when that is the
    sum, else the number of contacts it was judged by."""

    total: int
    looked_at: int | None


def parts_of(number: int, step: MtStep, checked: CheckedContacts) -> Parts | None:
    """The parts of step ``number`` (from 1); None when it reaches nobody, or names a column there is not."""
    reached = next((reach.contacts for reach in checked.summary.reach if reach.step == number), 0)
    names = names_used([step])
    if not reached or not all(name in checked.sheet.columns or name in checked.kinds for name in names):
        return None
    if not names:
        return Parts(sms_size(step.message_text or "").parts * reached, None)
    sizes = list(_sizes(number, step, names, checked))
    if len(sizes) == reached:
        return Parts(sum(sizes), None)
    return Parts(round(sum(sizes) / len(sizes) * reached), len(sizes)) if sizes else None


def _sizes(number: int, step: MtStep, names: Sequence[str], checked: CheckedContacts) -> Iterator[int]:
    """The parts of the first contacts that the step reaches."""
    contacts, places = checked.sendable(names), checked.ready_places()
    is_reached = contacts.column("plan").to_numpy()[places] >> (number - 1) & 1 == 1
    some = contacts.take(pa.array(places[is_reached][:MOST_LOOKED_AT]))
    columns = [some.column(f"n:{name}").to_pylist() for name in names]
    for values in zip(*columns, strict=True):
        rendered = render_step(step, dict(zip(names, values, strict=True)))
        yield sms_size(rendered.message_text or "").parts if isinstance(rendered, MtStep) else 0


_EDITOR: Final = key("review", "editor")


def show(preparation: Preparation, sheet: SheetFacts) -> None:
    """The steps on the left, one of them as a contact meets it on the right."""
    with st.container(gap="xxsmall"):
        st.subheader(t("review.reach"), anchor=False)
        _unreached(sheet)
    flow, preview = st.columns([5, 6], gap="large")
    with flow:
        chosen = _flow(preparation, sheet)
    with preview, st.container(border=True):
        number = preparation.step_ids.index(chosen)
        sample = step_preview.choose_contact("review", sheet)
        step_preview.show("review", preparation.template.steps[number], sample, name=chosen)
        _parts(preparation, sheet, number)


def _flow(preparation: Preparation, sheet: SheetFacts) -> str:
    """The cards; returns the id of the one to be shown."""
    # Whatever is chosen here is not saved: the review changes nothing.
    revision = int(fingerprint(preparation.step_ids)[:12], 16)
    gesture = read_gesture(session.value(_EDITOR))
    is_ours = gesture is not None and gesture.revision == revision
    chosen = gesture.selected if gesture is not None and is_ours else None
    if chosen not in preparation.step_ids:
        chosen = preparation.step_ids[0]
    flow_editor(
        cards_of(preparation, sheet, sheet.problems(preparation)),
        selected=chosen,
        labels=labels_from(text()),
        key=_EDITOR,
        max_steps=len(preparation.step_ids),
        revision=revision,
        ack=gesture.sequence if gesture is not None and is_ours else 0,
        readonly=True,
    )
    return str(chosen)


def _unreached(sheet: SheetFacts) -> None:
    unreached = sheet.checked.summary.unreached if sheet.checked else 0
    if not unreached:
        st.caption(f":material/check_circle: {t('review.all_reached')}")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/person_off: {t('review.unreached', n=unreached)}", width="content")
        if st.button(t("review.see_rows"), type="tertiary", key=key("review", "unreached")):
            totals.open_rows("rejected")


def _parts(preparation: Preparation, sheet: SheetFacts, at: int) -> None:
    step = preparation.template.steps[at]
    if not isinstance(step, MtStep) or sheet.checked is None:
        return
    parts = parts_of(at + 1, step, sheet.checked)
    if parts is not None:
        code = "review.parts" if parts.looked_at is None else "review.parts_about"
        sentence = t(code, n=parts.total, looked_at=parts.looked_at or 0)
        st.caption(f":material/straighten: {sentence}", help=t("step.size_about"))
