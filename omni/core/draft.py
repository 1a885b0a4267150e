"""Drafts of campaigns, and spreadsheets kept for further ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ContactList:
    """A spreadsheet kept under a name, with what was decided about it; ``contacts`` are its ready ones at the time."""

    id: str
    name: str
    body: Mapping[str, Any]
    contacts: int
    created_at: float


DraftState = Literal["open", "sent"]


@dataclass(frozen=True, slots=True)
class Draft:
    """``revision`` grows with every save; ``campaign_id`` is what the draft became once it was sent."""

    id: str
    name: str
    state: DraftState
    revision: int
    body: Mapping[str, Any]
    campaign_id: int | None
    created_at: float
    updated_at: float
