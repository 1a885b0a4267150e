"""Where the header is, and what its columns are called.

What headers say in Portuguese, Spanish and English, as plain words: lower case, without accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from omni.errors import SheetError
from omni.sheets.blanks import is_blank

PHONES: Final = (
    (100, "celular cel cell cellphone movel movil mobile whatsapp whats wpp wa zap sms celulares"),
    (60, "fixo fijo residencial residencia comercial landline recado casa trabalho trabajo work home oficina"),
    (80, "telefone telefono telefones telefonos fone fono phone telephone tel tels ddd+numero"),
)
"""The first group that is said decides: a text message and a call both reach a mobile; «telefone fixo» is fixed."""

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
"""The column says something about a phone, an address or a name, or holds another number."""


def words_of(header: str) -> tuple[str, ...]:
    """``"Celular (c/ DDD)"`` as ``("celular", "c", "ddd")``; ``recipientName`` as ``("recipient", "name")``."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)", " ", header)
    plain = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode().lower()
    return tuple(re.findall(r"[a-z]+|\d+", plain))


def rank(words: Sequence[str], groups: Sequence[tuple[int, str]]) -> int:
    """How plainly ``words`` say what the groups name: the rank of the first that they say, 0 when none."""
    found = set(words)
    said = (worth for worth, group in groups for phrase in group.split() if found >= set(phrase.split("+")))
    return next(said, 0)


def ordinal(words: Sequence[str]) -> int:
    """The number in a header such as ``Telefone 2``; 0 without one."""
    return next((int(word) for word in words if word.isdigit() and len(word) < 3), 0)


SAMPLE_ROWS: Final = 100
_WORDS: Final = 4
"""A header is short: «telefone celular com DDD», and not a sentence that mentions a phone."""

# What stands in a row of contacts, never in its header: an address, or a number long enough to be dialled.
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"\W*\+?(?:\d[\s().\-]*){10,15}")


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """The place (from 0) at which the table begins in the first ``rows``, and whether that row is a header.

    Titles above a table fill few cells, so it begins with the first row that fills at least half as many as is
    usual. When that row holds an address or a phone number, the file has no header and the row is a contact. When it
    says nothing of what a header says, and one below it does before the first contact, that one is the header: a line
    such as ``Total;2;`` fills most of a narrow table too.
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
    return next((at for at in _above_contacts(rows, place) if _says_what_is_below(rows[at], least)), place), True


def _above_contacts(rows: Sequence[Sequence[str]], place: int) -> Iterator[int]:
    """The rows below ``place`` and above the first that holds data, if nothing is said at ``place`` itself."""
    if any(_is_named(cell) for cell in rows[place]):
        return
    end = next((at for at, row in enumerate(rows) if any(is_data(cell) for cell in row)), 0)
    yield from range(place + 1, end)


def _says_what_is_below(row: Sequence[str], least: float) -> bool:
    filled = [cell for cell in row if not is_blank(cell)]
    return len(filled) >= least and sum(map(_is_named, filled)) >= min(2, len(filled))


def _is_named(cell: str) -> bool:
    """Whether a cell names what phones, addresses or names stand under."""
    words = words_of(cell)
    return 0 < len(words) <= _WORDS and any(rank(words, groups) for groups in (PHONES, EMAILS, NAMES))


def start_of_table(rows: Sequence[Sequence[str]], header_row: int | None) -> tuple[int, bool]:
    """``find_header``, unless ``header_row`` says it: a row's number from 1, or 0 for a table without header.

    Raises ``SheetError`` when that row is not among ``rows``.
    """
    if not rows:
        raise SheetError("file.empty")
    if header_row is None:
        return find_header(rows)
    if header_row > len(rows) or header_row < 0:
        raise SheetError("header.outside", row=header_row, last=len(rows))
    return max(0, header_row - 1), header_row > 0


def is_data(cell: str) -> bool:
    """Whether a cell holds an address or a phone number, as no header does."""
    return bool(_ADDRESS.fullmatch(cell.strip()) or _PHONE.fullmatch(cell.strip()))
