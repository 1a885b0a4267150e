"""Appearance of the flow editor: contrast, phone widths, languages, reduced motion."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.axe import wait_for_rest
from tests.ui.components.conftest import EVERY, IDLE
from tests.ui.components.editor_page import expect_order

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 760, "has_touch": True, "is_mobile": True}
LOOKS = {"desk-light": {}, "phone-dark": {"color_scheme": "dark", **PHONE}}


def serious_faults(page):
    # Streamlit fades what a running script has not drawn again yet.
    page.wait_for_function(IDLE, polling=EVERY)
    wait_for_rest(page)
    found = Axe().run(page, context="[data-testid='stBidiComponentIsolated']").response["violations"]
    faults = [fault for fault in found if fault["impact"] in {"serious", "critical"}]
    return [(fault["id"], fault["nodes"][0]["html"], fault["nodes"][0]["failureSummary"]) for fault in faults]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_serious_fault_in_any_state(visit, look):
    page = visit("/?steps=4", **LOOKS[look])
    assert serious_faults(page) == []
    page.locator("[data-insert]").nth(1).click()
    assert serious_faults(page) == []
    page.keyboard.press("Escape")
    page.locator(".main").nth(1).focus()
    page.keyboard.press("Delete")
    expect(page.locator(".undo")).to_be_visible()
    assert serious_faults(page) == []


@pytest.mark.parametrize("path", ["/?readonly=1", "/?steps=0", "/?steps=5"])
def test_axe_finds_no_serious_fault_when_there_is_less_to_do(visit, path):
    assert serious_faults(visit(path)) == []


BEYOND = """(canvas) => {
  const {left, right} = canvas.getBoundingClientRect();
  const seen = [...canvas.querySelectorAll('*')].filter((node) => node.getClientRects().length);
  const isBeyond = ({left: l, right: r}) => l < left || r > right;
  const beyond = seen.filter((node) => isBeyond(node.getBoundingClientRect()));
  return beyond.map((node) => node.outerHTML.slice(0, 80));
}"""


@pytest.mark.parametrize("lang", ["en", "pt_BR", "es"])
def test_nothing_overflows_at_phone_width(visit, lang):
    page = visit(f"/?lang={lang}", **PHONE)
    page.locator("[data-insert]").nth(1).click()
    for width in [320, 360, 390]:
        page.set_viewport_size({"width": width, "height": 760})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".canvas").evaluate(BEYOND) == []


def test_what_is_touched_is_at_least_forty_pixels(visit):
    page = visit(**PHONE)
    sizes = {}
    for name in [".card.selected .action", ".insert", ".add-kind", ".grip", ".main"]:
        for target in page.locator(name).all():
            box = target.bounding_box()
            sizes[name] = min(sizes.get(name, 999), box["width"], box["height"])
    assert {name: size for name, size in sizes.items() if size < 40} == {}
    assert len(sizes) == 5


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "Contact from the spreadsheet | if this fails | No more steps | 1. SMS | 2. Call | 3. E-mail"),
        ("pt_BR", "Contato da planilha | se falhar | Sem mais passos | 1. SMS | 2. Ligação | 3. E-mail"),
        ("es", "Contacto de la planilla | si falla | No hay más pasos | 1. SMS | 2. Llamada | 3. Correo"),
    ],
)
def test_the_editor_speaks_the_language_of_the_page(visit, lang, words):
    page = visit(f"/?lang={lang}")
    shown, named = words.split(" | ")[:3], words.split(" | ")[3:]
    for word in shown:
        expect(page.get_by_text(word, exact=True).first).to_be_visible()
    for word in named:
        expect(page.get_by_role("button", name=f"{word}. ").first).to_be_visible()


def test_a_card_says_everything_it_shows(visit):
    page = visit()
    expect(page.locator(".main").nth(2)).to_have_accessible_name(
        "3. E-mail. email · E-mail. reaches 987. Nothing written yet. Write the text of this step"
    )
    edge = "(node) => getComputedStyle(node).borderTopColor"
    edges = [card.evaluate(edge) for card in page.locator(".card").all()]
    assert edges[2] not in edges[:2]


COUNT_GLIDES = """() => {
  const animate = Element.prototype.animate;
  window.glides = 0;
  Element.prototype.animate = function (...given) {
    if (this.getRootNode() instanceof ShadowRoot) window.glides += 1;
    return animate.apply(this, given);
  };
}"""


@pytest.mark.parametrize(("preference", "moves"), [("no-preference", True), ("reduce", False)])
def test_cards_glide_unless_less_motion_is_asked_for(visit, preference, moves):
    page = visit(reduced_motion=preference)
    page.evaluate(COUNT_GLIDES)
    page.locator(".main").nth(0).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect_order(page, "VOICE", "MT", "EMAIL")
    assert (page.evaluate("window.glides") > 0) is moves


def test_the_dark_theme_raises_cards_from_their_canvas(visit):
    lightness = """(node) => { const c = document.createElement('canvas').getContext('2d');
      c.fillStyle = getComputedStyle(node).backgroundColor; c.fillRect(0, 0, 1, 1);
      return c.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((a, b) => a + b) }"""
    for scheme in ["light", "dark"]:
        page = visit(color_scheme=scheme)
        assert page.locator(".card").first.evaluate(lightness) > page.locator(".canvas").evaluate(lightness)
        assert (page.locator(".card").first.evaluate(lightness) > 700) is (scheme == "light")
