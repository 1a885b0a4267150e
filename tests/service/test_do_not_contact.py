"""The list is filled from anything people have, and says what it did not understand."""

from __future__ import annotations

import pytest

from omni.errors import SheetError
from omni.locale import Text
from omni.service.do_not_contact import Taken, add_sheet, add_text, listed_now, write_list
from omni.sheets.reader import Limits, read
from omni.store.database import open_database
from omni.store.do_not_contact import DoNotContact
from tests.sheets.making import make_xlsx


@pytest.fixture
def people(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'omni.db'}")
    yield DoNotContact(database)
    database.close()


def on_it(people):
    return {entry.destination for entry in people.all()}


def test_pasted_text_is_taken_however_it_is_written(people):
    text = """(11) 90000-0001
    +55 11 90000-0002; Ana@EXAMPLE.com, 11900000003
Bia Souza <bia@example.com>
90000-0004
11 90000-0001

nada"""
    taken = add_text(people, text, "BR", "", "ana")
    assert taken == Taken(5, 5, 2, [(4, "90000-0004"), (7, "nada")])
    assert on_it(people) == {
        "5511900000001", "5511900000002", "5511900000003", "Ana@example.com", "bia@example.com",
    }  # fmt: skip
    assert add_text(people, "11900000001", "BR", "", "ana") == Taken(1, 0, 0, [])


def test_a_spreadsheet_gives_every_column_of_phones_and_addresses(people, tmp_path):
    path = make_xlsx(tmp_path / "a.xlsx", [
        ["Nome", "Celular", "Fixo", "E-mail", "Código"],
        ["Ana", "11 90000-0001", "11 3000-0001", "ana@example.com", "001"],
        ["Bia", "90000-0002", None, None, "002"],
    ])  # fmt: skip
    taken = add_sheet(people, path, "BR", "saida.xlsx", "ana", Limits())
    assert (taken.read, taken.added, taken.not_understood) == (3, 3, [(3, "90000-0002")])
    assert sorted(taken.columns) == ["Celular", "E-mail", "Fixo"]
    assert {entry.source for entry in people.all()} == {"saida.xlsx"}


@pytest.mark.parametrize("content", [b"5511900000001\n5511900000002\n", b"lista\n5511900000001\n5511900000002\nx\n"])
def test_a_bare_list_of_one_column_will_do(people, tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    add_sheet(people, path, "BR", "a.csv", "ana", Limits())
    assert on_it(people) == {"5511900000001", "5511900000002"}


def test_what_is_no_spreadsheet_is_refused(people, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(SheetError):
        add_sheet(people, path, "BR", "a.pdf", "ana", Limits())


def test_the_keys_are_kept_once_for_each_revision(people, tmp_path):
    folder = tmp_path / "keys"
    assert (listed_now(people, folder).revision, listed_now(people, folder).keys.to_pylist()) == (0, [])
    people.add(["5511980000001"], "", "ana")
    found = listed_now(people, folder)
    assert (found.revision, found.keys.to_pylist()) == (1, ["551180000001"])
    assert [path.name for path in folder.iterdir()] == ["keys-1.arrow"]


def test_the_list_is_taken_away_as_a_csv_that_puts_back_the_same(people, tmp_path):
    people.add(["5511980000001", "ana@example.com"], "a;b", "ana")
    path = tmp_path / "out.csv"
    assert write_list(people, path, Text("pt_BR")) == 2
    assert read(path).columns == ("Destino", "Origem", "Incluído por", "Quando")
    before = on_it(people)
    people.remove([entry.key for entry in people.all()])
    add_sheet(people, path, "BR", "", "ana", Limits())
    assert on_it(people) == before
