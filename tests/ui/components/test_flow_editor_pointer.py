"""The flow editor with a mouse and on a touch screen."""

import pytest
from playwright.sync_api import expect

from tests.ui.components.editor_page import (
    PHONE,
    SCROLLED_TO_THE_END,
    cards,
    expect_order,
    expect_spoken,
    hold,
    main,
    middle,
    scrolled,
    shown_order,
    swipe,
)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("handle", [".grip", ".summary"])
def test_a_card_is_dragged_by_its_grip_and_by_the_whole_card(visit, handle):
    page = visit()
    hold(page, cards(page).nth(2).locator(handle))
    expect(page.locator(".placeholder")).to_be_visible()
    page.mouse.move(*middle(cards(page).nth(0)), steps=6)
    arrow, room = page.locator(".link").nth(0).bounding_box(), page.locator(".placeholder").bounding_box()
    assert abs(room["y"] - arrow["y"] - arrow["height"]) < 2
    page.mouse.up()
    expect_order(page, "EMAIL", "MT", "VOICE")
    expect(page.locator(".placeholder")).to_be_hidden()
    expect_spoken(page, "E-mail is now step 1 of 3")
    expect(page.get_by_text("Runs: 2;")).to_be_visible()


def test_a_card_lands_where_the_placeholder_shows(visit):
    page = visit()
    for target, order in [(1, ("VOICE", "MT", "EMAIL")), (2, ("MT", "EMAIL", "VOICE"))]:
        hold(page, cards(page).nth(0).locator(".tile"))
        page.mouse.move(*middle(cards(page).nth(target)), steps=6)
        room = page.locator(".placeholder").bounding_box()
        page.mouse.up()
        expect_order(page, *order)
        assert cards(page).nth(target).bounding_box() == pytest.approx(room, abs=1)


def test_a_press_that_hardly_moves_is_a_click(visit):
    page = visit()
    x, y = middle(cards(page).nth(1).locator(".summary"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 3, y + 4)
    page.mouse.up()
    expect(main(page, 1)).to_have_attribute("aria-current", "step")
    expect(page.get_by_label("Text · Call")).to_be_visible()


def test_dragging_does_not_select(visit):
    page = visit()
    hold(page, cards(page).nth(1).locator(".summary"))
    page.mouse.move(*middle(cards(page).nth(0)), steps=6)
    page.mouse.up()
    expect_order(page, "VOICE", "MT", "EMAIL")
    expect(main(page, 1)).to_have_attribute("aria-current", "step")  # the SMS still is


def test_escape_cancels_a_drag_and_nothing_is_sent(visit):
    page = visit()
    hold(page, cards(page).nth(2).locator(".grip"))
    page.mouse.move(*middle(cards(page).nth(0)), steps=6)
    page.keyboard.press("Escape")
    expect(page.locator(".dragging")).to_have_count(0)
    page.mouse.up()
    expect_spoken(page, "E-mail stays at step 3")
    expect_order(page, "MT", "VOICE", "EMAIL")
    expect(page.get_by_text("Runs: 1;")).to_be_visible()


def test_the_page_scrolls_while_a_card_is_held_near_its_edge(visit):
    page = visit("/?steps=5", height=520)
    assert scrolled(page) == 0
    hold(page, cards(page).nth(0).locator(".tile"))
    x, _ = middle(cards(page).nth(0))
    page.mouse.move(x, 515, steps=4)
    page.wait_for_function(SCROLLED_TO_THE_END)
    page.mouse.up()
    expect_order(page, "VOICE", "EMAIL", "MT", "VOICE", "MT")


def test_the_small_buttons_move_a_card(visit):
    page = visit()
    page.get_by_role("button", name="Move down: 1. SMS").click()
    expect_order(page, "VOICE", "MT", "EMAIL")
    page.get_by_role("button", name="Move up: 2. SMS").click()
    expect_order(page, "MT", "VOICE", "EMAIL")
    expect(page.get_by_role("button", name="Move up: 1. SMS")).to_be_disabled()


def test_a_card_is_dragged_by_touch_on_its_grip(visit):
    page = visit(**PHONE | {"height": 1000})
    swipe(page, middle(cards(page).nth(2).locator(".grip")), middle(cards(page).nth(0).locator(".grip")))
    expect_order(page, "EMAIL", "MT", "VOICE")


def test_touch_beside_the_grip_scrolls_the_page(visit):
    page = visit(**PHONE | {"height": 560})
    x, y = middle(cards(page).nth(1).locator(".summary"))
    swipe(page, (x, y), (x, y - 300))
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 100")
    assert shown_order(page) == ["MT", "VOICE", "EMAIL"]


def test_a_tap_selects_and_brings_the_small_buttons(visit):
    page = visit(**PHONE)
    down = page.get_by_role("button", name="Move down: 2. Call")
    expect(down).to_be_hidden()
    cards(page).nth(1).tap()
    expect(main(page, 1)).to_have_attribute("aria-current", "step")
    down.tap()
    expect_order(page, "MT", "EMAIL", "VOICE")
