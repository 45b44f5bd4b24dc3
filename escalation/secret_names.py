"""Finds the names of one case in a text however they are written: misspelt, spaced out, masked, cut to initials.

Never by capitals: a colleague on a telephone writes without them, and one in a hurry writes with nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from escalation.lexicons import load
from escalation.phrases import any_of
from escalation.suspicion import is_common
from escalation.unmask import View, fold

_DATA = load("disclosure_names")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_BESIDE = re.compile(r"[^\w.!?\n;:]{1,3}")
_TOKEN = re.compile(r"[^\W_]+")
_MASKED = re.compile(r"[^\W\d_][^\W_]*(?:[*•#_?]{1,20}[^\W_]{0,20}){1,6}")
_MASKS = re.compile(r"[*•#_?]+")
_LEET = str.maketrans("013457@$", "oieastas")
_ENDINGS = ("s", "es")
_PARTICLES = frozenset("van von de der den da di el al bin ben la le af og und and zu du".split())
_ORDINARY = frozenset(fold(_DATA["ordinary"]).split())
_NEVER_NAMES = frozenset(fold(_DATA["not_names"]).split())
_SMALL_WORDS = " ".join(
    [_DATA["short_words"], *(load(f"disclosure_{name}")["function"] for name in ("da", "en", "de"))]
)
SHORT_WORDS = _NEVER_NAMES | _ORDINARY | frozenset(fold(_SMALL_WORDS).split())
_NO_NAME_AFTER = any_of(_DATA["no_name_after"])
_NAME_AFTER = any_of(_DATA["before_names"])
_NAME_BEFORE = any_of(_DATA["after_names"])
# Letters and pairs that a hand puts for one another when it knows the name only by ear.
_BY_EAR = ((r"ch|ck|c|q", "k"), (r"ph", "f"), (r"th", "t"), (r"z", "s"), (r"w", "v"), (r"[yj]|ie", "i"), (r"h", ""))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a folded text with its place there and its neighbours in the same sentence ("" for none)."""

    plain: str
    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Name:
    """A name's parts, and the ways of writing it short."""

    parts: tuple[str, ...]
    joined: str
    short: re.Pattern[str]


def words_of(view: View) -> tuple[Word, ...]:
    """The words of a text in order."""
    found = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(view.text)]
    beside = [bool(_BESIDE.fullmatch(view.text, a[2], b[1])) for a, b in pairwise(found)]
    befores = ["", *(a[0] if near else "" for a, near in zip(found, beside, strict=False))]
    afters = [*(b[0] if near else "" for b, near in zip(found[1:], beside, strict=True)), ""]
    return tuple(Word(*word, *around) for word, *around in zip(found, befores, afters, strict=bool(found)))


def mentions_any(view: View, words: Sequence[Word], names: Iterable[str]) -> bool:
    """Whether one of the names, or a part of one, stands in the text in whatever spelling.

    From four letters on a spelling by ear counts, from five on one slip of the pen, from nine on two. A name that
    is an ordinary word as well ("Bo", "Mark") counts where names stand, and beside the rest of the name.
    """
    known = _known(tuple(names))
    if not known:
        return False
    parts = frozenset(part for name in known for part in name.parts)
    if any(_is_part(word, parts) for word in words) or any(name.short.search(view.text) for name in known):
        return True
    wholes = tuple(name.joined for name in known if len(name.parts) > 1)
    return _is_disguised(view, parts, wholes)


def mentions_whole(words: Sequence[Word], names: Iterable[str]) -> bool:
    """Whether one of the names stands in the text in full: its first and its last part, exactly or misspelt."""
    plain = {_bare(word.plain) for word in words}
    for name in names:
        parts = _parts(name)
        if len(parts) > 1 and all(any(_alike(p, part) for p in plain) for part in (parts[0], parts[-1])):
            return True
    return False


def stands_as_name(word: Word) -> bool:
    """Whether an ordinary word stands where names do: beside a verb or a "with", and not after "the" or "will"."""
    if _NO_NAME_AFTER.fullmatch(word.before):
        return False
    return bool(_NAME_BEFORE.fullmatch(word.after)) or bool(_NAME_AFTER.fullmatch(word.before))


@lru_cache(maxsize=512)
def _known(names: tuple[str, ...]) -> tuple[_Name, ...]:
    made = []
    for name in names:
        parts = _parts(name)
        if parts:
            made.append(_Name(tuple(parts), "".join(parts), _short(parts)))
    return tuple(made)


def _short(parts: Sequence[str]) -> re.Pattern[str]:
    """ "Y.A.W.", "YAW", "Line R.", "K. Winter": initials, and a part beside the initial of another."""
    forms = []
    initials = [part[0] for part in parts]
    if len(parts) > 1:
        forms.append(r"\W{0,2}".join(rf"{letter}\." for letter in initials[:-1]) + rf"\W{{0,2}}{initials[-1]}(?!\w)")
        forms.append(rf"{parts[0]}\W{{1,2}}{initials[-1]}(?:\.|\W*$)")
        forms.append(rf"{initials[0]}\W{{1,2}}{parts[-1]}(?!\w)")
        forms.append(rf"{parts[0]}\W{{1,2}}{parts[1]}(?!\w)")
    bare = "".join(initials)
    if len(bare) > 1 and bare not in SHORT_WORDS:
        forms.append(rf"{bare}s?(?!\w)")
    return re.compile(r"(?<!\w)(?:" + "|".join(forms) + ")") if forms else re.compile("(?!)")


def _parts(name: str) -> list[str]:
    return [p for p in re.findall(r"[^\W\d_]+", fold(name)) if len(p) > 1 and p not in _PARTICLES]


def _bare(plain: str) -> str:
    head, mark, _ = plain.partition("'")
    return head if mark else plain


def _is_part(word: Word, parts: frozenset[str]) -> bool:
    plain = _bare(word.plain)
    if plain in parts or any(plain.endswith(e) and plain.removesuffix(e) in parts for e in _ENDINGS):
        whole = plain in parts
        ordinary = plain in SHORT_WORDS
        return (not ordinary and (len(plain) > 2 or whole)) or stands_as_name(word)
    if plain in SHORT_WORDS or is_common(plain):
        return False
    return any(_alike(plain, part) for part in parts)


def _alike(plain: str, part: str) -> bool:
    """Whether a word is the part of a name, by ear or but for a slip of the pen; an ending may follow."""
    forms: tuple[str, ...] = (plain, plain.removesuffix("s"))
    if part in forms:
        return True
    if len(part) >= 4 and plain[0] in _first_letters(part[0]) and any(_by_ear(f) == _by_ear(part) for f in forms):
        return True
    if len(part) < 5 or (plain[0] != part[0] and plain[:2] != part[1::-1]):
        return False
    allowed = 2 if len(part) >= 9 else 1
    if len(part) == 5:
        forms = tuple(form for form in forms if len(form) >= 5)
    return any(OSA.distance(form, part, score_cutoff=allowed) <= allowed for form in forms)


@lru_cache(maxsize=256)
def _first_letters(letter: str) -> str:
    return {"k": "kcq", "c": "kcq", "f": "fp", "p": "fp", "j": "jyi", "y": "jyi", "i": "jyi", "v": "vw", "w": "vw"}.get(
        letter, letter
    )


@lru_cache(maxsize=4096)
def _by_ear(word: str) -> str:
    for written, heard in _BY_EAR:
        word = re.sub(written, heard, word)
    return re.sub(r"(.)\1+", r"\1", word)


def _is_disguised(view: View, parts: frozenset[str], wholes: Sequence[str]) -> bool:
    """Spaced out ("T o r b e n"), cut in two, run together, with figures for letters, or with stars."""
    if is_masked(view, parts):
        return True
    tokens = _TOKEN.findall(view.text)
    if any(whole in token for token in tokens for whole in wholes):
        return True
    long = [part for part in (*parts, *wholes) if len(part) >= 5 and part not in _ORDINARY]
    spelled = [part for part in (*parts, *wholes) if len(part) >= 3]
    return any(_spells(run, spelled) for run in _single_letters(tokens)) or _pieced(tokens, long)


def as_letters(token: str) -> str:
    """A token with the figures in it read as the letters they look like; a number stays one."""
    return token.translate(_LEET) if any(c.isalpha() for c in token) else token


def is_masked(view: View, parts: Iterable[str]) -> bool:
    """Whether a word with stars in it ("T****n") may stand for one of the parts."""
    return any(_fits(match.group(), parts) for match in _MASKED.finditer(view.text))


def _fits(masked: str, parts: Iterable[str]) -> bool:
    if not _MASKS.search(masked.rstrip("*_?")) and not re.search(r"[*•#_]{2,}$", masked):
        return False
    pieces = [re.escape(piece) for piece in _MASKS.split(masked.translate(_LEET))]
    form = re.compile(r"\w*".join(pieces))
    return any(form.fullmatch(part) for part in parts if len(part) >= 3)


def _single_letters(tokens: Sequence[str]) -> Iterator[str]:
    run = ""
    for token in (*tokens, "  "):
        if len(token) == 1:
            run += token
            continue
        if len(run) >= 3:
            yield fold(run.translate(_LEET))
        run = ""


def _spells(run: str, parts: Iterable[str]) -> bool:
    return any(part in run for part in parts)


def _pieced(tokens: Sequence[str], parts: Iterable[str]) -> bool:
    """Whether neighbouring pieces, or one with figures for letters, make up a part of a name."""
    plain = [as_letters(token) for token in tokens]
    opening = {part[:1] for part in parts}
    for index, first in enumerate(plain):
        if first[0] not in opening:
            continue
        for part in parts:
            if first != tokens[index] and _alike(fold(first), part):
                return True
            if part.startswith(first) and _continues(plain, index, part):
                return True
    return False


def _continues(plain: Sequence[str], index: int, part: str) -> bool:
    built = ""
    for piece in plain[index : index + len(part)]:
        built += piece
        if fold(built) in (part, part + "s"):
            return len(built) > len(plain[index])
        if not part.startswith(fold(built)):
            return False
    return False
