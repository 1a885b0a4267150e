"""Tasks that the benchmarks measure, each run in a process of its own to measure its memory separately.

``python -m tests.bench.tasks NAME ARGUMENT…`` prints one JSON object: the task's results and its cost.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastexcel
import pandas as pd
import phonenumbers

from omni.locale import Text
from omni.provider.payload import request_body, template_from_json
from omni.service.checking import check_contacts, load_sheet
from omni.service.column_mapping import propose_mapping
from omni.service.planning import make_plan
from omni.service.preparation import Preparation
from omni.service.reporting import write_report
from omni.service.workspace import Workspace
from omni.sheets.limits import Limits
from omni.store.campaigns.campaigns import Campaigns
from omni.store.opening import open_database
from tests.bench.cost import Meter, Private
from tests.bench.sheets import MAPPING

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_STEPS = (
    ("MT", "phone1", "messageText"),
    ("VOICE", "phone2", "ttsMessage"),
    ("EMAIL", "email", "emailHtml"),
)
TEXTS = {"shared": "Seu pedido está pronto.", "personal": "Olá {{Nome}}, o código {{Código}} está pronto."}


def template_of(text: str) -> dict[str, Any]:
    """A template of an SMS, then a call, then an e-mail, all with that text."""
    steps: list[dict[str, Any]] = [
        {"type": kind, "destinationField": field, name: text} for kind, field, name in _STEPS
    ]
    steps[2] |= {"subject": "Pedido", "fromEmail": "loja@example.com"}
    return {"campaignAlias": "Novembro", "steps": steps}


def check(path: str, folder: str, text: str = "") -> dict[str, Any]:
    """Read a spreadsheet from disk, check it, and write the checked contacts to disk."""
    workspace, preparation = uploaded(path, folder, text)
    meter = Meter.begun()
    checked = check_contacts(workspace, matched(workspace, preparation))
    spent = meter.cost()
    return {**spent, "rows": dict(checked.summary.rows), "problems": dict(checked.summary.problem_counts)}


def uploaded(path: str, folder: str, text: str) -> tuple[Workspace, Preparation]:
    """Make a draft with this spreadsheet and steps with that text."""
    workspace = Workspace(Path(folder), Limits(bytes=2 * 2**30))
    with Path(path).open("rb") as file:
        upload = workspace.keep_upload(Path(path).name, file)
    preparation = Preparation(upload=upload)
    if text:
        preparation = replace(preparation, template=template_from_json(template_of(TEXTS[text])))
    return workspace, preparation


def matched(workspace: Workspace, preparation: Preparation) -> Preparation:
    """Match the columns of the draft, reading the spreadsheet if that has not been done yet."""
    mapping = propose_mapping(load_sheet(workspace, preparation), preparation.fields())
    return replace(preparation, mapping=mapping)


def naive(path: str, rows: str) -> dict[str, Any]:
    """Check the first ``rows`` rows one by one with pandas and phonenumbers, for comparison."""
    table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, nrows=int(rows))
    counts: Counter[str] = Counter(read=0, ready=0, rejected=0, duplicate=0)
    seen: set[str] = set()
    for _, row in table.iterrows():
        found = []
        for header in (MAPPING["phone1"], MAPPING["phone2"]):
            try:
                number = phonenumbers.parse(row[header], "BR")
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                found.append(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        if _ADDRESS.fullmatch(row[MAPPING["email"]].strip()):
            found.append(row[MAPPING["email"]].strip().lower())
        counts["read"] += 1
        counts["rejected" if not found else "duplicate" if found[0] in seen else "ready"] += 1
        seen.update(found[:1])
    return {"rows": dict(counts)}


def bare(path: str) -> dict[str, Any]:
    """Only read a workbook with fastexcel."""
    return {"rows": {"read": fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_arrow().num_rows}}


def plan(path: str, folder: str, text: str, batch: str) -> dict[str, Any]:
    """Make the request bodies of contacts that are already checked."""
    workspace, preparation = uploaded(path, folder, text)
    checked = check_contacts(workspace, matched(workspace, preparation))
    meter = Meter.begun()
    with Private() as private:
        made = make_plan(workspace, checked, preparation.template, int(batch))
    spent = meter.cost()
    return {
        **spent,
        "private": private.peak,
        "contacts": made.contacts,
        "requests": made.requests,
        "bytes": made.bodies.stat().st_size,
        "digest": hashlib.sha256(made.bodies.read_bytes()).hexdigest(),
    }


def one_by_one(path: str, folder: str, text: str, batch: str) -> dict[str, Any]:
    """Make the same bodies one by one from dicts with orjson."""
    workspace, preparation = uploaded(path, folder, text)
    checked = check_contacts(workspace, matched(workspace, preparation))
    names = ["Nome", "Código"] if text == "personal" else []
    meter = Meter.begun()
    ready = checked.ready(names).to_pylist()
    lines = []
    for start in range(0, len(ready), int(batch)):
        some = ready[start : start + int(batch)]
        template = template_from_json(template_of(_filled(TEXTS[text], some[0])))
        contacts = [{field: row[f"v:{field}"] or "0" for field in checked.kinds} for row in some]
        lines.append(request_body(template.steps, template, contacts) + b"\n")
    spent = meter.cost()
    return {**spent, "contacts": len(ready), "digest": hashlib.sha256(b"".join(lines)).hexdigest()}


def written(url: str, campaign: str, path: str) -> dict[str, Any]:
    """Write a campaign's report; ``private`` is the peak growth of memory without mapped files."""
    database = open_database(url)
    meter = Meter.begun()
    with Private() as private:
        write_report(Campaigns(database), int(campaign), Path(path), Text("en"))
    return {**meter.cost(), "private": private.peak}


def _filled(text: str, row: dict[str, str]) -> str:
    for name in ("Nome", "Código"):
        text = text.replace(f"{{{{{name}}}}}", row.get(f"n:{name}", ""))
    return text


TASKS = {task.__name__: task for task in (check, naive, bare, plan, one_by_one, written)}

if __name__ == "__main__":
    meter = Meter.begun()
    told = TASKS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({**meter.cost(), **told}))
