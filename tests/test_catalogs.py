"""The catalogs of the three languages have the same keys, and every key that the code uses."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from omni import errors
from omni.locale import LANGUAGES, catalog

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "omni" / "locale"
ENGLISH = catalog("en")
OTHERS = [language for language in LANGUAGES if language != "en"]
SOURCES = sorted([ROOT / "app.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("omni/**/*.py")])
ERRORS = {name for name, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.OmniError)}
RUN_TIME = r"[\w.]+"
"""Pattern for the part of a key that is known only at run time."""
PROBLEM_PARAMETERS = {"row", "column", "field", "step", "value"}

Entry = str | dict[str, str]


def forms(entry: Entry) -> dict[str, str]:
    """Plural forms of the entry; a plain sentence has one."""
    return entry if isinstance(entry, dict) else {"": entry}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def needed(entry: Entry) -> set[str]:
    """Parameters that any form of the entry uses; an entry with several forms needs ``n``."""
    used = {name for sentence in forms(entry).values() for name in placeholders(sentence)}
    return used | ({"n"} if isinstance(entry, dict) else set())


def differences(key: str, ours: Entry, theirs: Entry | None) -> Iterator[str]:
    if theirs is None:
        yield f"{key}: missing"
    elif set(forms(ours)) != set(forms(theirs)):
        yield f"{key}: has the forms {sorted(forms(theirs))}, not {sorted(forms(ours))}"
    elif needed(ours) != needed(theirs):
        yield f"{key}: uses {sorted(needed(theirs))}, not {sorted(needed(ours))}"


def test_the_languages_have_the_same_files() -> None:
    files = {language: sorted(path.name for path in (LOCALE / language).iterdir()) for language in LANGUAGES}
    assert files["en"]
    assert all(names == files["en"] for names in files.values()), files


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_entry_with_the_same_forms_and_parameters(language: str) -> None:
    theirs = catalog(language)
    found = [line for key, entry in ENGLISH.items() for line in differences(key, entry, theirs.get(key))]
    found += [f"{key}: not in English" for key in theirs.keys() - ENGLISH.keys()]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_a_sentence_or_two_that_can_be_filled(language: str) -> None:
    found = []
    for key, entry in catalog(language).items():
        if isinstance(entry, dict) and set(entry) != {"one", "other"}:
            found.append(f"{key}: has the forms {sorted(entry)}")
        for sentence in forms(entry).values():
            names = placeholders(sentence)
            if not sentence.strip() or not all(name.isidentifier() for name in names):
                found.append(f"{key}: {sentence!r}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_are_translated(language: str) -> None:
    theirs = catalog(language)
    same = [
        key
        for key, entry in ENGLISH.items()
        for form, sentence in forms(entry).items()
        if len(re.findall(r"[^\W\d_]{2,}", re.sub(r"\{\w+\}|`[^`]*`", "", sentence))) > 3
        and forms(theirs.get(key, "")).get(form) == sentence
    ]
    assert same == []


@pytest.mark.parametrize(
    ("language", "others"), [("en", r"\bbatch(?! id)|\bchunk"), ("pt_BR", r"requisiç"), ("es", r"solicitud|petici")]
)
def test_what_is_posted_goes_by_one_name(language: str, others: str) -> None:
    """The name is request, lote, lote. A browser's request to the console is not meant."""
    found = {
        f"{key}: {sentence}"
        for key, entry in catalog(language).items()
        for sentence in forms(entry).values()
        if key != "security.origin_refused" and re.search(others, sentence, re.IGNORECASE)
    }
    assert not found


@pytest.mark.parametrize("path", sorted(LOCALE.glob("*/*.json")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_key_is_in_a_file_twice(path: Path) -> None:
    def without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)
        return dict(pairs)

    json.loads(path.read_text("utf-8"), object_pairs_hook=without_repetition)


@dataclass(frozen=True, slots=True)
class Asked:
    """A place in the code that asks for a sentence.

    ``key`` is a pattern, because a part may be known only at run time. ``given`` are the parameters passed,
    or None if the source does not show them.
    """

    where: str
    key: re.Pattern[str]
    given: set[str] | None


def keys_in(node: ast.expr) -> Iterator[str]:
    """Patterns of the keys that an expression can give: a literal, an f-string, both sides of a condition."""
    match node:
        case ast.Constant(value=str(text)):
            yield re.escape(text)
        case ast.JoinedStr(values=parts):
            known = (one.value if isinstance(one, ast.Constant) else None for one in parts)
            yield "".join(RUN_TIME if one is None else re.escape(one) for one in known)
        case ast.IfExp(body=body, orelse=orelse):
            yield from keys_in(body)
            yield from keys_in(orelse)


def asked_by(call: ast.Call) -> Iterator[tuple[str, set[str] | None]]:
    """Keys that a call asks for, with the parameters it passes."""
    given = None if any(one.arg is None for one in call.keywords) else {str(one.arg) for one in call.keywords}
    match call.func:
        case ast.Attribute(value=ast.Name(id="st")):
            return
        case ast.Name(id=name) | ast.Attribute(attr=name):
            pass
        case _:
            return
    if not call.args:
        return
    if name in ("t", "text"):
        prefix, dots = "", r"\w+\\\..+"
    elif name in ERRORS:
        prefix, dots = r"error\.", r".+"
    elif name == "Note":
        prefix, dots, given = r"sheet_note\.", r"\w+", None
    elif name == "Problem":
        prefix, dots, given = r"problem\.", r".+", _problem_parameters(call)
    else:
        return
    yield from ((prefix + key, given) for key in keys_in(call.args[0]) if re.fullmatch(dots, key))


def _problem_parameters(call: ast.Call) -> set[str] | None:
    for keyword in call.keywords:
        if keyword.arg == "params":
            match keyword.value:
                case ast.Dict(keys=keys) if all(isinstance(key, ast.Constant) for key in keys):
                    return PROBLEM_PARAMETERS | {ast.literal_eval(key) for key in keys if key is not None}
                case _:
                    return None
    return PROBLEM_PARAMETERS


def all_asked() -> Iterator[Asked]:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"), str(file))):
            if isinstance(node, ast.Call):
                for key, given in asked_by(node):
                    yield Asked(f"{file.relative_to(ROOT)}:{node.lineno}", re.compile(key), given)


def found_for(asked: Asked) -> Mapping[str, Entry]:
    return {key: entry for key, entry in ENGLISH.items() if asked.key.fullmatch(key)}


def test_every_sentence_the_code_asks_for_exists() -> None:
    missing = [f"{asked.where}: {asked.key.pattern}" for asked in all_asked() if not found_for(asked)]
    assert not missing, "\n".join(missing)


def test_every_sentence_gets_the_parameters_it_names() -> None:
    missing = [
        f"{asked.where}: {key} needs {sorted(needed(entry) - asked.given)}"
        for asked in all_asked()
        if asked.given is not None and RUN_TIME not in asked.key.pattern
        for key, entry in found_for(asked).items()
        if not needed(entry) <= asked.given
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('t("send.ready", n=3)', [(r"send\.ready", {"n"})]),
        ('output.text("send.ready")', [(r"send\.ready", set())]),
        ('t("a.b" if fine else "a.c", **rest)', [(r"a\.b", None), (r"a\.c", None)]),
        ('t(f"send.go_{page}")', [(r"send\.go_[\w.]+", set())]),
        ('SheetError("file.empty", name=name)', [(r"error\.file\.empty", {"name"})]),
        ('st.text("a.b")', []),
        ("t(key)", []),
    ],
)
def test_the_keys_are_read_from_the_source(source: str, expected: list[tuple[str, set[str] | None]]) -> None:
    expression = ast.parse(source, mode="eval").body
    assert isinstance(expression, ast.Call)
    assert list(asked_by(expression)) == expected
