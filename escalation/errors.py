"""Every error this service raises on purpose, named by what the reader has to do about it.

NabolinjeError
├── Refused            the input is wrong: mend it and try again (carries fields)
│   └── DirectoryFaults    many of them, one per cell
├── NotConfigured      a setting is missing or wrong: change the configuration
├── SchemaOutOfDate    run ``nabolinje migrate``
├── UnknownKey         a row was sealed with a key this process does not hold
└── NoSuch             there is no such thing, or it is not yours: the same answer for both
"""

from __future__ import annotations


class NabolinjeError(Exception):
    """The root. ``remedy`` is one plain line for a person; ``fields`` are facts for a machine.

    Neither ever carries personal data: both end in logs and on terminals.
    """

    def __init__(self, remedy: str, **fields: object) -> None:
        super().__init__(remedy)
        self.remedy = remedy
        self.fields = fields


class Refused(NabolinjeError):
    """The input is wrong; the remedy says what is allowed. Nothing was written."""


class NotConfigured(NabolinjeError):
    """A setting is missing, misspelt or contradicts another; the remedy names it."""


class SchemaOutOfDate(NabolinjeError):
    """The database schema is older than this program; run the command the remedy names."""


class UnknownKey(NabolinjeError):
    """A stored field names an encryption key that is not among the configured ones."""


class NoSuch(NabolinjeError):
    """There is no such thing, or the asker may not see it. The answer is the same on purpose."""
