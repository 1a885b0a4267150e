"""The three kinds of step and all their fields."""

from dataclasses import fields

import pytest

from omni.core.steps import (
    HTML_FIELDS,
    REQUIRED,
    EmailStep,
    MtStep,
    VoiceStep,
    destination_kind,
    step_of_type,
    texts_of,
)

FULL = [
    MtStep(destination_field="phone1", message_text="one", flash_sms=True, extra={"own": "x"}),
    VoiceStep(destination_field="phone2", tts_message="two", timeout=3),
    EmailStep(
        destination_field="email",
        recipient_name="recipientName",
        subject="three",
        reply_to="r@example.com",
        from_email="f@example.com",
        from_name="The shop",
        email_text="text",
        email_html="<p>html</p>",
    ),
]


@pytest.mark.parametrize("step", FULL, ids=lambda step: step.type)
def test_a_type_names_its_class_and_a_class_its_type(step):
    assert step_of_type(step.type) is type(step)
    assert step_of_type(step.type)().type == step.type


@pytest.mark.parametrize("step", FULL, ids=lambda step: step.type)
def test_a_new_step_has_nothing_filled_in(step):
    empty = type(step)()
    assert empty.destination_field == ""
    assert [getattr(empty, one.name) for one in fields(empty) if one.name != "destination_field"] == [
        *[None] * (len(fields(empty)) - 2),
        {},
    ]
    assert list(texts_of(empty)) == []


@pytest.mark.parametrize(
    ("step", "names"),
    [
        (FULL[0], ["message_text"]),
        (FULL[1], ["tts_message"]),
        (FULL[2], ["recipient_name", "subject", "reply_to", "from_email", "from_name", "email_text", "email_html"]),
        (EmailStep(subject="", email_html="x"), ["subject", "email_html"]),
    ],
)
def test_the_texts_of_a_step_are_those_present_without_its_destination(step, names):
    found = dict(texts_of(step))
    assert list(found) == names
    assert all(found[name] == getattr(step, name) for name in names)


@pytest.mark.parametrize("step", FULL, ids=lambda step: step.type)
def test_required_and_html_fields_are_texts_of_the_step(step):
    names = dict(texts_of(step)).keys()
    assert set(REQUIRED[step.type]) <= names
    assert (names >= HTML_FIELDS) == (step.type == "EMAIL")


@pytest.mark.parametrize(("step", "kind"), [(FULL[0], "phone"), (FULL[1], "phone"), (FULL[2], "email")])
def test_a_step_needs_a_phone_or_an_address(step, kind):
    assert destination_kind(step) == kind


@pytest.mark.parametrize("step", FULL, ids=lambda step: step.type)
def test_steps_are_values_that_can_be_looked_up(step):
    equal = type(step)(**{one.name: getattr(step, one.name) for one in fields(step)})
    assert {step: "found"}.get(equal) == "found"
    with pytest.raises(AttributeError):
        step.destination_field = "other"
