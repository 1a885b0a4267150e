"""First-party Streamlit components: plain Python in front, plain ES modules in the browser, no build step.

Each component's folder holds its Python and a folder ``browser`` with what the browser may read.
"""
