"""Raw answers on screen: shown completely, with nothing in them executed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omni.ports import Finished
from omni.service.raw_answers import LONGEST_SHOWN, as_text, raw_answers
from omni.store.campaigns.campaigns import Campaigns
from omni.store.ledger.unknown_requests import Unknowns
from omni.store.opening import open_database
from tests.store.building import answered, claim, make, record, unknown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b'{"id": "a"}', '{"id": "a"}'),
        ("não\n\tó".encode(), "não\n\tó"),
        (b"a\r\nb", "a\nb"),
        (b"a\rb", r"a\rb"),
        (b"\xff\xfe", r"\xff\xfe"),
        (b"\x1b[31mred\x00", r"\x1b[31mred\x00"),
        ("abc\u202exyz\u200b".encode(), r"abc\u202exyz\u200b"),
        (b"<script>alert(1)</script>", "<script>alert(1)</script>"),
        (b"", ""),
    ],
)
def test_bytes_are_shown_as_text_that_does_nothing(raw, shown):
    assert as_text(raw) == (shown, False)


def test_a_long_answer_is_cut_where_it_is_shown():
    shown, is_cut = as_text(b"x" * (LONGEST_SHOWN + 1))
    assert (len(shown), is_cut) == (LONGEST_SHOWN, True)
    assert as_text(b"x" * LONGEST_SHOWN)[1] is False


def test_a_character_of_several_bytes_may_be_cut_in_two():
    assert as_text("aé".encode(), longest=2) == ("a\\xc3", True)


def with_raw(finished: Finished, raw: bytes) -> Finished:
    claimed, _, outcome = finished
    return claimed, answered(503, raw), replace(outcome, detail="server_error")


def test_the_answers_to_all_attempts_are_listed_without_the_token(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'omni.db'}")
    campaigns = Campaigns(database)
    made = make(database, 2)
    one, _two = claim(database)
    record(database, with_raw(unknown(one), b"first, echoing s3cr3t-token"))
    Unknowns(database).decide(made, "resend", "ana")
    (again,) = claim(database)
    record(database, with_raw(unknown(again), b"second"))
    found = raw_answers(campaigns, made, 1, "s3cr3t-token")
    assert [(each.attempt, each.status, each.raw) for each in found] == [
        (2, 503, b"second"),
        (1, 503, b"first, echoing ********"),
    ]
    assert raw_answers(campaigns, made, 2, None) == ()
    database.close()
