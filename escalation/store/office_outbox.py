"""The office's outbox: everything that is sent to staff."""

from __future__ import annotations

from escalation.store import office_tables
from escalation.store.outbox import Outbox

OFFICE = Outbox(office_tables.outbox, office_tables.attempts, office_tables.callbacks, office_tables.counters)
