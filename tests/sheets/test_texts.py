"""Columns of texts are cleaned as single values are, and damaged letters are found and repaired on request."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni.core.clean_text import clean_text, in_one_line
from omni.sheets.checking import text_column
from omni.sheets.checking.screening import screen
from omni.sheets.checking.text_findings import ENCODED_TWICE, LETTERS_LOST, REPAIRED, texts_in
from omni.sheets.sheet import Assumptions, Sheet


def sheet_of_columns(columns):
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    rows = pa.array(range(2, table.num_rows + 2), pa.int64())
    return Sheet(tuple(columns), table, rows, 0, 0, Assumptions("csv", 1))


ODD = [
    *"aéÇ ?-\n\r\t\v\f\0\x1f\x7f\x85\x9d\u00a0\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u2011\u2028"
    "\u202e\u202f\u2066\u2800\u3000\u3164\ufe0f\ufeff\uffa0\ufff9ªº“”👨👩ष"
]


@given(st.lists(st.one_of(st.text(), st.text(st.sampled_from(ODD)))))
def test_a_column_is_cleaned_as_each_of_its_values(values):
    found = text_column.clean_texts(pa.array(values, pa.string()))
    assert found.to_pylist() == [clean_text(value) for value in values]
    assert text_column.in_one_line(found).to_pylist() == [in_one_line(clean_text(value)) for value in values]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("JosÃ©", "José"),
        ("SÃ£o Paulo", "São Paulo"),
        ("ConceiÃ§Ã£o", "Conceição"),
        ("MarÃ­a PeÃ±a", "María Peña"),
        ("Ã\u0081lvaro", "Álvaro"),
        ("Â¿QuÃ© tal?", "¿Qué tal?"),
        ("â€œSimâ€\u009d", "“Sim”"),
        ("R$ 10 â€“ 20", "R$ 10 – 20"),
        ("CafÃ© â˜•", "Café ☕"),
        ("Jos&eacute;", "José"),
        ("Ana &amp; Bia", "Ana & Bia"),
        ("D&#39;Avila &#x26; C&#237;a", "D'Avila & Cía"),
        ("JOS&EACUTE; &AMP; MAR&IACUTE;A", "JOSÉ & MARÍA"),
        ("S&atilde;o&nbsp;Paulo", "São Paulo"),
        ("Jos&amp;eacute;", "José"),
        ("Jos&Atilde;&copy;", "José"),
        ("&quot;Sim&quot; &ndash; &euro; 5", '"Sim" – € 5'),
    ],
)
def test_letters_that_were_encoded_twice_are_repaired_only_on_request(cell, meant):
    sheet = sheet_of_columns({"Nome": ["Ana", cell]})
    found = texts_in(sheet, "Nome", "Nome", repair=False)
    assert found.values.to_pylist()[1] == clean_text(cell)
    (warning,) = found.damaged.to_pylist()
    assert (warning["code"], warning["row"], warning["value"], warning["proposal"]) == (ENCODED_TWICE, 3, cell, meant)
    found = texts_in(sheet, "Nome", "Nome", repair=True)
    assert found.values.to_pylist() == ["Ana", meant]
    assert [each["code"] for each in found.damaged.to_pylist()] == [REPAIRED]


@pytest.mark.parametrize(
    "cell",
    [
        "São Paulo",
        "Ângela",
        "ÂNGELA",
        "IRMÃ",
        "MÃE",
        "PÃO & CIA",
        "Ão",
        "JOÃO",
        "SÃO",
        "MAÇÃ",
        "Ão-Ão",
        "IRMÃS",
        "PÃES",
        "CÃIBRA",
        "â",
        "5 º andar",
        "naïve",
        "Ð",
        "€ 5",
        "AT&T;",
        "Tom & Jerry",
        "P&G",
        "R&D;",
        "a&b;c",
        "&;",
        "&#;",
        "&eacute",
        "x &zz9; y",
        "C&A; H&M;",
    ],
)
def test_sound_letters_are_left_alone(cell):
    found = texts_in(sheet_of_columns({"Nome": [cell]}), "Nome", "Nome", repair=True)
    assert (found.values.to_pylist(), found.damaged.num_rows) == ([cell], 0)


@pytest.mark.parametrize(
    "cell",
    [
        "Jos?",
        "S?o Paulo",
        "Concei??o",
        "Jo\ufffdo",
        "Ana J?lia de S?",
        "?ngela Lima",
        "Muñoz Pe?a",
        "Ãngela",
        "Ãgata Lima",
        "Ana Ãtila",
        "ÃNGELA",
        "Ãurea",
        "Ãtalo",
        "(Ãlvaro)",
        "GARCÃA",
        "MARÃA JOSÉ",
    ],
)
def test_lost_letters_are_warned_of(cell):
    found = texts_in(sheet_of_columns({"Nome": ["Ana Lima", cell]}), "Nome", "Nome", repair=False)
    (warning,) = found.damaged.to_pylist()
    assert (warning["code"], warning["row"], warning["value"], warning["proposal"]) == (LETTERS_LOST, 3, cell, None)


@pytest.mark.parametrize(
    "cell",
    [
        "Tudo bem?",
        "?",
        "https://a.example/?x=1",
        "example.com/?id=7",
        "Você recebeu o boleto? Responda.",
        "Sim ou não?",
    ],
)
def test_honest_question_marks_are_left_alone(cell):
    assert texts_in(sheet_of_columns({"Nota": [cell]}), "Nota", "Nota", repair=False).damaged.num_rows == 0


@pytest.mark.parametrize(
    ("cells", "sent"),
    [
        (["'Bia", "Ana", "Caio"], ["Bia", "Ana", "Caio"]),
        (["'Bia", "'Ana Lima", "'d'Avila"], ["Bia", "Ana Lima", "d'Avila"]),
        (["'0012", "0013", "0014"], ["0012", "0013", "0014"]),
        (["'99,90", "80,00", "70,00"], ["99,90", "80,00", "70,00"]),
        (["'01001-000", "'01310-100"], ["01001-000", "01310-100"]),
        (["'Bia'", "'Ana'"], ["Bia", "Ana"]),
        ([" 'Bia", "'R$ 10", "'ana"], ["Bia", "R$ 10", "ana"]),
        (["'t Hooft", "Ana", "Bia"], ["'t Hooft", "Ana", "Bia"]),
        (["'D'Avila", "Ana", "Bia"], ["'D'Avila", "Ana", "Bia"]),
        (["Fusca", "'99", "Uno", "Gol"], ["Fusca", "'99", "Uno", "Gol"]),
        (["'Promo' de maio", "Ana", "Bia"], ["'Promo' de maio", "Ana", "Bia"]),
        (["D'Avila", "O'Neil", "Sant'Ana"], ["D'Avila", "O'Neil", "Sant'Ana"]),
        (["'", "' Ana", "''"], ["'", "' Ana", "''"]),
    ],
)
def test_an_apostrophe_in_front_that_marks_a_text_is_not_sent(cells, sent):
    sheet = sheet_of_columns({"Nome": cells})
    found = texts_in(sheet, "Nome", "Nome", repair=False)
    assert found.values.to_pylist() == sent
    assert found.tidied.tolist() == [cell != text for cell, text in zip(cells, sent, strict=True)]
    screened = screen(sheet, {"nome": "Nome"}, {"nome": "text"})
    assert screened.values.column("nome").to_pylist() == sent
