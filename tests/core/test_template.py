"""Columns that a template needs, and problems that keep it from being sent."""

from dataclasses import replace

import pytest

from omni.core.field_kind import kind_of_field
from omni.core.rendering import names_used
from omni.core.steps import EmailStep, MtStep, VoiceStep
from omni.core.template import (
    Template,
    destination_fields,
    needed_fields,
    template_problems,
)

SMS = MtStep(destination_field="phone1", message_text="Olá {{nome}}", flash_sms=False)
CALL = VoiceStep(destination_field="phone2", tts_message="Olá {{cidade}}", timeout=3)
MAIL = EmailStep(
    destination_field="email",
    recipient_name="recipientName",
    subject="Aviso, {{nome}}",
    from_email="loja@example.com",
    email_html="<p>{{valor}}</p>",
)
FLOW = Template("Aviso", (SMS, CALL, MAIL))
FIELDS = {"phone1", "phone2", "email", "recipientName"}
COLUMNS = {"nome", "cidade", "valor"}


def found(*steps, fields=FIELDS, columns=COLUMNS):
    """Return (code, severity, step, field, value) of each problem."""
    return [
        (each.code, each.severity, each.step, each.field, each.value)
        for each in template_problems(Template("Aviso", steps), fields, columns)
    ]


# --- columns needed -----------------------------------------------------------------------------------------


def test_the_destination_fields_are_those_of_the_steps_in_order():
    assert list(destination_fields(FLOW).items()) == [
        ("phone1", "phone"),
        ("phone2", "phone"),
        ("email", "email"),
    ]


def test_a_step_without_a_destination_needs_none():
    assert destination_fields(Template(steps=(MtStep(),))) == {}


def test_the_first_step_decides_what_a_field_holds():
    both = Template(steps=(replace(CALL, destination_field="x"), replace(MAIL, destination_field="x")))
    assert destination_fields(both) == {"x": "phone"}


def test_recipient_names_are_needed_too():
    assert needed_fields(FLOW) == {
        "phone1": "phone",
        "phone2": "phone",
        "email": "email",
        "recipientName": "text",
    }


@pytest.mark.parametrize("name", [None, "", "{{nome}}", "{{nome}} da Silva"])
def test_a_recipient_name_that_is_no_field_is_not_needed(name):
    assert needed_fields(Template(steps=(replace(MAIL, recipient_name=name),))) == {"email": "email"}


def test_a_recipient_name_that_is_a_destination_stays_one():
    assert needed_fields(Template(steps=(replace(MAIL, recipient_name="email"),))) == {"email": "email"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("phone9", "phone"),
        ("emailName", "text"),
        ("celular", "phone"),
        ("E-mail 2", "email"),
        ("recipientName", "text"),
        ("Telefone", "phone"),
        ("city", "text"),
    ],
)
def test_a_field_that_no_step_uses_is_of_the_kind_its_name_says(name, kind):
    assert kind_of_field(name) == kind


def test_a_field_is_of_the_kind_the_steps_use_it_for():
    mail = Template(steps=(replace(MAIL, destination_field="celular"),))
    assert destination_fields(mail)["celular"] == "email"


def test_placeholders_are_named_once_in_the_order_of_the_steps():
    assert names_used(FLOW.steps) == ["nome", "cidade", "valor"]
    assert names_used(()) == []


# --- problems -----------------------------------------------------------------------------------------------


def test_a_whole_template_has_no_problems():
    assert found(SMS, CALL, MAIL) == []
    assert template_problems(FLOW) == []


def test_a_template_without_steps_cannot_be_sent():
    assert found() == [("template.no_steps", "error", None, None, None)]


PROBLEMS = {
    "an empty message": (
        replace(SMS, message_text=""),
        ("step.field_empty", "error", 1, "message_text", None),
    ),
    "a missing message": (
        replace(SMS, message_text=None),
        ("step.field_empty", "error", 1, "message_text", None),
    ),
    "a blank message": (
        replace(CALL, tts_message=" \n"),
        ("step.field_empty", "error", 1, "tts_message", None),
    ),
    "no subject": (replace(MAIL, subject=None), ("step.field_empty", "error", 1, "subject", None)),
    "no sender": (replace(MAIL, from_email=None), ("step.field_empty", "error", 1, "from_email", None)),
    "no body": (replace(MAIL, email_html=""), ("step.field_empty", "error", 1, "email_html", None)),
    "a message too long": (
        replace(SMS, message_text="a" * 1281),
        ("step.sms_too_long", "error", 1, "message_text", None),
    ),
    "a timeout below zero": (
        replace(CALL, timeout=-1),
        ("step.timeout_negative", "error", 1, "timeout", "-1"),
    ),
    "a malformed sender": (
        replace(MAIL, from_email="loja"),
        ("step.address_malformed", "error", 1, "from_email", "loja"),
    ),
    "a malformed reply address": (
        replace(MAIL, reply_to="a@b@c"),
        ("step.address_malformed", "error", 1, "reply_to", "a@b@c"),
    ),
    "no destination": (
        replace(SMS, destination_field=""),
        ("step.destination_missing", "error", 1, "destination_field", None),
    ),
    "a destination without a column": (
        replace(SMS, destination_field="phone7"),
        ("step.destination_unmapped", "error", 1, "destination_field", "phone7"),
    ),
    "a placeholder without a column": (
        replace(SMS, message_text="{{nme}}"),
        ("step.placeholder_unknown", "error", 1, "message_text", "nme"),
    ),
    "a placeholder without a name": (
        replace(SMS, message_text="{{ }}"),
        ("step.placeholder_unknown", "error", 1, "message_text", ""),
    ),
    "a placeholder in a field that goes out as it stands": (
        replace(SMS, extra={"own": ["x", {"deep": "{{nome}}"}]}),
        ("step.extra_placeholder", "error", 1, "own", "nome"),
    ),
    "a recipient name without a column": (
        replace(MAIL, recipient_name="name"),
        ("step.recipient_name_unmapped", "warning", 1, "recipient_name", "name"),
    ),
}


@pytest.mark.parametrize(("step", "problem"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_problem_is_named_with_its_step_and_field(step, problem):
    assert found(step) == [problem]


@pytest.mark.parametrize(
    "step",
    [
        replace(SMS, message_text="a" * 1280),
        replace(CALL, timeout=0),
        replace(CALL, timeout=None),
        replace(MAIL, from_email="{{nome}}@example.com"),
        replace(MAIL, from_email=" loja@example.com "),
        replace(MAIL, reply_to=""),
        replace(MAIL, reply_to="resposta@example.com"),
        replace(MAIL, recipient_name="{{nome}}"),
        replace(MAIL, recipient_name=None),
        replace(MAIL, email_text=None, from_name=""),
        replace(SMS, message_text="{nome} } {"),
    ],
)
def test_what_is_fine_is_no_problem(step):
    assert found(step) == []


def test_a_placeholder_in_the_alias_would_reach_the_provider_unfilled():
    (problem,) = template_problems(Template("Aviso {{nome}}", (SMS,)))
    assert (problem.code, problem.severity, problem.field, problem.value) == (
        "template.alias_placeholder",
        "error",
        "campaign_alias",
        "nome",
    )


def test_a_field_cannot_be_a_phone_and_an_address():
    steps = (replace(SMS, destination_field="email"), MAIL, replace(CALL, destination_field="email"))
    assert found(*steps) == [("step.destination_kind", "error", 2, "destination_field", "email")]


def test_every_problem_of_every_step_is_named():
    steps = (replace(SMS, destination_field="", message_text=""), replace(CALL, tts_message="{{a}}{{b}}"))
    assert [(code, step) for code, _, step, _, _ in found(*steps)] == [
        ("step.field_empty", 1),
        ("step.destination_missing", 1),
        ("step.placeholder_unknown", 2),
        ("step.placeholder_unknown", 2),
    ]


def test_without_a_spreadsheet_neither_fields_nor_columns_are_asked_for():
    template = Template(steps=(replace(SMS, destination_field="any", message_text="{{any}}"), MAIL))
    assert template_problems(template) == []
    assert template_problems(template, columns=COLUMNS)[0].code == "step.placeholder_unknown"
    assert template_problems(template, fields=FIELDS)[0].code == "step.destination_unmapped"


def test_a_message_too_long_says_how_long():
    (problem,) = template_problems(Template(steps=(replace(SMS, message_text="a" * 1300),)))
    assert dict(problem.params) == {"length": 1300, "limit": 1280}
