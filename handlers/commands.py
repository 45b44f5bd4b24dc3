"""What staff on duty write or press, as one command: the door through which a case is taken, passed on, closed.

A wrong case touched or a case closed by mistake costs a person help, so whatever is not plainly one
command about one case is "unclear" and gets a question back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from handlers.command_acts import Act, Deed, act_in
from handlers.command_text import CommandText, Rest
from handlers.command_words import names, words

Action = Literal[
    "take",
    "pass",
    "close",
    "note",
    "reply",
    "where",
    "pause",
    "sick",
    "resume",
    "tomorrow",
    "snooze",
    "ring",
    "hear",
    "help",
    "stop",
    "show",
    "unclear",
    "tpl",
    "own",
    "use",
    "outcome",
    "same",
    "snooze_reason",  # an answer only
]


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a staff member.

    `code` is the case named, or the only open one; None where several are open and none is named, or the
    command concerns none. `body` is the text of a note, reply or outcome exactly as written, None where
    it is still to come. `minutes` belong to pause and snooze; `arg` to buttons (a template's or an
    outcome's key, "OTHER:yes").
    """

    action: Action
    code: str | None = None
    body: str | None = None
    minutes: int | None = None
    arg: str | None = None


UNCLEAR = Command("unclear")

_NUMBER = re.compile(r"\W*(\d{1,4})\W?([a-z]+)?(?!\w)")
_LONGEST_BREAK = 24 * 60
_BUTTON_CODE = re.compile(r"[A-Z0-9]{4}")
_BUTTONS: dict[str, Action] = {
    "take": "take",
    "pass": "pass",
    "show": "show",
    "hear": "hear",
    "reply": "reply",
    "tpl": "tpl",
    "own": "own",
    "use": "use",
    "note": "note",
    "snooze": "snooze",
    "ring": "ring",
    "close": "close",
    "outcome": "outcome",
    "same": "same",
}
_WITH_ARGUMENT = {"tpl", "outcome", "same"}
_WITH_BODY = {"reply", "note", "reply_said", "note_said", "reply_open"}
_LONE: dict[str, Deed] = {"where": "where", "ring": "ring", "hear": "hear", "show": "show", "tomorrow": "tomorrow"}


def _words(*path: str) -> re.Pattern[str]:
    return words(*path, lexicon="commands")


def parse(text: str, open_codes: tuple[str, ...]) -> Command:
    """The command in a staff member's text, while the cases `open_codes` are open with him.

    Code first or verb first, any case, Danish, Norwegian, English or German. A named code is returned even
    when it is not among the open ones: the use case decides. Never raises; "unclear" whenever the text is
    not plainly one command on one case. Without a code the only open case is meant; with none open there is
    nothing to act on.
    """
    if text.strip() == "?":
        return Command("help")
    said = CommandText.read(text, tuple(code.upper() for code in open_codes))
    openings = said.openings()
    verbs = names("start", "commands")
    ends = {name: said.matches(_words("start", name), openings, name in _WITH_BODY) for name in verbs}
    for verb in sorted(filter(ends.get, ends), key=lambda name: -ends[name]):
        command = _read(said, verb, ends[verb])
        if command is not None:
            return command
    act = act_in(said)
    if act is None:
        return UNCLEAR
    return Command(act.action) if act.action in ("help", "stop") else _on_case(said, act)


def parse_button(data: str) -> Command | None:
    """The command behind a staff button (`take:K7M2`, `tpl:K7M2:later`, `same:K7M2:W9TC:yes`), or None."""
    name, _, rest = data.partition(":")
    code, _, arg = rest.partition(":")
    if name not in _BUTTONS or not _BUTTON_CODE.fullmatch(code) or bool(arg) != (name in _WITH_ARGUMENT):
        return None
    if name == "same" and not re.fullmatch(r"[A-Z0-9]{4}:(?:yes|no)", arg):
        return None
    return Command(_BUTTONS[name], code, arg=arg or None)


def is_outcome(text: str) -> bool:
    """Whether a text is nothing but outcomes a case may be closed with, in any language."""
    said = CommandText.read(text, ())
    end = said.matches(_words("outcomes"), said.openings())
    return (
        bool(end)
        and not said.question
        and said.rest(end, _words("outcomes"), _words("tail", "alone"), _words("tail", "outcome")) is Rest.END
    )


def names_other(text: str, open_codes: tuple[str, ...], code: str) -> bool:
    """Whether a text names a case besides this one."""
    return any(named != code.upper() for named in CommandText.read(text, open_codes).codes)


def _read(said: CommandText, verb: str, end: int) -> Command | None:
    """The command that opens with a verb of its own; None if the text is more than that."""
    if verb in _WITH_BODY:
        if verb == "reply_open" and not _words("tail", verb).match(said.after(said.skip(end, None)[0])):
            return None
        return _with_body(said, "reply" if verb.startswith("reply") else "note", end, verb.endswith("_said"))
    if verb in {"help", "help_asked", "stop"}:
        return _about_the_line(said, verb, end)
    if said.question and verb != "where":
        return None
    if verb in {"pause", "snooze"}:
        return _for_minutes(said, verb, end)
    if verb in {"sick", "resume"}:
        return _of_oneself(said, verb, end)
    if verb in {"same", "different"}:
        return _compare(said, end, "yes" if verb == "same" else "no")
    if said.rest(end, _words("tail", "alone")) is not Rest.END:
        return None
    return _on_case(said, Act(_LONE[verb], said.codes))


def _with_body(said: CommandText, action: Action, end: int, announced: bool) -> Command | None:
    """A reply or note: its text is everything behind verb and code, untouched; if `announced`, behind a colon."""
    place = said.body_from(end)
    if announced and (place is None or not place.colon):
        return None
    if place is None:
        return UNCLEAR
    if not place.colon and _words("tail", f"not_{action}").match(said.after(place.start)):
        return None
    body = said.written_from(place.start)
    if place.code is not None:
        return Command(action, place.code, body)
    if not said.open_codes or (body is not None and said.opens_with_garble(place.start)):
        return UNCLEAR
    only = said.open_codes[0] if len(said.open_codes) == 1 else None
    addressed = said.addressed(place.start)
    return Command(action, None if addressed not in (None, only) else only, body)


def _compare(said: CommandText, end: int, answer: str) -> Command | None:
    """ "K7M2 SAMME W9TC": the answer for the one about the other, which needs both."""
    if len(said.codes) != 2 or len(set(said.codes)) != 2 or said.rest(end, _words("tail", "alone")) is not Rest.END:
        return None
    return Command("same", said.codes[0], arg=f"{said.codes[1]}:{answer}")


def _about_the_line(said: CommandText, verb: str, end: int) -> Command | None:
    if verb == "help_asked":
        return None if _words("tail", "not_case").match(said.after(said.word_from(end))) else Command("help")
    if said.codes or said.rest(end, _words("tail", "alone" if verb == "help" else "stop")) is not Rest.END:
        return None
    if verb == "help":
        return Command("help")
    return None if said.question else Command("stop")


def _of_oneself(said: CommandText, verb: str, end: int) -> Command | None:
    if said.codes or said.rest(end, _words("tail", "sick"), _words("tail", "alone")) is not Rest.END:
        return None
    return Command("sick" if verb == "sick" else "resume")


def _for_minutes(said: CommandText, verb: str, end: int) -> Command | None:
    start, _ = said.skip(end, None)
    number = _NUMBER.match(said.after(start))
    minutes: int | None = None
    if number:
        hours = number[2] is not None and _words("tail", "hours").fullmatch(number[2])
        if (
            number[2]
            and not hours
            and not any(_words("tail", name).fullmatch(number[2]) for name in ("minutes", "alone"))
        ):
            return UNCLEAR
        minutes = int(number[1]) * (60 if hours else 1)
        end = start + number.end()
        if not 0 < minutes <= _LONGEST_BREAK:
            return UNCLEAR
    if said.rest(end, _words("tail", "alone")) is not Rest.END:
        return None
    if verb == "pause":
        return UNCLEAR if said.codes else Command("pause", minutes=minutes)
    return _on_case(said, Act("snooze", said.codes), minutes)


def _on_case(said: CommandText, act: Act, minutes: int | None = None) -> Command:
    """The command on the one case it can only mean; two codes, a garbled one or no open case make it unclear."""
    named = set(act.codes)
    if len(named) > 1 or (not named and (not said.open_codes or said.garbled)):
        return UNCLEAR
    if named:
        return Command(act.action, named.pop(), act.body, minutes)
    return Command(act.action, said.open_codes[0] if len(said.open_codes) == 1 else None, act.body, minutes)
