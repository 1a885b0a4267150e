"""Invented spreadsheets like large Brazilian lists: phones in several formats, accents, leading zeros, duplicates.

About 83 bytes a row. 2 % of the phones are invalid, 10 % of the second ones are landlines, 3 % of the rows are
duplicates of an earlier contact in another format. The same size always gives the same file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

HEADERS: Final = ("Código", "Nome", "Celular", "Telefone", "E-mail", "UF")
MAPPING: Final = {"phone1": "Celular", "phone2": "Telefone", "email": "E-mail"}

_ROWS_AT_ONCE: Final = 500_000
_FIRST: Final = ("Ana", "João", "José", "Antônia", "Zoë", "Luís", "Inês", "Caio", "Tainá", "Rui", "Íris", "Débora")
_LAST: Final = (
    "da Silva",
    "Conceição",
    "Araújo",
    "Ferreira",
    "de Sá Lima",
    "Gonçalves",
    "Muniz Neto",
    "Brandão",
    "Peña",
)
_AREAS: Final = ("11", "21", "31", "41", "51", "61", "71", "81", "85", "91")
_STATES: Final = ("SP", "RJ", "MG", "PR", "RS", "DF", "BA", "PE", "CE", "PA")
_HOSTS: Final = ("example.com", "example.org", "example.net", "mail.example.com") * 6 + ("Example.com",)
_BROKEN: Final = 0.02
_LANDLINES: Final = 0.10
_REPEATED: Final = 0.03
_DRESSES: Final = 5


def write_csv(path: Path, rows: int) -> Path:
    """Write a CSV file of ``rows`` contacts in UTF-8, separated by semicolons."""
    with path.open("wb") as file:
        file.write((";".join(HEADERS) + "\r\n").encode())
        for start in range(0, rows, _ROWS_AT_ONCE):
            part = contacts(start, min(rows, start + _ROWS_AT_ONCE))
            line = pc.binary_join_element_wise(*part.columns, pa.scalar("\r\n"), ";")
            file.write("".join(pc.replace_substring(line, ";\r\n", "\r\n").to_pylist()).encode())
    return path


def write_xlsx(path: Path, rows: int) -> Path:
    """Write the same contacts as a workbook of text cells."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Contatos")
        sheet.write_row(0, 0, HEADERS)
        for number, cells in enumerate(zip(*contacts(0, rows).to_pydict().values(), strict=True), start=1):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
    return path


def write_formatted_xlsx(path: Path, rows: int) -> Path:
    """Write a workbook of ``rows`` contacts with phones as numbers, amounts, dates, percents and masks with formats."""
    import xlsxwriter

    draw = np.random.default_rng(1)
    person = np.arange(rows)
    columns = (
        ("Nome", _joined(_picked(_FIRST, person), " ", _picked(_LAST, person // 12)).to_pylist(), None),
        ("Celular", (11_900_000_000 + person).tolist(), "0"),
        ("Valor", (draw.integers(100, 1_000_000, rows) / 100).tolist(), '_-"R$"* #,##0.00_-;-"R$"* #,##0.00_-;_-@_-'),
        ("Vencimento", (46_000 + draw.integers(0, 1_000, rows)).tolist(), "dd/mm/yyyy"),
        ("Desconto", (draw.integers(0, 1_000, rows) / 1000).tolist(), "0.0%"),
        ("CPF", (draw.integers(0, 10**11, rows)).tolist(), "000\\.000\\.000\\-00"),
    )
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Contatos")
        sheet.write_row(0, 0, [title for title, _, _ in columns])
        formats = [code and book.add_format({"num_format": code}) for _, _, code in columns]
        for number, cells in enumerate(zip(*(cells for _, cells, _ in columns), strict=True), start=1):
            sheet.write_string(number, 0, cells[0])
            for place in range(1, len(columns)):
                sheet.write_number(number, place, cells[place], formats[place])
    return path


def contacts(start: int, end: int) -> pa.Table:
    """Rows ``start`` to ``end`` (from 0) as columns of text."""
    draw = np.random.default_rng(start)
    place = np.arange(start, end)
    person = place.copy()
    repeated = draw.random(len(place)) < _REPEATED
    person[repeated] = start + draw.integers(0, np.maximum(1, place[repeated] - start))
    first, last = (_picked(names, person // step) for names, step in ((_FIRST, 1), (_LAST, 12)))
    area = _picked(_AREAS, person)
    bare = pc.replace_substring_regex(pc.utf8_lower(pc.utf8_normalize(first, "NFD")), "[^a-z]", "")
    return pa.table(
        {
            "Código": _digits(place, 7),
            "Nome": _joined(first, " ", last),
            "Celular": _decorated(area, _digits(900_000_000 + person, 9), person * 104_729, draw),
            "Telefone": _decorated(area, _seconds(person), person * 15_485_863, draw),
            "E-mail": _joined(bare, _digits(person, 1), "@", _picked(_HOSTS, person // 7)),
            "UF": _picked(_STATES, person),
        }
    )


def _seconds(person: np.ndarray) -> pa.Array:
    """Second phones without their area codes: mostly mobiles, some landlines."""
    mobiles, landlines = _digits(950_000_000 + person, 9), _digits(30_000_000 + person, 8)
    return pc.if_else(pa.array(person * 7919 % 1000 < _LANDLINES * 1000), landlines, mobiles)


def _decorated(area: pa.Array, local: pa.Array, mark: np.ndarray, draw: np.random.Generator) -> pa.Array:
    """Phones as people write them; invalid ones lack the area code or digits, or have extra text.

    Each person's ``mark`` decides whether the phone is invalid, so that a duplicate row has the same number.
    """
    head, tail = pc.utf8_slice_codeunits(local, 0, -4), pc.utf8_slice_codeunits(local, -4)
    dash = _joined(head, "-", tail)
    usual = _joined("(", area, ") ", dash)
    notations = (usual, usual, _joined(area, local), _joined("+55 ", area, " ", dash), _joined("55", area, local))
    broken = (dash, _joined(area, head), _joined(dash, " recado"))
    choice = draw.integers(0, _DRESSES, len(mark))
    is_broken = mark % 1000 < _BROKEN * 1000
    choice[is_broken] = _DRESSES + mark[is_broken] % len(broken)
    return pc.choose(pa.array(choice), *notations, *broken)


def _picked(words: tuple[str, ...], numbers: np.ndarray) -> pa.Array:
    return pa.array(words).take(pa.array(numbers % len(words)))


def _digits(numbers: np.ndarray, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def _joined(*pieces: Any) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, "")
