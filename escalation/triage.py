"""What a text is about, how urgent it is and whether somebody is in danger: words as data, scoped by negation and time.

Tuned for recall: a false alarm costs a sentence, a miss may cost a life (rules in the labelled texts' README).
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from escalation.folding import Token, fold
from escalation.language import guess, related
from escalation.lexicons import LANGUAGES, load, undisturbed
from escalation.lines import CATEGORIES
from escalation.phrase_matcher import Hit, Matcher

About = Literal["place", "self", "child"]

_WEIGHTS = {"strong": 3.0, "plain": 1.6, "hint": 0.7}
_DANGER_WEIGHT, _URGENT_WEIGHT = 7.0, 4.5
_SOFT_WEIGHT = 3.0
_SURE_SCORE, _SURE_MARGIN, _ALSO_SCORE = 3.0, 1.5, 3.0
_NEGATION_REACH = 3
_OWN_REASONS = frozenset(("suicide", "medicine", "ill", "unconscious", "help"))
# Saying "not paid", "not cleaned" or "not seen" is the complaint itself there, so a denial changes nothing.
_LACKS = frozenset(("rent", "cleaning", "other"))
_MATTERS = frozenset(("noise", "smell", "rent", "cleaning", "damage", "pets", "threat"))


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a phrase means: its kind, the reason's name, and how it may be taken back."""

    kind: str
    name: str
    language: str
    category: str = ""
    weight: float = 0.0
    about: About = "place"
    hold: bool = False
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Triage:
    """The reading of one text. `evidence` is how much of a report it is, `matter_evidence` the same for things that
    happen rather than people; `because` names the reasons and the words that gave them, strongest first, `reasons`
    the rules alone, `own` the categories that a line's own words gave. `tenant`: the writer speaks of his own tenancy,
    so that a matter of rent is about himself."""

    category: str
    sure: bool
    also: tuple[str, ...]
    danger: bool
    about: About
    urgency: Literal["urgent", "normal"]
    evidence: float
    matter_evidence: float
    because: tuple[str, ...]
    reasons: frozenset[str]
    own: frozenset[str]
    tenant: bool


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@lru_cache(maxsize=16)
@undisturbed()
def _compiled(extra: tuple[tuple[str, str, str], ...]) -> tuple[Matcher, tuple[_Rule, ...], dict[str, frozenset[str]]]:
    """All lexicons as one matcher, the rule of each label, and the negating words of each language."""
    matcher, rules, negations = Matcher(), list[_Rule](), dict[str, frozenset[str]]()
    for language in LANGUAGES:
        lexicon = load(language)
        sets = lexicon.get("sets", {})
        negations[language] = frozenset(fold(word) for word in lexicon["cues"]["negation"])
        for rule, phrases in _rules_of(language, lexicon):
            rules.append(rule)
            for phrase in phrases:
                matcher.add(phrase, len(rules) - 1, sets, typos=rule.kind == "danger" and not rule.soft)
    for kind, name, phrase in extra:
        rules.append(_extra_rule(kind, name))
        matcher.add(phrase, len(rules) - 1, {})
    return matcher, tuple(rules), negations


def _rules_of(language: str, lexicon: Mapping[str, Any]) -> Iterable[tuple[_Rule, list[str]]]:
    for kind, weight in (("danger", _DANGER_WEIGHT), ("urgent", _URGENT_WEIGHT)):
        for name, table in lexicon.get(kind, {}).items():
            rule = _Rule(
                kind, name, language, table["category"], weight,
                table.get("about", "place"), table.get("hold", False), table.get("soft", False),
            )  # fmt: skip
            yield rule, _lines(table["phrases"])
    for name, table in lexicon["category"].items():
        for level, weight in _WEIGHTS.items():
            if level in table:
                yield _Rule("category", level, language, name, weight), _lines(table[level])
    for cue in ("no_negation", "past", "now", "over", "calm", "mask", "mask_all", "tenant"):
        yield _Rule(cue, cue, language), _lines(lexicon["cues"][cue])


def _extra_rule(kind: str, name: str) -> _Rule:
    if kind == "danger":
        return _Rule("danger", "line", "", name, _DANGER_WEIGHT)
    return _Rule("category", "strong", "", name, _WEIGHTS["strong"])


def _extra(words: Mapping[str, Any] | None) -> tuple[tuple[str, str, str], ...]:
    """A line's own words: ``{"danger": ["word", …], "noise": ["word", …]}``; unknown tables are left alone."""
    found = []
    for name, phrases in (words or {}).items():
        if name == "danger":
            found += [("danger", "threat", str(phrase)) for phrase in phrases]
        elif name in CATEGORIES:
            found += [("category", name, str(phrase)) for phrase in phrases]
    return tuple(found)


def _with_words(languages: frozenset[str] | None) -> frozenset[str]:
    """Those of the languages that have a lexicon; where none has, all that have."""
    return (languages or frozenset()).intersection(LANGUAGES) or frozenset(LANGUAGES)


class _Reading:
    """One text's hits sorted by what they are for, with the questions triage asks about a hit's surroundings."""

    def __init__(self, words: Sequence[Token], read: frozenset[str] | None, extra: Mapping[str, Any] | None) -> None:
        matcher, self.rules, negations = _compiled(_extra(extra))
        self.words = words
        self.said: dict[int, list[Token]] = defaultdict(list)
        for token in words:
            self.said[token.sentence].append(token)
        self._languages: dict[int, frozenset[str]] = {}
        # A language without a lexicon (Arabic, Polish …) may hold words of any: danger is looked for in all.
        spoken = _with_words(read)
        self.by_kind: dict[str, list[tuple[_Rule, Hit]]] = defaultdict(list)
        for hit in matcher.find(words):
            rule = self.rules[hit.label]
            heard_in = self._spoken_in(words[hit.at[0]].sentence) if rule.kind == "danger" else spoken
            if not rule.language or rule.language in heard_in:
                self.by_kind[rule.kind].append((rule, hit))
        self.unread = {p for _, hit in self.by_kind["mask_all"] for p in hit.at}
        self.masked = self.unread | {p for _, hit in self.by_kind["mask"] for p in hit.at}
        exempt = {p for _, hit in self.by_kind["no_negation"] for p in hit.at}
        negating = frozenset[str]().union(*(w for lang, w in negations.items() if lang in spoken))
        self.negators = [i for i, t in enumerate(words) if t.word in negating and i not in exempt]
        self.negating = negating
        people = [load(language)["people"] for language in spoken]
        self.writer = {fold(word) for lists in people for word in lists["writer"]}
        self.seeing = {fold(word) for lists in people for word in lists["seeing"]}
        self.others = {fold(word) for lists in people for word in lists["others"]}
        self.past = self._spots("past")
        self.now = self._spots("now")
        self.over = self._spots("over")
        self.calm = bool(self.by_kind["over"] or self.by_kind["calm"])
        self._alive: dict[str, list[tuple[_Rule, Hit]]] = {}

    def _spoken_in(self, sentence: int) -> frozenset[str]:
        """The languages of one sentence, whatever stands beside it: nothing harmless may hide a danger's words."""
        if sentence not in self._languages:
            self._languages[sentence] = _with_words(related(guess("", words=self.said[sentence])))
        return self._languages[sentence]

    def _spots(self, kind: str) -> tuple[set[int], set[int]]:
        """The sentences and the clauses in which a cue of this kind stands."""
        at = [hit.at[0] for _, hit in self.by_kind[kind]]
        return {self.words[i].sentence for i in at}, {self.words[i].clause for i in at}

    def negated(self, hit: Hit) -> bool:
        """Whether a denial stands just before the hit, or right behind it in its clause ("brænder ikke")."""
        if any(self.words[p].word in self.negating for p in hit.at):
            return False
        first, last = hit.at[0], hit.at[-1]
        clause = self.words[first].clause
        near = self.negators[bisect(self.negators, first - _NEGATION_REACH - 1) : bisect(self.negators, last + 2)]
        return any(first < n < last or self.words[n].clause == clause for n in near)

    def taken_back(self, rule: _Rule, hit: Hit) -> bool:
        """Whether the text itself says that this is over, or long past and nothing of it goes on now."""
        here = self.words[hit.at[0]]
        sentence, clause = here.sentence, here.clause
        if rule.soft and self.calm:
            return True
        near = {sentence, sentence + 1}
        if near & self.over[0]:
            return not rule.hold or sentence in self.over[0]
        if rule.hold or clause in self.now[1]:
            return False
        return sentence in self.past[0]

    def of_writer(self, hit: Hit) -> bool:
        """Whether the hit's sentence speaks of "I" before anybody else: "jeg vil ikke leve", not "han siger …"."""
        said = [token.word for token in self.said[self.words[hit.at[0]].sentence]]
        first = next((i for i, word in enumerate(said) if word in self.writer), None)
        other = next((i for i, word in enumerate(said) if word in self.others), None)
        return first is not None and (other is None or (first < other and self.seeing.isdisjoint(said[first:other])))

    def alive(self, kind: str) -> list[tuple[_Rule, Hit]]:
        """The hits of a kind that nothing masks, denies or takes back."""
        if kind not in self._alive:
            masked = self.unread if kind == "category" else self.masked
            self._alive[kind] = [
                (rule, hit)
                for rule, hit in self.by_kind[kind]
                if not masked.intersection(hit.at)
                and not (rule.category not in _LACKS and self.negated(hit))
                and not (kind == "danger" and self.taken_back(rule, hit))
            ]
        return self._alive[kind]


def triage(
    words: Sequence[Token], languages: frozenset[str] | None = None, extra: Mapping[str, Any] | None = None
) -> Triage:
    """Read folded words (`folding.tokens`). `languages` limits those read (`language.related`);
    `extra` holds a line's own words by category name or ``danger``."""
    reading = _Reading(words, languages, extra)
    dangers, urgents = reading.alive("danger"), reading.alive("urgent")
    scores = _scores(reading, dangers, urgents)
    ranked = sorted(scores, key=lambda name: (-scores[name], name)) or ["other"]
    best = ranked[0]
    margin = scores.get(best, 0.0) - (scores[ranked[1]] if len(ranked) > 1 else 0.0)
    about = _about(reading, dangers, urgents, best)
    if about == "self" and dangers:
        best = "self_help"
    also = tuple(name for name in ranked if name != best and scores[name] >= _ALSO_SCORE)
    because = [f"{rule.kind}.{rule.name}: {hit.source}" for rule, hit in [*dangers, *urgents]]
    because += [f"{rule.category}: {hit.source}" for rule, hit in reading.alive("category")]
    return Triage(
        category=best,
        sure=scores.get(best, 0.0) >= _SURE_SCORE and (margin >= _SURE_MARGIN or bool(dangers)),
        also=also,
        danger=bool(dangers),
        about=about,
        urgency="urgent" if dangers or urgents else "normal",
        evidence=max((_evidence(reading, name, scores) for name in scores), default=0.0),
        matter_evidence=max((points for name, points in scores.items() if name in _MATTERS), default=0.0),
        because=tuple(dict.fromkeys(because))[:12],
        reasons=_reasons(reading, dangers, urgents, best),
        own=frozenset(rule.category for rule, _ in reading.alive("category") if not rule.language),
        tenant=bool(reading.by_kind["tenant"]),
    )


def _reasons(
    reading: _Reading, dangers: Sequence[tuple[_Rule, Hit]], urgents: Sequence[tuple[_Rule, Hit]], best: str
) -> frozenset[str]:
    """The rules that hold, by name: ``danger fire``, ``noise strong``, and ``best noise`` for what they come to."""
    found = {f"{rule.kind} {rule.name}" for rule, _ in [*dangers, *urgents]}
    found |= {f"{rule.category} {rule.name}" for rule, _ in reading.alive("category")}
    found |= {kind for kind, hits in (("danger", dangers), ("urgent", urgents)) if hits}
    return frozenset(found | {f"best {best}"})


def _evidence(reading: _Reading, name: str, scores: Mapping[str, float]) -> float:
    """How much of a report a category's points are: "I" and "me" alone are none."""
    if name != "self_help":
        return scores[name] if name != "other" else scores[name] / 2
    strong = [rule for rule, _ in reading.alive("category") if rule.category == name and rule.name == "strong"]
    return sum(rule.weight for rule in strong)


def _about(
    reading: _Reading, dangers: Sequence[tuple[_Rule, Hit]], urgents: Sequence[tuple[_Rule, Hit]], best: str
) -> About:
    """Whom the danger or the worry is about: a child, the writer himself, or somebody at the place."""
    hits = dangers or urgents
    if any(rule.about == "child" for rule, _ in hits):
        return "child"
    if dangers:
        own = [hit for rule, hit in dangers if rule.name in _OWN_REASONS]
        return "self" if any(reading.of_writer(hit) for hit in own) else "place"
    if best == "self_help" or (best == "rent" and reading.by_kind["tenant"]):
        return "self"
    return "place"


def _scores(
    reading: _Reading, dangers: Sequence[tuple[_Rule, Hit]], urgents: Sequence[tuple[_Rule, Hit]]
) -> dict[str, float]:
    """Points by category. Overlapping phrases count once, and so does a phrase said twice."""
    scores: dict[str, float] = defaultdict(float)
    for hits in (dangers, urgents):
        for rule in dict.fromkeys(rule for rule, _ in hits):
            scores[rule.category] += rule.weight if not rule.soft else _SOFT_WEIGHT
    used: dict[str, set[int]] = defaultdict(set)
    said: set[tuple[str, str]] = set()
    unmasked = (pair for pair in reading.by_kind["category"] if not reading.unread.intersection(pair[1].at))
    for rule, hit in sorted(unmasked, key=lambda pair: -pair[0].weight):
        if used[rule.category].intersection(hit.at) or (rule.category, hit.source) in said:
            continue
        used[rule.category].update(hit.at)
        said.add((rule.category, hit.source))
        scores[rule.category] += rule.weight * (0.3 if rule.category not in _LACKS and reading.negated(hit) else 1.0)
    return dict(scores)
