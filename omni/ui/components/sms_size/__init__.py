"""The length of an SMS beneath its field, updated with every key before the text is sent to the server.

The browser repeats the calculation of `omni.core.sms`; tests check that both give the same results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from omni.ui.components.serving import mount_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeWords:
    """The sentences, filled in the browser.

    ``one`` and ``other`` (by the number of parts) contain {characters} and {parts}. ``note`` follows them if the text
    has placeholders. ``lengthening`` precedes the characters that make the message longer.
    """

    one: str
    other: str
    note: str
    lengthening: str


def sms_size(text: str, *, of: str, values: Mapping[str, str], words: SizeWords, language: str, key: str) -> None:
    """Show the length of ``text``, and of the text typed from now on into the widget whose key is ``of``.

    ``values`` replace the placeholders; a placeholder without a value counts as empty.
    """
    mount = mount_of("sms_size", Path(__file__).parent, '<div class="size" hidden></div>')
    data = {"text": text, "of": of, "values": dict(values), "words": asdict(words), "language": language}
    mount(key=key, data=data)
