"""Progress of a campaign."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database, clock
from omni.store.schema import request_pace
from tests.store.building import accepted, claim, make, record, refused, slowed, unknown


def test_the_counts_add_up_to_the_contacts(database: Database, campaigns: Campaigns):
    made = make(database, 12, 2)
    one, two, three, four, _ = claim(database, room=5)
    record(database, accepted(one), refused(two), unknown(three, 0), slowed(four))
    progress = campaigns.progress(made)
    assert progress.counts == {
        "pending": 4,
        "sending": 2,
        "accepted": 3,
        "refused": 2,
        "unknown": 1,
        "cancelled": 0,
    }
    assert sum(progress.counts.values()) == progress.contacts == 12
    assert (progress.finished, progress.requests, progress.requests_finished) == (6, 6, 3)


@pytest.fixture
def now(database: Database, monkeypatch: pytest.MonkeyPatch) -> float:
    """Stop the clock at one moment."""
    with database.read() as connection:
        moment = clock(connection)
    for name in ("ledger.ledger", "campaigns.progress"):
        monkeypatch.setattr(f"omni.store.{name}.clock", lambda _: moment)
    return moment


def test_the_rate_is_taken_over_the_last_seconds_and_gives_the_time_left(
    database: Database, campaigns: Campaigns, now: float
):
    made = make(database, 100, 10)
    claimed = claim(database, room=4)
    record(database, *(accepted(each) for each in claimed))
    with database.write() as connection:
        connection.execute(sa.text("UPDATE campaign SET started_at = started_at - 30"))
        connection.execute(sa.text("UPDATE request SET finished_at = finished_at - 20 WHERE number = 1"))
    progress = campaigns.progress(made)
    # Ten whole seconds, and the elapsed part of the current one.
    assert 30 / 11 <= progress.rate <= 30 / 10
    assert progress.seconds_left == pytest.approx(60 / progress.rate)


def paced(database: Database, now: float, campaign: int, seconds: dict[int, int]) -> None:
    """Replace the pace with contacts that ended the given numbers of seconds ago."""
    with database.write() as connection:
        connection.execute(sa.text("DELETE FROM request_pace"))
        connection.execute(
            request_pace.insert(),
            [
                {"campaign_id": campaign, "second": int(now) - ago, "slot": 0, "contacts": contacts}
                for ago, contacts in seconds.items()
            ],
        )
        connection.execute(sa.text("UPDATE campaign SET started_at = started_at - 500"))


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        pytest.param({**dict.fromkeys(range(1, 61), 20), **dict.fromkeys(range(1, 11), 17)}, 19.5, id="a hiccup"),
        pytest.param({**dict.fromkeys(range(1, 61), 20), **dict.fromkeys(range(1, 11), 4)}, 4, id="another pace"),
        pytest.param(dict.fromkeys([*range(1, 16), *range(30, 61)], 20), 20, id="a pause"),
    ],
)
def test_the_time_left_looks_back_as_far_as_ahead(
    database: Database, campaigns: Campaigns, now: float, ended: dict[int, int], expected: float
):
    made = make(database, 1000, 10)
    record(database, accepted(claim(database)[0]))
    paced(database, now, made, ended | {0: ended[1] // 2})
    progress = campaigns.progress(made)
    assert progress.seconds_left is not None
    # The current second has hardly begun, or is nearly over.
    assert 990 / progress.seconds_left == pytest.approx(expected, rel=0.06)


def test_before_the_start_and_after_the_end_there_is_no_rate(database: Database, campaigns: Campaigns):
    made = make(database, 1)
    before = campaigns.progress(made)
    assert (before.rate, before.seconds_left, before.started_at) == (0.0, None, None)
    record(database, accepted(claim(database)[0]))
    after = campaigns.progress(made)
    assert (after.state, after.rate, after.seconds_left) == ("done", 0.0, None)
    assert after.started_at is not None
    assert after.finished_at is not None


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("SELECT sum(contacts) FROM request_pace WHERE campaign_id = 1 AND second >= 5", "USING PRIMARY KEY"),
        ("SELECT state, sum(contacts) FROM request_count WHERE campaign_id = 1 GROUP BY state", "USING PRIMARY KEY"),
        ("SELECT min(not_before) FROM request WHERE state = 0 AND campaign_id = 1", "USING INDEX request_pending"),
        (
            "SELECT id FROM request WHERE state = 0 AND campaign_id = 1 AND not_before <= 5 "
            "ORDER BY not_before, number LIMIT 8",
            "USING INDEX request_pending",
        ),
        ("SELECT id FROM request WHERE state = 1 AND owner = 'seat.1'", "USING INDEX request_sending"),
    ],
)
def test_what_is_asked_in_every_turn_is_answered_from_an_index(database: Database, statement: str, index: str):
    if database.is_postgresql:
        return
    with database.read() as connection:
        plan = " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}"))
    assert index in plan
    assert "TEMP B-TREE" not in plan
