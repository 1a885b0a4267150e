"""Gestures and edits as a table: the steps before, the operator's action, the steps after."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from omni.core.steps import EmailStep, MtStep, StepType, VoiceStep
from omni.core.template import Template
from omni.service.flow_editing import (
    MAX_STEPS,
    edit_step,
    fields_to_choose,
    most_steps,
    rearrange,
    selected_step,
)
from omni.service.preparation import BIN_SIZE, Preparation

SMS = MtStep(destination_field="phone1", message_text="your parcel is here", extra={"note": 1})
CALL = VoiceStep(destination_field="phone2", tts_message="your parcel is here", timeout=3)
MAIL = EmailStep(destination_field="email", subject="Parcel", from_email="a@example.com", email_html="<p>")
NEW_SMS = MtStep(destination_field="phone1", message_text="", flash_sms=False)


@dataclass(frozen=True)
class At:
    id: str
    kind: StepType = "MT"
    copy_of: str | None = None


@dataclass(frozen=True)
class Wanted:
    order: tuple[At, ...]
    selected: str | None = None


def prepared(**changes) -> Preparation:
    start = Preparation(template=Template("alias", (SMS, CALL, MAIL)), step_ids=("a", "b", "c"), selected="a")
    return replace(start, **changes)


def after(*order: At, selected: str | None = None, start: Preparation | None = None) -> Preparation:
    start = start or prepared()
    return rearrange(start, Wanted(order, selected), start.step_ids)


@pytest.mark.parametrize(
    ("order", "ids", "steps", "bin_"),
    [
        pytest.param([At("c"), At("a"), At("b")], ["c", "a", "b"], [MAIL, SMS, CALL], {}, id="moved"),
        pytest.param(
            [At("a"), At("x", "MT", "a"), At("b"), At("c")],
            ["a", "x", "b", "c"],
            [SMS, SMS, CALL, MAIL],
            {},
            id="duplicated under a new name",
        ),
        pytest.param(
            [At("x", "MT", "a"), At("y", "MT", "x")],
            ["x", "y"],
            [SMS, SMS],
            {"a": SMS, "b": CALL, "c": MAIL},
            id="a copy of a copy made in the same gesture",
        ),
        pytest.param([At("a"), At("c")], ["a", "c"], [SMS, MAIL], {"b": CALL}, id="deleted into the bin"),
        pytest.param([], [], [], {"a": SMS, "b": CALL, "c": MAIL}, id="all deleted"),
        pytest.param(
            [At("a"), At("b"), At("c"), At("n")],
            ["a", "b", "c", "n"],
            [SMS, CALL, MAIL, NEW_SMS],
            {},
            id="an SMS added",
        ),
        pytest.param(
            [At("n", "VOICE"), At("a"), At("b"), At("c")],
            ["n", "a", "b", "c"],
            [VoiceStep(destination_field="phone1", tts_message=""), SMS, CALL, MAIL],
            {},
            id="a call added in front",
        ),
        pytest.param(
            [At("a", "EMAIL"), At("b"), At("c")],
            ["a", "b", "c"],
            [SMS, CALL, MAIL],
            {},
            id="what the browser calls its kind does not change a step",
        ),
    ],
)
def test_a_gesture_makes_these_steps(order, ids, steps, bin_):
    done = after(*order)
    assert (list(done.step_ids), list(done.template.steps), dict(done.bin)) == (ids, steps, bin_)
    assert done.template.campaign_alias == "alias"


def test_a_deleted_step_comes_back_with_all_its_texts():
    deleted = after(At("a"), At("c"))
    back = after(At("a"), At("c"), At("b", "VOICE", "b"), start=deleted)
    assert back.template.steps == (SMS, MAIL, CALL)
    assert back.bin == {}


def test_a_copy_of_a_deleted_step_is_made_from_the_bin():
    deleted = after(At("a"), At("c"))
    assert after(At("a"), At("c"), At("x", "VOICE", "b"), start=deleted).template.steps == (SMS, MAIL, CALL)


def test_the_bin_forgets_the_oldest_first():
    start = prepared(bin={f"old{n}": SMS for n in range(BIN_SIZE)})
    done = after(At("a"), start=start)
    assert len(done.bin) == BIN_SIZE
    assert list(done.bin)[-2:] == ["b", "c"]
    assert "old0" not in done.bin
    assert "old1" not in done.bin


@pytest.mark.parametrize(("wanted", "selected"), [("b", "b"), (None, None), ("gone", None)])
def test_only_a_step_that_is_there_is_selected(wanted, selected):
    assert after(At("a"), At("b"), At("c"), selected=wanted).selected == selected


@pytest.mark.parametrize(
    ("order", "seen"),
    [
        pytest.param([At("a"), At("x", "MT", "nobody")], ["a", "b", "c"], id="copy of an unknown step"),
        pytest.param([At(f"n{n}") for n in range(MAX_STEPS + 1)], ["a", "b", "c"], id="too many"),
        pytest.param([At("b"), At("a")], ["a", "b"], id="another tab added a step meanwhile"),
        pytest.param([At("b"), At("a"), At("c")], ["b", "a", "c"], id="another tab moved a step meanwhile"),
    ],
)
def test_an_order_that_cannot_be_carried_out_changes_nothing(order, seen):
    start = prepared()
    assert rearrange(start, Wanted(tuple(order)), seen) is start


def test_an_imported_template_with_more_steps_can_be_arranged_but_not_grow():
    ids = tuple(f"s{n}" for n in range(MAX_STEPS + 2))
    start = prepared(template=Template(steps=(SMS,) * len(ids)), step_ids=ids)
    assert most_steps(start) == MAX_STEPS + 2
    assert after(*(At(name) for name in reversed(ids)), start=start).step_ids == tuple(reversed(ids))
    assert after(*(At(name) for name in (*ids, "n")), start=start) is start


def test_an_edit_reaches_its_step_wherever_it_is_now():
    moved = edit_step(after(At("c"), At("a"), At("b")), "a", {"message_text": "new"})
    assert moved.template.steps == (MAIL, replace(SMS, message_text="new"), CALL)
    binned = edit_step(after(At("b"), At("c")), "a", {"message_text": "new"})
    assert binned.template.steps == (CALL, MAIL)
    assert binned.bin == {"a": replace(SMS, message_text="new")}


@pytest.mark.parametrize(
    ("step", "changes"),
    [("nobody", {"message_text": "x"}), ("b", {"message_text": "a call has no such field"})],
)
def test_an_edit_without_a_place_changes_nothing(step, changes):
    start = prepared()
    assert edit_step(start, step, changes) is start


@pytest.mark.parametrize(("selected", "found"), [("b", (2, CALL)), (None, None), ("gone", None)])
def test_the_step_being_edited_is_found_with_its_number(selected, found):
    assert selected_step(prepared(selected=selected)) == found


def test_matched_fields_are_offered_first_then_used_then_usual_ones():
    mapping = {"email": "E-mail", "phone9": "Celular"}
    start = prepared(mapping=mapping, template=Template(steps=(SMS,)), step_ids=("a",))
    assert list(fields_to_choose(start).items()) == [
        ("email", "email"),
        ("phone9", "phone"),
        ("phone1", "phone"),
        ("phone2", "phone"),
        ("recipientName", "text"),
    ]


def test_a_new_step_sends_to_a_matched_column_or_else_the_usual_field():
    text_only = prepared(template=Template(steps=(SMS,)), step_ids=("a",))
    assert after(At("a"), At("n", "EMAIL"), start=text_only).template.steps[1].destination_field == "email"
    matched = replace(text_only, mapping={"phone7": "Celular"})
    assert after(At("a"), At("n", "VOICE"), start=matched).template.steps[1].destination_field == "phone7"
