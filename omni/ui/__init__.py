"""The console's screens. Pages read the draft, make one call to the console, and render."""
