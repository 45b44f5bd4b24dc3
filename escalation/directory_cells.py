"""From the text of one cell to its value, and back. Says what is allowed; never repeats what stood there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import phonenumbers

from escalation.directory import CLAUSE_SCOPES
from escalation.directory_faults import BadCell, listed
from escalation.errors import Refused
from escalation.wall_clock import parse_days

Parse = Callable[[str, str | None], Any]
"""Takes a cleaned, non-empty text and the line's country; gives the value or raises BadCell."""

_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
_LONGEST = 200
_YEARS = range(1900, 2200)
_EXAMPLES = {
    "DK": "+4520000005",
    "AT": "+436601234567",
    "NO": "+4740000005",
    "DE": "+4915112345678",
    "SE": "+46701234567",
}

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]((?:[01][0-9]|2[0-3]):[0-5][0-9])(?::00)?")
_KEY = re.compile(r"[^\W_][\w.-]{0,63}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,24}")
_SHORT_NUMBER = re.compile(r"[0-9]{3,6}")
_EMAIL = re.compile(r"[^@\s,;:<>()\"\\]{1,64}@(?:[^@\s,;:<>()\"\\.]+\.)+[^@\s,;:<>()\"\\.]{2,}")
_CODE = re.compile(r"[0-9]{4}")
_HOUSE = re.compile(r"[0-9][0-9A-Za-zÆØÅÄÖÜæøåäöü /.-]{0,15}")
_FLAT = re.compile(r"[0-9A-Za-zÆØÅÄÖÜæøåäöü][0-9A-Za-zÆØÅÄÖÜæøåäöü /.-]{0,15}")
# ISO 639-1, so that the usual slip (dk for da) is caught.
_LANGUAGE_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_LANGUAGES = frozenset(_LANGUAGE_CODES.split())


def clean(raw: str, phone: bool = False) -> str:
    """The cell without its margin, in composed form. Raises BadCell for what a spreadsheet or a terminal would run.

    Only a phone number may begin with a plus sign.
    """
    text = (raw if raw.isascii() else _composed(raw)).strip()
    dialled = phone and text.startswith("+")
    if (raw.startswith(_FORMULA) or text.startswith(_FORMULA)) and not dialled:
        raise BadCell(
            "begins as a formula does",
            "a spreadsheet would run a value that begins with =, +, -, @, a tab or a line break; write it without",
            shown=False,
        )
    if not text.isprintable():
        raise BadCell("holds a line break or an invisible character", "write it on one line", shown=False)
    if len(text) > _LONGEST:
        raise BadCell(f"has {len(text)} characters", f"at most {_LONGEST} are allowed", shown=False)
    return text


def _composed(raw: str) -> str:
    """Composed letters, and one kind of space: word processors leave several that look alike."""
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in raw)
    return unicodedata.normalize("NFC", spaced)


def words(text: str, country: str | None) -> str:
    return text


def key(text: str, country: str | None) -> str:
    """A name for machines: what other files and commands refer to."""
    if not _KEY.fullmatch(text):
        raise BadCell("cannot be used as a key", "at most 64 letters, digits, hyphens and underscores, no spaces")
    return text


def placement_code(text: str, country: str | None) -> str:
    """A key that is no civil registration number: it stands in messages and in the audit trail."""
    if sum(c.isdigit() for c in text) > 8:
        raise BadCell("looks like a person's number", "a placement has a code of its own, such as P101", shown=False)
    return key(text, country)


def one_of(*allowed: str) -> Parse:
    def parse(text: str, country: str | None) -> str:
        if text not in allowed:
            raise BadCell("is not known here", "allowed: " + ", ".join(allowed))
        return text

    return parse


def phone(text: str, country: str | None) -> str:
    """Any usual way of writing a number, as +4520000005; a national one belongs to the line's country."""
    bad = BadCell("is not a phone number", f"write it as {_EXAMPLES.get(country or '', '+4520000005')}")
    if not _PHONE.fullmatch(text):
        raise bad
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise bad from None
    if number.extension or not phonenumbers.is_possible_number(number):
        raise bad
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def emergency_phone(text: str, country: str | None) -> str:
    """A phone number, or a short one of three to six digits that only works inside the country."""
    return text if _SHORT_NUMBER.fullmatch(text) else phone(text, country)


def email(text: str, country: str | None) -> str:
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise BadCell("is not an e-mail address", "write it as name@example.org")
    return text


def language(text: str, country: str | None) -> str:
    if text not in _LANGUAGES:
        raise BadCell("is not a language code", "write two small letters, such as da, en or de (ISO 639-1)")
    return text


def day(text: str, country: str | None) -> date:
    bad = BadCell("is not a date", "write YYYY-MM-DD with a day that exists")
    if not _DATE.fullmatch(text):
        raise bad
    try:
        value = date.fromisoformat(text)
    except ValueError:
        raise bad from None
    if value.year not in _YEARS:
        raise BadCell("is too far away", f"write a year from {_YEARS[0]} to {_YEARS[-1]}; an open end is left empty")
    return value


def hour(text: str, country: str | None) -> time:
    if not _TIME.fullmatch(text):
        raise BadCell("is not a time", "write HH:MM from 00:00 to 23:59, such as 08:00")
    return time.fromisoformat(text)


def moment(text: str, country: str | None) -> datetime:
    """A local date and time without a zone; the line's time zone applies."""
    found = _MOMENT.fullmatch(text)
    if not found:
        raise BadCell("is not a date and time", "write YYYY-MM-DDTHH:MM in local time, such as 2026-12-24T08:00")
    return datetime.combine(day(found[1], country), hour(found[2], country))


def days(text: str, country: str | None) -> str:
    folded = ",".join(part.strip() for part in text.lower().split(","))
    try:
        parse_days(folded)
    except Refused:
        raise BadCell("does not name days", "write mon-fri, sat,sun or holidays") from None
    return folded


def order(text: str, country: str | None) -> int:
    if not re.fullmatch(r"[1-9][0-9]?", text):
        raise BadCell("is not a place in an order", "write a whole number from 1 to 99; 1 is called first")
    return int(text)


def property_code(text: str, country: str | None) -> str:
    if not _CODE.fullmatch(text):
        raise BadCell("is not a property code", "write four digits (a spreadsheet may have dropped a leading zero)")
    return text


def property_codes(text: str, country: str | None) -> tuple[str, ...]:
    return tuple(sorted({property_code(part, country) for part in re.split(r"[, ]+", text) if part}))


def house_number(text: str, country: str | None) -> str:
    if not _HOUSE.fullmatch(text):
        raise BadCell("is not a house number", "write it as 12, 12B, 112/2 or 203-207")
    return text


def postcode(text: str, country: str | None) -> str:
    shape = r"[0-9]{4}" if country in ("DK", "AT", "NO") else r"[0-9A-Za-z][0-9A-Za-z -]{1,9}"
    if not re.fullmatch(shape, text):
        raise BadCell("is not a postcode", "write four digits" if country in ("DK", "AT", "NO") else "such as 6999")
    return text


def flat(text: str, country: str | None) -> str:
    """A floor or a door: ``st``, ``3``, ``tv``, ``H0203``, ``EG``."""
    if not _FLAT.fullmatch(text):
        raise BadCell("is not a floor or door", "write it short, such as st, 3, tv, 14 or H0203")
    return text


def scopes(text: str, country: str | None) -> tuple[str, ...]:
    found = {part.strip() for part in text.split(",") if part.strip()}
    if not found or not found <= set(CLAUSE_SCOPES):
        raise BadCell("is not a clause scope", listed(CLAUSE_SCOPES) + ", several with commas")
    return tuple(scope for scope in CLAUSE_SCOPES if scope in found)


def shown(value: Any) -> str:
    """A value as its cell: the inverse of reading it. None and an empty tuple are an empty cell."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)
