"""Previews of messages in Chromium: their contents, and the actions of an e-mail that they block."""

import socket
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.axe import wait_for_rest
from tests.e2e.screen import new_context
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

A_FOREIGN_IMAGE = """() => new Promise((done) => {
  const image = new Image();
  image.onerror = done;
  image.src = 'https://www.example.com/';
})"""


class Outside:
    """A stand-in for every other host, which counts connections and closes them."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()


@pytest.fixture
def outside():
    stand_in = Outside()
    yield stand_in
    stand_in.socket.shutdown(socket.SHUT_RDWR)
    stand_in.socket.close()


def mail(page):
    return page.frame_locator("iframe.frame")


def test_an_email_is_shown_with_its_styles_and_a_word_on_blocked_images(visit):
    page = visit("/previews")
    expect(mail(page).locator("h1")).to_have_css("color", "rgb(79, 70, 229)")
    expect(mail(page).locator("html")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.get_by_text("Images on other sites are not loaded here.")).to_be_visible()
    expect(page.get_by_text("Loja Exemplo <cobranca@example.com>")).to_be_visible()
    frame = page.locator("iframe.frame")
    assert (frame.get_attribute("sandbox"), frame.get_attribute("title")) == ("", "Preview of the e-mail")
    assert frame.get_attribute("srcdoc").startswith("<!doctype html><html><head><meta http-equiv=")
    assert frame.bounding_box()["height"] == 360


def test_an_email_stays_on_white_paper_in_the_dark_theme(visit):
    page = visit("/previews", color_scheme="dark")
    expect(mail(page).locator("html")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(mail(page).locator("p").first).to_have_css("color", "rgb(22, 24, 29)")


@pytest.mark.parametrize("policy", ["our own", "none"])
def test_a_hostile_email_reaches_no_host_and_runs_nothing(site, launch, outside, policy):
    """The e-mail stays harmless even if the page has no policy and every other host can be reached."""
    browser = launch(f"--host-resolver-rules=MAP *.example.com 127.0.0.1:{outside.port}")
    try:
        context = new_context(browser, bypass_csp=policy == "none")
        page = context.new_page()
        page.goto(f"{site}/previews?hostile=1")
        expect(mail(page).get_by_text("styled")).to_be_visible()
        before = page.url, page.title()
        for link in ["#self", "#top", "#plain", "#code", "#send"]:
            mail(page).locator(link).click()
        page.wait_for_timeout(500)
        assert (page.url, page.title()) == before
        assert len(context.pages) == 1
        expect(mail(page).get_by_text("styled")).to_be_visible()
        expect(mail(page).get_by_text("ran")).to_have_count(0)
        assert outside.connections == 0
        # Proves that a connection would have been counted.
        page.evaluate(A_FOREIGN_IMAGE)
        if policy == "none":
            wait_until(lambda: outside.connections)
        assert (outside.connections > 0) is (policy == "none")
    finally:
        browser.close()


def test_messages_are_shown_as_text_with_their_line_breaks(visit):
    page = visit("/previews?markup=1")
    sms = page.locator(".phone.sms")
    expect(sms.locator(".text")).to_have_text("<img src=x onerror=alert(1)> <b>text</b>")
    expect(sms.locator("img, b")).to_have_count(0)
    expect(sms.locator(".sender")).to_have_text("27182")
    expect(sms.locator(".note")).to_have_text("93 caracteres · 1 SMS")
    expect(page.locator(".phone.flash .text")).to_have_css("white-space", "pre-wrap")
    expect(page.locator(".phone.call .wave")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_in_the_previews(visit, scheme):
    page = visit("/previews", color_scheme=scheme)
    wait_for_rest(page)
    found = Axe().run(page, context="[data-testid='stBidiComponentIsolated']").response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in {"serious", "critical"}] == []


def test_the_previews_fit_a_phone(visit):
    page = visit("/previews", width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for preview in page.locator(".mail, .phone").all():
        box = preview.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
