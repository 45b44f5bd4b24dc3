"""A masked call back: both phones ring at once, whoever asked for it presses 1, and the two meet under a token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from escalation.store import front_tables, office_tables
from escalation.store.base import Unit
from handlers.call_verbs import Document, HangUp, Join, Park, Say
from tests.calling import leaves, silent_for, words
from tests.calling_back import TAKER, CallingBackTown
from tests.privacy.worlds import World
from tests.town import FRIDAY_NIGHT, NEIGHBOUR


@pytest.fixture
def town(eksempelby: World) -> Iterator[CallingBackTown]:
    """The Friday night; a message was left, and Mads Ravn has taken the case."""
    town = eksempelby.town(FRIDAY_NIGHT, CallingBackTown)
    assert isinstance(town, CallingBackTown)
    town.leaves_a_message()
    yield town
    town.close()


def joins(document: Document) -> list[str]:
    return [verb.token for verb in document if isinstance(verb, Join)]


def test_who_takes_a_case_with_a_message_learns_that_he_can_call_back(town: CallingBackTown) -> None:
    assert "har indtalt en besked" in town.told(TAKER)[-1]
    town.presses(TAKER, "Ring op")
    assert "Vi ringer op i sag" in town.told(TAKER)[-1]


def test_both_phones_ring_at_the_same_time(town: CallingBackTown) -> None:
    assert "Vi ringer op i sag" in town.rings_back()
    assert town.ringing() == [TAKER]
    [leg] = town.reporter_legs()
    assert (leg.address, leg.state) == (NEIGHBOUR, "ringing")
    assert leg.created_at == town.leg(TAKER).created_at


def test_the_two_meet_under_a_token_and_the_wish_is_kept(town: CallingBackTown) -> None:
    town.rings_back()
    greeted = town.reporter_picks_up()
    assert words(greeted).endswith("Du bad om at blive ringet op. Et øjeblik, så er der en medarbejder.")
    town.picks_up(TAKER)
    assert joins(town.staff_presses(TAKER, "1")) == [v.token for v in greeted if isinstance(v, Park)]
    assert town.timeline("called_back") == []
    assert town.staff_has_talked(TAKER) == (HangUp(),)
    assert town.reporter_is_out_of_the_queue("bridged") == (HangUp(),)
    assert town.state() == "talked"
    for kind in ("callback_asked", "callback_there", "called_back"):
        assert len(town.timeline(kind)) == 1
    assert not [said for said in town.told(TAKER) if "talt sammen" in said]


def test_who_asked_by_key_or_by_text_may_be_called(eksempelby: World) -> None:
    town = eksempelby.town(FRIDAY_NIGHT, CallingBackTown)
    assert isinstance(town, CallingBackTown)
    town.text("jeg vil ikke leve mere, vestergade 12 b 3 tv")
    town.writes(TAKER, "CODE JA")
    assert "hverken bedt om et opkald" in town.rings_back()
    town.text("1")
    assert "vil gerne ringes op" in town.told(TAKER)[-1]
    assert "Vi ringer op" in town.rings_back()
    town.close()


def test_who_pressed_first_hears_something_every_few_seconds_until_the_reporter_is_there(town: CallingBackTown) -> None:
    town.rings_back()
    town.picks_up(TAKER)
    town.staff_presses(TAKER, "1")
    town.after(8)
    document = town.staff_has_talked(TAKER, talked=False)
    assert words(document) == "Vi ringer stadig."
    assert silent_for(document) + sum(v.seconds for v in document if isinstance(v, Join)) <= 8
    town.reporter_picks_up()
    assert joins(town.staff_has_talked(TAKER, talked=False))
    town.staff_has_talked(TAKER)
    assert town.state() == "talked"


def test_after_a_minute_alone_he_hears_that_nobody_is_there(town: CallingBackTown) -> None:
    town.rings_back()
    town.staff_presses(TAKER, "1")
    town.after(61)
    assert words(town.staff_has_talked(TAKER, talked=False)).startswith("Der er ingen i den anden ende.")
    assert town.state() == "vain"
    assert "RING for at prøve igen" in town.told(TAKER)[-1]
    assert [leg.state for leg in town.reporter_legs()] == ["ending"]


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed", "canceled", "completed"])
def test_a_reporter_who_does_not_answer_ends_it_and_nobody_rings_again(town: CallingBackTown, status: str) -> None:
    town.rings_back()
    town.reporter_leg_ends(status)
    assert (town.state(), town.leg(TAKER).state) == ("vain", "ending")
    assert "RING for at prøve igen" in town.told(TAKER)[-1]
    town.after(300)
    assert len(town.reporter_legs()) == len([leg for leg in town.legs() if leg.purpose == "callback"]) == 1
    assert "Vi ringer op i sag" in town.rings_back()


@pytest.mark.parametrize("digits", ["", "2", "5"])
def test_a_mailbox_or_another_key_of_staff_calls_it_off(town: CallingBackTown, digits: str) -> None:
    town.rings_back()
    town.reporter_picks_up()
    town.picks_up(TAKER)
    assert isinstance(town.staff_presses(TAKER, digits)[-1], HangUp)
    assert leaves(town.reporter_waits())
    assert "Vi fik desværre ikke fat i medarbejderen" in words(town.reporter_is_out_of_the_queue("leave"))
    assert town.state() == "vain"


def test_staff_who_never_answer_silence_the_reporters_phone(town: CallingBackTown) -> None:
    town.rings_back()
    town.leg_ends(TAKER, "no-answer")
    assert [leg.state for leg in town.reporter_legs()] == ["ending"]
    assert "Vi fik desværre ikke fat i medarbejderen" in words(town.reporter_picks_up())


def test_a_reporter_waits_a_minute_at_most_and_is_never_left_in_silence(town: CallingBackTown) -> None:
    town.rings_back()
    town.reporter_picks_up()
    for _ in range(7):
        document = town.reporter_waits()
        assert not leaves(document)
        assert silent_for(document) <= 8
        town.after(8)
    town.after(5)
    assert leaves(town.reporter_waits())


def test_a_reporter_who_hangs_up_while_staff_wait_ends_it_for_them(town: CallingBackTown) -> None:
    town.rings_back()
    town.reporter_picks_up()
    town.staff_presses(TAKER, "1")
    town.reporter_is_out_of_the_queue("hangup")
    assert words(town.staff_has_talked(TAKER, talked=False)).startswith("Der er ingen i den anden ende.")
    assert town.state() == "vain"


def test_staff_who_hang_up_while_they_wait_do_not_leave_the_reporter_alone(town: CallingBackTown) -> None:
    town.rings_back()
    town.staff_presses(TAKER, "1")
    town.leg_ends(TAKER, "completed")
    town.reporter_picks_up()
    town.wait(seconds=6)
    assert leaves(town.reporter_waits())
    assert town.state() == "vain"


@pytest.mark.parametrize("first", ["staff", "reporter"])
def test_a_talk_is_one_whoever_hangs_up_first(town: CallingBackTown, first: str) -> None:
    town.rings_back()
    town.reporter_picks_up()
    town.staff_presses(TAKER, "1")
    if first == "staff":
        town.leg_ends(TAKER, "completed")
        town.reporter_is_out_of_the_queue("bridged")
    else:
        town.reporter_leg_ends("completed")
        town.staff_has_talked(TAKER)
    town.wait(seconds=10)
    assert town.state() == "talked"
    assert not [said for said in town.told(TAKER) if "talt sammen" in said]


def test_nothing_is_heard_of_it_for_three_minutes_and_it_came_to_nothing(town: CallingBackTown) -> None:
    town.rings_back()
    town.after(170)
    assert "Vi ringer allerede op" in town.rings_back()
    town.after(15)
    assert town.state() == "vain"


def test_a_second_order_while_the_phones_ring_is_refused(town: CallingBackTown) -> None:
    town.rings_back()
    assert "Vi ringer allerede op" in town.rings_back()


def test_only_who_has_the_case_calls_back(town: CallingBackTown) -> None:
    town.writes("anne-lund", "CODE RING")
    assert town.reporter_legs() == []
    assert "Vi ringer" not in town.told("anne-lund")[-1]


def test_who_wrote_stop_is_not_called(town: CallingBackTown) -> None:
    town.text("STOP")
    assert "vil ikke kontaktes mere" in town.rings_back()
    assert town.reporter_legs() == []


def test_who_has_no_number_is_not_called(eksempelby: World) -> None:
    town = eksempelby.town(FRIDAY_NIGHT, CallingBackTown)
    assert isinstance(town, CallingBackTown)
    town.caller = "anonymous"
    town.leaves_a_message(wants_call=True)
    town.rings_back()
    assert "intet telefonnummer på anmelder" in town.told(TAKER)[-1]
    assert (town.reporter_legs(), town.state()) == ([], "vain")
    town.close()


def test_without_a_number_of_its_own_or_a_phone_of_his_nobody_is_rung(town: CallingBackTown) -> None:
    town.with_line(voice_number=None)
    assert "intet nummer at ringe fra" in town.rings_back()
    town.with_line(voice_number="+4552500002")
    town.without_phones()
    assert "ikke dit telefonnummer" in town.rings_back()


def test_who_was_called_back_is_no_news_to_the_next_taker(town: CallingBackTown) -> None:
    town.rings_back()
    town.reporter_picks_up()
    town.staff_presses(TAKER, "1")
    town.staff_has_talked(TAKER)
    town.writes(TAKER, "CODE GIV VIDERE")
    town.writes("anne-lund", "CODE JA")
    assert town.case()["taken_by"] == "anne-lund"
    assert "indtalt" not in town.told("anne-lund")[-1]


def test_nothing_tells_who_or_where_before_the_key(town: CallingBackTown) -> None:
    town.rings_back()
    whisper = town.picks_up(TAKER)
    assert words(whisper).endswith("Dit opkald til en, der har bedt om at blive ringet op. Tryk 1.")
    assert told(town, whisper) == []


@pytest.mark.parametrize("leak", ["Det er i Vestergade.", "Ring til 30111201.", "Sag {code}."])
def test_a_planted_leak_before_the_key_is_found(town: CallingBackTown, leak: str) -> None:
    town.rings_back()
    planted = Say(leak.format(code=town.code()), "da")
    assert told(town, (planted, *town.picks_up(TAKER)))


def told(town: CallingBackTown, document: Document) -> list[str]:
    """What a document tells of the place, the reporter or the case."""
    return [word for word in ("Vestergade", "30111201", town.code()) if word in words(document)]


def everything(town: CallingBackTown, desk: str) -> str:
    """All rows about calls at one desk, opened."""
    database, tables = (town.front, front_tables) if desk == "front" else (town.office, office_tables)

    def read(unit: Unit) -> str:
        rows = [row._mapping for table in (tables.calls, tables.legs) for row in unit.conn.execute(select(table))]
        opened = [unit.keys.open("legs.address", row["id"], row["address"]) for row in rows if "address" in row]
        return repr([dict(row) for row in rows]) + repr(opened)

    return database.read_now(read)


def test_neither_desk_learns_whom_the_other_one_rings(town: CallingBackTown) -> None:
    town.rings_back()
    town.reporter_picks_up()
    town.staff_presses(TAKER, "1")
    staff = (TAKER, "Ravn", town.leg(TAKER).address)
    front, office = everything(town, "front"), everything(town, "office")
    assert NEIGHBOUR in front
    assert not [word for word in staff if word in front]
    assert NEIGHBOUR not in office
    assert town.leg(TAKER).address in office
