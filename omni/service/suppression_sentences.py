"""Sentences about the contacts that are not written to, and about the reach of steps, for pages and commands alike."""

from __future__ import annotations

from omni.locale import Text
from omni.service.checked_contacts import Reach, Summary


def suppression_lines(summary: Summary, text: Text, *, is_command: bool = False) -> list[str]:
    """Return sentences about the contacts that are not written to: how many, why, and which columns say so.

    On the command line a choice is made with an option, on a page with a control.
    """
    facts, lines = summary.suppression, []
    if n := summary.rows["suppressed"]:
        why = [
            text(f"suppression.because.{each.code}", n=each.contacts, column=each.column or "")
            for each in facts.left_out
        ]
        lines.append(f"{text('suppression.left_out', n=n)} {'; '.join(why)}.")
    if facts.removed:
        lines.append(text("suppression.reached_another_way", n=facts.removed))
    if facts.rule == "contact" and any(
        column.is_used and column.channels and column.opted_out for column in facts.opt_out
    ):
        lines.append(text("suppression.about_channels_command" if is_command else "suppression.about_channels"))
    for column in facts.opt_out:
        if not column.is_used:
            lines.append(text("suppression.ignored", n=column.opted_out, column=column.column))
        elif column.empty and column.is_consent:
            lines.append(text("suppression.empty", n=column.empty, column=column.column))
    if facts.hidden:
        lines.append(text("suppression.hidden", columns=", ".join(facts.hidden)))
    return lines


def reach_note(reach: Reach, text: Text) -> str:
    """Return what a step's reach is out of, and its numbers that cannot get an SMS: ``of 280; 12 landlines``."""
    parts = [text(f"suppression.reach.{code}", n=n) for code, n in reach.no_sms.items()]
    return "; ".join([text("suppression.reach_of", n=reach.of), *parts])
