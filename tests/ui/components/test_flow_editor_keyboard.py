"""The flow editor without a mouse: every gesture has a key and is announced to screen readers."""

import pytest
from playwright.sync_api import expect

from tests.ui.components.editor_page import expect_order, expect_spoken, main, shown_order

pytestmark = pytest.mark.browser


def test_the_arrows_walk_and_with_alt_they_move(visit):
    page = visit()
    main(page, 0).focus()
    walk = {"ArrowDown": [1, 2, 2], "Home": [0], "End": [2], "ArrowUp": [1]}
    for key, at in [(key, at) for key, places in walk.items() for at in places]:
        page.keyboard.press(key)
        expect(main(page, at)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect_order(page, "VOICE", "MT", "EMAIL")
    expect_spoken(page, "Call is now step 1 of 3")
    expect(main(page, 0)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    expect_order(page, "MT", "EMAIL", "VOICE")
    expect(main(page, 2)).to_be_focused()
    page.keyboard.press("Alt+Home")
    expect_order(page, "VOICE", "MT", "EMAIL")


def test_enter_selects_the_step_to_edit(visit):
    page = visit()
    main(page, 0).focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Text · E-mail")).to_be_visible()
    expect_spoken(page, "Editing step 3, E-mail")
    expect(main(page, 2)).to_be_focused()


def test_delete_removes_and_control_z_brings_back_with_its_text(visit):
    page = visit()
    main(page, 1).focus()
    page.keyboard.press("Delete")
    expect_order(page, "MT", "EMAIL")
    expect_spoken(page, "Call removed. Ctrl + Z restores it")
    expect(main(page, 1)).to_be_focused()
    page.keyboard.press("Backspace")
    expect_order(page, "MT")
    page.keyboard.press("Control+z")
    expect_order(page, "MT", "EMAIL")
    page.keyboard.press("Control+z")
    expect_order(page, "MT", "VOICE", "EMAIL")
    expect_spoken(page, "Call is back as step 2 of 3")
    expect(page.get_by_text("Texts:")).to_have_text(["Texts: Olá {{nome}} | Olá, {{nome} |"])
    expect(main(page, 1)).to_be_focused()


def test_control_d_duplicates_with_the_text(visit):
    page = visit()
    main(page, 0).focus()
    page.keyboard.press("Control+d")
    expect_order(page, "MT", "MT", "VOICE", "EMAIL")
    expect_spoken(page, "SMS duplicated as step 2 of 4")
    expect(page.get_by_text("Texts:")).to_have_text(["Texts: Olá {{nome}} | Olá {{nome}} | Olá, {{nome} |"])
    expect(main(page, 1)).to_be_focused()


def test_a_step_is_inserted_with_the_keyboard_only(visit):
    page = visit()
    main(page, 1).focus()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Insert a step as step 2")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_order(page, "MT", "EMAIL", "VOICE", "EMAIL")
    expect(main(page, 1)).to_be_focused()


def test_escape_closes_the_choice_of_kinds_and_gives_the_focus_back(visit):
    page = visit()
    plus = page.get_by_role("button", name="Insert a step as step 2")
    plus.click()
    expect(page.locator("[data-choice]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".choice-kinds")).to_have_count(0)
    expect(plus).to_be_focused()


def test_only_the_buttons_of_one_card_are_tab_stops(visit):
    page = visit()
    main(page, 1).focus()
    stops = page.locator(".list button:not(:disabled)[tabindex='0']").all()
    assert [stop.get_attribute("aria-label").split(". ")[0] for stop in stops] == [
        "Insert a step as step 2",
        "2",
        "Move up: 2",
        "Move down: 2",
        "Duplicate: 2",
        "Remove: 2",
    ]


def test_keys_typed_into_a_form_are_left_alone(visit):
    page = visit()
    box = page.get_by_label("Text · SMS")
    box.click()
    page.keyboard.press("End")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    assert shown_order(page) == ["MT", "VOICE", "EMAIL"]
