"""Names of countries in the operator's language."""

from __future__ import annotations

from babel import Locale

from omni.core.numbering_plan import calling_code


def country_name(country: str, language: str) -> str:
    """Name ``BR`` (ISO 3166) as ``Brasil``, or by its code if it has none; ``language`` is a key of ``LANGUAGES``."""
    locale = Locale.parse("es_419" if language == "es" else language)
    return str(locale.territories.get(country, country))


def country_with_code(country: str, language: str) -> str:
    """Name ``AR`` as ``+54 Argentina``."""
    code, name = calling_code(country), country_name(country, language)
    return f"+{code} {name}" if code else name
