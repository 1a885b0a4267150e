"""Settings: current values and their sources, how to change them, and the installed versions."""

import streamlit as st

from omni import wiring
from omni.ui import shell
from omni.ui.settings import facts, help
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
facts.cards(console)
facts.workers(console)
st.space("small")
help.how_to_set()
st.space("small")
help.practice()
st.space("small")
help.versions()
