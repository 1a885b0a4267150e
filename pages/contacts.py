"""Contacts: the spreadsheet, how it was read, the mapping of its columns, and the result for each row."""

import streamlit as st

from omni import wiring
from omni.errors import SheetError
from omni.service.checking import load_sheet
from omni.ui import drafting, shell
from omni.ui.contacts import columns, lists, outcome, reading, rules
from omni.ui.contacts import upload as contacts_upload
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, t

shell.require()

console = wiring.console()
draft = drafting.current()
upload = draft.preparation.upload if draft and not draft.is_sent else None
actions = shell.header(t("contacts.title"), t("contacts.about" if upload else "contacts.about_empty"))
shell.show_mode(practice=not console.settings.can_send_live or draft is None or draft.preparation.practice)
if draft is None or upload is None:
    contacts_upload.begin(draft)
    st.stop()

contacts_upload.show_failure(draft)
rules.campaign_name(draft)
try:
    with st.spinner(t("contacts.reading")):
        sheet = load_sheet(console.workspace(draft.id), draft.preparation)
except SheetError as err:
    st.error(plain(error_sentence(err)), icon=":material/error:")
    reading.card(draft, upload, None)
    st.stop()

if actions.button(
    t("contacts.next"),
    type="primary",
    icon=":material/arrow_forward:",
    icon_position="right",
    key=key("contacts", "next"),
):
    columns.remember(draft, sheet)
    st.switch_page(shell.page_path("flow"), query_params={"draft": draft.id})
reading.card(draft, upload, sheet)
fields = columns.fields_of(draft.preparation, sheet)
columns.columns(draft, sheet, fields)
rules.rules(draft)
with st.spinner(t("contacts.checking")):
    checked = console.check(draft.id, draft.preparation)
outcome.outcome(draft, checked, fields)
lists.keep(draft, checked)
