"""Output of the command line: data on stdout, sentences on stderr, a progress bar only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from omni.locale import Text


class Advance(Protocol):
    """Moves the progress bar to ``done`` and shows a sentence beside it."""

    def __call__(self, done: int, sentence: str) -> None: ...


class Output:
    """Writer of sentences in the operator's language, JSON, and progress."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def say(self, sentence: str) -> None:
        """Write a sentence for the operator to stderr."""
        sys.stderr.write(sentence + "\n")
        sys.stderr.flush()

    def note(self, key: str, **params: object) -> None:
        """Write the catalog's sentence ``key`` for the operator to stderr."""
        self.say(self.text(key, **params))

    def line(self, line: str) -> None:
        """Write a line of machine output."""
        self.raw(line.encode())

    def raw(self, line: bytes) -> None:
        """Write a line of machine output, byte for byte."""
        sys.stdout.buffer.write(line + b"\n")

    def json(self, value: Any) -> None:
        """Write a JSON value as machine output."""
        import orjson

        self.line(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())

    @contextmanager
    def progress(self, total: int) -> Iterator[Advance]:
        """Show a progress bar on stderr if that is a terminal; otherwise nothing, so that logs stay readable."""
        if not sys.stderr.isatty():
            yield lambda done, sentence: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("", total=total)
            yield lambda done, sentence: bar.update(task, completed=done, description=sentence)
