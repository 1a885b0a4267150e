"""A campaign prepared without a screen, from a sheet and a template."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from omni.provider.payload import template_from_json
from omni.service.checked_contacts import CheckedContacts
from omni.service.checking import check_contacts, load_sheet
from omni.service.column_mapping import propose_mapping
from omni.service.planning import Plan, make_plan
from omni.service.preparation import Preparation
from omni.service.workspace import Workspace
from tests.builders import HEADER


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked sheet and its plan."""

    workspace: Workspace
    preparation: Preparation
    checked: CheckedContacts
    plan: Plan


def csv_bytes(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    """Return a csv file as bytes."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def prepare(
    folder: Path,
    rows: Sequence[Sequence[str]],
    template: Mapping[str, Any],
    *,
    header: Sequence[str] = HEADER,
    batch: int = 1000,
    mapping: Mapping[str, str] | None = None,
    **changes: Any,
) -> Prepared:
    """Upload, match columns, check and plan."""
    workspace = Workspace(folder / "draft")
    upload = workspace.keep_upload("contacts.csv", io.BytesIO(csv_bytes(rows, header)))
    preparation = replace(Preparation(upload=upload, template=template_from_json(template)), **changes)
    sheet = load_sheet(workspace, preparation)
    found = propose_mapping(sheet, preparation.fields())
    preparation = replace(preparation, mapping={**found, **(mapping or {})})
    checked = check_contacts(workspace, preparation)
    return Prepared(workspace, preparation, checked, make_plan(workspace, checked, preparation.template, batch))
