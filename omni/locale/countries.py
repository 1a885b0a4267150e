"""Countries by name, in the language of the reader."""

from __future__ import annotations

from babel import Locale

from omni.core.numbering_plan import calling_code


def country_name(country: str, language: str) -> str:
    """``BR`` (ISO 3166) as ``Brasil``; the code itself when it has no name. ``language`` is one of ours."""
    locale = Locale.parse("es_419" if language == "es" else language)
    return str(locale.territories.get(country, country))


def country_with_code(country: str, language: str) -> str:
    """``AR`` as ``+54 Argentina``."""
    code, name = calling_code(country), country_name(country, language)
    return f"+{code} {name}" if code else name
