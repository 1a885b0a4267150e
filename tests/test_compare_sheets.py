"""Comparing spreadsheets with what is right: the outcome of ``check`` and ``preview`` against a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import compare_sheets

pytestmark = pytest.mark.slow

TEMPLATE = '{"steps": [{"type": "MT", "destinationField": "phone1", "messageText": "Ola {{Nome}}"}]}'
RIGHT = """
[[sheet]]
file = "lista.csv"
template = "sms.json"
right = "two people, the third has no name"
exit = 1
columns = {phone1 = "Celular"}
rows = {read = 3, ready = 2, gaps = 1}
header = [1]
codes = ["text.gap"]
posted = ["5511987650001", "5511987650002"]
texts = ["Ola Ana", "Ola Bia"]
says = ["Row 4, Nome"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cells = "Nome;Celular\nAna;(11) 98765-0001\nBia;(11) 98765-0002\n;(11) 98765-0003\n"
    (tmp_path / "lista.csv").write_text(cells, "utf-8")
    (tmp_path / "sms.json").write_text(TEMPLATE, "utf-8")
    return tmp_path


def test_an_outcome_as_expected_is_printed_beside_its_expectation(folder, capsys):
    (folder / "expected.toml").write_text(RIGHT, "utf-8")
    assert compare_sheets.main([str(folder)]) == 0
    printed = capsys.readouterr().out
    assert "as expected  lista.csv: two people, the third has no name" in printed
    assert "1 compared, 0 differ" in printed


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("0002", "0009", "posted:"),
        ("ready = 2", "ready = 3", "rows: ready is 2 instead of 3"),
        ("Ola Bia", "Ola Bea", "texts:"),
        ("text.gap", "text.other", "codes:"),
        ("Row 4", "Row 5", "says nothing of"),
    ],
)
def test_a_different_outcome_is_named(folder, capsys, right, wrong, said):
    (folder / "expected.toml").write_text(RIGHT.replace(right, wrong), "utf-8")
    assert compare_sheets.main([str(folder)]) == 1
    printed = capsys.readouterr().out
    assert "DIFFERS  lista.csv" in printed
    assert said in printed
