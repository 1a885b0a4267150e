"""Damaged spreadsheets by the thousand: each is read or refused with a reason, and no row is lost.

``make fuzz`` tries ten thousand; the tests run the same code on some hundreds. A seed identifies a file. What is posted
to the contacts of every csv file that can be read is compared with what Contacts shows.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from omni.core.field_kind import FieldKind
from omni.core.rendering import render_text
from omni.core.steps import EmailStep, MtStep
from omni.core.template import Template
from omni.errors import SheetError
from omni.provider.payload import NO_PHONE
from omni.service.checking import check_contacts, load_sheet
from omni.service.column_mapping import propose_mapping
from omni.service.planning import make_plan
from omni.service.preparation import Preparation
from omni.service.workspace import Workspace
from omni.sheets.blanks import is_blank
from omni.sheets.checking.check import check
from omni.sheets.checking.column_mapping import propose
from omni.sheets.checking.screening import screen
from omni.sheets.reading.delimiter import NO_DELIMITER
from omni.sheets.reading.quoted_text import bare_text
from omni.sheets.reading.reader import read
from tests.sheets.layouts import layout, unaccounted, write_csv, write_xlsx
from tests.sheets.making import make_ods, make_xls, make_xlsx

KINDS = ("csv", "xlsx", "xls", "ods", "vcf")
FIELDS: dict[str, FieldKind] = {"phone1": "phone", "email": "email"}
ROWS = [
    ["Código", "Nome", "Celular", "E-mail"],
    *([at, f"Pessoa {at}", f"(11) 90000-{at:04d}", f"p{at}@example.com"] for at in range(1, 40)),
    [40, None, 11900000040, None],
    [None] * 4,
    [41, 'Aspas "x"', "900000041", "p41@gmial.com"],
]
TOKENS = (
    b'"',
    b";",
    b",",
    b"\t",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"'",
    b"=",
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<!--",
    b"1e999",
    b"99999999999999999999",
    b"\xc3",
    b"\xe9",
    b"PK\x03\x04",
)
READ = "read"
POSTED = "contacts posted as shown"
PATIENCE = 30.0
"""Seconds allowed for a file, even on a busy machine; taking longer is a failure."""
ROUND = 250
"""Files per process, so that leaks and broken state end with it."""


def intact_files(folder: Path) -> dict[str, bytes]:
    """Return one undamaged file of each kind."""
    text = "\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in ROWS)
    cards = (
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nTEL;TYPE=CELL:{phone}\r\nEMAIL:{email}\r\nEND:VCARD\r\n"
        for _, name, phone, email in ROWS[1:40]
    )
    return {
        "csv": text.encode("cp1252"),
        "xlsx": make_xlsx(folder / "a.xlsx", ROWS, hidden_rows={5, 9}, merged=["B12:B14"]).read_bytes(),
        "xls": make_xls(folder / "a.xls", ROWS, hidden_rows={5, 9}, hidden_columns={1}).read_bytes(),
        "ods": make_ods(folder / "a.ods", ROWS, unseen={5: "collapse"}, merged=["B12:B14"]).read_bytes(),
        "vcf": "".join(cards).encode("utf-8"),
    }


def damaged(whole: bytes, kind: str, chance: random.Random) -> bytes:
    """Return ``whole`` with damage; half of the archives stay intact around a damaged entry."""
    if kind in ("xlsx", "ods") and chance.random() < 0.7:
        return _with_a_damaged_entry(whole, chance)
    return _damage(whole, chance)


def _damage(content: bytes, chance: random.Random) -> bytes:
    found = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 3, 8, 30])):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(7):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del found[at : at + chance.randrange(1, 60)]
            case 2:
                found[at:at] = found[at // 2 : at // 2 + chance.randrange(1, 60)]
            case 3:
                found[at:at] = chance.choice(TOKENS)
            case 4:
                found[at:at] = chance.choice(TOKENS) * chance.choice([2, 50, 3000])
            case 5 if chance.random() < 0.2:
                del found[at:]
            case _:
                found[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"])
        found = found or bytearray(b" ")
    return bytes(found)


def _with_a_damaged_entry(whole: bytes, chance: random.Random) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        victim = chance.choice([name for name in source.namelist() if name.endswith(".xml")])
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, _damage(content, chance) if name == victim else content)
    return file.getvalue()


def tried(path: Path) -> str:
    """Read the file at ``path``; return ``read`` or the code of its refusal, and raise on anything else."""
    try:
        sheet = read(path)
    except SheetError as err:
        return err.code
    count = sheet.table.num_rows
    assert count == len(sheet.rows) > 0
    assert len(set(sheet.columns)) == len(sheet.columns) == sheet.table.num_columns
    numbers = sheet.rows.to_pylist()
    assert numbers == sorted(set(numbers))
    mapping = propose(sheet.columns, FIELDS, sheet.table.slice(0, 50))
    counts = check(screen(sheet, mapping, FIELDS), sheet, ()).counts
    assert counts.read == count + sheet.blank + sheet.hidden
    assert counts.read == counts.ready + counts.rejected + counts.duplicate + counts.blank + counts.hidden
    assert len(sheet.blank_rows or ()) == sheet.blank
    assert len(sheet.unseen_rows or ()) == sheet.hidden
    return READ


def rows_accounted(seed: int, folder: Path) -> None:
    """Check that every filled row of a generated csv and xlsx is a contact or reported, by an independent count."""
    chance = random.Random(seed)
    made = layout(chance)
    for path in (write_csv(folder / "layout.csv", made, chance), write_xlsx(folder / "layout.xlsx", made)):
        sheet = read(path)
        lost = unaccounted(sheet, made.filled)
        assert not lost, f"rows {sorted(lost)} of {path.name}"
        if path.suffix == ".csv":
            shown_is_posted(path, folder)
        people = set(made.people) - set(sheet.rows.to_pylist())
        assert not people, f"people in rows {sorted(people)} of {path.name}"
        path.unlink()


def records_accounted(path: Path) -> None:
    """Check that every filled record that Python's csv module finds in a damaged file is a contact or reported."""
    sheet = read(path)
    if {"lines_unquoted", "contacts_listed", "rows_in_quotes"} & {note.code for note in sheet.assumptions.notes}:
        return  # other rows than those of the csv module, each reported
    text = path.read_bytes().decode(str(sheet.assumptions.encoding), "replace").removeprefix("\ufeff")
    found = csv.reader(io.StringIO(text, newline=""), delimiter=sheet.assumptions.delimiter or NO_DELIMITER)
    filled = [number for number, record in enumerate(found, start=1) if not all(map(is_blank, record))]
    lost = unaccounted(sheet, filled)
    assert not lost, f"rows {sorted(lost)[:9]}"


def shown_is_posted(path: Path, folder: Path) -> int:
    """Check that the bodies have, row by row, what Contacts shows; return the number of contacts compared."""
    workspace = Workspace(folder / "draft")
    with path.open("rb") as data:
        preparation = Preparation(upload=workspace.keep_upload(path.name, data))
    sheet = load_sheet(workspace, preparation)
    used = set(propose_mapping(sheet, FIELDS).values())
    named = next((header for header in sheet.columns if header not in used and not set("{}") & set(header)), None)
    text = f"Olá {{{{{named}}}}}" if named else "Olá"
    sms = MtStep(destination_field="phone1", message_text=text, flash_sms=False)
    mail = EmailStep(destination_field="email", subject=text, from_email="loja@example.com", email_html="<p>Olá</p>")
    preparation = replace(preparation, template=Template(steps=(sms, mail)))
    preparation = replace(preparation, mapping=propose_mapping(sheet, preparation.fields()))
    checked = check_contacts(workspace, preparation)
    ready = {view.row: view for view in checked.rows("ready", 0, checked.summary.rows["ready"])}
    plan = make_plan(workspace, checked, preparation.template, batch=7)
    posted = set()
    for number, body in enumerate(plan.bodies_in_order(), start=1):
        request = json.loads(body)
        sent = request["template"]["steps"]
        for recipient, contact in zip(plan.recipients(number), request["contacts"], strict=True):
            row = int(recipient["row"])
            cells = {name: cell.value for name, cell in ready[row].cells.items()}
            shown = {name: value or (NO_PHONE if name == "phone1" else "") for name, value in cells.items()}
            assert contact["contactInfo"] == shown, f"row {row} of {path.name}"
            values = checked.text_values(row, [named] if named else [])
            for at, field in enumerate(("messageText", "subject")):
                assert sent[at][field] == render_text(text, values), f"row {row} of {path.name}"
            posted.add(row)
    assert posted == ready.keys()
    shutil.rmtree(workspace.folder)
    return len(posted)


def cells_kept(seed: int, folder: Path) -> None:
    """Check that a csv damaged only inside its cells keeps every filled row, with its cells."""
    chance = random.Random(seed)
    letters = "aé0 ();.-@\u00a0'\"=+\t,|" + "\u2028\x0b"
    rows = [["".join(chance.choice(letters) for _ in range(chance.randrange(12))) for _ in range(4)] for _ in range(30)]
    quoted = "".join(";".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows)
    path = folder / f"cells-{seed}.csv"
    path.write_bytes(("Código;Nome;Celular;E-mail\r\n" + quoted).encode("utf-8"))
    sheet = read(path)
    assert sheet.columns == ("Código", "Nome", "Celular", "E-mail"), seed
    assert sheet.table.num_rows + sheet.blank >= 30 - _blank_tail(rows), seed
    kept = dict(zip(sheet.rows.to_pylist(), sheet.table.to_pylist(), strict=True))
    for number, row in enumerate(rows, start=2):
        if number in kept:
            written = [bare_text(cell).lstrip("'") for cell in row]
            assert [cell.lstrip("'") for cell in kept[number].values()] == written, seed
    path.unlink()


def _blank_tail(rows: list[list[str]]) -> int:
    blank = 0
    for row in reversed(rows):
        if "".join(row).strip(" \u00a0\t\u2028\x0b"):
            break
        blank += 1
    return blank


def run(first: int, count: int, folder: Path) -> Counter[str]:
    """Try the files of seeds from ``first`` and count their results; print the seed of a failing file, then raise."""
    whole = intact_files(folder)
    ends: Counter[str] = Counter({POSTED: 0})
    for seed in range(first, first + count):
        kind = KINDS[seed % len(KINDS)]
        path = folder / f"damaged.{kind}"
        path.write_bytes(damaged(whole[kind], kind, random.Random(seed)))
        began = time.process_time()
        try:
            read_before = ends[f"csv {READ}"]
            ends[f"{kind} {tried(path)}"] += 1
            if kind == "csv":
                cells_kept(seed, folder)
                rows_accounted(seed, folder)
                if ends[f"csv {READ}"] > read_before:
                    records_accounted(path)
                    ends[POSTED] += shown_is_posted(path, folder)
        except BaseException:
            sys.stderr.write(f"seed {seed} ({kind})\n")
            raise
        assert time.process_time() - began < PATIENCE, f"seed {seed} ({kind}) takes too long"
    return ends


def main() -> int:
    """Run rounds in separate processes (``--seed 1 --count 10000``) and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    first = args.seed * 1_000_000
    if args.here:
        with tempfile.TemporaryDirectory() as folder:
            for end, n in sorted(run(args.seed, args.count, Path(folder)).items()):
                sys.stdout.write(f"{n}\t{end}\n")
        return 0
    ends: Counter[str] = Counter()
    failed = []
    for start in range(first, first + args.count, ROUND):
        count = min(ROUND, first + args.count - start)
        done = subprocess.run(
            [sys.executable, "-m", "tests.sheets.fuzzing", "--here", "--seed", str(start), "--count", str(count)],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE * ROUND,
        )
        for line in done.stdout.splitlines():
            n, _, end = line.partition("\t")
            ends[end] += int(n)
        if done.returncode:
            failed.append(f"seeds {start} to {start + count - 1}: exit {done.returncode}\n{done.stderr[-2000:]}")
    for end, n in sorted(ends.items()):
        sys.stdout.write(f"{n:>8}  {end}\n")
    sys.stdout.write(f"{ends.total() - ends[POSTED]} files read or refused, {len(failed)} rounds failed\n")
    sys.stderr.writelines(failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
