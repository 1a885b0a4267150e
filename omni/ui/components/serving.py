"""Registration of components, so that their browser files are served from the console's own address.

Then the policy ``script-src 'self'`` suffices. Streamlit passes JavaScript given as a string to the browser as a
``blob:`` module: the policy would have to allow ``blob:``, relative imports would fail, and each rerun would carry the
whole text again. Streamlit serves files for components declared in a manifest, but looks for manifests only in
installed packages. Omni also runs from its folder, so the manifest is declared here.
(Streamlit 1.67, ``components/v2/component_manager.py``)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, Final

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

Mount = Callable[..., Any]

_BROWSER_FILES: Final = "browser"
_PACKAGE: Final = "omni"
_lock = Lock()
_mounts: dict[str, Mount] = {}


def mount_of(name: str, folder: Path, html: str) -> Mount:
    """Return the function that puts the component ``name`` on the page.

    Its files are ``browser/<name>.js`` and ``.css`` in ``folder``; only that subfolder is readable from the browser.
    Call it in every script run: a test run has a Streamlit runtime of its own, where the component has to be registered
    too.
    """
    full_name = f"{_PACKAGE}.{name}"
    with _lock:
        manager = get_bidi_component_manager()
        if manager.get_component_asset_root(full_name) is None:
            manifest = ComponentManifest(_PACKAGE, "1", [ComponentConfig(name, _BROWSER_FILES)])
            manager.register_from_manifest(manifest, folder)
        if full_name not in _mounts:
            _mounts[full_name] = st.components.v2.component(full_name, html=html, css=f"{name}.css", js=f"{name}.js")
        return _mounts[full_name]
