"""Environment in which Alembic runs the steps: the connection and transaction of ``omni.store.opening``."""

from __future__ import annotations

from alembic import context

from omni.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # Alembic assumes that SQLite cannot, but with our own transactions it can
)
context.run_migrations()
