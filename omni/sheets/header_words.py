"""What headers say in Portuguese, Spanish and English, as plain words: lower case, without accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

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
