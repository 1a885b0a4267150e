"""How Alembic runs the steps: on the connection, and in the transaction, of ``omni.store.opening``."""

from __future__ import annotations

from alembic import context

from omni.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # Alembic assumes that SQLite could not; with transactions of our own it can
)
context.run_migrations()
