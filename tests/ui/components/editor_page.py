"""Helpers for tests to drag, press and read the flow editor on the demonstration page."""

import re

from playwright.sync_api import expect

PHONE = {"width": 360, "height": 760, "has_touch": True, "is_mobile": True}
SCROLLED_TO_THE_END = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  return main.scrollTop > main.scrollHeight - main.clientHeight - 2;
}"""


def cards(page):
    return page.locator(".card")


def main(page, index):
    return page.locator(".main").nth(index)


def shown_order(page):
    return [card.get_attribute("data-kind") for card in cards(page).all()]


def expect_order(page, *kinds):
    """Expect this order of steps in the page and in the editor."""
    # As a list: while Streamlit draws the page again, the former order may be there too; a single text forbids that.
    expect(page.get_by_text(re.compile("^Order:"))).to_have_text([" ".join(["Order:", *kinds]).strip()])
    expect(cards(page)).to_have_count(len(kinds))
    for index, kind in enumerate(kinds):
        expect(cards(page).nth(index)).to_have_attribute("data-kind", kind)


def expect_spoken(page, sentence):
    expect(page.locator(".spoken")).to_have_text(sentence)


def scrolled(page):
    return page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def hold(page, locator):
    """Press the mouse on an element and move far enough to lift the card."""
    x, y = middle(locator)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 10, steps=3)


def touch(session, kind, *point):
    points = [dict(zip("xy", point, strict=True))] if point else []
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def swipe(page, start, end, steps=8):
    session = page.context.new_cdp_session(page)
    touch(session, "touchStart", *start)
    (x, y), (to_x, to_y) = start, end
    for share in [step / steps for step in range(1, steps + 1)]:
        touch(session, "touchMove", x + (to_x - x) * share, y + (to_y - y) * share)
    touch(session, "touchEnd")
