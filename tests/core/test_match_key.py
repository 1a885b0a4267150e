"""Match keys: equal for two spellings of one destination, different for two destinations."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni.core.match_key import match_key
from omni.sheets.checking.do_not_contact import match_keys
from omni.sheets.checking.duplicates import same_lines


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("5511900000001", "5511900000001", True),
        ("5511980000001", "551180000001", True),
        ("5511930000001", "551130000001", False),  # a landline is not the same phone as the mobile with a ninth digit
        ("5511900000001", "5521900000001", False),
        ("12015550123", "1201555012", False),
        ("Ana@Example.com", "ana@example.com", True),
        ("ana@example.com", "ana@example.org", False),
        ("ana@παράδειγμας.gr", "Ana@παράδειγμας.gr", True),
        ("5491123456789", "541123456789", True),  # an Argentine line, with and without the 9 of mobiles
        ("5491123456789", "541123456780", False),
        ("5215512345678", "525512345678", True),  # a Mexican line, as dialled until 2019 and today
        ("5212345678901", "5112345678901", False),
    ],
)
def test_what_counts_as_the_same(one, other, same):
    assert (match_key(one) == match_key(other)) is same


def test_columns_keep_the_letters_that_single_values_keep():
    values = ["ana@παράδειγμας.gr", "ANA@straße.example", "55٠1960000000", "5511960000001\n", "5511960000001"]
    assert match_keys(pa.array(values, pa.string())).to_pylist() == [match_key(value) for value in values]


NUMBERS = st.from_regex(r"55[0-9]{2}9?[0-9]{8}|54(9|15)?[0-9]{10}|521?[0-9]{10}|[1-9][0-9]{7,14}", fullmatch=True)


@given(st.lists(NUMBERS | st.emails(), max_size=8))
def test_columns_get_the_keys_of_single_values(values):
    assert match_keys(pa.array(values, pa.string())).to_pylist() == [match_key(value) for value in values]


@given(st.lists(NUMBERS, max_size=8))
def test_numbers_get_the_keys_of_single_values(values):
    given = np.array([int(value) for value in values], dtype=np.int64)
    assert same_lines(given).tolist() == [int(match_key(value)) for value in values]
