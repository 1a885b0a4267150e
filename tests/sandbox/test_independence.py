"""The sandbox implements the provider's page on its own: it imports the standard library, h11 and nothing of Omni."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.running import ROOT

MODULES = sorted((ROOT / "omni" / "sandbox").rglob("*.py"))


def imported_by(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "written out, so that this test can read it"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "omni"}
    return names


def is_allowed(name: str) -> bool:
    return (
        name in ("omni.sandbox", "h11")
        or name.startswith("omni.sandbox.")
        or name.split(".", maxsplit=1)[0] in sys.stdlib_module_names
    )


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_a_module_imports_only_its_own_package_h11_and_the_standard_library(file: Path):
    assert {name for name in imported_by(file) if not is_allowed(name)} == set()


def test_the_modules_are_found():
    assert {"__init__", "__main__", "server", "contract", "faults", "record"} <= {file.stem for file in MODULES}


@pytest.mark.parametrize("name", ["omni", "omni.core", "omni.sandboxed", "h11x", "requests"])
def test_the_rule_above_can_fail(name: str):
    assert not is_allowed(name)


def test_running_it_loads_nothing_else():
    code = "import sys, omni.sandbox; print(*(name for name in sys.modules if name.split('.')[0] == 'omni'))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert {name for name in loaded.split() if not is_allowed(name)} == {"omni"}
