"""Campaign drafts, and spreadsheets saved for use in later campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ContactList:
    """A spreadsheet saved under a name, with the choices made for it in ``body``.

    ``contacts`` counts the contacts that were ready to be sent when it was saved.
    """

    id: str
    name: str
    body: Mapping[str, Any]
    contacts: int
    created_at: float


DraftState = Literal["open", "sent"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign that is being prepared, or that has become the campaign ``campaign_id``.

    ``revision`` grows with every save.
    """

    id: str
    name: str
    state: DraftState
    revision: int
    body: Mapping[str, Any]
    campaign_id: int | None
    created_at: float
    updated_at: float
