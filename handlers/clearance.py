"""Makes staff's own words into a text that may leave, or hands them back with the reason: the guard's door."""

from __future__ import annotations

from dataclasses import dataclass

from escalation.disclosure import Secrets, judge
from handlers.messages import Cleared


@dataclass(frozen=True, slots=True)
class Held:
    """Words that stay here. `kinds` say why (see `escalation.disclosure`), `suggestion_key` names a ready reply.

    The words themselves are not kept: they may be the very secret.
    """

    kinds: tuple[str, ...]
    suggestion_key: str | None
    blocked: bool = False


def clear(text: str, secrets: Secrets, language: str | None = None) -> Cleared | Held:
    """The same text, unchanged, as `Cleared` if the guard passes it; otherwise why it is held.

    `secrets` is what this case knows and its reporter may not; `language` a hint for very short texts.
    A held text has only one way out: other words.
    """
    verdict = judge(text, secrets, language)
    if verdict.verdict == "pass":
        return Cleared(text)
    return Held(verdict.kinds, verdict.suggestion_key, blocked=verdict.verdict == "block")


def warm_up() -> None:
    """Read the guard's word lists, so that the first reply does not wait for them."""
    clear("ok", Secrets())
