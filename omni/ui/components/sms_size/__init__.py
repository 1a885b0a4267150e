"""The length of an SMS beneath the field it is typed in: it follows every key, before the text is sent to the server.

The sum is `omni.core.sms`, done again in the browser; the tests hold the two alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from omni.ui.components.serving import mount_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeWords:
    """The sentences, filled in the browser. ``one`` and ``other`` hold {characters} and {parts}; ``note`` stands
    behind them when the text has placeholders; ``lengthening`` goes before the characters that cost room."""

    one: str
    other: str
    note: str
    lengthening: str


def sms_size(text: str, *, of: str, values: Mapping[str, str], words: SizeWords, language: str, key: str) -> None:
    """Show how long ``text`` is, and what is typed from now on into the widget whose key is ``of``.

    ``values`` stand in for the placeholders; without one a placeholder counts as nothing.
    """
    mount = mount_of("sms_size", Path(__file__).parent, '<div class="size" hidden></div>')
    data = {"text": text, "of": of, "values": dict(values), "words": asdict(words), "language": language}
    mount(key=key, data=data)
