"""What `nabolinje check` has to say: one plain line each, with its remedy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend (`grave`, exit status 1) or only to know. The text holds no personal data."""

    text: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{'finding' if self.grave else 'note'}: {self.text}"


def note(text: str) -> Finding:
    """Worth knowing, nothing to be done about it or nothing that must be."""
    return Finding(text, grave=False)
