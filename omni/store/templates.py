"""Templates the operator keeps under a name, to use again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from omni.store.database import Database, clock, insert_if_new
from omni.store.json_text import from_text, to_text
from omni.store.schema import saved_template


class Templates:
    """All saved templates of one database; a body is the API's ``template`` object."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> tuple[str, ...]:
        """Their names, in alphabetical order whatever the case."""
        with self._database.read() as connection:
            names = connection.scalars(sa.select(saved_template.c.name)).all()
        return tuple(sorted(names, key=lambda name: (name.casefold(), name)))

    def get(self, name: str) -> dict[str, Any] | None:
        """The template kept under ``name``."""
        query = sa.select(saved_template.c.body).where(saved_template.c.name == name)
        with self._database.read() as connection:
            body = connection.scalar(query)
        return None if body is None else dict(from_text(body))

    def save(self, name: str, body: Mapping[str, Any]) -> None:
        """Keep a template under ``name``, in place of the one kept there before."""
        with self._database.write() as connection:
            values = {"body": to_text(body), "updated_at": clock(connection)}
            connection.execute(insert_if_new(connection, saved_template).values(name=name, **values))
            connection.execute(saved_template.update().where(saved_template.c.name == name).values(values))

    def delete(self, name: str) -> None:
        """Forget the template; nothing happens if there is none."""
        with self._database.write() as connection:
            connection.execute(saved_template.delete().where(saved_template.c.name == name))
