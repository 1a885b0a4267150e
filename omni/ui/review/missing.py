"""Tasks that remain before a campaign can be sent, each with a link to the page where it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from omni.core.problem import Problem
from omni.service.preparation import Preparation
from omni.service.questions import open_questions, text_warnings
from omni.ui import session, shell
from omni.ui.draft_sheet import SheetFacts
from omni.ui.drafting import OpenDraft
from omni.ui.flow import panel
from omni.ui.flow.step_edits import ALIAS
from omni.ui.flow.step_notes import field_name
from omni.ui.keys import key
from omni.ui.text import error_sentence, plain, problem_sentence, t, text


@dataclass(frozen=True, slots=True)
class Missing:
    """A remaining task: an imperative sentence, and the page, the step (from 1) and the field it concerns."""

    sentence: str
    page: Literal["contacts", "flow"]
    step: int | None = None
    field: str | None = None


def missing(preparation: Preparation, sheet: SheetFacts) -> list[Missing]:
    """Return the tasks before sending: those of the spreadsheet first, then those of the steps in order."""
    found = []
    if preparation.upload is None:
        found.append(Missing(t("review.fix_no_file"), "contacts"))
    elif sheet.error is not None:
        found.append(Missing(error_sentence(sheet.error), "contacts"))
    if sheet.checked is not None:
        found += [
            Missing(problem_sentence(question), "contacts") for question in open_questions(sheet.checked, preparation)
        ]
    problems = [problem for problem in sheet.problems(preparation) if problem.severity == "error"]
    found += [_of_problem(problem) for problem in problems]
    if sheet.checked is not None and not problems and not sheet.checked.summary.rows["ready"]:
        found.append(Missing(t("review.fix_none_ready"), "contacts"))
    return found


def _of_problem(problem: Problem) -> Missing:
    known = f"review.fix_{problem.code.partition('.')[2]}"
    if text().has(known):
        sentence = t(known, step=problem.step, field=field_name(problem), value=problem.value or "", **problem.params)
    else:
        sentence = problem_sentence(problem)
    is_about_columns = problem.code == "step.destination_unmapped"
    return Missing(sentence, "contacts" if is_about_columns else "flow", problem.step, problem.field)


def show(draft: OpenDraft, found: Sequence[Missing]) -> None:
    """Show the tasks, each with a button that opens its page, and its step if it concerns one."""
    _list(draft, found, f":red[:material/error: **{t('review.need_to', n=len(found))}**]", "fix")


def doubtful_texts(draft: OpenDraft, sheet: SheetFacts) -> None:
    """Show the warnings about texts that are probably not meant as they are written; they keep nothing from sending."""
    if sheet.checked is None:
        return
    warnings = text_warnings(draft.preparation.template, sheet.checked)
    found = [Missing(problem_sentence(problem), "flow", problem.step, problem.field) for problem in warnings]
    if found:
        _list(draft, found, f":orange[:material/warning: **{t('review.doubtful_texts')}**]", "look")


def _list(draft: OpenDraft, found: Sequence[Missing], title: str, name: str) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(title)
        for number, item in enumerate(found):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(plain(item.sentence), width="stretch")
                if st.button(
                    _link(item),
                    icon=":material/arrow_forward:",
                    type="tertiary",
                    icon_position="right",
                    key=key("review", name, number),
                ):
                    _go(draft, item)


def _link(item: Missing) -> str:
    if item.page == "flow" and item.step is not None:
        return t("review.go_step", step=item.step)
    return t(f"review.go_{item.page}")


def _go(draft: OpenDraft, item: Missing) -> None:
    if item.page == "flow":
        session.put(panel.TAB, panel.tab_label("campaign" if item.field == ALIAS else "edit"))
    if item.page == "flow" and item.step is not None:
        wanted = draft.preparation.step_ids[item.step - 1]
        draft.change(lambda preparation: replace(preparation, selected=wanted))
    st.switch_page(shell.page_path(item.page))
