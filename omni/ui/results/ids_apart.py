"""The notice that ids came which belong to no contact with certainty, with the raw answer one click away."""

from __future__ import annotations

from typing import Final

import streamlit as st

from omni import wiring
from omni.service.raw_answers import as_text
from omni.ui import shell
from omni.ui.components.json_text import json_text
from omni.ui.keys import key
from omni.ui.text import moment, t, text

_HEIGHT: Final = 260


def notice(run: int) -> None:
    """Show how many ids of a campaign belong to no contact with certainty; nothing if all are in their place."""
    apart = wiring.console().campaigns.ids_apart(run)
    if not apart.ids:
        return
    with st.container(gap="small"):
        st.warning(t("answers.apart", n=apart.ids), icon=":material/link_off:")
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.popover(t("answers.raw"), icon=":material/data_object:"):
                raw_answer(run, apart.first)
            st.page_link(
                shell.page_path("answers"),
                label=t("answers.to_page"),
                icon=":material/manage_search:",
                query_params={"run": str(run)},
            )


def raw_answer(run: int, number: int) -> None:
    """Show the last answer to a request as text, with its request's number and its time."""
    answers = [each for each in wiring.console().raw_answers(run, number) if each.raw]
    if not answers:
        st.caption(t("unknown.empty_answer"))
        return
    answer = answers[0]
    title = t("answers.of_request", number=text().number(number), when=moment(answer.received_at))
    st.caption(title)
    shown, is_cut = as_text(answer.raw)
    json_text(shown, label=title, key=key("answers", "raw", run, number), height=_HEIGHT)
    if is_cut:
        st.caption(t("answers.cut"))
