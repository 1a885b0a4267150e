"""A start at a time that the clock skips or passes twice is resolved and said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from omni.service.preparation import Start


@pytest.mark.parametrize(
    ("local", "zone", "change", "moment"),
    [
        ("2027-03-14T02:30", "America/Tijuana", "skipped", "2027-03-14T10:30"),
        ("2027-11-07T01:30", "America/Tijuana", "repeated", "2027-11-07T08:30"),
        ("2027-09-05T00:30", "America/Santiago", "skipped", "2027-09-05T04:30"),
        ("2027-04-03T23:30", "America/Santiago", "repeated", "2027-04-04T02:30"),
        ("2018-11-04T00:15", "America/Sao_Paulo", "skipped", "2018-11-04T03:15"),
        ("2027-03-14T03:00", "America/Tijuana", None, "2027-03-14T10:00"),
        ("2027-03-14T01:59", "America/Tijuana", None, "2027-03-14T09:59"),
        ("2026-12-01T09:00", "America/Sao_Paulo", None, "2026-12-01T12:00"),
    ],
)
def test_a_time_that_the_clock_skips_or_repeats_is_one_moment(local, zone, change, moment):
    start = Start(local, zone)
    assert start.clock_change == change
    assert start.epoch == datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


def test_the_time_of_the_start_is_named_with_its_offset():
    assert Start("2027-03-14T02:30", "America/Tijuana").clock_params == {
        "asked": "02:30",
        "hour": "03:30",
        "offset": "UTC-07:00",
    }
