"""The next item is made while the current one is used."""

from __future__ import annotations

import threading

import pytest

from omni.service.reporting import prefetch
from tests.waiting import PATIENCE


def test_items_come_in_order():
    assert list(prefetch(iter(range(1, 50)))) == list(range(1, 50))
    assert list(prefetch(iter(()))) == []


def test_only_the_next_item_is_made_ahead():
    second_is_made = threading.Event()
    made = []

    def numbers():
        for number in (1, 2, 3):
            made.append((number, threading.current_thread() is threading.main_thread()))
            if number == 2:
                second_is_made.set()
            yield number

    coming = prefetch(numbers())
    assert next(coming) == 1
    assert second_is_made.wait(PATIENCE)
    coming.close()
    assert made == [(1, False), (2, False)]


def test_an_error_comes_after_the_items_made_before_it():
    def broken():
        yield 1
        raise OSError("gone")

    coming = prefetch(broken())
    assert next(coming) == 1
    with pytest.raises(OSError, match="gone"):
        next(coming)
