"""Fixtures that open pages inside the shell, on a console with a data folder for each test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from omni import wiring
from omni.ui import session
from tests.store.opening import lay_empty
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def _packages_read_once() -> Iterator[None]:
    """Cache the scan of installed packages that each ``AppTest`` repeats: it takes half of a test's time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def console(environment: Path) -> Iterator[wiring.Console]:
    """The console behind the pages of this test; set environment variables before requesting it."""
    lay_empty(environment / "omni.db")
    wiring.console.cache_clear()
    yield wiring.console()
    wiring.console.cache_clear()


@pytest.fixture
def open_page(console: wiring.Console) -> OpenPage:
    """Open a page in its own tab: ``open_page("contacts", draft=…)``, in English unless ``language`` is given."""

    def opened(name: str = "overview", *, language: str = "en", **address: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "omni" / "ui" / "main.py"), default_timeout=PATIENCE)
        app.session_state[session.LANGUAGE_KEY] = language
        for parameter, value in address.items():
            app.query_params[parameter] = value
        app.run()
        return go_to(app, name) if name != "overview" else app

    return opened


def go_to(app: AppTest, name: str) -> AppTest:
    """Return the tab after the operator switches to another page."""
    return app.switch_page(f"../../pages/{name}.py").run()


def words(app: AppTest) -> str:
    """Return all the text on the page, one element a line."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.text, app.error, app.warning, app.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def components(app: AppTest, name: str) -> list[dict[str, Any]]:
    """Return the data shown by each component called ``name``, top to bottom."""
    return [
        json.loads(element.proto.json)
        for element in app.get("bidi_component")
        if element.proto.component_name == f"omni.{name}"
    ]
