"""The claim journal remembers claims that a restored database no longer has."""

from __future__ import annotations

from pathlib import Path

import pytest

from omni.ports import Claimed
from omni.sending.claim_journal import ClaimJournal


def claimed(request_id: int, attempt: int = 1) -> Claimed:
    return Claimed(request_id, 1, request_id, attempt, 1, True)


@pytest.mark.parametrize(
    ("noted", "known", "later"),
    [
        ([], {7: 0}, {}),
        ([(7, 1)], {7: 0}, {7: 1}),
        ([(7, 1)], {7: 1}, {}),
        ([(7, 1)], {7: 2}, {}),
        ([(7, 1), (7, 2), (7, 3)], {7: 1}, {7: 3}),
        ([(7, 3), (7, 2)], {7: 0}, {7: 3}),
        ([(7, 1), (8, 1)], {8: 0, 9: 0}, {8: 1}),
        ([(2**61 + 1, 1)], {2**61 + 1: 0, 2**61: 0}, {2**61 + 1: 1}),
    ],
)
def test_it_lists_the_later_attempts_at_known_requests(
    journal: ClaimJournal, noted: list[tuple[int, int]], known: dict[int, int], later: dict[int, int]
):
    for request_id, attempt in noted:
        journal.append([claimed(request_id, attempt)])
    assert journal.later_than(known) == later


def test_it_is_kept_from_process_to_process(journal: ClaimJournal, tmp_path: Path):
    journal.append([claimed(1), claimed(2)])
    with ClaimJournal(tmp_path / "claims.journal") as again:
        again.append([claimed(3)])
    with ClaimJournal(tmp_path / "claims.journal") as third:
        assert third.later_than({1: 0, 2: 0, 3: 0}) == {1: 1, 2: 1, 3: 1}


@pytest.mark.parametrize("torn", range(1, 16))
def test_an_entry_torn_by_a_crash_hides_none_that_come_after(tmp_path: Path, torn: int):
    path = tmp_path / "claims.journal"
    with ClaimJournal(path) as journal:
        journal.append([claimed(1), claimed(2)])
    path.write_bytes(path.read_bytes()[:-torn])
    with ClaimJournal(path) as journal:
        journal.append([claimed(3)])
        assert journal.later_than({1: 0, 2: 0, 3: 0}) == {1: 1, 3: 1}


def test_a_damaged_entry_is_not_believed(tmp_path: Path):
    path = tmp_path / "claims.journal"
    with ClaimJournal(path) as journal:
        journal.append([claimed(1), claimed(2)])
    content = bytearray(path.read_bytes())
    content[8] ^= 0xFF
    path.write_bytes(content)
    with ClaimJournal(path) as journal:
        assert journal.later_than({1: 0, 2: 0}) == {2: 1}


def test_a_long_journal_is_read_to_its_end(journal: ClaimJournal):
    for start in range(0, 150_000, 10_000):
        journal.append([claimed(number) for number in range(start, start + 10_000)])
    assert journal.later_than({0: 0, 149_999: 0, 150_000: 0}) == {0: 1, 149_999: 1}


def test_it_names_the_requests_noted_since_the_last_checkpoint(journal: ClaimJournal, tmp_path: Path):
    assert list(journal.request_ids()) == []
    journal.append([claimed(7), claimed(5)])
    assert list(journal.request_ids()) == [7, 5]
    journal.checkpoint()
    assert list(journal.request_ids()) == []
    journal.append([claimed(5, 2)])
    with ClaimJournal(tmp_path / "claims.journal") as again:
        assert list(again.request_ids()) == [5]
        assert again.later_than({5: 0, 7: 0}) == {5: 2, 7: 1}, "what was put up with is not sent again all the same"
