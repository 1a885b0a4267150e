"""The column that names each contact's country, for phones that are written without a country code.

A number without a code is read for the country that the operator chose. Where the sheet says that a contact lives in
another one, that reading is a stranger's number, so the contact's own country counts.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from babel import Locale

from omni.core.numbering_plan import calling_code
from omni.sheets.checking.phone_column import screen_phones
from omni.sheets.checking.screened_column import ScreenedColumn
from omni.sheets.reading.header import words_of
from omni.sheets.sheet import Sheet

_COUNTRY_WORDS: Final = frozenset({"pais", "country"})
_OTHER_WORDS: Final = frozenset(
    {"origem", "origen", "origin", "nascimento", "nacimiento", "birth", "nacionalidade", "nacionalidad", "nationality",
     "fabricacao", "fabricacion", "produto", "producto", "product", "loja", "tienda", "store", "shop", "empresa",
     "company", "vendedor", "seller", "fornecedor", "proveedor", "supplier", "banco", "bank", "emissor", "emisor",
     "issuer", "destino", "destination", "ddi", "codigo", "passaporte", "pasaporte", "passport", "visto", "visa"}
)  # fmt: skip
"""Words of a country that is not where the contact lives; a calling code is joined with its number elsewhere."""
_LANGUAGES: Final = ("pt_BR", "pt_PT", "es_419", "es", "en")
_ALSO: Final = {
    "usa": "US", "eua": "US", "eeuu": "US", "ee uu": "US", "u s a": "US", "estados unidos da america": "US",
    "united states of america": "US", "bra": "BR", "arg": "AR", "chl": "CL", "col": "CO", "mex": "MX", "per": "PE",
    "ury": "UY", "pry": "PY", "bol": "BO", "ven": "VE", "ecu": "EC", "prt": "PT", "esp": "ES", "inglaterra": "GB",
    "england": "GB", "uk": "GB", "holanda": "NL", "republica dominicana": "DO",
}  # fmt: skip
_LONGEST: Final = 60
_LEAST_KNOWN: Final = 0.8
"""Share of the filled cells that have to be countries."""


def own_countries(sheet: Sheet, country: str) -> pa.StringArray | None:
    """Return the country (ISO 3166) of each row that is not in ``country``, ``""`` for the others.

    None if no column names the contacts' countries, or all of them are the same as ``country``.
    """
    for header in sheet.columns:
        words = set(words_of(header))
        if not words & _COUNTRY_WORDS or words & _OTHER_WORDS:
            continue
        coded = sheet.table.column(header).combine_chunks().dictionary_encode()
        values = coded.dictionary.to_pylist()
        known = [country_in(value) for value in values]
        times = pc.value_counts(coded.indices)
        counts = dict(zip(times.field("values").to_pylist(), times.field("counts").to_pylist(), strict=True))
        filled = sum(counts.get(at, 0) for at, value in enumerate(values) if value.strip())
        named = sum(counts.get(at, 0) for at, code in enumerate(known) if code)
        if not filled or named < _LEAST_KNOWN * filled:
            continue
        others = ["" if code == country else code for code in known]
        return pa.array(others, pa.string()).take(coded.indices) if any(others) else None
    return None


def country_in(text: str) -> str:
    """Return the country (ISO 3166) that a cell names in one of the three languages or by its code; else ``""``."""
    return _names().get(_plain(text[:_LONGEST]), "")


def in_own_country(
    column: ScreenedColumn, cells: pa.StringArray, own: pa.StringArray, *, allow_foreign: bool
) -> ScreenedColumn:
    """Read the phones without a country code again for the countries of their rows.

    ``column`` is how they were read for the country that is assumed, which stays where the own country has no such
    number. A number of another country is a foreign one.
    """
    written_abroad = pc.match_substring_regex(cells, r"^\s*(?:\+|00)")
    for country in pc.unique(own).to_pylist():
        concerned = pc.and_(pc.equal(own, country), pc.invert(written_abroad))
        if not country or not calling_code(country) or not pc.any(concerned).as_py():
            continue
        found = screen_phones(cells.filter(concerned), country, allow_foreign=True, add_nine=True)
        is_number = pc.not_equal(found.values, "")
        at = _mask_within(concerned, is_number)
        numbers = found.values.filter(is_number)
        n = len(numbers)
        column = ScreenedColumn(
            values=pc.replace_with_mask(column.values, at, numbers if allow_foreign else pa.repeat("", n)),
            repaired=pc.replace_with_mask(column.repaired, at, pa.repeat(allow_foreign, n)),
            problem=pc.replace_with_mask(
                column.problem, at, pa.repeat(pa.scalar(None if allow_foreign else "phone.foreign", pa.string()), n)
            ),
            warning=pc.replace_with_mask(
                column.warning,
                at,
                pa.repeat(pa.scalar("phone.foreign_allowed" if allow_foreign else None, pa.string()), n),
            ),
            proposal=pc.replace_with_mask(column.proposal, at, numbers),
        )
    return column


def _mask_within(concerned: pa.BooleanArray, chosen: pa.BooleanArray) -> pa.BooleanArray:
    """Return ``concerned`` with only those of its true places for which ``chosen`` is true."""
    return pc.replace_with_mask(concerned, concerned, chosen)


@cache
def _names() -> dict[str, str]:
    names = dict(_ALSO)
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(str(code)) == 2:
                names.setdefault(_plain(str(name)), str(code))
    names |= {code.lower(): code for code in map(str, Locale.parse("en").territories) if len(code) == 2}
    return names


def _plain(text: str) -> str:
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join("".join(one if one.isalnum() else " " for one in bare.casefold()).split())
