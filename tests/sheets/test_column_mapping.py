"""Column matching by headers in three languages and by the cells below them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from omni.sheets.checking.column_mapping import proposal, propose

FIELDS = {"phone1": "phone", "phone2": "phone", "email": "email", "recipientName": "text"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["Nome", "Celular", "Fixo", "E-mail"], ["Celular", "Fixo", "E-mail", "Nome"]),
        (
            ["NOME DO CLIENTE", "Telefone Residencial", "Telefone Celular", "Correio Eletrônico"],
            ["Telefone Celular", "Telefone Residencial", "Correio Eletrônico", "NOME DO CLIENTE"],
        ),
        (["Nombre", "Teléfono", "Móvil", "Correo"], ["Móvil", "Teléfono", "Correo", "Nombre"]),
        (["Customer", "Landline", "Mobile", "E-Mail Address"], ["Mobile", "Landline", "E-Mail Address", "Customer"]),
        (["destinatario", "whatsapp", "fone", "mail"], ["whatsapp", "fone", "mail", "destinatario"]),
        (["Telefone 2", "Telefone 1"], ["Telefone 1", "Telefone 2", None, None]),
        (["FONE_1", "FONE_2", "CLIENTE"], ["FONE_1", "FONE_2", None, "CLIENTE"]),
        (["Telefone fixo"], ["Telefone fixo", None, None, None]),
        (["Celular (com DDD)", "Tipo de telefone", "DDD", "CPF"], ["Celular (com DDD)", None, None, None]),
        (["Nome da mãe", "Sobrenome", "Primeiro nome"], [None, None, None, "Primeiro nome"]),
        (["Operadora do celular", "Aceita e-mail", "Nome da empresa"], [None, None, None, None]),
        (
            ["phone2", "phone1", "Celular", "email", "recipientName", "Nome"],
            ["phone1", "phone2", "email", "recipientName"],
        ),
        (["PHONE1", "Celular"], ["PHONE1", "Celular", None, None]),
        ([], [None, None, None, None]),
    ],
)
def test_headers_say_what_their_columns_hold(headers, expected):
    found = propose(headers, FIELDS)
    assert [found.get(field) for field in FIELDS] == expected
    assert list(found) == [field for field in FIELDS if field in found]


@pytest.mark.parametrize(
    ("columns", "fields", "expected"),
    [
        (
            {"Campo 1": ["ana@example.com", ""], "Campo 2": ["(11) 90000-0001", "11 90000-0002"]},
            FIELDS,
            {"phone1": "Campo 2", "email": "Campo 1"},
        ),
        (
            {"Celular": ["Sim", "Não"], "Contato": ["11 90000-0001", ""], "Nome": ["Ana", "Bia"]},
            FIELDS,
            {"phone1": "Contato", "recipientName": "Nome"},
        ),
        (
            {"Contato": ["Ana", "Bia"], "Fone": ["1130000001", "1130000002"]},
            FIELDS,
            {"phone1": "Fone", "recipientName": "Contato"},
        ),
        ({"Celular": ["900000001", "900000002"]}, FIELDS, {"phone1": "Celular"}),  # kept, to be reported as faulty
        ({"Celular": ["11 901", "9032"], "Telefone": ["", ""]}, FIELDS, {"phone1": "Celular", "phone2": "Telefone"}),
        ({"CPF": ["11900000001", "11900000002"]}, FIELDS, {}),
        ({"E-mail": ["Sim", "Não"], "x": ["a@example.com", "b@example.com"]}, FIELDS, {"email": "x"}),
        ({"WhatsApp": ["https://api.whatsapp.com/send?phone=5511900000001&text=Oi"]}, FIELDS, {"phone1": "WhatsApp"}),
        ({"A": ["11900000001"], "B": ["1130000001"]}, FIELDS, {"phone1": "A", "phone2": "B"}),
        ({"Celular": ["", " "], "Telefone": ["1130000001", ""]}, FIELDS, {"phone1": "Telefone", "phone2": "Celular"}),
        (
            {"Cidade": ["Recife"], "Nome": ["Ana"]},
            {"cidade": "text", "customerName": "text"},
            {"cidade": "Cidade", "customerName": "Nome"},
        ),
    ],
)
def test_cells_break_ties_and_overrule_headers(columns, fields, expected):
    sample = pa.table(columns)
    assert propose(sample.column_names, fields, sample) == expected


ONE = [f"(11) 98765-00{at:02}" for at in range(12)]
TWO = [f"(11) 91234-00{at:02}" for at in range(12)]
FIXED = [f"(11) 3333-00{at:02}" for at in range(12)]
SHOP = ["(11) 91111-1111"] * 12
OWN = [f"c{at}@example.com" for at in range(12)]
NAMES = [f"Ana {'abcdefghijkl'[at]}" for at in range(12)]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"Celular": [*ONE[:11], "não tem"], "Celular 2 (recado)": TWO}, ["Celular", "Celular 2 (recado)"]),
        ({"Celular 2 (recado)": TWO, "Celular": [*ONE[:11], "x"]}, ["Celular", "Celular 2 (recado)"]),
        ({"Celular do vendedor": TWO, "Celular do cliente": ONE}, ["Celular do cliente", None]),
        ({"Teléfono de la tienda": SHOP, "Teléfono": FIXED}, ["Teléfono", None]),
        ({"Assistant's Phone": TWO, "Mobile Phone": ONE}, ["Mobile Phone", None]),
        ({"Celular": SHOP, "WhatsApp": ONE}, ["WhatsApp", None]),
        ({"Telefone": FIXED, "Telefone (2)": ONE}, ["Telefone (2)", "Telefone"]),
        ({"Telefone de emergência": TWO, "Telefone do aluno": ONE}, ["Telefone do aluno", None]),
        ({"Celular do cônjuge": TWO, "Celular": ONE}, ["Celular", None]),
        ({"Celular do cônjuge": TWO, "Celular": ONE, "Telefone recado": FIXED}, ["Celular", "Telefone recado"]),
        ({"Celular": ONE, "Celular 2": ["", *TWO[1:2], *[""] * 10]}, ["Celular", "Celular 2"]),
        ({"Celular 2": TWO, "Celular": ["1"] * 2 + ONE[2:]}, ["Celular", "Celular 2"]),
        ({"numero": ["5,51199E+12"] * 3 + ["5,5119E+12"] * 9}, ["numero", None]),
        ({"Celular": [f"{one} ::: {two}" for one, two in zip(ONE, FIXED, strict=True)]}, ["Celular", None]),
    ],
)
def test_the_phone_is_the_contacts_own_main_one(columns, expected):
    sample = pa.table({"Nome": NAMES, **columns})
    found = propose(sample.column_names, {"phone1": "phone", "phone2": "phone"}, sample)
    assert [found.get("phone1"), found.get("phone2")] == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"E-mail do vendedor": ["v@example.com"] * 12, "E-mail": OWN}, "E-mail"),
        ({"E-mail": [*OWN[:11], "c@example,com"], "E-mail 2": ["a@example.com", *[""] * 11]}, "E-mail"),
        ({"E-mail 1 - Type": ["*"] * 12, "E-mail 1 - Value": [*OWN[:6], *[""] * 6]}, "E-mail 1 - Value"),
        ({"Correo del asesor": OWN[::-1], "Correo": OWN}, "Correo"),
        ({"Email address": OWN, "Sales rep email": OWN[::-1]}, "Email address"),
    ],
)
def test_the_address_is_the_contacts_own_main_one(columns, expected):
    sample = pa.table(columns)
    assert propose(sample.column_names, {"email": "email"}, sample) == {"email": expected}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["Nome da Loja", "Nome do Cliente"], "Nome do Cliente"),
        (["Nome do Vendedor", "Cliente"], "Cliente"),
        (["Nome da campanha", "Nome completo"], "Nome completo"),
        (["Country name", "Full name"], "Full name"),
        (["Nombre del asesor", "Nombre"], "Nombre"),
        (["Nome do Produto", "Nome do Produtor", "Nome do Afiliado", "Nome"], "Nome"),
        (["Organization Name", "Phonetic First Name", "First Name"], "First Name"),
        (["Nome da empresa", "Nome do produto"], None),
    ],
)
def test_the_name_is_the_contacts(headers, expected):
    sample = pa.table(dict.fromkeys(headers, NAMES))
    assert propose(headers, {"recipientName": "text"}, sample).get("recipientName") == expected


OTHERS = [f"(11) 94321-00{at:02}" for at in range(12)]


@pytest.mark.parametrize(
    ("columns", "close"),
    [
        ({"Telefone A": ONE, "Telefone B": TWO}, {"phone1": ("Telefone A", "Telefone B")}),
        (
            {"Celular comercial": ONE, "Celular residencial": TWO},
            {"phone1": ("Celular comercial", "Celular residencial")},
        ),
        ({"Celular da mãe": ONE, "Celular do pai": TWO}, {"phone1": ("Celular da mãe", "Celular do pai")}),
        ({"Celular": [*ONE[:7], *[""] * 5], "Telefone": TWO}, {"phone1": ("Telefone", "Celular")}),
        ({"A": ONE, "B": TWO, "C": OTHERS}, {"phone1": ("A", "B", "C")}),
        ({"E-mail NF": OWN, "E-mail boleto": OWN[::-1]}, {"email": ("E-mail NF", "E-mail boleto")}),
        ({"Telefone A": ONE, "Telefone B": [*ONE[:11], ""]}, {}),  # the same numbers
        ({"Celular": ONE, "WhatsApp": TWO}, {}),
        ({"Celular 1": ONE, "Celular 2": TWO}, {}),
        ({"Celular": ONE, "Celular 2 (recado)": TWO}, {}),
        ({"Celular": ONE, "Celular do vendedor": TWO}, {}),
        ({"E-mail": OWN, "E-mail financeiro": OWN[::-1]}, {}),
        ({"Celular": ONE, "Telefone": FIXED}, {}),
        ({"Celular": ONE}, {}),
        ({"Celular do vendedor": TWO}, {"phone1": ("Celular do vendedor",)}),
        ({"Email address of the sales rep": OWN}, {"email": ("Email address of the sales rep",)}),
        ({"Teléfono profesional": ONE}, {}),
        ({"Celular da mãe": ONE}, {}),
    ],
)
def test_columns_that_fit_about_equally_are_named(columns, close):
    sample = pa.table({"Nome": NAMES, **columns})
    found = proposal(sample.column_names, {"phone1": "phone", "email": "email"}, sample)
    assert found.close == close
    assert all(found.mapping[field] == headers[0] for field, headers in close.items())


def test_two_rows_of_one_contact_have_a_phone_and_an_address():
    sample = pa.table({"Nome": ["Ana", "Ana"], "Celular": ONE[:1] * 2, "E-mail": ["ana@example.com", ""]})
    fields = {"phone1": "phone", "phone2": "phone", "email": "email"}
    assert propose(sample.column_names, fields, sample) == {"phone1": "Celular", "email": "E-mail"}


def test_two_phones_are_no_question_when_both_are_sent_to():
    sample = pa.table({"Telefone A": ONE, "Telefone B": TWO})
    assert proposal(sample.column_names, {"phone1": "phone", "phone2": "phone"}, sample).close == {}


def test_no_column_is_given_to_two_destinations():
    assert propose(["Celular"], {"phone1": "phone", "phone2": "phone"}) == {"phone1": "Celular"}


@pytest.mark.parametrize("header", ["Proposta", "Propuesta", "Proposal", "Motivo", "Reason"])
def test_what_we_add_to_rejected_rows_is_no_destination_when_they_come_back(header):
    sample = pa.table({header: ["Celular: 5511900000001"] * 3, "Celular": ["900000001"] * 3})
    assert propose(sample.column_names, {"phone1": "phone", "phone2": "phone"}, sample) == {"phone1": "Celular"}


@pytest.mark.parametrize(
    "cells",
    [
        ["98765-0001", "98765-0002", "(11) 98765-0003"],
        ["(11) 98765-0001 / (11) 3333-0001", "(11) 98765-0002"],
        ["5,51199E+12", "5511987650002"],
        ["5511987650001@c.us", "5511987650002@s.whatsapp.net"],
    ],
)
def test_badly_written_phones_are_matched_without_a_header(cells):
    sample = pa.table({"A": NAMES[: len(cells)], "B": cells})
    assert propose(["A", "B"], {"phone1": "phone", "email": "email"}, sample) == {"phone1": "B"}


def test_phones_come_before_badly_written_ones_without_a_header():
    sample = pa.table({"A": ["98765-0001", "98765-0002"], "B": ["11987650003", "11987650004"]})
    assert propose(["A", "B"], {"phone1": "phone"}, sample) == {"phone1": "B"}


@pytest.mark.parametrize("cells", [["10/12/2026", "11/12/2026"], ["1234.56", "99.90"], ["01310-100", "04001-001"]])
def test_dates_amounts_and_postal_codes_are_no_phones(cells):
    assert propose(["A"], {"phone1": "phone"}, pa.table({"A": cells})) == {}
