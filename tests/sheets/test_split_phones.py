"""Area codes and country codes in columns of their own are joined with their numbers."""

from __future__ import annotations

import json

import openpyxl
import pytest

from omni.core.destination import normalise_phone
from omni.service.column_mapping import propose_mapping
from omni.sheets.arrow_files import open_sheet, write_sheet
from omni.sheets.reading.reader import read
from tests.cli.test_sheet_commands import run
from tests.sheets.making import make_xlsx

PHONES = {"phone1": "phone", "phone2": "phone"}


@pytest.fixture
def sheet_of(tmp_path):
    def written(text):
        path = tmp_path / "lista.csv"
        path.write_text(text, "utf-8")
        return read(path)

    return written


@pytest.mark.parametrize(
    ("text", "country", "columns", "numbers"),
    [
        (
            "Nome;DDI;DDD;Telefone\nAna;55;11;98765-0001\nBia;55;21;3333-0002\nCaio;55;;\n",
            "BR",
            ["DDI + DDD + Telefone"],
            ["5511987650001", "552133330002", None],
        ),
        (
            "Nome;DDD Res;Tel Res;DDD Cel;Cel\nAna;11;3333-0001;11;98765-0001\nBia;21;3333-0002;21;98765-0002\n",
            "BR",
            ["DDD Cel + Cel", "DDD Res + Tel Res"],
            ["5511987650001", "5521987650002"],
        ),
        (
            "Nome,DDD1,Telefone1,DDD2,Telefone2\nAna,011,33330001,011,987650001\nBia,021,,021,987650002\n",
            "BR",
            ["DDD2 + Telefone2", "DDD1 + Telefone1"],
            ["5511987650001", "5521987650002"],
        ),
        (
            "DDD;Telefone;DDD;Celular\n11;33330001;12;987650001\n21;33330002;22;987650002\n",
            "BR",
            ["DDD (2) + Celular", "DDD + Telefone"],
            ["5512987650001", "5522987650002"],
        ),
        (
            "Nome;DDD;Telefone;Celular\nAna;11;33330001;987650001\nBia;21;33330002;987650002\n",
            "BR",
            ["DDD + Celular", "DDD + Telefone"],
            ["5511987650001", "5521987650002"],
        ),
        ("Nome;Telefone;DDD\nAna;98765-0001;(11)\n", "BR", ["DDD + Telefone"], ["5511987650001"]),
        (
            "Nome;DDD;Fone\nAna;11.0;987650001.0\nCaio;;31987650003\nDavi;41;(41) 98765-0004\n",
            "BR",
            ["DDD + Fone"],
            ["5511987650001", "5531987650003", "5541987650004"],
        ),
        (
            "Nombre;Código de área;Teléfono\nAna;011;15-4123-4567\nBia;0351;15 412-3456\nEva;011;4123-4568\n",
            "AR",
            ["Código de área + Teléfono"],
            ["5491141234567", "5493514123456", "541141234568"],
        ),
        ("Nombre;LADA;Celular\nAna;55;1234 5678\nBia;33;1234 5679\n", "MX", ["LADA + Celular"], ["525512345678"]),
        (
            "Name,Country Code,Phone\nAna,57,3001234567\nBia,+55,11987650001\nCaio,55,5511987650002\n"
            "Davi,55,55987650003\nEva,,+5511987650004\n",
            "BR",
            ["Country Code + Phone"],
            ["573001234567", "5511987650001", "5511987650002", "5555987650003", "5511987650004"],
        ),
        (
            "Nombre;Código de país;Número de teléfono\nAna;51;987654321\nBia;56;987654322\n",
            "PE",
            ["Código de país + Número de teléfono"],
            ["51987654321", "56987654322"],
        ),
        ("First Name,Area Code,Phone Number\nAna,11,98765-0001\n", "BR", ["Area Code + Phone Number"], None),
        ("Nome;Numero;DDD;Celular\nAna;120;11;987650001\nBia;45;21;987650002\n", "BR", ["DDD + Celular"], None),
    ],
)
def test_codes_are_joined_with_their_numbers(sheet_of, text, country, columns, numbers):
    sheet = sheet_of(text)
    mapping = propose_mapping(sheet, PHONES, country)
    assert list(mapping.values()) == columns
    if numbers is not None:
        cells = sheet.table.column(mapping["phone1"]).to_pylist()[: len(numbers)]
        assert [normalise_phone(cell, country).value for cell in cells] == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Nome;Area;Telefone\nAna;Vendas;11987650001\nBia;TI;21987650002\n",
        "Nome;DDD/Telefone\nAna;11987650001\nBia;21987650002\n",
        "Nome;Prefixo;Telefone\nAna;Sra.;11987650001\nBia;Dra.;987650002\n",
        "Nome;DDD;Telefone\nAna;11;11987650001\nBia;21;21987650002\n",
        "Nome;País;Código;Telefone\nAna;Brasil;7;11987650001\nBia;Brasil;8;21987650002\n",
    ],
)
def test_nothing_is_joined_where_numbers_are_whole_or_codes_are_none(sheet_of, text):
    sheet = sheet_of(text)
    assert not sheet.joined
    assert propose_mapping(sheet, PHONES) == {"phone1": "DDD/Telefone" if "/" in text else "Telefone"}


def test_a_joined_column_is_kept_with_the_sheet(sheet_of, tmp_path):
    sheet = sheet_of("Nome;DDD;Telefone\nAna;11;987650001\n")
    write_sheet(tmp_path, sheet)
    opened = open_sheet(tmp_path)
    assert opened.joined == {"DDD + Telefone": ("DDD", "Telefone")}
    assert opened.table.column("DDD + Telefone").to_pylist() == ["11 987650001"]
    assert [note.params for note in opened.assumptions.notes if note.code == "phones_joined"] == [
        {"column": "DDD + Telefone", "columns": "DDD · Telefone"}
    ]


def test_a_column_of_that_name_stays_itself(sheet_of):
    sheet = sheet_of("DDD;Telefone;DDD + Telefone\n11;987650001;x\n")
    assert sheet.table.column("DDD + Telefone").to_pylist() == ["x"]
    assert sheet.table.column("DDD + Telefone (2)").to_pylist() == ["11 987650001"]


def test_numbers_and_hidden_rows_of_a_workbook_are_joined(tmp_path):
    path = make_xlsx(tmp_path / "a.xlsx", [["Nome", "DDD", "Celular"], ["Ana", 11, 987650001], ["Bia", 21, 987650002]])
    book = openpyxl.load_workbook(path)
    book.active.row_dimensions[3].hidden = True
    book.save(path)
    sheet = read(path)
    assert sheet.table.column("DDD + Celular").to_pylist() == ["11 987650001"]
    assert sheet.unseen.column("DDD + Celular").to_pylist() == ["21 987650002"]


def test_exports_have_only_the_columns_of_the_file(tmp_path, capsysbinary):
    (tmp_path / "a.csv").write_text("Nome;DDD;Telefone\nAna;11;987650001\nBia;21;12\n", "utf-8")
    step = {"type": "MT", "destinationField": "phone1", "messageText": "Olá"}
    (tmp_path / "t.json").write_text(json.dumps({"steps": [step]}), "utf-8")
    code, out, _ = run(
        capsysbinary, "check", tmp_path / "a.csv", "--template", tmp_path / "t.json", "--json",
        "--rejected", tmp_path / "out.csv",
    )  # fmt: skip
    found = json.loads(out)
    assert (code, found["columns"], found["rows"]["ready"]) == (1, {"phone1": "DDD + Telefone"}, 1)
    header = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()[0]
    assert header.endswith(";Nome;DDD;Telefone")


def test_the_joined_columns_are_said_in_a_sentence(tmp_path, capsysbinary):
    (tmp_path / "a.csv").write_text("Nome;DDD;Telefone\nAna;11;987650001\n", "utf-8")
    _, out, _ = run(capsysbinary, "check", tmp_path / "a.csv")
    assert "(DDD · Telefone). They are read joined, as “DDD + Telefone”." in out
