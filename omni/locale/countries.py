"""Countries by name, in the language of the reader."""

from __future__ import annotations

from babel import Locale


def country_name(country: str, language: str) -> str:
    """``BR`` (ISO 3166) as ``Brasil``; the code itself when it has no name. ``language`` is one of ours."""
    locale = Locale.parse("es_419" if language == "es" else language)
    return str(locale.territories.get(country, country))
