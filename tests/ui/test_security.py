"""Security layers of the running console, tested with the requests of a browser or an attacker's page."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator, Mapping

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from omni.ui.security import policy
from tests.e2e.serve import Server, end_workers, serve
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

PUBLIC = "omni.example.org"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A console that can also be reached behind a proxy under a public name."""
    server = serve(tmp_path_factory.mktemp("security"), OMNI_HOSTS=f"{PUBLIC}, other.example.org")
    yield server
    server.stop()
    end_workers(server.data)


def ask(console: Server, method: str, path: str, **headers: str) -> tuple[int, Mapping[str, str], str]:
    connection = http.client.HTTPConnection(console.host, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": console.host, "Content-Length": "0", **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:{port}", 200),
        ("LocalHost:{port}", 200),
        ("localhost.:{port}", 200),
        ("127.0.0.1:{port}", 200),
        ("[::1]:{port}", 200),
        (PUBLIC, 200),
        (f"{PUBLIC.upper()}:443", 200),
        ("other.example.org", 200),
        ("rebound.example.com", 403),
        (f"rebound.{PUBLIC}", 403),
        ("127.0.0.1.example.com", 403),
        ("localhost@rebound.example.com", 403),
        ("rebound.example.com/localhost", 403),
        ("localhost:port", 403),
        ("10.0.0.7", 403),
        ("", 403),
    ],
)
def test_only_names_we_know_are_answered(console: Server, host: str, status: int) -> None:
    port = console.host.split(":")[1]
    assert ask(console, "GET", "/_stcore/health", Host=host.format(port=port))[0] == status


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("http://{host}", True),
        (None, True),
        ("http://rebound.example.com", False),
        ("http://localhost:3000", False),
        ("http://127.0.0.1", False),
        (f"https://{PUBLIC}", False),
        ("null", False),
    ],
)
def test_a_page_of_another_origin_gets_no_websocket(console: Server, origin: str | None, welcome: bool) -> None:
    address = f"ws://{console.host}/_stcore/stream"
    from_page = {"Origin": origin.format(host=console.host)} if origin else {}
    if welcome:
        with connect(address, additional_headers=from_page, open_timeout=PATIENCE) as socket:
            assert socket.protocol.state.name == "OPEN"
    else:
        with pytest.raises(InvalidStatus, match="403"):
            connect(address, additional_headers=from_page, open_timeout=PATIENCE)


def test_behind_a_proxy_the_public_name_is_an_origin_of_its_own(console: Server) -> None:
    assert ask(console, "POST", "/", Host=PUBLIC, Origin=f"https://{PUBLIC}")[0] == 405
    assert ask(console, "POST", "/", Host=PUBLIC, Origin="https://other.example.org")[0] == 403


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_page_of_another_origin_cannot_write(console: Server, method: str) -> None:
    status, _, sentence = ask(console, method, "/_stcore/upload_file/a/b", Origin="http://rebound.example.com")
    assert (status, "another address" in sentence) == (403, True)


@pytest.mark.parametrize(
    ("language", "words"),
    [("pt-BR", "Quem o instalou"), ("es-MX,es", "Quien la instaló"), ("de", "The person who installed it")],
)
def test_a_refusal_says_what_to_do_in_the_readers_language(console: Server, language: str, words: str) -> None:
    headers = {"Host": "console.example.com", "Accept-Language": language}
    _, _, sentence = ask(console, "GET", "/", **headers)
    assert words in sentence
    assert "OMNI_HOSTS" in sentence


@pytest.mark.parametrize("headers", [{}, {"Host": "rebound.example.com"}], ids=["an answer", "a refusal"])
@pytest.mark.parametrize("path", ["/", "/send", "/_stcore/health", "/app/static/icon.svg", "/media/none"])
def test_every_answer_carries_the_policy(console: Server, path: str, headers: dict[str, str]) -> None:
    _, got, _ = ask(console, "GET", path, **headers)
    assert got["Content-Security-Policy"] == policy()
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["X-Frame-Options"] == "DENY"
    assert got["Referrer-Policy"] == "no-referrer"
    assert got["Cross-Origin-Opener-Policy"] == got["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in got["Permissions-Policy"]


def test_downloads_are_not_kept_by_the_browser(console: Server) -> None:
    assert ask(console, "GET", "/media/none")[1]["Cache-Control"] == "no-store"
    assert "no-store" not in (ask(console, "GET", "/app/static/icon.svg")[1]["Cache-Control"] or "")


def test_the_policy_trusts_scripts_of_our_own_and_one_hash() -> None:
    directives = dict(part.split(" ", 1) for part in policy().split("; "))
    own, *hashes = directives["script-src"].split(" ")
    assert own == "'self'"
    assert [bool(re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", one)) for one in hashes] == [True]
    assert "unsafe" not in policy().replace("style-src 'self' 'unsafe-inline'", "")
    assert not re.search(r"https?:|\*", policy())


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("logo-light.svg", "image/svg+xml"),
        ("logo-dark.svg", "image/svg+xml"),
        ("icon.png", "image/png"),
        ("fonts/inter-latin-wght-normal.woff2", "font/woff2"),
        ("fonts/inter-latin-ext-wght-normal.woff2", "font/woff2"),
    ],
)
def test_our_own_files_are_served(console: Server, file: str, kind: str) -> None:
    status, headers, _ = ask(console, "GET", f"/app/static/{file}")
    assert (status, headers["Content-Type"]) == (200, kind)
