"""Names of countries in the operator's language."""

from __future__ import annotations

from babel import Locale


def country_name(country: str, language: str) -> str:
    """Return the name of a country (ISO 3166): ``Brasil`` for ``BR``, the code itself when it has no name.

    ``language`` is one of the catalogs' languages.
    """
    locale = Locale.parse("es_419" if language == "es" else language)
    return str(locale.territories.get(country, country))


def country_with_code(country: str, language: str) -> str:
    """Return calling code and name of a country: ``+54 Argentina`` for ``AR``."""
    from omni.core.numbering_plan import calling_code

    code, name = calling_code(country), country_name(country, language)
    return f"+{code} {name}" if code else name
