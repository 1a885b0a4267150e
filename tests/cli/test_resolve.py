"""``omni resolve``: list requests with an unknown outcome and decide about some of them."""

from __future__ import annotations

import json

import pytest

from omni import wiring
from omni.cli import main
from omni.ports import Claimed, Finished
from omni.store.opening import open_database
from tests.builders import phone
from tests.store.building import accepted, claim, make, record, unknown


@pytest.fixture
def campaign(environment, monkeypatch):
    """Four requests of two contacts: 1 accepted, 2 and 3 unknown, 4 unknown with an id for its first contact."""
    monkeypatch.setenv("OMNI_LANGUAGE", "en")
    wiring.console.cache_clear()
    console = wiring.console()
    database = open_database(console.settings.database_url)
    made = make(database, 8, 2)
    one, two, three, four = claim(database)
    record(database, accepted(one), lost(two), lost(three), lost(four, 0))
    database.close()
    yield made
    wiring.console.cache_clear()


def lost(claimed: Claimed, *paired: int) -> Finished:
    return unknown(claimed, *paired)


def counts(campaign):
    return {state: n for state, n in wiring.console().progress(campaign).counts.items() if n}


def test_the_list_as_json_says_of_each_request_whom_when_and_why(campaign, capsys):
    assert main(["resolve", str(campaign), "--list", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    assert [one["request"] for one in found] == [2, 3, 4]
    sent, ended = found[0].pop("sent"), found[0].pop("ended")
    assert sent <= ended and sent.endswith("+00:00")
    assert found[0] == {
        "request": 2,
        "contacts": 2,
        "withIds": 0,
        "mayResend": True,
        "attempt": 1,
        "status": 200,
        "reason": "cut",
        "message": "The connection broke before the answer was complete. The provider may have accepted this request,"
        " or not.",
        "rows": [4, 5],
        "firstDestination": phone(4),
    }
    assert (found[2]["contacts"], found[2]["withIds"], found[2]["mayResend"]) == (1, 1, False)


def test_the_list_for_people_has_a_line_a_request(campaign, capsys):
    assert main(["resolve", str(campaign), "--list", "--request", "3"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"3  2 contacts  rows 6–7  {phone(6)}  ")
    assert "  200  The connection broke" in line


def test_where_nothing_is_unknown_the_list_is_empty_and_says_so(campaign, capsys):
    assert main(["resolve", str(campaign), "--unknown", "keep", "--yes"]) == 0
    capsys.readouterr()
    assert main(["resolve", str(campaign), "--list"]) == 0
    assert capsys.readouterr() == ("", f"Campaign {campaign}: no request has an unknown outcome.\n")
    assert main(["resolve", str(campaign), "--list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("what", "words"), [("keep", "would count 2 contacts with an unknown outcome"), ("resend", "would send again to 2")]
)
def test_without_yes_it_says_what_it_would_do_and_does_nothing(campaign, capsys, what, words):
    before = counts(campaign)
    assert main(["resolve", str(campaign), "--unknown", what, "--request", "2"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and words in err
    assert counts(campaign) == before


def test_some_are_kept_and_others_sent_again(campaign, capsys):
    assert main(["resolve", str(campaign), "--unknown", "resend", "--request", "2", "--yes"]) == 0
    assert main(["resolve", str(campaign), "--unknown", "keep", "--request", "3", "--request", "4", "--yes"]) == 0
    assert counts(campaign) == {"accepted": 6, "pending": 2}
    assert [(one.what, one.numbers) for one in wiring.console().unknown.decisions(campaign)] == [
        ("keep", (3, 4)),
        ("resend", (2,)),
    ]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("what", "named", "words"),
    [
        ("keep", ["2", "1", "99"], "do not have an unknown outcome: 1, 99."),
        ("keep", ["2", "-1", "99999999999"], "do not have an unknown outcome: -1, 99999999999."),
        ("resend", ["2", "4"], "they are never sent again: 4."),
    ],
)
def test_named_requests_are_resolved_or_refused(campaign, capsys, what, named, words):
    before = counts(campaign)
    requests = [f"--request={number}" for number in named]
    assert main(["resolve", str(campaign), "--unknown", what, *requests, "--yes"]) == 2
    assert words in capsys.readouterr().err
    assert counts(campaign) == before


@pytest.mark.parametrize("given", [[], ["--list", "--unknown", "keep"], ["--unknown", "burn"]])
def test_usage_that_makes_no_sense_is_refused(campaign, capsys, given):
    with pytest.raises(SystemExit) as left:
        main(["resolve", str(campaign), *given])
    assert left.value.code == 2
    assert capsys.readouterr().out == ""


def test_a_missing_campaign_is_reported(campaign, capsys):
    assert main(["resolve", "99", "--list", "--json"]) == 2
    assert "There is no campaign 99." in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["pause"],
        ["resume"],
        ["cancel"],
        ["report", "--out", "ids.csv"],
        ["resolve", "--list"],
    ],
)
@pytest.mark.parametrize("number", ["9223372036854775807", "99999999999999999999999"])
def test_a_campaign_number_too_large_for_any_database_is_reported_too(campaign, capsys, arguments, number):
    assert main([arguments[0], number, *arguments[1:]]) == 2
    assert f"There is no campaign {number}." in capsys.readouterr().err
