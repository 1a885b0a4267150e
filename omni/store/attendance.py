"""Workers that wait: seen by others while nothing is to be sent, and what one of them does now and then for all."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from omni.store import workers
from omni.store.database import Database, clock
from omni.store.schema import campaign
from omni.store.steering import start_due

NOBODY = ""


class Attendance:
    """Who is there, on the ledger's own list of workers. Every method raises ``StoreError``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def show(self, who: str, info: Mapping[str, object]) -> None:
        """A sign of life of ``who``, who holds no request."""
        with self._database.write(is_act=False) as connection:
            workers.give_sign_of_life(connection, clock(connection), who, info)

    def leave(self, who: str) -> None:
        """``who`` is there no more."""
        with self._database.write(is_act=False) as connection:
            workers.leave(connection, who)

    def sweep(self) -> bool:
        """End what dead workers had on its way, start the campaigns whose time has come; true when any is running."""
        with self._database.write(is_act=False) as connection:
            now = clock(connection)
            workers.bury(connection, now, NOBODY)
            start_due(connection, now)
            return bool(connection.scalar(sa.select(sa.exists().where(campaign.c.state == "running"))))
