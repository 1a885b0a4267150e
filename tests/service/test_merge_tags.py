"""Merge tags of other programs are found in the texts, and replaced by placeholders on request."""

from __future__ import annotations

import json
import time

import pytest

from omni.core.rendering import without_styles
from omni.core.steps import EmailStep, MtStep
from omni.core.template import Template
from omni.service.merge_tags import merge_tags, with_placeholders
from omni.sheets.reading.reader import read
from tests.cli.test_sheet_commands import run

SHEET = "NOME;Celular;Data de Vencimento;E-mail;a\nAna;11987650001;10/12;ana@example.com;1\n"


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(SHEET, "utf-8")
    return read(path)


def sms(text):
    return MtStep(destination_field="phone1", message_text=text, flash_sms=False)


def found_in(step, sheet):
    return [(problem.value, problem.column) for problem in merge_tags(Template(steps=(step,)), sheet)]


@pytest.mark.parametrize(
    "tag",
    [
        "{nome}", "{ Nome }", "[NOME]", "[[nome]]", "<<Nome>>", "<nome>", "«Nome»", "%Nome%", "%%nome%%", "*|NOME|*",
        "*|FNAME|*", "${Nome}", "#{nome}", "{{{nome}}}", "#nome#", "$nome$", "@nome@", "__nome__", "{{Nome}",
        "{nome}}", "{%nome%}", "{first_name}", "{!Contact.FirstName}", "<%= Nome %>", "<% nome %>", "{$Nome}", "$Nome",
        "((Nome))", "[Nome do cliente]", "|Nome|", ":Nome:", "{contact.firstname}",
    ],
)  # fmt: skip
def test_a_tag_that_names_a_column_is_found_and_replaced(sheet, tag):
    step = sms(f"Ola {tag}, tudo bem? {{{{a}}}}")
    assert found_in(step, sheet) == [(tag, "NOME")]
    assert with_placeholders(step, sheet).message_text == "Ola {{NOME}}, tudo bem? {{a}}"


def test_several_tags_are_replaced_and_others_stay(sheet):
    step = sms("{nome} [Data de vencimento] {{nome}} *|COUPON|* {oferta} %EMAIL%")
    assert found_in(step, sheet) == [
        ("{nome}", "NOME"),
        ("[Data de vencimento]", "Data de Vencimento"),
        ("*|COUPON|*", None),
        ("%EMAIL%", "E-mail"),
    ]
    wanted = "{{NOME}} {{Data de Vencimento}} {{nome}} *|COUPON|* {oferta} {{E-mail}}"
    assert with_placeholders(step, sheet).message_text == wanted


@pytest.mark.parametrize(
    "text",
    [
        "{{nome}} e {{ NOME }}", "100% de desconto e 20% a mais", "5% a 10% a mais", "[x]", "{oferta}", "1 < a e b > 2",
        "nome", "(nome)", "#promo #nome", "R$ 10 e R$Nomes", "US$nome", "Sim :) ou :(", "a | b | c", "às 12:30:45",
        "Obs:Nome", "$5 off", "((veja))", "[promoção]", "preço: R$nome",
    ],
)  # fmt: skip
def test_other_text_is_no_tag(sheet, text):
    assert found_in(sms(text), sheet) == []
    assert with_placeholders(sms(text), sheet) == sms(text)


def test_style_sheets_and_elements_of_html_are_no_tags(sheet):
    html = "<style>a{nome}</style><a>[if mso] &lt;&lt;Nome&gt;&gt; {nome}</a>"
    step = EmailStep(destination_field="email", subject="[NOME]", from_email="loja@example.com", email_html=html)
    assert found_in(step, sheet) == [("[NOME]", "NOME"), ("&lt;&lt;Nome&gt;&gt;", "NOME"), ("{nome}", "NOME")]
    repaired = with_placeholders(step, sheet)
    assert repaired.subject == "{{NOME}}"
    assert repaired.email_html == "<style>a{nome}</style><a>[if mso] {{NOME}} {{NOME}}</a>"
    assert without_styles("<STYLE>a<p>") == ""


def test_two_columns_of_that_name_are_not_chosen_between(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("Nome;NOME\nAna;Bia\n", "utf-8")
    sheet = read(path)
    assert found_in(sms("{Nome} [nome] *|nome|*"), sheet) == [("{Nome}", "Nome"), ("*|nome|*", None)]


@pytest.mark.parametrize("run_of", ["{", "<", "[", "%", "*|", "#", "{a", "<<a ", "[ ", "{{", "&lt;", "__"])
def test_a_long_run_of_signs_costs_little(sheet, run_of):
    began = time.process_time()
    found_in(sms(run_of * (32_000 // len(run_of))), sheet)
    assert time.process_time() - began < 3  # a hundred times as long as it takes


def test_check_and_preview_name_the_tag(tmp_path, capsysbinary):
    (tmp_path / "a.csv").write_text(SHEET, "utf-8")
    step = {"type": "MT", "destinationField": "phone1", "messageText": "Ola [NOME]"}
    (tmp_path / "t.json").write_text(json.dumps({"steps": [step]}), "utf-8")
    files = (tmp_path / "a.csv", "--template", tmp_path / "t.json")
    code, out, _ = run(capsysbinary, "check", *files, "--json")
    problem = json.loads(out)["problems"][0]
    assert (code, problem["code"], problem["severity"], problem["column"]) == (0, "text.merge_tag", "warning", "NOME")
    assert "[NOME]" in problem["message"]
    code, _, said = run(capsysbinary, "preview", *files)
    assert (code, "[NOME]" in said) == (0, True)
