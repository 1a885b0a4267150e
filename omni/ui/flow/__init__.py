"""The Steps page."""
