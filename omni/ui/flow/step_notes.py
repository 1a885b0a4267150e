"""Problems of a step's field as short sentences shown beneath the field, without naming it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from omni.core.problem import Problem
from omni.ui.text import plain, problem_sentence, t, text


def note(problem: Problem) -> str:
    """Return the problem as a sentence without its place."""
    known = f"step.note_{problem.code.partition('.')[2]}"
    if not text().has(known):
        return problem_sentence(problem)
    return t(known, value=problem.value or "", **problem.params)


def note_on_card(problem: Problem) -> str:
    """Return the problem as a sentence for a step's card, with the field's name."""
    return t("step.note_on_card", field=field_name(problem), note=note(problem))


def field_name(problem: Problem) -> str:
    """Return the name of the problem's field; for a field the provider does not document, its key."""
    label = f"field.{problem.field}"
    return t(label) if text().has(label) else problem.field or ""


def show(problems: Iterable[Problem]) -> None:
    """Show the problems beneath their field, each sentence once."""
    for sentence, severity in dict.fromkeys((note(problem), problem.severity) for problem in problems):
        colour, icon = ("red", "error") if severity == "error" else ("orange", "warning")
        st.markdown(f":{colour}[:small[:material/{icon}: {plain(sentence)}]]")
