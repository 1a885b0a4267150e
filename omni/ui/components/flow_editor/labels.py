"""The texts of the flow editor, from the catalog ``editor``; their {placeholders} are filled in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from omni.core.steps import StepType
from omni.locale import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """All texts the editor shows or announces. ``kinds`` names the steps it adds until the page answers."""

    kinds: Mapping[StepType, str]
    steps: str
    start: str
    fails: str
    end: str
    add: str
    add_first: str
    limit: str
    insert: str
    choose: str
    unwritten: str
    drag: str
    move_up: str
    move_down: str
    duplicate: str
    remove: str
    undo: str
    of_step: str
    keys: str
    added: str
    duplicated: str
    moved: str
    stays: str
    selected: str
    removed: str
    undo_keys: str
    restored: str


def labels_from(text: Text) -> Labels:
    """Return the editor's texts in the language of ``text``."""
    title, position, total, limit = "{title}", "{position}", "{total}", "{limit}"
    return Labels(
        kinds={
            "MT": text("editor.kind_mt"),
            "VOICE": text("editor.kind_voice"),
            "EMAIL": text("editor.kind_email"),
        },
        steps=text("editor.steps"),
        start=text("editor.start"),
        fails=text("editor.fails"),
        end=text("editor.end"),
        add=text("editor.add"),
        add_first=text("editor.add_first"),
        limit=text("editor.limit", limit=limit),
        insert=text("editor.insert", position=position),
        choose=text("editor.choose"),
        unwritten=text("editor.unwritten"),
        drag=text("editor.drag"),
        move_up=text("editor.move_up"),
        move_down=text("editor.move_down"),
        duplicate=text("editor.duplicate"),
        remove=text("editor.remove"),
        undo=text("editor.undo"),
        of_step=text("editor.of_step", action="{action}", position=position, title=title),
        keys=text("editor.keys"),
        added=text("editor.added", title=title, position=position, total=total),
        duplicated=text("editor.duplicated", title=title, position=position, total=total),
        moved=text("editor.moved", title=title, position=position, total=total),
        stays=text("editor.stays", title=title, position=position),
        selected=text("editor.selected", title=title, position=position),
        removed=text("editor.removed", title=title),
        undo_keys=text("editor.undo_keys"),
        restored=text("editor.restored", title=title, position=position, total=total),
    )
