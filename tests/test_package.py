"""The wheel has the right files, and its commands run from any folder without the source tree."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import omni
from tests.builders import contact_rows, sms_template, write_csv_sheet, write_template, write_xlsx_sheet
from tests.test_requirements import lines_of

ROOT = Path(__file__).resolve().parents[1]
BUILT_FROM = ("pyproject.toml", "README.md", "requirements.txt", "requirements-dev.txt")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")

pytestmark = pytest.mark.slow

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def checked(*command: object) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy because setuptools leaves its own files next to the sources."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "omni", source / "omni", ignore=shutil.ignore_patterns("__pycache__"))
    # The setuptools of requirements-dev.txt builds it, so that no download is needed.
    checked(*PIP, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", built, source)
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def environment_with_the_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with only the wheel installed; it finds the libraries of the tests' environment by path."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    checked(*PIP, "--python", python, "install", "--no-deps", "--no-index", wheel)
    (packages,) = folder.glob("lib/python*/site-packages")
    libraries = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    (packages / "libraries.pth").write_text("\n".join(sorted(libraries)), "utf-8")
    return folder


@pytest.fixture
def run(environment_with_the_wheel: Path, tmp_path: Path) -> Run:
    """Run a program of that environment in an empty folder, ``run.folder``, without our own settings."""
    folder = tmp_path / "an empty folder"
    folder.mkdir()
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("OMNI_", "PYTHON"))}

    def start(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(environment_with_the_wheel / "bin" / program), *map(str, arguments)]
        environment = ours | {"OMNI_LANGUAGE": "en"}
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    start.folder = folder  # type: ignore[attr-defined]
    return start


def metadata(wheel: Path) -> Any:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def test_the_wheel_holds_every_file_of_the_package_and_no_other(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = (file for file in (ROOT / "omni").rglob("*") if file.is_file() and "__pycache__" not in file.parts)

    assert held == {file.relative_to(ROOT).as_posix() for file in files}


def test_the_wheel_needs_what_the_requirements_name(wheel):
    found = [Requirement(line) for line in metadata(wheel).get_all("Requires-Dist")]
    extra = [str(Requirement(str(one).partition(";")[0])) for one in found if one.marker is not None]

    assert [str(one) for one in found if one.marker is None] == [str(one) for one in lines_of("requirements.txt")]
    assert extra == [str(one) for one in lines_of("requirements-dev.txt")]
    assert metadata(wheel)["Version"] == omni.__version__


def test_the_installed_package_is_the_one_that_runs(run, environment_with_the_wheel):
    done = run("python", "-c", "import omni; print(omni.__file__)")

    assert Path(done.stdout.strip()).is_relative_to(environment_with_the_wheel), done.stdout + done.stderr


def test_the_installed_command_shows_its_help(run):
    done = run("omni", "--help")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: omni ")
    assert run("python", "-m", "omni", "--help").stdout.startswith("usage: python -m omni ")


def test_the_installed_command_checks_text_files_and_workbooks(run, tmp_path):
    text = write_csv_sheet(tmp_path / "a.csv", contact_rows(3))
    workbook = write_xlsx_sheet(tmp_path / "a.xlsx", contact_rows(3))

    for sheet in (text, workbook):
        done = run("omni", "check", sheet)
        assert done.returncode == 0, done.stderr
        assert "phone1 = Celular" in done.stdout


def test_the_installed_command_sends_in_practice_from_an_empty_folder(run, tmp_path):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(3))
    template = write_template(tmp_path / "t.json", sms_template())

    done = run("omni", "send", sheet, "--template", template, "--out", "ids.csv", "--yes", "--practice")

    assert done.returncode == 0, done.stderr
    with (run.folder / "ids.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3
    assert all(row["id"] and row["state"] == "accepted" for row in rows)


def test_an_installed_package_keeps_its_data_and_its_account_in_the_working_folder(run, environment_with_the_wheel):
    assert run("omni", "status").returncode == 0
    assert {file.name for file in run.folder.iterdir()} == {"data"}
    assert (run.folder / "data" / "omni.db").is_file()
    assert not list(environment_with_the_wheel.rglob("omni.db"))

    (run.folder / ".streamlit").mkdir()
    (run.folder / ".streamlit" / "secrets.toml").write_text('OMNI_RATE = "fast"\n', "utf-8")
    done = run("omni", "status")
    assert done.returncode == 2
    assert "OMNI_RATE" in done.stderr
