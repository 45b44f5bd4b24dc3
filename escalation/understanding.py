"""One reading of one text: intent, matter, danger, urgency, language and place. The only door to the word lists.

Pure and quick; nothing here decides what happens next, it only says what was understood and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from escalation.addresses import Address
from escalation.danger import weigh_danger
from escalation.evidence import Evidence, gather
from escalation.intents import Intent, wanted_language
from escalation.linear import Verdict, judge, weights
from escalation.triage import About, Triage

# Shares of 1 from which on a thing counts, set on texts that no weight was learned from: docs/adr/0015.
_DANGER, _URGENT, _SURE, _ALSO = 0.06, 0.45, 0.62, 0.2
# How likely a text may still be a report when a wish is heard, and when one is that would end in silence.
_REPORT, _REPORT_SILENCED, _REPORT_NAMED = 0.5, 0.35, 0.02
_NAMED = 2.9  # points of a phrase that names a matter outright
_SILENT = frozenset(("stop", "thanks", "resolved"))
# The concept in whose words a wish is said.
_SAID_BY = {
    "stop": "stop_contact", "start": "begin_again", "help": "how_it_works", "status": "ask_status", "thanks": "thanks",
    "resolved": "solved", "greeting": "greeting", "language": "language_wish", "wrong_number": "wrong_recipient",
    "spam": "advertising", "receipt": "receipt_wish", "quiet": "quiet_wish", "who_sees": "who_reads",
    "data": "data_rights", "new_case": "another_matter",
}  # fmt: skip
_PLAIN_RULES = frozenset(f"danger {name}" for name in ("gas", "smoke", "child", "medicine", "break_in", "line"))
_CLEAR, _SHORT, _FEW = 0.75, 8, 10
_OWN_WORDS = 1.0  # a line's own word decides


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text says. `category` is ``none`` unless `intent` is ``report``; `address` is the one place meant,
    None where none or several are named (`addresses` has all places). `because` gives reasons and their words."""

    intent: str
    category: str
    sure: bool
    also: tuple[str, ...]
    danger: bool
    about: About
    urgency: Literal["urgent", "normal"]
    fishing: bool
    language: str | None
    language_sure: bool
    wanted_language: str | None
    addresses: tuple[Address, ...]
    address: Address | None
    property_code: str | None
    case_codes: tuple[str, ...]
    because: tuple[str, ...]
    vague: bool  # nothing in it says what it is about: "it is worse now", "my number is ..."
    phrased: str  # the wish that its phrases say, whatever else it is; ``report`` where they say none
    supposed: bool  # `intent` is a wish that no phrase says, only what the words weigh
    doubt: float  # how likely it is a report all the same, as a share of 1


def understand(
    text: str, *, country: str, languages: Sequence[str], words: Mapping[str, Any] | None = None
) -> Understanding:
    """Read a reporter's text. `country` and `languages` are the line's, `words` its own lexicon words by category
    name or ``danger``."""
    return understood(gather(text, country=country, languages=languages, words=words))


def understood(found: Evidence) -> Understanding:
    """What a text says by all that was found in it."""
    read = found.rules
    threat = weigh_danger(found.sentences, found.danger_rules, weights("danger"))
    weighed = judge(found.features, weights("text"))
    danger = bool(found.words) and (threat.share >= _DANGER or _said_plainly(found))
    intent = _intent(found, weighed["intent"], danger)
    is_report = intent.name == "report"
    danger = danger and is_report
    matter = _matter(found, weighed["matter"], is_report)
    urgent = is_report and (danger or weighed["urgency"].shares["urgent"] >= _URGENT)
    return Understanding(
        intent=intent.name,
        category=matter.category,
        sure=matter.sure,
        also=matter.also,
        danger=danger,
        about=_about(read, matter.category, danger) if is_report and (danger or not intent.fishing) else "place",
        urgency="urgent" if urgent else "normal",
        fishing=intent.fishing,
        language=found.spoken.language,
        language_sure=found.spoken.sure,
        wanted_language=wanted_language(found.words) if intent.name == "language" else None,
        addresses=found.places,
        address=found.places[0] if len(found.places) == 1 else None,
        property_code=found.code,
        case_codes=found.codes,
        because=(*intent.because, *read.because, *matter.because, *(threat.because if danger else ())),
        vague=is_report and read.evidence == 0,
        phrased=found.intent.name,
        supposed=intent.supposed,
        doubt=intent.doubt,
    )


def _intent(found: Evidence, weighed: Verdict, danger: bool) -> Intent:
    """The wish of a text that reports nothing. A report must never be lost over a wish, so wishes have to be sure,
    and surest those after which the line would fall silent."""
    by_rule = found.intent
    if by_rule.whole or not found.words or by_rule.name not in {"report", *weighed.shares}:
        return by_rule
    likely = weighed.shares["report"]
    wish = max((name for name in weighed.shares if name != "report"), key=weighed.shares.__getitem__)
    if wish == "stop" and by_rule.name == "quiet":
        wish = "quiet"  # the gentler of the two: whoever writes again is still answered
    highest = _REPORT if wish not in _SILENT else _REPORT_SILENCED
    turned = by_rule.turned and (wish in _SILENT or wish == "start")
    if turned or (wish == "thanks" and found.rules.matter_evidence >= _NAMED):
        highest = _REPORT_NAMED  # "Thanks, it has begun again", "Noise. Thanks."
    if danger or likely > highest:
        return Intent("report", by_rule.fishing, by_rule.because if by_rule.name == "report" else ())
    said = wish == by_rule.name or f"concept {_SAID_BY.get(wish)}" in found.features
    because = (*by_rule.because, *(f"{wish}: {name}" for name in weighed.because))
    return Intent(wish, False, because, supposed=not said, doubt=likely)


def _said_plainly(found: Evidence) -> bool:
    """Whether danger is said in words that count whatever else stands beside them: a writer's about his own life, any
    in a text of few words ("thanks, but now it burns"), those rules that are hardly ever wrong, a line's own. Of the
    labelled texts of so few words in which a rule of danger holds, 45 of 53 were dangers."""
    read = found.rules
    plain = read.about == "self" or len(found.words) <= _FEW
    return (read.danger and plain) or not _PLAIN_RULES.isdisjoint(read.reasons)


def _about(read: Triage, category: str, danger: bool) -> About:
    """Whom a report is about, where the weights may have found another matter than the rules."""
    own = not danger and (category == "self_help" or (category == "rent" and read.tenant))
    return "self" if own and read.about == "place" else read.about


@dataclass(frozen=True, slots=True)
class _Matter:
    category: str
    sure: bool
    also: tuple[str, ...]
    because: tuple[str, ...]


def _matter(found: Evidence, weighed: Verdict, is_report: bool) -> _Matter:
    """The matter that weighs most, whether that is sure, and the others that the text raises beside it."""
    if not is_report:
        return _Matter("none", True, (), ())
    own = found.rules.own
    shares = {name: share + (_OWN_WORDS if name in own else 0.0) for name, share in weighed.shares.items()}
    best = max(shares, key=shares.__getitem__)
    if found.rules.sure and shares[best] < _CLEAR and len(found.words) <= _SHORT:
        best = found.rules.category  # "threats Søndergade 48": a phrase says more than the little there is to weigh
        shares[best] = max(shares[best], _SURE)
    also = tuple(name for name in sorted(shares, key=lambda n: -shares[n]) if name != best and shares[name] >= _ALSO)
    return _Matter(best, shares[best] >= _SURE, also, tuple(f"{best}: {name}" for name in weighed.because))
