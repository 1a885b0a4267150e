"""Endpoints that may be posted to."""

import pytest

from omni.errors import SettingsError
from omni.provider.client import Client
from omni.provider.endpoint import check_endpoint, is_loopback_only

LIVE, PRACTICE = False, True


@pytest.mark.parametrize(
    ("endpoint", "practice"),
    [
        ("https://api.example.com/v1/omni/send", LIVE),
        ("https://api.example.com:8443/v1?x=1", LIVE),
        ("HTTPS://API.EXAMPLE.COM/", LIVE),
        ("https://127.0.0.1/", LIVE),
        ("http://127.0.0.1:8899/v1/omni/send", LIVE),
        ("http://localhost:8899/v1/omni/send", LIVE),
        ("http://[::1]:8899/v1/omni/send", LIVE),
        ("http://127.0.0.1:8899/v1/omni/send", PRACTICE),
        ("http://LOCALHOST/", PRACTICE),
        ("http://[::1]/", PRACTICE),
        ("https://localhost/", PRACTICE),
    ],
)
def test_may_be_posted_to(endpoint, practice):
    check_endpoint(endpoint, practice=practice)
    Client(endpoint, "ana", "token-of-nobody", practice=practice)


@pytest.mark.parametrize(
    ("endpoint", "practice", "code"),
    [
        ("http://api.example.com/v1/omni/send", LIVE, "endpoint_insecure"),
        ("http://localhost.example.com/", LIVE, "endpoint_insecure"),
        ("http://127.0.0.1.example.com/", LIVE, "endpoint_insecure"),
        ("http://127.0.0.2/", LIVE, "endpoint_insecure"),
        ("http://0.0.0.0/", LIVE, "endpoint_insecure"),
        ("http://[::ffff:127.0.0.1]/", LIVE, "endpoint_insecure"),
        ("https://api.example.com/", PRACTICE, "endpoint_not_local"),
        ("http://api.example.com/", PRACTICE, "endpoint_not_local"),
        ("https://localhost.example.com/", PRACTICE, "endpoint_not_local"),
        ("https://localhost./", PRACTICE, "endpoint_not_local"),
        ("https://2130706433/", PRACTICE, "endpoint_not_local"),
        ("https://127.1/", PRACTICE, "endpoint_not_local"),
        ("https://[::]/", PRACTICE, "endpoint_not_local"),
        ("", LIVE, "endpoint_malformed"),
        ("api.example.com", LIVE, "endpoint_malformed"),
        ("ftp://api.example.com/", LIVE, "endpoint_malformed"),
        ("https://", LIVE, "endpoint_malformed"),
        ("https:///v1", LIVE, "endpoint_malformed"),
        ("https://api.example.com:0/", LIVE, "endpoint_malformed"),
        ("https://api.example.com:99999/", LIVE, "endpoint_malformed"),
        ("https://api.example.com:port/", LIVE, "endpoint_malformed"),
        ("https://[::1/", LIVE, "endpoint_malformed"),
        ("https://api.example.com/ v1", LIVE, "endpoint_malformed"),
        ("https://api.example.com/\r\nX: y", LIVE, "endpoint_malformed"),
        ("https://api.exämple.com/", LIVE, "endpoint_malformed"),
        ("https://api.example.com\\@127.0.0.1/", LIVE, "endpoint_malformed"),
        ("http://127.0.0.1\\.example.com/", PRACTICE, "endpoint_malformed"),
        ("https://api.example.com/#v1", LIVE, "endpoint_malformed"),
        ("https://ana:secret@api.example.com/", LIVE, "endpoint_malformed"),
        ("http://127.0.0.1@api.example.com/", PRACTICE, "endpoint_malformed"),
    ],
)
def test_may_not_be_posted_to(endpoint, practice, code):
    for refused in (
        lambda: check_endpoint(endpoint, practice=practice),
        lambda: Client(endpoint, "ana", "token-of-nobody", practice=practice),
    ):
        with pytest.raises(SettingsError) as caught:
            refused()
        assert caught.value.code == f"settings.{code}"
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("endpoint", "practice", "stays"),
    [
        ("https://api.example.com/", LIVE, False),
        ("http://localhost/", LIVE, True),
        ("HTTP://localhost/", LIVE, True),
        ("https://localhost/", PRACTICE, True),
    ],
)
def test_plain_http_and_practice_stay_on_this_machine(endpoint, practice, stays):
    assert is_loopback_only(endpoint, practice=practice) is stays
