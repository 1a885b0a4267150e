"""Compare what Omni makes of a folder of spreadsheets with what is right; prints file, expectation and outcome.

``python -m tools.compare_sheets FOLDER`` reads ``expected.toml`` in the folder, or the file that ``--expected`` names.
It has a ``[[sheet]]`` for each run: ``file``, ``template`` (relative to the folder), ``right`` (the expectation in
words), and what to compare. ``arguments`` are further arguments of ``check`` and ``preview``. Compared are those of
these keys that are present:

- ``exit``: the exit code of ``check``
- ``columns`` and ``rows``: fields with their columns, and counts, of ``check --json``; others are not looked at
- ``header``: the rows of the header
- ``notes`` and ``codes``: all codes of the notes and the problems, in any order
- ``says``: pieces of text in what ``check`` prints
- ``posted``: the ``contactInfo`` values of each contact in the bodies of ``preview``, joined by blanks
- ``texts``: the texts of the bodies, in order

Ends with 1 if an outcome differs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).parent.parent
_TEXTS: Final = ("messageText", "ttsMessage", "subject", "emailText", "emailHtml")


def outcome(folder: Path, data: str, expected: Mapping[str, Any]) -> dict[str, Any]:
    """Run ``check`` and ``preview`` for one sheet; return what can be compared, by the keys of the module's list."""
    arguments = [str(folder.resolve() / expected["file"]), "--template", str(folder.resolve() / expected["template"])]
    arguments += expected.get("arguments", [])
    checked = _omni(data, "check", *arguments, "--json")
    found: dict[str, Any] = {"exit": checked.returncode, "says": checked.stdout + checked.stderr}
    if checked.stdout.startswith("{"):
        answer = json.loads(checked.stdout)
        reading = answer["reading"]
        found |= {
            "columns": answer["columns"],
            "rows": answer["rows"],
            "header": reading["headerRows"],
            "notes": sorted(note["code"] for note in reading["notes"]),
            "codes": sorted({problem["code"] for problem in answer["problems"]}),
        }
    printed = _omni(data, "preview", *arguments).stdout.splitlines()
    bodies = [json.loads(line) for line in printed if line.startswith("{")]
    found["posted"] = [" ".join(each["contactInfo"].values()) for body in bodies for each in body["contacts"]]
    steps = [step for body in bodies for step in body["template"]["steps"]]
    found["texts"] = [step[key] for step in steps for key in _TEXTS if key in step]
    return found


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each key whose outcome is not what is expected."""
    for key in ("exit", "header", "posted", "texts"):
        if key in expected and found.get(key) != expected[key]:
            yield f"{key}: {found.get(key)!r} instead of {expected[key]!r}"
    for key in ("notes", "codes"):
        if key in expected and found.get(key, []) != sorted(expected[key]):
            yield f"{key}: {found.get(key)!r} instead of {expected[key]!r}"
    for key in ("columns", "rows"):
        values = found.get(key, {})
        for name, right in expected.get(key, {}).items():
            if values.get(name) != right:
                yield f"{key}: {name} is {values.get(name)!r} instead of {right!r}"
    for piece in expected.get("says", []):
        if piece not in found["says"]:
            yield f"says nothing of {piece!r}, but {found['says'][:200]!r}"


def main(argv: Sequence[str] | None = None) -> int:
    """Compare all sheets; print a line for each, and the differences below it."""
    parser = argparse.ArgumentParser(prog="compare_sheets")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--expected", type=Path, help="default: expected.toml in the folder")
    given = parser.parse_args(argv)
    table = tomllib.loads((given.expected or given.folder / "expected.toml").read_text("utf-8"))["sheet"]
    failed = 0
    with tempfile.TemporaryDirectory() as data, ThreadPoolExecutor(os.cpu_count()) as pool:
        # The first run makes the database; the others would wait for it.
        _omni(data, "status")
        for expected, found in zip(table, pool.map(partial(outcome, given.folder, data), table), strict=True):
            wrong = list(differences(expected, found))
            failed += bool(wrong)
            print(f"{'DIFFERS' if wrong else 'as expected'}  {expected['file']}: {expected['right']}")
            print(f"    {_in_short(found)}")
            for line in wrong:
                print(f"    {line}")
    print(f"{len(table)} compared, {failed} differ")
    return 1 if failed else 0


def _in_short(found: Mapping[str, Any]) -> str:
    """Describe an outcome in one line."""
    if "rows" not in found:
        return found["says"].strip()
    counts = ", ".join(f"{name} {number}" for name, number in found["rows"].items() if number)
    columns = ", ".join(f"{field} = {column}" for field, column in found["columns"].items())
    text = found["texts"][0] if found["texts"] else ""
    return (
        f"{counts}; {columns}; {' '.join(found['codes'] + found['notes'])} → {'; '.join(found['posted'][:3])} · {text}"
    )


def _omni(data: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMNI_DATA": data, "OMNI_LANGUAGE": "en", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "omni", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=_ROOT, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
