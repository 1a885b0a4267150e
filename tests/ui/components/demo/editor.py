"""A page with the flow editor, which shows the values that the tests read."""

import time

import streamlit as st

from omni.locale import Text
from omni.ui.components.flow_editor import Card, flow_editor, labels_from, read_gesture
from tests.ui.components.demo.arrangement import arrange, begin

STEPS = (
    ("MT", "Olá {{nome}}, sua fatura de {{valor}} vence em {{vencimento}}. Pague em {{link}} e evite juros."),
    ("VOICE", "Olá, {{nome}}. Esta é uma mensagem da Loja Exemplo sobre a sua fatura."),
    ("EMAIL", ""),
)
DESTINATIONS = {"MT": "phone1 · Celular", "VOICE": "phone2 · Telefone fixo", "EMAIL": "email · E-mail"}
REACHED = {"MT": 1234, "VOICE": 310, "EMAIL": 987}
MAX_STEPS = 5

text = Text(st.query_params.get("lang", "en"))
state = st.session_state
names = {"MT": text("editor.kind_mt"), "VOICE": text("editor.kind_voice"), "EMAIL": text("editor.kind_email")}
if "flow" not in state:
    many = int(st.query_params.get("steps", len(STEPS)))
    # The flow comes last: a rerun that the browser asks for may end this run at any access to the state.
    state.runs = 0
    state.rounds = state.get("rounds", 0) + 1
    state.flow = begin((STEPS * 4)[:many])
key = "editor" if state.rounds == 1 else f"editor{state.rounds}"
state.runs += 1
state.flow = arrange(
    state.flow,
    read_gesture(state.get(key)),
    max_steps=int(st.query_params.get("most_here", MAX_STEPS)),
    blank=lambda kind: (kind, ""),
)
time.sleep(float(st.query_params.get("slow", 0)))
flow = state.flow


def card(identity, kind, words):
    missing = "Write the text of this step" if text.language == "en" else "Escreva o texto deste passo"
    reach = {"en": "reaches {n}", "es": "alcanza a {n}"}.get(text.language, "alcança {n}")
    return Card(
        id=identity,
        kind=kind,
        title=names[kind],
        summary=words,
        destination=DESTINATIONS[kind],
        error=None if words else missing,
        reach=reach.format(n=text.number(REACHED[kind])),
    )


left, right = st.columns([6, 5], gap="large")
with left:
    due = flow_editor(
        [card(identity, *step) for identity, step in flow.steps.items()],
        selected=flow.selected,
        labels=labels_from(text),
        key=key,
        max_steps=MAX_STEPS,
        readonly="readonly" in st.query_params,
        revision=flow.revision,
        ack=flow.ack,
    )
with right:
    if flow.selected is not None:
        kind, words = flow.steps[flow.selected]
        written = st.text_area(f"Text · {names[kind]}", words, key=f"text.{flow.selected}")
        if written != words:
            state.flow = flow.with_step(flow.selected, (kind, written))
            st.rerun()
    st.text("Order: " + " ".join(kind for kind, _ in flow.contents()))
    st.text("Texts: " + " | ".join(words[:12] for _, words in flow.contents()))
    st.text(f"Runs: {state.runs}; due: {due is not None}; ack: {flow.ack}")
    st.text(f"Round: {state.rounds};")
    if st.button("Begin again"):
        del state.flow
        st.rerun()
    if st.button("Another template"):
        state.flow = begin((("EMAIL", "Only this"),))
        st.rerun()
