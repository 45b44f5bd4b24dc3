"""What a channel is: one file behind this protocol. Adding one touches nothing else but bootstrap."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from handlers.messages import Outbound, Sent

Remedy = Literal[
    "temporary",  # it never arrived: try again after `retry_after`
    "permanent",  # it never will: next channel
    "stopped",  # the recipient opted out or blocked us: channel unusable until they write
    "unknown",  # nobody knows whether it was taken: look it up before trying again
]


class DeliveryError(Exception):
    """A send that did not succeed, named by its remedy. `code` is the provider's, never a text of ours."""

    def __init__(self, remedy: Remedy, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{remedy} {code}".strip())
        self.remedy: Remedy = remedy
        self.code = code
        self.retry_after = retry_after


class NoAccount:
    """A channel that this installation has no account for: whatever would leave on it goes another way at once."""

    async def send(self, out: Outbound) -> Sent:
        raise DeliveryError("permanent", "no-account")

    async def find(self, out: Outbound, since: datetime) -> Sent | None:
        raise DeliveryError("permanent", "cannot-ask")


class Channel(Protocol):
    """Sends, and where the provider can be asked, finds what was sent."""

    async def send(self, out: Outbound) -> Sent:
        """Hand one message to the provider. Raises DeliveryError."""

    async def find(self, out: Outbound, since: datetime) -> Sent | None:
        """The message if the provider already has it (accepted at or after `since`), None if not.

        Raises DeliveryError("temporary") when the provider cannot answer just now, and
        DeliveryError("permanent", "cannot-ask") when this provider can never be asked.
        """
