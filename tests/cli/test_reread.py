"""Command ``reread``, and answers of other shapes from ``send`` to the file of ids."""

from __future__ import annotations

import json

import pytest

from omni.sandbox.answer import SHAPES
from tests.builders import contact_rows, sms_template, write_csv_sheet, write_template
from tests.cli.test_send import omni, read_ids

pytestmark = pytest.mark.slow


def send(tmp_path, **settings):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(4))
    template = write_template(tmp_path / "t.json", sms_template())
    return omni("send", sheet, "--template", template, "--out", tmp_path / "ids.csv", "--yes", "--practice", **settings)


def given_ids(environment):
    lines = (environment / "practice" / "received.jsonl").read_text().splitlines()
    (received,) = map(json.loads, lines)
    return {contact["phone1"]: one for contact, one in zip(received["contacts"], received["ids"], strict=True)}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_the_sandbox_gives_each_id_to_its_contact(tmp_path, environment, shape):
    done = send(tmp_path, OMNI_PRACTICE_SHAPE=shape)
    assert done.returncode == 0, done.stderr
    ids = given_ids(environment)
    rows = read_ids(tmp_path / "ids.csv")
    assert [row["id"] for row in rows] == list(ids.values())


def test_an_unknown_shape_is_named(tmp_path):
    done = send(tmp_path, OMNI_PRACTICE_SHAPE="round")
    assert done.returncode == 2
    assert "OMNI_PRACTICE_SHAPE" in done.stderr


def test_answers_are_read_again_with_what_the_setting_says(tmp_path, environment):
    assert send(tmp_path, OMNI_PRACTICE_SHAPE="messages").returncode == 0
    again = omni("reread", OMNI_ANSWER='{"items": "messages", "id": "correlationId"}')
    assert again.returncode == 0, again.stderr
    assert "1 answer read again" in again.stderr
    assert omni("report", "1", "--out", tmp_path / "later.csv").returncode == 0
    before, after = read_ids(tmp_path / "ids.csv"), read_ids(tmp_path / "later.csv")
    assert [row["id"] for row in after] == [row["correlationId"] for row in before]
    assert omni("reread", "77").returncode == 2


def test_ids_without_a_contact_are_said_on_stderr_and_end_with_1(tmp_path):
    assert send(tmp_path).returncode == 0
    apart = omni("reread", "1", OMNI_ANSWER='{"items": "messages", "id": "[id, correlationId, id]"}')
    assert apart.returncode == 0, "all ids of an entry are its contact's"
    apart = omni("reread", "1", OMNI_ANSWER='{"items": "messages[].[id, correlationId][]", "id": "@"}')
    assert apart.returncode == 1
    assert "8 ids of the provider could not be matched with their contacts" in apart.stderr


def test_a_wrong_setting_is_a_sentence(tmp_path):
    done = send(tmp_path, OMNI_ANSWER="items=data")
    assert done.returncode == 2
    assert "is not a JSON object" in done.stderr
