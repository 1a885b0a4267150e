"""Layers of the architecture as a table of allowed imports, checked against every import of every file."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import omni

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Layer:
    """Imports allowed to a layer besides the standard library: other layers and outside packages."""

    layers: frozenset[str]
    packages: frozenset[str]


def layer(layers: str = "", packages: str = "") -> Layer:
    return Layer(frozenset(layers.split()), frozenset(packages.split()))


FLOOR = "core errors ports"
"""Rules, exceptions and interfaces, on which the independent layers above them are built."""
SHEETS = "babel charset_normalizer fastexcel ftfy numpy pandas pyarrow xlsxwriter"

LAYERS = {
    "errors": layer(),
    "core": layer("errors", "idna phonenumbers"),
    "ports": layer("core"),
    "locale": layer("core errors", "babel"),
    "sheets": layer(FLOOR, SHEETS),
    "sheets/reading": layer(f"{FLOOR} sheets sheets/reading/header", SHEETS),
    "sheets/reading/header": layer(f"{FLOOR} sheets", SHEETS),
    "sheets/checking": layer(f"{FLOOR} sheets sheets/checking/column_mapping sheets/reading/header", SHEETS),
    "sheets/checking/column_mapping": layer(f"{FLOOR} sheets sheets/reading/header", SHEETS),
    "sheets/writing": layer(f"{FLOOR} sheets", SHEETS),
    "sheets/writing/sample_sheet": layer(
        f"{FLOOR} sheets sheets/checking/column_mapping sheets/reading/header sheets/writing", SHEETS
    ),
    "provider": layer(f"{FLOOR} provider/curl provider/payload", "jmespath orjson requests urllib3"),
    "provider/payload": layer("core errors provider/pasted_json", "orjson"),
    "provider/pasted_json": layer("errors provider/curl"),
    "provider/curl": layer("errors"),
    "store": layer(FLOOR, "alembic orjson psycopg pyarrow sqlalchemy"),
    "sending": layer(FLOOR, "filelock"),
    "cluster": layer("errors", "procrastinate psycopg"),
    "sandbox": layer(packages="h11"),
    "service": layer(f"{FLOOR} locale provider sheets store", "numpy pandas pyarrow"),
    "database_url": layer("errors", "psycopg sqlalchemy"),
    "settings": layer("core database_url errors provider", "phonenumbers"),
    "bootstrap": layer(),
    "bootstrap/processes": layer("errors sandbox settings", "filelock"),
    "bootstrap/cluster_worker": layer("cluster errors sending store"),
    "bootstrap/worker": layer(
        f"{FLOOR} bootstrap/cluster_worker bootstrap/processes provider sending settings store", "filelock"
    ),
    "bootstrap/transfer": layer(
        "bootstrap/processes bootstrap/worker database_url errors settings store", "filelock sqlalchemy"
    ),
    "bootstrap/waking": layer("cluster core store"),
    "bootstrap/lists": layer("core errors locale service settings sheets store"),
    "bootstrap/recent_sends": layer("service settings store"),
    "cli": layer(
        "bootstrap/lists bootstrap/transfer bootstrap/worker core errors locale provider/payload sandbox sending "
        "service settings sheets store wiring",
        "orjson rich",
    ),
    "ui": layer(
        "core errors locale provider/payload service sheets wiring", "anyio numpy pandas pyarrow starlette streamlit"
    ),
}
"""Layers by folder, or by file if a file has its own rules; a file belongs to the longest name that matches."""
LAYERS["wiring"] = layer(" ".join(LAYERS.keys() - {"cli", "ui"}))
OUTSIDE_THE_PACKAGE = {"app.py": "ui", "pages": "ui"}
"""Files and folders next to ``omni/`` that belong to one of its layers."""
START = {"omni/__main__.py": "cli"}

FILES = sorted([ROOT / "app.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("omni/**/*.py")])


def layer_of(file: Path) -> str | None:
    """Layer of a file; None for the package's own ``__init__``, which has no code."""
    relative = file.relative_to(ROOT)
    first, *rest = relative.parts
    if relative.as_posix() in START:
        return START[relative.as_posix()]
    if first in OUTSIDE_THE_PACKAGE:
        return OUTSIDE_THE_PACKAGE[first]
    name = "/".join(rest).removesuffix(".py").removesuffix("/__init__")
    return None if name == "__init__" else longest(name)


def longest(name: str) -> str:
    """Row of the table for a module of the package, given as a path; its first part if no row matches."""
    parts = name.split("/")
    rows = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((row for row in rows if row in LAYERS), parts[0])


def may_import(own: str | None, other: str) -> bool:
    """Whether a layer may import another. Outside a folder, the folder's name includes all its rows."""
    allowed = LAYERS.get(own or "", layer()).layers
    if other == own or other in allowed:
        return True
    folders = {other[:at] for at, char in enumerate(other) if char == "/"}
    return any(folder in allowed and not f"{own}/".startswith(f"{folder}/") for folder in folders)


def imports_of(file: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of each import: at the top, in a function, or only for types."""
    package = file.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(file.read_text("utf-8"), str(file))):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name) for name in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = [*package[: len(package) - level + 1]] if level else []
                base += [module] if module else []
                yield from ((node.lineno, ".".join([*base, name.name])) for name in names)
            case ast.Call(func=ast.Name(id="__import__") | ast.Attribute(attr="import_module")):
                match node.args:
                    case [ast.Constant(value=str(name)), *_]:
                        yield node.lineno, name
                    case _:
                        yield node.lineno, "a module named at run time"


def breaches(file: Path) -> Iterator[str]:
    """Imports of a file that its layer does not allow."""
    own = layer_of(file)
    allowed = LAYERS.get(own or "", layer())
    for line, name in imports_of(file):
        top, _, rest = name.partition(".")
        if top == "omni":
            fine = rest in ("", "__version__") or may_import(own, longest(rest.replace(".", "/")))
        else:
            fine = top in sys.stdlib_module_names or top in allowed.packages
        if not fine:
            yield f"{file.relative_to(ROOT)}:{line} ({own}) imports {name}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_imports_what_its_layer_may(file: Path) -> None:
    found = list(breaches(file))
    assert not found, "\n".join(found)


def test_every_module_belongs_to_a_layer_and_every_layer_has_modules() -> None:
    assert {name for file in FILES if (name := layer_of(file))} == set(LAYERS)


@pytest.mark.parametrize(
    ("own", "other", "fine"),
    [
        ("service", "sheets/reading", True),
        ("sheets/writing", "sheets/reading", False),
        ("sheets/checking", "sheets/reading", False),
        ("sheets/checking", "sheets/reading/header", True),
        ("sheets/reading", "sheets", True),
        ("store", "sheets/reading", False),
        ("bootstrap/waking", "bootstrap/worker", False),
        ("cli", "bootstrap/waking", False),
        ("wiring", "bootstrap/lists", True),
    ],
)
def test_a_folders_name_stands_for_its_rows_outside_of_it_only(own: str, other: str, fine: bool) -> None:
    assert may_import(own, other) == fine


def test_no_module_imports_itself_by_a_detour() -> None:
    """Only imports at the top count; an import inside a function is made when the function runs."""
    modules = {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in FILES}
    graph = {name: set(imported_at_the_top(file, modules.keys())) - {name} for name, file in modules.items()}
    assert set(TopologicalSorter(graph).static_order()) == set(modules)


def imported_at_the_top(file: Path, modules: Collection[str]) -> Iterator[str]:
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            inner = {f"{node.module}.{name.name}" for name in node.names} & set(modules)
            yield from inner or {node.module}


def test_no_layer_depends_on_itself_by_a_detour() -> None:
    order = TopologicalSorter({name: one.layers for name, one in LAYERS.items()}).static_order()
    assert set(order) == set(LAYERS)


def test_the_map_in_the_package_says_the_same() -> None:
    written: dict[str, set[str]] = {}
    current = ""
    for line in (omni.__doc__ or "").splitlines():
        if found := re.match(r"    ([\w/]*) +([\w/ -]+?)(?:   .*)?$", line):
            current = found[1] or current
            written.setdefault(current, set()).update(set(found[2].split()) - {"-"})
    assert written.pop("wiring") == {"everything", "above"}
    assert written == {name: set(one.layers) for name, one in LAYERS.items() if name != "wiring"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pandas", ["pandas"]),
        ("from omni import store, errors", ["omni.store"]),
        ("from omni.store.ledger import Ledger", ["omni.store.ledger.Ledger"]),
        ("from .. import store", ["omni.store"]),
        ("from ..store import ledger", ["omni.store.ledger"]),
        ("from . import contact", []),
        ("def late():\n    import requests", ["requests"]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sqlalchemy", ["sqlalchemy"]),
        ("import importlib\nimportlib.import_module('omni.ui')", ["omni.ui"]),
        ("name = 'omni.ui'\n__import__(name)", ["a module named at run time"]),
        ("import json, phonenumbers\nfrom omni.errors import OmniError", []),
    ],
)
def test_a_breach_is_seen_however_it_is_written(
    source: str, found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.test_layers.ROOT", tmp_path)
    file = tmp_path / "omni" / "core" / "example.py"
    file.parent.mkdir(parents=True)
    file.write_text(source, "utf-8")
    assert [breach.split(" imports ")[1] for breach in breaches(file)] == found


HEAVY = "numpy openpyxl pandas procrastinate pyarrow streamlit"
"""Packages that a worker does not need at its start, and that would cost it seconds and memory."""


def test_the_start_of_a_worker_loads_no_heavy_package():
    shown = run_python(f"import sys, omni.bootstrap.worker; print(*sys.modules.keys() & set({HEAVY!r}.split()))")
    assert shown == ""


def test_the_heavy_packages_are_seen_where_they_are_loaded():
    shown = run_python(f"import sys, omni.service.checking; print(*sys.modules.keys() & set({HEAVY!r}.split()))")
    assert "pyarrow" in shown


def run_python(code: str) -> str:
    """Run code in a new interpreter and return its output."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
