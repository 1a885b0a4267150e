"""Recent sends of one installation: the guard against writing to contacts again, put together from the settings."""

from __future__ import annotations

from omni.service.checked_contacts import CheckedContacts
from omni.service.preparation import Preparation
from omni.service.recent_sends import RecentContacts, RecentSendsGuard
from omni.settings import Settings
from omni.store.campaigns.recent_sends import RecentSends, RecentSendsDecision
from omni.store.database import Database


class RecentlyContacted:
    """Answers to pages and commands about contacts that were written to in the last N days."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._can_send_live = settings.can_send_live
        self._sends = RecentSends(database)
        self.guard = RecentSendsGuard(self._sends, settings.recent_days)

    def find(self, checked: CheckedContacts, preparation: Preparation) -> RecentContacts:
        """Find the contacts that were written to in the last N days."""
        return self.guard.find(checked, preparation.template, practice=self._is_practice(preparation))

    def applied(self, checked: CheckedContacts, preparation: Preparation) -> CheckedContacts:
        """Return the check without the contacts that the operator decided to leave out."""
        return self.guard.applied(checked, preparation, practice=self._is_practice(preparation))

    def restored_at(self, draft_id: str | None, preparation: Preparation) -> int | None:
        """Return when a restored database was noticed (UTC epoch seconds), if the operator has to acknowledge it.

        None for practice, which writes to no contact.
        """
        return None if self._is_practice(preparation) else self._sends.restored_at(draft_id, self.guard.days)

    def decision(self, campaign_id: int) -> RecentSendsDecision | None:
        """Return the decision made when the campaign was created; None if there was nothing to decide."""
        return self._sends.decision(campaign_id)

    def _is_practice(self, preparation: Preparation) -> bool:
        return preparation.practice or not self._can_send_live
