"""Warnings about texts that are probably not meant as they are written, seen from the columns of the spreadsheet."""

from __future__ import annotations

from omni.core.problem import Problem
from omni.core.template import Template
from omni.service.checked_contacts import CheckedContacts
from omni.service.doubled_signs import doubled_signs
from omni.service.merge_tags import merge_tags


def text_warnings(template: Template, checked: CheckedContacts) -> list[Problem]:
    """Return a warning for each sign written twice, and for each merge tag of another program."""
    signs = doubled_signs(template, checked.sheet, checked.placeholders)
    return [*signs, *merge_tags(template, checked.sheet)]
