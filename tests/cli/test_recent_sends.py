"""``omni send`` to recently contacted people: refused with the earlier campaigns until ``--repeats`` is given."""

from __future__ import annotations

import json

import pytest

from tests.builders import contact_rows, sms_template, write_csv_sheet, write_template
from tests.cli.test_send import omni, read_ids


@pytest.fixture
def send(tmp_path):
    """Send a practice campaign to the contacts from ``first`` to ``last``."""
    template = write_template(tmp_path / "t.json", sms_template())

    def run(first, last, *options, **environment):
        sheet = write_csv_sheet(tmp_path / f"{first}-{last}.csv", contact_rows(last)[first - 1 :])
        return omni(
            "send",
            sheet,
            "--template",
            template,
            "--out",
            tmp_path / "ids.csv",
            "--practice",
            "--yes",
            *options,
            **environment,
        )

    return run


def contacts():
    return [sum(one["contacts"].values()) for one in json.loads(omni("status", "--json").stdout)]


def test_recent_sends_stop_the_command_until_a_choice_is_given(send, tmp_path):
    assert send(1, 3, "--name", "First").returncode == 0

    refused = send(2, 6)
    assert refused.returncode == 2
    assert "2 of 5 contacts were contacted in the last 7 days:" in refused.stderr
    assert "2 contacts in campaign 1, “First” (finished), started " in refused.stderr
    assert "--repeats others to send only to the 3 others, or --repeats all to send to all 5" in refused.stderr
    assert refused.stdout == ""
    assert contacts() == [3]

    done = send(2, 6, "--repeats", "others")
    assert done.returncode == 0, done.stderr
    assert [row["Código"] for row in read_ids(tmp_path / "ids.csv")] == ["00004", "00005", "00006"]
    assert send(2, 6, "--repeats", "all").returncode == 0
    assert contacts() == [5, 3, 3]


def test_the_same_campaign_again_is_named_and_leaves_no_other_contacts(send):
    assert send(1, 3, "--repeats", "others").returncode == 0
    again = send(1, 3)
    assert again.returncode == 2
    assert "Campaign 1, “1-3”, sent the same steps to the same people." in again.stderr
    assert "add --repeats all" in again.stderr
    assert "--repeats others" not in again.stderr
    others = send(1, 3, "--repeats", "others")
    assert others.returncode == 2
    assert "no other contact is left" in others.stderr
    assert contacts() == [3]


def test_days_are_a_setting_and_a_wrong_one_is_named(send):
    assert send(1, 2).returncode == 0
    wrong = send(1, 2, OMNI_REPEAT_DAYS="a week")
    assert wrong.returncode == 2
    assert "OMNI_REPEAT_DAYS cannot be “a week”. Expected: 0 – 365." in wrong.stderr
    assert send(1, 2, OMNI_REPEAT_DAYS="0").returncode == 0
    assert contacts() == [2, 2]
