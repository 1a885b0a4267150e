"""The script Streamlit runs for every page: it chooses the language, draws the shell, then runs the page."""

from __future__ import annotations

from omni.ui import shell

shell.run()
