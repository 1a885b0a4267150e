"""Automatic pause of a failing campaign: after a number of failures in a row or above a share of all requests."""

from __future__ import annotations

import pytest

from omni.core.halt_rule import HaltRule, read_halt_rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("3,5%", HaltRule(3, 0.05)),
        (" 10 ; 2.5 % ", HaltRule(10, 0.025)),
        ("1,0%", HaltRule(1, 0.0)),
        ("off", None),
        (" OFF ", None),
    ],
)
def test_the_setting_is_read(text, rule):
    assert read_halt_rule(text) == rule


@pytest.mark.parametrize("text", ["", "3", "5%", "0,5%", "3,101%", "3,5", "-3,5%", "three,5%", "on"])
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r"^"):
        read_halt_rule(text)


@pytest.mark.parametrize(
    ("in_a_row", "failed", "judged", "halts"),
    [
        (0, 0, 0, False),
        (2, 2, 2, False),
        (3, 3, 3, True),
        (1, 3, 10, False),
        (1, 4, 10, True),
        (1, 4, 80, False),
        (1, 5, 99, True),
        (1, 50, 1000, False),
        (1, 51, 1000, True),
    ],
)
def test_when_it_halts(in_a_row, failed, judged, halts):
    assert HaltRule(3, 0.05).is_past(in_a_row, failed, judged) is halts
