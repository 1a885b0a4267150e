"""Who may import whom: the layers of the architecture as a table, held against every import of every file."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import omni

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Layer:
    """What a layer may import besides the standard library: other layers, and outside packages."""

    layers: frozenset[str]
    packages: frozenset[str]


def layer(layers: str = "", packages: str = "") -> Layer:
    return Layer(frozenset(layers.split()), frozenset(packages.split()))


ROOMS = (
    "addresses cluster cluster_desk core errors lists_desk locale moving_desk ports processes provider repeats_desk "
    "sandbox sending sending_desk service settings sheets store waking"
)

LAYERS = {
    "errors": layer(),
    "core": layer("errors", "phonenumbers"),
    "ports": layer("core"),
    "locale": layer("core errors", "babel"),
    "sheets": layer("core errors ports", "charset_normalizer fastexcel numpy pandas pyarrow xlsxwriter"),
    "provider": layer("core errors ports", "orjson requests urllib3"),
    "store": layer("core errors ports", "alembic orjson psycopg pyarrow sqlalchemy"),
    "sending": layer("core errors ports", "filelock"),
    "cluster": layer("errors", "procrastinate psycopg"),
    "sandbox": layer(packages="h11"),
    "service": layer("core errors locale ports provider sheets store", "numpy pandas pyarrow"),
    "addresses": layer("errors", "psycopg sqlalchemy"),
    "settings": layer("addresses core errors provider", "phonenumbers"),
    "processes": layer("errors sandbox settings", "filelock"),
    "cluster_desk": layer("cluster errors sending store"),
    "sending_desk": layer("cluster_desk core errors ports processes provider sending settings store", "filelock"),
    "moving_desk": layer("addresses errors processes sending_desk settings store", "filelock sqlalchemy"),
    "waking": layer("cluster store"),
    "lists_desk": layer("core errors locale service settings sheets store"),
    "repeats_desk": layer("service settings store"),
    "wiring": layer(ROOMS),
    "cli": layer("core errors locale sandbox sending sending_desk service settings sheets store wiring", "orjson rich"),
    "ui": layer("core errors locale service sheets wiring", "anyio numpy pandas pyarrow starlette streamlit"),
}
OUTSIDE_THE_PACKAGE = {"app.py": "ui", "pages": "ui"}
"""What lies beside ``omni/`` and belongs to a layer of it."""
START = {"omni/__main__.py": "cli"}

FILES = sorted([ROOT / "app.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("omni/**/*.py")])


def layer_of(file: Path) -> str | None:
    """The layer a file belongs to; None for the package's own ``__init__``, which holds nothing."""
    relative = file.relative_to(ROOT)
    first, *rest = relative.parts
    if relative.as_posix() in START:
        return START[relative.as_posix()]
    if first in OUTSIDE_THE_PACKAGE:
        return OUTSIDE_THE_PACKAGE[first]
    name = rest[0].removesuffix(".py")
    return None if name == "__init__" else name


def imports_of(file: Path) -> Iterator[tuple[int, str]]:
    """Each import's line and full name, wherever it stands: at the top, in a function, for types alone."""
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
    """What the file imports and may not."""
    own = layer_of(file)
    allowed = LAYERS.get(own or "", layer())
    for line, name in imports_of(file):
        top, _, rest = name.partition(".")
        if top == "omni":
            other = rest.partition(".")[0]
            fine = other in ("", "__version__", own) or other in allowed.layers
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


def test_no_layer_depends_on_itself_by_a_detour() -> None:
    order = TopologicalSorter({name: one.layers for name, one in LAYERS.items()}).static_order()
    assert set(order) == set(LAYERS)


def test_the_map_in_the_package_says_the_same() -> None:
    told: dict[str, set[str]] = {}
    current = ""
    for line in (omni.__doc__ or "").splitlines():
        if found := re.match(r"    (\w*) +([\w -]+?)(?:   .*)?$", line):
            current = found[1] or current
            told.setdefault(current, set()).update(set(found[2].split()) - {"-"})
    told["wiring"] = set(ROOMS.split())
    assert told == {name: set(one.layers) for name, one in LAYERS.items()}


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
