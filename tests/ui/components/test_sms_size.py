"""The size of an SMS is the same in the browser as in `omni.core.sms`."""

import base64
import random
from pathlib import Path

import pytest

from omni.core.rendering import render_text
from omni.core.sms import sms_size
from omni.ui.components import sms_size as component
from tests.e2e.screen import new_context

pytestmark = pytest.mark.browser

SCRIPT = Path(component.__file__).parent / "browser/sms_size.js"
VALUES = {"Nome": "Zoë", "a b": "[x]", "empty": "", "a\nb": "|", "": "-"}
LETTERS = "abc XYZ 019 áçÃ €😀 []|{}~^\\ \n\t\r\x7f\xa0\u2028"


def texts():
    yield from ("", "x" * 160, "x" * 161, "x" * 306, "x" * 307, "á" * 70, "á" * 71, "á" * 126, "á" * 127, "😀" * 36)
    yield from ("Oi {{Nome}}", "{{ a b }}{{empty}}", "{{{Nome}}}", "{{a\nb}}", "{{ }}", "{{Nome", "}}{{")
    draw = random.Random(1)
    for _ in range(300):
        yield "".join(draw.choices([*LETTERS, "{{Nome}}", "{{ empty }}"], k=draw.randrange(1, 200)))


def test_characters_parts_and_names_of_what_lengthens_agree(chromium):
    page = new_context(chromium).new_page()
    code = base64.b64encode(SCRIPT.read_bytes()).decode()
    given = list(texts())
    in_browser = page.evaluate(
        """async ([code, texts, values]) => {
            const { filled, sizeOf } = await import(`data:text/javascript;base64,${code}`);
            return texts.map((text) => sizeOf(filled(text, values)));
        }""",
        [code, given, VALUES],
    )
    page.context.close()
    for text, found in zip(given, in_browser, strict=True):
        size = sms_size(render_text(text, VALUES))
        assert (found["characters"], found["parts"], tuple(found["lengthening"])) == (
            size.characters,
            size.parts,
            size.lengthening,
        ), text
