"""What is wrong with a field, in a sentence that stands beside the field and need not name it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from omni.core.problem import Problem
from omni.ui.text import plain, problem_sentence, t, text


def note(problem: Problem) -> str:
    """The finding without its place."""
    known = f"step.note_{problem.code.partition('.')[2]}"
    if not text().has(known):
        return problem_sentence(problem)
    return t(known, value=problem.value or "", **problem.params)


def note_on_card(problem: Problem) -> str:
    """The finding on a step's card, where only the field has to be named."""
    return t("step.note_on_card", field=field_name(problem), note=note(problem))


def field_name(problem: Problem) -> str:
    """What the field is called; a field that the provider's page does not name goes by its key."""
    label = f"field.{problem.field}"
    return t(label) if text().has(label) else problem.field or ""


def show(problems: Iterable[Problem]) -> None:
    """The findings beneath their field; what is repeated in it is said once."""
    for sentence, severity in dict.fromkeys((note(problem), problem.severity) for problem in problems):
        colour, icon = ("red", "error") if severity == "error" else ("orange", "warning")
        st.markdown(f":{colour}[:small[:material/{icon}: {plain(sentence)}]]")
