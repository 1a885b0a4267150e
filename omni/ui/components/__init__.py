"""Omni's own Streamlit components: plain Python and plain ES modules, without a build step.

Each component's folder holds its Python, and a folder ``browser`` with the files the browser may read.
"""
