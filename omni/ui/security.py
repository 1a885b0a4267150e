"""Two ASGI middlewares that protect the console: security headers on every response, and refusal of foreign requests.

`Headers` adds a strict Content-Security-Policy and related headers to each response. `Gate` refuses requests sent to an
unknown host name (DNS rebinding) or by a page of another origin (WebSocket, uploads).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers as RequestHeaders
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from omni.locale import Text, best_language

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_INLINE_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_COMPANIONS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@cache
def policy() -> str:
    """Return the Content-Security-Policy.

    Scripts come only from the console's own address. The one exception is the inline script in Streamlit's index.html,
    allowed by its hash, which is taken from the installed file. Streamlit 1.67 asks for two more sources that it works
    without: WebAssembly (protobuf's 64-bit numbers have a plain fallback) and ``blob:`` (components whose JavaScript is
    a string; ours are files). Charts and diagrams work without ``unsafe-eval``. Checked in Chromium, 2026-11.
    """
    index = Path(streamlit.__file__).with_name("static") / "index.html"
    inline = _INLINE_SCRIPT.findall(index.read_text("utf-8"))
    digests = [b64encode(sha256(script.encode()).digest()).decode() for script in inline]
    directives = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *(f"'sha256-{digest}'" for digest in digests)]),
        "style-src": "'self' 'unsafe-inline'",  # Streamlit writes its styles at run time
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


class Headers:
    """Adds the policy and related headers to every HTTP response, including refusals: the outermost middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = {"Content-Security-Policy": policy(), **_COMPANIONS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                if scope["path"].startswith("/media/"):  # downloads hold contacts and ids
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Gate:
    """Accepts requests only under known host names, and requests that write only from the console's own pages.

    Known are the loopback names, the address a connection came in on, and ``hosts``. DNS rebinding works with a name
    but not with an address, so only names have to be listed. Other requests get status 403, a WebSocket is closed.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._known = _LOOPBACK | {name for host in hosts if (name := _host_name(host))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or (reason := self._reason_to_refuse(scope)) is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008, reason=reason)(scope, receive, send)
        else:
            language = best_language(RequestHeaders(scope=scope).get("accept-language"))
            sentence = Text(language)(f"security.{reason}", setting="OMNI_HOSTS")
            await PlainTextResponse(sentence + "\n", status_code=403)(scope, receive, send)

    def _reason_to_refuse(self, scope: Scope) -> str | None:
        """Return the catalog key of the reason to refuse a request, or None to accept it."""
        headers = RequestHeaders(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        name = _host_name(hosts[0]) if len(hosts) == 1 else None
        if name is None or not (name in self._known or name == _address_reached(scope)):
            return "host_refused"
        writes = scope["type"] == "websocket" or scope["method"] not in _READING
        if writes and any(urlsplit(origin).netloc.lower() != hosts[0].lower() for origin in origins):
            return "origin_refused"
        return None


def _host_name(host: str) -> str | None:
    """Return a Host header's name: ``omni.example.com`` for ``Omni.Example.com:8501``, ``::1`` for ``[::1]:8501``.

    None if the header is malformed.
    """
    try:
        parts = urlsplit(f"//{host.strip()}")
        _ = parts.port
    except ValueError:
        return None
    if parts.netloc != host.strip() or "@" in host or not parts.hostname:
        return None
    return parts.hostname.rstrip(".")


def _address_reached(scope: Scope) -> str | None:
    """Return the server's IP address of this connection, an IPv4 address mapped to IPv6 as IPv4; None if unknown."""
    address: IPv4Address | IPv6Address
    try:
        address = ip_address((scope.get("server") or ("", None))[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)
