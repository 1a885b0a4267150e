"""The demonstration page under the product's own Content-Security-Policy."""

import streamlit as st
from starlette.middleware import Middleware

from omni.ui.security import Headers

app = st.App("main.py", middleware=[Middleware(Headers)])
