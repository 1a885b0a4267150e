"""A database for each test."""

from __future__ import annotations

from tests.store.opening import database, reused

__all__ = ["database", "reused"]
