"""Texts shown for 400 formats and many values, compared with LibreOffice in Portuguese, Spanish and English.

Every difference is explained by a row of ``DIFFERENCES``. Where the two programs differ, we follow Excel: its rules are
those of ECMA-376 and of SheetJS' SSF, which was compared with Excel, format by format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

from omni.sheets.reading.reader import read
from omni.sheets.sheet import ReadOptions
from tests.sheets.shown_formats import as_shown, pairs, write_workbook

LOCALES = {"pt": "pt-BR", "es": "es-ES", "en": "en-US"}
Explains = Callable[[str, float, str, str], bool]
"""Format, value, our text, LibreOffice's text."""


def has(*parts: str) -> Explains:
    return lambda code, value, ours, theirs: any(part in code for part in parts)


def is_one_of(*codes: str) -> Explains:
    return lambda code, value, ours, theirs: code in codes


def without_sign(text: str) -> str:
    return text.replace("-", "", 1).lstrip()


def is_zero(text: str) -> bool:
    return not re.search(r"[1-9]", re.sub(r"/\d+", "", text))


DIFFERENCES: dict[str, Explains] = {
    "Excel keeps the sign of a negative number that is rounded to zero": lambda code, value, ours, theirs: (
        value < 0 and is_zero(ours) and re.sub(r"[-.,()\s]", "", ours) == re.sub(r"[-.,()\s]", "", theirs)
    ),
    "Excel keeps the sign of a negative number that no condition is for": lambda code, value, ours, theirs: (
        value < 0 and "[" in code and without_sign(ours) == theirs
    ),
    "Excel shows eleven characters of a number in the format General": lambda code, value, ours, theirs: (
        "General" in code and len(theirs) > len(ours) > 10
    ),
    "Excel keeps the decimal sign when no decimals follow": lambda code, value, ours, theirs: (
        bool(re.search(r"[.,](?=$|%|E)", ours)) and re.sub(r"[.,](?=$|%|E)", "", ours) == theirs
    ),
    "Excel rounds halves by the decimal digits: 1.005 is 100.5%": lambda code, value, ours, theirs: (
        ("%" in code or code == "9") and value == 1.005 and "101" in ours and "100" in theirs
    ),
    "Excel rounds a fraction with a fixed denominator up at a half": lambda code, value, ours, theirs: (
        bool(re.search(r"\?/\d", code)) and (value * int(code.rpartition("/")[2]) * 2 + 1e-9) % 1 < 1e-6
    ),
    "Excel shows fractions of numbers that LibreOffice refuses": lambda code, value, ours, theirs: theirs == "#FMT",
    "Excel multiplies by a hundred for each percent sign": is_one_of("0%%"),
    "Excel does not group the digits of 00.00, which LibreOffice takes for one of its own formats": is_one_of("00.00"),
    "A cell filled with blanks between sign and number shows one of them as text; LibreOffice none": (
        lambda code, value, ours, theirs: "* " in code and re.sub(r"\s", "", ours) == re.sub(r"\s", "", theirs)
    ),
    "A blank for an empty whole part stays": lambda code, value, ours, theirs: (
        code == "# #/#" and ours.replace("- ", "-") == theirs
    ),
    "LibreOffice 7 does not know locales written as tags": has("[$-pt-BR]", "[$-es-MX]", "[$-en-US]"),
    "LibreOffice writes a date of Portugal with its own separators": has("[$-816]"),
    "LibreOffice 7 takes unusual numbers of letters apart": is_one_of("yyy", "ddddd", "mmmmmm"),
    "LibreOffice takes an unquoted e for the year of another calendar": is_one_of("e", "d\\ de\\ mmmm"),
    "Excel rounds half a second up": lambda code, value, ours, theirs: value == 0.52171875,
    "Excel shows the letters of A/P as they are in the code": has("A/P"),
    "LibreOffice 7 does not know fractions of elapsed seconds": is_one_of("[ss].00"),
    "Excel in Portuguese shows short dates with two digits": is_one_of("14", "22"),
    "Excel in Portuguese shows a minus sign where LibreOffice has the brackets of former versions": (
        lambda code, value, ours, theirs: code in ("37", "38", "39", "40") and f"({without_sign(ours)})" == theirs
    ),
    "LibreOffice writes a no-break space": lambda code, value, ours, theirs: (
        "\xa0" in theirs and re.sub(r"\s", "", ours) == re.sub(r"\s", "", theirs)
    ),
}


@pytest.mark.slow
def test_formats_are_shown_as_libreoffice_shows_them_or_excel_differs(tmp_path):
    workbook = write_workbook(tmp_path / "dados.xlsx")
    assert len({code for code, _ in pairs()}) > 300
    reasons: Counter[str] = Counter()
    for language, locale in LOCALES.items():
        shown = as_shown(workbook, tmp_path, locale, tmp_path / f"profile-{language}")
        options = ReadOptions(language=language, decimal="." if language == "en" else ",")
        ours = read(workbook, options).table.column("valor").to_pylist()
        assert len(shown) == len(ours) == len(pairs())
        for (code, value), our, their in zip(pairs(), ours, shown, strict=True):
            if our != their:
                number = value if isinstance(value, int | float) else 0
                reason = [name for name, fits in DIFFERENCES.items() if fits(str(code), number, our, their)]
                assert reason, (language, code, value, our, their)
                reasons[reason[0]] += 1
    assert reasons.total() < 0.1 * len(LOCALES) * len(pairs())
    assert set(reasons) == set(DIFFERENCES)
