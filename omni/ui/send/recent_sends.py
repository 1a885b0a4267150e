"""Contacts of a draft that were sent to in the last N days, and the operator's choice whether to send to them again."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, cast

import pandas as pd
import streamlit as st

from omni import wiring
from omni.core.campaign import shown_state
from omni.service.preparation import Whom
from omni.service.recent_sends import RecentContacts
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import moment, plain, t

_CAMPAIGNS: Final = 5
_EXAMPLES: Final = 5
_CHOICE: Final = key("send", "repeats")


def choose(draft: OpenDraft, found: RecentContacts) -> None:
    """Show the panel if there are recent sends, with the choice between all contacts and the others."""
    if not found.count:
        return
    choice = draft.preparation.recent_sends
    is_decided = found.is_decided_by(choice)
    with st.container(border=True, key=key("send", "repeats", "panel")):
        _warn(found)
        _campaigns(found)
        _examples(found)
        st.caption(t("repeats.about"))
        if choice is not None and not is_decided:
            st.info(t("repeats.changed"), icon=":material/update:")
        _choose(draft, found, choice.whom if choice is not None and is_decided else None)


def confirmation(draft: OpenDraft, found: RecentContacts) -> str | None:
    """Return the choice as a sentence for the confirmation before sending; None if there was nothing to choose."""
    choice = draft.preparation.recent_sends
    if not found.count or choice is None:
        return None
    return t("repeats.confirm_others" if choice.whom == "others" else "repeats.confirm_all", n=found.count)


def decision_note(run: int) -> None:
    """Show the decision that was made when the campaign was created, if there is one."""
    decided = wiring.console().recent_sends.decision(run)
    if decided is not None:
        code = "repeats.decided_others" if decided.choice == "others" else "repeats.decided_all"
        st.caption(f":material/history: {t(code, n=decided.contacts, who=plain(decided.who))}")


def _warn(found: RecentContacts) -> None:
    """Show how many contacts are recent sends, as an error if one campaign sent the same steps to all of them."""
    within = t("repeats.within", n=found.days)
    if found.others:
        some = t("repeats.some", n=found.count, contacts=found.contacts, within=within)
    else:
        some = t("repeats.every", n=found.count, within=within)
    same = found.identical
    if same is None:
        st.warning(f"**{some}**", icon=":material/history:")
        return
    about = t(
        "repeats.same_about",
        campaign=plain(same.campaign.name),
        when=moment(same.campaign.created_at),
        who=plain(same.campaign.created_by),
        n=found.contacts,
    )
    st.error(f"**{t('repeats.same')}**\n\n{about}", icon=":material/report:")


def _campaigns(found: RecentContacts) -> None:
    """Show the newest campaigns that sent to these contacts: number of contacts, name, operator, time, state, steps."""
    shown = found.earlier[:_CAMPAIGNS]
    table = pd.DataFrame(
        {
            "count": [each.count for each in shown],
            "campaign": [each.campaign.name for each in shown],
            "who": [each.campaign.created_by for each in shown],
            "when": [moment(each.campaign.created_at) for each in shown],
            "state": [t(f"campaign.{shown_state(each.campaign.state, each.campaign.start_at)}") for each in shown],
            "steps": [t("repeats.same_steps" if each.same_steps else "repeats.other_steps") for each in shown],
        }
    )
    columns = {name: st.column_config.TextColumn(t(f"repeats.{name}")) for name in table.columns[1:]}
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        alt=t("repeats.campaign"),
        column_config={
            "count": st.column_config.NumberColumn(t("repeats.count"), format="localized", width="small"),
            **columns,
        },
    )
    if more := len(found.earlier) - len(shown):
        st.caption(t("repeats.more", n=more))


def _examples(found: RecentContacts) -> None:
    """Show a few of the contacts with row, destination and campaign."""
    rows = {(one.row, one.destination, each.campaign.name): None for each in found.earlier for one in each.examples}
    with st.expander(t("repeats.examples"), icon=":material/group:"):
        table = pd.DataFrame(list(rows)[:_EXAMPLES], columns=["row", "destination", "campaign"])
        st.dataframe(
            table,
            hide_index=True,
            height="content",
            alt=t("repeats.examples"),
            column_config={
                "row": st.column_config.NumberColumn(t("repeats.row"), format="%d", width="small"),
                "destination": st.column_config.TextColumn(t("repeats.destination")),
                "campaign": st.column_config.TextColumn(t("repeats.campaign")),
            },
        )


def _choose(draft: OpenDraft, found: RecentContacts, chosen: Whom | None) -> None:
    """Show the choice whom to send to; nothing is preselected until the operator chooses."""
    words = {"others": t("repeats.others", n=found.others), "all": t("repeats.all", n=found.contacts)}
    about = [t("repeats.others_about", n=found.count), t("repeats.all_about", n=found.count)]
    if not found.others:
        st.markdown(t("repeats.nobody_else"))
        del words["others"], about[0]
    session.reflect(_CHOICE, chosen)
    st.radio(
        t("repeats.choose"),
        list(words),
        index=None,
        format_func=words.__getitem__,
        captions=about,
        key=_CHOICE,
        on_change=_decide,
        args=(draft, found),
    )


def _decide(draft: OpenDraft, found: RecentContacts) -> None:
    """Callback: save the choice as a decision about the recent sends in ``found``."""
    whom = session.value(_CHOICE)
    decided = found.decide(cast(Whom, whom)) if whom else None
    draft.change(lambda now: replace(now, recent_sends=decided))
