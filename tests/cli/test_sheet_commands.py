"""``omni check`` and ``omni preview``: stable output formats, exit codes, and only data on stdout."""

from __future__ import annotations

import json

import openpyxl
import pytest

from omni.cli import main
from tests.builders import contact_rows, phone, sms_template, write_csv_sheet, write_template, write_xlsx_sheet
from tests.sheets.making import make_xlsx


def run(capsysbinary, *arguments):
    code = main([str(argument) for argument in arguments])
    out, err = capsysbinary.readouterr()
    return code, out.decode(), err.decode()


def test_check_says_how_the_file_was_read_and_counts_every_row(tmp_path, capsysbinary):
    rows = [
        ["Ana", "(11) 90000-0001", "ana@example.com"],
        ["Bia", "11900000002", "bia@example.com"],
        ["", "", ""],
        ["Caio", "900000003", ""],
        ["Ana de novo", "+55 11 90000-0001", "ana@example.com"],
        ["Davi", "987", "davi@example.com"],
    ]
    sheet = write_csv_sheet(
        tmp_path / "lista.csv", rows, ("Nome", "Celular", "E-mail"), encoding="cp1252", delimiter=";"
    )
    template = write_template(
        tmp_path / "t.json",
        {
            "steps": [
                {"type": "MT", "destinationField": "phone1", "messageText": "Olá"},
                {
                    "type": "EMAIL",
                    "destinationField": "email",
                    "subject": "s",
                    "fromEmail": "a@example.com",
                    "emailHtml": "h",
                },
            ]
        },
    )

    code, out, _ = run(capsysbinary, "check", sheet, "--template", template, "--json")

    found = json.loads(out)
    assert code == 1
    assert found["file"] == {"format": "csv", "encoding": found["file"]["encoding"], "delimiter": ";", "sheet": None}
    assert found["columns"] == {"phone1": "Celular", "email": "E-mail"}
    assert found["rows"] == {
        "read": 6,
        "ready": 3,
        "repaired": 2,
        "rejected": 1,
        "duplicate": 1,
        "blank": 1,
        "hidden": 0,
        "suppressed": 0,
        "gaps": 0,
    }
    assert found["reach"] == [
        {
            "step": 1,
            "type": "MT",
            "destinationField": "phone1",
            "contacts": 2,
            "of": 3,
            "landlines": 0,
            "noSms": 0,
        },
        {
            "step": 2,
            "type": "EMAIL",
            "destinationField": "email",
            "contacts": 3,
            "of": 3,
            "landlines": 0,
            "noSms": 0,
        },
    ]
    assert found["unreached"] == 1
    assert [(p["row"], p["code"], p["severity"]) for p in found["problems"]] == [
        (5, "phone.area_code_missing", "error"),
        (6, "contact.duplicate", "warning"),
        (7, "phone.too_short", "warning"),
    ]
    assert found["problems"][0]["column"] == "Celular"
    assert found["problems"][0]["value"] == "900000003"
    assert "5" in found["problems"][0]["message"]


def test_lines_above_the_header_and_the_header_are_reported_and_can_be_chosen(tmp_path, capsysbinary):
    sheet = tmp_path / "a.csv"
    sheet.write_text("Loja;(11) 3333-4444\n\nNome;Celular\nAna;11900000001\nBia;11900000002\n", "utf-8")

    _, out, _ = run(capsysbinary, "check", sheet, "--json")
    found = json.loads(out)
    assert found["reading"]["linesAboveHeader"] == [{"row": 1, "text": "Loja · (11) 3333-4444"}]
    assert (found["reading"]["headerRows"], found["reading"]["headerIsGuess"]) == ([3], False)
    assert found["rows"]["read"] == 2

    _, out, _ = run(capsysbinary, "check", sheet)
    assert "Loja · (11) 3333-4444" in out
    assert "--header-row" in out

    _, out, _ = run(capsysbinary, "check", sheet, "--json", "--header-row", "0")
    found = json.loads(out)
    assert (found["reading"]["headerRows"], found["reading"]["linesAboveHeader"]) == ([], [])
    assert (found["rows"]["read"], found["rows"]["blank"]) == (5, 1)


def test_a_row_that_may_be_the_header_is_a_question_until_it_is_decided(tmp_path, capsysbinary):
    sheet = tmp_path / "a.csv"
    sheet.write_text("Fulano;Contatável\nAna;11900000001\nBia;11900000002\n", "utf-8")
    template = write_template(tmp_path / "t.json", sms_template())

    code, out, _ = run(capsysbinary, "check", sheet, "--json")
    found = json.loads(out)
    assert (code, found["rows"]["read"], found["reading"]["headerIsGuess"]) == (1, 3, True)
    assert (found["problems"][0]["code"], found["problems"][0]["row"]) == ("header.unclear", 1)
    arguments = ["send", sheet, "--template", template, "--practice", "--ready-only", "--yes"]
    code, _, err = run(capsysbinary, *arguments, "--out", tmp_path / "ids.csv")
    assert code == 2
    assert "--header-row 1" in err

    code, out, _ = run(capsysbinary, "check", sheet, "--json", "--header-row", "1")
    assert (code, json.loads(out)["rows"]["read"]) == (0, 2)
    code, out, _ = run(capsysbinary, "check", sheet, "--json", "--header-row", "0")
    assert "header.unclear" not in {problem["code"] for problem in json.loads(out)["problems"]}


def test_what_was_not_read_is_shown_by_preview_too(tmp_path, capsysbinary):
    people = [["Celular"], ["11900000001"]]
    sheet = make_xlsx(tmp_path / "a.xlsx", {"Janeiro": people, "Fevereiro": people})
    template = write_template(tmp_path / "t.json", sms_template())
    _, _, err = run(capsysbinary, "preview", sheet, "--template", template)
    assert "Fevereiro (1)" in err


def test_sheets_that_are_not_read_are_named(tmp_path, capsysbinary):
    sheets = {
        "LEIA-ME": [["Dúvidas: (11) 3333-4444"]],
        "Janeiro": [["Nome", "Celular"], ["Ana", "11900000001"]],
        "Fevereiro": [["Nome", "Celular"], ["Bia", "11900000002"], ["Caio", "11900000003"]],
    }
    sheet = make_xlsx(tmp_path / "a.xlsx", sheets)
    _, out, _ = run(capsysbinary, "check", sheet, "--json")
    found = json.loads(out)
    assert found["file"]["sheet"] == "Janeiro"
    assert found["reading"]["unreadSheets"] == [
        {"sheet": "LEIA-ME", "contacts": 0, "hidden": False},
        {"sheet": "Fevereiro", "contacts": 2, "hidden": False},
    ]
    _, out, _ = run(capsysbinary, "check", sheet, "--sheet", "Fevereiro")
    assert "Janeiro (1)" in out
    assert "LEIA-ME" in out


def test_a_hidden_column_that_is_asked_for_is_called_hidden(tmp_path, capsysbinary):
    sheet = make_xlsx(tmp_path / "a.xlsx", [["Nome", "Celular"], ["Ana", "11900000001"]])
    book = openpyxl.load_workbook(sheet)
    book.active.column_dimensions["B"].hidden = True
    book.save(sheet)

    code, _, err = run(capsysbinary, "check", sheet, "--map", "phone1=Celular")
    assert code == 2
    assert "--include-hidden-columns" in err

    code, out, _ = run(capsysbinary, "check", sheet, "--map", "phone1=Celular", "--include-hidden-columns", "--json")
    assert (code, json.loads(out)["rows"]["ready"]) == (0, 1)


@pytest.mark.parametrize(("sign", "given"), [("^", "^"), ("\t", "TAB"), (" ", " ")])
def test_the_separator_can_be_chosen(tmp_path, capsysbinary, sign, given):
    sheet = tmp_path / "a.csv"
    sheet.write_text(f"Fulano{sign}Celular\nAna{sign}11900000001\n", "utf-8")
    _, out, _ = run(capsysbinary, "check", sheet, "--delimiter", given, "--json")
    assert json.loads(out)["columns"] == {"phone1": "Celular"}


def test_a_clean_sheet_ends_with_zero(tmp_path, capsysbinary):
    sheet = write_xlsx_sheet(tmp_path / "a.xlsx", contact_rows(3))
    code, out, _ = run(capsysbinary, "check", sheet, "--json")
    assert code == 0
    assert json.loads(out)["rows"]["ready"] == 3


@pytest.mark.parametrize(
    ("rows", "header", "hidden", "sentences"),
    [
        ([["Ana", "ana@example.com"]], ["Nome", "E-mail"], None, ["has e-mail addresses (E-mail)"]),
        (
            [["Ana", "ana@example.com", "11987650001"]],
            ["Nome", "E-mail", "Celular"],
            "C",
            ["has e-mail addresses (E-mail)", "are left out: Celular", "--include-hidden-columns"],
        ),
    ],
)
def test_why_no_column_is_matched_is_said(tmp_path, capsysbinary, rows, header, hidden, sentences):
    path = make_xlsx(tmp_path / "a.xlsx", [header, *rows])
    if hidden:
        book = openpyxl.load_workbook(path)
        book.active.column_dimensions[hidden].hidden = True
        book.save(path)
    template = write_template(tmp_path / "t.json", sms_template())
    code, out, _ = run(capsysbinary, "check", path, "--template", template)
    assert code == 1
    assert [each for each in sentences if each not in out] == []


def test_a_sheet_without_a_matched_column_says_once_what_to_do(tmp_path, capsysbinary):
    sheet = write_csv_sheet(tmp_path / "a.csv", [["x", ""], ["y", "w"], ["z", ""]] * 30, ("Coisa", "Outra"))

    code, out, _ = run(capsysbinary, "check", sheet)
    hints = [line for line in out.splitlines() if "--map" in line]
    assert (code, len(hints)) == (1, 1)
    assert "--map phone1=HEADER. The sheet has: Coisa, Outra." in hints[0]
    assert "Row 2" not in out
    assert "more" not in out

    template = write_template(
        tmp_path / "t.json",
        {
            "steps": [
                {
                    "type": "EMAIL",
                    "destinationField": "email2",
                    "subject": "s",
                    "fromEmail": "a@example.com",
                    "emailHtml": "{{Outra}}",
                },
            ]
        },
    )
    _, out, _ = run(capsysbinary, "check", sheet, "--template", template)
    assert "--map email2=HEADER" in out
    assert "Step 1, Send to: no column is matched to email2." in out
    assert "Choose the one that holds it: --map email2=HEADER." in out
    assert "Row 2" not in out
    code, out, _ = run(capsysbinary, "check", sheet, "--json")
    found = json.loads(out)
    assert (code, found["columns"], found["problems_total"]) == (1, {}, 90)
    assert {problem["code"] for problem in found["problems"]} == {"contact.no_destination"}

    code, out, _ = run(capsysbinary, "check", sheet, "--map", "phone1=Outra")
    assert "--map" not in out
    assert "Row 2: no step reaches this contact" in out


def test_a_placeholder_without_a_column_is_named_and_stops_everything(tmp_path, capsysbinary):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(2))
    template = write_template(tmp_path / "t.json", sms_template("Oi {{Nome}}, {{Valor}}"))

    code, out, _ = run(capsysbinary, "check", sheet, "--template", template, "--json")
    assert code == 1
    problem = json.loads(out)["problems"][0]
    assert (problem["code"], problem["value"], problem["step"]) == ("step.placeholder_unknown", "Valor", 1)

    code, out, err = run(capsysbinary, "preview", sheet, "--template", template)
    assert (code, out) == (2, "")
    assert "Valor" in err


def test_an_empty_value_of_a_placeholder_is_reported_for_its_row(tmp_path, capsysbinary):
    rows = contact_rows(3)
    rows[1][1] = ""
    sheet = write_csv_sheet(tmp_path / "a.csv", rows)
    template = write_template(tmp_path / "t.json", sms_template("Oi {{Nome}}"))

    for flags, expected in (((), (1, "text.gap")), (("--gaps", "send"), (0, "contact.value_empty"))):
        code, out, _ = run(capsysbinary, "check", sheet, "--template", template, "--json", *flags)
        (found,) = json.loads(out)["problems"]
        assert (code, found["code"]) == expected
        assert (found["row"], found["column"]) == (3, "Nome")


def test_preview_shares_a_request_between_equal_texts_only(tmp_path, capsysbinary):
    rows = [["1", "Ana", phone(1), ""], ["2", "Bia", phone(2), ""], ["3", "Ana", phone(3), ""]]
    sheet = write_csv_sheet(tmp_path / "a.csv", rows)
    template = write_template(tmp_path / "t.json", sms_template("Oi {{Nome}}"))

    code, out, _ = run(capsysbinary, "preview", sheet, "--template", template)

    bodies = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [
        (body["template"]["steps"][0]["messageText"], [c["contactInfo"]["phone1"] for c in body["contacts"]])
        for body in bodies
    ] == [("Oi Ana", [phone(1), phone(3)]), ("Oi Bia", [phone(2)])]


def test_a_cell_that_holds_braces_is_plain_text(tmp_path, capsysbinary):
    sheet = write_csv_sheet(tmp_path / "a.csv", [["1", "{{Celular}}", phone(1), ""]])
    template = write_template(tmp_path / "t.json", sms_template("Oi {{Nome}}"))
    _, out, _ = run(capsysbinary, "preview", sheet, "--template", template)
    assert json.loads(out)["template"]["steps"][0]["messageText"] == "Oi {{Celular}}"


def test_preview_as_curl_masks_the_token(tmp_path, capsysbinary, monkeypatch):
    monkeypatch.setenv("OMNI_USERNAME", "ana@example.com")
    monkeypatch.setenv("OMNI_TOKEN", "s3cr3t-value")
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(1))
    template = write_template(tmp_path / "t.json", sms_template())

    code, out, err = run(capsysbinary, "preview", sheet, "--template", template, "--curl")

    assert code == 0
    assert out.startswith("curl ")
    assert "ana@example.com" in out
    assert "s3cr3t-value" not in out + err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("check", "missing.csv"), "missing.csv"),
        (("check", "{sheet}", "--map", "phone1=Fax"), "Fax"),
        (("check", "{sheet}", "--country", "ZZ"), "ZZ"),
        (("preview", "{sheet}", "--template", "missing.json"), "missing.json"),
        (("preview", "{sheet}", "--template", "{sheet}"), ""),
    ],
)
def test_what_cannot_go_on_ends_with_two_and_one_sentence(tmp_path, capsysbinary, arguments, sentence):
    sheet = write_csv_sheet(tmp_path / "a.csv", contact_rows(1))
    code, out, err = run(capsysbinary, *(argument.format(sheet=sheet) for argument in arguments))
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err
    assert not err.startswith("error.")


def test_the_rejected_rows_come_out_as_a_sheet_with_reasons_and_leading_zeros(tmp_path, capsysbinary):
    import openpyxl

    rows = contact_rows(3)
    rows[1] = ["00042", "Sem telefone", "abc", ""]
    sheet = write_csv_sheet(tmp_path / "a.csv", rows)
    template = write_template(tmp_path / "t.json", sms_template())

    code, _, _ = run(capsysbinary, "check", sheet, "--template", template, "--rejected", tmp_path / "out.xlsx")

    assert code == 1
    written = list(openpyxl.load_workbook(tmp_path / "out.xlsx").active.values)
    assert written[0][3:] == ("Código", "Nome", "Celular", "E-mail")
    assert written[1][1:6] == ("3", None, "00042", "Sem telefone", "abc")
    assert len(written) == 2
