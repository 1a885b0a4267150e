"""Widget keys, ``page.field`` or ``page.field.part``: named in one place so that pages and tests cannot drift."""

from __future__ import annotations


def key(page: str, field: str, *parts: object) -> str:
    """``key("contacts", "column", "phone1")`` is ``contacts.column.phone1``."""
    return ".".join([page, field, *map(str, parts)])
