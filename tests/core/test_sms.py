"""Length of a text message, by the provider's own table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni.core.sms import MAX_SMS_CHARACTERS, sms_size


@pytest.mark.parametrize(
    ("text", "characters", "parts", "lengthening"),
    [
        ("", 0, 0, ""),
        ("a", 1, 1, ""),
        ("a" * 160, 160, 1, ""),
        ("a" * 161, 161, 2, ""),
        ("a" * 306, 306, 2, ""),
        ("a" * 307, 307, 3, ""),
        ("a" * MAX_SMS_CHARACTERS, 1280, 9, ""),
        ("á" * 70, 70, 1, "á"),
        ("á" * 71, 71, 2, "á"),
        ("á" * 126, 126, 2, "á"),
        ("á" * 127, 127, 3, "á"),
        ("a" * 69 + "ç", 70, 1, "ç"),
        ("a" * 70 + "ç", 71, 2, "ç"),
        ("Olá, ação!", 10, 1, "áçã"),
        ("a\r\nb", 4, 1, ""),
        ("tab\t", 4, 1, "\t"),
        ("{}~^\\", 5, 1, ""),
        ("[x] | [y]", 9, 1, "[]|"),
        ("5 €", 3, 1, "€"),
        ("😀", 2, 1, "😀"),
        ("😀" * 35, 70, 1, "😀"),
        ("😀" * 36, 72, 2, "😀"),
        ("\u200b", 1, 1, "\u200b"),
    ],
)
def test_a_text_has_as_many_parts_as_are_charged(text, characters, parts, lengthening):
    size = sms_size(text)
    assert (size.characters, size.parts, "".join(size.lengthening)) == (characters, parts, lengthening)


@given(st.text())
def test_the_lengthening_characters_are_of_the_text_and_named_once(text):
    size = sms_size(text)
    assert set(size.lengthening) <= set(text)
    assert len(set(size.lengthening)) == len(size.lengthening)
    assert size.characters == len(text.encode("utf-16-le")) // 2


@given(st.text(), st.text())
def test_a_longer_text_never_has_fewer_parts(text, more):
    assert sms_size(text + more).parts >= sms_size(text).parts


@given(st.text(min_size=1))
def test_without_the_lengthening_characters_a_text_is_charged_as_standard(text):
    lengthening = set(sms_size(text).lengthening)
    rest = "".join(character for character in text if character not in lengthening)
    size = sms_size(rest)
    assert size.lengthening == ()
    assert size.parts == (0 if not rest else 1 if len(rest) <= 160 else -(-len(rest) // 153))
