"""Languages of spreadsheets: the signs, names and built-in formats with which Excel shows numbers and dates.

The names are those of Excel, which differ from CLDR's: ``nov`` and not ``nov.``, ``sep`` and not ``sept.``
"""

from __future__ import annotations

import locale
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

LanguageCode = Literal["pt", "es", "en"]

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SheetLanguage:
    """Signs and names of one language, as Excel in that language shows them.

    ``days`` begin with Sunday. ``errors`` maps the English name of an error value to its name; ``formats`` maps the ids
    of built-in formats that depend on the language to their codes, ``long_date`` and ``long_time`` are the codes of the
    formats ``[$-F800]`` and ``[$-F400]``, which the system defines, ``halves`` the names of the halves of a day.
    """

    code: LanguageCode
    decimal: str
    group: str
    months: Names
    short_months: Names
    days: Names
    short_days: Names
    true: str
    false: str
    errors: Mapping[str, str]
    formats: Mapping[int, str]
    long_date: str
    long_time: str = "hh:mm:ss"
    halves: tuple[str, str] = ("AM", "PM")

    def truth(self, value: bool) -> str:
        """Return the name of a truth value."""
        return self.true if value else self.false

    def error(self, name: str) -> str:
        """Return the name of an error value, given its English name as files store it."""
        return self.errors.get(name.upper(), name)


def _accounting(symbol: str, digits: str, dash: str) -> str:
    part = f'"{symbol}"* ' if symbol else "* "
    return f'_-{part}{digits}_-;-{part}{digits}_-;_-{part}"-"{dash}_-;_-@_-'


def _formats(short_date: str, day_month_year: tuple[str, str, str], time: str, symbol: str) -> dict[int, str]:
    """Return the built-in formats that depend on the language (ECMA-376 part 1, 18.8.30)."""
    whole, cents = f'"{symbol} "#,##0', f'"{symbol} "#,##0.00'
    return {
        5: f"{whole};-{whole}",
        6: f"{whole};[Red]-{whole}",
        7: f"{cents};-{cents}",
        8: f"{cents};[Red]-{cents}",
        14: short_date,
        **dict(zip((15, 16, 17), day_month_year, strict=True)),
        20: time,
        21: f"{time}:ss",
        22: f"{short_date} {time}",
        37: "#,##0;-#,##0",
        38: "#,##0;[Red]-#,##0",
        39: "#,##0.00;-#,##0.00",
        40: "#,##0.00;[Red]-#,##0.00",
        41: _accounting("", "#,##0", ""),
        42: _accounting(f"{symbol} ", "#,##0", ""),
        43: _accounting("", "#,##0.00", "??"),
        44: _accounting(f"{symbol} ", "#,##0.00", "??"),
    }


PORTUGUESE: Final = SheetLanguage(
    code="pt",
    decimal=",",
    group=".",
    months=(
        "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
        "novembro", "dezembro",
    ),
    short_months=("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"),
    days=("domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado"),
    short_days=("dom", "seg", "ter", "qua", "qui", "sex", "sáb"),
    true="VERDADEIRO",
    false="FALSO",
    errors={
        "#N/A": "#N/D", "#NAME?": "#NOME?", "#NULL!": "#NULO!", "#NUM!": "#NÚM!", "#VALUE!": "#VALOR!",
        "#SPILL!": "#DESPEJAR!", "#CALC!": "#CALC!", "#FIELD!": "#CAMPO!", "#BLOCKED!": "#BLOQUEADO!",
        "#UNKNOWN!": "#DESCONHECIDO!", "#CONNECT!": "#CONECTAR!", "#GETTING_DATA": "#OBTENDO_DADOS",
    },
    formats=_formats("dd/mm/yyyy", ("d/mmm/yy", "d/mmm", "mmm/yy"), "hh:mm", "R$"),
    long_date='dddd, d "de" mmmm "de" yyyy',
)  # fmt: skip
SPANISH: Final = SheetLanguage(
    code="es",
    decimal=",",
    group=".",
    months=(
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre",
    ),
    short_months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    days=("domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"),
    short_days=("dom", "lun", "mar", "mié", "jue", "vie", "sáb"),
    true="VERDADERO",
    false="FALSO",
    errors={
        "#N/A": "#N/D", "#NAME?": "#¿NOMBRE?", "#NULL!": "#¡NULO!", "#NUM!": "#¡NUM!", "#REF!": "#¡REF!",
        "#VALUE!": "#¡VALOR!", "#DIV/0!": "#¡DIV/0!", "#SPILL!": "#¡DESBORDAMIENTO!", "#CALC!": "#¡CALC!",
        "#FIELD!": "#¡CAMPO!", "#BLOCKED!": "#¡BLOQUEADO!", "#UNKNOWN!": "#¡DESCONOCIDO!",
        "#CONNECT!": "#¡CONECTAR!", "#GETTING_DATA": "#OBTENIENDO_DATOS",
    },
    formats=_formats("dd/mm/yyyy", ("dd-mmm-yy", "dd-mmm", "mmm-yy"), "h:mm", "$"),
    long_date='dddd, d "de" mmmm "de" yyyy',
    long_time="h:mm:ss",
    halves=("a. m.", "p. m."),
)  # fmt: skip
ENGLISH: Final = SheetLanguage(
    code="en",
    decimal=".",
    group=",",
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    short_months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    days=("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
    short_days=("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
    true="TRUE",
    false="FALSE",
    errors={},
    formats={
        5: '"$"#,##0_);("$"#,##0)',
        6: '"$"#,##0_);[Red]("$"#,##0)',
        7: '"$"#,##0.00_);("$"#,##0.00)',
        8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
        14: "m/d/yyyy",
        15: "d-mmm-yy",
        16: "d-mmm",
        17: "mmm-yy",
        22: "m/d/yyyy h:mm",
        37: "#,##0_);(#,##0)",
        38: "#,##0_);[Red](#,##0)",
        39: "#,##0.00_);(#,##0.00)",
        40: "#,##0.00_);[Red](#,##0.00)",
        41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
        42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
        43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
        44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
    },
    long_date="dddd, mmmm d, yyyy",
    long_time="h:mm:ss AM/PM",
)  # fmt: skip

LANGUAGES: Final[Mapping[str, SheetLanguage]] = {one.code: one for one in (PORTUGUESE, SPANISH, ENGLISH)}

_COMMON_FORMATS: Final[Mapping[int, str]] = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}
"""Built-in formats that do not depend on the language, or of which a language may have another one."""

GENERAL: Final = "General"

_HEXADECIMAL: Final = re.compile(r"[0-9A-Fa-f]+")
_POINT_COUNTRIES: Final = frozenset({"MX", "PE", "GT", "SV", "HN", "NI", "PA", "DO", "PR", "US"})
"""Spanish-speaking countries that write 1,234.5 (CLDR)."""


def built_in_format(number: int, language: SheetLanguage) -> str:
    """Return the code of a built-in format by its id; ids without a fixed meaning are ``General``."""
    return language.formats.get(number) or _COMMON_FORMATS.get(number, GENERAL)


@cache
def locale_tag(given: str) -> str:
    """Return the locale in a format code (``416``, ``10416`` or ``pt-BR``) as ``pt_BR``; ``""`` if it is unknown."""
    if _HEXADECIMAL.fullmatch(given):
        return locale.windows_locale.get(int(given, 16) & 0xFFFF, "")
    return given.replace("-", "_")


def language_of_tag(tag: str) -> SheetLanguage | None:
    """Return the language of a locale such as ``pt_BR``; None for other languages than ours."""
    return LANGUAGES.get(tag.partition("_")[0].lower())


def decimal_of_tag(tag: str) -> str | None:
    """Return the decimal sign of a locale such as ``es_MX``; None if only its language is known."""
    language, _, country = tag.replace("-", "_").partition("_")
    if language == "es":
        return "." if country.upper() in _POINT_COUNTRIES else ","
    return None


@dataclass(frozen=True, slots=True)
class Signs:
    """Signs in a workbook of the language it was made in.

    ``document`` is the locale of the document, ``locales`` those that its formats name, ``codes`` the format codes,
    ``words`` the names of styles, sheets and parts that programs translate.
    """

    locales: tuple[str, ...] = ()
    document: str = ""
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


_TRANSLATED: Final[Mapping[LanguageCode, re.Pattern[str]]] = {
    "pt": re.compile(
        r"(?:plan|planilha|pagina|folha) ?\d+|planilhas|intervalos nomeados|moeda|virgula|porcentagem|percentagem|"
        r"hiperlink|titulo \d|enfase ?\d|nota|saida|entrada|bom|ruim|incorreto|neutro|texto de aviso"
    ),
    "es": re.compile(
        r"hoja ?\d+|hojas de calculo|rangos con nombre|moneda|millares|porcentaje|hipervinculo|encabezado \d|"
        r"enfasis ?\d|notas|salida|entrada|buena|bueno|incorrecto|neutral|texto de advertencia"
    ),
}
"""Names that Excel, LibreOffice and Google Sheets give to sheets, styles and parts of a workbook, without accents."""
_HEADER_WORDS: Final[Mapping[LanguageCode, frozenset[str]]] = {
    "pt": frozenset(
        re.findall(
            r"\w+",
            "nome sobrenome telefone fone endereco cidade data vencimento desconto horario codigo pedido parcela "
            "boleto cep bairro estado nascimento cadastro pontos referencia taxa divida aniversario fatura loja "
            "pagamento prazo mensalidade vendedor produto emissao quantidade situacao hora horas validade cpf "
            "cnpj rg uf observacao obs complemento escola turma aluno consulta paciente medico valor",
        )
    ),
    "es": frozenset(
        re.findall(
            r"\w+",
            "nombre nombres apellido apellidos telefono correo direccion ciudad fecha vencimiento descuento "
            "horario codigo pedido cuota monto importe deuda cumpleanos factura tienda pago plazo mensualidad "
            "vendedor producto emision cantidad situacion hora horas movil puntos tasa nacimiento colonia "
            "municipio cuenta rfc dni ruc cuit rut cedula observacion escuela alumno cita paciente doctor valor",
        )
    ),
    "en": frozenset(
        re.findall(
            r"\w+",
            "name first last surname phone mobile cell address city state zip country date due amount price "
            "discount balance order invoice total points birthday birth customer contact company created updated "
            "owner status rate time hours notes quantity number subject",
        )
    ),
}
_PORTUGUESE_LETTERS: Final = re.compile("[ãõçâêôàÃÕÇÂÊÔÀ]")
_SPANISH_LETTERS: Final = re.compile("[ñÑ¿¡]")
_MOST_WORDS: Final = 6


def guess_language(signs: Signs, texts: Sequence[str]) -> tuple[SheetLanguage, str]:
    """Guess the language of a sheet and its decimal sign, by the workbook's signs and the texts of its first rows.

    English needs more signs than the other two, because programs write English names where they translate nothing.
    Without any sign it is Portuguese.
    """
    votes: Counter[str] = Counter()
    tags = [locale_tag(given) for given in (*signs.locales, *((signs.document,) if signs.document else ()))]
    for tag in set(tags):
        if found := language_of_tag(tag):
            votes[found.code] += 1 if found is ENGLISH else 4
    if any("R$" in code for code in signs.codes):
        votes["pt"] += 4
    for word in {_plain(word) for word in signs.words}:
        for code, pattern in _TRANSLATED.items():
            if pattern.fullmatch(word):
                votes[code] += 3
    words = {word for text in texts for word in re.findall(r"[^\W\d_]+", _plain(text[:60]))}
    for code, known in _HEADER_WORDS.items():
        votes[code] += min(len(words & known), _MOST_WORDS)
    whole = " ".join(text[:200] for text in texts)
    votes["pt"] += 2 * bool(_PORTUGUESE_LETTERS.search(whole))
    votes["es"] += 2 * bool(_SPANISH_LETTERS.search(whole))
    best = max(("pt", "es"), key=lambda code: votes[code])
    if votes["en"] >= 2 and votes["en"] > 2 * votes[best]:
        best = "en"
    language = LANGUAGES[best]
    named = [locale_tag(signs.document)] if signs.document else tags
    decimals = {sign for tag in named if language_of_tag(tag) is language and (sign := decimal_of_tag(tag))}
    return language, decimals.pop() if len(decimals) == 1 else language.decimal


def _plain(text: str) -> str:
    """Return the text in lower case and without accents."""
    return "".join(
        char for char in unicodedata.normalize("NFD", text.casefold().strip()) if not unicodedata.combining(char)
    )
