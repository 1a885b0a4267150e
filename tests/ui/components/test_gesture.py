"""Messages from the browser are read strictly: an invalid one is ignored as a whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni.ui.components.flow_editor import Gesture, Place, read_gesture

VALUE = {"sequence": 3, "revision": 7, "selected": "a", "order": [["a", "MT", None], ["b", "EMAIL", "a"]]}
READ = Gesture(3, 7, "a", (Place("a", "MT"), Place("b", "EMAIL", "a")))


def test_a_whole_gesture_is_read():
    assert read_gesture({"gesture": VALUE}) == READ


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 3.0},
        {"revision": 7.0},
        {"order": (("a", "MT", None), ("b", "EMAIL", "a"))},
        {"unheard_of": 1},
    ],
)
def test_what_means_the_same_reads_the_same(changes):
    assert read_gesture({"gesture": {**VALUE, **changes}}) == READ


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sequence", None),
        ("sequence", True),
        ("sequence", "3"),
        ("sequence", -1),
        ("sequence", 3.5),
        ("sequence", float("nan")),
        ("sequence", float("inf")),
        ("sequence", 2**53),
        ("revision", None),
        ("revision", "7"),
        ("selected", "c"),
        ("selected", 1),
        ("selected", ["a"]),
        ("order", None),
        ("order", "ab"),
        ("order", {"a": "MT"}),
        ("order", [["a", "MT"]]),
        ("order", [["a", "MT", None, None]]),
        ("order", [["a", "SMS", None]]),
        ("order", [["a", ["MT"], None]]),
        ("order", [["a", None, None]]),
        ("order", [["", "MT", None]]),
        ("order", [["a b", "MT", None]]),
        ("order", [["a\n", "MT", None]]),
        ("order", [["<b>", "MT", None]]),
        ("order", [["a" * 41, "MT", None]]),
        ("order", [[1, "MT", None]]),
        ("order", [["a", "MT", 1]]),
        ("order", [["a", "MT", ""]]),
        ("order", [["a", "MT", None], ["a", "MT", None]]),
        ("order", [["a", "MT", None], None]),
        ("order", [[f"s{n}", "MT", None] for n in range(201)]),
    ],
)
def test_a_malformed_gesture_is_none(name, value):
    assert read_gesture({"gesture": {**VALUE, name: value}}) is None


@pytest.mark.parametrize("raw", [None, {}, [], "gesture", 3, {"gesture": None}, {"gesture": []}, {"other": VALUE}])
def test_no_value_is_no_gesture(raw):
    assert read_gesture(raw) is None


def test_nothing_may_be_selected():
    gesture = read_gesture({"gesture": {**VALUE, "selected": None, "order": []}})
    assert gesture == Gesture(3, 7, None, ())


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(st.fixed_dictionaries({name: anything | st.just(value) for name, value in VALUE.items()}))
def test_no_value_raises(value):
    gesture = read_gesture({"gesture": value})
    assert gesture is None or gesture.selected in {None, *(place.id for place in gesture.order)}
