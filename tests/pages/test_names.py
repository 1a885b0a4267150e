"""Names that operators give are shown as written, never as markdown."""

from __future__ import annotations

import pytest

from omni.ui.text import plain
from tests.builders import contact_rows, sms_template
from tests.pages.conftest import go_to
from tests.pages.prepared import prepare
from tests.pages.test_send import confirm

NAME = "De R$ 10 por R$ 5 *hoje* :smile: [x](http://example.com) a_b_"
SHOWN = r"De R\$ 10 por R\$ 5 \*hoje\* \:smile\: \[x\]\(http\://example.com\) a\_b\_"


@pytest.fixture
def named(console):
    draft = prepare(console, sms_template("Your order is ready."), contact_rows(3))
    stored = console.drafts.get(draft)
    console.drafts.save(draft, stored.body, NAME, stored.revision)
    return draft


def captions(app):
    return "\n".join(caption.value for caption in app.caption)


def test_a_campaigns_name_is_no_markup_on_any_page_and_is_escaped_once(open_page, named):
    assert SHOWN in captions(open_page("review", draft=named))
    app = open_page("send", draft=named)
    assert SHOWN in captions(app)

    app = confirm(app.button("send.open").click().run())
    assert app.title[0].value == SHOWN
    assert SHOWN in captions(go_to(app, "results"))
    assert SHOWN in captions(open_page("review", draft=named))
    assert SHOWN in captions(open_page("flow", draft=named))


@pytest.mark.parametrize(
    ("written", "shown"), [("1. Black Friday", r"1\. Black Friday"), ("2.5 % off", r"2\.5 % off"), ("v. 1.", "v. 1.")]
)
def test_a_name_that_begins_like_a_list_is_none(written, shown):
    assert plain(written) == shown
