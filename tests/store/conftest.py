"""A database for each test."""

from __future__ import annotations

import pytest

from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from tests.store.opening import database, reused

__all__ = ["campaigns", "database", "reused"]


@pytest.fixture
def campaigns(database: Database) -> Campaigns:  # fixtures are requested by name
    """The campaigns of that database."""
    return Campaigns(database)
