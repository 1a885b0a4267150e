"""Sentences, numbers and dates in the notation of each language."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from omni import locale
from omni.locale import DEFAULT, LANGUAGES, Text, best_language, catalog

SPACES = str.maketrans({"\u202f": " ", "\xa0": " "})
"""Replaces the narrow and non-breaking spaces of CLDR, to keep the expectations readable."""


@pytest.fixture
def sentences(monkeypatch, tmp_path):
    """Replace the catalogs for one test: the sentence of ``sentences(en={"key": "…"})`` has the key ``test.key``."""

    def write(**languages):
        for language in LANGUAGES:
            folder = tmp_path / language
            folder.mkdir(exist_ok=True)
            (folder / "test.json").write_text(json.dumps(languages.get(language, {})), "utf-8")

    catalog.cache_clear()
    monkeypatch.setattr(locale, "files", lambda _package: tmp_path)
    yield write
    catalog.cache_clear()


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("pt-BR", "pt_BR"),
        ("pt", "pt_BR"),
        ("pt-PT", "pt_BR"),
        ("PT_br", "pt_BR"),
        ("pt_BR.UTF-8", "pt_BR"),
        ("es", "es"),
        ("es-419", "es"),
        ("es_MX.UTF-8", "es"),
        ("es.UTF-8", "es"),
        ("en", "en"),
        ("en-US", "en"),
        ("fr", "en"),
        ("C.UTF-8", "en"),
        ("", "en"),
        (None, "en"),
        ("est", "en"),
        ("ptx", "en"),
    ],
)
def test_a_browsers_language_finds_its_catalog(wanted, language):
    assert best_language(wanted) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_sentences(language):
    assert catalog(language)
    assert all("." in key for key in catalog(language))


def test_a_language_we_do_not_have_is_english():
    assert Text("fr").language == DEFAULT


def test_a_sentence_is_filled_with_its_parameters(sentences):
    sentences(en={"row": "Row {row}, {column}: {value}"})
    assert Text("en")("test.row", row=12345, column="Celular", value="{x}") == "Row 12345, Celular: {x}"


@pytest.mark.parametrize(
    ("language", "grouped", "decimal"),
    [("en", "1,234,567", "0.5"), ("pt_BR", "1.234.567", "0,5"), ("es", "1,234,567", "0.5")],
)
def test_numbers_are_grouped_as_the_language_does_but_not_rows_ports_and_years(sentences, language, grouped, decimal):
    sentences(**{language: {"all": "{count} {share} {row} {status} {port} {year} {on}"}})
    filled = Text(language)("test.all", count=1234567, share=0.5, row=12345, status=1503, port=8501, year=2026, on=True)
    assert filled == f"{grouped} {decimal} 12345 1503 8501 2026 True"


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("en", "DO", "+1 Dominican Republic"),
        ("pt_BR", "AR", "+54 Argentina"),
        ("es", "US", "+1 Estados Unidos"),
        ("pt_BR", "001", "Mundo"),
    ],
)
def test_a_country_is_its_calling_code_and_its_name(sentences, language, country, expected):
    sentences(**{language: {"of": "{country}"}})
    assert Text(language)("test.of", country=country).lower() == expected.lower()


@pytest.mark.parametrize(
    ("language", "n", "expected"),
    [
        ("en", 0, "0 contacts"),
        ("en", 1, "1 contact"),
        ("en", 1000, "1,000 contacts"),
        ("pt_BR", 0, "0 contato"),
        ("pt_BR", 1, "1 contato"),
        ("pt_BR", 2, "2 contatos"),
        ("pt_BR", 1_000_000, "1.000.000 contatos"),
        ("es", 0, "0 contactos"),
        ("es", 1, "1 contacto"),
        ("es", 2, "2 contactos"),
        ("es", 1_000_000, "1,000,000 contactos"),
    ],
)
def test_the_plural_form_is_chosen_by_n(sentences, language, n, expected):
    sentences(
        en={"contacts": {"one": "{n} contact", "other": "{n} contacts"}},
        pt_BR={"contacts": {"one": "{n} contato", "other": "{n} contatos"}},
        es={"contacts": {"one": "{n} contacto", "other": "{n} contactos"}},
    )
    assert Text(language)("test.contacts", n=n) == expected


def test_a_sentence_missing_in_a_language_is_shown_in_english(sentences):
    sentences(en={"only": "Only here"})
    assert Text("pt_BR")("test.only") == "Only here"
    assert Text("pt_BR").has("test.only")


def test_a_key_without_a_sentence_comes_back_as_it_is(sentences):
    sentences(en={})
    assert Text("en")("test.none", n=3) == "test.none"
    assert not Text("en").has("test.none")


@given_any(st.text(), st.integers())
def test_what_is_filled_in_is_never_read_as_a_sentence(value, number):
    sentence = Text("en")("answer.refused_because", message=value, status=number)
    assert sentence.endswith(f"(status {number}): {value}")


@pytest.mark.parametrize(("language", "expected"), [("en", "4.3%"), ("pt_BR", "4,3%"), ("es", "4.3%")])
def test_a_share_is_a_percentage(language, expected):
    assert Text(language).percent(0.043) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0, "0%"), (1, "100%"), (0.5, "50%"), (0.0004, "0%"), (0.99949, "99.9%")]
)
def test_a_percentage_has_at_most_one_decimal(share, expected):
    assert Text("en").percent(share) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "3/9/26, 2:05 PM"), ("pt_BR", "09/03/2026 14:05"), ("es", "9/3/26, 2:05 p.m.")],
)
def test_a_moment_is_written_in_its_own_zone(language, expected):
    when = datetime(2026, 3, 9, 17, 5, tzinfo=UTC).astimezone(timezone(timedelta(hours=-3)))
    assert Text(language).moment(when).translate(SPACES) == expected


@pytest.mark.parametrize(
    ("language", "seconds", "expected"),
    [
        ("en", 0, "1 second"),
        ("en", 0.4, "1 second"),
        ("en", 59, "59 seconds"),
        ("en", 95, "2 minutes"),
        ("en", 3600, "60 minutes"),
        ("en", 7200, "2 hours"),
        ("en", 86_400 * 3, "3 days"),
        ("pt_BR", 95, "2 minutos"),
        ("pt_BR", 1, "1 segundo"),
        ("es", 7200, "2 horas"),
    ],
)
def test_a_duration_is_in_the_coarsest_useful_unit(language, seconds, expected):
    assert Text(language).duration(seconds) == expected


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "Held after the first contact,", "Held after the first 2 contacts,"),
        ("es", "En espera después del primer contacto,", "En espera después de los primeros 2 contactos,"),
        ("pt_BR", "Em espera depois do primeiro contato,", "Em espera depois dos primeiros 2 contatos,"),
    ],
)
def test_the_only_number_of_a_sentence_chooses_its_plural_form(language: str, one: str, two: str):
    text = Text(language)
    assert text("reason.hold.canary", contacts=1).startswith(one)
    assert text("reason.hold.canary", contacts=2).startswith(two)
