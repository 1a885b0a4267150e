"""Widget keys, ``page.field`` or ``page.field.part``, built in one place for pages and tests."""

from __future__ import annotations


def key(page: str, field: str, *parts: object) -> str:
    """Return a widget key: ``key("contacts", "column", "phone1")`` is ``contacts.column.phone1``."""
    return ".".join([page, field, *map(str, parts)])
