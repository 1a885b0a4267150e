"""Detection of the header row in a table, and the words of headers in Portuguese, Spanish and English.

Words are compared in lower case and without accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from omni.errors import SheetError
from omni.sheets.blanks import is_blank

SAMPLE_ROWS: Final = 100
_MOST_WORDS: Final = 4
"""Words of a title at most: «telefone celular com DDD» is a header, a sentence that mentions a phone is not."""

# An e-mail address and a number long enough to be dialled occur in rows of contacts, never in a header.
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"\W*\+?(?:\d[\s().\-]*){10,15}")

PHONES: Final = (
    (100, "celular cel cell cellphone movel movil mobile whatsapp whats wpp wa zap sms celulares"),
    (60, "fixo fijo residencial residencia comercial landline recado casa trabalho trabajo work home oficina"),
    (80, "telefone telefono telefones telefonos fone fono phone telephone tel tels ddd+numero"),
)
"""Words for phones with their ranks; the first group with a match decides.

A mobile ranks first because both text messages and calls reach it; «telefone fixo» matches the group of landlines.
"""

EMAILS: Final = ((100, "email e+mail correo+electronico correio+eletronico"), (80, "mail correo"))

NAMES: Final = (
    (100, "nome nombre name nome+completo nombre+completo full+name fullname nomecompleto recipientname"),
    (90, "destinatario recipient cliente customer primeiro+nome primer+nombre first+name firstname contato+nome"),
    (80, "paciente aluno alumno titular socio assinante beneficiario associado segurado pessoa persona usuario user"),
    (50, "contato contacto contact razao+social razon+social"),
)

OTHERS: Final = (
    (1, "tipo type operadora carrier modelo marca status situacao data fecha date hora horario optin opt"),
    (1, "aceita acepta valido validado cpf cnpj rg cep id codigo code cod matricula contrato conta"),
    (1, "cuenta cartao tarjeta dni rut cuit cuil rfc nit curp pedido protocolo valor saldo"),
    (1, "mae madre mother pai padre father empresa company"),
    (1, "motivo reason proposta propuesta proposal linha fila row"),
    (1, "produto producto product fantasia sobrenome apellido apellidos surname last cidade ciudad city rua calle"),
)
"""Words of columns that hold something about a phone, an address or a name, or another number."""


def start_of_table(rows: Sequence[Sequence[str]], header_row: int | None) -> tuple[int, bool]:
    """Return the place (from 0) at which the table begins in ``rows``, and whether that row is a header.

    ``header_row`` is a row's number from 1, or 0 for a table without header; None detects it with ``find_header``.
    Raises ``SheetError`` when there are no rows, or when that row is not among them.
    """
    if not rows:
        raise SheetError("file.empty")
    if header_row is None:
        return find_header(rows)
    if header_row > len(rows) or header_row < 0:
        raise SheetError("header.outside", row=header_row, last=len(rows))
    return max(0, header_row - 1), header_row > 0


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Detect the place (from 0) at which the table begins in the first ``rows``, and whether that row is a header.

    Titles above a table fill few cells, so the table begins with the first row that fills at least half as many cells
    as the median. When that row holds an address or a phone number, the file has no header and the row is a contact.
    When none of its cells has words of a header, but a row below it and above the first contact does, that row is the
    header: a line such as ``Total;2;`` fills most of a narrow table too.
    """
    filled = [sum(not is_blank(cell) for cell in row) for row in rows]
    used = [count for count in filled if count]
    if not used:
        return 0, True
    usual = median(used)
    least = max(2 if usual >= 2 else 1, usual / 2)
    place = next(at for at, count in enumerate(filled) if count >= least or count == max(used))
    if any(is_data(cell) for cell in rows[place]):
        return place, False
    return next((at for at in _above_contacts(rows, place) if _is_header(rows[at], least)), place), True


def _above_contacts(rows: Sequence[Sequence[str]], place: int) -> Iterator[int]:
    """Yield the rows below ``place`` and above the first with data, unless ``place`` itself has words of a header."""
    if any(_is_named(cell) for cell in rows[place]):
        return
    end = next((at for at, row in enumerate(rows) if any(is_data(cell) for cell in row)), 0)
    yield from range(place + 1, end)


def _is_header(row: Sequence[str], least: float) -> bool:
    filled = [cell for cell in row if not is_blank(cell)]
    return len(filled) >= least and sum(map(_is_named, filled)) >= min(2, len(filled))


def _is_named(cell: str) -> bool:
    """Tell whether a cell is a title for phones, addresses or names."""
    words = words_of(cell)
    return 0 < len(words) <= _MOST_WORDS and any(rank(words, groups) for groups in (PHONES, EMAILS, NAMES))


def is_data(cell: str) -> bool:
    """Tell whether a cell holds an address or a phone number, which no header does."""
    return bool(_ADDRESS.fullmatch(cell.strip()) or _PHONE.fullmatch(cell.strip()))


def words_of(header: str) -> tuple[str, ...]:
    """Split a header into plain words.

    ``"Celular (c/ DDD)"`` becomes ``("celular", "c", "ddd")``, ``recipientName`` becomes ``("recipient", "name")``.
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)", " ", header)
    plain = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode().lower()
    return tuple(re.findall(r"[a-z]+|\d+", plain))


def rank(words: Sequence[str], groups: Sequence[tuple[int, str]]) -> int:
    """Return the rank of the first phrase in ``groups`` whose words all occur in ``words``; 0 when there is none."""
    found = set(words)
    ranks = (points for points, group in groups for phrase in group.split() if found >= set(phrase.split("+")))
    return next(ranks, 0)


def ordinal(words: Sequence[str]) -> int:
    """Return the number in a header such as ``Telefone 2``; 0 when there is none."""
    return next((int(word) for word in words if word.isdigit() and len(word) < 3), 0)
