"""Column mappings, contact lists and templates that are kept from one campaign for the next."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from omni.core.draft import ContactList
from omni.store.database import Database, clock, insert_if_new
from omni.store.json_text import from_text, storable, to_text
from omni.store.schema import contact_list, saved_mapping, saved_template

_COLUMNS: Final = "columns"


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """The columns of a spreadsheet as last matched, in ``file`` at ``updated_at`` (UTC epoch seconds)."""

    mapping: Mapping[str, str]
    file: str
    updated_at: float


class SavedMappings:
    """Column mappings, by the shape of the spreadsheet they are for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, shape: str, mapping: Mapping[str, str], file: str) -> None:
        """Keep the mapping, replacing the one before."""
        with self._database.write() as connection:
            values = {"mapping": to_text(dict(mapping)), "file": storable(file), "updated_at": clock(connection)}
            connection.execute(insert_if_new(connection, saved_mapping).values(shape=shape, **values))
            connection.execute(saved_mapping.update().where(saved_mapping.c.shape == shape).values(values))

    def get(self, shape: str) -> SavedMapping | None:
        """Return the mapping kept for this shape; None if there is none."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(saved_mapping).where(saved_mapping.c.shape == shape)).one_or_none()
        return None if row is None else SavedMapping(from_text(row.mapping), row.file, row.updated_at)


class ContactLists:
    """All kept contact lists of one database; their rows are in files elsewhere."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, name: str, body: Mapping[str, Any], contacts: int) -> ContactList:
        """Create a list."""
        with self._database.write() as connection:
            made = ContactList(secrets.token_hex(8), storable(name), body, contacts, clock(connection))
            connection.execute(
                contact_list.insert().values(
                    id=made.id, name=made.name, body=to_text(body), contacts=contacts, created_at=made.created_at
                )
            )
        return made

    def all(self) -> tuple[ContactList, ...]:
        """Return every list, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(contact_list).order_by(contact_list.c.created_at.desc())).all()
        return tuple(ContactList(row.id, row.name, from_text(row.body), row.contacts, row.created_at) for row in rows)

    def rename(self, list_id: str, name: str) -> None:
        """Rename a list; nothing happens if it does not exist."""
        with self._database.write() as connection:
            connection.execute(contact_list.update().where(contact_list.c.id == list_id).values(name=storable(name)))

    def delete(self, list_id: str) -> None:
        """Delete a list; nothing happens if it does not exist."""
        with self._database.write() as connection:
            connection.execute(contact_list.delete().where(contact_list.c.id == list_id))


class Templates:
    """All saved templates of one database; a body is the API's ``template`` object."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> tuple[str, ...]:
        """Return their names in alphabetical order, ignoring case."""
        with self._database.read() as connection:
            names = connection.scalars(sa.select(saved_template.c.name)).all()
        return tuple(sorted(names, key=lambda name: (name.casefold(), name)))

    def get(self, name: str) -> dict[str, Any] | None:
        """Return the template saved under ``name``; None if there is none."""
        kept = self._kept(name)
        return kept if kept is None or _COLUMNS not in kept else dict(kept["template"])

    def columns(self, name: str) -> dict[str, str]:
        """Return the columns that were chosen for names in the texts of a template; none if there is no template."""
        return dict((self._kept(name) or {}).get(_COLUMNS, {}))

    def _kept(self, name: str) -> dict[str, Any] | None:
        query = sa.select(saved_template.c.body).where(saved_template.c.name == name)
        with self._database.read() as connection:
            body = connection.scalar(query)
        return None if body is None else dict(from_text(body))

    def save(self, name: str, body: Mapping[str, Any], columns: Mapping[str, str] | None = None) -> None:
        """Save a template under ``name``, replacing the one before, with the columns chosen for names in its texts."""
        # With columns it is kept as in a request, which versions that know of no columns can read too.
        kept = {"template": body, _COLUMNS: dict(columns)} if columns else body
        with self._database.write() as connection:
            values = {"body": to_text(kept), "updated_at": clock(connection)}
            connection.execute(insert_if_new(connection, saved_template).values(name=name, **values))
            connection.execute(saved_template.update().where(saved_template.c.name == name).values(values))

    def delete(self, name: str) -> None:
        """Delete the template; nothing happens if there is none."""
        with self._database.write() as connection:
            connection.execute(saved_template.delete().where(saved_template.c.name == name))
