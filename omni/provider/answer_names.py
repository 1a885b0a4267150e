"""Names and looks of ids in an answer: which key holds a message's id, and which value can be one."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal

Meaning = Literal["id", "message", "uuid", "some", "batch", "correlation", "other", ""]
"""What a key names, the best name of a message's id first. ``some`` is the id of something else that may well be the
message, ``batch`` that of the request, ``other`` an id that is never the message's, ``""`` no id at all."""

RANK: Final = {"id": 0, "message": 1, "uuid": 2, "some": 3, "looks": 4, "batch": 5}

UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_UNIQUE: Final = re.compile(
    rf"{UUID}|[0-9a-fA-F]{{16,}}|(?=[0-9A-Za-z_-]*\d)(?=[0-9A-Za-z_-]*[A-Za-z])[0-9A-Za-z_-]{{20,}}"
)
_LIKE_AN_ID: Final = re.compile(r"(?=[^\d]*\d)[0-9A-Za-z][0-9A-Za-z_\-.:~]{5,}")
_NOT_AN_ID: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ].*)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}.*|\d{1,2}:\d\d.*|\d+\.\d+(?:\.\d+)*|[a-z]+://.*"
    r"|(?:HTTP|UTF|ISO|GSM|TLS|OAUTH)[-_/]?\d.*",
    re.IGNORECASE,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ID_WORDS: Final = _words(
    "id ids uuid uuids guid guids uid uids ulid ulids sid sids oid identifier identifiers identificador "
    "identificadores protocol protocolo protocolos"
)
_UNIQUE_WORDS: Final = _ID_WORDS - {"id", "ids"}
_MESSAGE_WORDS: Final = _words(
    "message messages msg msgs mensagem mensagens mensaje mensajes sms mt email mail call voice voz delivery "
    "envio send tracking track"
)
_BATCH_WORDS: Final = _words(
    "batch bulk lote lot request requisicao solicitud job group grupo transaction transacao transaccion flow "
    "parent execution submission package"
)
_OTHER_WORDS: Final = _words(
    "account conta cuenta user usuario customer client cliente company empresa template carrier operator "
    "operadora sender remetente remitente channel canal country subaccount tenant project app organization org "
    "plan product provider version step etapa passo paso status error erro trace span session campaign campanha "
    "campana alias field device token"
)
_CORRELATION_WORDS: Final = _words("correlation correlacao correlacion correlator")
_STEP_WORDS: Final = _words("step steps etapa etapas passo passos paso pasos")
_CONTACT_WORDS: Final = _words(
    "contact contacts contato contatos contacto contactos recipient recipients destination destinations "
    "destinatario destinatarios destino destinos receiver receivers people pessoas personas"
)
_SENDER_WORDS: Final = _words("from sender remetente remitente originator source origin origem de")
_STATUS_WORDS: Final = _words("status state situacao situacion estado result resultado")
_REJECTED_WORDS: Final = _words(
    "rejected refused failed failure failures error errors invalid denied blocked rejeitado rejeitados rejeitada "
    "recusado recusados erro erros falha falhas invalido invalidos rechazado rechazados fallido fallidos"
)
_NEGATIONS: Final = frozenset({"no", "none", "not", "without", "sem", "sin", "nenhum", "ningun"})
"""«NO_ERROR», «sem erro»."""
_NEVER_BY_LOOKS: Final = _words(
    "hash token signature checksum etag url uri link href date time timestamp data hora fecha text texto version "
    "name nome nombre status"
)
_LONGEST_NAME: Final = 80


@lru_cache(4096)
def words_of(key: str) -> tuple[str, ...]:
    """Split a key into its words, in lower case and without accents: ``idMensagem`` to ``id``, ``mensagem``."""
    plain = unicodedata.normalize("NFKD", key[:_LONGEST_NAME]).encode("ascii", "ignore").decode()
    words = [word.lower() for word in _WORD.findall(plain)]
    if len(words) == 1:
        # Written as one word, such as messageid.
        for ending in ("uuids", "uuid", "guid", "ids", "id"):
            before = words[0].removesuffix(ending)
            if before != words[0] and before in _KNOWN:
                return before, ending
    return tuple(words)


_KNOWN: Final = (
    _MESSAGE_WORDS | _BATCH_WORDS | _OTHER_WORDS | _CORRELATION_WORDS | _CONTACT_WORDS | {"external", "omni"}
)


@lru_cache(4096)
def meaning(key: str) -> Meaning:
    """Return what ``key`` names."""
    words = frozenset(words_of(key))
    if words & _CORRELATION_WORDS:
        return "correlation"
    if not words & _ID_WORDS:
        return ""
    for kind, named in (("other", _OTHER_WORDS), ("message", _MESSAGE_WORDS), ("batch", _BATCH_WORDS)):
        if words & named:
            return kind  # type: ignore[return-value]  # each is one of the meanings
    if words <= {"id", "ids"}:
        return "id"
    return "uuid" if words & _UNIQUE_WORDS else "some"


def is_step(key: str) -> bool:
    """Tell whether ``key`` names the steps, or the step of a message."""
    return not _STEP_WORDS.isdisjoint(words_of(key))


def is_contact(key: str) -> bool:
    """Tell whether ``key`` names contacts."""
    return not _CONTACT_WORDS.isdisjoint(words_of(key))


@lru_cache(4096)
def may_be_value(key: str) -> bool:
    """Tell whether a key may be a destination or an id and no name: it has a digit, or is an address."""
    return "@" in key or any(each.isdigit() for each in key)


def is_status(key: str) -> bool:
    """Tell whether ``key`` names a status."""
    return not _STATUS_WORDS.isdisjoint(words_of(key))


def names_rejected(text: str) -> bool:
    """Tell whether a key or a status says that messages were not accepted."""
    words = words_of(text)
    return not _REJECTED_WORDS.isdisjoint(words) and _NEGATIONS.isdisjoint(words)


def is_message(key: str) -> bool:
    """Tell whether ``key`` names a message or a contact."""
    return not (_MESSAGE_WORDS | _CONTACT_WORDS).isdisjoint(words_of(key))


def is_sender(key: str) -> bool:
    """Tell whether ``key`` names who sends, so that a number there is no contact's."""
    return not _SENDER_WORDS.isdisjoint(words_of(key))


def is_unique(value: object, key: str = "") -> bool:
    """Tell whether a value under a key that names no id is certainly an id: a UUID or as long and mixed as one."""
    if not isinstance(value, str) or not _NEVER_BY_LOOKS.isdisjoint(words_of(key)):
        return False
    return _UNIQUE.fullmatch(value) is not None


def looks_like_id(value: object) -> bool:
    """Tell whether a value in a list, or alone, looks like an id: no word, no date, no number with a fraction."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return value >= 100_000
    return isinstance(value, str) and bool(_LIKE_AN_ID.fullmatch(value)) and not _NOT_AN_ID.fullmatch(value)
