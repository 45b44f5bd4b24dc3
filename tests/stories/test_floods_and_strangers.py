"""Machines, floods, groups and an office that has gone silent: nothing is lost, and nobody is written to in a loop."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from escalation.store.base import Unit
from escalation.store.front_tables import hatch_out
from handlers import inward
from tests.town import NEIGHBOUR, Town

LAST_RESORT = "+4552500091"


def test_two_machines_do_not_talk_for_ever(town: Town) -> None:
    for n in range(40):
        town.text(f"Jeg er på ferie til den 27. november og læser din besked kl. 10.{n:02d}. Venlig hilsen Bo Andersen")
    assert len(town.heard(NEIGHBOUR)) <= 6
    assert len(town.cases()) == 1


def test_our_own_words_coming_back_are_no_report(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    ours = town.heard(NEIGHBOUR)[0]
    heard = len(town.heard(NEIGHBOUR))
    town.text(f"Liked “{ours}”")
    assert len(town.heard(NEIGHBOUR)) == heard
    assert len(town.cases()) == 1


def test_four_texts_in_fifteen_seconds_are_all_answered_or_added(town: Town) -> None:
    for words in ("musik vestergade 12b", "hund nørregade 7", "skrald algade 3", "trusler søndergade 48 2 tv"):
        town.text(words)
        town.clock.at += timedelta(seconds=2)
    assert len(town.cases()) == 4
    assert all(any(str(case["code"]) in text for text in town.heard(NEIGHBOUR)) for case in town.cases())


def test_every_new_senders_first_text_is_answered_however_many_write_the_same(town: Town) -> None:
    phones = [f"+45301120{n:02d}" for n in range(25)]
    for phone in phones:
        town.text("brandalarmen hyler på vestergade 12b", phone)
    assert all(town.heard(phone) for phone in phones)
    assert len(town.cases()) == 25


def test_a_flood_is_answered_sparingly_and_kept_whole(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    for n in range(60):
        town.text(f"svar mig nu for pokker, nummer {n} på listen")
    assert len(town.heard(NEIGHBOUR)) < 12
    town.wait(minutes=2)
    town.text("hunden gør hele dagen nørregade 7")
    assert town.code() in town.last(NEIGHBOUR)


def test_a_group_is_left_without_a_word(town: Town) -> None:
    town.telegram("hej alle", "-100200", kind="group")
    assert not town.heard("-100200")
    assert not town.cases()


def test_a_sticker_is_answered_politely_once_an_hour(town: Town) -> None:
    for _ in range(5):
        town.telegram("", "811005", kind="unsupported")
    (only,) = town.heard("811005")
    assert "112" in only


def test_an_office_that_is_silent_for_a_minute_is_reported_by_the_front_desk(town: Town) -> None:
    town.office_stopped = True
    town.text("han ligger på trappen og svarer ikke nørregade 7")
    assert town.heard(NEIGHBOUR)[0].startswith("RING 112 NU")
    code = town.heard(NEIGHBOUR)[0].split("Kode ")[1].rstrip(".")
    town.clock.at += timedelta(seconds=61)
    town.front.write_now(_six_real_seconds_ago)
    town.front.write_now(inward.watch, town.front_desk, town.clock.now())
    town.settle()
    assert code in town.last(LAST_RESORT)


def _six_real_seconds_ago(unit: Unit) -> None:
    """The watch also looks at the database's own clock, which no test can move."""
    unit.conn.execute(update(hatch_out).values(created_db=hatch_out.c.created_db - 6))


def test_nothing_that_could_not_be_read_is_lost(town: Town) -> None:
    town.telegram("", "811006", kind="unreadable")
    assert "unreadable" in str(town.cases()[0]["tags"])
