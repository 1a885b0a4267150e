"""The editor's labels are complete in each language, and keep the placeholders that the browser fills in."""

from dataclasses import asdict

import pytest

from omni.locale import LANGUAGES, Text
from omni.ui.components.flow_editor import labels_from

FILLED_IN_THE_BROWSER = {
    "limit": {"{limit}"},
    "insert": {"{position}"},
    "of_step": {"{action}", "{position}", "{title}"},
    "added": {"{title}", "{position}", "{total}"},
    "duplicated": {"{title}", "{position}", "{total}"},
    "moved": {"{title}", "{position}", "{total}"},
    "restored": {"{title}", "{position}", "{total}"},
    "stays": {"{title}", "{position}"},
    "selected": {"{title}", "{position}"},
    "removed": {"{title}"},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_editor_is_in_the_catalog(language):
    labels = asdict(labels_from(Text(language)))
    words = [*labels.pop("kinds").values(), *labels.values()]
    assert [word for word in words if not word or word.startswith("editor.")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentences_keep_their_blanks(language):
    labels = asdict(labels_from(Text(language)))
    for name, blanks in FILLED_IN_THE_BROWSER.items():
        assert {blank for blank in blanks if blank in labels[name]} == blanks, labels[name]
