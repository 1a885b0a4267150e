"""The draft that a browser tab works on: read from the store, changed as a whole, saved at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from omni import wiring
from omni.core.draft import Draft
from omni.errors import CampaignError
from omni.service.preparation import Preparation, from_json, to_json
from omni.ui import session, shell
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, t

_TRIES: Final = 5


class OpenDraft:
    """A stored draft with its preparation. ``change`` saves; nothing is kept only in widgets."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.preparation: Preparation = from_json(draft.body)

    @property
    def id(self) -> str:
        """The draft's id in the store and in the page's address."""
        return self._draft.id

    @property
    def name(self) -> str:
        """The campaign's name, given by the operator."""
        return self._draft.name

    @property
    def is_sent(self) -> bool:
        """True if a campaign was created from it; then it does not change any more."""
        return self._draft.state == "sent"

    @property
    def saved_at(self) -> float:
        """Time of the last save (UTC epoch seconds)."""
        return self._draft.updated_at

    @property
    def campaign_id(self) -> int | None:
        """The campaign created from it; None before."""
        return self._draft.campaign_id

    def change(self, edit: Callable[[Preparation], Preparation], *, name: str | None = None) -> None:
        """Apply ``edit`` and save. If another tab saved in between, apply it to that tab's version.

        A draft that another tab has sent or deleted does not change; the error is shown to the operator on the next
        run. Nothing is saved if ``edit`` and ``name`` change nothing.
        """
        drafts = wiring.console().drafts
        for _ in range(_TRIES):
            changed = edit(self.preparation)
            if changed == self.preparation and (name is None or name == self.name):
                return
            try:
                self._draft = drafts.save(self.id, to_json(changed), name or self.name, self._draft.revision)
            except CampaignError as err:
                newest = drafts.get(self.id)
                if err.code == "draft.changed" and newest is not None:
                    self._draft, self.preparation = newest, from_json(newest.body)
                    continue
                # Shown on the next run: this may be a callback, where nothing can be drawn.
                session.say_after_rerun(plain(error_sentence(err)), ":material/error:")
                return
            self.preparation = changed
            return
        session.say_after_rerun(plain(error_sentence(CampaignError("draft.changed"))), ":material/error:")


def current() -> OpenDraft | None:
    """Return this tab's draft, or None if there is none or it was deleted."""
    identifier = session.draft_id()
    draft = wiring.console().drafts.get(identifier) if identifier else None
    if draft is None:
        return None
    session.use_draft(draft.id)
    return OpenDraft(draft)


def start(preparation: Preparation | None = None, name: str | None = None) -> OpenDraft:
    """Create a draft, make it this tab's draft and return it."""
    console = wiring.console()
    body = to_json(preparation or Preparation(country=console.settings.country))
    draft = console.drafts.create(name or t("draft.untitled"), body)
    session.use_draft(draft.id)
    return OpenDraft(draft)


def discard(identifier: str) -> None:
    """Delete a draft and its spreadsheet, because contacts are personal data."""
    console = wiring.console()
    console.drafts.delete(identifier)
    console.workspace(identifier).remove()
    if session.draft_id() == identifier:
        session.use_draft(None)


def require_draft(page: str) -> OpenDraft:
    """Return this tab's draft; without one, show a sentence and a link to the Contacts page, and stop the page."""
    draft = current()
    if draft is None:
        shell.header(t(f"nav.{page}"))
        st.info(t("draft.none"), icon=":material/info:")
        if st.button(t("draft.begin"), type="primary", icon=":material/upload_file:", key=key(page, "begin")):
            st.switch_page(shell.page_path("contacts"))
        st.stop()
    return draft
