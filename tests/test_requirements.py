"""Lists of libraries agree: the requirements, the pinned versions, and every install line in the documents."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LISTS = ("requirements.txt", "requirements-dev.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def lines_of(name: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines())
    return [Requirement(line) for line in lines if line]


def pins() -> dict[str, str]:
    """Pinned version of each package in the constraints, by normalised name."""
    found = {}
    for one in lines_of("constraints.txt"):
        (exact,) = one.specifier
        assert exact.operator == "==" and "*" not in exact.version and not one.extras, str(one)
        name = canonicalize_name(one.name)
        assert name not in found, f"{name} is pinned twice"
        found[name] = exact.version
    return found


def needed() -> Iterator[tuple[str, Requirement]]:
    """Requirements that the lists lead to on this system, each with the package that asks for it."""
    todo = [(name, one) for name in LISTS for one in lines_of(name)]
    done = set()
    while todo:
        asker, one = todo.pop()
        name = canonicalize_name(one.name)
        if (name, *sorted(one.extras)) in done:
            continue
        done.add((name, *sorted(one.extras)))
        yield asker, one
        for line in requires(name) or ():
            further = Requirement(line)
            extras = one.extras or {""}
            if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras):
                todo.append((name, further))


def test_every_package_that_is_needed_is_pinned_within_its_range():
    pinned = pins()
    for asker, one in needed():
        name = canonicalize_name(one.name)
        assert name in pinned, f"constraints.txt does not pin {name}, which {asker} needs: make constraints"
        assert pinned[name] in one.specifier, f"{asker} wants {one}, and constraints.txt pins {pinned[name]}"


def test_the_tests_run_on_the_versions_that_are_pinned():
    pinned = pins()
    needed_here = {canonicalize_name(one.name) for _, one in needed()}

    assert {name: version(name) for name in needed_here} == {name: pinned[name] for name in needed_here}


def test_a_library_stands_in_one_list():
    run, check = ({canonicalize_name(one.name) for one in lines_of(name)} for name in LISTS)

    assert not run & check
    assert {"streamlit", "pandas", "requests"} <= run


def test_the_package_takes_its_libraries_and_its_extra_from_the_lists():
    dynamic = PROJECT["tool"]["setuptools"]["dynamic"]

    assert set(PROJECT["project"]["dynamic"]) == {"version", "dependencies", "optional-dependencies"}
    assert dynamic["dependencies"] == {"file": ["requirements.txt"]}
    assert dynamic["optional-dependencies"] == {"dev": {"file": ["requirements-dev.txt"]}}


def test_every_install_line_of_the_documentation_names_the_pins():
    documents = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "docs/cluster.md")}
    installed = {
        name: [words.strip() for words in re.findall(r"pip install ([^#`\n]*)", text)]
        for name, text in documents.items()
    }

    assert installed == {
        "README.md": [
            "-r requirements.txt -c constraints.txt",  # on Linux and macOS
            "-r requirements.txt -c constraints.txt",  # on Windows
            ". -c constraints.txt",
        ],
        "docs/cluster.md": ["-r requirements.txt -c constraints.txt"],
    }


def test_make_installs_with_the_pins():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipes = dict(re.findall(r"^\$\(VENV\)/(\w+)\.stamp:.*\n\t@tools/make-venv \$\(VENV\) (.*)$", makefile, re.M))

    assert recipes == {
        "run": "-c constraints.txt -r requirements.txt",
        "test": "-c constraints.txt -r requirements.txt -r requirements-dev.txt",
    }


def test_the_oldest_python_is_the_same_everywhere():
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    minor = oldest.removeprefix("3.")

    assert f"Python {oldest} or later" in (ROOT / "README.md").read_text("utf-8")
    assert f"sys.version_info < (3, {minor})" in (ROOT / "tools" / "make-venv").read_text("utf-8")
    assert f"python{oldest}" in (ROOT / "tools" / "write-constraints").read_text("utf-8")
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py3{minor}"
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest
