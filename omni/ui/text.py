"""Sentences in the tab's language: catalog entries, times, findings and errors."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import Final

import streamlit as st

from omni.core.problem import Problem
from omni.errors import OmniError
from omni.locale import Text
from omni.ui import session

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:^=&-])")
_NUMBERED: Final = re.compile(r"^(\d+)\.")
"""The start of a numbered list in markdown."""


@cache
def _text(language: str) -> Text:
    return Text(language)


def text() -> Text:
    """Return the catalog of the tab's language, which also formats numbers."""
    return _text(session.language())


def t(key: str, **params: object) -> str:
    """Return the sentence under ``key`` in the tab's language."""
    return text()(key, **params)


def moment(epoch: float) -> str:
    """Return a time (UTC epoch seconds) as date and time in the browser's time zone, or else the server's."""
    zone = st.context.timezone
    if zone:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            return text().moment(datetime.fromtimestamp(epoch, ZoneInfo(zone)))
        except (ZoneInfoNotFoundError, ValueError):
            pass
    return text().moment(datetime.fromtimestamp(epoch, UTC).astimezone())


def plain(value: str) -> str:
    """Escape a name given by an operator (a field, a campaign) so that markdown shows it as written."""
    return _NUMBERED.sub(r"\1\\.", _MARKUP.sub(r"\\\1", " ".join(value.split())))


def error_sentence(error: OmniError) -> str:
    """Return an error as a sentence: the cause, the place, and the remedy."""
    return text().error(error)


def problem_sentence(problem: Problem) -> str:
    """Return a finding as a sentence."""
    return text().problem(problem)
