"""Bodies assembled by column equal, byte for byte, bodies written one by one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from omni.core.rendering import names_used, slots_of
from omni.core.steps import EmailStep, MtStep, VoiceStep
from omni.core.template import Template
from omni.provider.payload import NO_PHONE, request_body
from omni.provider.request_body import body_pieces
from omni.service.bodies import Bodies
from tests.builders import render_steps

words = st.text(st.sampled_from("{}[],: &<>'\"\\/ab1é\U0001f642\x00\x1f\x7f\n\t\u2028"), max_size=6)
texts = st.lists(st.sampled_from(["{{a}}", "{{ b }}", "{{a b}}"]) | words, max_size=5).map("".join)
steps = st.lists(
    st.builds(MtStep, destination_field=words, message_text=st.none() | texts, flash_sms=st.none() | st.booleans())
    | st.builds(VoiceStep, tts_message=texts, timeout=st.none() | st.integers(0, 9) | st.just(2.5))
    | st.builds(
        EmailStep,
        recipient_name=st.none() | texts,
        email_html=texts,
        email_text=st.none() | texts,
        extra=st.dictionaries(words, words | st.lists(words, max_size=2), max_size=2),
    ),
    max_size=3,
)
templates = st.builds(Template, st.none() | words, steps.map(tuple), st.dictionaries(words, words, max_size=2))


def table_of(fields, names, contacts):
    columns = {f"v:{field}": [contact[0][field] for contact in contacts] for field in fields}
    columns |= {f"n:{name}": [contact[1][name] for contact in contacts] for name in names}
    columns["row"] = [str(row) for row in range(len(contacts))]
    return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})


@settings(deadline=None, max_examples=300)
@given(templates, st.lists(words, max_size=3, unique=True), st.data())
def test_any_bodies_put_together_are_those_written_one_by_one(template, fields, data):
    names = names_used(template.steps)
    text = st.text(max_size=4) | words
    # Contacts in one request have equal texts, since requests are grouped by text.
    requests = data.draw(
        st.lists(
            st.tuples(
                st.lists(
                    st.tuples(*[text] * len(fields)).map(lambda cells: dict(zip(fields, cells, strict=True))),
                    min_size=1,
                    max_size=3,
                ),
                st.fixed_dictionaries(dict.fromkeys(names, text)),
            ),
            min_size=1,
            max_size=4,
        )
    )
    contacts = [(contact, values) for some, values in requests for contact in some]
    begins = np.array([at == 0 for some, _ in requests for at in range(len(some))])
    bodies = Bodies(template, tuple(fields), ())
    lines, sizes = bodies.lines(table_of(fields, names, contacts), begins)
    wanted = [request_body(render_steps(template.steps, values), template, some) for some, values in requests]
    assert "".join(lines.to_pylist()).encode() == b"".join(body + b"\n" for body in wanted)
    assert sizes.tolist() == [len(body) for body in wanted]


@settings(deadline=None)
@given(steps, st.data())
def test_texts_differ_exactly_when_their_steps_differ(these, data):
    names = names_used(these)
    assume(names)
    one = st.fixed_dictionaries(dict.fromkeys(names, words))
    values = data.draw(st.lists(one, min_size=2, max_size=4))
    bodies = Bodies(Template(steps=tuple(these)), (), ())
    keys = bodies.texts(table_of((), names, [({}, each) for each in values])).to_pylist()
    rendered = [render_steps(these, each) for each in values]
    assert [keys[0] == key for key in keys] == [rendered[0] == each for each in rendered]


def test_a_phone_that_is_not_known_is_sent_as_zero():
    template = Template(steps=(MtStep(destination_field="phone1", message_text="Oi"),))
    bodies = Bodies(template, ("phone1", "name"), ("phone1",))
    lines, _ = bodies.lines(table_of(("phone1", "name"), (), [({"phone1": "", "name": ""}, {})]), np.array([True]))
    wanted = request_body(template.steps, template, [{"phone1": NO_PHONE, "name": ""}])
    assert lines.to_pylist()[0].encode() == wanted + b"\n"


def test_the_text_of_a_contact_is_never_taken_for_a_placeholder():
    template = Template('0"1"', (MtStep(message_text='"0" {{a}} "1"'), MtStep(message_text="0")))
    pieces = body_pieces(template, slots_of(template.steps), ("0",))
    assert pieces.contact == ('{"contactInfo":{"0":', "}}")
    assert [piece for piece in pieces.tail if not isinstance(piece, str)] == [0]
