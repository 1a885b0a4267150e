"""Spreadsheets in layouts that lists of contacts have, generated from a seed, and a count of their rows."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from omni.sheets.sheet import Sheet

NAMES = ("Ana", "Bia Reis", "Caio", "Davi Luz", "Eva", "José", "Zoë", "")
CITIES = ("Santos", "São Paulo", "Recife", "")
HEADERS = {
    "name": ("Nome", "Cliente", "Nombre", "Full name", "NOME COMPLETO", "Contato"),
    "phone": ("Celular", "Telefone", "WhatsApp", "Teléfono móvil", "Phone", "Fone (com DDD)", "Tel."),
    "email": ("E-mail", "Email", "Correo", "E-mail do cliente"),
    "city": ("Cidade", "Ciudad", "City", ""),
    "value": ("Valor", "Saldo", "Parcela", ""),
}
PHONES = (
    "(11) 98765-{:04d}", "1198765{:04d}", "+55 11 98765-{:04d}", "98765-{:04d}", "Cel: (11) 98765-{:04d}",
    "0xx11 98765-{:04d}", "(11) 98765-{:04d} / (11) 3333-4444", "https://wa.me/551198765{:04d}", "5,51199E+12",
    "551198765{:04d}@c.us", "11 98765-{:04d} (recado)", "98765{:04d}", "não tem", "-", "", "0800 777 1234",
)  # fmt: skip
EMAILS = (
    "p{}@example.com",
    "P{} <p{}@example.com>",
    "p{0}@example.com; q{0}@example.com",
    "mailto:p{}@example.com",
    "",
    "sem",
)
VALUES = ("R$ {},90", "{}", "1.{:03d},00", "")
TITLES = (
    ["Relatório de clientes"], ["Loja Exemplo", "(11) 3333-4444"], ["Emitido em 01/12/2026 09:00"],
    ["Filtro:", "todos"], ["contato@loja.example"],
)  # fmt: skip


@dataclass
class Layout:
    """A generated sheet: its cells, and the numbers of the rows that are people."""

    rows: list[list[str]] = field(default_factory=list)
    people: list[int] = field(default_factory=list)

    @property
    def filled(self) -> list[int]:
        """Numbers of the rows in which something is written."""
        return [number for number, row in enumerate(self.rows, start=1) if any(cell.strip() for cell in row)]


def layout(chance: random.Random) -> Layout:
    """Generate a sheet: title lines, blank rows, a header of no, one or two rows, people."""
    kinds = ["name", "phone", *chance.sample(["email", "city", "value"], chance.randrange(4))]
    chance.shuffle(kinds)
    made = Layout()
    has_header = chance.random() < 0.6
    if has_header:
        for _ in range(chance.choice([0, 0, 0, 1, 2])):
            made.rows.append([*chance.choice(TITLES), *[""] * len(kinds)][: len(kinds)])
        made.rows += [[""] * len(kinds)] * chance.choice([0, 0, 1, 3])
        if chance.random() < 0.25:
            made.rows.append(["Dados", *[""] * (len(kinds) - 2), "Contato"][: len(kinds)])
        made.rows.append([chance.choice(HEADERS[kind]) for kind in kinds])
    else:
        made.rows += [[""] * len(kinds)] * chance.choice([0, 0, 0, 1])
    for number in range(chance.randrange(3, 12)):
        if chance.random() < 0.1:
            made.rows.append([""] * len(kinds))
        row = [_cell(kind, number, chance) for kind in kinds]
        made.rows.append(row)
        if any(row):
            made.people.append(len(made.rows))
    return made


def _cell(kind: str, number: int, chance: random.Random) -> str:
    match kind:
        case "name":
            return chance.choice(NAMES)
        case "phone":
            return chance.choice(PHONES if chance.random() < 0.5 else PHONES[:3]).format(number)
        case "email":
            return chance.choice(EMAILS).format(number, number)
        case "city":
            return chance.choice(CITIES)
        case _:
            return chance.choice(VALUES).format(number)


def write_csv(path: Path, made: Layout, chance: random.Random) -> Path:
    """Write a csv as programs do, with any usual separator."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=chance.choice(";,\t|"), lineterminator=chance.choice(["\n", "\r\n"]))
    writer.writerows(made.rows)
    path.write_bytes(text.getvalue().encode(chance.choice(["utf-8", "utf-8-sig", "cp1252"])))
    return path


def write_xlsx(path: Path, made: Layout) -> Path:
    """Write an xlsx with openpyxl."""
    book = openpyxl.Workbook()
    for number, row in enumerate(made.rows, start=1):
        for place, cell in enumerate(row, start=1):
            if cell:
                book.active.cell(number, place, cell)
    book.save(path)
    return path


def unaccounted(sheet: Sheet, filled: list[int]) -> set[int]:
    """Return the numbers of filled rows that are neither contacts nor reported as hidden, header or lines above it."""
    assumed = sheet.assumptions
    known = {*sheet.rows.to_pylist(), *(sheet.unseen_rows.to_pylist() if sheet.unseen_rows is not None else ())}
    known |= {line.row for line in assumed.above}
    known |= set(range(assumed.header_row - assumed.header_height + 1, assumed.header_row + 1))
    return set(filled) - known
