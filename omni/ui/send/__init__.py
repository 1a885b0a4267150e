"""The parts of the Send page."""
