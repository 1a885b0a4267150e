"""A row with more cells than its table has columns is not sent, unless it is certain how a comma cut its amount."""

import json

import pytest

from tests.cli.test_sheet_commands import run

TEXT = "Ola {{Nome}}, valor {{Valor}}."


@pytest.fixture
def posted(tmp_path, capsysbinary):
    """Return by phone the texts that are posted, the rows that have too many cells, and the codes of the notes."""

    def posted(sheet, text=TEXT):
        step = {"type": "MT", "destinationField": "phone1", "messageText": text}
        (tmp_path / "a.csv").write_text(sheet, "utf-8")
        (tmp_path / "t.json").write_text(json.dumps({"steps": [step]}), "utf-8")
        files = (tmp_path / "a.csv", "--template", tmp_path / "t.json")
        found = json.loads(run(capsysbinary, "check", *files, "--json")[1])
        lines = [line for line in run(capsysbinary, "preview", *files)[1].splitlines() if line.startswith("{")]
        texts = {}
        for line in lines:
            body = json.loads(line)
            for contact in body["contacts"]:
                texts[contact["contactInfo"]["phone1"]] = body["template"]["steps"][0]["messageText"]
        long = [item["row"] for item in found["problems"] if item["code"] == "contact.too_many_cells"]
        assert found["rows"]["ready"] == len(texts)
        assert found["rows"]["rejected"] - found["rows"]["gaps"] - found["unreached"] == len(long)
        return texts, long, [note["code"] for note in found["reading"]["notes"]]

    return posted


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("Ana,13988110001,1.234,50", "1.234,50"),
        ("Ana,13988110001,99,90", "99,90"),
        ("Ana,13988110001,R$ 1.234.567,50", "R$ 1.234.567,50"),
        ("Ana,13988110001,-R$ 80,00", "-R$ 80,00"),
        ("Ana,13988110001,1,234.50", "1,234.50"),
        ("Ana,13988110001,$1,234,567.50", "$1,234,567.50"),
        ("Ana,13988110001,1,234", "1,234"),
        ("Ana,13988110001,99,90 reais", "99,90 reais"),
        ("Ana,13988110001,1.234,50,,", "1.234,50"),
        ('Ana,13988110001,"1.234,50"', "1.234,50"),
    ],
)
def test_an_amount_that_its_comma_cut_is_sent_whole(posted, row, value):
    texts, long, notes = posted(f"Nome,Celular,Valor\n{row}\nBia,13988110002,80\n")
    assert texts == {"5513988110001": f"Ola Ana, valor {value}.", "5513988110002": "Ola Bia, valor 80."}
    assert (long, notes) == ([], [] if '"' in row else ["amounts_joined"])


@pytest.mark.parametrize(
    ("header", "row", "text"),
    [
        ("Nome,Celular,Valor,Vencimento", "Ana,13988110001,R$ 1.234,50,10/12", "{{Valor}} em {{Vencimento}}"),
        ("Valor,Vencimento,Nome,Celular", "1.234,50,10/12,Ana,13988110001", "{{Valor}} em {{Vencimento}}"),
        ("Celular,Parcela,Valor,Vencimento", "13988110001,3,1.234,50,10/12", "{{Valor}} em {{Vencimento}}"),
        ("Celular,Valor,Desconto,Vencimento", "13988110001,1.234,50,20,30,10/12", "{{Valor}} em {{Vencimento}}"),
        ("Celular,Valor,Vencimento,Obs", "13988110001,1.234,50,10/12,", "{{Valor}} em {{Vencimento}}"),
    ],
)
def test_the_cells_behind_a_cut_amount_move_back(posted, header, row, text):
    texts, long, notes = posted(f"{header}\n{row}\n", text)
    assert list(texts.values()) == [f"{'R$ ' if 'R$' in row else ''}1.234,50 em 10/12"]
    assert (long, notes) == ([], ["amounts_joined"])


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Nome,Celular", "Lima, Ana,13988110001"),
        ("Nome,Endereço,Celular", "Ana,Rua A, 10,13988110001"),
        ("Nome,Celular,Obs", "Ana,13988110001,pagou, mas falta uma"),
        ("Nome,E-mail,Celular", "Ana,ana@example.com,a@example.com,13988110001"),
        ("Nome;Celular", "Ana;13988110001;Santos"),
        ("Nome\tCelular", "Ana\tMaria\t13988110001"),
        # Not certain: nothing says that these are amounts, or two of them may be.
        ("Nome,Celular,Pontos", "Ana,13988110001,1.234,50"),
        ("Nome,Celular,Valor", "Ana,13988110001,99,9"),
        ("Nome,Celular,Valor,Saldo", "Ana,13988110001,10,20,30"),
        ("Nome,Celular,Valor", "Lima, Ana,13988110001,99,90"),
        ("Nome;Celular;Valor", "Ana;13988110001;1.234;50"),
    ],
)
def test_a_row_with_too_many_cells_is_left_out_with_its_number(posted, header, row):
    sign = next(sign for sign in ";\t," if sign in header)
    whole = ["Bia" if title == "Nome" else "" for title in header.split(sign)]
    whole[header.split(sign).index("Celular")] = "13988110002"
    texts, long, notes = posted(f"{header}\n{sign.join(whole)}\n{row}\n", "Ola {{Nome}}")
    assert texts == {"5513988110002": "Ola Bia"}
    assert (long, notes) == ([3], ["rows_too_long"])


def test_nothing_is_sent_if_every_row_has_too_many_cells(posted):
    rows = "".join(f"Lima, Ana,139881100{at:02}\n" for at in range(1, 40))
    texts, long, _ = posted(f"Nome,Celular\n{rows}", "Ola {{Nome}}")
    assert (texts, long) == ({}, list(range(2, 41)))


@pytest.mark.parametrize("end", [",", ",,,", ", ", ",\u00a0,"])
def test_blank_cells_behind_the_last_column_are_harmless(posted, end):
    texts, long, notes = posted(f"Nome,Celular,Valor\nAna,13988110001,80{end}\nBia,13988110002,90\n")
    assert texts == {"5513988110001": "Ola Ana, valor 80.", "5513988110002": "Ola Bia, valor 90."}
    assert (long, notes) == ([], [])


def test_a_short_row_and_a_surplus_blank_cell_are_no_cut_amount(posted):
    sheet = "Nome,Celular,Valor,Idade\nAna,13988110001,80,30,\nBia,13988110002,90\n"
    texts, long, notes = posted(sheet)
    assert texts == {"5513988110001": "Ola Ana, valor 80.", "5513988110002": "Ola Bia, valor 90."}
    assert (long, notes) == ([], ["ragged_rows"])


def test_a_row_with_too_many_cells_does_not_keep_another_one_of_the_same_contact(posted):
    sheet = "Nome,Celular,Obs\nAna,13988110001,x,y\nAna Lima,13988110001,\n"
    texts, long, _ = posted(sheet, "Ola {{Nome}}")
    assert (texts, long) == ({"5513988110001": "Ola Ana Lima"}, [2])
