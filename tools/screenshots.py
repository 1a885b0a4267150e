"""`make screenshots`: take the documentation's screenshots from the running console, with invented contacts."""

from __future__ import annotations

import io
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from omni.locale import Text
from tests.e2e.screen import Screen, launcher, open_window
from tests.e2e.serve import end_workers, serve

PICTURES: Final = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
SLOWLY: Final = {"OMNI_RATE": "50", "OMNI_PRACTICE_FAULTS": "refused=0.02,cut_after=0.005"}
"""Settings slow enough to show progress, with a few failing requests."""
PHONE: Final = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
TEXT: Final = Text("en")

FIRST_NAMES: Final = ("Ana", "Bruno", "Carla", "Davi", "Elisa", "Fábio", "Gisele", "Heitor", "Inês", "João")
LAST_NAMES: Final = ("Almeida", "Barros", "Cardoso", "Dias", "Esteves", "Farias", "Gomes", "Holanda")
TEMPLATE: Final = {
    "campaignAlias": "Fatura de novembro",
    "steps": [
        {
            "type": "MT",
            "destinationField": "phone1",
            "messageText": "Olá, {{Nome}}! Sua fatura de R$ {{Valor}} vence em {{Vencimento}}. Loja Exemplo",
            "flashSms": False,
        },
        {
            "type": "VOICE",
            "destinationField": "phone1",
            "ttsMessage": "Olá, {{Nome}}. A sua fatura da Loja Exemplo vence em {{Vencimento}}.",
            "timeout": 30,
        },
        {
            "type": "EMAIL",
            "destinationField": "email",
            "subject": "Sua fatura vence em {{Vencimento}}",
            "fromEmail": "loja@example.com",
            "fromName": "Loja Exemplo",
            "emailHtml": "<h1>{{Nome}}</h1><p>A fatura de <b>R$ {{Valor}}</b> vence em {{Vencimento}}.</p>",
        },
    ],
}


def main() -> int:
    """Write all screenshots to ``docs/screenshots`` and return the exit code."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="omni-pictures-"))
    server = serve(folder, **SLOWLY)
    try:
        with launcher() as launch:
            browser = launch()
            screen = open_window(browser, server, color_scheme="light")
            draft = prepare(screen)
            dark = open_window(browser, server, color_scheme="dark")
            phone = open_window(browser, server, color_scheme="dark", **PHONE)
            for one, name in ((dark, "flow-dark"), (phone, "flow-phone-dark")):
                one.go(f"/flow?draft={draft}")
                take(one, name)
            send(screen, dark)
            complaints = [line for one in (screen, dark, phone) for line in one.complaints]
    finally:
        server.stop()
        end_workers(server.data)
        shutil.rmtree(folder, ignore_errors=True)
    sys.stderr.writelines(f"{line}\n" for line in complaints)
    return 1 if complaints else 0


def prepare(screen: Screen) -> str:
    """Prepare a campaign from the spreadsheet to the review, and return the draft's id from the address."""
    page = screen.go("/contacts")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "clientes-novembro.xlsx", "mimeType": "application/octet-stream", "buffer": spreadsheet()}
    )
    screen.widget("contacts.next").wait_for()
    screen.idle()
    take(screen, "contacts-light")
    screen.press("contacts.next")
    screen.press("flow.templates")
    page.get_by_test_id("stMenuButtonBody").get_by_text(TEXT("flow.menu_import")).click()
    screen.idle()
    page.get_by_role("textbox", name=TEXT("flow.paste")).fill(json.dumps(TEMPLATE, ensure_ascii=False))
    page.keyboard.press("Tab")
    screen.idle()
    screen.press("flow.import_yes")
    take(screen, "flow-light")
    screen.press("flow.continue")
    take(screen, "review-light")
    screen.press("review.continue")
    page.wait_for_url("**draft=*")
    draft: str = page.evaluate("() => new URLSearchParams(location.search).get('draft')")
    return draft


def send(screen: Screen, dark: Screen) -> None:
    """Send the campaign: confirmation, progress and results."""
    screen.press("send.open")
    take(screen, "confirm-light")
    screen.press("send.yes")
    screen.page.wait_for_timeout(3_500)
    address = screen.page.url.removeprefix(screen.server.url)
    dark.go(address)
    take(dark, "send-dark")
    take(screen, "send-light")
    screen.widget("send.results").wait_for(timeout=120_000)
    screen.press("send.results")
    take(screen, "results-light")
    screen.go("/history")
    take(screen, "history-light")
    screen.go("/overview")
    take(screen, "overview-light")


def take(screen: Screen, name: str) -> None:
    """Save a screenshot once notices are gone, with the pointer out of the way."""
    screen.page.mouse.move(0, 0)
    screen.page.get_by_test_id("stToast").last.wait_for(state="hidden", timeout=15_000)
    screen.idle()
    screen.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def spreadsheet(rows: int = 640) -> bytes:
    """Return a workbook of invented contacts: some without an area code, some duplicated, some incomplete."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Clientes")
        sheet.write_row(0, 0, ["Nome", "Celular", "E-mail", "Valor", "Vencimento"])
        for number in range(1, rows + 1):
            sheet.write_row(number, 0, contact(number if number % 120 else number - 1))
    return memory.getvalue()


def contact(number: int) -> list[Any]:
    """Return the row of one contact."""
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]
    area = "" if number % 97 == 5 else "(11) "
    phone = "" if number % 89 == 7 else f"{area}90000-{number:04d}"
    mail = "" if number % 9 == 4 else f"cliente{number}@example.com"
    return [f"{first} {last}", phone, mail, f"{49 + number % 400},90", "10/12/2026"]


if __name__ == "__main__":
    sys.exit(main())
