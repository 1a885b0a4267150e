"""The flow editor and a page that is late, refuses, or has other steps."""

import re

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.ui.components.editor_page import cards, expect_order, hold, main, middle

pytestmark = pytest.mark.browser


RECORD = """() => {
  const root = document.querySelector('.stBidiComponent [data-testid]').shadowRoot.querySelector('.list');
  const order = () => [...root.querySelectorAll('.card')].map((card) => card.dataset.kind).join(' ');
  window.orders = [order()];
  const note = () => { if (order() !== window.orders.at(-1)) window.orders.push(order()) };
  new MutationObserver(note).observe(root, {childList: true});
}"""


class Line:
    """Connection to the server on which answers can be held back."""

    def __init__(self):
        self.is_held = False
        self.held = []

    def lay(self, page):
        page.route_web_socket(re.compile("/_stcore/stream"), self._connect)

    def _connect(self, browser_end):
        self._browser_end = browser_end
        browser_end.connect_to_server().on_message(self._answer)

    def _answer(self, message):
        if self.is_held:
            self.held.append(message)
        else:
            self._browser_end.send(message)

    def wait_for_answer(self, page):
        """Wait until the page's script has finished, and return the number of messages held."""
        while not any(ForwardMsg.FromString(each).HasField("script_finished") for each in self.held):
            page.wait_for_timeout(20)
        return len(self.held)

    def let_through(self, count=None):
        """Send ``count`` of the held messages, or all of them."""
        while self.held and count != 0:
            self._browser_end.send(self.held.pop(0))
            count = None if count is None else count - 1


def test_an_answer_to_an_earlier_gesture_does_not_undo_a_later_one(visit):
    line = Line()
    page = visit(prepare=line.lay)
    page.evaluate(RECORD)
    line.is_held = True
    main(page, 2).focus()
    page.keyboard.press("Alt+ArrowUp")
    first_answer = line.wait_for_answer(page)
    page.keyboard.press("Alt+ArrowUp")
    line.let_through(first_answer)
    expect(page.get_by_text("ack: 1")).to_be_visible()
    line.let_through()
    line.is_held = False
    expect_order(page, "EMAIL", "MT", "VOICE")
    expect(page.get_by_text("ack: 2")).to_be_visible()
    assert page.evaluate("window.orders") == ["MT VOICE EMAIL", "MT EMAIL VOICE", "EMAIL MT VOICE"]


def test_gestures_the_page_never_saw_are_part_of_the_next(visit):
    page = visit("/?slow=0.5")
    main(page, 0).focus()
    page.keyboard.press("Alt+ArrowDown")  # keeps the page busy during the next gestures
    page.keyboard.press("Control+d")
    page.keyboard.press("Control+d")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")  # the copy that was itself copied
    expect_order(page, "VOICE", "MT", "MT", "EMAIL")
    expect(page.get_by_text("Texts:")).to_contain_text("| Olá {{nome}} | Olá {{nome}} |")
    page.keyboard.press("Control+z")
    expect_order(page, "VOICE", "MT", "MT", "MT", "EMAIL")


def test_a_gesture_the_page_refuses_is_taken_back(visit):
    page = visit("/?most_here=3")
    page.get_by_role("button", name="Add a step: SMS").click()
    expect(cards(page)).to_have_count(3)
    expect_order(page, "MT", "VOICE", "EMAIL")
    page.get_by_role("button", name="Move down: 1. SMS").click()
    expect_order(page, "VOICE", "MT", "EMAIL")


def test_other_steps_replace_everything_and_cannot_be_undone(visit):
    page = visit()
    page.get_by_role("button", name="Remove: 1. SMS").click()
    expect_order(page, "VOICE", "EMAIL")
    page.get_by_role("button", name="Another template").click()
    expect_order(page, "EMAIL")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    main(page, 0).focus()
    page.keyboard.press("Control+z")
    page.get_by_role("button", name="Add a step: SMS").click()
    expect_order(page, "EMAIL", "MT")


def test_other_steps_end_a_drag(visit):
    page = visit()
    hold(page, cards(page).nth(2).locator(".grip"))
    page.get_by_role("button", name="Another template").dispatch_event("click")
    expect(cards(page)).to_have_count(1)
    expect(page.locator(".dragging, .lifted")).to_have_count(0)
    page.mouse.up()
    expect_order(page, "EMAIL")


def test_text_written_in_the_form_shows_on_the_card_as_text(visit):
    page = visit()
    box = page.get_by_label("Text · SMS")
    words = "<b>now</b> <img src=x onerror=alert(1)> {{nome}}"
    box.fill(words)
    box.press("Control+Enter")
    expect(cards(page).nth(0).locator(".summary")).to_have_text(words)
    expect(cards(page).nth(0).locator("img, b")).to_have_count(0)
    expect(cards(page).nth(0).locator(".column")).to_have_text("{{nome}}")


def test_a_read_only_flow_can_be_looked_at_and_not_changed(visit):
    page = visit("/?readonly=1")
    for hidden in ["[data-act]", "[data-insert]", "[data-add]", ".grip", ".keys"]:
        expect(page.locator(hidden).first).to_be_hidden()
    main(page, 1).click()
    expect(page.get_by_label("Text · Call")).to_be_visible()
    for key in ["Delete", "Control+d", "Alt+ArrowUp", "Control+z"]:
        page.keyboard.press(key)
    hold(page, cards(page).nth(2).locator(".tile"))
    page.mouse.move(*middle(cards(page).nth(0)), steps=4)
    page.mouse.up()
    expect_order(page, "MT", "VOICE", "EMAIL")


def test_the_python_beside_the_browser_files_is_not_served(visit, site):
    page = visit()
    files = f"{site}/_stcore/bidi-components/omni.flow_editor"
    assert page.request.get(f"{files}/flow_editor.js").status == 200
    for name in ["__init__.py", "gesture.py", "%2e%2e/gesture.py", "../gesture.py"]:
        assert page.request.get(f"{files}/{name}").status in {400, 404}
