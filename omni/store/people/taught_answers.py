"""Where the ids are in the provider's answers, as operators taught it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from omni.store.database import Database, clock
from omni.store.json_text import storable
from omni.store.schema import taught_answer


@dataclass(frozen=True, slots=True)
class Teaching:
    """What was taught last: expressions as JSON, ``""`` for nothing any more; ``at`` is in UTC epoch seconds."""

    body: str
    by: str
    at: float


class TaughtAnswers:
    """Everything that was taught about the provider's answers; the last counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self) -> Teaching | None:
        """Return what was taught last, or None if nothing ever was."""
        with self._database.read() as connection:
            row = connection.execute(_LAST).one_or_none()
        return None if row is None else Teaching(row.body, row.taught_by, row.taught_at)

    def teach(self, body: str, by: str) -> None:
        """Add what counts from now on; an empty ``body`` takes back what was taught before."""
        with self._database.write() as connection:
            connection.execute(
                taught_answer.insert().values(body=storable(body), taught_by=storable(by), taught_at=clock(connection))
            )

    def adopt(self, body: str, by: str) -> None:
        """Teach the value of a setting, unless ``by`` taught just that before."""
        with self._database.read() as connection:
            before = connection.scalar(
                _LAST.with_only_columns(taught_answer.c.body).where(taught_answer.c.taught_by == by)
            )
        if body != (before or ""):
            self.teach(body, by)


_LAST = sa.select(taught_answer).order_by(taught_answer.c.id.desc()).limit(1)
