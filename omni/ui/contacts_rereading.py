"""Reading the same file in another way: where that shows other columns, they are matched anew."""

from __future__ import annotations

from dataclasses import replace

from omni import wiring
from omni.errors import SheetError
from omni.service.checking import load_sheet
from omni.service.column_mapping import matched
from omni.service.preparation import Preparation
from omni.service.workspace import Workspace
from omni.sheets.reading.reader import ReadOptions, Sheet
from omni.ui import session
from omni.ui.drafting import OpenDraft
from omni.ui.keys import key


def read_as(draft: OpenDraft, reading: ReadOptions) -> None:
    """Read the draft's spreadsheet in this way from now on.

    Among the same columns a field stays without one where the operator took it away.
    """
    session.forget(key("contacts", "page"))
    workspace = wiring.console().workspace(draft.id)
    before, trial = _sheet(workspace, draft.preparation), replace(draft.preparation, reading=reading)
    after = _sheet(workspace, trial)
    found: dict[str, str] = {}
    if after is not None and (before is None or before.columns != after.columns):
        found = matched(wiring.console().lists.mappings, trial, after)
    draft.change(lambda now: replace(now, reading=reading, mapping={**now.mapping, **found}))


def _sheet(workspace: Workspace, preparation: Preparation) -> Sheet | None:
    """The spreadsheet; None when it cannot be read so, which the page will say."""
    try:
        return load_sheet(workspace, preparation)
    except SheetError:
        return None
