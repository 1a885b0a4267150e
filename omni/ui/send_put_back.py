"""After the database was put back: what it cannot know, and the word of a person that this did not go out before."""

from __future__ import annotations

import streamlit as st

from omni.ui.drafting import OpenDraft
from omni.ui.keys import key
from omni.ui.text import moment, t


def choose(draft: OpenDraft, noticed: int | None) -> bool:
    """The warning, where there is one to give; whether a person has said that the draft may be sent."""
    if noticed is None:
        return True
    with st.container(border=True, key=key("send", "put_back", "panel")):
        st.warning(t("put_back.about", when=moment(noticed)), icon=":material/settings_backup_restore:")
        # For this draft and this time alone, and not kept: whoever comes back later is asked again.
        return st.checkbox(t("put_back.not_sent"), key=key("send", "put_back", draft.id, str(noticed)))
