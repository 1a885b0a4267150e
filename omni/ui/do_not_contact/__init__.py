"""The Do not contact page."""
