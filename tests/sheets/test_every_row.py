"""Every filled row of a file is a contact, or is reported: as a line above the header, as the header, or as hidden."""

from __future__ import annotations

import csv
import random
import re
import time
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omni.sheets.reading.other_text import refuse_other_text
from omni.sheets.reading.reader import read
from omni.sheets.reading.table_start import find_start
from omni.sheets.sheet import Note, ReadOptions
from tests.sheets.layouts import layout, unaccounted, write_csv, write_xlsx
from tests.sheets.making import make_xlsx
from tests.sheets.test_csv import a_little_work

SEEDS = st.integers(0, 2**32)


@settings(deadline=None, max_examples=300)
@given(SEEDS)
def test_every_filled_row_of_a_csv_is_read_or_reported(tmp_path_factory, seed):
    chance = random.Random(seed)
    path = write_csv(tmp_path_factory.mktemp("csv") / "a.csv", layout(chance), chance)
    sheet = read(path)
    encoding = str(sheet.assumptions.encoding).replace("utf-8", "utf-8-sig")
    with path.open(encoding=encoding, newline="") as file:
        records = list(csv.reader(file, delimiter=sheet.assumptions.delimiter or "\x1f"))
    filled = [number for number, record in enumerate(records, start=1) if any(cell.strip() for cell in record)]
    assert not unaccounted(sheet, filled)


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_every_filled_row_of_an_xlsx_is_read_or_reported(tmp_path_factory, seed):
    path = write_xlsx(tmp_path_factory.mktemp("xlsx") / "a.xlsx", layout(random.Random(seed)))
    rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    filled = [number for number, row in enumerate(rows, start=1) if any(cell is not None for cell in row)]
    assert not unaccounted(read(path), filled)


@settings(deadline=None, max_examples=300)
@given(SEEDS)
def test_no_person_is_taken_for_a_header_or_a_title(tmp_path_factory, seed):
    chance = random.Random(seed)
    made = layout(chance)
    sheet = read(write_csv(tmp_path_factory.mktemp("csv") / "a.csv", made, chance))
    assert set(made.people) <= set(sheet.rows.to_pylist())


@pytest.mark.parametrize(
    "first",
    [
        "Ana;tem whatsapp;tem e-mail;Santos;SP",
        "Cliente 1;sem telefone;;;",
        "Ana;(11) 9****-0001;a***@example.com;;",
        "Имя;Телефон;Почта;;",
        "Ana;(11) 98765-0001;;;",
        ";(11) 98765-0001;;;",
        ";;ana@example.com;;",
        "Ana;;;;",
        "Ana;;;Santos;SP",
        "Ana;Cel: (11) 98765-0001;;;",
        "Ana;(11) 98765-0001 / (11) 3333-0001;;Santos;SP",
        "Ana;5,51199E+12;;;",
        "Ana;98765-0001;;;",
        "Ana;987650001;;;",
        "Ana;https://wa.me/5511987650001;;;",
        "Ana;5511987650001@c.us;;;",
        "Ana;0xx11 98765-0001;;;",
        "Ana;+55 11 98765-0001 (Ana);;;",
        "Ana;;ana@example.com, ana2@example.com;;",
        "Ana;;Ana <ana@example.com>;;",
        "Ana;não tem;;Santos;SP",
        "Ana;ligar depois;;Santos;SP",
        "Ana;sem telefone;não tem;Santos;SP",
        "Ana;#N/D;#N/D;Santos;SP",
        "Ana;11 9876-5000l;;;",
        "Celular da Ana;11 98765-0001;;;",
    ],
)
def test_the_first_row_of_a_list_without_header_is_a_contact(tmp_path, first):
    path = tmp_path / "a.csv"
    rest = "".join(f"Bia {at};(11) 98765-00{at};p{at}@example.com;Santos;SP\n" for at in range(10, 14))
    path.write_text(f"{first}\n{rest}", "utf-8")
    sheet = read(path)
    assert (sheet.assumptions.header_row, sheet.rows.to_pylist()) == (0, [1, 2, 3, 4, 5])


@pytest.mark.parametrize(
    ("content", "columns", "header_row", "above"),
    [
        ("Nome;Celular;;;\nAna;(11) 98765-0001;Santos;SP;x\n", ("Nome", "Celular", "C", "D", "E"), 1, []),
        (";;Celular\nAna;x;(11) 98765-0001\n", ("A", "B", "Celular"), 1, []),
        (
            "Loja Exemplo;(11) 3333-4444;\nNome;Celular;E-mail\nAna;11987650001;a@example.com\nBia;11987650002;\n",
            ("Nome", "Celular", "E-mail"),
            2,
            ["Loja Exemplo · (11) 3333-4444"],
        ),
        (
            "Loja;Tel. (11) 3333-4444\ncontato@loja.example;\n\nCliente;WhatsApp\nAna;11987650001\nBia;11987650002\n",
            ("Cliente", "WhatsApp"),
            4,
            ["Loja · Tel. (11) 3333-4444", "contato@loja.example"],
        ),
        ("Aquele;Celular\nAna;11987650001\n", ("Aquele", "Celular"), 1, []),
        (
            "Carimbo de data/hora;Quem é você?;Qual é o melhor WhatsApp?\n01/12/2026 09:00:00;Ana;11987650001\n",
            ("Carimbo de data/hora", "Quem é você?", "Qual é o melhor WhatsApp?"),
            1,
            [],
        ),
        (
            "Número de telefone celular com DDD (somente números);Nome do aluno\n11987650001;Ana\n",
            ("Número de telefone celular com DDD (somente números)", "Nome do aluno"),
            1,
            [],
        ),
        ("Nome;Tel. Res.;Cel.\nAna;1133330001;11987650001\n", ("Nome", "Tel. Res.", "Cel."), 1, []),
        ("Celular (ex.: 11987654321);Nome\n11987650001;Ana\n", ("Celular (ex.: 11987654321)", "Nome"), 1, []),
        ("Nome;Telefone;2025;2026\nAna;11987650001;10;20\n", ("Nome", "Telefone", "2025", "2026"), 1, []),
        ("FirstName,LastName,MobilePhone\nAna,Lima,11987650001\n", ("FirstName", "LastName", "MobilePhone"), 1, []),
        ("CPF;CONTRATO;TEL_1\n12345678909;7;11987650001\n", ("CPF", "CONTRATO", "TEL_1"), 1, []),
        ("WhatsApp\n11987650001\n11987650002\n", ("WhatsApp",), 1, []),
    ],
)
def test_the_header_is_found_by_its_words(tmp_path, content, columns, header_row, above):
    path = tmp_path / "a.csv"
    path.write_text(content, "utf-8")
    sheet = read(path)
    assert (sheet.columns, sheet.assumptions.header_row) == (columns, header_row)
    assert [line.text for line in sheet.assumptions.above] == above
    codes = {note.code for note in sheet.assumptions.notes}
    assert ("contacts_above_header" in codes) == bool(above)


@pytest.mark.parametrize(
    "header",
    [
        "URN:Tel,Name,Field:Age",
        "Record ID,First Name,Last Name,Email,Phone Number,Lead Status",
        "id,firstname,lastname,email,mobile,points",
        "Código,Nome,Fantasia,Endereço,Número,Bairro,CEP,Cidade,UF,Fone,Celular,E-mail",
        "seq,nom_cliente,num_tel_cel,vlr_debito",
        "Unidade,Bloco,Condômino,Tel",
        "Placa,Modelo,Proprietário,Fone",
        "CONTRATO,SACADO,VENCTO,VL_TITULO,TEL_CELULAR",
        "Apto,Morador,Zap",
        "RUT,Razón Social,Fono Contacto",
        "Cédula,Nombres,Apellidos,Celular",
        "Ticket,Guest,Mobile No.",
        "Título,Autor,Telefone com DDD",
        "to,message",
        "Coluna1,Coluna2",
        "Tel.",
    ],
)
def test_headers_of_many_systems_are_certain(tmp_path, header):
    titles = header.split(",")
    phone = next(
        at for at, title in enumerate(titles) if at == len(titles) - 1 or re.search("(?i)tel|phone|mobile|to$", title)
    )
    rows = [
        ["(11) 98765-000" + str(at) if place == phone else "Ana" for place in range(len(titles))] for at in range(3)
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([header, *map(",".join, rows)]), "utf-8")
    sheet = read(path)
    assert (sheet.assumptions.header_row, sheet.assumptions.header_is_guess) == (1, False)
    assert sheet.columns == tuple(titles)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (
            [["", "Telefones", "", "Contato"], ["Cliente", "Fixo", "Celular", "E-mail"]],
            ("Cliente", "Fixo", "Celular", "E-mail"),
        ),
        ([["Nome", "Telefone", "", "E-mail"], ["", "Fixo", "Celular", ""]], ("Nome", "Fixo", "Celular", "E-mail")),
        (
            [["Cliente", "", "Vendedor", ""], ["Nome", "Fone", "Nome", "E-mail"]],
            ("Cliente Nome", "Fone", "Vendedor Nome", "E-mail"),
        ),
        ([["Nome", "Telefone", "", "E-mail"], ["", "1", "2", ""]], ("Nome", "Telefone", "C", "E-mail")),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_header_of_two_rows_without_merged_cells_is_one(tmp_path, rows, columns, kind):
    people = [["Ana", "(11) 98765-0001", "(11) 98765-0002", "a@example.com"]] * 2
    if kind == "csv":
        path = tmp_path / "a.csv"
        path.write_text("".join(";".join(row) + "\n" for row in [*rows, *people]))
    else:
        path = make_xlsx(tmp_path / "a.xlsx", [[cell or None for cell in row] for row in [*rows, *people]])
    sheet = read(path)
    assert sheet.columns == columns
    assert not unaccounted(sheet, [1, 2, 3, 4])


def test_a_guess_is_reported_as_one_and_can_be_changed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Fulano;Contatável\nAna;11987650001\nBia;11987650002\n", "utf-8")
    guessed = read(path)
    assert (guessed.assumptions.header_row, guessed.assumptions.header_is_guess) == (0, True)
    assert Note("no_header_guess") in guessed.assumptions.notes
    assert guessed.table.num_rows == 3
    chosen = read(path, ReadOptions(header_row=1))
    assert (chosen.columns, chosen.table.num_rows, chosen.assumptions.header_is_guess) == (
        ("Fulano", "Contatável"),
        2,
        False,
    )


def test_lines_above_and_titles_of_a_workbook_are_as_its_program_shows_them(tmp_path):
    rows = [[None, "Emitido em", date(2026, 12, 1)], ["Nome", "Celular", date(2026, 11, 1)], ["Ana", 11987650001, 10]]
    path = make_xlsx(tmp_path / "a.xlsx", rows)
    book = openpyxl.load_workbook(path)
    for place in ("C1", "C2"):
        book.active[place].number_format = "dd/mm/yyyy"
    book.save(path)
    sheet = read(path)
    assert [line.text for line in sheet.assumptions.above] == ["Emitido em · 01/12/2026"]
    assert sheet.columns == ("Nome", "Celular", "01/11/2026")
    assert sheet.assumptions.first_rows[2].cells == ("Ana", "11987650001", "10")


def test_the_first_rows_are_kept_as_read_with_their_numbers(tmp_path):
    rows = [
        [None],
        [None, "Relatório"],
        [None, "Nome", "Celular"],
        *([None, f"Bia {at}", f"1198765000{at}"] for at in range(9)),
    ]
    assumed = read(make_xlsx(tmp_path / "a.xlsx", rows)).assumptions
    assert assumed.letters == ("B", "C")
    assert [(line.row, line.cells) for line in assumed.first_rows[:4]] == [
        (1, ("", "")),
        (2, ("Relatório", "")),
        (3, ("Nome", "Celular")),
        (4, ("Bia 0", "11987650000")),
    ]


def test_long_cells_of_any_signs_are_looked_at_in_little_time():
    signs = " .-()#@/0aA:+'\"\n"
    cells = [(one + other) * 16_000 for one in signs for other in signs]
    before = a_little_work()
    began = time.process_time()
    for cell in cells:
        find_start([[cell, "Nome"], ["11987650001", cell], [cell, "x"]])
    assert time.process_time() - began < 100 * (before + a_little_work()) / 2
    for text in ("-- x\n" + "\n" * 4_000 + "z", "# x\n" + " \n" * 4_000 + "z", "A: b\n" * 4_000 + "z"):
        refuse_other_text(text)
