"""Opt-out columns, the do-not-contact list and the country of phones on the command line."""

from __future__ import annotations

import json

import pytest

from tests.builders import sms_template
from tests.cli.test_sheet_commands import run, write_csv_sheet, write_template

MAIL = {"type": "EMAIL", "destinationField": "email", "subject": "s", "fromEmail": "a@example.com", "emailHtml": "h"}
HEADER = ("Nome", "Celular", "E-mail", "Aceita SMS")
ROWS = [
    ["Ana", "(11) 98765-0001", "ana@example.com", "Sim"],
    ["Bia", "(11) 98765-0002", "bia@example.com", "Não"],
    ["Caio", "(11) 98765-0003", "caio@example.com", ""],
    ["Bia", "(11) 98765-0002", "bia2@example.com", "sim"],
]


@pytest.fixture
def files(tmp_path):
    steps = [*sms_template()["steps"], MAIL]
    return write_csv_sheet(tmp_path / "a.csv", ROWS, HEADER), write_template(tmp_path / "t.json", {"steps": steps})


def bodies(capsysbinary, sheet, template, *options):
    code, out, said = run(capsysbinary, "preview", sheet, "--template", template, *options)
    assert code == 0
    found = [each["contactInfo"] for line in out.splitlines() for each in json.loads(line)["contacts"]]
    return [(each["phone1"], each["email"]) for each in found], said


def test_who_opted_out_gets_nothing_and_the_column_is_named(files, capsysbinary):
    sent, said = bodies(capsysbinary, *files)
    assert [email for _, email in sent] == ["ana@example.com", "caio@example.com"]
    assert "“Aceita SMS”" in said

    code, out, _ = run(capsysbinary, "check", files[0], "--template", files[1], "--json")
    found = json.loads(out)
    assert (code, found["country"], found["rows"]["suppressed"]) == (0, "BR", 2)
    assert found["suppression"]["optOutColumns"] == [
        {"column": "Aceita SMS", "channels": ["sms"], "used": True, "optedOut": 1, "empty": 1, "unclear": []}
    ]
    assert {item["code"] for item in found["problems"]} == {"contact.opted_out", "contact.opted_out_elsewhere"}


def test_only_that_channel_or_none_is_left_out_when_asked(files, capsysbinary):
    sent, _ = bodies(capsysbinary, *files, "--suppress", "destination")
    assert ("0", "bia@example.com") in sent
    assert ("0", "bia2@example.com") in sent
    sent, said = bodies(capsysbinary, *files, "--ignore-opt-out", "Aceita SMS")
    assert len(sent) == 3
    assert "you chose not to use it" in said
    sent, _ = bodies(capsysbinary, *files, "--opted-out", "Aceita SMS=")
    assert [email for _, email in sent] == ["ana@example.com"]


def test_an_answer_that_is_not_understood_is_asked_about(tmp_path, files, capsysbinary):
    sheet = write_csv_sheet(tmp_path / "b.csv", [*ROWS[:1], ["Davi", "(11) 98765-0004", "", "talvez"]], HEADER)
    send = ("send", sheet, "--template", files[1], "--practice", "--out", tmp_path / "ids.csv")
    code, _, said = run(capsysbinary, *send)
    assert code == 2
    assert '--opted-out "Aceita SMS=talvez"' in said
    assert [phone for phone, _ in bodies(capsysbinary, sheet, files[1])[0]] == ["5511987650001"]
    code, out, _ = run(capsysbinary, "check", sheet, "--json")
    assert (code, json.loads(out)["problems"][0]["code"]) == (1, "opt_out.unclear_values")
    assert len(bodies(capsysbinary, sheet, files[1], "--opted-in", "Aceita SMS=talvez")[0]) == 2
    code, _, said = run(capsysbinary, *send, "--opted-out", "Aceita SMS=talvez")
    assert (code, "would send to 1 contact" in said) == (2, True)


def test_a_column_that_the_sheet_lacks_is_refused(files, capsysbinary):
    code, _, said = run(capsysbinary, "check", files[0], "--ignore-opt-out", "Optin")
    assert (code, "“Optin”" in said) == (2, True)


def test_a_better_country_is_asked_about_before_sending(tmp_path, capsysbinary):
    rows = [[f"Ana {at}", f"98765432{at}"] for at in range(5)]
    sheet = write_csv_sheet(tmp_path / "a.csv", rows, ("Nombre", "Celular"))
    template = write_template(tmp_path / "t.json", sms_template())
    _, out, _ = run(capsysbinary, "check", sheet, "--json")
    found = json.loads(out)
    assert (found["country"], found["countryFit"]["numbers"], found["countryFit"]["betterFits"]) == ("BR", 5, 5)
    assert "PE" in found["countryFit"]["better"]
    assert found["problems"][0]["code"] == "country.fits_other"
    send = ("send", sheet, "--template", template, "--practice", "--out", tmp_path / "ids.csv")
    code, _, said = run(capsysbinary, *send)
    assert (code, "--country" in said) == (2, True)
    code, _, said = run(capsysbinary, *send, "--country", "PE")
    assert (code, "would send to 5 contacts" in said) == (2, True)


def test_columns_that_fit_about_equally_are_asked_about_before_sending(tmp_path, capsysbinary):
    rows = [[f"Ana {at}", f"1198765000{at}", f"1191234000{at}"] for at in range(5)]
    sheet = write_csv_sheet(tmp_path / "a.csv", rows, ("Nome", "Fone A", "Fone B"))
    template = write_template(tmp_path / "t.json", sms_template())
    code, out, _ = run(capsysbinary, "check", sheet, "--template", template, "--json")
    problem = json.loads(out)["problems"][0]
    assert (code, problem["code"], problem["field"]) == (1, "columns.ambiguous", "phone1")
    assert problem["columns"] == ["Fone A", "Fone B"]
    assert all(header in problem["message"] for header in problem["columns"])
    send = ("send", sheet, "--template", template, "--practice", "--out", tmp_path / "ids.csv")
    code, _, said = run(capsysbinary, *send, "--yes")
    assert (code, '--map "phone1=Fone A"' in said) == (2, True)
    for header, first in (("Fone A", "5511987650000"), ("Fone B", "5511912340000")):
        code, _, said = run(capsysbinary, *send, "--map", f"phone1={header}")
        assert (code, "would send to 5 contacts" in said) == (2, True)
        _, out, _ = run(capsysbinary, "preview", sheet, "--template", template, "--map", f"phone1={header}")
        assert json.loads(out)["contacts"][0]["contactInfo"]["phone1"] == first


def test_the_only_column_is_asked_about_if_it_is_somebody_elses(tmp_path, capsysbinary):
    rows = [[f"Ana {at}", f"1198765000{at}"] for at in range(5)]
    sheet = write_csv_sheet(tmp_path / "a.csv", rows, ("Nome", "Celular do vendedor"))
    template = write_template(tmp_path / "t.json", sms_template())
    code, out, _ = run(capsysbinary, "check", sheet, "--template", template, "--json")
    problem = json.loads(out)["problems"][0]
    assert (code, problem["code"], problem["columns"]) == (1, "columns.somebody_elses", ["Celular do vendedor"])
    send = ("send", sheet, "--template", template, "--practice", "--out", tmp_path / "ids.csv")
    assert run(capsysbinary, *send)[0] == 2
    code, _, said = run(capsysbinary, *send, "--map", "phone1=Celular do vendedor")
    assert (code, "would send to 5 contacts" in said) == (2, True)


def test_reach_counts_the_numbers_that_cannot_get_an_sms(tmp_path, capsysbinary):
    phones = ["(11) 98765-0001", "0800 777 1234", "0300 777 1234", "(27) 7787-8978", "(11) 3333-0001"]
    sheet = write_csv_sheet(tmp_path / "a.csv", [["Ana", each] for each in phones], ("Nome", "Telefone"))
    template = write_template(tmp_path / "t.json", sms_template())
    _, out, _ = run(capsysbinary, "check", sheet, "--template", template, "--json")
    [reach] = json.loads(out)["reach"]
    assert (reach["contacts"], reach["of"], reach["landlines"], reach["noSms"]) == (5, 5, 1, 4)
    _, out, _ = run(capsysbinary, "check", sheet, "--template", template)
    assert "of 5; 1 landline; 2 service numbers" in out


def test_a_file_is_shown_before_it_is_added_and_the_addition_is_undone(tmp_path, capsysbinary):
    sheet = write_csv_sheet(tmp_path / "saida.csv", [["Ana", "11 98765-0001", "x"]], ("Nome", "Celular", "E-mail"))
    code, out, said = run(capsysbinary, "do-not-contact", sheet)
    assert (code, "Celular: 1  5511987650001" in out, "add --yes" in said) == (2, True, True)
    assert run(capsysbinary, "do-not-contact", sheet, "--yes")[0] == 0
    assert json.loads(run(capsysbinary, "do-not-contact", sheet, "--json")[1])["new"] == 0
    [addition] = json.loads(run(capsysbinary, "do-not-contact", "--list", "--json")[1])
    assert (addition["source"], addition["entries"]) == ("saida.csv", 1)
    assert run(capsysbinary, "do-not-contact", "--undo", str(addition["id"]))[0] == 2
    assert run(capsysbinary, "do-not-contact", "--undo", str(addition["id"]), "--yes")[0] == 0
    assert json.loads(run(capsysbinary, "do-not-contact", "--list", "--json")[1]) == []
    assert run(capsysbinary, "do-not-contact", "--undo", "99")[0] == 2
