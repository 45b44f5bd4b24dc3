"""The buttons under a reporter's Telegram messages: the same answers an SMS asks for as digits."""

from __future__ import annotations

from collections.abc import Sequence

from escalation.notices import Receipt
from handlers.messages import Choice
from handlers.texts.catalogue import text

Rows = tuple[tuple[Choice, ...], ...]

# The order of the digits in `ask_what`: 1 to 9, then 0. Whoever reads a digit reply uses this very tuple.
MENU: tuple[str, ...] = (
    "noise",
    "smell",
    "cleaning",
    "damage",
    "pets",
    "threat",
    "visitors",
    "welfare",
    "self_help",
    "other",
)
# A registered landlord asks about rent, never for himself (CONVERSATIONS: rent is on their menu only).
LANDLORD_MENU: tuple[str, ...] = tuple("rent" if category == "self_help" else category for category in MENU)


# Under these stands the key that shares the telephone number of whoever writes.
SHARES_A_NUMBER = frozenset({"danger_self", "share_contact", "code_elsewhere", "whose_code"})


def menu(landlord: bool) -> tuple[str, ...]:
    """The categories in the order of their digits (1…9, 0)."""
    return LANDLORD_MENU if landlord else MENU


def rows(kind: str, receipt: Receipt, languages: Sequence[str], language: str, landlord: bool) -> Rows:
    """The buttons of a kind, by row; none for most. `languages` are the line's, `language` the one being written."""
    match kind:
        case "ask_what" | "welcome_place" | "new_case" | "language_changed":
            return _categories(language, landlord)
        case "welcome" | "help":
            return _categories(language, landlord) + _languages(languages, language)
        case "ask_which":
            places = tuple((Choice(place, f"which:{number}"),) for number, place in enumerate(receipt.places, start=1))
            return (*places, (Choice(text("menu.none_fits", language), "which:0"),))
        case "ask_which_case":
            cases = tuple(Choice(code, f"case:{code}") for code in receipt.codes)
            return (cases, (Choice(text("menu.new_case", language), "new:"),))
        case "checkback":
            answers = [Choice(text(f"button.checkback.{n}", language), f"chk:{receipt.code}:{n}") for n in "1230"]
            return (tuple(answers[:3]), (answers[3],))
        case "data":
            return tuple((Choice(text(f"button.data.{n}", language), f"data:{n}"),) for n in "123")
        case "quiet":
            return ((Choice(text("button.quiet_off", language), "quiet:off"),),)
        case _ if kind in SHARES_A_NUMBER:
            return ((Choice(text("menu.share_number", language), ""),),)
        case "forget_ask":
            yes = Choice(text("button.forget_yes", language), "forget:1")
            no = Choice(text("button.forget_no", language), "forget:2")
            return ((yes, no),)
    return ()


def _categories(language: str, landlord: bool) -> Rows:
    buttons = [Choice(text(f"menu.{category}", language), f"cat:{category}") for category in menu(landlord)]
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))


def _languages(languages: Sequence[str], language: str) -> Rows:
    others = tuple(
        Choice(text(f"language.{other}", language), f"lang:{other}") for other in languages if other != language
    )
    return (others,) if others else ()
