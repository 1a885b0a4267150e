"""Steps of the flow editor are added, copied, removed and restored."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.ui.components.editor_page import expect_order, expect_spoken, main, shown_order

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("place", "kind", "order"),
    [
        (0, "SMS", ("MT", "MT", "VOICE", "EMAIL")),
        (2, "Call", ("MT", "VOICE", "VOICE", "EMAIL")),
    ],
)
def test_a_step_is_inserted_on_any_arrow(visit, place, kind, order):
    page = visit()
    page.locator("[data-insert]").nth(place).click()
    page.locator(".choice-kinds").get_by_text(kind, exact=True).click()
    expect_order(page, *order)
    expect(main(page, place)).to_have_attribute("aria-current", "step")
    expect(page.locator(".choice-kinds")).to_have_count(0)


def test_steps_are_added_at_the_end_up_to_the_limit(visit):
    page = visit()
    page.get_by_role("button", name="Add a step: Call").click()
    page.get_by_role("button", name="Add a step: SMS").click()
    expect_order(page, "MT", "VOICE", "EMAIL", "VOICE", "MT")
    expect(page.get_by_text("A campaign can have up to 5 steps").first).to_be_visible()
    expect(page.locator("[data-add]").first).to_be_hidden()
    expect(page.locator("[data-insert]").first).to_be_disabled()
    main(page, 0).focus()
    page.keyboard.press("Control+d")
    expect_spoken(page, "A campaign can have up to 5 steps")
    assert len(shown_order(page)) == 5


def test_all_steps_can_be_removed_and_a_first_one_added(visit):
    page = visit("/?steps=1")
    page.get_by_role("button", name="Remove: 1. SMS").click()
    expect_order(page)
    expect(page.get_by_text("What should be tried first?")).to_be_visible()
    page.get_by_role("button", name="E-mail").click()
    expect_order(page, "EMAIL")


def test_the_undo_bar_puts_a_step_back_where_it_was(visit):
    page = visit()
    page.get_by_role("button", name="Remove: 1. SMS").click()
    expect_order(page, "VOICE", "EMAIL")
    page.get_by_role("button", name="Move down: 1. Call").click()
    expect_order(page, "EMAIL", "VOICE")
    page.get_by_role("button", name="Undo").click()
    expect_order(page, "MT", "EMAIL", "VOICE")
    expect(page.get_by_text("Texts:")).to_have_text(["Texts: Olá {{nome}} | | Olá, {{nome}"])
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_the_undo_bar_is_in_sight_though_the_flow_is_longer_than_the_window(visit):
    page = visit("/?steps=5", height=520)
    page.get_by_role("button", name="Remove: 1. SMS").click()
    expect(page.get_by_role("button", name="Undo")).to_be_in_viewport(ratio=1)


def test_a_step_comes_back_below_the_step_it_was_below(visit):
    page = visit()
    page.get_by_role("button", name="Remove: 2. Call").dispatch_event("click")
    main(page, 0).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect_order(page, "EMAIL", "MT")
    page.get_by_role("button", name="Undo").click()
    expect_order(page, "EMAIL", "MT", "VOICE")


def test_the_undo_bar_leaves_after_eight_seconds_unless_it_is_pointed_at(visit):
    page = visit(timezone_id="UTC")  # in a browser context of its own: the clock is the context's
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # time now passes only when the test advances it
    page.get_by_role("button", name="Remove: 1. SMS").click()
    undo = page.get_by_role("button", name="Undo")
    page.clock.fast_forward(6000)
    expect(undo).to_be_visible()
    undo.hover()
    page.clock.fast_forward(60_000)
    expect(undo).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.fast_forward(8100)
    expect(undo).to_be_hidden()
