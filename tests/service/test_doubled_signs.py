"""A sign that a text writes beside cells that show it already is found, and left out on request."""

from __future__ import annotations

import pytest

from omni.core.steps import MtStep
from omni.core.template import Template
from omni.service.doubled_signs import doubled_signs, without_doubled_signs
from omni.sheets.reading.reader import read


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "a.csv"
    lines = [
        "Nome;Valor;Desconto;Total;Preço",
        "Ana;R$ 10,00;15%;10,00;$ 5",
        "Bia;-R$ 5,00;30%;5,00;$ 6",
        "Cid;;;;",
        "Eva;N/A;-;;0",
        "Fil;0;0;;0",
    ]
    path.write_text("\n".join(lines), "utf-8")
    return read(path)


@pytest.mark.parametrize(
    ("text", "found", "repaired"),
    [
        ("{{Nome}}: R$ {{Valor}}", [("Valor", "R$")], "{{Nome}}: {{Valor}}"),
        ("R${{ Valor }} ou R$ {{Total}}", [("Valor", "R$")], "{{ Valor }} ou R$ {{Total}}"),
        ("{{Desconto}}% hoje", [("Desconto", "%")], "{{Desconto}} hoje"),
        ("{{Desconto}} % e R$ {{Valor}}", [("Valor", "R$"), ("Desconto", "%")], "{{Desconto}} e {{Valor}}"),
        ("por $ {{Preço}}", [("Preço", "$")], "por {{Preço}}"),
        ("R$ {{Preço}}, {{Total}}%, {{Outra}}%", [], "R$ {{Preço}}, {{Total}}%, {{Outra}}%"),
        ("{{Valor}}, R$ 10", [], "{{Valor}}, R$ 10"),
    ],
)
def test_a_sign_written_twice_is_found_and_left_out(sheet, text, found, repaired):
    step = MtStep(destination_field="phone1", message_text=text, flash_sms=False)
    problems = doubled_signs(Template(steps=(step,)), sheet)
    assert [(problem.column, problem.value) for problem in problems] == found
    assert {(problem.step, problem.field, problem.severity) for problem in problems} <= {(1, "message_text", "warning")}
    assert without_doubled_signs(step, sheet).message_text == repaired
    assert doubled_signs(Template(steps=(without_doubled_signs(step, sheet),)), sheet) == []
