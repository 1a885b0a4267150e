"""The request as a ``curl`` command, parsed by a real shell."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omni.provider.curl import LONGEST_ARGUMENT, body_of, curl_command
from tests.waiting import PATIENCE

ENDPOINT = "https://api.example.com/v1/omni/send"


def arguments(command):
    """Return the arguments that ``sh`` would pass to ``curl``."""
    script = "curl() { printf '%s\\0' \"$@\"; }\n" + command
    printed = subprocess.run(["sh", "-c", script], capture_output=True, check=True, timeout=PATIENCE).stdout
    return printed.decode("utf-8").split("\0")[:-1]


@pytest.mark.parametrize(
    "body",
    [
        '{"a":"it\'s $HOME `id` \\\\n !! \\"q\\""}',
        '{"a":"ação 😀"}',
        '{"a":"' + "x" * (LONGEST_ARGUMENT - 8) + '"}',
    ],
    ids=["quotes", "accents", "longest"],
)
def test_a_shell_hands_curl_the_very_body(body):
    given = arguments(curl_command(ENDPOINT, body.encode(), username="o'brien@example.com"))
    assert given == [
        "--request",
        "POST",
        "--url",
        ENDPOINT,
        "--header",
        "UserName: o'brien@example.com",
        "--header",
        "AuthenticationToken: ********",
        "--header",
        "Content-Type: application/json",
        "--data-raw",
        body,
    ]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
@settings(max_examples=30)
def test_no_body_escapes_its_quotes(anything):
    assert arguments(curl_command(ENDPOINT, anything.encode(), username="ana"))[-2:] == [
        "--data-raw",
        anything,
    ]


def test_a_body_too_long_for_a_command_line_is_read_from_a_file():
    body = b'{"a":"' + b"x" * LONGEST_ARGUMENT + b'"}'
    given = arguments(curl_command(ENDPOINT, body, username="ana", body_file="my request.json"))
    assert given[-2:] == ["--data-binary", "@my request.json"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_body_between_braces_is_found_again_with_its_places(anything):
    body = "{" + anything + "}"
    command = curl_command(ENDPOINT, body.encode(), username="ana")
    found = body_of(command)
    assert found is not None
    assert found.text == body
    for place, character in enumerate(body):
        source = found.source(place)
        assert command[source] == ("\\" if command[source] == "\\" != character else character)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "curl",
        "curl https://api.example.com",
        "curling is a sport -d '{}'",
        "recurl -d '{}'",
        "curl -d",
        "curl -d 'a=b'",
    ],
)
def test_a_command_without_json_has_no_body(text):
    assert body_of(text) is None


@pytest.mark.parametrize(
    ("escaped", "read"),
    [(r"\101", "A"), (r"\x41", "A"), (r"\u00e3", "ã"), (r"\9", "9"), (r"\¹", "¹"), (r"\٣", "٣"), (r"\q", "q")],
)
def test_an_escape_between_dollar_quotes_is_a_character_or_itself(escaped, read):
    found = body_of(f"curl -d $'{{{escaped}}}'")
    assert found is not None
    assert found.text == f"{{{read}}}"
