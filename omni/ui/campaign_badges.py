"""How a campaign's state, and whether it was practice, look everywhere."""

from __future__ import annotations

from typing import Final, Protocol

from omni.core.campaign import CampaignState
from omni.ui.shell import Badge
from omni.ui.text import t

SCHEDULED: Final = "scheduled"
STATES: Final = {
    SCHEDULED: (":material/schedule:", "violet"),
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

    @property
    def start_at(self) -> float | None: ...


def badges_of(campaign: _Shown) -> list[Badge]:
    """The state, and practice or live. A paused campaign that starts by itself is scheduled."""
    state = SCHEDULED if campaign.start_at is not None else campaign.state
    icon, color = STATES[state]
    mode = (
        Badge(t("history.practice"), ":material/science:", "orange")
        if campaign.practice
        else Badge(t("history.live"), ":material/cell_tower:", "red")
    )
    return [Badge(t(f"campaign.{state}"), icon, color), mode]
