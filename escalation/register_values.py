"""What the register says about responsibility, as far as routing needs it: no names, no numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from escalation.directory import within


@dataclass(frozen=True, slots=True, repr=False)
class Placement:
    """One period of responsibility for one placement; `valid_to` includes its day, None is open.

    Without a repr: that somebody is placed somewhere must not reach a log.
    """

    placement: str
    property: str
    floor: str
    door: str
    team: str
    contact_person: str | None
    valid_from: date
    valid_to: date | None = None
    landlord_consent_from: date | None = None
    landlord_consent_to: date | None = None
    clause_scope: tuple[str, ...] = ()
    clause_from: date | None = None
    clause_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether this period of responsibility holds on a local day."""
        return within(day, self.valid_from, self.valid_to)

    def consented_on(self, day: date) -> bool:
        """Whether the citizen's consent towards the landlord holds on a local day; without a date there is none."""
        start = self.landlord_consent_from
        return start is not None and within(day, start, self.landlord_consent_to)

    def clause_on(self, day: date) -> tuple[str, ...]:
        """What the lease lets the landlord tell on a local day: some of rent, damage, conduct, cleaning."""
        start = self.clause_from
        return self.clause_scope if start is not None and within(day, start, self.clause_to) else ()
