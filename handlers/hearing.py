"""A reporter's text as the front desk takes it: what was understood, and what the conversation adds to that.

Pure, like the reading below it: commands of a menu, our own words quoted back by a phone's "like", a language
nobody here reads, a wish for quiet inside a report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Literal

from escalation.evidence import Evidence, gather
from escalation.folding import tokens
from escalation.foreign import Foreign, foreign
from escalation.house_trouble import house_trouble
from escalation.intents import Beside, Wishes, intent_of
from escalation.lines import CATEGORIES, LineConfig
from escalation.short_answers import words_beside
from escalation.understanding import Understanding, understood
from handlers.texts.catalogue import LANGUAGES, catalogue

_COMMAND = re.compile(r"/[a-z_]+", re.IGNORECASE)
_COMMANDS = {
    "/status": "status",
    "/new": "new_case",
    "/language": "language",
    "/data": "data",
    "/help": "help",
    "/stop": "stop",
    "/start": "greeting",
    "/privacy": "data",
    "/cancel": "new_case",
    "/contact": "share_contact",
}
_QUOTED = re.compile(r"\s*(?P<verb>[^\"“„«»”]{1,40}?)\s*[\"“„«»”](?P<quoted>.+)", re.DOTALL)
_QUOTED_LENGTH = 24
_REACTION_WORDS = 4
_OURS = ("danger", "danger_where", "danger_self")
_TELLING = 2
_DOUBT = 0.1
_HELP_SIGN = "\N{SQUARED SOS}"


@dataclass(frozen=True, slots=True)
class Heard(Understanding):
    """An understanding with what only a conversation has. `intent` may also be one of this desk's own:

    ``share_contact``, ``reaction`` (our words came back with a "like"), ``signs`` (no word and no number at all),
    ``stray`` (a digit that answers nothing).
    """

    foreign: str | None = None  # a language nobody here reads
    hush: bool = False  # "do not write back" inside a report
    afraid: bool = False  # "will he know that it was me?" inside a report
    house: bool = False  # water, heating, lift
    tells: bool = False  # what is wrong, and not only where
    chat: bool = False  # a wrong number by what it talks about, not because somebody says so


def hear(text: str, line: LineConfig, *, pictures: bool = False) -> Heard:
    """Read a text sent to a line. `pictures`: something came with it, so that it is never a mere wish."""
    found = gather(text, country=line.country, languages=line.languages, words=line.words)
    read = understood(found)
    heard = Heard(**{f.name: getattr(read, f.name) for f in fields(Understanding)}, house=house_trouble(found.words))
    own = _own_intent(text, line)
    if own is not None and not pictures:
        unspoken = replace(heard, language=None, language_sure=False)  # a command is in no language
        return replace(
            unspoken, intent=own, category="none", danger=False, fishing=False, urgency="normal", supposed=False
        )
    heard = _foreign(_hushed(_by_chat(heard)), foreign(found.text, found.words, found.spoken))
    if pictures and heard.intent != "report":
        heard = replace(heard, intent="report")
    return _telling(heard, found, _HELP_SIGN in text, pictures)


def on_street(heard: Heard, street: str, text: str, line: LineConfig) -> Heard:
    """``12b 3 tv`` after "vestergade": a house on the street named before, if the text is nothing else."""
    if heard.property_code is not None or (heard.address is not None and heard.address.street):
        return heard
    whole = hear(f"{street} {text}", line)
    if whole.address is None or not whole.address.complete or words_beside(tokens(text), whole.address.display()):
        return heard
    return replace(heard, addresses=whole.addresses, address=whole.address, tells=False)


def unless_supposed(heard: Heard, reported_before: bool) -> Heard:
    """A wish that no phrase says counts only from somebody who has reported nothing, and hardly could have just now.

    "Now they are on the balcony" is more words of a reporter's; and no first report may be lost over a guess.
    """
    if not heard.supposed or heard.intent == "report" or not (reported_before or heard.doubt > _DOUBT):
        return heard
    return replace(heard, intent="report", category="other", sure=False, also=(), vague=True, supposed=False)


def pressed(category: str, urgency: str, line: LineConfig) -> Heard:
    """A category picked from the menu, without a word."""
    heard = hear("", line, pictures=True)
    urgent: Literal["urgent", "normal"] = "urgent" if urgency == "urgent" else "normal"
    about: Literal["self", "place"] = "self" if category == "self_help" else "place"
    return replace(heard, category=category, sure=True, urgency=urgent, about=about, tells=True)


def _own_intent(text: str, line: LineConfig) -> str | None:
    stripped = text.strip()
    first = stripped.split(maxsplit=1)[0].lower() if stripped else ""
    if first in _COMMANDS:
        return _COMMANDS[first]
    if _COMMAND.fullmatch(stripped):
        return "help"
    if _is_reaction(stripped, line):
        return "reaction"
    if stripped.isdecimal() and len(stripped) <= 2:
        return "stray"
    if stripped and not any(c.isalnum() for c in stripped) and _HELP_SIGN not in stripped:
        return "help" if "?" in stripped else "signs"
    return None


def _is_reaction(text: str, line: LineConfig) -> bool:
    """``Liked “Nabolinjen: Tak …”``: phones send a reaction as a text that quotes ours, emergency number and all."""
    found = _QUOTED.fullmatch(text)
    if found is None or len(found["verb"].split()) > _REACTION_WORDS:
        return False
    quoted = found["quoted"]
    return quoted.startswith((f"{line.name}:", f"{line.name},")) or quoted[:_QUOTED_LENGTH] in _openings(line)


def _openings(line: LineConfig) -> set[str]:
    """How those of our texts begin that do not begin with the line's name."""
    patterns = (catalogue(language).pattern(f"reporter.{kind}") for language in LANGUAGES for kind in _OURS)
    return {pattern.replace("{em}", line.emergency)[:_QUOTED_LENGTH] for pattern in patterns}


def _by_chat(heard: Heard) -> Heard:
    signs = [reason for reason in heard.because if reason.startswith("wrong_number:")]
    return replace(heard, chat=heard.intent == "wrong_number" and len(signs) > 1)


def _hushed(heard: Heard) -> Heard:
    """A wish for quiet beside a place or a matter is a report too: it may not be lost over the wish."""
    if heard.intent == "report" and heard.phrased == "quiet":
        return replace(heard, hush=True)
    if heard.intent != "quiet":
        return heard
    reasons = [reason.partition(":")[0] for reason in heard.because]
    matter = next((r for r in reasons if r in CATEGORIES and r not in ("self_help", "other")), None)
    if matter is None and not heard.addresses and heard.property_code is None:
        return heard
    urgent: Literal["urgent", "normal"] = "urgent" if any(r.startswith("urgent") for r in reasons) else "normal"
    return replace(heard, intent="report", category=matter or "other", urgency=urgent, hush=True)


def _foreign(heard: Heard, found: Foreign | None) -> Heard:
    if found is None:
        return heard
    told = replace(heard, foreign=found.language, language=found.language, language_sure=True)
    if found.danger and not heard.danger:
        told = replace(told, intent="report", category=_known(heard.category), danger=True, urgency="urgent")
    return told


def _known(category: str) -> str:
    return category if category in CATEGORIES else "other"


def _telling(heard: Heard, found: Evidence, calls_for_help: bool, pictures: bool) -> Heard:
    """Whether it tells what is wrong. A bare address is about no one, whatever its small words look like."""
    if heard.intent != "report":
        return heard
    heard = replace(heard, category=_known(heard.category))
    if calls_for_help:
        heard = replace(heard, danger=True, urgency="urgent")
    place = heard.address.display() if heard.address else ""
    beside = words_beside(found.words, place)
    placed = bool(heard.addresses) or heard.property_code is not None
    if placed and beside == 0 and not heard.danger:
        heard = replace(heard, category="other", about="place", urgency="normal")
    heard = replace(heard, afraid=_asks_who_sees(found.wishes))
    tells = pictures or heard.category != "other" or heard.danger or beside >= _TELLING
    return replace(heard, tells=tells)


def _asks_who_sees(wishes: Wishes) -> bool:
    """Whether somebody asks, beside all else, who will see that he wrote."""
    return intent_of(wishes, Beside(danger=False, evidence=0.0, place=False, question=True)).name == "who_sees"
