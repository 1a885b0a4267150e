"""Preview of a step as one contact of the spreadsheet will receive it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni.core.rendering import names_used
from omni.core.steps import EmailStep, MtStep, Step, VoiceStep
from omni.provider.payload import NO_PHONE
from omni.ui.components.email_preview import email_preview
from omni.ui.components.phone_preview import sms_preview
from omni.ui.draft_sheet import Sample, SheetFacts
from omni.ui.keys import key
from omni.ui.text import t

_MAIL_HEIGHT: Final = 260
_PHONE_WIDTH: Final = 360


def choose_contact(page: str, sheet: SheetFacts) -> Sample | None:
    """Show the preview's heading with the row of its contact, and return the contact; None if there is none.

    The row is that of the first contact that is ready, or the one typed in.
    """
    first, rows = sheet.sample(), sheet.rows()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f":material/visibility: **{t('step.preview')}**", width="content")
        if first is None or rows is None:
            return None
        row = st.number_input(
            t("step.row"),
            min_value=rows[0],
            max_value=rows[1],
            value=first.row,
            step=1,
            key=key(page, "sample_row", *rows),
            help=t("step.row_help"),
            width=190,
        )
    sample = sheet.sample(row)
    if sample is None:
        st.caption(t("step.row_blank", row=row))
    return sample


def show(page: str, step: Step, sample: Sample | None, *, name: str, is_sent: bool = False) -> None:
    """Show the step filled in for ``sample``; as written without one, or if a placeholder has no column.

    ``is_sent`` leaves out that a spreadsheet would show values.
    """
    filled = sample.render(step) if sample else None
    shown = filled or step
    if isinstance(shown, EmailStep):
        _mail(page, shown, name)
    else:
        with st.container(horizontal_alignment="center"), st.container(width=_PHONE_WIDTH):
            _phone(page, shown, sample, name)
    if sample is not None and filled is None:
        st.caption(t("step.preview_unfilled"))
    elif sample is None and names_used([step]) and not is_sent:
        st.caption(t("step.preview_no_sheet"))


def _mail(page: str, step: EmailStep, name: str) -> None:
    address = f"<{step.from_email}>" if step.from_email else ""
    sender = " ".join(part for part in (step.from_name, address) if part)
    email_preview(
        step.email_html or "",
        title=t("step.mail_title"),
        key=key(page, "preview", name),
        height=_MAIL_HEIGHT,
        subject=step.subject or t("step.no_subject"),
        sender=sender or t("step.no_sender"),
        blocked=t("step.mail_blocked"),
    )
    if step.email_text:
        with st.expander(t("field.email_text"), icon=":material/notes:"):
            st.text(step.email_text)


def _phone(page: str, step: MtStep | VoiceStep, sample: Sample | None, name: str) -> None:
    text = step.message_text if isinstance(step, MtStep) else step.tts_message
    sms_preview(
        text or t("step.nothing_written"),
        sender=t(f"step.from_you_{step.type.lower()}"),
        note=_note(step, sample),
        flash=isinstance(step, MtStep) and bool(step.flash_sms),
        kind="VOICE" if isinstance(step, VoiceStep) else "MT",
        key=key(page, "preview", name),
    )


def _note(step: Step, sample: Sample | None) -> str:
    """Return a sentence with the contact's destination, or that the step does not reach the contact."""
    if sample is None:
        return t("step.to_field", field=step.destination_field) if step.destination_field else ""
    destination = sample.contact_info.get(step.destination_field, "")
    if destination in ("", NO_PHONE):
        return t("step.not_reached", row=sample.row)
    return t("step.to", destination=destination, row=sample.row)
