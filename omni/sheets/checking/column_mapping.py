"""A proposed mapping from contactInfo fields to headers, from the words of the headers and the cells below them.

A column is rated by its header, by how many rows it fills and how many of its cells are good, and by whose it is: a
header about somebody else (the seller, the shop, an emergency contact) loses against one about the person, and a column
with the same value in every row is nobody's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from omni.core.destination import normalise_email, normalise_phone, sms_obstacle
from omni.core.field_kind import FieldKind
from omni.sheets.blanks import is_blank
from omni.sheets.reading.header import EMAILS, NAMES, OTHERS, PHONES, ordinal, rank, words_of

SAMPLE_ROWS: Final = 200
"""Rows, spread over the sheet, from which columns are rated."""
_LONGEST_CELL: Final = 400
_CLOSE: Final = 8.0
"""Points between two columns up to which the operator has to choose."""
_OWN: Final = 0.5
"""Share of different values, of the filled cells, in a column of the contacts' own."""

_DIALLED: Final = re.compile(r"\D*(?:\d\D{0,4}){8,15}")
_CUT_SHORT: Final = re.compile(r"\D*(?:\d\D{0,4}){4,}")
_SCIENTIFIC: Final = re.compile(r"\s*\+?\d[.,]?\d*[eE]\+?\d{1,2}\s*")
_CUT_SHORT_DIGITS: Final = 6
_BADLY_WRITTEN: Final = frozenset({"phone.several", "phone.scientific", "phone.letters", "phone.nine_missing"})
"""Reasons for which a cell is refused although it was meant as a phone."""
_REFUSED_AS_WRITTEN: Final = frozenset(
    {"phone.several", "phone.scientific", "phone.nine_missing", "phone.area_code_missing"}
)
"""Reasons for which a cell is refused that can hardly be anything but a phone."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STRANGERS: Final = _words(
    "vendedor vendedora vendedores seller salesman salesperson sales consultor consultora consultant asesor asesora "
    "assessor assessora advisor corretor corretora broker loja lojas tienda store shop empresa company negocio "
    "empregador employer gerente manager supervisor supervisora coordenador coordenadora diretor diretora "
    "director contador contadora accountant contabilidade advogado abogado lawyer escola escuela school colegio creche "
    "faculdade universidade universidad indicacao indicado indicador indicou referencia referencias referral referrer "
    "reference referido remetente remitente sender filial sucursal branch unidade unidad franquia agencia agency "
    "agente agent representante representative atendente operador operator fornecedor fornecedora proveedor supplier "
    "vendor produtor coprodutor producer afiliado affiliate medico medica doctor dr clinica hospital professor "
    "professora profesor profesora teacher tecnico instrutor treinador coach parceiro partner sindico administradora "
    "imobiliaria inmobiliaria avalista fiador fiadora guarantor aval secretaria secretary portaria "
    "recepcao empleador jefe chefe boss transportadora motorista driver entregador promotor promotora owner "
    "anfitriao anfitrion host campanha campana campaign suporte soporte support sac matriz "
    "assistant assistente asistente lideranca executivo executiva ejecutivo ejecutiva executive gestor gestora closer "
    "sdr recrutador reclutador terapeuta psicologo psicologa dentista veterinario veterinaria nutricionista cobrador "
    "assessoria distribuidor distribuidora revendedor revendedora lider prestador prestadora zelador porteiro "
    "concessionaria concesionaria restaurante captador vend consult corr repr forn"
)
"""Words for other people and for firms. Their column is proposed only when there is no other."""
_RELATIVES: Final = _words(
    "recado recados emergencia emergency emergencias responsavel responsable guardian conjuge esposa esposo "
    "marido mujer spouse wife husband pai mae pais padre madre padres father mother parent parents filho filha hijo "
    "hija son daughter irmao irma hermano hermana avo abuelo abuela tutor tutora vizinho vizinha vecino amigo amiga "
    "friend familiar parente pariente acompanhante acompanante apoderado apoderada acudiente encargado encargada "
    "cuidador cuidadora caregiver padrinho padrino madrinha madrina namorado namorada novio novia"
)
"""Words for people near the contact: a second choice."""
_MESSAGES: Final = _words("recado recados")
"""Words for a number at which messages are taken for the contact."""
_EMERGENCY: Final = _words("emergencia emergencias emergency")
_PERSONS: Final = _words(
    "cliente clientes customer client aluno aluna alunos alumno alumna student estudante estudiante paciente patient "
    "titular socio socia member membro associado asociado beneficiario beneficiaria assinante suscriptor subscriber "
    "segurado asegurado participante participant candidato candidata candidate comprador compradora buyer shopper "
    "hospede huesped guest passageiro pasajero passenger destinatario destinataria recipient morador moradora "
    "inquilino inquilina devedor deudor debtor sacado lead prospect colaborador colaboradora funcionario empleado "
    "funcionaria employee usuario user doador donante donor convidado invitado inscrito inscripto formando pessoal "
    "personal proprio propio own consumidor consumidora consumer locatario arrendatario cooperado cooperada "
    "correntista contribuinte contribuyente eleitor votante atleta voluntario voluntaria fiel filiado filiada "
    "pensionista aposentado visitante turista citizen cidadao ciudadano cli clte"
)
"""Words for the contact."""
_MAIN: Final = _words("principal primario primaria primary main preferencial preferred preferido titular atual actual")
_SECOND: Final = _words(
    "secundario secundaria secondary alternativo alternativa alternative alternate adicional additional outro outra "
    "outros otro otra other extra reserva backup antigo anterior old opcional"
)
_LABELS: Final = _words("type tipo label labels etiqueta etiquetas rotulo operadora carrier status valido verificado")
_NEUTRAL: Final = _words(
    "de do da dos das del de la el o a com con c ddd ddi para contato contacto contact numero number num nro n value "
    "valor sms voz voice ligacao llamada tel fone phone e mail email endereco direccion address o of the s em en"
)
"""Words that say neither more nor less about a column."""
_WEAK_PHONES: Final = _words(
    "numero numeros number numbers num nro n contato contatos contacto contactos contact line linea linha msisdn "
    "destino destination celu cels fones phones fon whattsapp watsapp whatssap zapzap ddd telegram"
)
"""Words that mean a phone if the cells look like phones."""
_WEAK_POINTS: Final = 45
_SURNAMES: Final = _words("sobrenome sobrenomes apellido apellidos surname last")
_NOT_NAMES: Final = _words(
    "prefix prefixo prefijo suffix sufixo sufijo nickname apelido apodo phonetic yomi organization organizacao "
    "organizacion additional middle maiden short file initials iniciais user usuario login domain dominio plan plano "
    "arquivo archivo tag tags lista list grupo group event evento servico servicio service banco bank cargo title "
    "titulo curso course turma class serie source origem pais country estado state cidade city ciudad bairro barrio "
    "uf municipio host device produto producto product item sku mae pai madre padre fantasia pet animal mascota modelo "
    "setor sector departamento department projeto proyecto project rota ruta plataforma categoria category oferta "
    "offer cupom coupon"
)
"""Words of names of things, places and groups, and of parts of names."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A header as words, and shares found in its cells; ``fill`` is of all rows, the others of the filled cells.

    ``dialled`` is the share with enough digits for a phone of any country, ``cut_short`` with enough for half a phone
    at least, ``meant`` with a phone in any spelling, ``written`` with a number that exists or is badly written,
    ``phones`` with a number that exists, ``mobiles`` with one that gets SMS, ``emails`` with an e-mail address,
    ``addresses`` with an @ that is in no phone, ``letters`` with more letters than digits.
    ``is_constant`` means that all filled cells, at least two, are equal. Without filled cells, ``fill`` is 0, or None
    without a sample.
    """

    place: int
    header: str
    words: tuple[str, ...]
    fill: float | None
    dialled: float = 0
    cut_short: float = 0
    meant: float = 0
    written: float = 0
    phones: float = 0
    mobiles: float = 0
    emails: float = 0
    addresses: float = 0
    letters: float = 0
    distinct: float = 1
    is_constant: bool = False

    @property
    def has_cells(self) -> bool:
        """True if any cell is filled."""
        return bool(self.fill)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposed header of each field, and for a field that the operator should decide, the headers to choose from.

    The first of the headers to choose from is the one proposed. It may be the only one, if it seems to be about
    somebody else than the contact.
    """

    mapping: Mapping[str, str]
    close: Mapping[str, tuple[str, ...]]


def propose(
    headers: Sequence[str], fields: Mapping[str, FieldKind], sample: pa.Table | None = None, country: str = "BR"
) -> dict[str, str]:
    """Return the mapping of ``proposal``."""
    return dict(proposal(headers, fields, sample, country).mapping)


def proposal(
    headers: Sequence[str], fields: Mapping[str, FieldKind], sample: pa.Table | None = None, country: str = "BR"
) -> Proposal:
    """Propose a header for each field that probably has one, in the order of ``fields``.

    ``country`` is that of phones without a country code. ``sample`` holds rows under the same headers, best spread over
    the whole sheet. A header equal to a field's name belongs to that field, with an exact match before one in other
    letter case. Of the rest, phone fields are given, in the order of the numbers in their names, the columns with most
    points. No further header is given to two fields.
    """
    columns = [_column(place, header, sample, country) for place, header in enumerate(headers)]
    found: dict[str, str] = {}
    for field, kind in fields.items():
        named = [column for column in columns if column.header == field]
        named += [column for column in columns if column.header.casefold() == field.casefold()]
        if named and not _is_empty_name(named[0], columns, field, kind):
            found[field] = named[0].header
    taken = set(found.values())
    rated: dict[str, list[tuple[float, _Column]]] = {}
    for field in sorted(fields, key=lambda name: (ordinal(words_of(name)), list(fields).index(name))):
        if field in found:
            continue
        kind = fields[field]
        scores = [(_score(column, field, kind), column) for column in columns if column.header not in taken]
        fitting = sorted((pair for pair in scores if pair[0] > 0), key=_by_points)
        fitting = _own(fitting, kind, others=any(fields[name] == kind for name in rated))
        if fitting:
            found[field] = fitting[0][1].header
            taken.add(fitting[0][1].header)
            rated[field] = fitting
    close = {
        field: names for field, fitting in rated.items() if (names := _close(fitting, fields[field], taken, sample))
    }
    return Proposal({field: found[field] for field in fields if field in found}, close)


def spread_sample(table: pa.Table, rows: int = SAMPLE_ROWS) -> pa.Table:
    """Return rows of the table at even distances; the whole table when it has no more."""
    if table.num_rows <= rows:
        return table
    return table.take(pa.array(np.linspace(0, table.num_rows - 1, rows).astype(np.int64)))


def _is_empty_name(column: _Column, columns: Sequence[_Column], field: str, kind: FieldKind) -> bool:
    """Tell whether a column has only the field's name, and another one has its phones or addresses."""
    if kind == "text" or not column.has_cells or _score(column, field, kind):
        return False
    return any(_score(other, field, kind) for other in columns)


def _by_points(pair: tuple[float, _Column]) -> tuple[float, int, int]:
    """Sort by points; of equal columns the one with the lower number in its header wins, then the one further left."""
    score, column = pair
    return -round(score, 6), ordinal(column.words), column.place


def _own(fitting: list[tuple[float, _Column]], kind: FieldKind, *, others: bool) -> list[tuple[float, _Column]]:
    """Leave out columns of strangers, and columns with one value for all, where there are others.

    ``others`` is true if another field of that kind has a column already.
    """
    own = [pair for pair in fitting if not _is_strangers(pair[1])]
    if others and kind != "text":
        # A second number is better missing than somebody else's, such as one that several contacts share. A number at
        # which messages are taken was given for that.
        own = [pair for pair in own if not _is_relatives(pair[1]) and pair[1].distinct >= _OWN]
        if not own:
            return []
    fitting = own or fitting
    varied = [pair for pair in fitting if not pair[1].is_constant]
    return varied if others and kind != "text" else varied or fitting


def _close(
    fitting: Sequence[tuple[float, _Column]], kind: FieldKind, taken: set[str], sample: pa.Table | None
) -> tuple[str, ...]:
    """Return the headers of columns about as good as the first one, if they hold something else; else nothing.

    A first one that is about somebody else is returned even if it has no rivals.
    """
    if kind == "text" or sample is None:
        return ()
    best, first = fitting[0]
    near = [
        column
        for score, column in fitting[1:]
        if best - score < _CLOSE and column.header not in taken and not _is_next(first, column)
    ]
    near = [column for column in near if _differs(sample, first, column)]
    return (first.header, *(column.header for column in near)) if near or _is_strangers(first) else ()


def _is_next(first: _Column, column: _Column) -> bool:
    """Tell whether the headers count: ``Celular 1`` and ``Celular 2``, or the same header twice."""
    bare = [[word for word in one.words if not word.isdigit()] for one in (first, column)]
    return bare[0] == bare[1] and ordinal(first.words) < ordinal(column.words)


def _differs(sample: pa.Table, first: _Column, column: _Column) -> bool:
    """Tell whether two columns hold different values in most rows that fill both, or fill different rows."""
    pairs = zip(sample.column(first.place).to_pylist(), sample.column(column.place).to_pylist(), strict=True)
    both = [(one, other) for one, other in pairs if not is_blank(one) and not is_blank(other)]
    alike = sum(re.sub(r"\W", "", one) == re.sub(r"\W", "", other) for one, other in both)
    return not both or alike < 0.8 * len(both)


def _score(column: _Column, field: str, kind: FieldKind) -> float:
    """Rate the fit of a column for a field: 0 when it does not fit."""
    return {"phone": _phone_score, "email": _email_score, "text": _text_score}[kind](column, field)


def _phone_score(column: _Column, field: str) -> float:
    words = set(column.words)
    points: float = rank(column.words, PHONES)
    if points == 100 and words & _words("whatsapp whats wpp wa zap") and not words & _words("celular cel movil mobile"):
        points = 90
    if not points and words & _WEAK_PHONES and (not column.has_cells or column.meant >= 0.5):
        points = _WEAK_POINTS if column.has_cells else 0
    if column.emails or column.addresses > 0.5 or (points and _cells_contradict(column)):
        return 0
    if _is_other(column) or words & _LABELS:
        return 0
    if not points:
        # Without a word in the header the cells decide: first those that are phones, then those meant as phones.
        share = column.phones if column.phones >= 0.6 else column.written - 1
        return max(0.0, 30 * share + 40 * (column.fill or 0)) if column.has_cells and column.written >= 0.6 else 0
    points += 20 if words & set(words_of(field)) else 0
    if column.has_cells:
        points += 60 * (column.fill or 0) + 40 * column.meant + 25 * column.mobiles
    return max(1.0, points + _whose(column, PHONES))


def _is_other(column: _Column) -> bool:
    """Tell whether the header says that the column holds something else, other than whose it is."""
    without = _STRANGERS | _RELATIVES
    if rank(column.words, PHONES):
        without |= {"valor"}  # «Telefone 1 - Valor» beside «Telefone 1 - Rótulo»
    if set(column.words) & {"y", "e", "and"} and rank(column.words, NAMES) == 100:
        without |= _SURNAMES
    return bool(rank([word for word in column.words if word not in without], OTHERS))


def _is_strangers(column: _Column) -> bool:
    words = set(column.words)
    return bool(words & _STRANGERS) and not words & _PERSONS


def _is_relatives(column: _Column) -> bool:
    words = set(column.words)
    return bool(words & _EMERGENCY) or (bool(words & _RELATIVES) and not words & (_PERSONS | _MESSAGES))


def _whose(column: _Column, groups: Sequence[tuple[int, str]]) -> float:
    """Return points for the words of a header besides those for its kind."""
    words = set(column.words)
    is_person = bool(words & _PERSONS)
    points = 6.0 if is_person else 0.0
    if words & _STRANGERS and not is_person:
        points -= 90
    elif words & _RELATIVES and not (is_person and not words & (_EMERGENCY | _MESSAGES)):
        points -= 75
    if words & _MAIN:
        points += 10
    if words & _SECOND:
        points -= 30
    if ordinal(column.words) > 1:
        points -= 12
    if column.is_constant:
        points -= 60
    elif column.distinct < 0.3:
        points -= 40
    known = {word for _, group in groups for phrase in group.split() for word in phrase.split("+")}
    rest = [
        word
        for word in column.words
        if len(word) > 1
        and not word.isdigit()
        and word not in known | _NEUTRAL | _PERSONS | _MAIN | _SECOND | _WEAK_PHONES
    ]
    is_bare = not rest and not words & (_PERSONS | _MAIN | _SECOND | _STRANGERS | _RELATIVES)
    return points + (5 if is_bare else 0) - 4 * min(len(rest), 3)


def _cells_contradict(column: _Column) -> bool:
    """Tell whether the cells show that the column holds no phones, whatever its header says.

    Numbers that lack digits, and cells with several numbers, still count as phones, in a list that needs correction.
    """
    return column.has_cells and column.dialled < 0.2 and column.cut_short < 0.5 and column.meant < 0.2


def _email_score(column: _Column, _field: str) -> float:
    points: float = 0 if _is_other(column) or set(column.words) & _LABELS else rank(column.words, EMAILS)
    if not column.has_cells:
        return max(1.0, points + _whose(column, EMAILS)) if points else 0
    if column.addresses < 0.3:
        return 0
    return max(1.0, points + 60 * (column.fill or 0) + 40 * column.emails + _whose(column, EMAILS))


def _text_score(column: _Column, field: str) -> float:
    wanted = words_of(field)
    if set(wanted) <= set(column.words) or set(column.words) == set(wanted):
        return 150 - len(column.words)
    if not rank(wanted, NAMES) or column.phones > 0.5 or column.emails > 0.3 or column.addresses > 0.3:
        return 0
    if rank(column.words, PHONES) or rank(column.words, EMAILS) or set(column.words) & _LABELS:
        return 0
    words = set(column.words)
    if _is_other(column) or (words & _NOT_NAMES and not words & (_PERSONS - _NOT_NAMES)):
        return 0
    points = rank(column.words, NAMES)
    if not points or _is_strangers(column) or (column.has_cells and column.letters < 0.5):
        return 0
    if words & _RELATIVES:
        points -= 60
    points += 5 if words & _PERSONS and len(words) > 1 else 0
    points += round(20 * (column.fill or 0)) - (30 if column.is_constant else 0)
    return max(1.0, points - len(column.words))


def _column(place: int, header: str, sample: pa.Table | None, country: str) -> _Column:
    words = words_of(header)
    if sample is None:
        return _Column(place, header, words, None)
    cells = [cell for cell in sample.column(place).to_pylist() if not is_blank(cell)]
    if not cells:
        return _Column(place, header, words, 0.0)
    texts = [cell.strip()[:_LONGEST_CELL] for cell in cells]
    phones = [normalise_phone(text, country) for text in texts]
    addresses = ["@" in text and phone.value is None for text, phone in zip(texts, phones, strict=True)]

    def share(hits: Iterable[bool]) -> float:
        return sum(hits) / len(cells)

    meant = (
        phone.value is not None
        or bool(_DIALLED.fullmatch(text) or _SCIENTIFIC.fullmatch(text))
        or (phone.problem in _BADLY_WRITTEN and sum(map(str.isdigit, text)) >= _CUT_SHORT_DIGITS)
        for phone, text in zip(phones, texts, strict=True)
    )
    return _Column(
        place,
        header,
        words,
        fill=len(cells) / sample.num_rows,
        dialled=share(bool(_DIALLED.fullmatch(text)) for text in texts),
        cut_short=share(bool(_CUT_SHORT.fullmatch(text)) for text in texts),
        meant=share(meant),
        written=share(phone.value is not None or phone.problem in _REFUSED_AS_WRITTEN for phone in phones),
        phones=share(phone.value is not None for phone in phones),
        mobiles=share(phone.value is not None and sms_obstacle(phone.value) is None for phone in phones),
        emails=share(
            is_address and normalise_email(text).value is not None
            for text, is_address in zip(texts, addresses, strict=True)
        ),
        addresses=share(addresses),
        letters=share(sum(map(str.isalpha, text)) > sum(map(str.isdigit, text)) for text in texts),
        distinct=len(set(texts)) / len(texts),
        is_constant=len(texts) > 1 and len(set(texts)) == 1,
    )
