"""What stands inside a house: floor, door, staircase and entrance, as far as they name themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from escalation.address_tokens import Sense, Tokens, word_class
from escalation.lexicons import load
from escalation.street_endings import ends_like_street

_LEADING_MARKS = frozenset(",.;:-–—/(\n")
_HARD_ENDS = frozenset(",;()!?\n")
_CODE_LETTERS = frozenset("hukl")
CODE_WORDS = _CODE_LETTERS | {"ho"}  # the letters of dwelling numbers, one of them with O for a nought
HIGHEST = 40
_SHORT_CODE = _SHORT_WORD = 3
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}


@dataclass(frozen=True, slots=True)
class Unit:
    """The part of an address inside a house, with the tokens it took and whether it is the writer's own.

    `level` is a number, ``ground``, ``cellar``, or the floor's own sign (HP, K1); the country's notation comes last.
    """

    level: str | None = None
    door: str | None = None
    staircase: str | None = None
    letter: str | None = None
    country: str | None = None
    start: int = 0
    end: int = 0
    own: bool = False
    sure: bool = True

    @property
    def empty(self) -> bool:
        return not (self.level or self.door or self.staircase or self.letter)

    def notation(self, country: str) -> str | None:
        """The floor as the country writes it: st/kl, EG/KG, or Norway's 1 and K1."""
        signs = {
            "AT": {"ground": "EG", "cellar": "KG", "under": "KG"},
            "NO": {"ground": "1", "cellar": "K1", "under": "U1", "loft": "L1"},
        }
        danish = {"ground": "st", "cellar": "kl", "under": "kl"}
        return signs.get(country, danish).get(self.level, self.level) if self.level else None


def merged(first: Unit, second: Unit) -> Unit:
    """The first unit with its gaps filled from the second."""
    return replace(
        first,
        level=first.level or second.level,
        door=first.door or second.door,
        staircase=first.staircase or second.staircase,
        letter=first.letter or second.letter,
        country=first.country or second.country,
        end=max(first.end, second.end),
    )


def clash(first: Unit, second: Unit) -> bool:
    """Whether two units contradict each other."""
    pairs = ((first.level, second.level), (first.door, second.door), (first.staircase, second.staircase))
    return any(a and b and a != b for a, b in pairs)


class UnitReader:
    """Reads from one text's tokens the units that name themselves. `austrian`, `norwegian`: what the line or the text
    shows."""

    def __init__(self, tokens: Tokens, *, austrian: bool, norwegian: bool) -> None:
        self.tokens = tokens
        self.austrian = austrian
        self.norwegian = norwegian

    def shows_austria(self, at: int) -> bool:
        """Whether what stands behind a house number is written as in Austria: 12/2/14, Stiege, Tür, EG, Wien."""
        if self.tokens[at].raw == "/" and self.tokens[at + 1].kind == "num":
            return "side" not in self.tokens.senses(at + 2) and self.tokens[at + 3].word not in ("tv", "th", "mf")
        return any(
            ({"staircase", "austrian_floor", "austrian_level"} & self.tokens.senses(i).keys() and not self._is_and(i))
            or ("top" in self.tokens.senses(i) and len(self.tokens[i].raw) > 1)
            or self.tokens[i].word in word_class("austrian_towns")
            for i in range(at, min(at + 8, len(self.tokens)))
        )

    def _is_and(self, at: int) -> bool:
        """``15 og har``: "and", and no Obergeschoß."""
        return self.tokens[at].word == "og" and self.tokens[at - 1].raw != "."

    def shows_denmark(self, at: int) -> bool:
        """Whether a Danish side or floor stands behind a house number."""
        return any(
            self.tokens[i].word in ("tv", "th", "mf", "sal", "stuen", "kld")
            or {"flat", "certain_side"} & self.tokens.senses(i).keys()
            for i in range(at, min(at + 5, len(self.tokens)))
        )

    def marks(self, at: int) -> int:
        for _ in range(3):
            if self.tokens[at].raw not in _LEADING_MARKS:
                break
            at += 1
        return at

    def leads(self, at: int) -> int:
        for _ in range(2):
            if self.tokens[at].word not in word_class("lead"):
                break
            at += 1
        return at

    def explicit(self, at: int) -> Unit | None:
        """A code, staircase, entrance, floor or door that names itself."""
        token = self.tokens[at]
        if token.kind != "num" and not self.tokens.senses(at) and token.word not in CODE_WORDS:
            return None
        readers: tuple[Callable[[int], Unit | None], ...] = (
            self._code, self.staircase, self._entrance, self._flat, self._floor, self.floor_and_side, self.door,
        )  # fmt: skip
        return next((unit for read in readers if (unit := read(at)) is not None), None)

    def _code(self, at: int) -> Unit | None:
        """Norway's dwelling number: H0203, H 0203, H-0203; and HO203 with the letter O for a nought."""
        letter, next_ = self.tokens[at], self.tokens[at + 1]
        if letter.word == "ho" and len(next_.raw) == 3 and next_.glued:
            return Unit(str(int(next_.raw[0])), f"H0{next_.raw}", country="NO", start=at, end=at + 2)
        if letter.word not in _CODE_LETTERS or (letter.glued and self.tokens[at - 1].kind == "word"):
            return None
        sign = letter.word.upper()
        if self.norwegian and next_.kind == "num" and next_.glued and len(next_.raw) == _SHORT_CODE:  # H302
            floor = next_.raw[0]
            return Unit(
                floor if sign == "H" else sign + floor, f"{sign}0{next_.raw}", country="NO", start=at, end=at + 2
            )
        if self.norwegian and sign != "H" and self._is_level(at):
            return Unit(f"{sign}{next_.raw}", country="NO", start=at, end=at + 2)
        digits = at + 2 if next_.raw in ("-", ".") else at + 1
        number = self.tokens[digits]
        if number.kind != "num" or len(number.raw) != 4 or int(number.raw[:2]) > HIGHEST:
            return None
        floor = str(int(number.raw[:2]))
        return Unit(floor if sign == "H" else sign + floor, sign + number.raw, None, None, "NO", at, digits + 1)

    def _is_level(self, at: int) -> bool:
        """``K1``, ``U1``: Norway's cellar floors."""
        number, after = self.tokens[at + 1], self.tokens[at + 2]
        return (
            number.kind == "num"
            and number.glued
            and len(number.raw) == 1
            and not (after.glued and after.kind != "mark")
        )

    def staircase(self, at: int) -> Unit | None:
        """Stiege 2, 2er Stiege, 4. Stiege, stg2."""
        noun = self.tokens.senses(at).get("staircase")
        if noun is not None:
            value, end = self._named_number(noun.end, letters=True)
            country = "AT" if noun.value == "noun" else None
            return Unit(staircase=value, country=country, start=at, end=end) if value else None
        word = self.tokens.senses(at).get("ordinal")
        if word is None and (self.tokens[at].kind != "num" or len(self.tokens[at].raw) > 2):
            return None
        behind = word.end if word else self._after_ordinal(at)
        noun = self.tokens.senses(behind).get("staircase")
        if noun is None:
            return None
        country = "AT" if noun.value == "noun" else None
        value = word.value if word else plain(self.tokens[at].raw)
        return Unit(staircase=value, country=country, start=at, end=noun.end)

    def _entrance(self, at: int) -> Unit | None:
        """Opgang B: the letter of the house number."""
        noun = self.tokens.senses(at).get("entrance")
        if noun is None:
            return None
        letter = self.tokens[self.tokens.after_dot(noun.end)]
        if letter.kind != "word" or len(letter.raw) != 1 or self._is_small_word(noun.end):
            return None
        end = self.tokens.after_dot(noun.end) + 1
        return Unit(letter=letter.raw.upper(), start=at, end=end)

    def _is_small_word(self, at: int) -> bool:
        """``opgang i nr. 4``: no letter, unless the part ends behind it."""
        at = self.tokens.after_dot(at)
        return self.tokens[at].word in ("i", "a") and not self.ends(at + 1)

    def _flat(self, at: int) -> Unit | None:
        found = self.tokens.senses(at).get("flat")
        if found is None:
            return None
        level, side = found.value.split("-")
        return Unit({"st": "ground", "kl": "cellar"}[level], side, start=at, end=self.tokens.after_dot(found.end))

    def _floor(self, at: int) -> Unit | None:
        """3. sal, 3rd floor, tredje sal, etage 3, stuen, kld."""
        return self._numbered_floor(at) or self._floor_before(at) or self._level(at)

    def _numbered_floor(self, at: int) -> Unit | None:
        token = self.tokens[at]
        if token.kind == "num" and len(token.raw) <= 2 and int(token.raw) <= HIGHEST:
            value, behind = plain(token.raw), self._after_ordinal(at)
            if self.tokens[behind].word == "ug" and self.tokens[at + 1].raw == ".":
                return Unit("cellar", start=at, end=behind + 1)  # 1. UG
            if self.tokens[behind].raw == "-" and "floor" in self.tokens.senses(behind + 1):
                behind += 1
        else:
            senses = self.tokens.senses(at)
            if "one_word" in senses:
                return Unit(senses["one_word"].value, start=at, end=senses["one_word"].end)
            word = senses.get("ordinal") or senses.get("cardinal")
            if word is None:
                return None
            value, behind = word.value, word.end
        noun = self.tokens.senses(behind).get("floor") or self._austrian_noun(at, behind)
        if noun is None or (token.kind == "word" and self._is_cardinal_of_floors(at, behind)):
            return None
        if behind == at + 1 and ends_like_street(self.tokens[at - 1].word) and self.tokens[noun.end].kind == "num":
            return None  # Ægirsgade 24 sal 4
        level = "ground" if value == "0" else value
        return Unit(level, start=at, end=self.tokens.after_dot(noun.end))

    def is_floor(self, at: int) -> bool:
        """Whether a number is that of a floor: ``Solbjergvej 2. sal``."""
        return self.tokens[at].kind == "num" and self._numbered_floor(at) is not None

    def is_flat(self, at: int) -> bool:
        """Whether a number with its full stop is the floor of a flat: ``3. tv``."""
        return self.tokens[at + 1].raw == "." and self.floor_and_side(at) is not None

    def _is_cardinal_of_floors(self, at: int, behind: int) -> bool:
        """``tre etager`` counts floors; only Swedish stairs are counted in plain numbers (två trappor)."""
        return "ordinal" not in self.tokens.senses(at) and not self.tokens[behind].word.startswith("tr")

    def _austrian_noun(self, at: int, behind: int) -> Sense | None:
        """``3. OG``; on a Danish line ``3. og`` is "third and" unless the part ends there."""
        short = self.tokens.senses(behind).get("austrian_short")
        if short is not None and self.austrian and self.tokens[at + 1].raw == ".":
            return short
        noun = self.tokens.senses(behind).get("austrian_floor")
        if noun is None or self.tokens[at].kind != "num" or self.tokens[noun.end].kind == "num":
            return None
        return (
            noun if self.austrian or self.tokens[behind].glued or self.ends(self.tokens.after_dot(noun.end)) else None
        )

    def _floor_before(self, at: int) -> Unit | None:
        noun = self.tokens.senses(at).get("floor_before")
        if noun is None:
            return None
        number = self.tokens.after_dot(noun.end)
        number += self.tokens[number].raw == ":"
        token = self.tokens[number]
        word = self.tokens.senses(number).get("cardinal")
        if token.kind == "num" and len(token.raw) <= 2 and not self.counts(number + 1):
            if {"side", "floor"} & self.tokens.senses(number + 1).keys() and "floor" in self.tokens.senses(number + 1):
                return None
            return Unit("ground" if token.raw == "0" else plain(token.raw), start=at, end=number + 1)
        if word is not None and (self.ends(word.end) or self.tokens[word.end].word in word_class("lead")):
            return Unit(word.value, start=at, end=word.end)
        return None

    def _level(self, at: int) -> Unit | None:
        level = self.tokens.senses(at).get("level")
        if level is None or (level.value == "loft" and not self.norwegian):
            return None
        sure = "certain_level" in self.tokens.senses(at)
        behind = self.tokens.after_dot(level.end)
        if self.tokens[at].word == "kg" and self.tokens[at - 1].kind == "num" and not self.ends(behind):
            return None  # 2 kg Brot
        if not sure and not self._level_stands(at, behind):
            return None
        return Unit(level.value, start=at, end=behind, sure=sure)

    def _level_stands(self, at: int, behind: int) -> bool:
        """``st`` may be an abbreviated Store or Sankt, ``kl`` an hour."""
        after = self.tokens[behind]
        if self.tokens[at].word == "kl":
            return after.kind != "num" and after.word not in word_class("times")
        return not (after.kind == "word" and ends_like_street(after.word))

    def floor_and_side(self, at: int) -> Unit | None:
        """3 tv, 3.tv, 4-mf, 3/tv, anden til venstre."""
        token = self.tokens[at]
        if token.kind == "num":
            if len(token.raw) > 2 or int(token.raw) > HIGHEST:
                return None
            value, behind = plain(token.raw), at + 1
            suffix = self.tokens.senses(behind).get("suffix")
            if suffix is not None and self.tokens[behind].glued and "side" in self.tokens.senses(suffix.end):
                behind = suffix.end
        else:
            word = self.tokens.senses(at).get("ordinal")
            if word is None:
                return None
            value, behind = word.value, word.end
        for _ in range(3):
            if self.tokens[behind].raw not in ".,-–/\n":
                break
            behind += 1
        side = self.tokens.senses(behind).get("side")
        if side is None and behind > at + 1 and "door" in self.tokens.senses(behind):
            door = self.door(behind)  # 1. dør 3
            return replace(door, level="ground" if value == "0" else value, start=at) if door else None
        if side is None or self._is_english_ordinal(at, behind):
            return None
        return Unit("ground" if value == "0" else value, side.value, start=at, end=self.tokens.after_dot(side.end))

    def _is_english_ordinal(self, at: int, behind: int) -> bool:
        """``the 4th of May``, ``every 5th day``: no floor four to the right."""
        if self.tokens[behind].raw.lower() != "th" or not self.tokens[behind].glued or len(self.tokens[at].raw) > 2:
            return False
        if plain(self.tokens[at].raw) in ("0", "1", "2", "3"):
            return False
        return not self.tokens[at].glued and self.tokens[at - 1].word in (
            "the",
            "this",
            "every",
            "on",
            "by",
            "until",
            "since",
            "a",
            "my",
            "his",
        )

    def door(self, at: int) -> Unit | None:
        """dør 4, lejl. 12, Top 7, Tür sieben, 8er Tür."""
        senses = self.tokens.senses(at)
        if (counted := self._numbered_door(at)) is not None:
            return counted
        noun = senses.get("door") or senses.get("top")
        if noun is None or "side" in senses:
            return None
        if self.tokens[at].raw.lower() == "t" and self.tokens[at - 1].raw != "/" and not self.tokens[at + 1].glued:
            return None
        flat = self.floor_and_side(self.tokens.after_dot(noun.end))
        if flat is not None:
            return replace(flat, start=at)  # lejl. 2. tv
        pair = self._paired(noun.end)
        if pair is not None:
            return replace(pair, start=at)
        value, end = self._named_number(noun.end, sure="certain_door" in senses)
        if value is None:
            behind = self.tokens.after_dot(noun.end)
            behind += self.tokens[behind].raw == ":"
            side = self.tokens.senses(behind).get("certain_side") or self.tokens.senses(behind).get("side")
            if side is not None and "certain_side" not in self.tokens.senses(behind) and side.end == behind + 1:
                side = None  # one word is a side only behind a floor: "door right here"
            return Unit(door=side.value, start=at, end=side.end, sure=False) if side else None
        if self.tokens[end].word in word_class("ranges") and self.tokens[end + 1].kind == "num":
            return None  # Tür 1 bis 4
        if self.norwegian and len(value) == _SHORT_CODE and self.tokens[end - 1].raw == f"0{value}":
            return Unit(value[0], f"H0{value}", country="NO", start=at, end=end)  # leil. 0302
        sure = "certain_door" in senses
        return Unit(door=value, country="AT" if "top" in senses else None, start=at, end=end, sure=sure)

    def _numbered_door(self, at: int) -> Unit | None:
        """``8er Tür``, as Austrians say."""
        suffix = self.tokens[at + 1]
        if self.tokens[at].kind != "num" or suffix.word != "er" or "top" not in self.tokens.senses(at + 2):
            return None
        return Unit(door=plain(self.tokens[at].raw), country="AT", start=at, end=at + 3)

    def _paired(self, at: int) -> Unit | None:
        """``lejl. nr. 2.1``: floor and door in one number."""
        at = self.tokens.after_dot(at)
        if "number" in self.tokens.senses(at):
            at = self.tokens.after_dot(self.tokens.senses(at)["number"].end)
        first, mark, second = self.tokens[at], self.tokens[at + 1], self.tokens[at + 2]
        if first.kind != "num" or mark.raw not in (".", "-") or not (mark.glued and second.glued):
            return None
        door, end = self.door_number(at + 2)
        if door is None or len(first.raw) > 2 or not self.ends(end):
            return None
        return Unit(plain(first.raw), door, start=at, end=end)

    def _named_number(self, at: int, *, letters: bool = False, sure: bool = False) -> tuple[str | None, int]:
        """The number behind a noun: ``dør 4``, ``Tür Nr. 3a``, ``Tür sieben``, ``Stiege A``."""
        at = self.tokens.after_dot(at)
        if "number" in self.tokens.senses(at):
            at = self.tokens.after_dot(self.tokens.senses(at)["number"].end)
        if self.tokens[at].raw in (":", "#", "-"):
            at += 1
        if self.tokens[at].kind == "num":
            door, end = self.door_number(at, most=9999)
            counts = self.counts(end) and not (sure and self.tokens[end].kind == "word")  # Tür 1 Hund bellt
            return (None, at) if door is None or counts else (door, end)
        if self._is_lettered(at):
            return self.tokens[at].raw.lower(), at + 1
        word = self.tokens.senses(at).get("cardinal")
        counted = word is not None and self.tokens[at].word not in word_class("articles")
        if counted and word is not None and self.ends(word.end, last=len(self.tokens[at].raw) <= _SHORT_WORD):
            return word.value, word.end
        token = self.tokens[at]
        if letters and (roman := self.roman(at)):
            return roman, at + 1
        if letters and token.kind == "word" and len(token.raw) == 1 and not self.tokens[at + 1].glued:
            return token.raw.upper(), at + 1
        return None, at

    def roman(self, at: int) -> str | None:
        """``III`` as a number."""
        return _ROMAN.get(self.tokens[at].raw.lower())

    def _is_lettered(self, at: int) -> bool:
        """``dør A``: a letter and nothing behind it."""
        token = self.tokens[at]
        alone = token.kind == "word" and len(token.raw) == 1 and token.word != "i"
        return (
            alone
            and not (self.tokens[at + 1].glued and self.tokens[at + 1].kind == "num")
            and self.ends(at + 1, last=True)
        )

    def door_number(self, at: int, *, most: int = 999) -> tuple[str | None, int]:
        """A door's number with its letter (``3a``) and the index behind it."""
        token = self.tokens[at]
        if token.kind != "num" or len(token.raw) > 4 or int(token.raw) > most:
            return None, at
        letter = self.tokens[at + 1]
        if len(token.raw) == 4 and most < 1000 and letter.kind == "word" and not letter.glued:
            return None, at  # 0162 Oslo
        if letter.kind == "word" and letter.glued:
            if len(letter.raw) > 1 or not letter.raw.isascii():
                return None, at
            return plain(token.raw) + letter.raw.lower(), at + 2
        return plain(token.raw), at + 1

    def ends(self, at: int, *, soft: bool = False, last: bool = False) -> bool:
        """Whether a part of an address may end before this token. `soft`: ordinary words may follow."""
        token = self.tokens[at]
        if not token.raw or (token.raw == "." and not self.tokens[at + 1].raw):
            return True
        if token.word in word_class("wings") and not self.tokens[at + 1].raw:
            return True
        if (token.kind == "num" and len(token.raw) == 4) or token.raw == "\n":
            return True
        if last:
            follows = self.tokens[at + 1]
            return token.raw == "," and (len(follows.raw) == 4 and follows.kind == "num")
        if token.raw in _HARD_ENDS or (token.raw == "." and not self.tokens[at + 1].glued):
            return True
        town = token.kind == "word" and token.word in word_class("towns")
        return town or (soft and token.kind == "word" and (token.word in word_class("never") or not token.glued))

    def counts(self, at: int) -> bool:
        """Whether the number before this token counts, times or prices something."""
        token, follows = self.tokens[at], self.tokens[at + 1]
        if token.kind == "word":
            return (
                token.word in word_class("counted")
                and token.raw.lower() not in load("addresses")["words"]["not_counted"].split()
            )
        if token.raw in "%€$£°" and token.raw:
            return True
        if token.raw == ":" and follows.kind == "num" and follows.glued:
            return True
        if token.raw == "-" and token.glued:
            return follows.word in word_class("counted")
        if token.raw in (".", ",") and token.glued and follows.glued:
            return (follows.kind == "num" and len(follows.raw) == 3) or follows.raw == "-"
        return token.raw == "." and follows.word in word_class("dated")

    def _after_ordinal(self, at: int) -> int:
        """The index behind the full stop or suffix of an ordinal number: ``3.``, ``3rd``, ``3er``."""
        behind = at + 1
        if (
            self.tokens[behind].raw == ":"
            and self.tokens[behind + 1].word in ("a", "e")
            and self.tokens[behind + 1].glued
        ):
            return behind + 2  # 2:a våningen
        suffix = self.tokens.senses(behind).get("suffix")
        if suffix is not None and (self.tokens[behind].glued or self.tokens[behind].word in ("er", "th", "rd", "nd")):
            behind = suffix.end
        behind = self.tokens.after_dot(behind)
        if self.tokens[behind].raw == "." and "floor" in self.tokens.senses(behind + 1):
            behind += 1  # 3 .sal
        return (
            behind + 1 if self.tokens[behind].raw == "-" and self.tokens.senses(behind + 1).get("staircase") else behind
        )


def plain(digits: str) -> str:
    return digits.lstrip("0") or "0"
