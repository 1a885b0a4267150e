"""Images on other hosts are detected in every notation."""

import pytest

from omni.ui.components.email_preview import has_remote_images

REMOTE = [
    '<img src="https://example.com/a.png">',
    "<IMG SRC=http://example.com/a.png>",
    '<img src=" //example.com/a.png">',
    '<img srcset="data:image/png;base64,AA 1x, https://example.com/b.png 2x">',
    '<table background="https://example.com/a.png">',
    "<td style=\"background: url( 'https://example.com/a.png')\">",
    "<style>td { background: URL(//example.com/a.png) }</style>",
    '<video poster="https://example.com/a.png">',
]
LOCAL = [
    "",
    "plain text with https://example.com/a.png",
    '<a href="https://example.com/">link</a>',
    '<img src="data:image/png;base64,AA">',
    '<img src="cid:logo">',
    "<img>",
    "<style>td { background: url(data:image/png;base64,AA) }</style>",
    "<p>background: url(https://example.com/a.png) is only said here</p>",
    "<<<&&& <!-- <img src='https://example.com/a.png'> -->",
]


@pytest.mark.parametrize("html", REMOTE)
def test_an_image_on_another_host_is_noticed(html):
    assert has_remote_images(html)


@pytest.mark.parametrize("html", LOCAL)
def test_what_loads_nothing_is_not(html):
    assert not has_remote_images(html)
