"""The catalogs in the tab's language, and findings and errors as sentences."""

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
"""What begins a list where a paragraph begins."""


@cache
def _text(language: str) -> Text:
    return Text(language)


def text() -> Text:
    """Sentences and numbers in the tab's language."""
    return _text(session.language())


def t(key: str, **params: object) -> str:
    """The sentence under ``key`` in the tab's language."""
    return text()(key, **params)


def moment(epoch: float) -> str:
    """A time (UTC epoch seconds) as date and time in the browser's zone."""
    zone = st.context.timezone
    if zone:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            return text().moment(datetime.fromtimestamp(epoch, ZoneInfo(zone)))
        except (ZoneInfoNotFoundError, ValueError):
            pass
    return text().moment(datetime.fromtimestamp(epoch, UTC).astimezone())


def plain(value: str) -> str:
    """A name that people gave (a field, a campaign), for where markdown is read: it shows as it is written."""
    return _NUMBERED.sub(r"\1\\.", _MARKUP.sub(r"\\\1", " ".join(value.split())))


def error_sentence(error: OmniError) -> str:
    """What stopped us, where, and what to do."""
    return text().error(error)


def problem_sentence(problem: Problem) -> str:
    """One finding as a sentence."""
    return text().problem(problem)
