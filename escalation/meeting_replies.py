"""Reads what somebody answers to an invitation to a follow-up meeting.

A yes that was none makes two parties wait for somebody who never comes, so whatever is in doubt is ``unclear``
and will be asked again. Danger, and a violence announced for the meeting, weighs more than any answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from escalation.folding import Token, compose, tokens
from escalation.intents import Beside, intent_of, wishes_in
from escalation.language import guess, related
from escalation.linear import Verdict, Weights, judge, weights
from escalation.meeting_cues import Cue, Reading, within, words_of
from escalation.meeting_sides import Sides, telling
from escalation.meeting_weights import features_of
from escalation.triage import Triage, triage

MeetingIntent = Literal["yes", "other_time", "no", "call_me", "need_help", "danger", "stop", "unclear"]
_LONGEST = 12_000
_READ = 1_200  # whoever writes more is read by a person, but danger is looked for in all of it
_REASONS = 4
_BESIDE_A_DIGIT = 4  # the digit is one of them
# How many times likelier the words must make something else than what the phrases say, what is said by no phrase at
# all, and, on top of either, an acceptance; and the least share of an acceptance that phrases say. Set on writers
# whose texts no weight was learned from.
_SAID, _NOTHING_SAID, _ACCEPTING = 15.0, 3.0, 6.0
_LEAST_FOR_A_YES = 0.05
_SHORT = 14  # words; a number at the end of a longer letter is part of its signature
_BREATH = 5  # words that may follow a bare "ja" in one breath
_PHONE = re.compile(r"(?:\+\d[\d ]{7,}|\b\d{2} ?\d{2} ?\d{2} ?\d{2}\b|\b0\d{3}[ /]?\d[\d ]{4,})")


@dataclass(frozen=True, slots=True)
class MeetingReply:
    """What is answered, and the phrases that decided, strongest first."""

    intent: MeetingIntent
    because: tuple[str, ...]
    leans: bool = False  # a yes is in it, and beside it something that no phrase knows


_NOTHING = MeetingReply("unclear", ())


def meeting_reply(text: str, by: Weights | None = None) -> MeetingReply:
    """Read one answer to the menu "1 yes, 2 another time, 3 no". Digits answer it, and so do words.

    `by` stands in for the weights learned from the labelled answers.
    """
    text = compose(text)[:_LONGEST]
    read, rules = readings(text)
    said = _urgent(read, rules) or _asking(read, text) or _answer(Sides(read))
    if said.intent == "danger" or (said == _NOTHING and not any(map(telling, read.said))):
        return said  # a day alone is no answer, whatever it weighs
    found = _together(said, judge(features_of(read, rules), by or weights("meetings"))["intent"])
    named = not said.leans and any(within(word, "time") for word in read.said)
    if found.intent == "yes" and said.intent != "yes" and (named or read.refuses()):
        return said  # by its words alone nothing is accepted that denies, or names a time of its own
    if found.intent == "yes" and (len(text) > _READ or read["menace"]):
        return MeetingReply("unclear", ("more than an answer", *found.because[1:]))
    return found


def readings(text: str) -> tuple[Reading, Triage]:
    """A composed text read as an answer, and as the rules for first messages read it."""
    read = Reading(text[:_READ])
    calm = {p for cue in read["calm"] for p in cue.at}
    words = [token for i, token in enumerate(read.words) if i not in calm and not token.word.startswith("zz")]
    words += _moved(tokens(text[_READ:]), words)
    return read, triage(words, related(guess("", words=words)))


def _together(said: MeetingReply, weighed: Verdict) -> MeetingReply:
    """What the phrases say, unless the words weigh so much more for something else."""
    own, other = weighed.shares[said.intent], weighed.shares[weighed.name]
    counts = _NOTHING_SAID if said == _NOTHING or said.leans else _SAID
    if weighed.name == "yes" and not said.leans:
        counts *= _ACCEPTING
    if weighed.name != said.intent and other > own * counts:
        return MeetingReply(
            cast(MeetingIntent, weighed.name), tuple(f"{weighed.name}: {name}" for name in weighed.because)
        )
    if said.intent == "yes" and own < _LEAST_FOR_A_YES:
        return MeetingReply("unclear", ("weighs against a yes", *said.because))
    return said


def _because(intent: MeetingIntent, *cues: Sequence[Cue]) -> MeetingReply:
    reasons = [f"{cue.name}{' denied' if cue.denied else ''}: {cue.source}" for some in cues for cue in some]
    return MeetingReply(intent, tuple(dict.fromkeys(reasons))[:_REASONS])


def _urgent(read: Reading, rules: Triage) -> MeetingReply | None:
    """Danger and STOP, which mean the same whatever was asked."""
    calm = {p for cue in read["calm"] for p in cue.at}
    announced = [cue for cue in read["danger"] if not calm.intersection(cue.at)]
    if announced:
        return _because("danger", announced)
    if rules.danger:
        return MeetingReply("danger", rules.because[:_REASONS])
    if read["call"]:
        return None
    if read["stop"]:
        return _because("stop", read["stop"])
    words = [token for i, token in enumerate(read.words) if i not in calm and not token.word.startswith("zz")]
    wish = intent_of(wishes_in(words), Beside(danger=False, evidence=rules.evidence, place=False, question=False))
    return MeetingReply("stop", wish.because) if wish.name == "stop" else None


def _moved(words: Sequence[Token], behind: Sequence[Token]) -> list[Token]:
    """Words as they stand behind others: their sentences and clauses are counted on."""
    sentence, clause = (behind[-1].sentence + 1, behind[-1].clause + 1) if behind else (0, 0)
    return [Token(token.word, token.sentence + sentence, token.clause + clause) for token in words]


def _asking(read: Reading, text: str) -> MeetingReply | None:
    """Who must be called or helped before he can come: that outweighs a yes, which would leave him at home."""
    picked = _picked(read)
    calls = [cue for cue in read["call"] if read.joint(cue) != "if"]
    if calls:
        return _because("call_me", calls)
    helped = [*read["help"], *(cue for cue in read["aid"] if not cue.denied), *read.company()]
    if helped and picked not in ("2", "3"):
        return _because("need_help", helped)
    if picked == "several":
        return MeetingReply("unclear", ("several digits",))
    if picked is not None:
        return _by_digit(picked, Sides(read))
    if _PHONE.search(text) and not read["assent"] and not read["attend"] and len(read.words) < _SHORT:
        return MeetingReply("call_me", ("a phone number",))
    return None


def _picked(read: Reading) -> str | None:
    """The digit of the menu that is answered; ``several`` where two are, or one is asked about."""
    said = [word for word in read.said if word not in words_of("polite")]
    kept = words_of("neg") | words_of("mended")
    content = [word for word in said if word not in words_of("opening") or word in kept]
    names = {word: str(n) for n in (1, 2, 3) for word in words_of(f"digit{n}")}
    places = [i for i, word in enumerate(content) if word in names]
    if not places:
        return None
    rest = [w for w in content if w not in names and w not in words_of("linking")]
    first = content[places[0]]
    leads = places[0] == 0 and first[0].isdigit() and not _counts(content, 0)
    if rest and not leads:
        return None
    last = places[-1]
    if any(word in words_of("either") for word in content) and len({names[content[i]] for i in places}) > 1:
        return "several"
    if last and content[last - 1] in words_of("mended") and len(places) > 1 and not _counts(content, last):
        return names[content[last]]
    if rest:
        return names[first] if set(rest) != {"zzask"} else "several"
    return names[first] if len({names[content[i]] for i in places}) == 1 else "several"


def _counts(words: Sequence[str], at: int) -> bool:
    """Whether a number counts something ("2 personer", "3 uger") or is half of a time."""
    after = words[at + 1] if at + 1 < len(words) else ""
    return after in words_of("unit") or (after.isdigit() and after not in "123")


def _by_digit(picked: str, sides: Sides) -> MeetingReply:
    """The digit, unless the words beside it say otherwise."""
    digit = f"digit {picked}"
    if picked == "2" or (sides.time and picked in "13"):
        return MeetingReply("other_time", (digit, *_because("other_time", sides.time).because))
    if picked == "3":
        return MeetingReply("unclear" if sides.attending else "no", (digit,))
    if sides.no or sides.cannot or sides.unsure:
        return _because("unclear", sides.no, sides.cannot, sides.unsure)
    if _objects(sides) or (not sides.yes and _says_more(sides.read)):
        return MeetingReply("need_help" if _lacks(sides) else "unclear", (digit, "and something unknown"))
    return MeetingReply("yes", (digit,))


def _says_more(read: Reading) -> bool:
    """Whether a digit stands in a text that tells something unknown. A signature is nothing told."""
    close = next((i for i, word in enumerate(read.said) if word in words_of("closing")), len(read.said))
    return sum(map(telling, read.said[:close])) > _BESIDE_A_DIGIT


def _answer(sides: Sides) -> MeetingReply:
    """Words alone. What comes last weighs more, a no more than a yes, and what is in doubt is asked again."""
    yes, no, read = sides.yes, sides.no, sides.read
    refused = [cue for cue in no if cue.name == "attend" and read.number(cue) not in {*map(read.number, sides.unsure)}]
    if sides.unsure and not sides.time and not refused and not _firm_after(sides, sides.unsure):
        return _because("unclear", sides.unsure)
    never = [cue for cue in read["never"] if not read.segments[read.number(cue)].question]
    if never and no:
        return _because("no", never, no)
    weakly = [cue for cue in read["time_weak"] if read.joint(cue) == "but"]
    time = [*sides.time, *sides.offers(), *weakly, *sides.another_day()]
    if time:
        return _because("other_time", time)
    if read["torn"]:
        return _because("unclear", read["torn"])
    if no and all(cue.name == "no_word" for cue in no) and sides.obstacles and not yes:
        return _because("other_time", sides.obstacles)
    if no:
        return _with_no(sides)
    if sides.cannot and sides.obstacles:
        return _because("other_time", sides.cannot, sides.obstacles)
    if sides.cannot:
        return _because("unclear" if yes else "need_help" if _needs(sides) else "no", sides.cannot)
    if sides.obstacles:
        return _with_obstacle(sides)
    named = {p for cue in [*read["attend"], *read["parting"]] for p in cue.at}
    weak = [cue for cue in read["time_weak"] if not named.intersection(cue.at)]
    if not yes or weak or _loose(sides) or _objects(sides):
        found = _because("need_help" if yes and _lacks(sides) else "unclear", yes)
        return replace(found, leans=bool(yes) and found.intent == "unclear" and not read["doubt"])
    return _because("yes", yes)


def _needs(sides: Sides) -> bool:
    """Whether what cannot be done is something else than coming: that is what help is needed with."""
    read = sides.read
    rest = [word for cue in sides.cannot for word in read.after(cue) if word not in words_of("neg") | words_of("idle")]
    return bool(rest) and not words_of("attends").intersection(rest)


def _firm_after(sides: Sides, doubts: Sequence[Cue]) -> bool:
    """Whether a plain "I come" follows the doubts in a segment of its own."""
    last = max(cue.at[-1] for cue in doubts)
    number = sides.read.segment(last)
    return any(cue.at[0] > last and sides.read.number(cue) > number for cue in sides.yes) and not sides.no


def _with_no(sides: Sides) -> MeetingReply:
    read, yes = sides.read, sides.yes
    against = [cue for cue in sides.no if not (cue.name == "no" and _condition(sides, cue))]
    if not yes:
        return _because("no", sides.no)
    if not against:
        return _because("unclear" if _objects(sides) else "yes", yes)
    if read["fine"] and all(cue.name == "no_word" for cue in against):
        return _because("yes", read["fine"])
    if not sides.attending and any(cue.name == "attend" for cue in against):
        return _because("no", against)
    last_yes, last_no = yes[-1], against[-1]
    if last_no.at[0] > last_yes.at[-1] and read.number(last_no) > read.number(last_yes):
        return _because("no", against)
    later = read.number(last_yes) > read.number(last_no)
    around = [*read.before(last_yes), *(read.said[p] for p in last_yes.at), *read.after(last_yes)]
    turned = read.joint(last_yes) == "but" and last_yes.name == "attend"
    if later and (turned or (words_of("again").intersection(around) and read["attend"])):
        return _because("yes", yes)
    return _because("unclear", against, yes)


def _condition(sides: Sides, cue: Cue) -> bool:
    """Whether somebody who comes only says what he will not do there: "but I won't talk about money"."""
    read = sides.read
    said_before = any(read.number(yes) < read.number(cue) for yes in sides.yes)
    return said_before and any(map(telling, read.after(cue))) and not words_of("attends").intersection(read.after(cue))


def _with_obstacle(sides: Sides) -> MeetingReply:
    read, yes = sides.read, sides.yes
    last = max(cue.at[0] for cue in sides.obstacles)
    if yes and yes[-1].at[0] > last:
        return _because("yes", yes)
    if any(cue.name == "attend" for cue in yes) and not any(read.joint(cue) == "but" for cue in sides.obstacles):
        return _because("unclear", sides.obstacles)
    return _because("other_time", sides.obstacles)


def _loose(sides: Sides) -> bool:
    """Whether a bare "ja" or "ok" opens a segment that goes on about something unknown."""
    if sides.attending:
        return bool(sides.read["doubt"]) and not any(cue.name == "attend" for cue in sides.attending)
    read = sides.read
    last = sides.yes[-1]
    follows = read.number(last) + 1
    if read["practical"] and any(segment.question for segment in read.segments):
        return bool(read["doubt"])
    asked = follows < len(read.segments) and read.segments[follows].question and read.runs_on(follows)
    after = read.after(last)
    asked = asked or not words_of("wh").isdisjoint(after) or not words_of("until_then").isdisjoint(read.said)
    return bool(read["doubt"]) or asked or any(map(telling, after)) or len(after) > _BREATH


def _objects(sides: Sides) -> bool:
    """Whether a "but" follows the yes with nothing known to be harmless in it."""
    read = sides.read
    known = ("harmless", "fine", "mask", "unsure_not")
    harmless = {read.number(cue) for cue in [*sides.yes, *(cue for name in known for cue in read[name])]}
    buts = [i for i, segment in enumerate(read.segments) if segment.joint == "but" and segment.end - segment.first > 1]
    last = buts[-1] if buts else -1
    later = {i for i, segment in enumerate(read.segments) if i > last and segment.joint == "if"}
    answered = bool(sides.yes) and read.number(sides.yes[-1]) > last
    if any(cue.name == "attend" for cue in sides.attending) and not read.denies(last):
        return False
    asks = read.segments[last].question and bool(sides.attending)
    return last > 0 and last not in harmless and not later and not asks and not answered


def _lacks(sides: Sides) -> bool:
    return any(sides.read.joint(cue) == "but" for cue in sides.read["lack"])
