"""The front desk's outbox: everything that is sent to reporters, and its own call for help."""

from __future__ import annotations

from escalation.store import front_tables
from escalation.store.outbox import Outbox

FRONT = Outbox(front_tables.outbox, front_tables.attempts, front_tables.callbacks, front_tables.counters)
