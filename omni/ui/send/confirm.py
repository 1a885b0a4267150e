"""The Send page before sending: mode, summary, choices, and the one confirmation.

After the database was restored, the operator also confirms that the draft was not sent before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from omni import wiring
from omni.errors import OmniError
from omni.service.checked_contacts import CheckedContacts
from omni.service.launching import Launch, OpenDecision
from omni.service.planning import Plan
from omni.service.suppression_sentences import suppression_lines
from omni.ui import operator_name, session, shell
from omni.ui.components.flow_editor import flow_editor, labels_from
from omni.ui.draft_sheet import SheetFacts, sheet_facts
from omni.ui.drafting import OpenDraft
from omni.ui.flow.step_cards import cards_of
from omni.ui.keys import key
from omni.ui.review import missing as review_missing
from omni.ui.review import totals
from omni.ui.send import recent_sends, schedule
from omni.ui.text import error_sentence, moment, plain, t, text


def choose(draft: OpenDraft, noticed: int | None) -> bool:
    """Show the warning about a restored database, if any, and return whether the draft may be sent."""
    if noticed is None:
        return True
    with st.container(border=True, key=key("send", "put_back", "panel")):
        st.warning(t("put_back.about", when=moment(noticed)), icon=":material/settings_backup_restore:")
        # Only for this draft and this restore, and not saved: an operator who returns later is asked again.
        return st.checkbox(t("put_back.not_sent"), key=key("send", "put_back", draft.id, str(noticed)))


_RERUN_ICONS: Final = {
    "campaign.list_changed": ":material/do_not_disturb_on:",
    "campaign.put_back": ":material/settings_backup_restore:",
    "campaign.repeats": ":material/history:",
    "campaign.repeats_changed": ":material/history:",
}
"""Errors of changes between the page and the launch, each with its icon: the page is drawn again with the change."""


def show(draft: OpenDraft) -> None:
    """Show the page of a draft that is not sent yet."""
    console = wiring.console()
    preparation = draft.preparation
    live = console.settings.can_send_live and not preparation.practice
    sheet = sheet_facts(draft)
    missing = review_missing.missing(preparation, sheet)
    actions = shell.header(t("send.title"), draft.name)
    shell.show_mode(practice=not live)
    if console.settings.can_send_live:
        _choose_mode(draft)
    if missing or sheet.checked is None:
        review_missing.show(draft, missing)
        return
    with st.spinner(t("review.planning")):
        review = console.review_send(console.workspace(draft.id), draft.id, preparation, sheet.checked)
    plan = review.plan
    is_acknowledged = choose(draft, review.restored_at)
    undecided = review.open_decisions(not_sent_yet=is_acknowledged)
    recent_sends.choose(draft, review.recent)
    totals.metrics(sheet.checked, plan)
    schedule.choose(draft, plan.contacts)
    _steps(draft, sheet)
    account = str(console.settings.username) if live else t("send.practice_account")
    with actions:
        if st.button(
            t("send.button", n=plan.contacts),
            type="primary",
            icon=":material/send:",
            disabled=bool(undecided),
            key=key("send", "open"),
            help=_first_to_decide(undecided),
        ):
            title = t("send.confirm_title", n=plan.contacts)
            st.dialog(title, icon=":material/send:", width="medium")(_confirm)(
                draft,
                sheet.checked,
                plan,
                live,
                account,
                recent_sends.confirmation(draft, review.recent),
                review.restored_at,
            )


def _first_to_decide(undecided: Sequence[OpenDecision]) -> str | None:
    if "restored_database" in undecided:
        return t("put_back.first")
    return t("repeats.choose_first") if undecided else None


def _choose_mode(draft: OpenDraft) -> None:
    choices = {"practice": t("send.mode_practice"), "live": t("send.mode_live")}
    chosen = st.segmented_control(
        t("send.mode"),
        list(choices),
        format_func=choices.__getitem__,
        required=True,
        default="practice" if draft.preparation.practice else "live",
        key=key("send", "mode", draft.id),
    )
    if (chosen == "practice") != draft.preparation.practice:
        draft.change(lambda preparation: replace(preparation, practice=chosen == "practice"))
        st.rerun()


def _steps(draft: OpenDraft, sheet: SheetFacts) -> None:
    """Show the steps with the number of contacts each can reach, and an explanation of the sending."""
    preparation = draft.preparation
    flow, about = st.columns([5, 6], gap="large")
    with flow:
        flow_editor(
            cards_of(preparation, sheet, []),
            selected=None,
            labels=labels_from(text()),
            key=key("send", "editor"),
            max_steps=len(preparation.step_ids),
            revision=0,
            ack=0,
            readonly=True,
        )
    with about, st.container(border=True):
        st.subheader(t("send.what_happens"), anchor=False)
        for line in ("first", "second", "third"):
            st.markdown(t(f"send.what_{line}"))


def _confirm(
    draft: OpenDraft,
    checked: CheckedContacts,
    plan: Plan,
    live: bool,
    account: str,
    recent_choice: str | None,
    acknowledged: int | None,
) -> None:
    st.text(t("send.confirm_live" if live else "send.confirm_practice", n=plan.contacts, account=account))
    for line in suppression_lines(checked.summary, text()):
        st.text(line)
    start, canary = draft.preparation.start, draft.preparation.canary
    if recent_choice is not None:
        st.text(recent_choice)
    if start is not None:
        st.text(schedule.sentence(start))
    if canary:
        st.text(t("send.confirm_trial", n=canary))
    who = operator_name.ask("send")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("send.keep_editing"), key=key("send", "back")):
            st.rerun()
        if st.button(
            t("send.confirm_button", n=plan.contacts), type="primary", icon=":material/send:", key=key("send", "yes")
        ):
            order = Launch(
                key=f"draft-{draft.id}",
                name=draft.name,
                practice=not live,
                created_by=who,
                draft_id=draft.id,
                acknowledged=acknowledged,
            )
            try:
                with st.spinner(t("send.freezing")):
                    created = wiring.console().launch(order, draft.preparation, checked, plan)
            except OmniError as err:
                if err.code in _RERUN_ICONS:
                    # Shown on the next run, with the do-not-contact list and the campaigns as they are now.
                    session.say_after_rerun(plain(error_sentence(err)), _RERUN_ICONS[err.code])
                    st.rerun()
                st.error(plain(error_sentence(err)), icon=":material/error:")
                return
            session.use_campaign(created.id)
            st.rerun()
