"""Numbers of campaigns and requests as a person gives them: what no database could hold names nothing."""

from __future__ import annotations

from typing import Final

from omni.errors import CampaignError

LARGEST_CAMPAIGN: Final = 2**63 - 1
LARGEST_REQUEST: Final = 2**31 - 1


def campaign_number(given: str) -> int:
    """The campaign's number. Raises ``ValueError``, and ``CampaignError`` for one that cannot be."""
    number = int(given)
    if not 0 <= number <= LARGEST_CAMPAIGN:
        raise CampaignError("campaign.not_found", id=given)
    return number
