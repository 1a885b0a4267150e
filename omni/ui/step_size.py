"""How long an SMS is, beneath its text: characters, the parts it is charged as, and what makes it longer."""

from __future__ import annotations

from omni.core.rendering import placeholders_in
from omni.core.steps import MtStep
from omni.ui.components.sms_size import SizeWords, sms_size
from omni.ui.keys import key
from omni.ui.step_edits import widget_key
from omni.ui.step_sheet import Sample, SheetFacts
from omni.ui.text import t, text


def show(step_id: str, step: MtStep, sample: Sample | None, sheet: SheetFacts) -> None:
    """The size of the text as the contact shown gets it; without one, with the columns left empty."""
    values = sample.values if sample else {}
    # Any column may be typed next; of a very wide sheet only those in the text are sent along.
    names = sheet.columns if len(values) <= 200 else placeholders_in(step.message_text or "")
    sms_size(
        step.message_text or "",
        of=widget_key("message_text", step_id),
        values={name: values[name] for name in names if name in values},
        words=_words(sample),
        language=text().language.replace("_", "-"),
        key=key("flow", "size", step_id),
    )


def _words(sample: Sample | None) -> SizeWords:
    return SizeWords(
        one=t("step.size", n=1, characters="{characters}", parts="{parts}"),
        other=t("step.size", n=2, characters="{characters}", parts="{parts}"),
        note=t("step.size_for_row", row=sample.row) if sample else t("step.size_unfilled"),
        lengthening=t("step.lengthening"),
    )
