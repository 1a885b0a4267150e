"""The parts of the Do not contact page."""
