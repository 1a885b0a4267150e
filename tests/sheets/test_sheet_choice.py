"""The sheet that holds the contacts is read, and the others are named."""

from __future__ import annotations

import pytest

from omni.errors import SheetError
from omni.sheets.reading.reader import read
from omni.sheets.sheet import Note, ReadOptions, UnreadSheet
from tests.sheets.making import make_xlsx

ABOUT = [["Instruções de preenchimento"], ["Não altere os títulos"], ["Dúvidas: (11) 3333-4444"]]
HEADER = ["Nome", "Celular"]


def people(count: int, first: int = 0) -> list[list[object]]:
    return [[f"Ana {at}", 11987650000 + at] for at in range(first, first + count)]


@pytest.mark.parametrize(
    ("sheets", "read_sheet", "unread"),
    [
        ({"LEIA-ME": ABOUT, "Contatos": [HEADER, *people(2)]}, "Contatos", [UnreadSheet("LEIA-ME", 0)]),
        ({"Capa": [["Campanha"], ["Natal"]], "Base": people(3)}, "Base", [UnreadSheet("Capa", 0)]),
        (
            {"Janeiro": [HEADER, *people(1)], "Fevereiro": [HEADER, *people(2)]},
            "Janeiro",
            [UnreadSheet("Fevereiro", 2)],
        ),
        (
            {"Exemplo": [HEADER, ["Fulano", 11987654321]], "Preencha aqui": [HEADER, *people(3)]},
            "Preencha aqui",
            [UnreadSheet("Exemplo", 1)],
        ),
        (
            {"Lojas": [["Loja", "Telefone"], ["Centro", 1133334444]], "Clientes": [HEADER, *people(30)]},
            "Clientes",
            [UnreadSheet("Lojas", 1)],
        ),
        (
            {
                "Resumo": [["Pedido", "Total"], [1, 10], [2, 20]],
                "Pedidos": [["Pedido", "E-mail"], [1, "a@example.com"]],
            },
            "Pedidos",
            [UnreadSheet("Resumo", 0)],
        ),
        ({"Um": [["x"], ["1"]], "Dois": [["y"], ["2"]]}, "Um", [UnreadSheet("Dois", 0)]),
        ({"Vazia": [], "Base": [HEADER, *people(1)]}, "Base", []),
    ],
)
def test_the_sheet_with_contacts_is_read_and_the_others_are_named(tmp_path, sheets, read_sheet, unread):
    assumed = read(make_xlsx(tmp_path / "a.xlsx", sheets)).assumptions
    assert (assumed.sheet, list(assumed.unread_sheets)) == (read_sheet, unread)
    holding = [sheet for sheet in unread if sheet.contacts]
    codes = [note.code for note in assumed.notes if "sheets" in note.code]
    assert codes == ["contacts_in_other_sheets"] * bool(holding) + ["sheets_unread"] * (len(unread) > len(holding))


def test_a_hidden_sheet_is_never_chosen_but_named_with_its_contacts(tmp_path):
    sheets = {"Antigos": [HEADER, *people(9)], "Novos": [HEADER, *people(1)]}
    path = make_xlsx(tmp_path / "a.xlsx", sheets, hidden_sheets={"Antigos"})
    assumed = read(path).assumptions
    assert assumed.sheet == "Novos"
    assert assumed.unread_sheets == (UnreadSheet("Antigos", 9, is_hidden=True),)
    assert Note("contacts_in_other_sheets", {"n": 1, "rows": 9, "names": "Antigos (9)"}) in assumed.notes
    named = read(path, ReadOptions(sheet="Antigos"))
    assert (named.table.num_rows, named.assumptions.unread_sheets) == (9, (UnreadSheet("Novos", 1),))


def test_a_sheet_too_large_keeps_no_other_from_being_read(tmp_path):
    import openpyxl

    path = make_xlsx(tmp_path / "a.xlsx", {"Rascunho": [["x"]], "Contatos": [HEADER, *people(2)], "Fim": [["y"]]})
    book = openpyxl.load_workbook(path)
    book["Rascunho"]["XFD1048576"] = "perdida"
    book.save(path)
    assumed = read(path).assumptions
    assert assumed.sheet == "Contatos"
    assert assumed.unread_sheets == (UnreadSheet("Rascunho", None), UnreadSheet("Fim", 0))
    with pytest.raises(SheetError, match=r"file\.too_many_cells"):
        read(path, ReadOptions(sheet="Rascunho"))
