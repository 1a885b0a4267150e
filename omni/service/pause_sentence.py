"""Reason why a campaign is not sending, as a sentence: paused, halted, scheduled, outside the hours, disk full."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from omni.core.campaign import Progress
from omni.core.hours import Hours
from omni.locale import Text

_MIN_FREE: Final = 1 << 20
"""Bytes of free disk space. With less, what is sent cannot be recorded, and so nothing is sent."""


def pause_sentence(
    progress: Progress, text: Text, hours: Hours | None, zone: str, now: float, data: Path
) -> str | None:
    """Return the sentence; None if nothing holds the campaign back.

    ``zone`` is the time zone for times that name none.
    """
    if progress.state == "running":
        if progress.counts["pending"] and shutil.disk_usage(data).free < _MIN_FREE:
            return text("reason.disk_full")
        if hours is not None and not progress.practice and progress.counts["pending"] and not hours.is_open(now):
            return text("reason.outside_hours", when=moment(hours.next_open(now), hours.zone, text), zone=hours.zone)
        return None
    if progress.state != "paused":
        return None
    if progress.start_at is not None:
        at = progress.start_zone or zone
        return text("reason.scheduled", when=moment(progress.start_at, at, text), zone=at)
    if progress.reason is None:
        return text("reason.paused_by_operator")
    return text(f"reason.{progress.reason.code}", **_sentence_params(dict(progress.reason.params), text, zone))


def moment(epoch: float, zone: str, text: Text) -> str:
    """Return a time as date and time in a named zone."""
    return text.moment(datetime.fromtimestamp(epoch, ZoneInfo(zone)))


def _sentence_params(params: dict[str, Any], text: Text, zone: str) -> dict[str, object]:
    """Return the parameters of a reason in the form that its sentence needs."""
    if "at" in params:
        params["zone"] = params.get("zone") or zone
        params["when"] = moment(params["at"], params["zone"], text)
    if "detail" in params:
        params["last"] = text(f"answer.{params['detail']}", **params.get("about", {}))
    return params
