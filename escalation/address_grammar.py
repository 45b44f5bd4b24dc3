"""The building blocks of an address in free text, as patterns: house numbers, floors, doors, staircases, postcodes.

Every pattern is anchored on literals or digits and has bounded repetition, so no text can make it slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from escalation.lexicons import load

_WORDS = load("addresses")
_ORDINALS = {
    "første": "1", "forste": "1", "foerste": "1", "anden": "2", "andet": "2", "tredje": "3", "tredie": "3",
    "fjerde": "4", "femte": "5", "sjette": "6", "syvende": "7", "ottende": "8", "first": "1", "second": "2",
    "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "ersten": "1", "erster": "1", "zweiten": "2",
    "zweiter": "2", "dritten": "3", "dritter": "3", "vierten": "4", "vierter": "4", "fünften": "5",
    "fuenften": "5", "sechsten": "6", "andre": "2", "femta": "5", "första": "1", "andra": "2", "fjärde": "4",
}  # fmt: skip
_SIDES = (
    ("tv", r"tv|t\.\s?v|til\s+venstre|t\.?\s?venstre|venstre|on\s+the\s+left|to\s+the\s+left|left|vänster|links"),
    ("th", r"th|t\.\s?h|til\s+højre|til\s+hoejre|til\s+hojre|højre|hoejre|hojre|høyre|on\s+the\s+right|right|rechts"),
    ("mf", r"mf|m\.\s?f|midt\s?for|midtfor|i\s+midten|midten|middle"),
)
_SIDE = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _SIDES)
_SIDES_BARE = "|".join(pattern for _, pattern in _SIDES)
_SEP = r"[\s,;:.\-–]{0,4}"
_COUNTED = "|".join(re.escape(word) for word in _WORDS["units"]["counted"].split())
_NOT_COUNTED = rf"(?!\s{{0,2}}-?(?:{_COUNTED})\b)(?!:\d\d)"
_FLOOR_NOUN = (
    r"(?:sals?|etagen?|etg|etasje|v(?:å|aa?)ning(?:en)?|floor|stocks?"
    r"|(?<=[\d.])og(?!\s\d)|obergescho(?:ß|ss))\b\.?"
)
_ORDINAL = "|".join(_ORDINALS)
_GROUND = r"st\.?|st(?=tv|th|mf)|stuen|stueplan|stueetagen?|stue|ground[\s-]floor|nedersta\s+v(?:å|aa?)ningen"
_CELLAR = (
    r"kld?(?!\s?[.:]?\s?\d|ok)\b\.?|(?:vaske|cykel)?k(?:æ|ae|a)lder(?:en|rum|rummet)?\b|(?:the\s+)?basement(?!\s+floor)|"
    r"(?:vaske)?kjeller(?:en)?|keller(?:abteil)?\b|kg\b|souterrain|untergescho(?:ß|ss)"
)
_AUSTRIAN = (
    r"(?P<eg>erdgescho(?:ß|ss)|parterre|eg)\b|(?P<hp>hochparterre|hp)\b"
    r"|(?P<dg>dachgescho(?:ß|ss)|dg)\b|(?P<mz>mezzanin)"
)
_DOOR_NOUN = r"(?:dør|doer|dor|door|lejl|lejlighed|leilighet|lägenhet|flat|apt|apartment|værelse|vær|bolig|nr|no)"
_DOOR_NUMBER = rf"{_DOOR_NOUN}\.?\s?(?:nr\.?\s?)?(?P<doorno>\d{{1,4}}[a-z]?)\b"
_BARE_DOOR = rf"(?P<bare>0\d{{3}}|\d{{1,3}}[a-h]?)(?![\w.:/]\d|\w){_NOT_COUNTED}"
_DOOR = rf"(?:(?:{_SIDE})(?:\.|\b)(?:\s?dør)?|{_DOOR_NUMBER})(?![a-zæøåäöüß])"
_FLOOR = (
    rf"(?:(?:(?P<num>\d{{1,2}})(?:\s?\.|st|nd|rd|th)?\s?{_FLOOR_NOUN}|(?P<ordinal>{_ORDINAL})\s+{_FLOOR_NOUN})"
    rf"|(?P<ground>{_GROUND})(?:(?=(?:tv|th|mf)\b)|(?![a-zæøåäöüß]))|(?P<cellar>{_CELLAR})|{_AUSTRIAN})"
)
_CODE = r"(?P<code>[hukl]\s?\d{4})\b"
_PLAIN = r"(?P<plain>\d{1,2})"

_LEAD = rf"{_SEP}(?:på\s+|paa\s+|i\s+|on\s+the\s+|on\s+|im\s+)?"
_END = r"(?=\s*(?:$|[,\n)]|\d{4}\b))"

# What may follow a house number directly, the surest form first.
AFTER_HOUSE = tuple(
    re.compile(_LEAD + form)
    for form in (
        _CODE,
        rf"{_FLOOR}(?:{_SEP}(?:{_DOOR}|{_BARE_DOOR}))?",
        rf"{_PLAIN}{_SEP}{_DOOR}",
        rf"{_PLAIN}\s?[.,\-–]\s?{_BARE_DOOR}",
        rf"{_PLAIN}\s{_BARE_DOOR}{_END}",
        rf"(?P<dotted>\d{{1,2}})\.(?=\s*(?:$|[,;\n)a-zæøåäöü]|\d{{4}}\b)){_NOT_COUNTED}",
        _DOOR_NUMBER,
    )
)
# The same parts standing somewhere else in the text; only what cannot be anything else.
DETACHED = tuple(
    re.compile(r"(?<![\w/])" + form)
    for form in (_CODE, rf"{_FLOOR}(?:{_SEP}(?:og\s+)?{_DOOR}|(?<=st)\.?\s{_BARE_DOOR})?", rf"{_PLAIN}{_SEP}{_DOOR}")
)
AUSTRIAN_FLOOR = re.compile(rf"(?:{_AUSTRIAN}|(?P<num>\d{{1,2}})\.?\s?(?:stock|og|obergescho(?:ß|ss))\b)")
ON_FLOOR = (
    re.compile(r"(?<!\w)on\s+(?:the\s+)?(?P<plain>\d)(?:st|nd|rd|th)\b(?!\s(?:floor|left|right))"),
    re.compile(
        rf"(?<!\w)(?:på|paa|fra)\s+(?P<plain>\d)\.(?!\s?\d)"
        rf"(?!{_SEP}(?:{_SIDES_BARE}|{_DOOR_NOUN})\b)(?!\s?{_FLOOR_NOUN}){_NOT_COUNTED}"
    ),
)
DOTTED_PAIR = re.compile(
    r"(?<![\w.])(?P<plain>\d)\.(?P<bare2>\d{1,2})(?=\s+(?:i\s+|in\s+|på\s+)?(?:nr\b|no\b|[a-zæøåäöü]))"
)
HOUSE_NUMBER = re.compile(
    r"(?<![\d.:,/#-])(?P<number>\d{1,4}(?:-\d{1,4}(?![\d-]))?)(?!\.\d(?!\.?\s?(?:tv|th|mf)))(?P<letter>\s?[a-z](?![\w'’.]\w|\w))?(?![\d%€]|\s?%)"
)
SLASHES = re.compile(
    r"\s?/\s?(?:stg\.?\s?|stiege\s?|top\s?|tür\s?|t\s?)?(\d{1,3}[a-z]?)(?:\s?/\s?(?:top\s?|tür\s?|tuer\s?|tur\s?|t\s?)?(\d{1,3}[a-z]?))?\b"
)
STAIRCASE = re.compile(r"\b(?:(?:stiege|stg|stiegen)\.?\s?(?:nr\.?\s?)?(\d{1,2})|(\d{1,2})(?:er|\.)[\s-]?stiege)\b")
TOP = re.compile(r"(?<![\w])(?:tür|tuer|tur|türe|top|türnummer|topnr)\.?\s?(?:nr\.?\s?)?(\d{1,3}[a-z]?)\b")
POSTCODE = re.compile(
    r"[\s,.]{1,4}(?:(?P<locality>[^\W\d_]{3,25}),?\s)?(?:dk-|a-|d-|n-)?(?P<postcode>\d{4})(?![\w.,]?\d)"
)
LEADING_POSTCODE = re.compile(
    r"(?:^|[\n,;])\s?(?:dk-|a-|n-)?(?P<postcode>\d{4})\s(?P<city>[^\W\d_]{3,25}(?:\s[^\W\d_]{1,12})?)[\s,]{1,3}$",
    re.IGNORECASE,
)
RELATIVE = re.compile(
    r"(?<!\w)(?:nr|no|nummer|number|hausnummer|opgang)\.?\s?(?P<number>\d{1,3})(?P<letter>\s?[a-z](?!\w))?(?![\w:]|[.,]\d)"
)
_DIRECTIONS = frozenset("c n s v k j ø nø nv sø sv oe noe soe no so vest nord syd øst".split())


@dataclass(frozen=True, slots=True)
class Unit:
    """The part of an address inside a house, with where it stood in the text and whether it is the writer's own."""

    floor: str | None = None
    door: str | None = None
    staircase: str | None = None
    start: int = 0
    end: int = 0
    own: bool = False

    @property
    def empty(self) -> bool:
        return not (self.floor or self.door or self.staircase)


def unit_of(match: re.Match[str], country: str) -> Unit:
    """What a matched floor and door mean, in the country's own notation (st/kl, EG/KG, K1)."""
    found = {name: value for name, value in match.groupdict().items() if value}
    if "code" in found:
        code = found["code"].replace(" ", "").upper()
        floor = str(int(code[1:3])) if code[0] == "H" else f"{code[0]}{int(code[1:3])}"
        return Unit(floor, code, start=match.start(), end=match.end())
    level = _floor(found, country)
    door: str | None = next((side for side, _ in _SIDES if side in found), None)
    for name in ("doorno", "bare", "bare2"):
        if door is None and name in found:
            door = found[name].lstrip("0") or found[name]
    return Unit(level, door, start=match.start(), end=match.end())


def _floor(found: dict[str, str], country: str) -> str | None:
    if "ground" in found:
        return "EG" if country == "AT" else "1" if country == "NO" else "st"
    if "cellar" in found:
        return {"AT": "KG", "NO": "K1"}.get(country, "kl")
    for name in ("eg", "hp", "dg"):
        if name in found:
            return name.upper()
    if "mz" in found:
        return "MZ"
    if "ordinal" in found:
        return _ORDINALS[found["ordinal"]]
    number = found.get("num") or found.get("plain") or found.get("dotted")
    if number is None:
        return None
    value = str(int(number))
    return ("EG" if country == "AT" else "st") if value == "0" else value


def merged(first: Unit, second: Unit) -> Unit:
    """The first unit with its gaps filled from the second."""
    return replace(
        first,
        floor=first.floor or second.floor,
        door=first.door or second.door,
        staircase=first.staircase or second.staircase,
    )


def city_after(text: str, position: int) -> tuple[str | None, int]:
    """The town's name behind a postcode: one word, with a second capitalised one or a point of the compass."""
    match = re.compile(r"\s{1,2}([^\W\d_]{2,25})(?:\s([^\W\d_]{1,12}))?").match(text, position)
    if not match:
        return None, position
    first, second = match[1], match[2]
    if not first[0].isupper() and len(text) - match.end(1) > 25:
        return None, position  # an ordinary word of a sentence in small letters
    if second and (
        second.lower() in _DIRECTIONS or (second[0].isupper() and second[1:].islower() and first[0].isupper())
    ):
        return f"{first} {second}", match.end(2)
    return first, match.end(1)
