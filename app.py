"""`streamlit run app.py`: the console behind its security layers, with the sending worker beside it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from omni.ui.security import Gate, Headers


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Run what works behind the pages for as long as the server runs."""
    # Here, not above: Streamlit imports this file before it has bound its port, which may fail.
    from omni.wiring import start_background

    stop = await to_thread.run_sync(start_background)
    try:
        yield
    finally:
        await to_thread.run_sync(stop)


async def start_page(_request: Request) -> RedirectResponse:
    """Streamlit knows its default page by no name but ``/``; whoever types its name gets there all the same."""
    return RedirectResponse("/")


# The script lies away from pages/: the pages beside its script Streamlit serves by itself, past the shell.
app = st.App(
    "omni/ui/main.py",
    middleware=[
        Middleware(Headers),
        Middleware(Gate, hosts=os.environ.get("OMNI_HOSTS", "").split(",")),
    ],
    routes=[Route("/overview", start_page)],
    lifespan=lifespan,
)
