"""Text files of unusual build: read as the table they hold, or refused by what they are."""

from __future__ import annotations

import pytest

from omni.core.destination import normalise_phone
from omni.errors import SheetError
from omni.sheets.reading.reader import read
from omni.sheets.sheet import Note
from tests.sheets.making import make_xlsx

PEOPLE = [["Ana", "(11) 98765-0001"], ["Bia", "(11) 98765-0002"]]


def read_text(tmp_path, text: str):
    path = tmp_path / "lista.txt"
    path.write_text(text, "utf-8", newline="")
    return read(path)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('ID;PWXL;N;E\nC;Y1;X1;K"Nome"\nE\n', "file.other_spreadsheet(found='SYLK (.slk)')"),
        ('TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n0,2\r\n', "file.other_spreadsheet(found='DIF (.dif)')"),
        ("dn: cn=Ana\ncn: Ana\nmail: ana@example.com\n", "file.address_book(found='LDIF')"),
        ("version: 1\n\n# comment\ndn:: Y249QW5h\n", "file.address_book(found='LDIF')"),
        ("BEGIN:VCALENDAR\nVERSION:2.0\n", "file.not_a_sheet(found='iCalendar (.ics)')"),
        ("MIME-Version: 1.0\nContent-Type: multipart/related\n\n--x\n", "file.not_a_sheet(found='MIME (.mht, .eml)')"),
        ("From: a@example.com\nSubject: x\nMIME-Version: 1.0\n\nOi\n", "file.not_a_sheet(found='MIME (.mht, .eml)')"),
        ("-- dump\nCREATE TABLE c (a text);\nINSERT INTO c VALUES ('x');\n", "file.not_a_sheet(found='SQL')"),
        ("[01/12/2026 09:00:01] Ana: oi\n[01/12/2026 09:00:10] Bia: (11) 98765-0002\n", "file.chat"),
        ("01/12/2026 09:00 - As mensagens são protegidas.\n01/12/2026 09:01 - Ana: oi\nde novo\n", "file.chat"),
        ("12/1/26, 9:00 AM - Ana: oi\n12/1/26, 9:01 AM - Bia: ok\n", "file.chat"),
        ("Nome            Celular\nAna Lima        11987650001\nBia             11987650002\n", "file.fixed_width"),
        ("Nome         Celular\nAna      11987650001\nBia Reis 11987650002\n", "file.fixed_width"),
        (
            "Nome          Celular       Cidade\nAna Lima      11987650001   Santos\nBia Reis      11987650002\n",
            "file.fixed_width",
        ),
        ("Nome/Celular/Data\nAna/11987650001/10/12/2026\nBia/11987650002/11/12/2026\n", "file.unseparated(sign='/')"),
        ("Nome - Celular\nAna - 11987650001\nBia - 11987650002\n", "file.unseparated(sign='-')"),
        ("Nome => Celular\nAna => 11987650001\nBia => 11987650002\n", "file.unseparated(sign='=>')"),
        ("Nome – Celular – Cidade\nAna – 11987650001 – Santos\n", "file.unseparated(sign='–')"),
        ("Nome / E-mail\nAna / ana@example.com / x\nBia / bia@example.com\n", "file.unseparated(sign='/')"),
    ],
)
def test_text_that_is_no_table_is_refused_by_its_name(tmp_path, text, error):
    with pytest.raises(SheetError) as stopped:
        read_text(tmp_path, text)
    assert str(stopped.value) == error


@pytest.mark.parametrize(
    "text",
    [
        "Telefone/Celular\n11987650001\n11987650002\n",
        "Tel/Cel\n11 98765-0001\n1133330002\n",
        "E-mail\nana@example.com\nbia@example.com\n",
        "Nome / Razão social\nAna\nBia\n",
        "Celular - WhatsApp\n11987650001\n11987650002\n",
        "Telefone/Celular\n11987650001/1133330001\n11987650002\n11987650003\n",
        "Site\nhttps://a.example/x\nhttps://a.example/y\n",
    ],
)
def test_a_sign_in_a_title_of_one_column_is_no_separator(tmp_path, text):
    sheet = read_text(tmp_path, text)
    assert (sheet.table.num_columns, sheet.assumptions.delimiter) == (1, None)


@pytest.mark.parametrize("sign", ["^", "~", ":", "#", "!", "/", "\\", "&", "$", "\x01", "\x1f", "|", ";"])
def test_a_rare_separator_is_found(tmp_path, sign):
    rows = [["Nome", "Celular"], ["Ana", "11987650001"], ["Bia", "11987650002"]]
    sheet = read_text(tmp_path, "".join(sign.join(row) + "\n" for row in rows))
    assert (sheet.columns, sheet.assumptions.delimiter) == (("Nome", "Celular"), sign)
    assert sheet.table.to_pylist() == [{"Nome": name, "Celular": phone} for name, phone in rows[1:]]


@pytest.mark.parametrize(
    "text",
    ["https://wa.me/5511987650001\nhttps://wa.me/5511987650002\n", "Nome\nSilva, Ana\nLima, Bia\n", "Obs\n#1\n#2\n"],
)
def test_signs_within_cells_separate_nothing(tmp_path, text):
    assert read_text(tmp_path, text).assumptions.delimiter is None


@pytest.mark.parametrize(
    "text",
    [
        '"Nome,Celular"\r\n"Ana,(11) 98765-0001"\r\n"Bia,(11) 98765-0002"\r\n',
        '"Nome,""Celular"""\n"Ana,""(11) 98765-0001"""\n"Bia,""(11) 98765-0002"""\n',
        'Nome,Celular\n"Ana,""(11) 98765-0001"""\n"Bia,""(11) 98765-0002"""\n',
        '"Nome,Celular";;\n"Ana,(11) 98765-0001";;\n"Bia,(11) 98765-0002";;\n',
    ],
)
def test_lines_in_quotes_as_a_whole_are_read_as_the_rows_within(tmp_path, text):
    sheet = read_text(tmp_path, text)
    assert (sheet.columns, [list(row.values()) for row in sheet.table.to_pylist()]) == (("Nome", "Celular"), PEOPLE)
    assert sheet.rows.to_pylist() == [2, 3]
    assert Note("lines_unquoted") in sheet.assumptions.notes


def test_quoted_lines_with_separators_within_their_text_keep_every_cell(tmp_path):
    sheet = read_text(tmp_path, '"Nome,Celular,Obs"\n"Ana,11987650001,a, b"\n"Bia,11987650002,c"\n')
    assert sheet.columns == ("Nome", "Celular", "Obs", "D")
    assert [list(row.values()) for row in sheet.table.to_pylist()] == [
        ["Ana", "11987650001", "a", " b"],
        ["Bia", "11987650002", "c", ""],
    ]


def test_names_with_commas_in_quotes_stay_whole(tmp_path):
    sheet = read_text(tmp_path, 'Nome\n"Silva, Ana"\n"Lima, Bia"\n')
    assert sheet.table.to_pylist() == [{"Nome": "Silva, Ana"}, {"Nome": "Lima, Bia"}]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("11987650001, 11987650002, 11987650003", ["11987650001", "11987650002", "11987650003"]),
        ("11987650001/11987650002\n", ["11987650001", "11987650002"]),
        ("11987650001 11987650002 11987650003\n", ["11987650001", "11987650002", "11987650003"]),
        ("(11) 98765-0001 e (11) 98765-0002\n", ["(11) 98765-0001", "(11) 98765-0002"]),
        ("a@example.com;b@example.com\nc@example.com\n", ["a@example.com", "b@example.com", "c@example.com"]),
        ("ana@example.com; bia@example.com\n", ["ana@example.com", "bia@example.com"]),
        ("Ana <ana@example.com>, Bia <bia@example.com>\n", ["Ana <ana@example.com>", "Bia <bia@example.com>"]),
        (
            "11987650001;11987650002;11987650003\n11987650004;11987650005\n",
            [f"1198765000{at}" for at in range(1, 6)],
        ),
    ],
)
def test_contacts_beside_each_other_are_one_row_each(tmp_path, text, cells):
    sheet = read_text(tmp_path, text)
    assert [cell.strip() for cell in sheet.table.column(0).to_pylist()] == cells
    assert (sheet.table.num_columns, sheet.rows.to_pylist()) == (1, list(range(1, len(cells) + 1)))
    assert Note("contacts_listed", {"n": len(cells)}) in sheet.assumptions.notes


@pytest.mark.parametrize(
    "lines",
    [
        ["Ana - 11 98765-0001", "Bia Reis – 11 98765-0002"],
        ["Ana (11) 98765-0001", "Bia Reis (11) 98765-0002"],
        ["11 98765-0001 Ana", "11 98765-0002 Bia Reis"],
        ["1. Ana +55 11 98765-0001", "2. Bia Reis +55 11 98765-0002"],
        ["+55 11 98765-0001 (Ana)", "+55 11 98765-0002 (Bia Reis)"],
    ],
)
@pytest.mark.parametrize("kind", ["txt", "xlsx"])
def test_a_name_and_a_number_in_one_cell_become_two_columns(tmp_path, lines, kind):
    sheet = (
        read_text(tmp_path, "".join(f"{line}\n" for line in lines))
        if kind == "txt"
        else read(make_xlsx(tmp_path / "a.xlsx", [[line] for line in lines]))
    )
    assert sheet.columns == ("A", "B")
    assert sheet.table.column(0).to_pylist() == ["Ana", "Bia Reis"]
    assert [normalise_phone(cell).value for cell in sheet.table.column(1).to_pylist()] == [
        "5511987650001",
        "5511987650002",
    ]
    assert Note("names_apart", {"n": 2}) in sheet.assumptions.notes


@pytest.mark.parametrize(
    "text",
    [
        "11987650001\n11987650002\n",
        "Ana <ana@example.com>\nBia <bia@example.com>\n",
        "Tel 11987650001\n",
        "https://wa.me/5511987650001\nhttps://wa.me/5511987650002\n",
        "wa.me/5511987650001\nwa.me/5511987650002\n",
        "https://api.whatsapp.com/send?phone=5511987650001\nhttps://api.whatsapp.com/send?phone=5511987650002\n",
    ],
)
def test_a_list_without_names_stays_one_column(tmp_path, text):
    assert read_text(tmp_path, text).table.num_columns == 1


def test_a_line_in_another_form_stays_whole_beside_names_and_numbers(tmp_path):
    lines = ["Lista VIP", *(f"Ana 11 98765-000{at}" for at in range(9)), "Bia 11 98765-0009 / 3333-4444"]
    rows = [
        tuple(row.values()) for row in read_text(tmp_path, "".join(f"{line}\n" for line in lines)).table.to_pylist()
    ]
    assert (rows[0], rows[1], rows[-1]) == (
        ("Lista VIP", ""),
        ("Ana", "11 98765-0000"),
        ("", "Bia 11 98765-0009 / 3333-4444"),
    )


def test_lines_of_three_numbers_each_are_a_question(tmp_path):
    line = "11987650001;11987650002;11987650003\n"
    sheet = read_text(tmp_path, line + line)
    assert sheet.table.num_columns == 3
    assert Note("contacts_in_a_row", {"n": 3}) in sheet.assumptions.notes
    for mixed in ("+55 11 98765-0001, +55 11 98765-0002, Ana, Bia\n", "Ana;11987650001;Bia;11987650002\n"):
        assert Note("contacts_in_a_row", {"n": 2}) in read_text(tmp_path, mixed).assumptions.notes
    two = read_text(tmp_path, "11987650001;1133330001\n11987650002;1133330002\n")
    assert (two.table.num_columns, two.table.num_rows) == (2, 2)


@pytest.mark.parametrize(
    "footer", ["", '\n\n"Clientes ativos"\n"Copyright (c) 2026"\n"Confidencial"\n"Loja Exemplo"\n']
)
@pytest.mark.parametrize("title", ["", "Relatório de clientes\nFiltro: todos\nEmitido em 01/12/2026\nPágina 1\n\n"])
def test_a_short_table_between_title_and_footer_is_found(tmp_path, title, footer):
    table = '"First Name","Mobile","Email"\n"Ana","11987650001","ana@example.com"\n"Bia","11987650002",""\n'
    sheet = read_text(tmp_path, title + table + footer)
    assert sheet.columns == ("First Name", "Mobile", "Email")
    assert sheet.table.to_pylist()[0] == {"First Name": "Ana", "Mobile": "11987650001", "Email": "ana@example.com"}
