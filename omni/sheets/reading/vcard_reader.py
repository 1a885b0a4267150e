"""Reader of vCards, the format in which phones and mail programs export contacts: a row per card, a column per kind.

Versions 2.1 (vCard, versit Consortium 1996), 3.0 (RFC 2426) and 4.0 (RFC 6350) are read alike, and leniently: phones
mix them. Unknown properties, pictures and cards within cards are ignored.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pyarrow as pa

from omni.errors import SheetError
from omni.sheets.limits import Limits
from omni.sheets.reading.encoding import as_utf8
from omni.sheets.reading.header import PHONES, rank, words_of
from omni.sheets.sheet import Assumptions, Grid, Note, ReadOptions

MOBILE: Final = "Celular"
HOME: Final = "Telefone residencial"
WORK: Final = "Telefone comercial"
PHONE: Final = "Telefone"
FAX: Final = "Fax"
OTHER: Final = "Outro telefone"
EMAIL: Final = "E-mail"
_COLUMNS: Final = (
    "Nome", "Primeiro nome", "Sobrenome", MOBILE, PHONE, HOME, WORK, OTHER, EMAIL, "Empresa", "Cargo", "Apelido",
    "Aniversário", "Endereço", "Cidade", "Estado", "CEP", "País", "Grupos", "Observações", FAX,
)  # fmt: skip
"""Columns in the order of the table; further ones of a kind follow it: ``Celular 2``."""
_TEXTS: Final = {
    "ORG": "Empresa",
    "TITLE": "Cargo",
    "NICKNAME": "Apelido",
    "CATEGORIES": "Grupos",
    "NOTE": "Observações",
}
_ADDRESS: Final = ("", "", "Endereço", "Cidade", "Estado", "CEP", "País")
"""Columns of the parts of ADR (RFC 6350, 6.3.1)."""

# Group, name, parameters and value of a line; a parameter in quotes may hold a colon.
_LINE: Final = re.compile(
    r"(?:[\w-]+\.)?(?P<name>[A-Za-z][\w-]*)(?P<params>(?:;(?:[^\":;]|\"[^\"]*\")*)*):(?P<value>.*)", re.DOTALL
)
_GROUP: Final = re.compile(r"([\w-]+)\.")
_PARAMETER: Final = re.compile(r";((?:[^\";]|\"[^\"]*\")*)")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_BIRTHDAY: Final = re.compile(r"(\d{4}|--)-?(\d\d)-?(\d\d)(?:T.*)?")


@dataclass(frozen=True, slots=True)
class _Property:
    """One property of a card; ``types`` are its TYPE parameters in upper case, with ``PREF`` if it is preferred."""

    name: str
    group: str
    types: frozenset[str]
    parameters: dict[str, str]
    value: str


def read_vcards(path: Path, options: ReadOptions, limits: Limits) -> Grid:
    """Read the file at ``path`` into a grid with a row for each card; rows are numbered as the cards are.

    Raises ``SheetError``.
    """
    decoded = as_utf8(path.read_bytes(), options.encoding)
    rows: list[dict[str, str]] = []
    for card in _cards(_unfolded(decoded.text.decode("utf-8").splitlines())):
        rows.append(_row(card))
        if len(rows) > limits.rows:
            raise SheetError("file.too_many_rows", limit=limits.rows)
    if not rows:
        raise SheetError("file.empty")
    titles = sorted({title for row in rows for title in row}, key=_order)
    columns = {str(at): pa.array([row.get(title, "") for row in rows], pa.string()) for at, title in enumerate(titles)}
    return Grid(
        cells=pa.table(columns) if columns else pa.table({"0": pa.array([""] * len(rows), pa.string())}),
        header=titles or [""],
        positions=range(max(1, len(titles))),
        first_row=1,
        hidden=frozenset(),
        assumptions=Assumptions(
            format="vcf",
            header_row=0,
            header_height=0,
            encoding=decoded.encoding,
            notes=(Note("cards_read", {"n": len(rows)}),),
        ),
    )


def _order(title: str) -> tuple[int, int, str]:
    kind, _, number = title.rpartition(" ")
    if number.isdecimal():
        return _COLUMNS.index(kind), int(number), title
    return _COLUMNS.index(title), 1, title


def _unfolded(lines: Iterable[str]) -> Iterator[str]:
    """Join the lines that belong to one property: folded ones, and those of quoted-printable text."""
    pieces: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on:
            pieces[-1] = pieces[-1][:-1]
            pieces.append(line.lstrip(" \t"))
        elif line[:1] in (" ", "\t") and pieces:
            pieces.append(line[1:])
        else:
            yield "".join(pieces)
            pieces = [line]
        is_quoted = "QUOTED-PRINTABLE" in pieces[0].partition(":")[0].upper()
        goes_on = is_quoted and pieces[-1].endswith("=")
    yield "".join(pieces)


def _cards(lines: Iterable[str]) -> Iterator[list[_Property]]:
    """Yield the properties of each card; those of a card within a card are ignored, and the last needs no end."""
    depth = 0
    card: list[_Property] = []
    for line in lines:
        mark = line.strip().upper().replace(" ", "")
        if mark == "BEGIN:VCARD":
            depth += 1
            if depth == 1:
                card = []
        elif mark == "END:VCARD":
            depth = max(0, depth - 1)
            if depth == 0 and card:
                yield card
                card = []
        elif depth == 1 and (found := _property(line)):
            card.append(found)
    if card:
        yield card


def _property(line: str) -> _Property | None:
    found = _LINE.match(line)
    if not found:
        return None
    group = _GROUP.match(line)
    types: set[str] = set()
    parameters: dict[str, str] = {}
    for given in _PARAMETER.findall(found["params"]):
        name, is_named, value = given.partition("=")
        if not is_named:
            types.add(name.strip().upper())  # 2.1 writes «TEL;CELL»
        elif name.strip().upper() == "TYPE":
            types.update(kind.strip().upper() for kind in value.strip('"').split(","))
        else:
            parameters[name.strip().upper()] = value.strip('"')
    if "PREF" in parameters:
        types.add("PREF")
    value = found["value"]
    if "QUOTED-PRINTABLE" in types or parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        value = _from_quoted_printable(value, parameters.get("CHARSET", "utf-8"))
    return _Property(found["name"].upper(), group[1] if group else "", frozenset(types), parameters, value)


def _from_quoted_printable(value: str, charset: str) -> str:
    stored = quopri.decodestring(value.encode("utf-8"))
    for encoding in (charset, "utf-8"):
        try:
            return stored.decode(encoding)
        except (LookupError, ValueError):
            continue
    return stored.decode("cp1252", "replace")


def _parts(value: str, sign: str = ";") -> list[str]:
    """Split a structured value at the signs that are not escaped, and unescape its parts."""
    return [_unescaped(part) for part in re.split(rf"(?<!\\){sign}", value)]


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _row(card: Sequence[_Property]) -> dict[str, str]:
    """Return the cells of a card by the titles of their columns; empty ones are left out."""
    row: dict[str, str] = {}
    labels = {found.group: _unescaped(found.value) for found in card if found.name == "X-ABLABEL" and found.group}
    first = {found.name: found for found in reversed(card)}
    if "N" in first:
        family, given, middle, prefix, suffix = (*_parts(first["N"].value), "", "", "", "")[:5]
        row["Primeiro nome"], row["Sobrenome"] = given, family
        row["Nome"] = " ".join(filter(None, (prefix, given, middle, family, suffix)))
    if "FN" in first and (shown := _unescaped(first["FN"].value)):
        row["Nome"] = shown
    for name, title in _TEXTS.items():
        if name in first:
            row[title] = (
                ", ".join(filter(None, _parts(first[name].value))) if name == "ORG" else _unescaped(first[name].value)
            )
    row["Nome"] = row.get("Nome") or row.get("Empresa", "")
    if "BDAY" in first:
        row["Aniversário"] = _birthday(_unescaped(first["BDAY"].value))
    if "ADR" in first:
        row.update(zip(filter(None, _ADDRESS), _parts(first["ADR"].value)[2:7], strict=False))
    row.update(_numbered(_phones(card, labels)))
    row.update(_numbered({EMAIL: [_unescaped(found.value) for found in _preferred(card, "EMAIL")]}))
    return {title: cell for title, cell in row.items() if cell}


def _preferred(card: Sequence[_Property], name: str) -> list[_Property]:
    """Return the properties of that name, the preferred ones first."""
    return sorted((found for found in card if found.name == name), key=lambda found: "PREF" not in found.types)


def _phones(card: Sequence[_Property], labels: dict[str, str]) -> dict[str, list[str]]:
    """Return the phones by kind. Without a mobile, a phone of no kind counts as one, because most are."""
    phones: dict[str, list[str]] = {}
    for found in _preferred(card, "TEL"):
        number = _unescaped(found.value)
        if number.lower().startswith("tel:"):
            number = unquote(number[4:].partition(";")[0])
        number = number or found.parameters.get("WAID", "")
        if number:
            phones.setdefault(_kind(found, labels.get(found.group, "")), []).append(number)
    if MOBILE not in phones and PHONE in phones:
        phones[MOBILE] = phones.pop(PHONE)
    return phones


def _kind(found: _Property, label: str) -> str:
    types = found.types
    if any("FAX" in kind for kind in types):
        return FAX
    if types & {"CELL", "MOBILE", "IPHONE", "CELULAR", "MOVIL"} or "WAID" in found.parameters:
        return MOBILE
    if "HOME" in types:
        return HOME
    if "WORK" in types:
        return WORK
    words = words_of(label.strip("_$!<>"))
    if not words or rank(words, ((1, "main principal other outro otro phone telefone telefono"),)):
        return PHONE
    points = rank(words, PHONES)
    if points == PHONES[0][0]:
        return MOBILE
    if points:
        return WORK if rank(words, ((1, "comercial work trabalho trabajo oficina"),)) else HOME
    return OTHER


def _numbered(values: dict[str, list[str]]) -> dict[str, str]:
    """Give further values of a kind a number: ``Celular``, ``Celular 2``; a repeated value is written once."""
    return {
        title if number == 1 else f"{title} {number}": value
        for title, several in values.items()
        for number, value in enumerate(dict.fromkeys(several), start=1)
    }


def _birthday(written: str) -> str:
    """Return a date as dd/mm/yyyy, without the year where it is not known; any other text as it is."""
    found = _BIRTHDAY.fullmatch(written)
    if not found:
        return written
    year, month, day = found.groups()
    return f"{day}/{month}" if year == "--" else f"{day}/{month}/{year}"
