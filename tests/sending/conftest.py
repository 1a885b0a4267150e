"""Fixtures for the sending engine: a database for each test, a spool and a claim journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from omni.sending.answer_spool import AnswerSpool
from omni.sending.claim_journal import ClaimJournal
from tests.store.opening import database, reused

__all__ = ["database", "journal", "reused", "spool"]


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[AnswerSpool]:
    """A spool of three segments of 64 KiB."""
    with AnswerSpool(tmp_path / "answers.spool", segment_bytes=64 << 10) as made:
        yield made


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[ClaimJournal]:
    """An empty claim journal."""
    with ClaimJournal(tmp_path / "claims.journal") as made:
        yield made
