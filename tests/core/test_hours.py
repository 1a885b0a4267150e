"""Sending hours: days and hours in one time zone, across clock changes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni.core.hours import Hours, read_hours

PLACE = "America/Sao_Paulo"
OFFICE = "mon-fri 8-20, sat 9:30-14"


def at(text: str, zone: str = PLACE) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("mon-fri 8-20", [(day, 480, 1200) for day in range(5)]),
        ("Sat 9:30-14", [(5, 570, 840)]),
        ("sun 0-24", [(6, 0, 1440)]),
        ("fri-mon 8-9", [(day, 480, 540) for day in (4, 5, 6, 0)]),
        ("mon 8-12, mon 14-18", [(0, 480, 720), (0, 840, 1080)]),
    ],
)
def test_hours_are_read(text, spans):
    assert read_hours(text, PLACE) == Hours(tuple(spans), PLACE)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("", PLACE),
        ("8-20", PLACE),
        ("mon 20-8", PLACE),
        ("mon 8-25", PLACE),
        ("xyz 8-20", PLACE),
        ("mon 8:99-20", PLACE),
        ("mon 8-19:60", PLACE),
        ("mon 24:00-25", PLACE),
        ("mon 0-24:01", PLACE),
        ("mon 8", PLACE),
        ("mon-fri 8-20", "Nowhere/Town"),
        ("mon-fri 8-20", ""),
    ],
)
def test_what_cannot_be_read_is_refused(text, zone):
    with pytest.raises(ValueError, match=r"^"):
        read_hours(text, zone)


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("2026-11-26 07:59", False, "2026-11-26 08:00"),
        ("2026-11-26 08:00", True, "2026-11-26 08:00"),
        ("2026-11-26 19:59", True, "2026-11-26 19:59"),
        ("2026-11-26 20:00", False, "2026-11-27 08:00"),
        ("2026-11-28 14:00", False, "2026-11-30 08:00"),
        ("2026-11-29 12:00", False, "2026-11-30 08:00"),
    ],
)
def test_when_messages_may_go_out(moment, is_open, opens):
    hours = read_hours(OFFICE, PLACE)
    assert (hours.is_open(at(moment)), hours.next_open(at(moment))) == (is_open, at(opens))


def test_an_hour_that_the_clocks_leave_out_opens_with_the_hour_after_it():
    zone = "America/Santiago"  # on 2026-09-06 the clocks go from midnight straight to one o'clock
    hours = read_hours("sun 0-3", zone)
    opens = hours.next_open(at("2026-09-05 23:30", zone))
    assert datetime.fromtimestamp(opens, ZoneInfo(zone)).isoformat() == "2026-09-06T01:00:00-03:00"
    assert hours.is_open(opens)


@given(st.floats(1.7e9, 1.9e9), st.sampled_from(["mon 0-24", OFFICE, "sun 23-24", "wed 0-0:01"]))
def test_the_next_moment_is_open_and_none_before_it_is(moment, text):
    hours = read_hours(text, "America/Mexico_City")
    opens = hours.next_open(moment)
    assert moment <= opens <= moment + 8 * 86_400
    assert hours.is_open(opens)
    if opens > moment:
        assert not hours.is_open(moment)
        assert not hours.is_open(opens - 1)
