"""How a campaign's state, and whether it was practice, look everywhere."""

from __future__ import annotations

from typing import Final, Protocol

from omni.core.campaign import CampaignState
from omni.ui.shell import Badge
from omni.ui.text import t

STATES: Final = {
    "running": (":material/sync:", "blue"),
    "paused": (":material/pause_circle:", "orange"),
    "cancelled": (":material/cancel:", "gray"),
    "done": (":material/check_circle:", "green"),
}


class _Shown(Protocol):
    @property
    def state(self) -> CampaignState: ...

    @property
    def practice(self) -> bool: ...


def badges_of(campaign: _Shown) -> list[Badge]:
    """The state, and practice or live."""
    icon, color = STATES[campaign.state]
    mode = (
        Badge(t("history.practice"), ":material/science:", "orange")
        if campaign.practice
        else Badge(t("history.live"), ":material/cell_tower:", "red")
    )
    return [Badge(t(f"campaign.{campaign.state}"), icon, color), mode]
