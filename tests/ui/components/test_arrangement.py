"""The page's steps after a gesture: contents stay with their ids, nothing is made up, nothing is lost."""

import pytest

from omni.ui.components.flow_editor import Arrangement, Gesture, Place, arrange, begin

FLOW = Arrangement({"a": "first", "b": "second", "c": "third"}, selected="a", revision=7, ack=2)


def after(order, flow=FLOW, *, sequence=3, revision=7, selected=None, max_steps=5):
    places = tuple(place if isinstance(place, Place) else Place(place, "MT") for place in order)
    gesture = Gesture(sequence, revision, selected, places)
    return arrange(flow, gesture, max_steps=max_steps, blank=lambda kind: f"new {kind}")


@pytest.mark.parametrize(
    ("order", "contents"),
    [
        ("cab", ["third", "first", "second"]),
        ("ac", ["first", "third"]),
        ("", []),
        (["a", Place("n1", "VOICE"), "b", "c"], ["first", "new VOICE", "second", "third"]),
        (["a", Place("n1", "MT", "a"), "b", "c"], ["first", "first", "second", "third"]),
        ([Place("n1", "MT", "a"), "b"], ["first", "second"]),  # copied, then the original removed
        ([Place("n1", "MT", "a"), Place("n2", "MT", "n1")], ["first", "first"]),  # a copy of a copy
        ([Place("a", "EMAIL"), "b", "c"], ["first", "second", "third"]),  # the kind we know counts
    ],
)
def test_a_gesture_gives_the_steps_in_its_order(order, contents):
    flow = after(order)
    assert list(flow.contents()) == contents
    assert (flow.ack, flow.revision) == (3, 7)


def test_selection_comes_from_the_gesture():
    assert after("abc", selected="b").selected == "b"


@pytest.mark.parametrize("changes", [{"sequence": 2}, {"sequence": 1}, {"revision": 8}])
def test_an_answered_gesture_or_one_on_other_steps_changes_nothing(changes):
    assert after("cba", **changes) is FLOW


def test_no_gesture_changes_nothing():
    assert arrange(FLOW, None, max_steps=5, blank=str) is FLOW


@pytest.mark.parametrize(
    ("order", "max_steps"),
    [
        ("cba", 2),
        (["a", Place("n1", "MT", "unheard")], 5),
        (["a", Place("gone", "MT", "gone")], 5),  # "brought back", yet no longer in the bin
    ],
)
def test_a_gesture_that_cannot_be_carried_out_is_answered_without_effect(order, max_steps):
    flow = after(order, max_steps=max_steps)
    assert (flow.steps, flow.selected, flow.ack) == (FLOW.steps, "a", 3)


def test_a_removed_step_comes_back_with_its_contents():
    removed = after("ac")
    assert removed.bin == {"b": "second"}
    back = after(["a", "c", Place("b", "MT", "b")], removed, sequence=4)
    assert list(back.contents()) == ["first", "third", "second"]
    assert back.bin == {}


def test_the_bin_keeps_the_newest_twenty():
    flow = FLOW
    for sequence in range(3, 53, 2):
        flow = after([Place(f"n{sequence}", "MT")], flow, sequence=sequence)
        flow = after([], flow, sequence=sequence + 1)
    assert list(flow.bin) == [f"n{sequence}" for sequence in range(13, 53, 2)]


def test_contents_can_be_changed_in_place():
    flow = FLOW.with_step("b", "other")
    assert flow.contents() == ("first", "other", "third")
    assert flow.with_step("unheard", "other") is flow


def test_each_beginning_has_ids_and_a_revision_of_its_own():
    first, second = begin(["x", "y"]), begin(["x", "y"])
    assert first.contents() == ("x", "y")
    assert first.selected == next(iter(first.steps))
    assert not set(first.steps) & set(second.steps)
    assert first.revision != second.revision
    assert begin([]).selected is None
