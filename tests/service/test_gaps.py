"""A value that is missing in a text keeps its row from being sent, unless the operator chooses to send with gaps."""

import json

import pyarrow as pa
import pytest

from omni.core.rendering import stray_braces, without_styles
from omni.service.column_mapping import placeholder_headers
from omni.sheets.checking.gaps import EMPTY_WORDS, empty_values, holds_names
from tests.cli.test_sheet_commands import run

SHEET = """Nome;Celular;E-mail;VENCIMENTO
Ana;11987650001;ana@example.com;10/12
;11987650002;bia@example.com;10/12
NaN;11987650003;;10/12
Caio;11987650004;caio@example.com;
Davi;;davi@example.com; -
não informado;;eva@example.com;12/12
"""
SMS = {"type": "MT", "destinationField": "phone1", "messageText": "Ola {{nome}}"}
EMAIL = {
    "type": "EMAIL",
    "destinationField": "email",
    "subject": "Vence {{Vencimento}}",
    "fromEmail": "loja@example.com",
    "emailHtml": "<p>Ola</p>",
}


@pytest.fixture
def checked(tmp_path, capsysbinary):
    def check(steps, *flags, sheet=SHEET):
        (tmp_path / "a.csv").write_text(sheet, "utf-8")
        (tmp_path / "t.json").write_text(json.dumps({"steps": steps}), "utf-8")
        files = ("check", tmp_path / "a.csv", "--template", tmp_path / "t.json", "--json")
        code, out, _ = run(capsysbinary, *map(str, files), *flags)
        found = json.loads(out)
        gaps = [(item["row"], item["column"]) for item in found["problems"] if item["code"] == "text.gap"]
        return code, found["rows"], gaps

    return check


def test_a_gap_rejects_the_rows_that_its_step_reaches(checked):
    code, rows, gaps = checked([SMS])
    assert (code, gaps) == (1, [(3, "Nome"), (4, "Nome")])
    # Rows 6 and 7 have no phone at all.
    assert (rows["ready"], rows["rejected"], rows["gaps"]) == (2, 4, 2)


def test_a_gap_in_a_step_that_does_not_reach_the_row_is_none(checked):
    _, rows, gaps = checked([SMS, EMAIL])
    assert gaps == [(3, "Nome"), (4, "Nome"), (5, "VENCIMENTO"), (6, "VENCIMENTO")]
    assert (rows["ready"], rows["rejected"], rows["gaps"]) == (2, 4, 4)


def test_gaps_are_sent_if_the_operator_says_so(checked):
    code, rows, gaps = checked([SMS, EMAIL], "--gaps", "send")
    assert (code, gaps) == (0, [])
    assert (rows["ready"], rows["rejected"], rows["gaps"]) == (6, 0, 0)


def test_another_row_of_the_same_contact_has_the_value(checked):
    sheet = "Nome;Celular\n;11987650001\nAna;11987650001\n"
    _, rows, _ = checked([SMS], sheet=sheet)
    assert (rows["ready"], rows["duplicate"], rows["gaps"]) == (1, 0, 1)


def test_a_text_may_name_a_column_that_the_operator_chooses(checked):
    steps = [{**SMS, "messageText": "Vence {{prazo}}"}]
    assert checked(steps)[0] == 1
    code, rows, gaps = checked(steps, "--map", "prazo=VENCIMENTO")
    assert (code, rows["ready"], gaps) == (1, 3, [(5, "VENCIMENTO")])


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Vencimento", "VENCIMENTO"),
        ("data_de_nascimento", "Data de Nascimento"),
        ("preco", "Preço"),
        ("Preço", "Preço"),
        ("Nome", None),
        ("NOME", "NOME"),
        ("cidade", None),
        ("phone1", None),
        ("escolhido", "Preço"),
    ],
)
def test_a_placeholder_finds_the_only_header_like_it(name, header):
    columns = ["VENCIMENTO", "Data de Nascimento", "Preço", "NOME", "nome", "Phone 1"]
    found = placeholder_headers(columns, {"phone1": "Phone 1"}, [name], {"escolhido": "Preço", "cidade": "Gone"})
    assert found.get(name) == header


def test_a_value_may_say_that_there_is_none():
    says_so = ["", "NULL", "Não Informado", "#N/D", "-", "N/A"]
    real = ["0", "Ana", "Na", "Nulo da Silva", "5-3"]
    found = empty_values(pa.chunked_array([says_so + real]), EMPTY_WORDS)
    assert found.tolist() == [True] * len(says_so) + [False] * len(real)


@pytest.mark.parametrize(
    ("header", "cells", "empty"),
    [
        ("Nome", ["xxx", "XXX", "xxxxxx", "x", "XX", "NUL", "s/n", "S/N"], True),
        ("Cliente", ["undefined undefined", "null null", "nan nan", "None None", "NULL undefined"], True),
        ("Nome do cliente", ["x", "s/n", "Xxx xxx"], True),
        ("Endereço", ["XXX", "null null", "nul"], True),
        ("Número", ["s/n", "S/N", "x"], False),
        ("Endereço", ["s/n", "Rua A, s/n"], False),
        ("Nome da rua", ["s/n", "x"], False),
        ("Tamanho", ["X", "XX"], False),
        ("Nome", ["Xuxa", "Nula", "Max", "Ana Null", "null-null", "teste", "Xxa"], False),
    ],
)
def test_fillers_are_gaps_where_they_can_be_nothing_else(header, cells, empty):
    found = empty_values(pa.chunked_array([["Ana", *cells]]), EMPTY_WORDS, are_names=holds_names(header))
    assert found.tolist() == [False] + [empty] * len(cells)


def test_a_numeral_among_numerals_is_no_filler():
    found = empty_values(pa.chunked_array([["XXX", "IX", "XX"]]), EMPTY_WORDS)
    assert found.tolist() == [False] * 3


@pytest.mark.parametrize("kept", ["xxx", "s/n", "null"])
def test_a_filler_may_be_a_real_value(kept):
    words = [word for word in EMPTY_WORDS if word != kept]
    found = empty_values(pa.chunked_array([[kept, f"{kept} {kept}", "-"]]), words, are_names=True)
    assert found.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("cells", "words", "empty"),
    [
        (["Ana", "0", "José"], EMPTY_WORDS, [False, True, False]),
        (["Ana", "0", "-"], EMPTY_WORDS, [False, True, True]),
        (["120", "0", "45"], EMPTY_WORDS, [False, False, False]),
        (["R$ 0", "0", "isento"], EMPTY_WORDS, [False, False, False]),
        (["0", "0", ""], EMPTY_WORDS, [False, False, True]),
        (["Ana", "0", "José"], [word for word in EMPTY_WORDS if word != "0"], [False, False, False]),
        (["Ana", "00", "0 dias"], EMPTY_WORDS, [False, False, False]),
    ],
)
def test_a_zero_counts_as_empty_only_among_words(cells, words, empty):
    assert empty_values(pa.chunked_array([cells]), words).tolist() == empty


def test_empty_words_are_in_lower_case_and_differ():
    assert sorted(EMPTY_WORDS) == sorted({word.lower() for word in EMPTY_WORDS})


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Ola {{Nome}}, tudo bem?", None),
        ("Ola {Nome}", None),
        ("Ola {{Nome}, tudo", "Ola {{Nome}, tudo"),
        ("Ola {Nome}}!", "Ola {Nome}}!"),
        ("{{a}} e {{b", "{{…}} e {{b"),
        ("{{a}}}}", "{{…}}}}"),
    ],
)
def test_braces_that_belong_to_no_placeholder_are_found(text, near):
    assert stray_braces(text) == near


def test_style_sheets_may_have_braces():
    html = "<style>@media print{a{b:c}}</style><p>{{Nome}}</p><STYLE>x{y{}}"
    assert stray_braces(without_styles(html)) is None
    assert stray_braces(without_styles("<p>{{Nome}</p><style>a{b{}}</style>")) is not None


def test_two_spellings_of_a_name_report_a_cell_once(checked):
    step = SMS | {"messageText": "Ola {{nome}}, {{Nome}}"}
    _, rows, gaps = checked([step])
    assert gaps == [(3, "Nome"), (4, "Nome")]
    assert rows["gaps"] == 2


def test_an_error_value_that_counts_as_empty_is_reported_once(tmp_path, capsysbinary):
    (tmp_path / "a.csv").write_text("Nome;Celular\n#N/D;11987650001\n#REF!;11987650002\nAna;11987650003\n", "utf-8")
    (tmp_path / "t.json").write_text(json.dumps({"steps": [SMS]}), "utf-8")
    files = map(str, ("check", tmp_path / "a.csv", "--template", tmp_path / "t.json", "--json"))
    _, out, _ = run(capsysbinary, *files, "--real-value", "#ref!")
    found = [(item["row"], item["code"]) for item in json.loads(out)["problems"]]
    assert found == [(2, "text.gap"), (3, "text.error_value")]


def test_the_empty_words_can_be_changed(checked):
    _, rows, gaps = checked([SMS], "--empty-value", "Ana", "--real-value", "NaN")
    assert gaps == [(2, "Nome"), (3, "Nome")]
    assert (rows["ready"], rows["gaps"]) == (2, 2)


def test_two_columns_alike_are_named_when_a_text_asks_for_one(tmp_path, capsysbinary):
    (tmp_path / "a.csv").write_text("Nome;NOME;Celular\nAna;Bia;11987650001\n", "utf-8")
    (tmp_path / "t.json").write_text(json.dumps({"steps": [SMS]}), "utf-8")
    files = (tmp_path / "a.csv", "--template", tmp_path / "t.json")
    code, out, _ = run(capsysbinary, "check", *files)
    assert code == 1
    assert "Nome, NOME, Celular" in out
    assert '--map "nome=HEADER"' in out
    code, out, _ = run(capsysbinary, "preview", *files, "--map", "nome=NOME")
    assert "Ola Bia" in out
