"""Sentences, numbers and dates for operators, in English, Brazilian Portuguese and Spanish.

Catalogs are ``<language>/<namespace>.json``: flat objects from key to a sentence, or to its plural forms
(``{"one": …, "other": …}``, CLDR names) chosen by the parameter ``n``. Parameters are named, in ``str.format``
style; a ``country`` (ISO 3166), or several with commas between them, is shown as ``+54 Argentina``, a list by its
first items. ``tests/test_catalogs.py`` checks that the three languages have the same keys and parameters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Final

from babel import Locale
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent

from omni.core.problem import Problem
from omni.errors import OmniError
from omni.locale.countries import country_with_code

LANGUAGES: Final = {"pt_BR": "Português", "es": "Español", "en": "English"}
DEFAULT: Final = "en"

_PLAIN_NUMBERS = frozenset({"id", "row", "first", "last", "status", "port", "year"})
_COUNTRIES = frozenset({"country", "assumed_country"})
_ROWS_NAMED: Final = 10
"""Most items of a list, such as row numbers, that a sentence names."""

Entry = str | dict[str, str]


def best_language(wanted: str | None) -> str:
    """Choose the catalog for the language of a browser or system (``pt-PT``, ``es_MX.UTF-8``); English if none fits."""
    short = (wanted or "").replace("-", "_").split("_")[0].split(".")[0].lower()
    return {"pt": "pt_BR", "es": "es"}.get(short, DEFAULT)


@cache
def catalog(language: str) -> Mapping[str, Entry]:
    """Load all entries of a language, by ``namespace.key``."""
    entries: dict[str, Entry] = {}
    for file in files(__name__).joinpath(language).iterdir():
        if file.name.endswith(".json"):
            namespace = file.name.removesuffix(".json")
            for key, entry in json.loads(file.read_text("utf-8")).items():
                entries[f"{namespace}.{key}"] = entry
    return entries


class Text:
    """Sentences, numbers and dates in one language: ``text("contacts.ready", n=3)``."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else DEFAULT
        self._locale = Locale.parse("es_419" if self.language == "es" else self.language)

    def __call__(self, key: str, **params: object) -> str:
        """Return the sentence for ``key``, filled with ``params``.

        A key that no catalog has is returned unchanged: a code is better than a crash. A plural form is chosen by the
        parameter ``n``, or by the only number among the parameters.
        """
        entry = catalog(self.language).get(key) or catalog(DEFAULT).get(key)
        if entry is None:
            return key
        if isinstance(entry, dict):
            numbers = [value for value in params.values() if isinstance(value, int | float)]
            count = params.get("n", numbers[0] if len(numbers) == 1 else 0)
            form = str(self._locale.plural_form(count if isinstance(count, int | float) else 0))
            entry = entry.get(form) or entry["other"]
        return entry.format(**{name: self._shown(name, value) for name, value in params.items()})

    def problem(self, problem: Problem, instead: str = "problem") -> str:
        """Return the sentence for a finding: its place, the problem, and the remedy.

        ``instead`` is a namespace in which some findings have a different sentence, for example on the command line,
        where there are no pages to refer to. A finding about an empty cell may have a sentence that ends in ``_empty``.
        """
        name = problem.field or ""
        label = f"field.{name}"
        own, usual = f"{instead}.{problem.code}", f"problem.{problem.code}"
        if not (problem.value or "").strip() and self.has(f"{usual}_empty"):
            usual += "_empty"
        return self(
            own if self.has(own) else usual,
            row=problem.row,
            column=problem.column or name,
            field=self(label) if problem.step and self.has(label) else name,
            step=problem.step,
            value=problem.value or "",
            **problem.params,
        )

    def error(self, error: OmniError) -> str:
        """Return the sentence for an error."""
        return self(f"error.{error.code}", **error.params)

    def has(self, key: str) -> bool:
        """Tell whether there is a sentence for ``key``."""
        return key in catalog(self.language) or key in catalog(DEFAULT)

    def _shown(self, name: str, value: object) -> object:
        if isinstance(value, bool) or name in _PLAIN_NUMBERS:
            return value
        if name in _COUNTRIES:
            return ", ".join(country_with_code(each, self.language) for each in str(value).split(","))
        if isinstance(value, list | tuple):
            some = ", ".join(map(str, value[:_ROWS_NAMED]))
            return f"{some} …" if len(value) > _ROWS_NAMED else some
        return self.number(value) if isinstance(value, int | float) else value

    def number(self, value: int | float) -> str:
        """Format ``1234567`` as ``1,234,567`` or ``1.234.567``; Spanish as written in Latin America."""
        return str(format_decimal(value, locale=self._locale))

    def percent(self, share: float) -> str:
        """Format ``0.043`` as ``4.3%``. A share below 1 is never shown as 100%."""
        share = min(share, 0.999) if share < 1 else share
        return str(format_percent(share, format="#,##0.#%", locale=self._locale))

    def moment(self, when: datetime) -> str:
        """Format a date with its time, in the time zone of ``when``."""
        return str(format_datetime(when, format="short", locale=self._locale))

    def duration(self, seconds: float) -> str:
        """Format ``95`` (seconds) as ``2 minutes``, in the coarsest unit that is meaningful."""
        return str(format_timedelta(max(1, round(seconds)), threshold=1.2, locale=self._locale))
