"""Personal texts: the value a contact gets for ``{{column}}``."""

import time
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omni.core.clean_text import in_one_line
from omni.core.rendering import (
    names_used,
    placeholders_in,
    render_step,
    render_text,
    slots_of,
    with_texts,
)
from omni.core.steps import EmailStep, MtStep, VoiceStep, texts_of
from tests.builders import render_steps


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("Olá", []),
        ("Olá {{nome}}", ["nome"]),
        ("{{ nome }}{{\tnome\n}}", ["nome"]),
        ("{{b}} {{a}} {{b}}", ["b", "a"]),
        ("{{Nome do cliente}} {{valor (R$)}} {{É}}", ["Nome do cliente", "valor (R$)", "É"]),
        ("{nome} {{nome} {nome}}", []),
        ("{{{nome}}}", ["nome"]),
        ("{{{{nome}}}}", ["nome"]),
        ("{{}} {{ }}", [""]),
        ("{{a {{b}}", ["b"]),
        ("{{a}} }} {{b}}", ["a", "b"]),
        ("{{primeiro\n nome}}", ["primeiro\n nome"]),
        ("style {a{b:c}}", []),
    ],
)
def test_placeholders_are_the_names_between_double_braces(text, names):
    assert placeholders_in(text) == names


@pytest.mark.parametrize(
    ("text", "values", "html", "expected"),
    [
        ("Olá {{nome}}!", {"nome": "Ana"}, False, "Olá Ana!"),
        ("{{ a }}{{b}}{{a}}", {"a": "1", "b": "2"}, False, "121"),
        ("{{{nome}}}", {"nome": "Ana"}, False, "{Ana}"),
        ("{{nome}}", {"nome": ""}, False, ""),
        ("{{nome}}", {"nome": "{{outro}}", "outro": "x"}, False, "{{outro}}"),
        ("{{a}}{{b}}", {"a": "{{", "b": "b}}"}, False, "{{b}}"),
        ("{{a}}", {"a": r"\1 \g<0> \n"}, False, r"\1 \g<0> \n"),
        (
            "<p>{{a}}</p>",
            {"a": "<b>\"Tom\" & 'Jó'</b>"},
            True,
            "<p>&lt;b&gt;&quot;Tom&quot; &amp; &#x27;Jó&#x27;&lt;/b&gt;</p>",
        ),
        ("{{a}}", {"a": "<b>&"}, False, "<b>&"),
        ("&amp; {{a}}", {"a": "x"}, True, "&amp; x"),
    ],
)
def test_a_text_is_filled_in_one_pass(text, values, html, expected):
    assert render_text(text, values, html=html) == expected


def test_a_name_without_a_value_is_an_error_and_never_left_in_the_text():
    with pytest.raises(KeyError, match="nome"):
        render_text("Olá {{nome}}", {})


def test_every_text_of_a_step_is_filled_and_only_the_html_body_escaped():
    step = EmailStep(
        destination_field="{{a}}",
        recipient_name="{{a}}",
        subject="{{a}}",
        reply_to="{{a}}",
        from_email="{{a}}",
        from_name="{{a}}",
        email_text="{{a}}",
        email_html="{{a}}",
    )
    rendered = render_step(step, {"a": "<x>"})
    assert dict(texts_of(rendered)) == {
        "recipient_name": "<x>",
        "subject": "<x>",
        "reply_to": "<x>",
        "from_email": "<x>",
        "from_name": "<x>",
        "email_text": "<x>",
        "email_html": "&lt;x&gt;",
    }
    assert rendered.destination_field == "{{a}}"


def test_a_step_without_placeholders_is_the_very_same():
    step = MtStep(message_text="Olá { }")
    assert render_step(step, {}) is step


STEPS = (
    MtStep(destination_field="phone1", message_text="Olá {{nome}}, {{valor}}"),
    VoiceStep(destination_field="phone2", tts_message="Sem nome", timeout=3),
    EmailStep(destination_field="email", subject="{{nome}}", email_html="<b>{{ nome }}</b>{{cidade}}"),
)


def test_names_are_used_in_the_order_of_the_steps():
    assert names_used(STEPS) == ["nome", "valor", "cidade"]


def test_only_texts_with_placeholders_are_personal():
    assert [(slot.step, slot.field, slot.html) for slot in slots_of(STEPS)] == [
        (0, "message_text", False),
        (2, "subject", False),
        (2, "email_html", True),
    ]


def test_steps_are_rendered_for_one_contact():
    first, second, third = render_steps(STEPS, {"nome": "A&B", "valor": "7", "cidade": "Rio"})
    assert first.message_text == "Olá A&B, 7"
    assert second is STEPS[1]
    assert (third.subject, third.email_html) == ("A&B", "<b>A&amp;B</b>Rio")


words = st.text(st.sampled_from("{} &<\\ab1\n"), max_size=6)
texts = st.lists(st.sampled_from(["{{a}}", "{{ b }}", "{{a b}}"]) | words, max_size=5).map("".join)
steps = st.lists(
    st.builds(MtStep, message_text=texts)
    | st.builds(VoiceStep, tts_message=texts)
    | st.builds(EmailStep, subject=texts, email_html=texts, email_text=st.none() | texts),
    max_size=3,
)


@given(steps, st.data())
@settings(deadline=None)
def test_texts_cut_at_their_placeholders_give_what_rendering_for_one_gives(these, data):
    names = names_used(these)
    values = data.draw(st.lists(words, min_size=len(names), max_size=len(names)))
    slots = slots_of(these)

    def value_in(slot, place):
        return in_one_line(values[place]) if slot.one_line else values[place]

    filled = [
        "".join(
            piece if isinstance(piece, str) else escape(value_in(slot, piece)) if slot.html else value_in(slot, piece)
            for piece in slot.pieces
        )
        for slot in slots
    ]
    assert with_texts(these, slots, filled) == render_steps(these, dict(zip(names, values, strict=True)))


def test_a_line_break_of_a_value_stays_only_in_the_text_of_an_e_mail():
    value = {"a": "Rua A\nCentro"}
    email = EmailStep(subject="{{a}}", email_text="{{a}}", email_html="<p>{{a}}</p>")
    steps = (MtStep(message_text="Oi\n{{a}}"), VoiceStep(tts_message="{{a}}"), email)
    sms, call, mail = (render_step(step, value) for step in steps)
    assert (sms.message_text, call.tts_message) == ("Oi\nRua A Centro", "Rua A Centro")
    assert mail.subject == "Rua A Centro"
    assert (mail.email_text, mail.email_html) == ("Rua A\nCentro", "<p>Rua A\nCentro</p>")


@given(texts)
@settings(deadline=None)
def test_no_placeholder_is_left_once_its_values_hold_no_braces(text):
    rendered = render_text(text, dict.fromkeys(placeholders_in(text), "."))
    assert placeholders_in(rendered) == []


@pytest.mark.parametrize("text", ["{{" + " " * 100_000, "{{ " * 100_000, "{{" + "a " * 100_000, "{{a" * 100_000])
def test_a_text_that_opens_and_never_closes_takes_no_time(text):
    begin = time.process_time()
    assert placeholders_in(text) == []
    assert time.process_time() - begin < 1
