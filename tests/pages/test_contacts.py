"""Contacts page: reading a sheet, showing assumptions, matching columns, and accounting for every row."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Mapping
from dataclasses import replace

import openpyxl
import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from omni.core.steps import EmailStep, MtStep
from omni.core.template import Template
from omni.locale import LANGUAGES, Text, catalog
from omni.provider.payload import template_from_json
from omni.service.checking import load_sheet
from omni.service.column_mapping import propose_mapping
from omni.service.preparation import COMMON_FIELDS, Preparation, from_json, to_json
from omni.sheets.reading.reader import read
from omni.ui.contacts import downloads
from omni.ui.contacts.columns import name_error, name_from
from tests.builders import contact_rows, sms_template
from tests.pages.conftest import components, go_to, words
from tests.pages.prepared import prepare

SHEET = """Código;Nome;Celular;E-mail
001;Ana;(11) 90000-0001;ana@example.com
002;Bia;11900000002;
;;;
003;Caio;900000003;
004;Ana de novo;+55 11 90000-0001;ana@example.com
005;Davi;5511900000005;davi@example
006;Eva;;
""".encode("cp1252")
SMS = Template(steps=(MtStep(destination_field="phone1", message_text="Olá"),))


def upload(app, data=SHEET, name="clientes.csv"):
    app.file_uploader[0].set_value((name, data, "text/csv")).run()
    assert not app.exception
    return app


def draft_of(app, console):
    draft = console.drafts.get(app.query_params["draft"])
    return draft, from_json(draft.body)


def counts(app):
    """Return the counts on the tiles by name."""
    [bar] = components(app, "accounting_bar")
    return {tile["name"]: tile["count"] for tile in bar["tiles"]}


def press_tile(app, name):
    app.session_state["contacts.accounting"] = {"part": name}
    return app.run()


def facts(app):
    return {pair["name"]: pair["value"] for pair in components(app, "facts")[0]["pairs"]}


def column(app, field):
    return app.selectbox(key=f"contacts.column.{field}")


def table(app):
    """Return the table of rows on the page without the colours that mark their state."""
    frame = app.dataframe[0].value
    return [[cell[0] if isinstance(cell, list) else cell for cell in row] for row in frame.values.tolist()]


def test_a_sheet_is_read_matched_and_every_row_is_accounted_for(open_page, console):
    app = upload(open_page("contacts"))

    draft, preparation = draft_of(app, console)
    assert draft.name == "clientes"
    assert preparation.mapping == {"phone1": "Celular", "email": "E-mail", "recipientName": "Nome"}
    assert facts(app) == {
        "Format": "CSV",
        "Encoding": "Windows-1252",
        "Separator": "semicolon ( ; )",
        "Header": "row 1",
    }
    assert counts(app) == {
        "all": 7,
        "ready": 3,
        "repaired": 2,
        "rejected": 2,
        "duplicate": 1,
        "blank": 1,
        "suppressed": 0,
    }
    assert [app.button(key="contacts.next").label, column(app, "phone1").value] == ["Continue to steps", "Celular"]
    assert "11900000002" in words(app)


def test_the_rows_show_each_value_before_and_after(open_page):
    app = upload(open_page("contacts"))

    assert table(app)[:3] == [
        ["✓ Corrected", 2, "", "(11) 90000-0001  →  5511900000001", "ana@example.com", "Ana"],
        ["✓ Corrected", 3, "", "11900000002  →  5511900000002", "", "Bia"],
        ["× Rejected", 5, "", "⚠ 900000003", "", "Caio"],
    ]
    assert table(app)[3][:3] == ["= Duplicate", 6, "row 2"]


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ("ready", [2, 3, 7]),
        ("repaired", [2, 3]),
        ("rejected", [5, 8]),
        ("duplicate", [2, 6]),
        ("all", [2, 3, 5, 6, 7, 8]),
        ("blank", [4]),
        ("no such part", [2, 3, 5, 6, 7, 8]),
    ],
)
def test_each_count_opens_its_rows(part, shown, open_page):
    app = press_tile(upload(open_page("contacts")), part)

    assert list(app.dataframe[0].value["row"]) == shown


def test_rejected_rows_say_their_number_and_the_reason_first(open_page):
    app = press_tile(upload(open_page("contacts")), "rejected")

    assert [row[:2] for row in table(app)] == [
        [5, "Celular: Area code missing: add it"],
        [8, "Nothing to send to: give a phone or an e-mail"],
    ]


def test_what_to_do_comes_first_and_the_findings_name_the_cell(open_page):
    app = upload(open_page("contacts"))
    assert app.error[0].value.splitlines()[2:] == ["- fix 1 phone number", "- give 1 contact a phone or an e-mail"]
    assert app.warning[0].value.splitlines()[2:] == ["- fix 1 e-mail address"]

    app.segmented_control(key="contacts.view").set_value("problems").run()
    assert table(app) == [
        ["Area code missing: add it", 5, "Celular", "900000003"],
        ["Duplicate of row 2: sent once", 6, "", ""],
        ["Not an e-mail address: correct it", 7, "E-mail", "davi@example"],
        ["Nothing to send to: give a phone or an e-mail", 8, "", ""],
    ]


def test_the_findings_can_be_narrowed_to_one_kind(open_page):
    app = upload(open_page("contacts"), SHEET + b"006;Fabio;900000004;\n")
    app.segmented_control(key="contacts.view").set_value("problems").run()
    kinds = app.selectbox(key="contacts.finding")
    assert kinds.options[0] == "Area code missing: add it (2)"

    kinds.set_value("phone.area_code_missing").run()
    assert [row[1] for row in table(app)] == [5, 9]


def test_what_a_step_reaches_opens_its_contacts(open_page, console):
    mail = EmailStep(destination_field="email", subject="s", from_email="a@example.com", email_html="h")
    draft = console.drafts.create("November", to_json(Preparation().with_template(Template(steps=(*SMS.steps, mail)))))
    app = upload(open_page("contacts", draft=draft.id))

    assert counts(app)["step:2"] == 1
    assert [row[1] for row in table(press_tile(app, "step:2"))] == [2]
    assert "**Step 2 reaches 1 contact**" in words(app)


def test_long_sheets_are_shown_fifty_rows_at_a_time(open_page):
    rows = "".join(f"{at};5511{900000000 + at}\n" for at in range(1, 121))
    app = upload(open_page("contacts"), f"Código;Celular\n{rows}".encode())
    assert len(app.dataframe[0].value) == 50

    app.get("pagination")[0].set_value(3).run()
    assert list(app.dataframe[0].value["row"]) == list(range(102, 122))

    press_tile(app, "ready")
    assert app.dataframe[0].value["row"][0] == 2


def test_choices_survive_another_page_a_reload_and_another_tab(open_page, console):
    app = upload(open_page("contacts"))
    column(app, "phone1").set_value(None).run()
    column(app, "recipientName").set_value("Código").run()
    app.text_input(key="contacts.name").set_value("Novembro").run()
    app.selectbox(key="contacts.country").set_value("MX").run()
    app.segmented_control(key="contacts.duplicates").set_value("keep_all").run()

    draft, preparation = draft_of(app, console)
    assert draft.name == "Novembro"
    assert preparation.mapping == {"email": "E-mail", "recipientName": "Código"}
    assert (preparation.country, preparation.duplicates) == ("MX", "keep_all")
    for again in (go_to(go_to(app, "settings"), "contacts"), open_page("contacts", draft=draft.id)):
        assert column(again, "phone1").value is None
        assert column(again, "recipientName").value == "Código"
        assert again.text_input(key="contacts.name").value == "Novembro"
        assert again.selectbox(key="contacts.country").value == "MX"
        assert again.segmented_control(key="contacts.duplicates").value == "keep_all"


def test_an_emptied_name_stays_what_it_was(open_page, console):
    app = upload(open_page("contacts"))
    app.text_input(key="contacts.name").set_value("  ").run()

    assert draft_of(app, console)[0].name == "clientes"
    assert app.text_input(key="contacts.name").value == "clientes"


def test_the_country_decides_what_a_number_without_country_code_is(open_page):
    app = upload(open_page("contacts"), b"Celular\n55 1234 5678\n")
    assert counts(app)["ready"] == 0

    app.selectbox(key="contacts.country").set_value("MX").run()
    assert counts(app)["ready"] == 1


def test_duplicates_are_sent_to_once_or_each_time(open_page):
    app = upload(open_page("contacts"))
    app.segmented_control(key="contacts.duplicates").set_value("keep_all").run()

    assert (counts(app)["ready"], counts(app)["duplicate"]) == (4, 0)


def test_all_duplicates_can_be_left_out_and_their_criterion_is_a_choice(open_page, console):
    app = upload(
        open_page("contacts"),
        b"Celular;E-mail\n11900000001;a@example.com\n11900000001;b@example.com\n11900000002;a@example.com\n",
    )
    assert (counts(app)["ready"], counts(app)["duplicate"]) == (2, 1)
    assert "shared with an earlier row: phone1 1 · email 1" in words(app)

    app.selectbox(key="contacts.same").set_value("any").run()
    assert (counts(app)["ready"], counts(app)["duplicate"]) == (1, 2)
    app.segmented_control(key="contacts.duplicates").set_value("drop_all").run()
    assert (counts(app)["ready"], counts(app)["duplicate"]) == (0, 3)
    app.segmented_control(key="contacts.duplicates").set_value("keep_all").run()
    assert "2 duplicate rows are sent anyway." in words(app)

    _, preparation = draft_of(app, console)
    assert (preparation.duplicates, preparation.same) == ("keep_all", "any")


def test_duplicate_rows_follow_the_row_that_they_duplicate(open_page):
    phones = [1, 2, 1, 3, 2, 1]
    app = upload(open_page("contacts"), ("Celular\n" + "".join(f"1190000000{n}\n" for n in phones)).encode())

    rows = table(press_tile(app, "duplicate"))
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("✓ Corrected", 2, ""),
        ("= Duplicate", 4, "row 2"),
        ("= Duplicate", 7, "row 2"),
        ("✓ Corrected", 3, ""),
        ("= Duplicate", 6, "row 3"),
    ]
    assert "**3 duplicate rows**" in words(app)


def fix(app, row, column, typed):
    app.segmented_control(key="contacts.view").set_value("fix").run()
    return app.text_input(key=f"contacts.fix.{row}.{column}").set_value(typed).run()


def test_a_few_faulty_cells_are_corrected_on_the_spot_and_the_way_back_is_open(open_page, console):
    app = upload(open_page("contacts"))
    app = fix(app, 5, 2, "11 90000-0003")

    assert counts(app) == {
        "all": 7,
        "ready": 4,
        "repaired": 3,
        "rejected": 1,
        "duplicate": 1,
        "blank": 1,
        "suppressed": 0,
    }
    assert "Row 5 · Celular:  900000003  →  11 90000-0003" in words(app)
    draft, preparation = draft_of(app, console)
    assert "90000" not in json.dumps(draft.body)
    checked = console.check(draft.id, preparation)
    assert checked.ready_cells().column("Celular").to_pylist()[2] == "900000003"
    assert checked.ready(["Celular"]).column("n:Celular").to_pylist()[2] == "11 90000-0003"

    app.button(key="contacts.unfix.5.2").click().run()
    assert counts(app)["rejected"] == 2
    assert draft_of(app, console)[1].fixes == ""


def test_a_correction_that_is_still_wrong_says_why_and_stays_to_be_mended(open_page):
    app = fix(upload(open_page("contacts")), 5, 2, "x")
    assert app.text_input(key="contacts.fix.5.2").value == "x"
    assert "Letters in the number" in words(app)
    app.segmented_control(key="contacts.view").set_value("rows").run()
    assert table(app)[2][3] == "⚠ x"


def test_a_row_with_nothing_to_send_to_is_given_a_destination_on_the_spot(open_page):
    app = fix(upload(open_page("contacts")), 8, 2, "11900000006")
    assert (counts(app)["ready"], counts(app)["rejected"]) == (4, 1)


def test_the_cells_to_correct_are_as_many_as_their_figure_says(open_page, console):
    app = upload(open_page("contacts"))
    checked = console.check(*draft_of_check(app, console))
    assert [(problem.row, problem.column) for problem in checked.faulty()] == [
        (5, "Celular"),
        (7, "E-mail"),
        (8, "Celular"),
    ]
    assert checked.faulty_count == 3


def test_corrections_belong_to_the_file_and_to_the_way_it_is_read(open_page, console):
    app = fix(upload(open_page("contacts")), 5, 2, "11900000003")
    app = fix(app, 7, 3, "davi@example.com")
    app.selectbox(key="contacts.header_row").set_value(0).run()
    assert not console.check(*draft_of_check(app, console)).fixes

    app.selectbox(key="contacts.header_row").set_value("").run()
    assert console.check(*draft_of_check(app, console)).fixes == {
        (5, "Celular"): "11900000003",
        (7, "E-mail"): "davi@example.com",
    }
    app = upload(app, SHEET.replace(b"900000003", b"900000008"), "outra.csv")
    assert not console.check(*draft_of_check(app, console)).fixes


def draft_of_check(app, console):
    draft, preparation = draft_of(app, console)
    return draft.id, preparation


AGREEABLE = b"""Celular;E-mail
11 8000-0001;
11900000002;ana@gmial.com
+54 9 11 2345-6789;
11900000003;
"""


@pytest.mark.parametrize(
    ("name", "title", "example", "ready"),
    [
        ("add_nine", "1 old mobile lacks the ninth digit", "11 8000-0001  →  5511980000001", 3),
        ("correct_emails", "1 e-mail address may be mistyped", "ana@gmial.com  →  ana@gmail.com", 2),
        ("allow_foreign", "1 number is from another country", "+54 9 11 2345-6789  ·  +54 Argentina", 3),
    ],
)
def test_a_repair_that_has_to_be_agreed_to_is_agreed_to_for_all_at_once(
    name, title, example, ready, open_page, console
):
    app = upload(open_page("contacts"), AGREEABLE)
    assert counts(app)["ready"] == 2
    assert title in words(app)
    assert example in words(app)

    app.toggle(key=f"contacts.agreed.{name}").set_value(True).run()
    assert counts(app)["ready"] == ready
    assert getattr(draft_of(app, console)[1].agreed, name)
    assert example in words(app)

    app.toggle(key=f"contacts.agreed.{name}").set_value(False).run()
    assert counts(app)["ready"] == 2


def test_mexican_numbers_without_the_old_one_stay_on_the_foreign_card(open_page):
    app = upload(open_page("contacts"), b"Celular\n11900000001\n+52 1 55 1234 5678\n")
    card = ("1 number is from another country", "+52 1 55 1234 5678  ·  +52 Mexico")
    assert all(said in words(app) for said in card)

    app.toggle(key="contacts.agreed.allow_foreign").set_value(True).run()
    assert all(said in words(app) for said in card)
    app.segmented_control(key="contacts.view").set_value("problems").run()
    assert [row[0] for row in table(app)] == ["Sent without the 1 after 52", "Number from another country, allowed"]


def test_what_can_be_agreed_to_is_to_be_decided_and_not_fixed(open_page):
    app = upload(open_page("contacts"), AGREEABLE)
    assert app.error[0].value.splitlines()[2:] == [
        "- decide on 1 old mobile without the ninth digit",
        "- decide on 1 number from another country",
    ]


def test_an_address_that_may_be_mistyped_is_sent_to_unchanged_until_agreed(open_page, console):
    app = upload(open_page("contacts"), AGREEABLE)
    assert console.check(*draft_of_check(app, console)).ready().column("v:email").to_pylist()[0] == "ana@gmial.com"

    app.toggle(key="contacts.agreed.correct_emails").set_value(True).run()
    assert console.check(*draft_of_check(app, console)).ready().column("v:email").to_pylist()[0] == "ana@gmail.com"


def test_a_proposal_can_be_taken_for_one_cell_only(open_page):
    app = upload(open_page("contacts"), AGREEABLE)
    app.segmented_control(key="contacts.view").set_value("fix").run()
    app.button(key="contacts.propose.2.0").click().run()
    assert counts(app)["ready"] == 3
    assert "Row 2 · Celular:  11 8000-0001  →  5511980000001" in words(app)


def test_too_many_faulty_cells_are_not_corrected_one_by_one(open_page):
    apps = [upload(open_page("contacts"), b"Celular\n" + b"900000001\n" * faulty) for faulty in (200, 201)]
    assert [app.segmented_control(key="contacts.view").options for app in apps] == [
        ["Rows", "Findings (200)", "Correct here (200)"],
        ["Rows", "Findings (201)"],
    ]


def test_the_fields_asked_for_are_those_of_the_steps(open_page, console):
    mail = EmailStep(
        destination_field="mail_2", recipient_name="who", subject="s", from_email="a@example.com", email_html="h"
    )
    template = Template(steps=(*SMS.steps, mail, *SMS.steps))
    draft = console.drafts.create("November", to_json(Preparation().with_template(template)))
    app = upload(open_page("contacts", draft=draft.id), b"Celular\n5511900000001\n")

    assert [box.key.removeprefix("contacts.column.") for box in app.selectbox if "column." in box.key] == [
        "phone1",
        "mail_2",
        "who",
    ]
    said = words(app)
    assert "Steps 1, 3 send to it" in said
    assert "Name shown in the e-mail" in said
    assert "- choose the column for mail\\_2\n- choose the column for who" in app.error[0].value
    assert [(tile["label"], tile["count"]) for tile in components(app, "accounting_bar")[0]["tiles"]][-3:] == [
        ("Step 1 · SMS reaches, of 1", 1),
        ("Step 2 · e-mail reaches, of 1", 0),
        ("Step 3 · SMS reaches, of 1", 1),
    ]


def add_field(app, header, name=None):
    app.selectbox(key="contacts.new_column").set_value(header).run()
    if name is not None:
        app.text_input(key="contacts.new_name").set_value(name)
    return app.button(key="contacts.new_add").click().run()


def test_another_column_is_sent_along_under_a_chosen_name_and_removed_again(open_page, console):
    app = add_field(upload(open_page("contacts")), "Código")
    assert draft_of(app, console)[1].mapping["codigo"] == "Código"
    assert column(app, "codigo").value == "Código"

    app.button(key="contacts.remove.codigo").click().run()
    assert "codigo" not in draft_of(app, console)[1].mapping
    assert not [box for box in app.selectbox if box.key == "contacts.column.codigo"]


@pytest.mark.parametrize(
    ("header", "name", "said"),
    [
        (None, "code", "Choose a column first."),
        ("Código", "2nd", "Use only letters without accents"),
        ("Código", "código", "Use only letters without accents"),
        ("Código", "a b", "Use only letters without accents"),
        ("Código", "", "Use only letters without accents"),
        ("Código", "phone1", "A field with this name already exists."),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_with_the_reason(header, name, said, open_page, console):
    app = upload(open_page("contacts"))
    before = draft_of(app, console)[1].mapping

    app = add_field(app, header, name)
    assert any(error.value.startswith(said) for error in app.error)
    assert draft_of(app, console)[1].mapping == before


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Código do cliente", "codigo_do_cliente"),
        ("Valor (R$)", "valor_r"),
        ("2ª via", "_2a_via"),
        ("CPF/CNPJ", "cpf_cnpj"),
        ("x" * 90, "x" * 64),
    ],
)
def test_a_header_proposes_a_name_that_can_be_used(header, name):
    assert name_from(header) == name
    assert name_error(name, frozenset()) is None


def test_an_upload_that_cannot_be_read_says_why_and_keeps_the_sheet_before(open_page, console):
    app = upload(open_page("contacts"))
    before = draft_of(app, console)

    app = upload(app, b"PK\x03\x04 cut off", "broken.xlsx")

    assert app.error[0].value == Text("en")("error.file.truncated").replace("-", "\\-")
    assert "Your previous spreadsheet is still here, unchanged." in words(app)
    assert draft_of(app, console) == before
    assert [path.read_bytes() for path in console.workspace(before[0].id).folder.glob("upload-*")] == [SHEET]
    assert counts(app)["ready"] == 3


def test_a_first_upload_that_cannot_be_read_leaves_nothing_behind(open_page, console):
    app = upload(open_page("contacts"), b"", "empty.csv")

    assert app.error[0].value == Text("en")("error.file.empty")
    assert console.drafts.list() == ()
    assert not list(console.settings.drafts.glob("*"))
    assert "draft" not in app.query_params


def test_a_new_sheet_replaces_the_old_one_and_keeps_shared_columns_matched(open_page, console):
    app = upload(open_page("contacts"))
    column(app, "recipientName").set_value("Código").run()

    app = upload(app, "Código;Fone;E-mail\n9;11900000009;i@example.com\n".encode(), "dezembro.csv")

    draft, preparation = draft_of(app, console)
    assert preparation.upload.name == "dezembro.csv"
    assert preparation.mapping == {"phone1": "Fone", "email": "E-mail", "recipientName": "Código"}
    assert draft.name == "clientes"
    assert len(list(console.workspace(draft.id).folder.glob("upload-*"))) == 1
    assert counts(app)["all"] == 1


def test_the_uploaded_bytes_are_not_held_in_memory(open_page, monkeypatch):
    held = []
    remove = MemoryUploadedFileManager.remove_file

    def remove_and_count(manager, session_id, file_id):
        before = manager.file_storage[session_id].keys() & {file_id}
        remove(manager, session_id, file_id)
        held.append((len(before), len(manager.file_storage[session_id])))

    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", remove_and_count)
    app = upload(open_page("contacts"))

    assert held == [(1, 0)]
    assert app.file_uploader[0].value is None
    assert app.file_uploader[0].key == "contacts.upload.1"


def test_the_sheet_is_read_differently_when_asked(open_page, console):
    data = b"Lista de novembro\nCelular,Nome\n5511900000001,Ana\n"
    app = upload(open_page("contacts"), data)
    app.selectbox(key="contacts.header_row").set_value(0).run()
    assert facts(app)["Header"] == "none"
    assert counts(app)["all"] == 3

    app.selectbox(key="contacts.delimiter").set_value(";").run()
    assert draft_of(app, console)[1].reading.delimiter == ";"
    assert components(app, "facts")[0]["about"].endswith("1 columns")

    app.button(key="contacts.find_out").click().run()
    assert facts(app)["Separator"] == "comma ( , )"


def test_the_first_rows_are_shown_as_read_beside_the_choice_of_the_header(open_page, console):
    data = "Loja;(11) 3333-4444;\n;;\nNome;Celular;Cidade\nAna;11900000001;*Santos*\nBia;11900000002;\n"
    app = upload(open_page("contacts"), data.encode())
    [rows] = app.table
    assert rows.value.values.tolist() == [
        ["1", "left out", "Loja", r"\(11\) 3333\-4444", ""],
        ["2", "blank", "", "", ""],
        ["3", "header", "**Nome**", "**Celular**", "**Cidade**"],
        ["4", "contact", "Ana", "11900000001", r"\*Santos\*"],
        ["5", "contact", "Bia", "11900000002", ""],
    ]
    assert list(rows.value.columns[2:]) == ["A", "B", "C"]
    assert any("above the header, has a phone" in one.value for one in app.warning)
    assert not any("not certain" in one.value for one in app.warning)

    app.selectbox(key="contacts.header_row").set_value(0).run()
    assert [row[1] for row in app.table[0].value.values.tolist()] == ["contact", "blank", *["contact"] * 3]
    assert draft_of(app, console)[1].reading.header_row == 0
    app.selectbox(key="contacts.header_row").set_value("").run()
    assert facts(app)["Header"] == "row 3"


def test_a_guess_about_the_header_is_shown_as_one_until_it_is_chosen(open_page):
    app = upload(open_page("contacts"), "Fulano;Contatável\nana@example.com;11900000001\n".encode())
    assert any("not certain" in one.value for one in app.warning)
    assert [row[2] for row in app.table[0].value.values.tolist()] == ["Fulano", "ana@\u2060example.com"]
    app.selectbox(key="contacts.header_row").set_value(1).run()
    assert not any("not certain" in one.value for one in app.warning)
    assert facts(app)["Header"] == "row 1"


def test_a_header_of_two_rows_and_unread_sheets_are_shown(open_page):
    book = openpyxl.Workbook()
    book.active.title = "Janeiro"
    for row in (["Cliente", "Contato", None], [None, "Celular", "E-mail"], ["Ana", "11900000001", "ana@example.com"]):
        book.active.append(row)
    other = book.create_sheet("Fevereiro")
    other.append(["Celular"])
    other.append(["11900000002"])
    file = io.BytesIO()
    book.save(file)
    app = upload(open_page("contacts"), file.getvalue(), "ano.xlsx")
    assert facts(app)["Header"] == "rows 1 to 2"
    assert any("Fevereiro" in one.value and "was not read" in one.value for one in app.warning)


def test_the_contacts_of_a_phone_are_read_from_its_vcards(open_page, console):
    data = "BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nTEL;TYPE=CELL:11900000001\nEND:VCARD\n"
    app = upload(open_page("contacts"), data.encode(), "contatos.vcf")
    assert (column(app, "phone1").value, counts(app)["ready"]) == ("Celular", 1)
    assert "Header" not in facts(app)
    assert not app.table


def test_columns_that_another_reading_shows_are_matched_again(open_page):
    app = upload(open_page("contacts"), b"Clientes;;\nNome da lista;1;\nNome;Celular;Interno\nAna;11900000001;x\n")
    assert facts(app)["Header"] == "row 3"
    app.selectbox(key="contacts.header_row").set_value(2).run()
    column(app, "phone1").set_value(None).run()
    assert column(app, "phone1").value is None
    assert app.error[0].value.splitlines()[2:] == [
        "- choose the column with the phones or e-mails; if it is not offered, check the header row"
    ]

    app.selectbox(key="contacts.header_row").set_value(3).run()
    assert (column(app, "phone1").value, column(app, "recipientName").value) == ("Celular", "Nome")
    assert (counts(app)["ready"], list(app.error)) == (1, [])

    column(app, "recipientName").set_value(None).run()
    app.selectbox(key="contacts.encoding").set_value("windows-1252").run()
    assert column(app, "recipientName").value is None


def test_another_sheet_of_a_workbook_is_chosen_by_its_name(open_page):
    book = openpyxl.Workbook()
    book.active.title = "Novembro"
    book.active.append(["Celular"])
    book.active.append(["5511900000001"])
    other = book.create_sheet("Dezembro")
    other.append(["Fone"])
    other.append(["5511900000002"])
    other.append(["5511900000003"])
    file = io.BytesIO()
    book.save(file)

    app = upload(open_page("contacts"), file.getvalue(), "ano.xlsx")
    assert facts(app)["Sheet"] == "Novembro (1 of 2)"

    app.selectbox(key="contacts.sheet").set_value("Dezembro").run()
    assert facts(app)["Sheet"] == "Dezembro (2 of 2)"
    assert (counts(app)["all"], counts(app)["ready"]) == (2, 2)


def test_what_is_hidden_is_left_out_shown_and_included_with_one_click(open_page):
    book = openpyxl.Workbook()
    for row in (["Nome", "Interno", "Celular"], ["Ana", "x", "11900000001"], ["Bia", "y", "11900000002"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["B"].hidden = True
    file = io.BytesIO()
    book.save(file)

    app = upload(open_page("contacts"), file.getvalue(), "ano.xlsx")
    assert (counts(app)["ready"], counts(app)["hidden"]) == (1, 1)
    assert "Interno" not in column(app, "recipientName").options
    rows = table(press_tile(app, "hidden"))
    assert [row[:2] for row in rows] == [["· Hidden", 3]]
    assert "11900000002" in rows[0]

    toggle = app.toggle(key="contacts.include_hidden_columns")
    assert toggle.label == "Include 1 hidden column\\: Interno"
    toggle.set_value(True).run()
    assert "Interno" in column(app, "recipientName").options
    app.toggle(key="contacts.include_hidden").set_value(True).run()
    assert counts(app)["ready"] == 2
    assert "hidden" not in counts(app)
    app.toggle(key="contacts.include_hidden").set_value(False).run()
    assert counts(app)["hidden"] == 1


def test_a_reading_that_fails_is_reported_and_can_be_undone(open_page):
    app = upload(open_page("contacts"), "Celular;Nome\n5511900000001;Ínes\n".encode("cp1252"))
    app.selectbox(key="contacts.encoding").set_value("utf-8").run()

    assert "encoding is not utf\\-8" in app.error[0].value
    assert not app.dataframe

    app.button(key="contacts.find_out").click().run()
    assert not app.error
    assert counts(app)["ready"] == 1


def test_text_from_the_sheet_is_never_read_as_markup(open_page):
    evil = "![x](https://example.com/track.png)"
    app = upload(open_page("contacts"), f"{evil};Celular\n{evil};5511900000001\n".encode())
    add_field(app, evil, "note")

    marked_up = [element.value for kind in (app.markdown, app.caption, app.error) for element in kind]
    assert not [text for text in marked_up if "![x](" in text]
    assert evil in words(app)


def test_a_campaign_that_was_sent_is_left_alone_and_an_upload_begins_another(open_page, console, monkeypatch):
    app = upload(open_page("contacts"))
    draft, _ = draft_of(app, console)
    sent = replace(draft, state="sent", campaign_id=1)
    get = console.drafts.get
    monkeypatch.setattr(console.drafts, "get", lambda name: sent if name == draft.id else get(name))

    app = open_page("contacts", draft=draft.id)
    assert "has been sent and can no longer be changed" in app.info[0].value

    upload(app, name="dezembro.csv")
    assert draft_of(app, console)[0].id != draft.id
    assert draft_of(app, console)[0].name == "dezembro"


def test_the_rejected_rows_are_downloaded_with_the_reasons(open_page, console):
    app = upload(open_page("contacts"))
    assert app.get("download_button")[0].label == "Download rejected rows"
    draft, preparation = draft_of(app, console)

    data = downloads.rejected_file(console.check(draft.id, preparation), Text("en"))

    rows = list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))
    assert rows[0] == ("Reason", "Row", "Proposal", "Código", "Nome", "Celular", "E-mail")
    assert rows[1][1:] == ("5", None, "003", "Caio", "900000003", None)
    assert "area code" in rows[1][0]
    assert len(rows) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_is_read_as_it_was_meant(language, tmp_path, open_page):
    app = open_page("contacts", language=language)
    assert app.get("download_button")[0].label == Text(language)("contacts.sample")
    path = tmp_path / "sample.xlsx"
    path.write_bytes(downloads.sample_sheet(COMMON_FIELDS, language))

    sheet = read(path)
    assert list(propose_mapping(sheet, COMMON_FIELDS)) == list(COMMON_FIELDS)
    assert counts(upload(app, path.read_bytes(), "sample.xlsx"))["ready"] == 3


def test_the_way_on_leads_to_the_steps_of_the_same_campaign(open_page, console):
    app = upload(open_page("contacts"))
    draft, _ = draft_of(app, console)

    app.button(key="contacts.next").click().run()

    assert app.query_params["draft"] == draft.id
    assert app.title[0].value != "Contacts"


def test_rows_swallowed_by_a_quote_are_a_warning_and_observations_are_notes(open_page):
    data = 'Clientes\nNome;Celular\nAna;11900000001\n"Bia;11900000002\nCaio;11900000003"\nDavi;11900000004\n'
    app = upload(open_page("contacts"), data.encode())

    [said] = [one.value for one in app.warning if "quote" in one.value]
    assert said.startswith("Row 4")
    notes = [one.value for one in app.caption if one.value.startswith(":material/info:")]
    assert ":material/info: Row 1, above the header, was left out\\: Clientes" in notes
    assert not any("quote" in note for note in notes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_about_a_row_has_its_short_reason(language):
    about_rows = [
        code for code in catalog(language) if code.startswith(("problem.phone.", "problem.email.", "problem.contact."))
    ]
    assert len(about_rows) > 10
    assert not [code for code in about_rows if f"contacts.why.{code.removeprefix('problem.')}" not in catalog(language)]


def test_a_draft_holds_no_contact(open_page, console):
    draft, _ = draft_of(upload(open_page("contacts")), console)

    assert "900000001" not in json.dumps(draft.body)


def test_columns_are_matched_as_in_the_last_spreadsheet_of_the_same_shape(open_page, console):
    app = upload(open_page("contacts"))
    column(app, "recipientName").set_value("Código").run()
    app.button(key="contacts.next").click().run()

    app = upload(open_page("contacts"), SHEET.replace(b"Ana", b"Lia"), "dezembro.csv")
    assert draft_of(app, console)[1].mapping == {"phone1": "Celular", "email": "E-mail", "recipientName": "Código"}
    assert "matched as in clientes.csv" in words(app)

    column(app, "recipientName").set_value("Nome").run()
    assert "matched as in" not in words(app)
    other_case = b"E-mail;CELULAR;nome ;c\xf3digo\na@example.com;11900000001;Ana;001\n"
    app = upload(open_page("contacts"), other_case, "janeiro.csv")
    assert draft_of(app, console)[1].mapping == {"phone1": "CELULAR", "email": "E-mail", "recipientName": "c\xf3digo"}
    app = upload(open_page("contacts"), b"Nome;Celular\nAna;11900000001\n", "outra.csv")
    assert draft_of(app, console)[1].mapping == {"phone1": "Celular", "recipientName": "Nome"}


def keep_list(app, name):
    app.text_input(key="contacts.list_name.0").set_value(name)
    return app.button(key="contacts.keep_yes").click().run()


def test_a_column_chosen_in_this_draft_wins_over_earlier_matches(open_page, console):
    app = upload(open_page("contacts"))
    column(app, "recipientName").set_value("Código").run()
    app.button(key="contacts.next").click().run()
    column(app := open_page("contacts", draft=draft_of(app, console)[0].id), "recipientName").set_value("Nome").run()
    app = upload(app, SHEET.replace(b"Ana", b"Lia"), "dezembro.csv")
    assert draft_of(app, console)[1].mapping["recipientName"] == "Nome"


def test_a_list_is_kept_with_what_was_decided_and_taken_up_in_another_campaign(open_page, console):
    app = fix(upload(open_page("contacts")), 5, 2, "11900000003")
    app.segmented_control(key="contacts.duplicates").set_value("keep_all").run()
    app = keep_list(app, "Clientes fiéis")
    [kept] = console.lists.kept.all()
    assert (kept.name, kept.contacts) == ("Clientes fiéis", 5)
    assert "900000003" not in json.dumps(kept.body)
    draft = app.query_params["draft"]
    console.drafts.delete(draft)
    console.workspace(draft).remove()

    app = open_page("contacts")
    assert "Clientes fiéis" in words(app)
    app.button(key=f"contacts.use.{kept.id}").click().run()
    draft, preparation = draft_of(app, console)
    assert (draft.name, preparation.duplicates) == ("Clientes fiéis", "keep_all")
    assert preparation.upload.name == "clientes.csv"
    assert counts(app)["ready"] == 5
    assert console.check(draft.id, preparation).fixes == {(5, "Celular"): "11900000003"}


def test_a_kept_list_leaves_what_was_decided_about_the_sending(open_page, console):
    keep_list(upload(open_page("contacts")), "Uma")
    [kept] = console.lists.kept.all()
    own = Preparation(template=SMS, step_ids=("s1",), practice=False, canary=7)
    draft = console.drafts.create("Nova", to_json(own))
    used = console.lists.use(kept, console.workspace(draft.id), own)
    assert (used.template, used.step_ids, used.practice, used.canary) == (SMS, ("s1",), False, 7)
    assert used.mapping["phone1"] == "Celular"


def test_a_kept_list_is_taken_away_as_the_file_it_came_as(open_page, console):
    keep_list(upload(open_page("contacts")), "Uma")
    [kept] = console.lists.kept.all()
    name, file = console.lists.spreadsheet(kept)
    assert (name, file.read_bytes()) == ("clientes.csv", SHEET)
    app = open_page("contacts")
    assert f"contacts.list_file.{kept.id}" in [button.key for button in app.get("download_button")]


def test_a_kept_list_is_renamed_and_deleted_with_its_file(open_page, console):
    keep_list(upload(open_page("contacts")), "Uma")
    [kept] = console.lists.kept.all()
    app = open_page("contacts")
    app.text_input(key=f"contacts.rename.{kept.id}").set_value("Outra").run()
    assert console.lists.kept.all()[0].name == "Outra"
    folder = console.settings.data / "lists" / kept.id
    assert [path.name.split("-")[0] for path in folder.iterdir()] == ["upload"]

    app.button(key=f"contacts.forget.{kept.id}").click().run()
    assert folder.exists()
    app.button(key="contacts.forget_yes").click().run()
    assert (console.lists.kept.all(), folder.exists()) == ((), False)


def test_a_kept_list_whose_file_is_gone_says_so(open_page, console):
    keep_list(upload(open_page("contacts")), "Uma")
    [kept] = console.lists.kept.all()
    for path in (console.settings.data / "lists" / kept.id).iterdir():
        path.unlink()
    before = len(console.drafts.list())
    app = open_page("contacts")
    app.button(key=f"contacts.use.{kept.id}").click().run()
    assert "The file Uma was not found" in app.error[0].value
    assert len(console.drafts.list()) == before


def state_of(app):
    """Return the tab's session state in bytes, by name."""

    def plain(value):
        return {name: plain(inner) for name, inner in value.items()} if isinstance(value, Mapping) else value

    return {name: len(pickle.dumps(plain(value))) for name, value in app.session_state._state.filtered_state.items()}


def test_the_session_holds_no_table_however_many_rows_there_are(console, open_page):
    def kept(rows):
        draft = prepare(console, sms_template(), contact_rows(rows))
        app = open_page("contacts", draft=draft)
        press_tile(app, "ready")
        assert f"{rows:,}" in words(app)
        return state_of(app)

    few, many = kept(60), kept(20_000)
    assert few.keys() == many.keys()
    assert all(abs(many[name] - few[name]) < 100 for name in few)
    assert sum(many.values()) < 20_000


PERUVIAN = b"Juan;987654321\nAna;987 654 322\nLuis;912345678\nEva;987111222\n"


def test_another_country_is_asked_about_and_its_phones_are_matched_then(open_page, console):
    app = upload(open_page("contacts"), PERUVIAN)
    assert "Of 4 phones without a country code, 4 fit +51 Peru and 0 fit +55 Brazil." in app.warning[0].value
    assert counts(app)["ready"] == 0
    app.button(key="contacts.country_is.PE").click().run()
    assert counts(app)["ready"] == 4
    assert not app.warning
    assert draft_of(app, console)[1].is_country_chosen


TWO_PHONES = b"Nome;Fone A;Fone B\nAna;11987650001;11912340001\nBia;11987650002;11912340002\n"


def test_columns_that_fit_about_equally_are_asked_about(open_page, console):
    draft = prepare(console, sms_template())
    app = upload(open_page("contacts", draft=draft), TWO_PHONES)
    assert "More than one column may hold the phones" in app.warning[0].value
    assert "2 of 2 rows filled" in words(app)
    assert {"11987650001  ·  11987650002", "11912340001  ·  11912340002"} <= {each.value for each in app.text}

    app.button(key="contacts.column_is.phone1.1").click().run()

    assert not app.warning
    _, preparation = draft_of(app, console)
    assert preparation.chosen == {"phone1": "Fone B"}
    assert preparation.mapping == {"phone1": "Fone B"}


def test_the_only_column_is_asked_about_if_it_is_somebody_elses(open_page, console):
    sheet = b"Nome;Celular do vendedor\nAna;11987650001\nBia;11987650002\n"
    app = upload(open_page("contacts", draft=prepare(console, sms_template())), sheet)
    assert "seems to be about somebody else" in app.warning[0].value
    app.button(key="contacts.column_is.phone1.0").click().run()
    assert not app.warning
    assert draft_of(app, console)[1].chosen == {"phone1": "Celular do vendedor"}


def test_the_answer_to_a_question_about_columns_exchanges_two_fields(open_page, console):
    app = upload(open_page("contacts"), TWO_PHONES)
    draft, preparation = draft_of(app, console)
    assert preparation.mapping["phone2"] == "Fone B"
    template = template_from_json(sms_template())
    console.drafts.save(draft.id, to_json(preparation.with_template(template)), draft.name, draft.revision)
    app = open_page("contacts", draft=draft.id)
    app.button(key="contacts.column_is.phone1.1").click().run()
    mapping = draft_of(app, console)[1].mapping
    assert (mapping["phone1"], mapping["phone2"]) == ("Fone B", "Fone A")


def test_an_open_question_about_columns_is_not_remembered_but_an_answer_is(open_page, console):
    draft = prepare(console, sms_template())
    app = upload(open_page("contacts", draft=draft), TWO_PHONES)
    app.button(key="contacts.next").click().run()
    again = upload(open_page("contacts", draft=prepare(console, sms_template())), TWO_PHONES)
    assert again.warning
    again.button(key="contacts.column_is.phone1.0").click().run()
    again.button(key="contacts.next").click().run()
    third = upload(open_page("contacts", draft=prepare(console, sms_template())), TWO_PHONES)
    assert not third.warning
    assert draft_of(third, console)[1].mapping["phone1"] == "Fone A"


OPTED_OUT = """Nome;Celular;Aceita SMS
Ana;11 98765-0001;sim
Bia;11 98765-0002;não
Caio;11 98765-0003;talvez
Eva;11 98765-0004;
"""


def test_columns_that_say_who_opted_out_are_named_asked_about_and_switched_off(open_page, console):
    app = upload(open_page("contacts"), OPTED_OUT.encode())
    assert (counts(app)["ready"], counts(app)["suppressed"]) == (2, 2)
    assert "What does “talvez” mean?" in words(app)
    assert "1 by the column “Aceita SMS”" in words(app)
    press_tile(app, "suppressed")
    assert list(app.dataframe[0].value["reason"]) == [
        "Opted out: nothing is sent (Aceita SMS: não)",
        "Opted out? Held back until you decide (Aceita SMS: talvez)",
    ]

    app.segmented_control(key="contacts.opt_out_value.0.0").set_value("send").run()
    assert counts(app)["ready"] == 3
    app.checkbox(key="contacts.opt_out_empty.0").set_value(True).run()
    assert counts(app)["ready"] == 2
    app.toggle(key="contacts.opt_out_used.0").set_value(False).run()
    assert (counts(app)["ready"], counts(app)["suppressed"]) == (4, 0)
    assert draft_of(app, console)[1].opt_out.ignored == ("Aceita SMS",)


def test_only_the_channel_is_left_out_when_chosen(open_page, console):
    console.lists.do_not_contact.add(["ana@example.com"], "", "ana")
    app = upload(open_page("contacts"), b"Celular;E-mail\n11 98765-0001;ana@example.com\n11 98765-0002;\n")
    assert (counts(app)["ready"], counts(app)["suppressed"]) == (1, 1)
    assert list(app.dataframe[0].value["f:email"]) == ["\u2013 ana@example.com", ""]
    app.segmented_control(key="contacts.suppress").set_value("destination").run()
    assert (counts(app)["ready"], counts(app)["suppressed"]) == (2, 0)
    assert "1 contact is reached only another way" in words(app)


def test_the_language_of_a_workbook_is_shown_and_can_be_changed(open_page, console):
    book = openpyxl.Workbook()
    for row in (["Nome", "Celular", "Valor"], ["Ana", "11900000001", 1234.5], ["Bia", "11900000002", 99.9]):
        book.active.append(row)
    for at in (2, 3):
        book.active.cell(at, 3).number_format = '"R$" #,##0.00'
    data = io.BytesIO()
    book.save(data)
    app = upload(open_page("contacts"), data.getvalue(), "clientes.xlsx")
    assert facts(app)["Numbers and dates"] == "as in Portuguese (1.234,5 · 31/12 · dez)"
    assert facts(app)["Decimals"] == "with a comma (1,5)"
    app.selectbox(key="contacts.language").set_value("en").run()
    assert facts(app)["Numbers and dates"] == "as in English (1,234.5 · 12/31 · Dec)"
    assert facts(app)["Decimals"] == "with a point (1.5)"
    draft, preparation = draft_of(app, console)
    assert preparation.reading.language == "en"
    sheet = load_sheet(console.workspace(draft.id), preparation)
    assert sheet.table.column("Valor").to_pylist() == ["R$ 1,234.50", "R$ 99.90"]
