"""Mends the first words of a staff message where a thumb slipped: a command typed on the stairs is still one.

Only a letter doubled, one missing inside, two swapped, or one wrong in a long word; only in words that begin
alike, and never a word that is one itself: "noted" is no "note".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from escalation.lexicons import load
from escalation.unmask import View, fold

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_REPEATED = re.compile(r"(.)\1{2,}")
_HEAD = 6
_SHORTEST = 4
_LONG = 7


def tidy(view: View, raw: str) -> View:
    """The folded text with its apostrophes gone and the slips in its first words mended."""
    text: list[str] = []
    at: list[int] = []
    last = 0
    for number, match in enumerate(_WORD.finditer(view.text)):
        if number >= _HEAD and "'" not in match.group():
            continue
        written = match.group().replace("'", "")
        typed = _WORD.match(raw, view.at[match.start()])
        word = _mended(written, typed.group().lower() if typed else written) if number < _HEAD else written
        if word == match.group():
            continue
        text.append(view.text[last : match.start()] + word)
        at += view.at[last : match.start()]
        at += [view.at[match.start()]] * (len(word) - 1) + [typed.end() - 1 if typed else view.at[match.end() - 1]]
        last = match.end()
    if not last:
        return view
    text.append(view.text[last:])
    return View("".join(text), (*at, *view.at[last:]), view.length)


@cache
def _known() -> tuple[Mapping[str, str], frozenset[str]]:
    """The commands that may be meant, as written and as folded, and every word that means itself."""
    data = load("command_spelling")
    spelt = {command: fold(command) for command in data["commands"]}
    known = {fold(word) for name in ("commands", "command_acts") for word in _LETTERS.findall(str(load(name)))}
    known.update(map(fold, [*spelt, *data["words"]]))
    return {**spelt, **{command: command for command in spelt.values()}}, frozenset(known)


def _mended(word: str, typed: str) -> str:
    """The command that a folded word must have been, `typed` being the word as it was written; else the word."""
    commands, words = _known()
    if len(word) < _SHORTEST - 1 or word in words:
        return word
    once, typed = _REPEATED.sub(r"\1", word), _REPEATED.sub(r"\1", typed)
    if len(once) > 1 and once in words:
        return once
    alike = ((command, plain) for command, plain in commands.items() if command[0] == once[0])
    meant = {plain for command, plain in alike if _slipped(once, command) or _slipped(typed, command)}
    return meant.pop() if len(meant) == 1 else word


def _slipped(word: str, command: str) -> bool:
    if abs(len(word) - len(command)) > 1 or len(command) < _SHORTEST:
        return False
    if len(word) == len(command):
        wrong = [i for i, (a, b) in enumerate(zip(word, command, strict=True)) if a != b]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and sorted(word) == sorted(command)
        return swapped or (len(wrong) == 1 and wrong[0] < len(word) - 1 and len(word) >= _LONG)
    if len(word) > len(command):
        return any(word[i] == word[i - 1] and word[:i] + word[i + 1 :] == command for i in range(1, len(word)))
    return any(command[:i] + command[i + 1 :] == word for i in range(1, len(command) - 1))
