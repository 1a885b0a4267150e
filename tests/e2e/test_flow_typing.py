"""Text typed into a step's form is kept in a real browser, no matter which action the operator takes next."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def begin(screen):
    """Make three steps with the first one open, and return the field of its text."""
    screen.go("/flow")
    screen.press("flow.example.all")
    expect(screen.page.locator(".card")).to_have_count(3)
    return message(screen)


def message(screen):
    return screen.page.get_by_role("textbox", name="Message")


def card(screen, kind):
    return screen.page.locator(f'.card[data-kind="{kind}"]')


def kinds(screen):
    return [one.get_attribute("data-kind") for one in screen.page.locator(".card").all()]


def test_choosing_another_step_while_typing_keeps_the_text(screen):
    begin(screen).fill("typed, then another step chosen")
    card(screen, "VOICE").locator(".main").click()
    screen.idle()
    expect(screen.page.get_by_role("heading", name="Step 2 · Call")).to_be_visible()
    expect(card(screen, "MT")).to_contain_text("typed, then another step chosen")
    card(screen, "MT").locator(".main").click()
    screen.idle()
    expect(message(screen)).to_have_value("typed, then another step chosen")


def test_moving_the_step_while_typing_keeps_the_text(screen):
    begin(screen).fill("typed, then moved")
    screen.page.get_by_role("button", name="Move down: 1. SMS").click()
    screen.idle()
    assert kinds(screen) == ["VOICE", "MT", "EMAIL"]
    expect(card(screen, "MT")).to_contain_text("typed, then moved")
    expect(message(screen)).to_have_value("typed, then moved")


def test_dragging_the_step_while_typing_keeps_the_text(screen):
    begin(screen).fill("typed, then dragged")
    card(screen, "MT").locator(".grip").drag_to(card(screen, "EMAIL").locator(".grip"))
    screen.idle()
    assert kinds(screen) == ["VOICE", "EMAIL", "MT"]
    expect(message(screen)).to_have_value("typed, then dragged")


def test_removing_the_step_while_typing_and_bringing_it_back_keeps_the_text(screen):
    begin(screen).fill("typed, then removed")
    screen.page.get_by_role("button", name="Remove: 1. SMS").click()
    screen.idle()
    assert kinds(screen) == ["VOICE", "EMAIL"]
    screen.page.keyboard.press("Control+z")
    screen.idle()
    expect(message(screen)).to_have_value("typed, then removed")


def test_many_gestures_at_once_all_count_and_keep_the_text(screen):
    begin(screen).fill("typed, then copied")
    card(screen, "MT").locator(".main").focus()
    for keys in ("Alt+ArrowDown", "Control+d", "Control+d", "Alt+Home", "Control+d"):
        screen.page.keyboard.press(keys)
    # On the screen at once; a page that is loaded again shows what the console has received.
    expect(screen.page.locator(".card")).to_have_count(6)
    screen.idle()
    screen.page.reload()
    screen.idle()
    expect(screen.page.locator(".card")).to_have_count(6)
    assert kinds(screen) == ["MT", "MT", "VOICE", "MT", "MT", "EMAIL"]
    for copy in card(screen, "MT").all():
        expect(copy).to_contain_text("typed, then copied")


def test_going_on_to_the_review_while_typing_keeps_the_text(screen):
    begin(screen).fill("typed, then gone on")
    screen.widget("flow.continue").get_by_role("button").click()
    screen.page.wait_for_url("**/review?**")
    screen.idle()
    expect(card(screen, "MT")).to_contain_text("typed, then gone on")


def test_the_size_of_an_sms_follows_every_key(screen):
    field = begin(screen)
    field.fill("")
    field.press_sequentially("x" * 70)
    total = screen.page.locator(".size .sum")
    expect(total).to_have_text("70 characters · 1 part")
    expect(screen.page.locator(".size .lengthening")).to_be_hidden()
    field.press_sequentially("ç")
    expect(total).to_have_text("71 characters · 2 parts")
    expect(screen.page.locator(".size code")).to_have_text(["ç"])
    field.press("Backspace")
    field.press_sequentially("{{Nome}}")
    expect(total).to_have_text("70 characters · 1 part · columns left empty")
