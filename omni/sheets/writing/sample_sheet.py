"""A sample spreadsheet for the fields of a campaign, filled with fictitious people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from omni.core.field_kind import FieldKind
from omni.sheets.checking.column_mapping import propose
from omni.sheets.reading.header import NAMES, rank, words_of
from omni.sheets.writing.xlsx_writer import write_xlsx

_PEOPLE: Final = ("Ana Souza", "Bruno Lima", "Carla Mendes")


@dataclass(frozen=True, slots=True)
class _Words:
    """Headers in one language that ``column_mapping`` recognises, with words for examples and the sheet's name.

    Further columns of a kind are named after their field.
    """

    phones: tuple[str, str]
    email: str
    name: str
    example: str
    sheet: str


_WORDS: Final = {
    "pt_BR": _Words(("Celular", "Telefone fixo"), "E-mail", "Nome", "Exemplo", "Contatos"),
    "es": _Words(("Celular", "Teléfono fijo"), "Correo electrónico", "Nombre", "Ejemplo", "Contactos"),
    "en": _Words(("Mobile", "Landline"), "E-mail", "Name", "Example", "Contacts"),
}


def sample_sheet(fields: Mapping[str, FieldKind], language: str) -> bytes:
    """Return an xlsx with a column for each field, headers in ``language`` (English if unknown), and three rows.

    When it is read again, ``propose`` maps every column to the field it was made for.
    """
    words = _WORDS.get(language, _WORDS["en"])
    headers = _headers(fields, words)
    counts = {"phone": 0, "email": 0, "text": 0}
    columns = []
    for field, kind in fields.items():
        columns.append(_cells(field, kind, counts[kind], words))
        counts[kind] += 1
    file = BytesIO()
    write_xlsx(file, headers, zip(*columns, strict=True), sheet=words.sheet)
    return file.getvalue()


def _headers(fields: Mapping[str, FieldKind], words: _Words) -> list[str]:
    """Choose a header for each field: a common word where ``propose`` understands it, else the field's own name."""
    plain = {"phone": iter(words.phones), "email": iter([words.email]), "text": iter([words.name])}
    headers = {
        field: field if kind == "text" and not rank(words_of(field), NAMES) else next(plain[kind], field)
        for field, kind in fields.items()
    }
    while len(set(headers.values())) < len(headers) or headers != propose(list(headers.values()), fields):
        understood = propose(list(headers.values()), fields)
        field = next(name for name, header in headers.items() if header != name and understood.get(name) != header)
        headers[field] = field
    return list(headers.values())


def _cells(field: str, kind: FieldKind, before: int, words: _Words) -> list[str]:
    """Return the three cells of a column that has ``before`` columns of its kind further left."""
    if kind == "phone":
        return [str(5511900000001 + 10 * before + number) for number in range(len(_PEOPLE))]
    if kind == "email":
        return [f"{person.lower().replace(' ', '.')}{before or ''}@example.com" for person in _PEOPLE]
    if rank(words_of(field), NAMES):
        return list(_PEOPLE)
    return [f"{words.example} {number}" for number in range(1, len(_PEOPLE) + 1)]
