"""Drafts as an operator prepares them: a spreadsheet, matched columns and steps."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from omni import wiring
from omni.provider.payload import template_from_json, template_to_json
from omni.service.checking import load_sheet
from omni.service.column_mapping import propose_mapping
from omni.service.preparation import Preparation, from_json, to_json
from tests.builders import HEADER


def prepare(
    console: wiring.Console,
    template: Mapping[str, Any] | None = None,
    rows: Sequence[Sequence[str]] | None = None,
    *,
    header: Sequence[str] = HEADER,
    name: str = "November",
    mapping: Mapping[str, str] | None = None,
) -> str:
    """Create a draft with these steps and, if ``rows`` are given, this spreadsheet; return its id."""
    preparation = Preparation()
    if template is not None:
        preparation = preparation.with_template(template_from_json(template))
    draft = console.drafts.create(name, to_json(preparation))
    if rows is not None:
        text = "".join(";".join(cells) + "\n" for cells in [header, *rows])
        workspace = console.workspace(draft.id)
        preparation = replace(preparation, upload=workspace.keep_upload("list.csv", io.BytesIO(text.encode())))
        found = propose_mapping(load_sheet(workspace, preparation), preparation.fields())
        preparation = replace(preparation, mapping={**found, **(mapping or {})})
        console.drafts.save(draft.id, to_json(preparation), name, draft.revision)
    return draft.id


def stored(console: wiring.Console, draft_id: str) -> Preparation:
    """Return the draft as it is saved now."""
    draft = console.drafts.get(draft_id)
    assert draft is not None
    return from_json(draft.body)


def steps_of(console: wiring.Console, draft_id: str) -> list[dict[str, Any]]:
    """Return the draft's steps as the provider's JSON."""
    steps: Any = template_to_json(stored(console, draft_id).template)["steps"]
    return list(steps)
