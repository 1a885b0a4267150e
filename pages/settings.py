"""Settings: current values and their sources, how to change them, and the installed versions."""

import streamlit as st

from omni import wiring
from omni.ui import settings_facts, settings_help, shell
from omni.ui.shell import Badge
from omni.ui.text import t

shell.require()

console = wiring.console()
settings = console.settings
state = (
    Badge(t("settings.live_possible"), ":material/cell_tower:", "green")
    if settings.can_send_live
    else Badge(t("settings.practice_only"), ":material/science:", "orange")
)
shell.header(t("settings.title"), t("settings.about"), [state])
if not settings.can_send_live:
    shell.show_mode(practice=True)
settings_facts.cards(console)
settings_facts.workers(console)
st.space("small")
settings_help.how_to_set()
st.space("small")
settings_help.practice()
st.space("small")
settings_help.versions()
