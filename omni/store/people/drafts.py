"""Drafts of campaigns, saved as the operator works, so that a reload or a restart loses nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from omni.core.draft import Draft
from omni.errors import CampaignError
from omni.store.database import AnyRow, Database, clock
from omni.store.json_text import from_text, to_text
from omni.store.schema import draft


class Drafts:
    """All drafts of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, body: Mapping[str, Any]) -> Draft:
        """Create an open draft, at revision 1."""
        with self._database.write() as connection:
            now = clock(connection)
            made = Draft(secrets.token_hex(8), name, "open", 1, body, None, now, now)
            connection.execute(
                draft.insert().values(
                    id=made.id,
                    name=name,
                    state="open",
                    revision=1,
                    body=to_text(body),
                    created_at=now,
                    updated_at=now,
                )
            )
        return made

    def get(self, draft_id: str) -> Draft | None:
        """Return the draft as it was last saved; None if there is none."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(draft).where(draft.c.id == draft_id)).one_or_none()
        return None if row is None else _from_row(row)

    def save(self, draft_id: str, body: Mapping[str, Any], name: str, expected_revision: int) -> Draft:
        """Replace an open draft that was not saved again after ``expected_revision``.

        Raises ``CampaignError``: ``draft.changed`` (saved elsewhere in the meantime), ``draft.sent``,
        ``draft.not_found``.
        """
        with self._database.write(is_act=False) as connection:
            row = connection.execute(
                draft.update()
                .where(draft.c.id == draft_id, draft.c.revision == expected_revision, draft.c.state == "open")
                .values(
                    name=name,
                    body=to_text(body),
                    revision=expected_revision + 1,
                    updated_at=clock(connection),
                )
                .returning(draft)
            ).one_or_none()
            if row is not None:
                return _from_row(row)
            state = connection.scalar(sa.select(draft.c.state).where(draft.c.id == draft_id))
        code = {None: "draft.not_found", "sent": "draft.sent"}.get(state, "draft.changed")
        raise CampaignError(code, id=draft_id)

    def list(self) -> tuple[Draft, ...]:
        """Return all drafts, the one saved last first."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(draft).order_by(draft.c.updated_at.desc(), draft.c.id)).all()
        return tuple(map(_from_row, rows))

    def delete(self, draft_id: str) -> None:
        """Delete a draft; nothing happens if there is none."""
        with self._database.write() as connection:
            connection.execute(draft.delete().where(draft.c.id == draft_id))


def _from_row(row: AnyRow) -> Draft:
    return Draft(
        row.id,
        row.name,
        row.state,
        row.revision,
        from_text(row.body),
        row.campaign_id,
        row.created_at,
        row.updated_at,
    )
