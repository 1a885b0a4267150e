"""Values for texts lose what cannot be seen, and keep what belongs to letters and emoji."""

import pytest

from omni.core.clean_text import clean_text, in_one_line, visible

FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("  Ana\u00a0 Lima\t", "Ana Lima"),
        ("\ufeffAna", "Ana"),
        ("\u200eAna\u202c \u2068Lima\u2069", "Ana Lima"),
        ("Jo\u00adão", "João"),
        ("Ana\u200bLima", "AnaLima"),
        ("a\u2011b", "a-b"),
        ("Rua A,\r\n  12\r\n\r\n\r\n\r\nCentro \r", "Rua A,\n12\n\nCentro"),
        ("um\u2028dois\u0085três\x0bquatro", "um\ndois\ntrês\nquatro"),
        ("A\x00na\x1f\x7f\x9d", "Ana"),
        ("Ana\u200d", "Ana"),
        ("\u200cAna \u200dLima", "Ana Lima"),
        (f"{FAMILY} \u200d", FAMILY),
        ("❤\ufe0f ok", "❤\ufe0f ok"),
        ("क्\u200dष", "क्\u200dष"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("e\u0301", "e\u0301"),
        ("\u3000\u2800", ""),
        ("R$\u00a01.234,50", "R$ 1.234,50"),
        ("", ""),
    ],
)
def test_a_value_is_cleaned(value, clean):
    assert clean_text(value) == clean
    assert clean_text(clean) == clean


def test_line_breaks_become_a_blank_in_one_line():
    assert in_one_line("Rua A, 12\n\nCentro") == "Rua A, 12 Centro"


def test_what_cannot_be_seen_gets_a_sign():
    assert visible(" Ana\u00a0\u200bLima\r\nB  c") == "·Ana·▯Lima↵B·c"
