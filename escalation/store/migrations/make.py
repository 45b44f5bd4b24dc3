"""Writes the next step of a history from what the tables in the source have and the steps so far do not make.

`python -m escalation.store.migrations.make front "Media may have a width"`; see `README.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Literal, cast

from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations.ops import CreateTableOp, MigrateOperation, ModifyTableOps, UpgradeOps
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine

from escalation.store.base import Utc
from escalation.store.front_tables import front
from escalation.store.office_tables import office
from escalation.store.schema import Schema, configuration

METADATA: dict[Schema, MetaData] = {"front": front, "office": office}


def make(schema: Schema, message: str) -> str:
    """Write the next step; its path comes out. Compares with an empty SQLite that took all steps so far."""
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        config = configuration(schema, conn)
        command.upgrade(config, "head")
        context = MigrationContext.configure(conn)
        found = produce_migrations(context, METADATA[schema]).upgrade_ops
    engine.dispose()
    steps = list(_functions(cast(UpgradeOps, found).ops, context))
    calls = "\n".join(f"    {name}()" for name, _ in steps) or "    pass"
    functions = "".join(f"\n\n\ndef {name}() -> None:\n    {body}" for name, body in steps)
    script = ScriptDirectory.from_config(config)
    number = f"{len(list(script.walk_revisions())) + 1:04}"
    path = script.generate_revision(
        number, message, head="head", upgrades=f"def upgrade() -> None:\n{calls}{functions}"
    )
    return str(path.path) if path else ""


def _functions(found: list[MigrateOperation], context: MigrationContext) -> Iterator[tuple[str, str]]:
    """(name, body) of one function for each table."""
    for table, group in groupby(found, key=lambda step: str(getattr(step, "table_name", "tables"))):
        steps = list(group)
        fresh = any(isinstance(step, CreateTableOp) for step in steps)
        body = render_python_code(
            # A new table needs no batch, which would copy it on SQLite.
            UpgradeOps(_flat(steps) if fresh else steps),
            render_as_batch=not fresh, render_item=_utc, migration_context=context,
        )  # fmt: skip
        lines = [line for line in body.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        yield f"_{table}", "\n".join(lines).lstrip()


def _flat(steps: list[MigrateOperation]) -> list[MigrateOperation]:
    return [inner for step in steps for inner in (step.ops if isinstance(step, ModifyTableOps) else [step])]


def _utc(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    """A step must not change when the source does, so it names none of our types."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(value, Utc) else False


if __name__ == "__main__":
    sys.stdout.write(make(cast(Schema, sys.argv[1]), sys.argv[2]) + "\n")
