"""Entry point of `streamlit run app.py`: the console, its security middleware, and the watch over its worker."""

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
    """Watch over the worker from the start of the server to its end."""
    # Imported late: Streamlit imports this file before it binds its port, and binding may fail.
    from omni.wiring import start_background

    stop = await to_thread.run_sync(start_background)
    try:
        yield
    finally:
        await to_thread.run_sync(stop)


async def start_page(_request: Request) -> RedirectResponse:
    """Redirect ``/overview`` to ``/``: Streamlit serves its default page only there."""
    return RedirectResponse("/")


# The script is not beside pages/: Streamlit would serve that folder by itself, bypassing omni/ui/shell.py.
app = st.App(
    "omni/ui/main.py",
    middleware=[
        Middleware(Headers),
        Middleware(Gate, hosts=os.environ.get("OMNI_HOSTS", "").split(",")),
    ],
    routes=[Route("/overview", start_page)],
    lifespan=lifespan,
)
