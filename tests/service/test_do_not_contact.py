"""Filling the do-not-contact list from any sheet or text, with a report of unreadable entries."""

from __future__ import annotations

import threading

import pytest

from omni.core.match_key import match_key
from omni.errors import SheetError, StoreError
from omni.locale import Text
from omni.service.do_not_contact import (
    FileChoices,
    ListImport,
    add_sheet,
    add_text,
    listed_now,
    preview_sheet,
    write_list,
)
from omni.sheets.limits import Limits
from omni.sheets.reading.reader import read
from omni.store.opening import open_database
from omni.store.people.do_not_contact import DoNotContact
from tests.builders import phone
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
    assert taken == ListImport(5, 5, 2, [(4, "90000-0004"), (7, "nada")])
    assert on_it(people) == {
        "5511900000001",
        "5511900000002",
        "5511900000003",
        "Ana@example.com",
        "bia@example.com",
    }
    assert add_text(people, "11900000001", "BR", "", "ana") == ListImport(1, 0, 0, [])


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("11 8765-4321", ["5511987654321"]),  # written before mobiles had nine digits
        ("+55 (11) 8765-4321", ["5511987654321"]),
        ("11900000001 11900000002", ["5511900000001", "5511900000002"]),
        ("11 90000-0001 / 11 90000-0002", ["5511900000001", "5511900000002"]),
        ("11 90000-0001 e 11 90000-0002", ["5511900000001", "5511900000002"]),
        ("a@example.com b@example.com", ["a@example.com", "b@example.com"]),
        ("Ana Souza: 11 90000-0001", ["5511900000001"]),
        ("11900000001 Bia", ["5511900000001"]),
        ("Ana ana@example.com", ["ana@example.com"]),
        ("tel 11 90000-0001, e-mail x@example.com", ["5511900000001", "x@example.com"]),
        ("mailto:z@example.com, <y@example.com>", ["y@example.com", "z@example.com"]),
        ("+1 201 555 0123\t11 3000-0001", ["12015550123", "551130000001"]),
        ("11 90000-0001 ramal 22", []),
        ("11900000001 1190000", []),
        ("Ana Souza", []),
        ("12", []),
    ],
)
def test_a_line_is_taken_whole_or_named(people, line, taken):
    told = add_text(people, line, "BR", "", "ana")
    assert sorted(on_it(people)) == taken
    assert told.unread == (0 if taken else 1)


def test_an_old_mobile_on_the_list_keeps_out_the_one_of_nine_digits(people, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"Celular\n11 8765-4321\n")
    add_sheet(people, path, "BR", "a.csv", "ana", Limits())
    assert listed_now(people, tmp_path / "keys").keys.to_pylist() == [match_key("5511987654321")]


def test_a_spreadsheet_gives_every_column_of_phones_and_addresses(people, tmp_path):
    path = make_xlsx(
        tmp_path / "a.xlsx",
        [
            ["Nome", "Celular", "Fixo", "E-mail", "Código"],
            ["Ana", "11 90000-0001", "11 3000-0001", "ana@example.com", "001"],
            ["Bia", "90000-0002", None, None, "002"],
        ],
    )
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


def test_a_preview_shows_what_a_file_would_add_and_adds_nothing(people, tmp_path):
    path = make_xlsx(
        tmp_path / "a.xlsx",
        [
            ["Nome", "Telefones", "Outro", "E-mail"],
            ["Ana", "11 90000-0001; 11 90000-0002; 123", "1130000001", "ana@example.com, ana2@example.com"],
            ["Bia", "11 90000-0001", "", "bia@example"],
        ],
    )
    people.add(["5511900000001"], "", "ana")
    preview = preview_sheet(people, path, "BR", Limits())
    assert (preview.read, preview.new, preview.unread, people.count()) == (5, 4, 2, 1)
    assert [(column.header, column.found) for column in preview.columns] == [
        ("Telefones", 3),
        ("Outro", 1),
        ("E-mail", 2),
    ]
    assert preview.columns[0].samples == ("5511900000001", "5511900000002", "5511900000001")
    assert list(preview.not_understood) == [(2, "123"), (3, "bia@example")]
    assert list(preview.unused) == ["Nome"]
    only = preview_sheet(people, path, "BR", Limits(), FileChoices(["Outro"]))
    assert (only.read, list(only.unused)) == (1, ["Nome", "Telefones", "E-mail"])
    assert add_sheet(people, path, "BR", "a.xlsx", "ana", Limits(), FileChoices(["Outro"])).added == 1


def test_of_a_file_with_everybody_only_those_who_opted_out_can_be_added(people, tmp_path):
    path = tmp_path / "base.csv"
    path.write_text("Celular;Descadastrado\n11 90000-0001;Sim\n11 90000-0002;Não\n11 90000-0003;\n", "utf-8")
    preview = preview_sheet(people, path, "BR", Limits())
    assert (preview.read, preview.rows, list(preview.opt_out)) == (3, 3, [("Descadastrado", 1)])
    choices = FileChoices(opt_out="Descadastrado")
    assert preview_sheet(people, path, "BR", Limits(), choices).read == 1
    assert add_sheet(people, path, "BR", "base.csv", "ana", Limits(), choices).added == 1
    assert on_it(people) == {"5511900000001"}
    with pytest.raises(SheetError, match=r"columns\.not_in_file"):
        preview_sheet(people, path, "BR", Limits(), FileChoices(opt_out="Optout"))


@pytest.mark.parametrize("sign", "/ a@")
def test_a_long_cell_is_not_understood_at_once(people, tmp_path, sign):
    path = tmp_path / "a.csv"
    path.write_text(f"Celular\n11 90000-0001\n11 90000-0002\n{sign * 32_000}x\n")
    assert preview_sheet(people, path, "BR", Limits()).unread == 1


def test_what_is_no_spreadsheet_is_refused(people, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(SheetError):
        add_sheet(people, path, "BR", "a.pdf", "ana", Limits())


def test_hidden_rows_of_an_opt_out_file_count_and_other_sheets_are_named(people, tmp_path):
    rows = [["Nome", "Celular"], ["Ana", "11 90000-0001"], ["Bia", "11 90000-0002"]]
    path = make_xlsx(tmp_path / "a.xlsx", {"Saída": rows, "Antigos": [["Celular"], ["11 90000-0003"]]}, hidden_rows=[3])
    told = add_sheet(people, path, "BR", "a.xlsx", "ana", Limits())
    assert sorted(on_it(people)) == ["5511900000001", "5511900000002"]
    assert list(told.other_sheets) == ["Antigos"]


def test_a_full_disk_is_reported_for_a_file_of_any_kind(people, tmp_path, monkeypatch):
    text = tmp_path / "a.csv"
    text.write_bytes(b"Celular\n11 90000-0001\n")
    book = make_xlsx(tmp_path / "a.xlsx", [["Celular"], ["11 90000-0001"]])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    for path in (text, book):
        with pytest.raises(StoreError, match=r"store\.folder"):
            add_sheet(people, path, "BR", path.name, "ana", Limits())


def test_the_keys_are_kept_once_for_each_revision(people, tmp_path):
    folder = tmp_path / "keys"
    assert (listed_now(people, folder).revision, listed_now(people, folder).keys.to_pylist()) == (0, [])
    people.add(["5511980000001"], "", "ana")
    found = listed_now(people, folder)
    assert (found.revision, found.keys.to_pylist()) == (people.revision(), ["551180000001"])
    assert [path.name for path in folder.iterdir()] == [f"list-{found.revision}.arrow"]


def test_many_sessions_that_ask_while_the_list_changes_all_get_one_that_was(people, tmp_path):
    folder = tmp_path / "keys"
    failed, seen = [], []

    def ask():
        try:
            seen.extend(len(listed_now(people, folder).keys) for _ in range(30))
        except Exception as err:
            failed.append(err)

    sessions = [threading.Thread(target=ask) for _ in range(4)]
    for each in sessions:
        each.start()
    for at in range(20):
        people.add([phone(at)], "", "ana")
    for each in sessions:
        each.join()
    assert failed == []
    assert set(seen) <= set(range(21))
    assert len(listed_now(people, folder).keys) == 20
    assert len(list(folder.iterdir())) == 1


def test_a_folder_that_takes_nothing_is_reported(people, tmp_path):
    (tmp_path / "keys").write_text("a file in its place")
    with pytest.raises(StoreError, match=r"store\.folder"):
        listed_now(people, tmp_path / "keys" / "deeper")


def test_the_list_is_downloaded_as_a_csv_that_imports_as_the_same_list(people, tmp_path):
    people.add(["5511980000001", "ana@example.com"], "a;b", "ana")
    path = tmp_path / "out.csv"
    assert write_list(people, path, Text("pt_BR")) == 2
    assert read(path).columns == ("Destino", "Origem", "Incluído por", "Quando")
    before = on_it(people)
    people.remove([entry.key for entry in people.all()])
    add_sheet(people, path, "BR", "", "ana", Limits())
    assert on_it(people) == before
