"""Two pages: the flow editor at /, the previews at /previews."""

import streamlit as st

st.set_page_config(layout="wide")
pages = [st.Page("editor.py", default=True), st.Page("previews.py", url_path="previews")]
st.navigation(pages, position="hidden").run()
