"""The parts of the Steps page: the flow editor, the form and preview of a step, and saved templates."""
