"""The flow editor in a page without a browser: the session holds, before the mount, the data a browser would send."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.waiting import PATIENCE

EDITOR = Path(__file__).parent / "demo" / "editor.py"


@pytest.fixture
def page():
    return AppTest.from_file(str(EDITOR), default_timeout=PATIENCE).run()


def shown(page):
    return json.loads(page.get_by_key("editor").proto.json)


def gesture(page, order, sequence=1):
    data = shown(page)
    kinds = {card["id"]: card["kind"] for card in data["cards"]}
    places = [[identity, kinds[identity], None] for identity in order]
    value = {"sequence": sequence, "revision": data["revision"], "selected": order[0], "order": places}
    page.session_state["editor"] = {"gesture": value}
    return page.run()


def test_the_cards_already_show_the_gesture_and_answer_it(page):
    ids = [card["id"] for card in shown(page)["cards"]]
    gesture(page, ids[::-1])
    assert not page.exception
    data = shown(page)
    assert [card["id"] for card in data["cards"]] == ids[::-1]
    assert (data["selected"], data["ack"]) == (ids[2], 1)


def test_a_malformed_value_is_passed_over(page):
    before = shown(page)
    page.session_state["editor"] = {"gesture": {"sequence": 1, "order": "all"}}
    page.run()
    assert not page.exception
    assert shown(page) == before


def test_another_test_run_with_a_runtime_of_its_own_finds_the_component(page):
    again = AppTest.from_file(str(EDITOR), default_timeout=PATIENCE).run()
    assert not again.exception
    assert len(shown(again)["cards"]) == len(shown(page)["cards"])
