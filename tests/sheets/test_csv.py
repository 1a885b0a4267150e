"""Text files as spreadsheet programs and other systems write them."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omni.errors import SheetError
from omni.sheets.limits import Limits
from omni.sheets.reading.encoding import as_utf8
from omni.sheets.reading.malformed_csv import Uneven, ragged_cells
from omni.sheets.reading.reader import read
from omni.sheets.sheet import Note, ReadOptions, Sheet


def read_bytes(folder: Path, content: bytes, **options: object) -> Sheet:
    path = folder / "lista.csv"
    path.write_bytes(content)
    return read(path, ReadOptions(**options))  # type: ignore[arg-type]


def cells(sheet: Sheet) -> list[list[str]]:
    return [list(row.values()) for row in sheet.table.to_pylist()]


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        pytest.param(
            b"Nome;Celular\nAna;1\nBia;2\n", ("Nome", "Celular"), {2: ["Ana", "1"], 3: ["Bia", "2"]}, id="a plain file"
        ),
        pytest.param(
            b"Nome;Celular\r\nAna;1\r\nBia;2",
            ("Nome", "Celular"),
            {2: ["Ana", "1"], 3: ["Bia", "2"]},
            id="carriage returns and no last line break",
        ),
        pytest.param(
            b"Nome;Celular\rAna;1\rBia;2\r",
            ("Nome", "Celular"),
            {2: ["Ana", "1"], 3: ["Bia", "2"]},
            id="line breaks of old Macs",
        ),
        pytest.param(
            b'Nome,Obs\nAna,"a;b;c"\nBia,"x, y"\n',
            ("Nome", "Obs"),
            {2: ["Ana", "a;b;c"], 3: ["Bia", "x, y"]},
            id="other separators within quotes",
        ),
        pytest.param(
            b"Nome;Saldo\nAna;1,50\nBia;2,75\nCid;3,00\n",
            ("Nome", "Saldo"),
            {2: ["Ana", "1,50"], 3: ["Bia", "2,75"], 4: ["Cid", "3,00"]},
            id="decimal commas in every row",
        ),
        pytest.param(
            b"Nome|Fone\nSilva, Ana|1\nLima, Bia|2\n",
            ("Nome", "Fone"),
            {2: ["Silva, Ana", "1"], 3: ["Lima, Bia", "2"]},
            id="bars, and commas in every name",
        ),
        pytest.param(b"Nome\tFone\nAna\t1\n", ("Nome", "Fone"), {2: ["Ana", "1"]}, id="tabs"),
        pytest.param(
            b"Nome\nSilva, Ana\nLima, Bia\n",
            ("Nome",),
            {2: ["Silva, Ana"], 3: ["Lima, Bia"]},
            id="one column of names with commas",
        ),
        pytest.param(
            b"Celular\n11 90000-0001\n\n11 90000-0002\n",
            ("Celular",),
            {2: ["11 90000-0001"], 4: ["11 90000-0002"]},
            id="one column with a blank row",
        ),
        pytest.param(
            b"sep=;\r\nNome;Fone\r\nAna;1\r\n",
            ("Nome", "Fone"),
            {2: ["Ana", "1"]},
            id="Excel's separator line, for which it shows no row",
        ),
        pytest.param(
            b"sep=|\nNome|Fone;x\nAna|1;y\n", ("Nome", "Fone;x"), {2: ["Ana", "1;y"]}, id="a separator line decides"
        ),
        pytest.param(
            b'Nome;Obs\nAna;"linha 1\nlinha 2"\nBia;x\n',
            ("Nome", "Obs"),
            {2: ["Ana", "linha 1\nlinha 2"], 3: ["Bia", "x"]},
            id="a line break within quotes is one row",
        ),
        pytest.param(
            b'Nome;Obs\nAna;"dois ""2"""\nBia;3" de cabo\n',
            ("Nome", "Obs"),
            {2: ["Ana", 'dois "2"'], 3: ["Bia", '3" de cabo']},
            id="quotes within text",
        ),
        pytest.param(
            b"Nome;Fone\nAna;1\n;\n\n   ;\xc2\xa0\nBia;2\n;;\n\n\n",
            ("Nome", "Fone"),
            {2: ["Ana", "1"], 6: ["Bia", "2"]},
            id="blank rows in the middle and at the end",
        ),
        pytest.param(
            b"Nome;Fone;Email\nAna;1\nBia;2;b@example.com;sobra;mais\nCid\n",
            ("Nome", "Fone", "Email", "D", "E"),
            {
                2: ["Ana", "1", "", "", ""],
                3: ["Bia", "2", "b@example.com", "sobra", "mais"],
                4: ["Cid", "", "", "", ""],
            },
            id="short rows, and long rows whose cells are kept",
        ),
        pytest.param(
            b"Nome;Fone;;;\nAna;1;;;\nBia;2;;;\n",
            ("Nome", "Fone"),
            {2: ["Ana", "1"], 3: ["Bia", "2"]},
            id="trailing empty columns",
        ),
        pytest.param(
            b"Nome;;Nome;Nome; D \nAna;x;y;z;w\n",
            ("Nome", "B", "Nome (2)", "Nome (3)", "D"),
            {2: ["Ana", "x", "y", "z", "w"]},
            id="empty and repeated headers",
        ),
        pytest.param(
            b"A;;B\n1;2;3\n", ("A", "B (2)", "B"), {2: ["1", "2", "3"]}, id="a real header comes before a column letter"
        ),
        pytest.param(
            b'"Celular\ncom DDD"; E-mail \n1;2\n',
            ("Celular com DDD", "E-mail"),
            {2: ["1", "2"]},
            id="line breaks and blanks in headers",
        ),
        pytest.param(
            b"Relatorio de clientes;;\nGerado em 01/02/2025;;\n\nNome;Celular;Cidade\nAna;1;SP\nBia;2;RJ\n",
            ("Nome", "Celular", "Cidade"),
            {5: ["Ana", "1", "SP"], 6: ["Bia", "2", "RJ"]},
            id="a title above the header",
        ),
        pytest.param(
            b"Ana;11900000001\nBia;11900000002\n",
            ("A", "B"),
            {1: ["Ana", "11900000001"], 2: ["Bia", "11900000002"]},
            id="no header: the first row is a contact",
        ),
        pytest.param(
            b"ana@example.com\nbia@example.com\n",
            ("A",),
            {1: ["ana@example.com"], 2: ["bia@example.com"]},
            id="no header, one column",
        ),
        pytest.param(
            b"Nome;Codigo\nAna;00012\n=1+1;+5511900000001\n",
            ("Nome", "Codigo"),
            {2: ["Ana", "00012"], 3: ["=1+1", "+5511900000001"]},
            id="zeros, formulas and plus signs as they are",
        ),
        pytest.param(
            b"Nome;Fone\n'+5511900000001;'=x\n'a;''\n",
            ("Nome", "Fone"),
            {2: ["+5511900000001", "=x"], 3: ["'a", "''"]},
            id="apostrophes that disarm formulas come off",
        ),
        pytest.param(
            b'="Nome";="Fone"\n="Ana";="0012"\n"=""Bia; 2""";"=""O """"Rei"""""""\n="";=""\n=x;="a"&"b"\n\'="Caio";1\n',
            ("Nome", "Fone"),
            {2: ["Ana", "0012"], 3: ["Bia; 2", 'O "Rei"'], 5: ["=x", '="a"&"b"'], 6: ['="Caio"', "1"]},
            id="texts written as formulas",
        ),
        pytest.param(
            b"'Nome;'Fone\n'Ana;'1\n",
            ("Nome", "Fone"),
            {2: ["'Ana", "'1"]},
            id="apostrophes before all titles",
        ),
        pytest.param(
            b"Nome;Fone\nNULL;NaN\nNA;null\n",
            ("Nome", "Fone"),
            {2: ["NULL", "NaN"], 3: ["NA", "null"]},
            id="words that other readers take for nothing",
        ),
    ],
)
def test_a_file_becomes_rows_under_the_numbers_a_spreadsheet_program_shows(tmp_path, content, columns, rows):
    sheet = read_bytes(tmp_path, content)
    assert sheet.columns == columns
    assert dict(zip(sheet.rows.to_pylist(), cells(sheet), strict=True)) == rows
    assert sheet.blank == max(rows) - (sheet.assumptions.header_row or min(rows) - 1) - len(rows)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "windows-1252"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp850", "cp850"),
        ("mac_roman", "mac-roman"),
    ],
)
def test_the_encoding_is_detected_and_reported(tmp_path, encoding, shown):
    text = "Nome;Observação\r\nJoão Conceição;às três, coração – não\r\nMaría Ñandú;mañana “sí”\r\n"
    if encoding in ("cp850",):
        text = text.replace("–", "-").replace("“", "").replace("”", "")
    sheet = read_bytes(tmp_path, text.encode(encoding))
    assert sheet.assumptions.encoding == shown
    assert sheet.columns == ("Nome", "Observação")
    assert sheet.table.column(0).to_pylist() == ["João Conceição", "María Ñandú"]


@pytest.mark.parametrize("name", ["José", "São Conceição", "Ñuñoa"])
def test_letters_that_no_one_here_writes_are_a_sign_of_an_old_mac(name):
    decoded = as_utf8(f"Nome;Fone\r{name};1\r".encode("mac_roman"))
    assert (decoded.text.decode(), decoded.encoding) == (f"Nome;Fone\r{name};1\r", "mac-roman")


def test_a_phone_with_a_windows_blank_is_no_sign_of_dos(tmp_path):
    sheet = read_bytes(tmp_path, b"Nome;Fone\nAna;11\xa090000-0001\n")
    assert sheet.assumptions.encoding == "windows-1252"
    assert sheet.table.column(1).to_pylist() == ["11\xa090000-0001"]


def test_letters_of_another_alphabet_are_found_by_statistics():
    text = "Имя;Телефон\n" + "Анна Иванова;1\nБорис Петров живёт в Москве;2\nВера Смирнова;3\n" * 20
    decoded = as_utf8(text.encode("cp1251"))
    assert decoded.text.decode() == text
    assert decoded.encoding in ("cp1251", "windows-1251")


MIXED_LINES = ["Nome;Cidade", "José;São Paulo", "María;Bogotá", "João;Goiânia", "Zoë;München", "Ana;Recife"]


@pytest.mark.parametrize("odd", [(1,), (2, 4), (0, 3), ()])
@pytest.mark.parametrize(("usual", "other"), [("utf-8", "cp1252"), ("cp1252", "utf-8")])
def test_each_line_of_a_mixed_file_is_read_in_its_own_encoding(tmp_path, usual, other, odd):
    lines = [line.encode(other if at in odd else usual) for at, line in enumerate(MIXED_LINES * 3)]
    sheet = read_bytes(tmp_path, b"\r\n".join(lines))
    assert [";".join(row.values()) for row in sheet.table.to_pylist()] == (MIXED_LINES * 3)[1:]
    names = {"utf-8": "utf-8", "cp1252": "windows-1252"}
    assert sheet.assumptions.encoding == names[usual]
    rows = [at + 1 for at in odd if not MIXED_LINES[at].isascii()]
    notes = [note.params for note in sheet.assumptions.notes if note.code == "mixed_encoding"]
    expected = {"n": len(rows), "rows": ", ".join(map(str, rows)), "encoding": names[other]}
    assert notes == ([expected] if rows else [])


def test_cells_of_one_line_may_differ_in_their_encoding(tmp_path):
    line = b";".join(["José".encode(), "São Luís".encode("cp1252"), "20 €".encode(), "“sim”".encode("cp1252")])
    sheet = read_bytes(tmp_path, b"Nome;Cidade;Valor;Nota\n" + line + b"\n")
    assert list(sheet.table.to_pylist()[0].values()) == ["José", "São Luís", "20 €", "“sim”"]


def test_rows_of_another_encoding_are_counted_as_a_spreadsheet_does(tmp_path):
    lines = ["sep=;", "Nome;Nota", '"José";"duas', 'linhas é"', "María;mañana", ""]
    content = "\n".join(lines).encode()
    content = content.replace("María;mañana".encode(), "María;mañana".encode("cp1252"))
    sheet = read_bytes(tmp_path, content)
    (note,) = (note for note in sheet.assumptions.notes if note.code == "mixed_encoding")
    assert note.params["rows"] == "3"
    assert sheet.rows.to_pylist() == [2, 3]
    assert sheet.table.column("Nome").to_pylist() == ["José", "María"]


@pytest.mark.parametrize("text", ["IRMÃ\xa0;1", "“MANHÓ;2", "Ã–;3", "É;4"])
def test_windows_letters_that_look_like_utf_8_make_no_mixed_file(tmp_path, text):
    content = ("Nome;Fone\n" + "José;1\nCoração;2\n" * 10 + text + "\n").encode("cp1252")
    decoded = as_utf8(content)
    assert (decoded.text.decode(), decoded.other) == (content.decode("cp1252"), None)


def test_an_encoding_may_be_given_and_must_fit(tmp_path):
    content = "Nome;Fone\nJosé;1\n"
    assert read_bytes(tmp_path, content.encode("cp1252"), encoding="latin-1").table.column(0).to_pylist() == ["José"]
    assert read_bytes(tmp_path, content.encode("utf-8-sig"), encoding="utf-8").columns == ("Nome", "Fone")
    assert read_bytes(tmp_path, content.encode("utf-16"), encoding="utf-16").columns == ("Nome", "Fone")
    with pytest.raises(SheetError, match=r"^file\.encoding\("):
        read_bytes(tmp_path, content.encode("cp1252"), encoding="utf-8")
    for unknown in ("klingon", "hex", "rot13"):
        with pytest.raises(SheetError, match=r"^file\.encoding"):
            read_bytes(tmp_path, content.encode(), encoding=unknown)


def test_assumptions_are_reported_and_can_be_overridden(tmp_path):
    content = b"x;y\nNome;Fone,Ramal\nAna;1,2\n"
    found = read_bytes(tmp_path, content, delimiter=",", header_row=2)
    assert (found.columns, cells(found)) == (("Nome;Fone", "Ramal"), [["Ana;1", "2"]])
    assert (found.assumptions.delimiter, found.assumptions.header_row) == (",", 2)
    assert found.assumptions.format == "csv"
    assert read_bytes(tmp_path, b"a\tb\n1\t2\n").assumptions.format == "tsv"
    assert read_bytes(tmp_path, b"a\n1\n").assumptions.delimiter is None

    headless = read_bytes(tmp_path, b"a;b\nc;d\n", header_row=0)
    assert (headless.columns, headless.rows.to_pylist(), headless.assumptions.header_row) == (("A", "B"), [1, 2], 0)


@pytest.mark.parametrize(
    ("content", "header_row"),
    [
        ("Total;2;\nNome;Celular;E-mail\nAna;11 90000-0001;ana@example.com\n", 2),
        ("Filial;Centro\nMês;11\nNome;Celular\nAna;11 90000-0001\n", 3),
        ("Loja;Telefone da loja 24 horas\nNome;Celular\nAna;11 90000-0001\n", 2),
        # A row with known titles is the header, even if the first rows below it look like one.
        ("Nome;Celular\nTelefone;Nome\nAna;11 90000-0001\n", 1),
        # Unknown titles stay the header unless a row below them is a better one.
        ("Quem;Onde\nMaria;celular quebrado\nAna;11 90000-0001\n", 1),
        ("Quem;Onde\nAna;11 90000-0001\nNome;Celular\n", 1),
        ("11 90000-0001;Ana\nCelular;Nome\n", 0),
    ],
)
def test_a_line_above_that_fills_a_narrow_table_is_no_header(tmp_path, content, header_row):
    assert read_bytes(tmp_path, content.encode()).assumptions.header_row == header_row


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (b"a;b\n1;2\n", []),
        (
            b"a;b\n1;2\n1\n3;4;5\n",
            [Note("ragged_rows", {"n": 1, "row": 3}), Note("rows_too_long", {"n": 1, "row": 4})],
        ),
        (b"Nome,Valor\nAna,1.234,50\nBia,10\n", [Note("amounts_joined", {"n": 1, "row": 2})]),
        (b"titulo\n\na;b\n1;2\n3;4\n", [Note("lines_above_header", {"n": 1, "rows": "1", "text": "titulo"})]),
        (b"11900000001;x\n11900000002;y\n", [Note("no_header")]),
        (b"a;b\n'+1;2\n", [Note("apostrophes_removed")]),
        (b'="a";="b"\n="1";2\n3;"=""4"""\n', [Note("texts_bared", {"n": 2})]),
        (b'a;b\n0;q\n1;"x\n2;y\n3;z"\n4;w\n', [Note("rows_in_quotes", {"n": 1, "row": 3})]),
        (b'a;b;c\n"1;x;y\n"2";x;y\n3;x;y\n', [Note("rows_in_quotes", {"n": 1, "row": 2})]),
        (b'a;b;c\n1;"x;y\n2;"x";y\n3;x;y\n', [Note("rows_in_quotes", {"n": 1, "row": 2})]),
        (b'a;b;c\n1;x;"y\n"2";x;y\n3;x;y\n', [Note("rows_in_quotes", {"n": 1, "row": 2})]),
        (
            b'"a;b\n1;x\n2;"y"\n3;x\n4;y\n',
            [Note("no_header_guess"), Note("rows_in_quotes", {"n": 1, "row": 1})],
        ),
        (b'a;b\n1;"x\ny"\n4;w\n', []),
        (b'a,b,"c\n(d, e)"\n1,x,"y, 1\nz, 2"\n', []),
        (b"a;b\n1;2\n3;4;;;\n5;6; ;\xc2\xa0\n" + b";" * 50 + b"\n", []),
    ],
)
def test_what_is_odd_is_noted(tmp_path, content, notes):
    assert list(read_bytes(tmp_path, content).assumptions.notes) == notes


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b'a;b\n1;2\n3;"x\n4;5\n6;7\n', 3),
        (b'a;b\n1;2\n3;"x\n4;5;6\n', 3),
        (b'a;b\n1\n3;"x\n4;5\n6;7\n', 3),
        (b'a;b\n1;2\n3;"x\n' + b"4;5\n" * 50_000, 3),
        (b'a;"b\n1;2\n' + b"4;5\n" * 50_000, 1),
    ],
)
def test_a_quote_that_is_never_closed_is_named_by_its_row(tmp_path, content, row):
    with pytest.raises(SheetError) as stopped:
        read_bytes(tmp_path, content)
    assert (stopped.value.code, stopped.value.params) == ("file.unclosed_quote", {"row": row})


@pytest.mark.parametrize(
    ("content", "code", "params"),
    [
        (b";" * 5_000_000, "file.too_many_columns", {"limit": 16_384}),
        (b"a;b\n1;2\n" + b"x;" * 2_000_000, "file.too_many_columns", {"limit": 16_384}),
        (
            b";".join(b"c" for _ in range(40_000)) + b"\n" + b"1;" * 40_000,
            "file.too_many_columns",
            {"columns": 40_000, "limit": 1_000},
        ),
        (b"a;b\n1;" + b"x" * 2_000_000, "file.row_too_long", {"row": 2}),
        (b"a\n" + b"x" * 200_000 + b"\n1;2\n", "file.row_too_long", {"row": 2}),
        (b"a;b\n" + b"1;2\n" * 100_000 + b"1" + b";x" * 999, "file.too_many_cells", {"rows": 100_001}),
        (b"a;b\n" + b"\n" * 5_000_000 + b"1;2\n", "file.too_many_rows", {"limit": 5_000_000}),
        (b'a;b\n1;"' + b"x" * 2_000_000, "file.row_too_long", {"row": 2}),
    ],
)
def test_absurd_lines_are_refused_before_they_become_millions_of_cells(tmp_path, content, code, params):
    before = a_little_work()
    began = time.process_time()
    with pytest.raises(SheetError) as stopped:
        read_bytes(tmp_path, content)
    took = time.process_time() - began
    assert stopped.value.code == code
    assert params.items() <= stopped.value.params.items()
    assert took < 100 * (before + a_little_work()) / 2


def a_little_work():
    """Measure a fixed amount of work in processor seconds: 0.02, or more on a busy machine."""
    began = time.process_time()
    for _ in range(3):
        sum(len(str(number)) for number in range(200_000))
    return (time.process_time() - began) / 3


def test_a_thousand_empty_columns_behind_a_table_are_nothing(tmp_path):
    content = b"a;b" + b";" * 16_000 + b"\n" + (b"1;2" + b";" * 16_000 + b"\n") * 20
    sheet = read_bytes(tmp_path, content)
    assert (sheet.columns, sheet.table.num_rows) == (("a", "b"), 20)


def test_a_quote_left_open_in_the_last_cell_swallows_nothing(tmp_path):
    assert cells(read_bytes(tmp_path, b'a;b\n1;"x')) == [["1", "x"]]
    assert cells(read_bytes(tmp_path, b'a;b\n1\n1;"x\n')) == [["1", ""], ["1", "x"]]


CELLS = st.text(alphabet='ab;,"\n\r\x0b\u2028é ', max_size=5)


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_the_quick_and_the_slow_way_read_alike(tmp_path_factory, records):
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows([["h1", "h2"], *records, ["z", "z"]])
    body = written.getvalue().encode("utf-8")
    slow, uneven = ragged_cells(body, ";", ["h1", "h2"], 1, Limits())
    assert uneven == Uneven()
    path = tmp_path_factory.mktemp("same") / "a.csv"
    path.write_bytes(body)
    quick = read(path, ReadOptions(delimiter=";", header_row=0, encoding="utf-8"))
    filled = [row for row in zip(slow["0"].to_pylist(), slow["1"].to_pylist(), strict=True) if "".join(row).strip()]
    assert [tuple(row) for row in cells(quick)] == filled


@pytest.mark.parametrize(
    "cells", [["(13) 98811-0001", "(13) 98811-0002"], ["98811-0001 / 3222-0001", "98811-0002 ou x"]]
)
@pytest.mark.parametrize(
    "title", ["Fones", "Fonos", "Cels", "Celus", "Zaps", "Móviles", "Mobiles", "Phones", "Fones fixos", "Telefones"]
)
def test_the_words_of_a_header_decide_whatever_its_cells_are_like(tmp_path, title, cells):
    content = f"Nome;{title}\n" + "".join(f"Ana;{cell}\n" for cell in cells)
    assumed = read_bytes(tmp_path, content.encode()).assumptions
    assert (assumed.header_row, assumed.header_is_guess) == (1, False)
