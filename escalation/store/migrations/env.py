"""What Alembic runs for either history: the steps, inside the transaction that `schema.upgrade` holds open."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
