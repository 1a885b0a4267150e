"""The console's user interface, in Streamlit: a page reads the draft, makes one call to the console, and renders."""
