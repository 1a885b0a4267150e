"""An operator's journey from a spreadsheet to message ids, in a real browser with the practice provider."""

from __future__ import annotations

import csv
import io
import json
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.builders import contact_rows, phone, write_csv_sheet, write_xlsx_sheet
from tests.e2e.axe import examine
from tests.e2e.serve import frozen_worker
from tests.waiting import wait_until

SEMICOLON_HEADER = ("Código", "Nome", "Celular", "E-mail", "Observação")


def received(server):
    """Requests that the practice provider recorded."""
    file = server.data / "practice" / "received.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def ids_by_phone(server):
    return {
        contact["phone1"]: given
        for one in received(server)
        if one["accepted"]
        for contact, given in zip(one["contacts"], one["ids"], strict=True)
    }


def upload(screen, path):
    screen.page.locator("input[type=file]").first.set_input_files(path)
    screen.widget("contacts.next").wait_for()
    screen.idle()


def take_example(screen, name="all"):
    screen.press(f"flow.example.{name}")
    expect(screen.page.locator(".card").first).to_be_visible()
    screen.idle()


def fill_email_step(screen):
    """Select the e-mail step and fill the fields that an example leaves empty."""
    page = screen.page
    page.locator('.card[data-kind="EMAIL"] .main').click()
    screen.idle()
    sender = page.get_by_role("textbox", name="Sender's address")
    sender.fill("shop@example.com")
    sender.press("Tab")
    screen.idle()


def kinds(page):
    return [card.get_attribute("data-kind") for card in page.locator(".card").all()]


def drag(page, source, target):
    """Drag a card by its grip to another card's place, in small steps like a person's hand."""
    start = source.locator(".grip").bounding_box()
    goal = target.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 4, start["y"] - 12, steps=4)
    page.mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + 10, steps=10)
    page.mouse.up()


def send(screen):
    screen.press("send.open")
    screen.press("send.yes")
    expect(screen.page).to_have_url(re.compile("run=\\d+"))


def wait_until_done(screen):
    screen.widget("send.results").wait_for()
    screen.press("send.results")
    screen.widget("results.download.csv").wait_for()


def download(screen, kind):
    with screen.page.expect_download() as found:
        screen.widget(f"results.download.{kind}").get_by_role("button").click()
    return found.value.path()


def test_an_xlsx_is_sent_once_despite_two_tabs_a_double_click_and_a_restart(tmp_path, start_server, open_screen):
    settings = {"OMNI_RATE": "15", "OMNI_BATCH": "1"}
    server = start_server(**settings)
    screen = open_screen(server)
    page = screen.go("/contacts")
    upload(screen, write_xlsx_sheet(tmp_path / "contacts.xlsx", contact_rows(120)))
    expect(screen.widget("contacts.column.phone1").get_by_role("combobox")).to_have_value("Celular")
    screen.press("contacts.next")

    take_example(screen)
    assert kinds(page) == ["MT", "VOICE", "EMAIL"]
    drag(page, page.locator(".card").nth(1), page.locator(".card").nth(0))
    screen.idle()
    assert kinds(page) == ["VOICE", "MT", "EMAIL"]
    page.locator('.card[data-kind="MT"] .main').click()
    screen.idle()
    message = page.get_by_role("textbox", name="Message")
    message.fill("Olá {{Nome}}, código {{Código}}")
    message.press("Tab")
    screen.idle()
    expect(page.locator('.card[data-kind="MT"]')).to_contain_text("código {{Código}}")
    fill_email_step(screen)
    screen.press("flow.continue")

    expect(page.get_by_text("Olá Pessoa 1, código 00001").first).to_be_visible()
    screen.press("review.continue")
    expect(page).to_have_url(re.compile("/send"))
    other = open_screen(server)
    other.go(page.url.removeprefix(server.url))
    other.press("send.open")
    screen.press("send.open")
    screen.widget("send.yes").get_by_role("button").dblclick()
    wait_until(lambda: received(server))
    with frozen_worker(server.data):  # keeps the campaign unfinished for as long as the block takes
        expect(page).to_have_url(re.compile("run=1$"))
        other.press("send.yes")
        expect(other.page).to_have_url(re.compile("run=1$"))
        expect(other.page.get_by_test_id("stProgress")).to_be_visible()

        page.reload()
        screen.idle()
        expect(page.get_by_test_id("stProgress")).to_be_visible()
        address = page.url.removeprefix(server.url)
        page.context.close()
        other.page.context.close()
        server.stop()
        assert 0 < len(received(server)) < 120, "the restart was meant to be amid the sending"

    again = start_server(**settings)
    back = open_screen(again)
    back.go(address)
    wait_until_done(back)
    given = ids_by_phone(again)
    assert len(given) == len(received(again)) == 120
    rows = list(csv.DictReader(io.StringIO(download(back, "csv").read_text("utf-8"))))
    assert [(row["Código"], row["id"]) for row in rows] == [(f"{at:05d}", given[phone(at)]) for at in range(1, 121)]
    sheet = openpyxl.load_workbook(io.BytesIO(download(back, "xlsx").read_bytes())).active
    header = [cell.value for cell in sheet[1]]
    assert [sheet.cell(at, header.index("id") + 1).value for at in range(2, 122)] == [row["id"] for row in rows]
    sent = {one["contacts"][0]["phone1"] for one in received(again)}
    assert sent == {phone(at) for at in range(1, 121)}
    back.go("/history")
    expect(back.page.get_by_text("120 contacts")).to_have_count(1)


def test_a_windows_1252_sheet_in_portuguese_and_a_second_one_to_the_others(tmp_path, start_server, open_screen):
    rows = [
        ["00001", "João", "(11) 90000-0001", "joao@example.com", "=1+1"],
        ["00002", "Conceição", "11 90000 0002", "", "-"],
        ["00003", "Sem área", "900000003", "", ""],
    ]
    server = start_server()
    screen = open_screen(server, locale="pt-BR")
    page = screen.page

    def prepare(name, rows):
        screen.go("/contacts")
        path = tmp_path / name
        upload(screen, write_csv_sheet(path, rows, SEMICOLON_HEADER, encoding="cp1252", delimiter=";"))
        expect(page.get_by_text("Windows-1252").first).to_be_visible()
        screen.press("contacts.next")
        take_example(screen, "sms")
        page.get_by_role("textbox", name="Mensagem").fill("Olá {{Nome}}")
        page.get_by_role("textbox", name="Mensagem").press("Tab")
        screen.idle()
        screen.press("flow.continue")
        screen.press("review.continue")

    prepare("clientes.csv", rows)
    expect(screen.widget("send.open")).to_contain_text("Enviar para 2 contatos")
    send(screen)
    wait_until_done(screen)

    raw = download(screen, "csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    given = ids_by_phone(server)
    assert [(row["Código"], row["Nome"], row["row"], row["id"]) for row in found] == [
        ("00001", "João", "2", given[phone(1)]),
        ("00002", "Conceição", "3", given[phone(2)]),
    ]
    assert not found[0]["Observação"].startswith("=")

    prepare("clientes de novo.csv", [["9", "Zoé", "11 90000-0009", "", ""], ["1", "João", "+55 11 90000-0001", "", ""]])
    expect(screen.widget("send.open").get_by_role("button")).to_be_disabled()
    expect(screen.widget("send.repeats.panel")).to_contain_text("1 destes 2 contatos já recebeu")
    assert examine(page).ours == []
    screen.widget("send.repeats").get_by_text("Enviar só para o outro").click()
    screen.idle()
    send(screen)
    wait_until_done(screen)
    phones = [contact["phone1"] for one in received(server) for contact in one["contacts"]]
    assert sorted(phones) == [phone(1), phone(2), phone(9)]


def tab_to(page, locator, limit=90):
    """Press Tab until the element, or one inside it, has the focus."""
    target = locator.first.element_handle()
    for _ in range(limit):
        if target.evaluate("""(wanted) => {
            let at = document.activeElement
            while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
            return wanted === at || wanted.contains(at)
        }"""):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never reached {locator}")


def test_a_campaign_is_prepared_and_sent_with_the_keyboard_only(tmp_path, start_server, open_screen):
    server = start_server()
    screen = open_screen(server)
    page = screen.go("/contacts")
    # The system's file dialog is not part of the page; everything else is done with keys.
    page.locator("input[type=file]").first.set_input_files(
        write_xlsx_sheet(tmp_path / "contacts.xlsx", contact_rows(5))
    )
    screen.widget("contacts.next").wait_for()
    screen.idle()

    def press(key):
        tab_to(page, screen.widget(key).get_by_role("button"))
        page.keyboard.press("Enter")
        screen.idle()

    press("contacts.next")
    press("flow.example.all")
    tab_to(page, page.locator(".card .main").first)
    page.keyboard.press("Alt+ArrowDown")
    screen.idle()
    assert kinds(page) == ["VOICE", "MT", "EMAIL"]
    page.keyboard.press("End")
    page.keyboard.press("Delete")
    screen.idle()
    assert kinds(page) == ["VOICE", "MT"]
    page.keyboard.press("Control+z")
    screen.idle()
    assert kinds(page) == ["VOICE", "MT", "EMAIL"]
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    screen.idle()
    sender = page.get_by_role("textbox", name="Sender's address")
    tab_to(page, sender)
    page.keyboard.type("shop@example.com")
    page.keyboard.press("Tab")
    screen.idle()
    press("flow.continue")
    press("review.continue")
    press("send.open")
    press("send.yes")
    screen.widget("send.results").wait_for()
    press("send.results")
    assert len(ids_by_phone(server)) == 5
    with page.expect_download() as found:
        tab_to(page, screen.widget("results.download.csv").get_by_role("button"))
        page.keyboard.press("Enter")
    assert len(list(csv.DictReader(io.StringIO(found.value.path().read_text("utf-8"))))) == 5


DESK, PHONE = {"width": 1360, "height": 850}, {"width": 390, "height": 844}


def look_at(screen, faults):
    """Make ``look(name)``, which adds the current page's faults in light at a desktop's width and dark at a phone's.

    Two combinations are enough: contrast depends only on the theme, everything else only on the width.
    ``lists=3`` also checks that a list on the page has three pages and shows the number of each.
    """
    numbers = screen.page.get_by_test_id("stPagination").get_by_role("button", name=re.compile(r"\d"))

    def look(name, lists=0):
        for scheme, size in (("dark", PHONE), ("light", DESK)):
            screen.page.set_viewport_size(size)
            screen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            screen.idle()
            where = f"{name}, {scheme}, {size['width']} px"
            if lists:
                expect(numbers).to_have_text([str(at) for at in range(1, lists + 1)])
            if found := examine(screen.page).ours:
                faults[where] = [(one.rule, one.where, one.html[:200]) for one in found]
            if screen.page.evaluate("""() => {
                const main = document.querySelector('[data-testid="stMain"]')
                return main.scrollWidth > main.clientWidth + 1
            }"""):
                faults[f"{where}: wider than the window"] = True

    return look


def test_no_empty_page_has_serious_accessibility_faults_or_overflows(start_server, open_screen):
    screen = open_screen(start_server())
    faults = {}
    look = look_at(screen, faults)
    screen.go("/overview")
    look("overview, empty")
    for name in ("contacts", "flow", "history", "do_not_contact", "settings"):
        screen.page.locator(f'[data-testid="stSidebarNavLink"][href$="/{name}"]').click()
        screen.page.wait_for_url(f"**/{name}**")
        screen.idle()
        look(f"{name}, empty")
    assert faults == {}


def test_no_page_of_a_campaign_has_serious_accessibility_faults_or_overflows(tmp_path, start_server, open_screen):
    screen = open_screen(start_server())
    faults = {}
    look = look_at(screen, faults)
    screen.go("/contacts")
    rows = contact_rows(102)
    for row in rows:
        row[1] = "Pessoa"  # the same text for all, so that one request lists all contacts
    rows[1][2:] = "98765", ""
    upload(screen, write_xlsx_sheet(tmp_path / "contacts.xlsx", rows))
    look("contacts")
    screen.widget("contacts.view").get_by_role("radio").last.click()
    look("contacts, cells to correct")
    screen.page.locator('.tile[data-name="ready"]').click()
    look("contacts, who is ready", lists=3)
    screen.press("contacts.next")
    take_example(screen)
    look("flow, with errors")
    fill_email_step(screen)
    look("flow")
    screen.press("flow.continue")
    screen.page.get_by_text("Who is in it").click()
    look("review", lists=3)
    screen.press("review.continue")
    look("send")
    screen.press("send.open")
    look("confirmation")
    screen.press("send.yes")
    screen.widget("send.results").wait_for()
    look("progress")
    screen.press("send.results")
    look("results", lists=3)
    screen.go("/history")
    look("history")
    assert faults == {}
