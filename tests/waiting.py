"""Waiting for a state: with a limit so long that only a test that hangs meets it, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 180.0
"""Seconds. A limit for what ends by itself; no test measures speed by it."""


def wait_until(condition: Callable[[], object], every: float = 0.02, patience: float = PATIENCE) -> None:
    """Return once the condition holds. Fails the test after ``patience`` seconds."""
    give_up = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < give_up, f"the condition did not hold within {patience:.0f} seconds"
        time.sleep(every)
