"""Format codes and values, and workbooks of all their pairs, to compare what we show with what LibreOffice shows."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

NUMBERS = (
    0, 1, 5, 12, 123, 1234, 12345, 1234567, 1234567890, 0.5, 1.5, 2.5, 0.05, 0.25, 0.125, 1.005, 2.675, 0.15, 0.075,
    1234.5, 99.90000000000001, 1500.756, 999.995, 999999.995, 0.001, 0.0000123, -0.001, -0.5, -1, -1.5, -50, -1234.5,
    -1234567.891, 0.333333333333333, 0.666666666666667, 3.14159265358979, 12345678901, 100000000000,
)  # fmt: skip
DATES = (
    61, 367, 3653, 36526, 43831, 45350.25, 46081, 46327, 46366, 46371.75, 46392.5, 46366.6041666667, 46366.9999884259,
    46366.0000115741, 46366.5000578704, 46023.0833333333, 46054.9583333333, 60000, 109574, 45351,
)  # fmt: skip
TIMES = (
    0.25, 0.5, 0.6041666666666666, 0.375, 0.75, 0.0416666666666667, 0.999988425925926, 0.00694444444444444, 0.52171875,
    0.0000173611111111111, 0.9999942129, 0.510416666666667,
)  # fmt: skip
DURATIONS = (*TIMES, 1.25, 2, 30.5, 1.0006944444444, 41.6666666666667, 0.00069444444)
TEXTS = ("Ana", "São Paulo", "12")

_PLAIN = [
    "General", "0", "0.0", "0.00", "0.000", "0.0000", "#,##0", "#,##0.0", "#,##0.00", "#,##0.000", "#", "#.#", "#.##",
    "#.00", "0.#", "0.##", "0.0#", "0.00##", "#,###", "#,###.00", "#,##0.0#", "00", "000", "0000", "00000", "000000",
    "0,000", "0,0.00", "00.00", "000.0", "#,##0,", "#,##0.0,", "0.0,,", "0.00,,", '#,##0,"k"', '0.0,," mi"',
    '#,##0.00" un"', '0" dias"', '0.0" kg"', '"Nº "0', '"#"0', "+0", "-0", "(0)", "0-0", "$0.00", "0€", "0 0", "?",
    "??", "???", "0.??", "?.??", "???.???", "#,##?", "0.0?", "# ##0", "0_)", "_(0_)", "_-0_-", "* 0", "*-0", "0* ",
]  # fmt: skip
_PERCENT = [
    "0%", "0.0%", "0.00%", "0.000%", "#,##0%", "#,##0.00%", "0 %", "0.0 %", '0"%"', "0\\%", "0%%", "%0", "#%", "#.#%",
    "0%;-0%", "0%;[Red]-0%", "0.0%;(0.0%)", '0%" off"', '"até "0%', "0.00%;-0.00%;0%", "+0%;-0%;0%", "0%_)", "00%",
]  # fmt: skip
_CURRENCY = [
    '"R$" #,##0.00', '"R$ "#,##0.00', 'R$ #,##0.00', '"R$" #,##0', '"R$"#,##0.00', '#,##0.00" R$"', "R$\\ #,##0.00",
    "[$R$-416] #,##0.00", "[$R$-416]\\ #,##0.00", "[$R$ -416]#,##0.00", "[$R$-416]#,##0.00;-[$R$-416]#,##0.00",
    "[$R$-416] #,##0.00;[Red]-[$R$-416] #,##0.00", "[$$-409]#,##0.00", "[$$-80A]#,##0.00", "[$$-2C0A] #,##0.00",
    "[$$-240A] #,##0", "[$$-340A] #,##0", "[$S/-280A] #,##0.00", "[$€-2] #,##0.00", "#,##0.00 [$€-C0A]",
    "[$€-407] #,##0.00", "[$USD] #,##0.00", "[$US$-409] #,##0.00", "[$MXN] #,##0.00", "[$BRL] #,##0.00", "$#,##0.00",
    "$ #,##0.00", "\\$#,##0.00", '"$"#,##0.00', '"$"#,##0.00_);("$"#,##0.00)', '"$"#,##0_);[Red]("$"#,##0)',
    '"R$ "#,##0.00;[Red]-"R$ "#,##0.00', '"R$ "#,##0.00_);("R$ "#,##0.00)', '"R$ "#,##0_);[Red]("R$ "#,##0)',
    '_-"R$"* #,##0.00_-;\\-"R$"* #,##0.00_-;_-"R$"* "-"??_-;_-@_-',
    '_-"R$"\\ * #,##0.00_-;\\-"R$"\\ * #,##0.00_-;_-@_-',
    '_-"R$ "* #,##0_-;-"R$ "* #,##0_-;_-"R$ "* "-"_-;_-@_-', '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
    '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', "_-* #,##0.00_-;-* #,##0.00_-;_-* \"-\"??_-;_-@_-",
    '_-* #,##0.00\\ _€_-;\\-* #,##0.00\\ _€_-;_-* "-"??\\ _€_-;_-@_-', '#,##0.00\\ "€"',
    '#,##0.00\\ "€";[Red]\\-#,##0.00\\ "€"',
    '_([$R$ -416]* #,##0.00_);_([$R$ -416]* (#,##0.00);_([$R$ -416]* "-"??_);_(@_)', '_-[$R$-416]\\ * #,##0.00_-',
    '"R$" #,##0.00;"R$" -#,##0.00', '"R$" #,##0.00;-"R$" #,##0.00;"grátis"', '"R$" #,##0.00;;', '[$Bs-400A] #,##0.00',
    "[$₲-3C0A] #,##0", "[$Q-100A]#,##0.00", "[$L-480A] #,##0.00", "[$C$-4C0A]#,##0.00", "[$B/.-180A] #,##0.00",
]  # fmt: skip
_SECTIONS = [
    "0;-0", "0;(0)", "0;-0;0", '0;-0;"zero"', "0;;", ";;", "0;", ";-0", '0.00;"menos "0.00', "#,##0;[Red]-#,##0",
    "[Blue]0;[Red]-0;[Green]0", "[Color10]0;[Color3]-0", "[Red]0", "[Black]#,##0.00", "[<1]0.00;0", "[>100]0;0.0",
    '[<100]0.0;[>=1000]0,"k";0', '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', '[=1]"um";[=2]"dois";0', '[=0]"-";0.00',
    '[<>0]0.00;"zero"', '[<=0]"nada";0', '[Red][<0]-0.0;[Blue][>=0]0.0', '"Sim";"Sim";"Não"', '"Ativo";"Inativo";"-"',
    '[=1]"Sim";[=0]"Não";General', '"+"0;"-"0;0', "0.0;-0.0;-", '#,##0.00;-#,##0.00;"-"', "0.00_ ;[Red]\\-0.00\\ ",
    "General;-General", 'General" un"', '"nº "General', "General;[Red]-General", "[Magenta]General", "#,##0_);(#,##0)",
    "#,##0.00_);[Red](#,##0.00)", "#,##0.00;(#,##0.00);0.00", "0.00E+00;-0.00E+00", "0;0;0;@", '[>0]"+"0;[<0]-0;0',
    '[<1000]0;[<1000000]0.0,"k";0.0,,"m"', "[>=0]0;-0", "[<-10]0;0.0",
]  # fmt: skip
_MASKS = [
    "00000-000", "00000\\-000", "000\\.000\\.000\\-00", "000\".\"000\".\"000\"-\"00", "00\\.000\\.000\\/0000\\-00",
    "(00) 0000-0000", "\\(00\\)\\ 00000\\-0000", '"("00") "00000"-"0000', "00 00000-0000", "+00 (00) 00000-0000",
    "0000-0000", "00-00", "000-000-000", "0000 0000 0000", "000-00-0000", "#0000-0000", "0\\/0", "00000 000", "00\\:00",
    "[<=99999999]0000-0000;(00) 0000-0000", "[<=9999999999](00) 0000-0000;(00) 00000-0000", "[$-416]00000\\-000;@",
    "00000000000", "###-##-####", "###,###,##0-0", "0\\.0",
]  # fmt: skip
_FRACTIONS = [
    "# ?/?", "# ??/??", "# ???/???", "?/?", "??/??", "#/#", "# #/#", "# ?/2", "# ?/4", "# ?/8", "# ??/16", "# ?/10",
    "# ??/100", "0 ?/?", "0 ??/??",
]  # fmt: skip
_SCIENTIFIC = [
    "0.00E+00", "0E+0", "0.0E+0", "0.000E+00", "0.00E+000", "##0.0E+0", "0.00E-00", "0.0E-0", "#0.0E+0", "00.0E+0",
    "0.##E+00", "###0.0E+0",
]  # fmt: skip
_DATES = [
    "dd/mm/yyyy", "d/m/yyyy", "dd/mm/yy", "d/m/yy", "mm/dd/yyyy", "m/d/yy", "yyyy-mm-dd", "yyyy/mm/dd", "yyyymmdd",
    "dd-mm-yyyy", "dd\\.mm\\.yyyy", "dd.mm.yyyy", "dd mm yyyy", "dd/mm", "d/m", "mm/yyyy", "m/yy", "yyyy", "yy", "mm",
    "m", "dd", "d", "mmm", "mmmm", "mmmmm", "ddd", "dddd", "mmm/yy", "mmm-yy", "mmm/yyyy", "mmmm/yyyy", "mmmm yyyy",
    "d-mmm", "d/mmm", "dd-mmm-yy", "d-mmm-yyyy", "dd/mmm/yyyy", "dd mmm yyyy", "d mmmm yyyy", "ddd d", "ddd, dd/mm",
    "dddd, dd/mm/yyyy", 'd "de" mmmm "de" yyyy', 'dd "de" mmmm', 'd\\ "de"\\ mmmm\\ "de"\\ yyyy', "d\\ de\\ mmmm",
    'dddd", "d" de "mmmm" de "yyyy', "mmmm d, yyyy", "mmm d, yyyy", "dddd, mmmm d, yyyy", "dd/mm/yyyy hh:mm",
    "dd/mm/yyyy h:mm", "dd/mm/yyyy hh:mm:ss", "d/m/yy h:mm", "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd\\Thh:mm:ss",
    "dd/mm/yyyy h:mm AM/PM", "dd/mm/yy;@", "dd/mm/yyyy;@", "[$-416]dd/mm/yyyy", "[$-416]d/mmm/yy;@", "[$-416]mmmm-yy;@",
    "[$-416]d mmmm, yyyy;@", "[$-416]mmm-yy;@", "[$-409]mmm-yy", "[$-409]mmmm d, yyyy", "[$-409]d-mmm-yy;@",
    "[$-C0A]d mmmm yyyy", "[$-C0A]mmm-yy", "[$-80A]dddd d mmmm", "[$-80A]d\\ \"de\"\\ mmmm;@", "[$-2C0A]dddd",
    "[$-pt-BR]mmmm", "[$-es-MX]mmmm", "[$-en-US]mmmm", "[$-816]d/mmm", "[$-10416]dd/mm/yyyy;@", "yyy", "ddddd",
    "mmmmmm",
    "e", "dd/mm/yyyy hh", "hh:mm dd/mm", '"vence "dd/mm', 'dd/mm" às "hh:mm', 'dd/mm" às "hh"h"mm', "[Red]dd/mm/yyyy",
]  # fmt: skip
_TIMES = [
    "hh:mm", "h:mm", "hh:mm:ss", "h:mm:ss", "h:mm AM/PM", "hh:mm AM/PM", "h:mm:ss AM/PM", "h AM/PM", "h:mm A/P", "hh",
    "h", "mm:ss", "m:ss", "ss", "s", "hh:mm:ss.0", "hh:mm:ss.00", "hh:mm:ss.000", "mm:ss.0", "mm:ss.00", 'hh"h"mm',
    'h"h"', 'hh"h"mm"min"', "hh\\:mm", "[$-409]h:mm AM/PM", "[$-409]h:mm AM/PM;@", "h:mm;@", "hh:mm:ss;@",
]  # fmt: skip
_DURATIONS = [
    "[h]:mm", "[hh]:mm", "[h]:mm:ss", "[hh]:mm:ss", "[h]", "[m]", "[mm]", "[mm]:ss", "[m]:ss", "[s]", "[ss]",
    "[h]:mm;@", '[h]"h"mm', '[h]" horas"', "[h]:mm:ss.0", "[ss].00",
]  # fmt: skip
_FOR_TEXTS = [
    "@", '"Sr. "@', '@" (VIP)"', "0;-0;0;@", '0;-0;0;"x "@', ";;;", ";;;@", "_-@_-", '"-> "@',
    "General;General;General;@",
]  # fmt: skip
BUILT_IN = (
    ((1, 2, 3, 4, 9, 10, 11, 12, 13, 37, 38, 39, 40, 48), NUMBERS),
    ((14, 15, 16, 17, 22), DATES),
    ((18, 19, 20, 21, 45, 46, 47), TIMES),
)
"""Ids of built-in formats with fitting values."""

GROUPS: Sequence[tuple[Sequence[str], Sequence[float | str]]] = (
    (_PLAIN, NUMBERS),
    (_PERCENT, NUMBERS),
    (_CURRENCY, NUMBERS),
    (_SECTIONS, NUMBERS),
    (_MASKS, tuple(value for value in NUMBERS if value >= 0 and value == int(value))),
    (_FRACTIONS, NUMBERS),
    (_SCIENTIFIC, NUMBERS),
    (_DATES, DATES),
    (_TIMES, TIMES),
    (_DURATIONS, DURATIONS),
    (_FOR_TEXTS, TEXTS),
)


def pairs() -> list[tuple[str | int, float | str]]:
    """Return all pairs of a format, as a code or the id of a built-in one, and a value."""
    by_code = [(code, value) for codes, values in GROUPS for code in codes for value in values]
    by_id = [(number, value) for numbers, values in BUILT_IN for number in numbers for value in values]
    return [*by_code, *by_id]


def write_workbook(path: Path, *, date_1904: bool = False) -> Path:
    """Write all pairs into the second column, a row each."""
    with xlsxwriter.Workbook(path, {"date_1904": date_1904}) as book:
        sheet = book.add_worksheet("Dados")
        sheet.write_row(0, 0, ["linha", "valor"])
        formats = {}
        for row, (code, value) in enumerate(pairs(), start=1):
            if code not in formats:
                formats[code] = book.add_format({"num_format": code})
            sheet.write_string(row, 0, f"r{row}")
            if isinstance(value, str):
                sheet.write_string(row, 1, value, formats[code])
            else:
                sheet.write_number(row, 1, value, formats[code])
    return path


def as_shown(source: Path, folder: Path, language: str, profile: Path) -> list[str]:
    """Return the second column as LibreOffice in ``language`` (such as ``pt-BR``) shows it, without blanks around."""
    program = os.environ.get("SOFFICE") or shutil.which("soffice")
    assert program, "LibreOffice Calc is not installed: run `make programs`, or set SOFFICE to the path of its program."
    settings = profile / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(_SETTINGS.format(language=language), "utf-8")
    subprocess.run(
        [
            program,
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true",
            "--outdir",
            folder,
            source,
        ],
        check=True,
        capture_output=True,
        timeout=600,
        env={**os.environ, "HOME": str(folder)},
    )
    with (folder / f"{source.stem}.csv").open(encoding="utf-8", newline="") as file:
        return [row[1].strip() for row in list(csv.reader(file, delimiter="\t"))[1:]]


_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{language}</value>
</prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="DefaultLocale" oor:op="fuse">
<value>{language}</value></prop></item>
</oor:items>
"""
