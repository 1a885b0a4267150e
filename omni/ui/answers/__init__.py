"""The parts of the page "Read an answer"."""
