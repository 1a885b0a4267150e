"""Grouping of contacts into requests."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni.service.grouping import first_of_equals, request_numbers


def numbered(keys, batch):
    return request_numbers(np.array([ord(key) for key in keys], dtype=np.int64), batch).tolist()


@pytest.mark.parametrize(
    ("keys", "batch", "numbers"),
    [
        ("", 10, []),
        ("a", 10, [1]),
        ("aaaaa", 2, [1, 1, 2, 2, 3]),
        ("aaaa", 4, [1, 1, 1, 1]),
        ("aaaa", 1, [1, 2, 3, 4]),
        ("abab", 10, [1, 2, 1, 2]),
        ("ababab", 2, [1, 2, 1, 2, 3, 4]),
        ("aabaac", 3, [1, 1, 2, 1, 3, 4]),
    ],
)
def test_contacts_with_equal_texts_share_a_request_up_to_its_size(keys, batch, numbers):
    assert numbered(keys, batch) == numbers


@given(st.lists(st.sampled_from("abc")), st.integers(1, 5))
def test_requests_are_full_pure_and_numbered_by_their_first_contact(keys, batch):
    numbers = numbered(keys, batch)
    assert len(numbers) == len(keys)
    assert list(dict.fromkeys(numbers)) == list(range(1, len(set(numbers)) + 1))
    sizes = Counter(numbers)
    assert all(size <= batch for size in sizes.values())
    key_of = dict(zip(numbers, keys, strict=True))
    assert all(key_of[number] == key for number, key in zip(numbers, keys, strict=True))
    for key, count in Counter(keys).items():
        requests = [number for number, own in key_of.items() if own == key]
        assert len(requests) == -(-count // batch)
        assert all(sizes[number] == batch for number in requests[:-1])


def test_257_contacts_at_100_a_request_make_3_requests():
    assert Counter(numbered("a" * 257, 100)) == {1: 100, 2: 100, 3: 57}


@pytest.mark.parametrize("batch", [0, -1])
def test_a_request_holds_at_least_one_contact(batch):
    with pytest.raises(ValueError, match="at least 1"):
        numbered("", batch)


@pytest.mark.parametrize(
    ("digests", "first"),
    [
        ([], []),
        ([(7, 7)], [0]),
        ([(2, 5), (1, 5), (2, 5), (1, 5), (1, 5)], [0, 1, 0, 1, 1]),
        ([(1, 1), (1, 2), (1, 1), (1, 2), (1, 1)], [0, 1, 0, 1, 0]),
        ([(1, 2), (2, 1), (2, 2), (1, 2), (2, 2)], [0, 1, 2, 0, 2]),
    ],
)
def test_two_digests_are_equal_when_both_of_their_halves_are(digests, first):
    halves = np.array(digests, dtype=np.uint64).reshape(-1, 2).T
    assert first_of_equals(halves).tolist() == first


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3))))
def test_the_first_of_equal_digests_is_found_even_among_equal_halves(digests):
    halves = np.array(digests, dtype=np.uint64).reshape(-1, 2).T
    assert first_of_equals(halves).tolist() == [digests.index(each) for each in digests]
