"""What an SMS costs: the GSM-7 alphabet, septets and segments, and how typographic characters are written in it.

One character outside the alphabet cuts a message from 160 characters to 70, so texts are mended before they are sent.
"""

from __future__ import annotations

import unicodedata

SEGMENT = 160
_JOINED = 153
_UCS2_SEGMENT = 70
_UCS2_JOINED = 67

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("^{}\\[~]|€\f")

_TYPOGRAPHIC = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "‛": "'",
    "′": "'",
    "´": "'",
    "`": "'",
    "‹": "<",
    "›": ">",
    "“": '"',
    "”": '"',
    "„": '"',
    "‟": '"',
    "″": '"',
    "«": '"',
    "»": '"',
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "−": "-",
    "…": "...",
    "•": "-",
    "·": "-",
    "‣": "-",
    "×": "x",
    "\u00a0": " ",
    "\u2007": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u2002": " ",
    "\u2003": " ",
    "\u200a": " ",
    "\u3000": " ",
    "\u2028": "\n",
    "\u2029": "\n",
    "\t": " ",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "№": "Nr.",
    "™": "(TM)",
    "®": "(R)",
    "©": "(C)",
}
_TABLE = str.maketrans(_TYPOGRAPHIC)
_FOLDS = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "ı": "i",
        "œ": "oe",
        "Œ": "OE",
        "ẞ": "SS",
        "ő": "ö",
        "Ő": "Ö",
        "ű": "ü",
        "Ű": "Ü",
    }
)


def septets(text: str) -> int | None:
    """The length of `text` in GSM-7 septets, extension characters counting two; None if it needs another alphabet."""
    total = 0
    for char in text:
        if char in _BASIC:
            total += 1
        elif char in _EXTENSION:
            total += 2
        else:
            return None
    return total


def segments(text: str) -> int:
    """How many parts a provider sends and bills `text` as; an empty text is one part.

    GSM-7: 160 septets, 153 when joined, an escaped pair never split. Otherwise UCS-2: 70 code units, 67 when
    joined, a surrogate pair never split (3GPP TS 23.038 and 23.040).
    """
    length = septets(text)
    if length is not None:
        widths = [2 if char in _EXTENSION else 1 for char in text]
        return 1 if length <= SEGMENT else _fill(widths, _JOINED)
    widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return 1 if sum(widths) <= _UCS2_SEGMENT else _fill(widths, _UCS2_JOINED)


def _fill(widths: list[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


def transliterate(text: str) -> str:
    """`text` with typographic characters as GSM-7 writes them and without control or invisible characters.

    Letters the alphabet lacks (Polish, Cyrillic) and emoji stay: changing them would change somebody's words.
    """
    composed = unicodedata.normalize("NFC", text).translate(_TABLE).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in composed if char == "\n" or not _invisible(char))


def fold(text: str) -> str:
    """`text` in GSM-7 for certain, on one line: base letters for accented ones, "?" for what has none.

    For place names in our own templates, which must stay one segment; never for a person's own words.
    """
    plain = " ".join(transliterate(text).split()).translate(_FOLDS)
    return "".join(char if septets(char) else _base_letter(char) for char in plain)


def _base_letter(char: str) -> str:
    base = unicodedata.normalize("NFKD", char)[0]
    return base if septets(base) else "?"


def _invisible(char: str) -> bool:
    # Cf holds zero-width joiners (inside emoji) as well as bidi overrides; only the joiner means something to a reader.
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") and char != "\u200d"
