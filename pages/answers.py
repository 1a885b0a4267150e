"""Read an answer: where the ids are in the provider's answers, if they were not found."""

import streamlit as st

from omni import wiring
from omni.ui import shell
from omni.ui.answers import teaching
from omni.ui.results import ids_apart
from omni.ui.text import t

shell.require()

shell.header(t("answers.title"), t("answers.about"))
campaigns = [each for each in wiring.console().overview() if each.requests]
if not campaigns:
    st.info(t("answers.none"), icon=":material/info:")
    st.stop()
run, number = teaching.campaign_and_request(campaigns)
answer, found = st.columns(2, gap="medium")
with answer:
    st.subheader(t("answers.raw"), anchor=False)
    ids_apart.raw_answer(run, number)
    st.subheader(t("answers.where"), anchor=False)
    st.caption(t("answers.where_about"))
    taught = teaching.expressions()
with found:
    st.subheader(t("answers.pairing"), anchor=False)
    teaching.pairing(run, number, taught)
    teaching.use_for_all(campaigns, taught)
