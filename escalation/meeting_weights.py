"""Weighs an answer to an invitation by its words alone, beside what its phrases say: two witnesses, not one.

The weights are learned from the labelled answers (`python -m tests.understanding.train_meetings`). They know nothing
of the phrases that `escalation.meeting_replies` finds, so what both say is as good as certain.
"""

from __future__ import annotations

from collections.abc import Iterator

from escalation.concepts import concepts, spoken_in
from escalation.danger import weigh_danger
from escalation.features import by_sentence, danger_rules, features
from escalation.language import related
from escalation.linear import weights
from escalation.meeting_cues import Reading
from escalation.triage import Triage

_DANGERS = (0.1, 0.3, 0.5, 0.8)  # shares of 1 from which on an answer sounds more and more of danger


def features_of(read: Reading, rules: Triage) -> dict[str, float]:
    """What an answer is weighed by. `rules` is what the rules for first messages say of it."""
    meant = concepts(read.words)
    threat = weigh_danger(by_sentence(read.words, meant), danger_rules(rules.reasons), weights("danger"))
    return features(read.words, spoken_in(meant, related(read.spoken)), (), _signs(read, threat.share))


def _signs(read: Reading, danger: float) -> Iterator[str]:
    yield from (f"danger {share}" for share in _DANGERS if danger >= share)
    yield from (f"number {word}" for word in read.said if word.isdigit() and len(word) == 1)
    asks = [segment.question for segment in read.segments]
    if any(asks):
        yield "question"
    if all(asks):
        yield "nothing but questions"
