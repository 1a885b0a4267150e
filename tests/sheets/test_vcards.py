"""Contacts as phones and mail programs export them: vCards of all versions, a row per card."""

from __future__ import annotations

import pytest

from omni.errors import SheetError
from omni.sheets.checking.column_mapping import propose
from omni.sheets.limits import Limits
from omni.sheets.reading.reader import read

ANDROID_21 = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=53=C3=A1;=4A=6F=C3=A3=6F;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4A=6F=C3=A3=6F=20=
=53=C3=A1
TEL;CELL;PREF:+55 11 98765-0001
TEL;HOME:(11) 3333-0001
EMAIL;INTERNET;HOME:joao@example.com
PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD
 BEGIN:VCARD+END+VCARD+11900000000

END:VCARD
"""
IPHONE_30 = """BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//iPhone OS 17.0//EN
N:Reis;Bia;;;
FN:Bia Reis
ORG:Padaria\\, Pão & Cia;Loja 2
item1.TEL;type=pref:+55 11 98765-0002
item1.X-ABLabel:WhatsApp
item2.TEL:+55 11 3333-0002
item2.X-ABLabel:_$!<Work>!$_
item3.EMAIL;type=INTERNET;type=pref:bia@example.com
EMAIL;type=INTERNET;type=WORK:vendas@exam
 ple.com
BDAY;value=date:1985-03-12
NOTE:linha 1\\nlinha 2
END:VCARD
"""
RFC_40 = """BEGIN:VCARD
VERSION:4.0
FN:Caio
TEL;VALUE=uri;TYPE="cell,voice":tel:+55-11-98765-0003;ext=5
TEL;TYPE=fax:+55 11 3333-9999
ADR;TYPE=home:;;Rua A\\, 1;Santos;SP;11000-000;Brasil
EMAIL;PREF=1:caio@example.com
END:VCARD
"""
WHATSAPP = """BEGIN:VCARD
VERSION:3.0
N:;Davi;;;
FN:Davi
item1.TEL;waid=5511987650004:+55 11 98765-0004
item1.X-ABLabel:Celular
END:VCARD
"""
UNTYPED = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Melo;Eva\r\nTEL:11987650005\r\nTEL:11987650006\r\nEND:VCARD\r\n"


def rows_of(tmp_path, text: str, encoding: str = "utf-8"):
    path = tmp_path / "contatos.vcf"
    path.write_bytes(text.encode(encoding))
    sheet = read(path)
    return sheet, [{title: cell for title, cell in row.items() if cell} for row in sheet.table.to_pylist()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            ANDROID_21,
            {
                "Nome": "João Sá",
                "Primeiro nome": "João",
                "Sobrenome": "Sá",
                "Celular": "+55 11 98765-0001",
                "Telefone residencial": "(11) 3333-0001",
                "E-mail": "joao@example.com",
            },
        ),
        (
            IPHONE_30,
            {
                "Nome": "Bia Reis",
                "Primeiro nome": "Bia",
                "Sobrenome": "Reis",
                "Celular": "+55 11 98765-0002",
                "Telefone comercial": "+55 11 3333-0002",
                "E-mail": "bia@example.com",
                "E-mail 2": "vendas@example.com",
                "Empresa": "Padaria, Pão & Cia, Loja 2",
                "Aniversário": "12/03/1985",
                "Observações": "linha 1\nlinha 2",
            },
        ),
        (
            RFC_40,
            {
                "Nome": "Caio",
                "Celular": "+55-11-98765-0003",
                "Fax": "+55 11 3333-9999",
                "E-mail": "caio@example.com",
                "Endereço": "Rua A, 1",
                "Cidade": "Santos",
                "Estado": "SP",
                "CEP": "11000-000",
                "País": "Brasil",
            },
        ),
        (WHATSAPP, {"Nome": "Davi", "Primeiro nome": "Davi", "Celular": "+55 11 98765-0004"}),
        (
            UNTYPED,
            {
                "Nome": "Eva Melo",
                "Primeiro nome": "Eva",
                "Sobrenome": "Melo",
                "Celular": "11987650005",
                "Celular 2": "11987650006",
            },
        ),
    ],
)
def test_a_card_of_any_version_becomes_a_row(tmp_path, text, expected):
    sheet, rows = rows_of(tmp_path, text)
    assert rows == [expected]
    assert (sheet.assumptions.format, sheet.assumptions.header_row) == ("vcf", 0)


def test_all_cards_of_a_phone_are_rows_and_their_mobiles_are_proposed(tmp_path):
    sheet, rows = rows_of(tmp_path, ANDROID_21 + IPHONE_30 + RFC_40 + WHATSAPP + UNTYPED)
    assert sheet.rows.to_pylist() == [1, 2, 3, 4, 5]
    assert [row["Celular"][-1] for row in rows] == ["1", "2", "3", "4", "5"]
    fields = {"phone1": "phone", "email": "email", "recipientName": "text"}
    proposed = propose(sheet.columns, fields, sheet.table)
    assert proposed == {"phone1": "Celular", "email": "E-mail", "recipientName": "Nome"}


def test_a_card_within_a_card_and_a_card_without_end_are_no_further_rows(tmp_path):
    nested = "BEGIN:VCARD\nFN:Ana\nAGENT:\nBEGIN:VCARD\nFN:Vera\nTEL:1\nEND:VCARD\nTEL:11987650001\nEND:VCARD\n"
    _, rows = rows_of(tmp_path, nested + "BEGIN:VCARD\nFN:Bia\nTEL:11987650002\n")
    assert rows == [{"Nome": "Ana", "Celular": "11987650001"}, {"Nome": "Bia", "Celular": "11987650002"}]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_cards_in_any_encoding_are_read(tmp_path, encoding):
    _, rows = rows_of(tmp_path, "BEGIN:VCARD\r\nFN:Conceição Ñandú\r\nTEL:11987650001\r\nEND:VCARD\r\n", encoding)
    assert rows == [{"Nome": "Conceição Ñandú", "Celular": "11987650001"}]


def test_a_large_picture_takes_no_time_and_limits_hold(tmp_path):
    picture = "PHOTO;ENCODING=b;TYPE=JPEG:" + "\n ".join(["A" * 74] * 20_000)
    _, rows = rows_of(tmp_path, f"BEGIN:VCARD\nFN:Ana\n{picture}\nTEL:11987650001\nEND:VCARD\n")
    assert rows == [{"Nome": "Ana", "Celular": "11987650001"}]
    (tmp_path / "many.vcf").write_text("BEGIN:VCARD\nFN:Ana\nEND:VCARD\n" * 5)
    with pytest.raises(SheetError, match=r"file\.too_many_rows"):
        read(tmp_path / "many.vcf", limits=Limits(rows=4))
    (tmp_path / "none.vcf").write_text("BEGIN:VCARD\nEND:VCARD\n")
    with pytest.raises(SheetError, match=r"file\.empty"):
        read(tmp_path / "none.vcf")
