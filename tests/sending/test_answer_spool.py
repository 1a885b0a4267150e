"""Answers survive a kill in the spool, and its space is reused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from omni.ports import Answer, Claimed
from omni.sending.answer_spool import SEGMENTS, AnswerSpool


def claimed(request_id: int, attempt: int = 1) -> Claimed:
    return Claimed(request_id, 1, request_id, attempt, 1, True)


def answer(raw: bytes = b"{}", **changes: object) -> Answer:
    given = {"status": 200, "failure": None, "retry_after": None, "received_at": 1_700_000_000.25} | changes
    return Answer(raw=raw, **given)  # type: ignore[arg-type]


def left_behind(path: Path) -> list[tuple[int, int, Answer]]:
    with AnswerSpool(path, segment_bytes=64 << 10) as spool:
        return list(spool.left_behind())


@pytest.mark.parametrize(
    "kept",
    [
        answer(),
        answer(b""),
        answer(bytes(range(256)) * 20),
        answer(b"half an ans", failure="cut"),
        answer(b"", status=None, failure="not_sent"),
        answer(status=429, retry_after=2.5),
        answer(failure="too_large"),
    ],
)
def test_an_answer_comes_back_after_a_kill_as_it_was_put(spool: AnswerSpool, tmp_path: Path, kept: Answer):
    spool.put(claimed(2**61 + 7, attempt=3), kept)
    assert left_behind(tmp_path / "answers.spool") == [(2**61 + 7, 3, kept)]


def test_many_answers_come_back_in_order(spool: AnswerSpool, tmp_path: Path):
    for number in range(1, 400):
        spool.put(claimed(number), answer(b"x" * number))
    assert [found[0] for found in left_behind(tmp_path / "answers.spool")] == list(range(1, 400))


def test_a_new_spool_is_empty_and_has_its_space_reserved(spool: AnswerSpool, tmp_path: Path):
    assert list(spool.left_behind()) == []
    stat = (tmp_path / "answers.spool").stat()
    assert stat.st_size == SEGMENTS * (64 << 10)
    assert stat.st_blocks * 512 >= stat.st_size
    assert stat.st_mode & 0o777 == 0o600


def test_what_is_cleared_does_not_come_back(spool: AnswerSpool, tmp_path: Path):
    for number in range(1, 300):
        spool.put(claimed(number), answer(b"x" * 300))
    spool.clear()
    assert left_behind(tmp_path / "answers.spool") == []


@pytest.mark.parametrize("damage_at", [0, 5, 40, 70, 90])
def test_a_torn_answer_is_not_read_and_the_one_before_it_is(spool: AnswerSpool, tmp_path: Path, damage_at: int):
    spool.put(claimed(1), answer(b"first"))
    spool.put(claimed(2), answer(b"second" * 10))
    path = tmp_path / "answers.spool"
    content = bytearray(path.read_bytes())
    start = content.index(b"first") + len(b"first")
    content[start + damage_at] ^= 0xFF
    path.write_bytes(content)
    assert [found[0] for found in left_behind(path)] == [1]


def test_space_is_used_again_once_everything_in_it_is_recorded(spool: AnswerSpool, tmp_path: Path):
    for number in range(1, 1000):
        spool.put(claimed(number), answer(b"x" * 1000))
        spool.done(claimed(number))
        assert spool.room() > 0
    found = [request_id for request_id, _, _ in left_behind(tmp_path / "answers.spool")]
    assert max(found) == 999
    assert len(found) == len(set(found))
    assert (tmp_path / "answers.spool").stat().st_size == SEGMENTS * (64 << 10)


def test_nothing_that_waits_to_be_recorded_is_written_over(spool: AnswerSpool, tmp_path: Path):
    spool.put(claimed(1), answer(b"precious" * 100))
    for number in range(2, 1000):
        spool.put(claimed(number), answer(b"x" * 1000))
        spool.done(claimed(number))
    assert 1 in [request_id for request_id, _, _ in left_behind(tmp_path / "answers.spool")]


def test_a_full_spool_says_so_before_and_after(spool: AnswerSpool):
    number = 0
    while spool.room():
        number += 1
        spool.put(claimed(number), answer(b"x" * 1000))
    with pytest.raises(OSError, match="no room"):
        for _ in range(100):
            number += 1
            spool.put(claimed(number), answer(b"x" * 1000))
    for each in range(1, number):
        spool.done(claimed(each))
    assert spool.room() > 100
    spool.put(claimed(number + 1), answer(b"x" * 1000))


@pytest.mark.parametrize("size", [0, 900, 15_000, 40_000])
def test_there_is_room_for_as_many_answers_as_it_says_once_some_have_come(spool: AnswerSpool, size: int):
    for number in range(1, 1000):
        spool.put(claimed(number), answer(b"x" * size))
        spool.done(claimed(number))
    room = spool.room()
    assert room >= SEGMENTS - 1
    for number in range(2000, 2000 + room):
        spool.put(claimed(number), answer(b"x" * size))
    assert spool.room() <= 1, "what was being filled before may be free by now"


def test_an_answer_larger_than_a_segment_is_refused(spool: AnswerSpool):
    with pytest.raises(OSError, match="no room"):
        spool.put(claimed(1), answer(os.urandom(64 << 10)))
    spool.put(claimed(2), answer())
