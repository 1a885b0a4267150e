"""Columns of a sheet that say who opted out: which ones they are, and what their cells say.

The header decides whether "yes" means that the person opted out («Descadastrado») or agreed («Aceita SMS»). Columns for
a status or for tags count only where a cell says so by itself («unsubscribed»). A cell that is not understood is
reported for the operator to decide, never guessed. Texts are compared in lower case and without accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pyarrow as pa

from omni.core.suppression import Channel
from omni.sheets.blanks import is_blank
from omni.sheets.reading.header import words_of
from omni.sheets.string_columns import Mask

Meaning = Literal["out", "send", "empty", "unclear"]
"""Meaning of a cell: opted out, may be written to, nothing, or something that is not understood."""
_MEANINGS: Final[tuple[Meaning, ...]] = ("send", "out", "empty", "unclear")
Polarity = Literal["out", "in", "both", "status", "consent_status"]
"""Meaning of "yes" in a column: opted out or agreed. In the others only words such as «unsubscribed» count;
``consent_status`` is a status of e-mails or messages, where «cancelado» and «inativo» count as well."""

_LONGEST_HEADER: Final = 120
_LONGEST_VALUE: Final = 200
"""Characters of a cell that are read; more are a remark and not an answer."""
_SAMPLE: Final = 200
_DESTINATION: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}|\+?(?:\d[\s().-]{0,3}){9,15}")

_ABOUT_MESSAGES: Final = (
    r"sms|e ?mails?|correos?|correio|whats\w*|zap|mensage\w*|mensaje\w*|messag\w*|ligac\w*|llamad\w*|calls?|contatos?|"
    r"contactos?|contact|comunic\w*|communic\w*|market\w*|promo\w*|novidad\w*|novedad\w*|ofertas?|offers?|news\w*|"
    r"publicid\w*|propagand\w*|advert\w*|receber|recibir|receive|envios?|enviar|informativ\w*|campan\w*|campaign\w*|"
    r"lgpd|gdpr|rgpd|telefon\w*|phone|celular|notific\w*|dados|datos|privac\w*|tratam\w*|texts?"
)
_VERBS: Final = (
    r"perturb\w*|molest\w*|dispar\w*|contat\w*|contact\w*|envi\w*|lig(?:ar|ue|uem)|mand\w*|receb\w*|recib\w*|receiv\w*|quer\w*|"
    r"quier\w*|desej\w*|dese[ao]\w*|wants?|aceit\w*|acept\w*|accept\w*|autoriz\w*|authoriz\w*|consent\w*|permit\w*|"
    r"cham\w*|llam\w*|telefon\w*|calls?|e ?mails?|mail|sms|texts?|messag\w*|disturb|market\w*|send|subscri\w*|"
    r"suscri\w*|inscrit\w*|publicid\w*|propagand\w*"
)
_LAWS: Final = r"lgpd|gdpr|rgpd|lopd"
_ERASURE: Final = (
    r"exclu(?:s\w*|ir|id\w*)|eliminac\w*|eliminar|anonimiz\w*|apaga\w*|delet\w*|remoc\w*|remov\w*|borra\w*|"
    r"esquec\w*|"
    r"retirad\w*|retirar|oposic\w*|erasure|removal|desvincul\w*|descart\w*"
)
_OUT: Final = re.compile(
    # Erasure of the data, or leaving the list, as a request or as done.
    rf"\b(?:{_ERASURE}) (?:\w+ ){{0,3}}(?:{_LAWS}|dados|datos|data|cadastro|listas?|lists?|envios?|mailing|disparos?|"
    r"contatos|contactos|campanhas?|campanas?)\b|"
    rf"\b(?:{_LAWS}) (?:\w+ ){{0,3}}(?:{_ERASURE})\b|\bdata (?:removal|deletion|erasure)\b|"
    rf"\b(?:solicit\w*|pedi(?:u|do|r)?|pide|pidio|request\w*|asked|quer|quiere|wants?) (?:\w+ ){{0,2}}"
    rf"(?:{_ERASURE}|sair|salir|baja|be removed)\b|"
    r"\b(?:tirar|tirad[oa]|quitar|quitad[oa]|sacar|sacad[oa]) (?:da|de la|del|de las|from) (?:the )?(?:\w+ )?"
    r"(?:listas?|envios?|mailing)\b|"
    r"\b(?:stop|parar|pare) (?:de )?(?:sms|e ?mails?|messages?|messaging|mensage\w*|mensaje\w*|calls?|enviar|"
    r"receber)\b|"
    # A consent that was refused, withdrawn or has run out.
    r"\b(?:consent\w*|consient\w*|autoriz\w*|authoriz\w*|permiss\w*|permis\w*|opt ?in) (?:\w+ ){0,3}"
    r"(?:negad\w*|retirad\w*|recusad\w*|rechazad\w*|refused|denied|withdrawn|expirad\w*|expired|vencid\w*|"
    r"cancelad\w*|removid\w*)\b|"
    r"\b(?:retir(?:ou|o|ar)|neg(?:ou|o|ar)|recus\w*|rechaz\w*|refus\w*|cancel\w*) (?:\w+ ){0,2}"
    r"(?:consent\w*|autoriz\w*|permis\w*|opt ?in)\b|"
    r"\b(?:dados|datos|data) (?:excluid|eliminad|apagad|borrad|deleted)|\bremoval request|^stop$|"
    r"\b(?:dejar|deixar|parar) de (?:recibir|receber)|\bfale?cimento\b|\bfallecimiento\b|"
    r"\bexclud\w* from (?:the )?(?:campaign|mailing|list)|"
    r"\bfalecid[oa]s?\b|\bobito\b|\bfallecid[oa]s?\b|\bdeceased\b|\bdifunt[oa]s?\b|"
    r"unsub|opt(?:ed|s|ing)? ?out|descadastr|desinscri|desassin|dessubscri|desuscri|"
    rf"\b(?:nao|no|not|nunca|never|dont|don t|sem|sin) (?:me |se |mas |mais |more )?(?:{_VERBS})\b|"
    r"\bdonot(?:call|contact|e?mail|sms|text|disturb|market)|\b(?:dnc|dnd|dne)\b|"
    r"bloquead|\bbloqueio|\bbloqueo\b|\bblock(?:ed|list| list)\b|black ?list|lista negra|robinson|suppress|suprimid|"
    r"supresion\b|supressao|\bbajas?\b|\brevog|\brevoc|\brevok|\bwithdr[ae]w|\bspam\b|complain|queixa|"
    r"\bopos(?:icao|icion)\b|objected|\besquecimento\b|\bolvido\b|\berasure\b|be forgotten|"
    r"\b(?:saiu|sair|removid[oa]|salio|removed) (?:da|de la|from) ?(?:the )?list|"
    rf"\b(?:recus|rechaz|declin|refus|cancel)\w* (?:\w+ )?(?:{_ABOUT_MESSAGES})\b|"
    rf"\b(?:{_ABOUT_MESSAGES}) (?:\w+ )?(?:recus|rechaz|declin|refus|cancel)\w*"
)
_IN: Final = re.compile(
    r"opt(?:ed|s|ing)? ?in\b|consent|\bconsient|\bhabeas data\b|"
    r"\bsubscribed\b|^suscrit[oa]s?$|"
    r"\bnewsletters?\b|\bboletin(?:es)?\b|\bboletim informativo\b|\bmailing\b|contac?ta(?:ble|vel|bilidade|bilidad)\b|"
    rf"\b(?:aceit\w*|acept\w*|accept\w*|autoriz\w*|authoriz\w*|permis\w*|permit\w*|concord\w*|deseja\w*|desea\w*|"
    rf"quer|quiere|wants?|recebe[r]?|receba|recibe|recibir|receives?|gostaria|allow\w*|agree\w*|inscri\w*|suscri\w*|"
    rf"subscri\w*|assina\w*) (?:\w+ ){{0,2}}(?:{_ABOUT_MESSAGES})\b|"
    rf"\b(?:{_ABOUT_MESSAGES}) (?:\w+ ){{0,2}}(?:aceit[oa]s?|acept[oa]s?|aceptad[oa]s?|accepted|autorizad[oa]s?|"
    rf"permitid[oa]s?|allowed|permission|permissao|permiso|agreed|inscrit[oa]|suscrit[oa])\b|"
    r"\b(?:pode|podemos|puede|podemos|can|may|ok (?:to|para|pra)) (?:ser )?"
    r"(?:contat\w*|contact\w*|envi\w*|lig\w*|llam\w*|receb\w*|recib\w*|call|e ?mail|text|sms)\b|"
    r"^(?:aceita|acepta|accepts)(?: receber| recibir)?$|^(?:e ?mail |sms )?marketing(?: e ?mail| sms)?$|"
    r"^contac?tar$|^(?:enviar|mandar|send) (?:de )?"
    r"(?:sms|e ?mails?|correos?|mensage\w*|mensajes?|messages?|whats\w*|newsletter|promoc\w*|ofertas)$"
)
_IN_WIDE: Final = re.compile(
    r"\b(?:aceit\w*|acept\w*|accept\w*|autoriz\w*|authoriz\w*|permis\w*|permit\w*|concord\w*|agree\w*) (?:\w+ ){3,6}"
    rf"(?:{_ABOUT_MESSAGES})\b"
)
"""The same with more words between: «Autorização para uso de imagem e envio de mensagens»."""
_OTHER_AGREEMENTS: Final = re.compile(
    r"\b(?:orcament\w*|propost\w*|pedidos?|contratos?|pagament\w*|entregas?|trocas?|devoluc\w*|presupuest\w*|"
    r"cotizac\w*|cotac\w*|quotes?|orders?|invoices?|faturas?|facturas?|boletos?|matriculas?|agendament\w*|citas?)\b"
)
"""Words of an agreement to something else."""
_LAW: Final = re.compile(rf"\b(?:{_LAWS})\b")
_LAW_AND_ASSENT: Final = re.compile(
    rf"(?:(?:{_LAWS}|ok|aceit\w*|acept\w*|accept\w*|autoriz\w*|concord\w*|termos?|terminos?|terms?|politicas?|policy|"
    r"privac\w*|de|da|do|del|la|e|y|o|a|and|the|com|para|uso|dados|datos|data|tratament\w*|tratamient\w*|"
    r"situacao|situacion|estado) ?)+"
)
"""A law alone, or beside words of assent: «LGPD», «Termo de aceite LGPD». Beside any other word it may say anything."""
_UNSURE: Final = re.compile(
    r"^inscrit[oa]s?$|\binscric\w* cancelad|\bcancel\w* (?:a |su |la |sua )?inscric|\binscripcion cancelad|"
    r"\bcancel\w* (?:su |la )?inscripcion"
)
"""Of an event or of the messages: a question."""
_FOOTNOTE: Final = re.compile(
    r" (?:reply|text|responda|responde|envie|you can|you may|voce pode|posso|puedo|puede|e posso|y puedo)\b.*"
)
"""How to leave, said in a consent: «I agree … Reply STOP to opt out»."""
_IN_AND_OUT: Final = re.compile(r"opt(?:ed)? ?in\b.*opt(?:ed)? ?out|opt(?:ed)? ?out\b.*opt(?:ed)? ?in\b")
_OTHER_POST: Final = re.compile(r"\bfax\b|\bpostal\b|\bcartas?\b|direct mail|correspondencia")
"""Ways to reach a person that say nothing about phones and e-mail."""
_OTHER_BLOCKS: Final = re.compile(
    r"\b(?:credito|judicial|vendas?|ventas?|compras?|limite|financeir\w*|financier\w*|cartao|tarjeta|estoque|stock|"
    r"saldo|pagamento|pago|conta|cuenta|boleto|pedidos?|faturamento|facturacion|card|payment|order|prioridade?|"
    r"temporada|temperatura|medica|laboral|empleado|funcionario)\b"
)
"""Words of columns about something else that is blocked, refused or low."""
_NOT_AN_ANSWER: Final = re.compile(
    r"\b(?:origem|origen|source|fonte|fuente|ip|url|link|metodo|method|forma|versao|version|base legal|legal basis|"
    r"formulario|form|usuario|user|por quem|texto do|nome d[oae]|nombre de|name of|parentesco|canal|canais|"
    r"canales|channels?|quantidade|cantidad|qtd|qtde|total|"
    r"count|numero de|number of)\b"
)
"""Words of columns about a consent or an opt-out that do not say whether there is one."""
_FILLED_MEANS_OUT: Final = re.compile(
    r"\b(?:motivo|reason|razao|razon|comentario|comment|campaign|campanha|campana|titulo|title)\b"
)
_STATUS: Final = re.compile(
    r"\b(?:status|situacao|situacion|estado|condicao|preferenc\w*|tags?|labels?|etiquetas?|marcador(?:es)?|"
    r"segment\w*|lista?s?|grupos?|groups?|"
    r"observ\w*|obs|notas?|notes?|anotac\w*|coment\w*|comments?|marketing|permiss\w*|member\w*|subscri\w*|suscri\w*|"
    r"assinatura|inscri\w*|respost\w*|respondeu|respondio|respuestas?|repl(?:y|ies)|responses?)\b"
)
_OF_MESSAGES: Final = re.compile(
    r"\b(?:sms|e ?mails?|correos?|news\w*|mensage\w*|mensaje\w*|messag\w*|marketing|comunic\w*|communic\w*|lgpd|gdpr|"
    r"publicid\w*|notific\w*|mailing)\b"
)
"""Words of a status that is about messages: a cancelled order, account or subscription says nothing about them."""

_CHANNELS: Final[tuple[tuple[frozenset[Channel], re.Pattern[str]], ...]] = (
    (
        frozenset({"other"}),
        re.compile(r"whats\w*|\bzap\b|\bwpp?\b|\bpush\b|\btelegram\b|\bmessenger\b"),
    ),
    (
        frozenset({"email"}),
        re.compile(r"e ?mail|\bcorreos?(?! postal)\b|correio eletronico|\bnewsletter|(?<!direct )\bmail\b"),
    ),
    (frozenset({"sms"}), re.compile(r"sms|torpedo|mensage\w* de texto|mensaje\w* de texto|\btexts?\b|text messag")),
    (
        frozenset({"call"}),
        re.compile(
            r"\bligac|\bligar\b|\bligue|\bchamad|\bllamad|\bllam(?:ar|en?)\b|telefonar|\bcalls?\b|telemarketing|"
            r"\bvoz\b|\bvoice\b"
        ),
    ),
    (frozenset({"sms", "call"}), re.compile(r"\btelefone?s?\b|\bphones?\b|\bcelular(?:es)?\b|\bmobile\b|\bmovil\b")),
)

_YES: Final = frozenset(
    {"s", "sim", "si", "y", "yes", "t", "true", "v", "verdadeiro", "verdadero", "1", "1.0", "1,0", "x", "✓",
     "✔", "☑", "✅", "on", "ok", "aceito", "aceita", "aceitou", "aceite", "acepto", "acepta", "aceptado",
     "aceptada", "accepted", "agreed", "concedido", "concedida", "concordo", "concorda", "autorizado",
     "autorizada", "autorizo", "autoriza", "permitido", "permitida", "granted", "allowed", "given",
     "positivo", "afirmativo", "checked", "marcado", "ativado", "activado", "enabled"}
)  # fmt: skip
_NO: Final = frozenset(
    {"n", "nao", "no", "f", "false", "falso", "0", "0.0", "0,0", "✗", "✘", "☐", "❌", "off", "nunca", "never",
     "negado", "negada", "recusado", "recusada", "recusou", "rechazado", "rechazada", "declined", "denied",
     "refused", "revogado", "revogada", "revocado", "revocada", "revoked", "withdrawn", "unchecked",
     "desmarcado", "desativado", "desactivado", "disabled", "expirado", "expired", "negativo", "nao aceito",
     "nao aceita", "nao aceitou", "no acepto", "no acepta", "nao autorizado", "no autorizado", "nao autorizo",
     "no autorizo", "nao autoriza", "no autoriza", "not granted", "not given", "not allowed"}
)  # fmt: skip
_YES_TO_LEAVING: Final = frozenset(
    {"remover", "removido", "removida", "remove", "removed", "retirar", "retirado", "retirada", "excluir", "excluido",
     "excluida", "sair", "saiu", "salir", "salio", "parar", "stop", "baja",
     "solicitou", "solicitado", "pediu", "pedido", "solicito", "pidio", "requested", "apagar", "apagado", "deleted"}
)  # fmt: skip
"""Answers in an opt-out column that repeat what it asks."""
_STOP_WORDS: Final = frozenset({"sair", "stop", "parar", "pare", "salir", "descadastrar", "unsubscribe", "quit"})
"""Replies to a message that end the messages."""
_POLITE_YES: Final = re.compile(
    r"(?:sim|si|yes|claro|ok)[ ,.;!-]+(?:(?:eu|yo|i) )?(?:aceito|acepto|autorizo|concordo|quero|quiero|desejo|deseo|"
    r"gostaria|please|por favor|com certeza|claro|accept|agree|pode(?:m|n)?|puede[ns]?|de acordo|de acuerdo|"
    r"com prazer|gracias|obrigad[oa]|thanks)"
)
_POLITE_NO: Final = re.compile(
    r"(?:nao|no)[ ,.;!-]+(?:(?:eu|yo|i) )?(?:aceito|acepto|autorizo|concordo|quero|quiero|desejo|deseo|obrigad[oa]|"
    r"gracias|thanks|thank you|por favor|accept|agree|gostaria|me interesa|tenho interesse)|prefiro nao|prefiero no"
)
_SAYS_OUT: Final = re.compile(
    r"(?:nao|no|does not|don'?t) (?:deseja|quer|desea|quiere|want|wish)(?: mais| mas)? "
    r"(?:contat?o|contacto|contact|receber(?: \w+)?|recibir(?: \w+)?|mensage\w*|mensajes|messages|ser contatad[oa]|"
    r"ser contactad[oa]|to be contacted)|"
    r"opt(?:ed)?[ -]?out|unsub(?:scribed)?|descadastrad[oa]|desinscrit[oa]|desuscrit[oa]|dad[oa] de baja|"
    r"(?:nao|no|do not|don'?t|favor nao) (?:mais )?(?:perturb[ea]r?|molestar|contatar|contactar|contact|enviar|ligar|"
    r"llamar|disturb|e-?mail|call|text|sms|mail|mandar(?: mensage\w*)?|receber|recibir)(?: mais)?|dnc|dnd|suppressed|"
    r"suprimid[oa]|lista negra|black-?listed|non[- ]?marketing(?: contact)?|"
    r"conta(?:to|cto) (?:nao|no) de marketing|"
    r"(?:never|not|non)[ -]?subscribed|marked as spam|reported spam|complained|spam complaint|"
    r"bloquead[oa] para envio\w*"
)
_MAY_SAY_OUT: Final = re.compile(
    r"descadastr|unsubscri|desuscri|opt[ -]?out|\bde baja\b|"
    r"\b(?:nao|no|not|don'?t|nunca|never) (?:\w+ ){0,2}(?:receber|recibir|receive|contat(?:o|ar|em?)|"
    r"contact(?:o|ar|en?)?|"
    r"perturb\w*|molest\w*|ligar|liguem?|llam(?:ar|en?)|call|enviar|envi(?:em?|en)|mandar|mand(?:em?|en)|"
    r"mensage\w*|mensajes?|messages?|sms|e-?mails?)\b|"
    r"\b(?:pediu|pede|pidio|pide|solicit\w*|quer|quiere|asked|wants) (?:\w+ ){0,3}(?:sair|salir|remo\w*|exclu\w*|baja|"
    r"cancel\w*|stop|retira\w*|delet\w*)"
)
"""Remarks that may mean an opt-out, or something else («não ligar antes das 10»): a question."""
_SAYS_IN: Final = re.compile(
    r"(?:double |single |duplo |doble )?opt(?:ed)?[ -]?in|subscribed|inscrit[oa]|suscrit[oa]|assinante|"
    r"marketing contact|contat?cto de marketing|legitimo interesse|interesse legitimo|interes legitimo|"
    r"legitimate interest|consentiu|consentid[oa]|consentimento|consentimiento|consented"
)
_WEAK_OUT: Final = re.compile(
    r"cancelad[oa]|cancell?ed|inativ[oa]|inactiv[oa]|inactive|bloquead[oa]|blocked|removid[oa]|removed|excluid[oa]|baja"
)
_WEAK_IN: Final = re.compile(r"ativ[oa]|activ[oa]|active|confirmad[oa]|confirmed")
_EMPTY: Final = frozenset(
    {"", "-", "--", "---", "–", "—", "n/a", "n.a", "na", "nan", "null", "none", "nil", "#n/d", "#n/a", "undefined",
     "nao informado", "nao informada", "no informado", "not informed", "nao consta", "sem informacao",
     "sin informacion", "sem dados", "sin datos", "vazio", "vacio", "empty", "unknown", "desconhecido", "desconocido",
     "?", "0000-00-00", "00/00/0000", "0000-00-00 00:00:00", "nat"}
)  # fmt: skip
"""Texts of cells that say nothing."""
_MONTHS: Final = (
    r"jan|fev|feb|mar|abr|apr|mai|may|jun|jul|ago|aug|set|sep|sept|out|oct|nov|dez|dic|dec|ene|de|at|as|am|pm|utc|gmt|"
    r"janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro|enero|febrero|"
    r"marzo|mayo|"
    r"junio|julio|septiembre|octubre|noviembre|diciembre|january|february|march|april|june|july|august|september|"
    r"october|november|december|mon|tue|wed|thu|fri|sat|sun|t|z"
)
_DATE_PARTS: Final = re.compile(rf"(?:[\d\s,./:+-]|(?:{_MONTHS})(?![a-z]))+")
_YEAR: Final = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|(?:\d|[a-z]{3})[/.-]\d{1,2}[/.-]\d\d(?!\d)|[a-z]{3}[/. -]\d\d(?!\d)"
)
_COMPACT_DATE: Final = re.compile(r"(?:19|20)\d{6}(?:\d{6})?|1[0-9]{9}(?:\d{3})?")
_SERIAL_DATE: Final = re.compile(r"[34]\d{4}(?:[.,]\d{1,10})?")
"""A date as spreadsheets count it in days, from 1982 to 2036."""


@dataclass(frozen=True, slots=True)
class OptOutColumn:
    """A column that says who opted out, of all messages or, with ``channels``, of some.

    With ``filled_means_out`` any answer but a no means an opt-out: a reason for it, for example.
    """

    header: str
    polarity: Polarity
    channels: frozenset[Channel] = frozenset()
    filled_means_out: bool = False

    @property
    def is_consent(self) -> bool:
        """True if an empty cell may mean that a consent is missing."""
        return self.polarity in ("in", "both", "consent_status")

    @property
    def is_refusal(self) -> bool:
        """True if the column names those who asked not to be contacted, false if those who agreed."""
        return self.polarity != "in"


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Answers in the cells of one such column, row by row.

    ``empty`` counts the rows without an answer; ``unclear_values`` are the cells that were not understood with the
    number of rows that have them, the most frequent first.
    """

    out: Mask
    unclear: Mask
    empty: int
    unclear_values: tuple[tuple[str, int], ...]


def opt_out_columns(table: pa.Table, skipped: Collection[str] = ()) -> list[OptOutColumn]:
    """Return the columns of a table of strings that say who opted out, in their order.

    ``skipped`` are headers of columns that hold something else, such as phones.
    """
    found = (column for header in table.column_names if header not in skipped and (column := column_of(header)))
    return [column for column in found if _holds_answers(table.column(column.header), column)]


def column_of(header: str) -> OptOutColumn | None:
    """Return what a header says about the cells below it; None if it has nothing to do with opting out."""
    text = " ".join(words_of(header[:_LONGEST_HEADER]))
    if _OTHER_POST.search(text):
        return None
    agreed = _FOOTNOTE.sub("", text)
    if agreed != text and _IN.search(agreed) and not _OUT.search(agreed):
        text = agreed
    if _IN_AND_OUT.search(text):
        return OptOutColumn(header, "both", _channels(text))
    if _OUT.search(text) and not _OTHER_BLOCKS.search(text):
        filled = bool(_FILLED_MEANS_OUT.search(text))
        return None if _NOT_AN_ANSWER.search(text) else OptOutColumn(header, "out", _channels(text), filled)
    is_status = bool(_STATUS.search(text))
    if _UNSURE.search(text):
        return OptOutColumn(header, "both", _channels(text))
    if _LAW.search(text) and not _IN.search(text) and not _NOT_AN_ANSWER.search(text):
        polarity: Polarity = "in" if _LAW_AND_ASSENT.fullmatch(text) else "consent_status" if is_status else "both"
        return OptOutColumn(header, polarity, _channels(text))
    if _IN_WIDE.search(text) and not (_OTHER_AGREEMENTS.search(text) or _NOT_AN_ANSWER.search(text)):
        return OptOutColumn(header, "in", _channels(text))
    if _IN.search(text) and not (is_status and "status" in text):
        is_other = _NOT_AN_ANSWER.search(text) or _FILLED_MEANS_OUT.search(text)
        return None if is_other else OptOutColumn(header, "in", _channels(text))
    if is_status:
        polarity = "consent_status" if _OF_MESSAGES.search(text) or _IN.search(text) else "status"
        return OptOutColumn(header, polarity, _channels(text))
    return None


def _channels(text: str) -> frozenset[Channel]:
    return frozenset[Channel]().union(*(channels for channels, words in _CHANNELS if words.search(text)))


def _holds_answers(cells: pa.ChunkedArray, column: OptOutColumn) -> bool:
    """Tell whether the cells can be answers: no phones or addresses, and in a status or remarks at least one opt-out.

    A column of which nothing is filled is no column of answers.
    """
    sample = [cell for cell in cells.slice(0, _SAMPLE).to_pylist() if not is_blank(cell)]
    texts = [plain(cell) for cell in sample]
    dialled = sum(bool(_DESTINATION.fullmatch(text)) and not _is_date(text) for text in texts)
    if sample and dialled * 2 > len(sample):
        return False
    meanings = {meaning_of(value, column, {}) for chunk in cells.chunks for value in chunk.unique().to_pylist()}
    is_status = column.polarity in ("status", "consent_status")
    return bool(meanings & {"out", "unclear"} if is_status else meanings - {"empty"})


def read_answers(cells: pa.ChunkedArray, column: OptOutColumn, decided: Mapping[str, bool]) -> Answers:
    """Read the cells of an opt-out column; ``decided`` has the operator's decision for some values: true leaves out."""
    codes = np.zeros(len(cells), dtype=np.int8)
    unclear: Counter[str] = Counter()
    given = {plain(value): is_out for value, is_out in decided.items()}
    start = 0
    for chunk in cells.chunks:
        coded = chunk.dictionary_encode()
        values = coded.dictionary.to_pylist()
        meanings = [meaning_of(value, column, given) for value in values]
        indices = np.asarray(coded.indices)
        codes[start : start + len(chunk)] = np.array([_MEANINGS.index(each) for each in meanings], np.int8)[indices]
        if "unclear" in meanings:
            times = np.bincount(indices, minlength=len(values))
            for value, meaning, n in zip(values, meanings, times.tolist(), strict=True):
                if meaning == "unclear":
                    unclear[" ".join(value.split())] += n
        start += len(chunk)
    return Answers(
        out=codes == _MEANINGS.index("out"),
        unclear=codes == _MEANINGS.index("unclear"),
        empty=int((codes == _MEANINGS.index("empty")).sum()),
        unclear_values=tuple(unclear.most_common()),
    )


def meaning_of(value: str, column: OptOutColumn, decided: Mapping[str, bool]) -> Meaning:
    """Return what one cell of an opt-out column says; ``decided`` has decisions by the ``plain`` text of a cell.

    A decision about ``""`` is about every cell that says nothing.
    """
    text = plain(value)
    if text in _EMPTY:
        text = text if text in decided else ""
    if text in decided:
        return "out" if decided[text] else "send"
    if not text:
        return "empty"
    if column.polarity in ("status", "consent_status"):
        if _has_opted_out(text, is_about_messages=column.polarity == "consent_status"):
            return "out"
        return "unclear" if _MAY_SAY_OUT.search(text) else "send"
    if _SAYS_OUT.fullmatch(text):
        return "out"
    if _SAYS_IN.fullmatch(text):
        return "send"
    if column.polarity == "out":
        return _in_opt_out_column(text, filled_means_out=column.filled_means_out)
    if column.polarity == "in":
        return _in_consent_column(text)
    return "unclear"


def _in_opt_out_column(text: str, *, filled_means_out: bool) -> Meaning:
    if text in _NO:
        return "send"
    says_yes = text in _YES or text in _YES_TO_LEAVING or _is_date(text)
    return "out" if filled_means_out or says_yes else "unclear"


def _in_consent_column(text: str) -> Meaning:
    if text in _NO or _WEAK_OUT.fullmatch(text) or _POLITE_NO.fullmatch(text):
        return "out"
    says_yes = text in _YES or _WEAK_IN.fullmatch(text) or _POLITE_YES.fullmatch(text) or _is_date(text)
    return "send" if says_yes else "unclear"


def _has_opted_out(text: str, *, is_about_messages: bool) -> bool:
    """Tell whether a status, or one of several tags, says that the person opted out."""
    if text in _STOP_WORDS:
        return True
    pieces: Sequence[str] = [text, *(piece.strip() for piece in re.split(r"[;,|/]|:::", text))]
    return any(_SAYS_OUT.fullmatch(piece) or (is_about_messages and _WEAK_OUT.fullmatch(piece)) for piece in pieces)


def _is_date(text: str) -> bool:
    if _COMPACT_DATE.fullmatch(text) or _SERIAL_DATE.fullmatch(text):
        return True
    return bool(_DATE_PARTS.fullmatch(text) and _YEAR.search(text))


def plain(value: str) -> str:
    """Return a cell's text in lower case and without accents, outer marks and repeated blanks."""
    text = unicodedata.normalize("NFKD", value[:_LONGEST_VALUE].replace("_", " "))
    text = "".join(char for char in text if not unicodedata.combining(char) and unicodedata.category(char) != "Cf")
    return " ".join(text.split()).casefold().strip(" .;:!\"'()[]")
