"""Wait for a state, with a limit so long that only a hanging test reaches it, even on a busy machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 180.0
"""Limit in seconds for events that happen by themselves; no test measures speed with it."""


def wait_until(condition: Callable[[], object], every: float = 0.02, patience: float = PATIENCE) -> None:
    """Return as soon as the condition holds. Fails the test after ``patience`` seconds."""
    give_up = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < give_up, f"the condition did not hold within {patience:.0f} seconds"
        time.sleep(every)
