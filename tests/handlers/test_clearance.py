"""Only words that passed the guard become a text that may leave."""

from __future__ import annotations

from escalation.disclosure import Secrets
from handlers.clearance import Held, clear
from handlers.messages import Cleared

CASE = Secrets(resident_names=("Kim Overgaard",), staff_names=("Lone Krogh",), team_names=("CTI-korpset",))


def test_harmless_words_leave_exactly_as_written() -> None:
    words = "Tak, vi følger op i morgen.\nSkriv, hvis det fortsætter 🙂"
    cleared = clear(words, CASE, "da")
    assert isinstance(cleared, Cleared)
    assert cleared == words


def test_words_about_somebody_are_held_with_their_kinds() -> None:
    held = clear("Hans støtteperson kommer i morgen.", CASE, "da")
    assert isinstance(held, Held)
    assert held.kinds == ("support_relationship",)
    assert (held.suggestion_key, held.blocked) == ("tomorrow", False)


def test_a_name_of_the_case_is_blocked() -> None:
    held = clear("Kim er orienteret", CASE, "da")
    assert isinstance(held, Held)
    assert held.blocked


def test_held_words_are_not_kept() -> None:
    assert "Overgaard" not in repr(clear("Hr. Overgaard er indlagt", CASE))


def test_the_guard_works_where_nobody_is_known() -> None:
    assert isinstance(clear("Vi har ingen på den adresse.", Secrets(), "da"), Held)
