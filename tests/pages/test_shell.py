"""The shell surrounds every page, and no page is shown without it."""

from __future__ import annotations

import ast

import pytest
from streamlit.testing.v1 import AppTest

from omni.ui.shell import SECTIONS, page_path
from omni.ui.text import plain
from tests.pages.conftest import ROOT, components, go_to

NAMES = [name for pages in SECTIONS.values() for name, _ in pages]


@pytest.mark.parametrize("name", NAMES)
def test_the_first_statement_of_every_page_asks_for_the_shell(name):
    statements = [
        node
        for node in ast.parse(page_path(name).read_text("utf-8")).body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    assert ast.unparse(statements[0]) == "shell.require()"


def test_every_file_among_the_pages_is_in_the_navigation():
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_without_the_shell_shows_nothing(name, console):
    app = AppTest.from_file(str(page_path(name))).run()

    assert not app.exception
    assert not app.main.children


@pytest.mark.parametrize("language", ["en", "pt_BR", "es"])
@pytest.mark.parametrize("name", NAMES)
def test_every_page_opens_in_every_language_without_anything_prepared(name, language, open_page):
    app = open_page(name, language=language)

    assert not app.exception
    assert not app.error
    assert app.main.children


def test_the_language_is_changed_in_the_sidebar_and_stays_on_the_next_page(open_page):
    app = open_page()
    assert app.title[0].value == "Welcome to Omni"

    app.sidebar.selectbox[0].select("pt_BR").run()
    assert app.title[0].value == "Boas-vindas ao Omni"

    assert go_to(app, "settings").title[0].value == "Configurações"


def test_without_an_account_every_page_points_to_the_settings(open_page):
    [strip] = components(open_page(), "mode_strip")

    assert (strip["kind"], strip["title"]) == ("practice", "Practice")
    assert "see Settings" in strip["about"]
    assert "OMNI_" not in strip["about"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("phone1", "phone1"),
        ("recipient_name", r"recipient\_name"),
        ("![x](https://example.com/x.png)", r"\!\[x\]\(https\:\/\/example.com\/x.png\)"),
        (":red[x] $y$", r"\:red\[x\] \$y\$"),
        ("two\n# lines", r"two \# lines"),
    ],
)
def test_a_name_given_by_an_operator_is_not_read_as_markup(name, shown):
    assert plain(name).replace("/", r"\/") == shown
