"""Files, targets and folders that CONTRIBUTING.md names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PATHS = sorted(set(re.findall(r"`((?:omni|tests|docs|pages)/[\w./-]*)`", PAGE)))
TARGETS = sorted(set(re.findall(r"`make (\w+)`", PAGE)))


@pytest.mark.parametrize("path", PATHS)
def test_a_file_that_the_page_names_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_that_the_page_names_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_eight_questions_are_answered_with_a_file() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| Where ")]
    assert len(rows) == 8
    assert all(re.search(r"`omni/[\w/]+\.py`", row) for row in rows)
