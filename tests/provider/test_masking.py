"""A token in an answer is masked, however it is written; everything else stays unchanged."""

from __future__ import annotations

import json
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni.core.campaign import Outcome
from omni.provider.client import Client
from omni.provider.curl import MASK
from omni.provider.masking import masked
from omni.provider.response import judge
from tests.provider.serving import reply, saying, serving

TOKEN = 'tok/en+of=no"body&56 aXz'
WAYS = {
    "as it is": TOKEN,
    "in JSON": json.dumps(TOKEN)[1:-1],
    "in JSON that escapes slashes": json.dumps(TOKEN)[1:-1].replace("/", "\\/"),
    "in HTML": escape(TOKEN),
    "in an address": quote(TOKEN, safe=""),
    "in a form": quote_plus(TOKEN),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_token_is_masked_however_it_is_written(way):
    raw = b"<p>not allowed: " + WAYS[way].encode() + b"</p>"
    assert masked(raw, TOKEN) == b"<p>not allowed: " + MASK.encode() + b"</p>"


@given(st.binary(max_size=200))
def test_an_answer_without_the_token_stays_as_it_came(raw):
    assert masked(raw, TOKEN) == raw


@pytest.mark.parametrize("secret", [None, "", "a1"])
def test_a_token_too_short_to_distinguish_from_an_id_is_left(secret):
    assert masked(b'{"id":"a1b2"}', secret) == b'{"id":"a1b2"}'


def test_what_the_client_hands_on_does_not_hold_the_token_it_sent():
    token = "token-of-nobody-56aXz"
    body = json.dumps({"errorMessage": f"the token {token} may not send"}).encode()
    with serving(saying(reply(body, "500 Trouble"))) as server:
        client = Client(server.url, "ana@example.com", token)
        answer = client.post(b"{}")
        client.close()
    assert token.encode() in server.requests[0]
    assert answer.raw == body.replace(token.encode(), MASK.encode())
    outcome = judge(answer, [None])
    assert isinstance(outcome, Outcome)
    assert outcome.params["message"] == "the token ******** may not send"


def test_what_practice_carries_is_no_secret_and_stays():
    with serving(saying(reply(b'{"id":"practice-1"}'))) as server:
        client = Client(server.url, "ana@example.com", "token-of-nobody-56aXz", practice=True)
        assert client.post(b"{}").raw == b'{"id":"practice-1"}'
        client.close()
