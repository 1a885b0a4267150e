"""Where the ids are in an answer: expressions, tried on a kept answer, then used for all campaigns."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

import pandas as pd
import streamlit as st

from omni import wiring
from omni.core.campaign import CampaignSummary, Outcome
from omni.errors import OmniError
from omni.service.rereading import TaughtAnswer, reading_of, taught_of
from omni.ui import operator_name, session
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, t, text

_NAMES: Final = tuple(field.name for field in fields(TaughtAnswer))
_EXAMPLES: Final = {
    "items": "data.list", "id": "code", "batch": "data.protocol", "correlation": "ref", "contact": "to",
}  # fmt: skip
_SHOWN: Final = 20


def campaign_and_request(campaigns: list[CampaignSummary]) -> tuple[int, int]:
    """Let the operator choose a campaign and one of its requests; return their numbers."""
    names = {each.id: f"{each.id} · {each.name}" for each in campaigns}
    chosen, widget = session.campaign_id(), key("answers", "campaign")
    if chosen in names:
        session.reflect(widget, chosen)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        run = st.selectbox(
            t("answers.campaign"),
            list(names),
            format_func=names.__getitem__,
            key=widget,
            on_change=_use,
            args=(widget,),
        )
        requests = next(each.requests for each in campaigns if each.id == run)
        apart = wiring.console().campaigns.ids_apart(run)
        number = st.number_input(
            t("answers.request"), 1, max(requests, 1), apart.first or 1, key=key("answers", "request", run), width=160
        )
    return run, int(number)


def _use(widget: str) -> None:
    """Callback: keep the chosen campaign in the address."""
    session.use_campaign(int(session.value(widget)))


def expressions() -> TaughtAnswer | None:
    """Show the fields of the expressions; return them, or None while they are empty or wrong."""
    known = taught_of(wiring.console().campaigns.taught_answer())
    with st.grid(2, min_column_width=260):
        given = {
            name: st.text_input(
                t(f"answers.field_{name}"),
                value=getattr(known, name) if known else "",
                placeholder=_EXAMPLES[name],
                help=t(f"answers.about_{name}"),
                key=key("answers", "field", name),
            ).strip()
            for name in _NAMES
        }
    if not any(given.values()):
        return None
    try:
        return TaughtAnswer(**given | {"items": given["items"] or "@"})
    except OmniError as err:
        st.error(plain(error_sentence(err)), icon=":material/error:")
        return None


def pairing(run: int, number: int, taught: TaughtAnswer | None) -> None:
    """Show which id of the answer is whose, as it is read now and with what is being taught."""
    outcome = reading_of(wiring.console().campaigns, run, number, taught)
    if outcome is None:
        st.info(t("answers.no_answer"), icon=":material/cloud_off:")
        return
    apart = [each.message_id for each in outcome.unpaired if each.message_id]
    with st.grid(2, min_column_width=150, border=True):
        st.metric(t("answers.placed"), text().number(len([one for one in outcome.receipts if one.message_id])))
        st.metric(t("answers.left_apart"), text().number(len(apart)))
    st.caption(plain(f"{t('answers.batch')}: {outcome.batch_id or '–'}"))
    rows = _rows(run, number, outcome)
    if rows:
        columns = ("row", "destination", "id", "correlation_id")
        st.dataframe(
            pd.DataFrame(rows, columns=list(columns)),
            hide_index=True,
            height="content",
            alt=t("answers.title"),
            column_config={name: st.column_config.TextColumn(t(f"results.{name}")) for name in columns},
        )
    if apart:
        st.caption(plain(t("answers.these_apart", ids=" · ".join(apart[:_SHOWN]))))


def _rows(run: int, number: int, outcome: Outcome) -> list[tuple[str, str, str, str]]:
    found = wiring.console().campaigns.recipients_of_request(run, number, _SHOWN)
    receipts = {receipt.position: receipt for receipt in outcome.receipts}
    return [
        (
            str(each.row),
            each.destination,
            " · ".join(receipts[each.position].all_ids) if each.position in receipts else "",
            (receipts[each.position].correlation_id or "") if each.position in receipts else "",
        )
        for each in found
    ]


def use_for_all(campaigns: list[CampaignSummary], taught: TaughtAnswer | None) -> None:
    """Offer to use the expressions for every campaign, and to forget those in use."""
    console = wiring.console()
    in_use = console.campaigns.taught_answer()
    with st.container(horizontal=True, vertical_alignment="center"):
        is_new = taught is not None and taught.as_json() != in_use
        if st.button(t("answers.use"), type="primary", disabled=not is_new, key=key("answers", "use")) and taught:
            _reread(campaigns, taught.as_json())
        if in_use and st.button(t("answers.forget"), key=key("answers", "forget")):
            for name in _NAMES:
                session.forget(key("answers", "field", name))
            _reread(campaigns, "")


def _reread(campaigns: list[CampaignSummary], body: str) -> None:
    """Teach ``body`` and read all kept answers again."""
    console = wiring.console()
    console.taught_answers.teach(body, operator_name.known())
    bar = st.progress(0.0, text=t("answers.reading"))

    def advance(read: int, total: int) -> None:
        bar.progress(min(1.0, read / max(1, total)), text=t("answers.reading"))

    done = console.reread([each.id for each in campaigns], advance)
    session.say_after_rerun(t("answers.read", n=done.answers, changed=text().number(done.changed)))
    st.rerun()
