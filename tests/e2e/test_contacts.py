"""A realistic spreadsheet is corrected in the browser and sent; every row is accounted for up to its ids."""

from __future__ import annotations

import csv
import io

import openpyxl
from playwright.sync_api import expect

from tests.builders import phone
from tests.e2e.test_journey import download, ids_by_phone, send, take_example, upload, wait_until_done

ROWS = [
    ["Clientes de novembro", None, None, None],
    ["Nome", "Interno", "Celular", "E-mail"],
    ["Ana", "x", "(11) 90000-0001", "ana@gmial.com"],
    ["Bia", "x", "90000-0002", None],
    [None, None, None, None],
    ["Caio", "x", "11 8000-0003", None],
    ["Ana de novo", "x", "+55 11 90000-0001", None],
    ["Davi", "x", 11900000004, None],
    ["Oculta", "x", "11900000005", None],
    ["Elis", "x", "11900000006", None],
]


def tiles(page):
    return {
        tile.get_attribute("data-name"): int(tile.locator(".number").inner_text())
        for tile in page.locator(".accounting .tile").all()
    }


def test_a_sheet_corrected_in_the_browser_reaches_exactly_its_contacts(tmp_path, start_server, open_screen):
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.row_dimensions[9].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.save(tmp_path / "clientes.xlsx")
    server = start_server()
    screen = open_screen(server)
    page = screen.go("/do_not_contact")
    page.get_by_role("textbox", name="Phones and e-mail addresses").fill("11 90000-0006")
    screen.press("people.add")
    expect(page.get_by_text("1 entry was added to the list.")).to_be_visible()

    screen.go("/contacts")
    upload(screen, tmp_path / "clientes.xlsx")
    assert tiles(page) == {
        "all": 8,
        "ready": 2,
        "repaired": 2,
        "rejected": 2,
        "duplicate": 1,
        "blank": 1,
        "hidden": 1,
        "suppressed": 1,
    }
    page.locator('.tile[data-name="hidden"]').click()
    screen.idle()
    expect(page.get_by_text("1 hidden row", exact=True)).to_be_visible()

    screen.widget("contacts.agreed.add_nine").locator("label").first.click()
    screen.idle()
    screen.widget("contacts.view").get_by_role("radio", name="Correct here").click()
    screen.idle()
    cell = screen.widget("contacts.fix.4.1").get_by_role("textbox")
    cell.fill("11 90000-0002")
    cell.press("Enter")
    screen.idle()
    expect(page.get_by_text("Row 4 · Celular: 90000-0002 → 11 90000-0002")).to_be_visible()
    assert tiles(page) == {
        "all": 8,
        "ready": 4,
        "repaired": 4,
        "rejected": 0,
        "duplicate": 1,
        "blank": 1,
        "hidden": 1,
        "suppressed": 1,
    }

    screen.press("contacts.next")
    take_example(screen, "sms")
    screen.press("flow.continue")
    screen.press("review.continue")
    send(screen)
    wait_until_done(screen)
    given = ids_by_phone(server)
    assert set(given) == {phone(1), phone(2), "5511980000003", phone(4)}
    rows = list(csv.DictReader(io.StringIO(download(screen, "csv").read_text("utf-8"))))
    assert [(row["Nome"], row["Celular"], row["row"], row["id"]) for row in rows] == [
        ("Ana", "(11) 90000-0001", "3", given[phone(1)]),
        ("Bia", "90000-0002", "4", given[phone(2)]),
        ("Caio", "11 8000-0003", "6", given["5511980000003"]),
        ("Davi", "11900000004", "8", given[phone(4)]),
    ]
