"""Every rule about a single value takes time linear in its length: a long cell must not hold up the console."""

import itertools
import time

import pytest

from omni.core.clean_text import clean_text
from omni.core.destination import normalise_email, normalise_phone
from omni.core.rendering import placeholders_in, stray_braces

LENGTH = 32_000
"""Characters of a cell at most, in Excel."""
MOST = 3.0
"""Seconds of processor time; a linear rule takes a hundredth of it, a quadratic one several times as much."""
RULES = {
    "phone": lambda text: normalise_phone(text, "BR"),
    "email": normalise_email,
    "text": clean_text,
    "placeholders": placeholders_in,
    "braces": stray_braces,
}
SIGNS = [chr(code) for code in range(0x20, 0x7F)] + ["\n", "\t", "\u00a0", "\u200b", "ç"]
MARKS = " .-()[/*x0+@,:\n"


def cost(rule, text):
    began = time.process_time()
    RULES[rule](text)
    return time.process_time() - began


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("before", "behind"),
    [("", ""), ("a@b", ""), ("0xx11", ""), ("tel:", ""), ("a", "x@example.com"), ("11", "987650001"), ("<a@b", ">")],
)
def test_a_run_of_any_sign_costs_little(rule, before, behind):
    size = LENGTH - len(before) - len(behind)
    assert max(cost(rule, before + sign * size + behind) for sign in SIGNS) < MOST


@pytest.mark.parametrize("rule", ["phone", "email"])
def test_a_run_of_any_pair_of_marks_costs_little(rule):
    texts = ("a@b" + (one + other) * (LENGTH // 2) for one, other in itertools.product(MARKS, repeat=2))
    assert max(cost(rule, text) for text in texts) < MOST
