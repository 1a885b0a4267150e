"""Who was sent to lately, put together: the guard of one installation, on its settings."""

from __future__ import annotations

from omni.service.checked_contacts import CheckedContacts
from omni.service.preparation import Preparation
from omni.service.recent_sends import RecentContacts, RecentSendsGuard
from omni.settings import Settings
from omni.store.database import Database
from omni.store.recent_sends import RecentSends, RecentSendsDecision


class RecentlyContacted:
    """What pages and commands ask about people who were sent to before."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._can_send_live = settings.can_send_live
        self._sends = RecentSends(database)
        self.guard = RecentSendsGuard(self._sends, settings.recent_days)

    def find(self, checked: CheckedContacts, preparation: Preparation) -> RecentContacts:
        """Who of the contacts was sent to lately."""
        return self.guard.find(checked, preparation.template, practice=self._is_practice(preparation))

    def applied(self, checked: CheckedContacts, preparation: Preparation) -> CheckedContacts:
        """The contacts without those whom the operator decided to leave out."""
        return self.guard.applied(checked, preparation, practice=self._is_practice(preparation))

    def restored_at(self, draft_id: str | None, preparation: Preparation) -> int | None:
        """When the database was put back (UTC epoch seconds), if that has to be told before this is sent; None for
        practice, which reaches nobody."""
        return None if self._is_practice(preparation) else self._sends.restored_at(draft_id, self.guard.days)

    def decision(self, campaign_id: int) -> RecentSendsDecision | None:
        """What was decided when a campaign was made."""
        return self._sends.decision(campaign_id)

    def _is_practice(self, preparation: Preparation) -> bool:
        return preparation.practice or not self._can_send_live
