"""The steps as cards of the flow editor, each with its first error and the number of contacts it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from omni.core.problem import Problem
from omni.core.steps import EmailStep, MtStep, Step, StepType
from omni.service.preparation import Preparation
from omni.service.suppression_sentences import reach_note
from omni.ui.components.flow_editor import Card
from omni.ui.draft_sheet import SheetFacts
from omni.ui.flow.step_notes import note_on_card
from omni.ui.text import t, text

ICONS: Final[dict[StepType, str]] = {"MT": "sms", "VOICE": "call", "EMAIL": "mail"}
_SUMMARY_LENGTH: Final = 120


def kind_name(kind: StepType) -> str:
    """Return the name of a kind of step."""
    return t(f"editor.kind_{kind.lower()}")


def way_of(steps: Sequence[Step]) -> str:
    """Return the kinds of the steps in order, as ``SMS → Call → E-mail``."""
    return " → ".join(kind_name(step.type) for step in steps)


def cards_of(preparation: Preparation, sheet: SheetFacts, problems: Sequence[Problem]) -> list[Card]:
    """Return the cards in the order of the steps."""
    return [
        Card(
            id=name,
            kind=step.type,
            title=kind_name(step.type),
            summary=_summary(step),
            destination=_destination(step, sheet),
            error=_first_error(problems, number),
            reach=_reach(sheet, number),
        )
        for number, (name, step) in enumerate(
            zip(preparation.step_ids, preparation.template.steps, strict=True), start=1
        )
    ]


def _summary(step: Step) -> str:
    if isinstance(step, EmailStep):
        written = step.subject
    else:
        written = step.message_text if isinstance(step, MtStep) else step.tts_message
    return " ".join((written or "")[:_SUMMARY_LENGTH].split())


def _destination(step: Step, sheet: SheetFacts) -> str:
    header = sheet.mapping.get(step.destination_field)
    return f"{step.destination_field} · {header}" if header else step.destination_field


def _first_error(problems: Sequence[Problem], number: int) -> str | None:
    found = next((p for p in problems if p.step == number and p.severity == "error"), None)
    return note_on_card(found) if found else None


def _reach(sheet: SheetFacts, number: int) -> str | None:
    reach = sheet.reach(number)
    return None if reach is None else f"{t('step.reaches', n=reach.contacts)} {reach_note(reach, text())}"
