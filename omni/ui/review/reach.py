"""The steps on the Review page, with the contacts each reaches, and the chosen step as one contact receives it.

For an SMS step also the number of message parts it would be charged as: exact for few contacts or when all get the same
text, otherwise an estimate.
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

MOST_MEASURED: Final = 1000
"""Most contacts whose texts are measured for the number of parts."""
_EDITOR: Final = key("review", "editor")


@dataclass(frozen=True, slots=True)
class Parts:
    """The number of message parts if every contact that the step reaches gets the message.

    ``measured`` is None if ``total`` is exact, otherwise the number of contacts it is estimated from.
    """

    total: int
    measured: int | None


def parts_of(number: int, step: MtStep, checked: CheckedContacts) -> Parts | None:
    """Return the parts of step ``number`` (from 1); None if it reaches no contact or names a missing column."""
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
    """Yield the number of parts of the text for each of the first contacts that the step reaches."""
    contacts, places = checked.sendable(names), checked.ready_places()
    is_reached = contacts.column("plan").to_numpy()[places] >> (number - 1) & 1 == 1
    some = contacts.take(pa.array(places[is_reached][:MOST_MEASURED]))
    columns = [some.column(f"n:{name}").to_pylist() for name in names]
    for values in zip(*columns, strict=True):
        rendered = render_step(step, dict(zip(names, values, strict=True)))
        yield sms_size(rendered.message_text or "").parts if isinstance(rendered, MtStep) else 0


def show(preparation: Preparation, sheet: SheetFacts) -> None:
    """Show the steps on the left, and the chosen one as a contact receives it on the right."""
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
    """Show the cards of the steps and return the id of the chosen one."""
    # The choice is not saved in the draft: the review changes nothing.
    revision = int(fingerprint(preparation.step_ids)[:12], 16)
    gesture = read_gesture(session.value(_EDITOR))
    is_current = gesture is not None and gesture.revision == revision
    chosen = gesture.selected if gesture is not None and is_current else None
    if chosen not in preparation.step_ids:
        chosen = preparation.step_ids[0]
    flow_editor(
        cards_of(preparation, sheet, sheet.problems(preparation)),
        selected=chosen,
        labels=labels_from(text()),
        key=_EDITOR,
        max_steps=len(preparation.step_ids),
        revision=revision,
        ack=gesture.sequence if gesture is not None and is_current else 0,
        readonly=True,
    )
    return str(chosen)


def _unreached(sheet: SheetFacts) -> None:
    """Show how many contacts no step reaches, with a link to the rejected rows."""
    unreached = sheet.checked.summary.unreached if sheet.checked else 0
    if not unreached:
        st.caption(f":material/check_circle: {t('review.all_reached')}")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/person_off: {t('review.unreached', n=unreached)}", width="content")
        if st.button(t("review.see_rows"), type="tertiary", key=key("review", "unreached")):
            totals.open_rows("rejected")


def _parts(preparation: Preparation, sheet: SheetFacts, at: int) -> None:
    """Show the number of message parts of step ``at`` (from 0), if it is an SMS step."""
    step = preparation.template.steps[at]
    if not isinstance(step, MtStep) or sheet.checked is None:
        return
    parts = parts_of(at + 1, step, sheet.checked)
    if parts is not None:
        code = "review.parts" if parts.measured is None else "review.parts_about"
        sentence = t(code, n=parts.total, looked_at=parts.measured or 0)
        st.caption(f":material/straighten: {sentence}", help=t("step.size_about"))
