"""What every answer tells the browser to forbid, and the requests that get no answer: two plain ASGI layers.

`Headers` puts a strict Content-Security-Policy and its companions on each response. `Gate` refuses requests
that come under a foreign name (DNS rebinding) or from a page of another origin (WebSocket, uploads).
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
    """The Content-Security-Policy.

    Scripts come from our own address alone. The one exception is the inline script in Streamlit's index.html,
    let through by its hash, which is taken from the installed file. Streamlit 1.67 asks for two more that it
    can do without: WebAssembly (protobuf's 64-bit numbers have a plain fallback) and ``blob:`` (components
    whose JavaScript is a string; ours are files). Charts and diagrams run without ``unsafe-eval``. Checked
    in Chromium, 2026-11.
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
    """Puts the policy and its companions on every HTTP response, refusals included: the outermost layer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = {"Content-Security-Policy": policy(), **_COMPANIONS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                if scope["path"].startswith("/media/"):  # what people download: contacts and ids
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Gate:
    """Answers only under names we know, and writes only for pages of our own.

    Known are the loopback names, the very address a connection came in on, and ``hosts``. An address cannot
    be rebound by somebody's DNS; a name can, so it has to be listed.
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
    """``Omni.Example.com:8501`` as ``omni.example.com``, ``[::1]:8501`` as ``::1``; None when malformed."""
    try:
        parts = urlsplit(f"//{host.strip()}")
        _ = parts.port
    except ValueError:
        return None
    if parts.netloc != host.strip() or "@" in host or not parts.hostname:
        return None
    return parts.hostname.rstrip(".")


def _address_reached(scope: Scope) -> str | None:
    address: IPv4Address | IPv6Address
    try:
        address = ip_address((scope.get("server") or ("", None))[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)
