"""The Send page."""
