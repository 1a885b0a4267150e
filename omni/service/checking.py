"""Check of an uploaded spreadsheet: reads it, maps its columns, screens its contacts, and keeps the result on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import reduce
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.field_kind import FieldKind
from omni.core.rendering import names_used
from omni.core.steps import Step, destination_kind
from omni.core.template import Template
from omni.errors import SheetError
from omni.service.checked_contacts import CheckedContacts, Reach, count_no_sms
from omni.service.column_mapping import placeholder_headers, propose_columns
from omni.service.do_not_contact import DoNotContactKeys
from omni.service.findings_file import gap_findings, write_problems
from omni.service.fixes import fixed_sheet, read_fixes
from omni.service.preparation import Preparation
from omni.service.suppression import facts_of, unwanted_in
from omni.service.workspace import Workspace, fingerprint
from omni.sheets.arrow_files import open_sheet, write_table
from omni.sheets.checking.check import Checked, check
from omni.sheets.checking.country_fit import country_fit
from omni.sheets.checking.gaps import Gaps, empty_values, holds_names
from omni.sheets.checking.screening import screen
from omni.sheets.checking.serial_dates import error_values, serial_dates
from omni.sheets.checking.text_findings import Texts, sample_of, texts_in
from omni.sheets.reading.reader_process import read_into
from omni.sheets.sheet import Sheet
from omni.sheets.string_columns import Mask, give_back_memory

_SAMPLES: Final = 5
"""Tidied cells that are kept to be shown."""


def load_sheet(workspace: Workspace, preparation: Preparation) -> Sheet:
    """Return the uploaded spreadsheet, parsed once and then mapped from disk. Raises ``SheetError``."""
    upload = preparation.upload
    if upload is None:
        raise SheetError("file.none")
    path = workspace.path_of(upload)
    if not path.exists():
        raise SheetError("file.missing", path=upload.name)
    limits = workspace.limits
    key = fingerprint("sheet 7", upload.sha256, upload.stored, asdict(preparation.reading), asdict(limits))
    folder = workspace.build_once("sheet", key, lambda target: read_into(target, path, preparation.reading, limits))
    give_back_memory()
    return open_sheet(folder)


def check_contacts(
    workspace: Workspace, preparation: Preparation, listed: DoNotContactKeys | None = None
) -> CheckedContacts:
    """Check the sheet with its column mapping, for the current steps and do-not-contact list. Raises ``SheetError``.

    Equal decisions are checked only once.
    """
    sheet = load_sheet(workspace, preparation)
    fields = preparation.fields()
    mapping = {name: header for name, header in preparation.mapping.items() if header in sheet.columns}
    kinds = {name: fields[name] for name in mapping}
    template = preparation.template
    steps = tuple((step.type, step.destination_field) for step in template.steps)
    wanted = names_used(template.steps)
    headers = placeholder_headers(sheet.columns, mapping, wanted, preparation.placeholders)
    names = [name for name in wanted if name in headers or name in mapping]
    upload = preparation.upload
    fixes = {place: text for place, text in read_fixes(workspace, preparation).items() if place[1] in sheet.columns}
    key = fingerprint(
        "check 22",
        upload.sha256 if upload else "",
        asdict(preparation.reading),
        mapping,
        kinds,
        preparation.country,
        preparation.duplicates,
        preparation.same,
        asdict(preparation.agreed),
        preparation.suppress,
        asdict(preparation.opt_out),
        steps,
        names,
        headers,
        [names_used([step]) for step in template.steps],
        preparation.gaps,
        preparation.empty_words,
        sorted(fixes.items()),
        listed.revision if listed else 0,
    )
    folder = workspace.build_once(
        "check",
        key,
        lambda target: _write_check(
            target, fixed_sheet(sheet, fixes), mapping, kinds, preparation, template, names, headers, listed
        ),
    )
    return CheckedContacts(key, folder, sheet, mapping, fixes, close_columns(workspace, preparation, sheet))


def close_columns(workspace: Workspace, preparation: Preparation, sheet: Sheet) -> dict[str, tuple[str, ...]]:
    """Return, by field, the columns between which the operator still has to choose, the one mapped first."""
    upload = preparation.upload
    fields = preparation.used_fields()
    of_sheet = (upload.sha256 if upload else "", upload.stored if upload else "", asdict(preparation.reading))
    key = fingerprint("columns 2", *of_sheet, list(fields.items()), preparation.country)

    def write(folder: Path) -> None:
        close = propose_columns(sheet, fields, preparation.country).close
        (folder / "close.json").write_text(json.dumps(close), "utf-8")

    found = json.loads((workspace.build_once("columns", key, write) / "close.json").read_text("utf-8"))
    return {
        field: tuple(headers)
        for field, headers in found.items()
        if preparation.mapping.get(field) == headers[0] != preparation.chosen.get(field)
    }


def _write_check(
    folder: Path,
    sheet: Sheet,
    mapping: Mapping[str, str],
    kinds: Mapping[str, FieldKind],
    preparation: Preparation,
    template: Template,
    names: Sequence[str],
    headers: Mapping[str, str],
    listed: DoNotContactKeys | None,
) -> None:
    screened = screen(sheet, mapping, kinds, preparation.country, preparation.agreed)
    give_back_memory()
    steps = [(step.destination_field, destination_kind(step)) for step in template.steps]
    sms = {step.destination_field for step in template.steps if step.type == "MT"}
    unwanted, opt_out = unwanted_in(
        sheet,
        mapping,
        kinds,
        template,
        preparation.country,
        preparation.suppress,
        preparation.opt_out,
        listed.keys if listed else None,
    )
    texts = {
        name: texts_in(sheet, header, name, repair=preparation.agreed.repair_texts) for name, header in headers.items()
    }
    values = {name: texts[name].values if name in texts else screened.values.column(name) for name in names}
    gaps = Gaps(
        {
            name: empty_values(
                column, preparation.empty_words, are_names=holds_names(headers.get(name) or mapping[name])
            )
            for name, column in values.items()
        },
        [names_used([step]) for step in template.steps],
        preparation.gaps,
    )
    checked = check(screened, sheet, steps, preparation.duplicates, preparation.same, sms, unwanted, gaps)
    destinations = [name for name in kinds if kinds[name] != "text"]
    any_repaired = pa.repeat(pa.scalar(False), len(sheet.rows))
    for name in destinations:
        any_repaired = pc.or_(any_repaired, screened.repaired[name])
    columns: dict[str, Any] = {
        "row": sheet.rows.cast(pa.int64()),
        "status": checked.status.cast(pa.string()),
        "plan": checked.plan,
        "first": checked.first,
        "any_repaired": any_repaired,
    }
    for name in kinds:
        value = screened.values.column(name)
        columns[f"v:{name}"] = pc.if_else(checked.removed[name], "", value) if name in checked.removed else value
        columns[f"p:{name}"] = screened.problem[name].cast(pa.string())
        columns[f"r:{name}"] = screened.repaired[name]
        columns[f"w:{name}"] = screened.warning[name]
        if name in checked.listed:
            columns[f"l:{name}"] = checked.listed[name]
        if name in checked.no_sms:
            columns[f"s:{name}"] = checked.no_sms[name]
    columns |= {f"x:{header}": column for header, column in unwanted.further.items()}
    columns |= {f"t:{name}": found.values for name, found in texts.items() if found.is_changed}
    write_table(folder / "contacts.arrow", pa.table(columns))
    lacking: dict[str, tuple[str, Mask]] = {}
    for name, mask in checked.gaps.items():
        # Two names in the texts may have the same column: its cell is one gap.
        header = headers.get(name) or mapping[name]
        first, known = lacking.get(header, (name, mask))
        lacking[header] = first, known | mask
    missing = [gap_findings(sheet, header, name, mask, gaps.rule) for header, (name, mask) in lacking.items()]
    in_texts: dict[str, str] = {}
    for name, header in headers.items():
        in_texts.setdefault(header, name)
    further = [serial_dates(sheet, header, name) for header, name in in_texts.items()]
    further += [error_values(sheet, header, name, gaps.empty[name]) for header, name in in_texts.items()]
    further += [found.damaged for found in texts.values()]
    counts, errors = write_problems(folder / "problems.arrow", checked, sheet.rows, missing, further)
    facts = {
        "kinds": dict(kinds),
        "rows": asdict(checked.counts),
        "reach": [
            asdict(_reach(number, step, contacts, checked))
            for number, (step, contacts) in enumerate(zip(template.steps, checked.reach, strict=True), start=1)
        ],
        "unreached": checked.unreached,
        "problem_counts": counts,
        "error_counts": errors,
        "repeats": len(checked.first) - checked.first.null_count,
        "shared": checked.shared,
        "list_revision": listed.revision if listed else None,
        "placeholders": dict(headers),
        "gaps": int(reduce(np.logical_or, checked.gaps.values(), np.zeros(len(sheet.rows), np.bool_)).sum()),
        "tidied": _tidied(sheet, texts, headers),
        "country": asdict(country_fit(screened, sheet)),
        "suppression": asdict(facts_of(unwanted.rule, checked, opt_out, _count_removed(checked), sheet.hidden_columns)),
    }
    (folder / "summary.json").write_text(json.dumps(facts), "utf-8")


def _tidied(sheet: Sheet, texts: Mapping[str, Texts], headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the number of tidied cells, and the first of them."""
    samples = [
        {"row": row, "column": headers[name], "before": before, "after": after}
        for name, found in texts.items()
        for row, before, after in sample_of(found, sheet, headers[name], _SAMPLES)
    ]
    return {"cells": sum(int(found.tidied.sum()) for found in texts.values()), "samples": samples[:_SAMPLES]}


def _reach(number: int, step: Step, contacts: int, checked: Checked) -> Reach:
    kinds = checked.no_sms.get(step.destination_field) if step.type == "MT" else None
    return Reach(number, step.type, step.destination_field, contacts, checked.counts.ready, count_no_sms(kinds))


def _count_removed(checked: Checked) -> int:
    """Count the ready rows of which some destinations are not used."""
    removed = np.zeros(len(checked.first), dtype=bool)
    for mask in checked.removed.values():
        removed |= np.asarray(mask)
    return int((removed & np.asarray(pc.equal(checked.status.cast(pa.string()), "ready"))).sum())
