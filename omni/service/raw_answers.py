"""Raw answers for display: byte for byte, safe to look at, and without our token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from omni.core.unknown import UnknownRequest
from omni.locale import Text
from omni.provider.masking import masked
from omni.store.campaigns.campaigns import Campaigns

LONGEST_SHOWN: Final = 20_000
"""Bytes of an answer that are shown; the download has them all."""
_PLAIN_BREAKS: Final = "\n\t"
"""Control characters that are shown as they are."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """Answer to one attempt. ``failure`` is as in ``ports.Answer``; the time is in UTC epoch seconds."""

    attempt: int
    status: int | None
    failure: str | None
    received_at: float
    raw: bytes


def raw_answers(campaigns: Campaigns, campaign_id: int, number: int, secret: str | None) -> tuple[RawAnswer, ...]:
    """Return the answers to each attempt at a request, the last first, with ``secret`` masked wherever it occurs."""
    found = [
        RawAnswer(
            each.attempt,
            each.answer.status,
            each.answer.failure,
            each.answer.received_at,
            masked(each.answer.raw, secret),
        )
        for each in campaigns.answers(campaign_id, [number])
    ]
    return tuple(reversed(found))


def reason_sentence(one: UnknownRequest, text: Text) -> str:
    """Return the reason why a request is unknown."""
    return text(f"answer.{one.reason}", **one.params) if one.reason else text("unknown.why_not_noted")


def as_text(raw: bytes, longest: int = LONGEST_SHOWN) -> tuple[str, bool]:
    """Return the first ``longest`` bytes as text, and whether there are more.

    Bytes that are not UTF-8, and characters that have an effect instead of a shape, appear as ``\\x1b``.
    """
    shown = raw[:longest].replace(b"\r\n", b"\n").decode("utf-8", "backslashreplace")
    safe = "".join(
        each if each.isprintable() or each in _PLAIN_BREAKS else each.encode("unicode_escape").decode()
        for each in shown
    )
    return safe, len(raw) > longest
