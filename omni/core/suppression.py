"""The rule by which the do-not-contact list and opt-out columns keep contacts from being written to."""

from __future__ import annotations

from typing import Final, Literal, get_args

Suppress = Literal["contact", "destination"]
"""Extent of an entry of the do-not-contact list: it leaves out the whole contact, or only that destination."""
SUPPRESS: Final[tuple[Suppress, ...]] = get_args(Suppress)

Channel = Literal["sms", "call", "email", "other"]
"""A way to reach a person that a column may say something about; ``other`` is one that no step uses."""

CHANNELS_OF_STEPS: Final[dict[str, Channel]] = {"MT": "sms", "VOICE": "call", "EMAIL": "email"}
"""The channel of each step type."""
