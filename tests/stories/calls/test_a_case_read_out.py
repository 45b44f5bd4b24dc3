"""A case by telephone: place and words are read to whoever shows by his PIN who he is, and to nobody before that."""

from __future__ import annotations

from datetime import datetime

import pytest

from escalation.store import hearings, office_incidents, office_pins
from handlers import pin_calls, voice_alerts
from handlers.call_verbs import Document, HangUp, Keys, Play, Say
from tests.calling import CallingTown, words
from tests.stories.office.staffed import DUTY
from tests.town import LINE

PIN, WRONG = "402177", "402178"
REPORT = "han råber og truer med at slå naboen, vestergade 12 b 3 tv, ring på 20 30 40 50"
LEAKS = ("Vestergade", "vestergade", "12 B", "råber", "truer", "trusler", "20 30 40 50", "12 b")
PLACE = "Stedet er Vestergade 12 B, 3. sal, til venstre."


class ReadingTown(CallingTown):
    """An urgent case whose second step rings the duty, who has a PIN. `spoken` is all that was said on the phone."""

    def begins(self) -> None:
        self.spoken: list[Document] = []
        self.gives_pin()
        self.text(REPORT)

    def gives_pin(self, pin: str = PIN, staff: str = DUTY) -> None:
        self.office.write_now(office_pins.put, LINE, staff, pin, self.clock.now())

    def takes_by_key(self) -> Document:
        self.wait(minutes=5, seconds=1)
        self.rings()
        leg, now = self.leg(DUTY), self.clock.now()
        self._hears(self.office.write_now(voice_alerts.whisper, self.office_desk, leg, now))
        document = self.office.write_now(voice_alerts.pressed, self.office_desk, leg, "1", now)
        self.settle()
        return self._hears(document)

    def asks_to_hear(self, staff: str = DUTY) -> str:
        """HØR by SMS; what it is answered."""
        self.texts(staff, "CODE HØR")
        return self.last(self.phone(staff))

    def answers(self, staff: str = DUTY) -> Document:
        self.rings()
        return self._hears(
            self.office.write_now(pin_calls.whisper, self.office_desk, self.leg(staff), self.clock.now())
        )

    def keys(self, digits: str, after: Document, playable: frozenset[str] = frozenset()) -> Document:
        """What follows when these keys are pressed where a document asks for some."""
        asked = next(verb.step for verb in after if isinstance(verb, Keys))
        step, uid, number = asked.split("/")
        leg = next(leg for leg in self.legs() if leg.id == uid)
        carried = pin_calls.pin_given if step == "pin" else pin_calls.again
        now: datetime = self.clock.now()
        return self._hears(self.office.write_now(carried, self.office_desk, leg, int(number), digits, playable, now))

    def leaves_message(self, medium: str) -> None:
        """A message of the case is here, under this name."""
        incident = self.office.read_now(lambda unit: office_incidents.opened(unit)[-1].id)
        self.office.write_now(
            office_incidents.note, incident, "media", self.clock.now(), None, None, media=medium, kind="voice"
        )

    def recording(self, leg: str, name: str) -> str | None:
        """What an address gives now."""
        return self.office.read_now(pin_calls.recording, leg, name, self.clock.now())

    def hangs_up_phone(self, staff: str = DUTY) -> None:
        leg, now = self.leg(staff), self.clock.now()
        rung = voice_alerts if leg.purpose == "alert" else pin_calls
        self.office.write_now(rung.leg_ended, self.office_desk, leg, "completed", now)

    def _hears(self, document: Document) -> Document:
        self.spoken.append(document)
        return document

    def leaked(self) -> list[str]:
        return [leak for document in self.spoken for leak in LEAKS if leak in words(document)]


@pytest.fixture
def reading(town: CallingTown) -> ReadingTown:
    town.__class__ = ReadingTown
    assert isinstance(town, ReadingTown)
    town.begins()
    return town


@pytest.fixture
def taken(reading: ReadingTown) -> ReadingTown:
    """The duty has SMS alone and has taken the case."""
    reading.only_sms(DUTY)
    reading.texts(DUTY, "CODE JA")
    return reading


def silent_end(document: Document) -> bool:
    return document == (HangUp(),)


def test_whoever_takes_a_case_by_key_hears_place_and_words_after_his_pin_alone(reading: ReadingTown) -> None:
    asked = reading.takes_by_key()
    assert words(asked).startswith(f"Sagen er din, kode {' '.join(reading.code())}. Vil du høre stedet og ordene")
    assert reading.leaked() == []
    told = words(reading.keys(PIN, asked))
    assert told.startswith(f"{PLACE} Emne: trusler. Anmelders ord: han råber og truer")
    assert told.endswith("Tryk 1 for at høre det igen.")


def test_the_planted_words_would_have_been_found_had_they_been_said(reading: ReadingTown) -> None:
    reading.keys(PIN, reading.takes_by_key())
    assert {"Vestergade", "råber"} <= set(reading.leaked())


def test_what_is_read_out_stands_on_the_audit_trail_like_a_look(reading: ReadingTown) -> None:
    asked = reading.takes_by_key()
    assert reading.audited("show") == []
    told = reading.keys(PIN, asked)
    reading.keys("1", told)
    assert reading.audited("show") == [f"staff:{DUTY}"] * 2


def test_the_numbers_in_a_reporters_words_are_not_read_to_a_room(reading: ReadingTown) -> None:
    assert "20 30 40 50" not in words(reading.keys(PIN, reading.takes_by_key()))


def test_without_a_pin_a_taker_hears_what_he_always_heard(reading: ReadingTown) -> None:
    reading.office.write_now(office_pins.remove, LINE, DUTY)
    assert words(reading.takes_by_key()).startswith("Du har sag ")


def test_three_wrong_pins_end_the_call_and_tell_nothing(reading: ReadingTown) -> None:
    document = reading.takes_by_key()
    for _ in range(2):
        document = reading.keys(WRONG, document)
        assert words(document).startswith("Koden passer ikke. Prøv igen")
    document = reading.keys(WRONG, document)
    assert (words(document), document[-1]) == ("Koden passer heller ikke. Farvel.", HangUp())
    assert (reading.leaked(), reading.audited("show")) == ([], [])


def test_a_slip_of_the_thumb_is_forgiven(reading: ReadingTown) -> None:
    assert PLACE in words(reading.keys(PIN, reading.keys(WRONG, reading.takes_by_key())))


def test_five_wrong_ones_over_two_calls_lock_it_and_the_person_is_told(taken: ReadingTown) -> None:
    for attempts in (3, 2):
        taken.asks_to_hear()
        document = taken.answers()
        for _ in range(attempts):
            document = taken.keys(WRONG, document)
        taken.hangs_up_phone()
    assert words(document).startswith("Din pinkode er spærret")
    assert "Din pinkode er spærret" in taken.asks_to_hear()
    assert taken.leaked() == []


def test_a_new_pin_opens_again_what_was_locked(taken: ReadingTown) -> None:
    for _ in range(5):
        taken.office.write_now(office_pins.fits, LINE, DUTY, WRONG)
    taken.gives_pin("118822")
    taken.asks_to_hear()
    assert PLACE in words(taken.keys("118822", taken.answers()))


def test_a_taker_whose_pin_is_locked_is_told_and_still_has_the_case(reading: ReadingTown) -> None:
    for _ in range(5):
        reading.office.write_now(office_pins.fits, LINE, DUTY, WRONG)
    said = words(reading.takes_by_key())
    assert said.startswith("Din pinkode er spærret") and "Du har sag" in said
    assert reading.case()["taken_by"] == DUTY


def test_a_wrong_pin_that_is_reported_twice_counts_once(reading: ReadingTown) -> None:
    asked = reading.takes_by_key()
    assert reading.keys(WRONG, asked) == reading.keys(WRONG, asked) == reading.keys(WRONG, asked)
    pin = reading.office.read_now(office_pins.pin_of, LINE, DUTY)
    assert pin is not None and pin.wrong == 1


def test_a_right_pin_that_is_reported_twice_is_one_look(reading: ReadingTown) -> None:
    asked = reading.takes_by_key()
    assert reading.keys(PIN, asked) == reading.keys(PIN, asked)
    assert len(reading.audited("show")) == 1


def test_an_attempt_that_was_never_asked_for_opens_nothing(reading: ReadingTown) -> None:
    reading.takes_by_key()
    leg, now = reading.leg(DUTY), reading.clock.now()
    for attempt in (0, 2, 3, 4):
        given = reading.office.write_now(pin_calls.pin_given, reading.office_desk, leg, attempt, PIN, (), now)
        assert silent_end(given)
    for times in (0, 1, 2):
        again = reading.office.write_now(pin_calls.again, reading.office_desk, leg, times, "1", (), now)
        assert silent_end(again)


@pytest.mark.parametrize("digits", ["", "2"])
def test_whoever_does_not_want_it_again_is_said_goodbye_to(reading: ReadingTown, digits: str) -> None:
    told = reading.keys(PIN, reading.takes_by_key())
    again = reading.keys("1", told)
    assert PLACE in words(again)
    assert words(reading.keys(digits, again)) == "Farvel."


def test_nothing_is_read_for_ever(reading: ReadingTown) -> None:
    document = reading.keys(PIN, reading.takes_by_key())
    times = 1
    while PLACE in words(document) and times < 50:
        document, times = reading.keys("1", document), times + 1
    assert words(document) == "Farvel."
    assert times == pin_calls.MOST_TIMES + 1


def test_when_the_call_is_over_its_steps_tell_nothing_any_more(reading: ReadingTown) -> None:
    asked = reading.takes_by_key()
    told = reading.keys(PIN, asked)
    reading.hangs_up_phone()
    assert silent_end(reading.keys("1", told))
    assert silent_end(reading.keys(PIN, asked))


def test_a_call_whose_end_nobody_reports_is_over_after_a_while(reading: ReadingTown) -> None:
    told = reading.keys(PIN, reading.takes_by_key())
    reading.clock.advance(hearings.LASTS)
    assert silent_end(reading.keys("1", told))


def test_who_may_not_see_it_any_more_when_he_gives_his_pin_hears_nothing(reading: ReadingTown) -> None:
    asked = reading.takes_by_key()
    reading.clock.at = reading.clock.at.replace(hour=12, day=21)  # his evening shift from outside is over
    assert words(reading.keys(PIN, asked)) == "Du kan ikke høre den sag nu. Farvel."
    assert reading.audited("show") == []


def test_hear_rings_the_taker_and_asks_for_the_pin_before_anything(taken: ReadingTown) -> None:
    assert taken.asks_to_hear() == (
        f"Nabolinjen vagt: Vi ringer til dig nu om sag {taken.code()}. Hav din pinkode klar."
    )
    asked = taken.answers()
    assert words(asked) == "Nabolinjen vagt. Du bad om at høre en sag. Tast din pinkode og slut med firkant."
    assert taken.leaked() == []
    assert PLACE in words(taken.keys(PIN, asked))
    assert taken.leg(DUTY).state == "joined"


def test_asked_for_twice_the_phone_rings_once(taken: ReadingTown) -> None:
    taken.asks_to_hear()
    taken.asks_to_hear()
    assert len(taken.legs()) == 1
    taken.hangs_up_phone()
    taken.asks_to_hear()
    assert len(taken.legs()) == 2


def test_a_mailbox_that_picks_up_hears_nothing(taken: ReadingTown) -> None:
    taken.asks_to_hear()
    assert words(taken.keys("", taken.answers())) == "Farvel."
    taken.hangs_up_phone()
    assert (taken.leaked(), taken.leg(DUTY).state) == ([], "no_answer")


def test_without_a_pin_hear_is_refused_in_one_sentence(taken: ReadingTown) -> None:
    taken.office.write_now(office_pins.remove, LINE, DUTY)
    assert "Du har ingen pinkode" in taken.asks_to_hear()
    assert taken.legs() == []


def test_who_has_not_taken_the_case_is_told_so_and_not_rung(reading: ReadingTown) -> None:
    assert "HØR" not in reading.asks_to_hear() and "PIN" not in reading.asks_to_hear()
    assert reading.legs() == []


def test_a_colleague_who_may_not_see_the_case_is_not_rung(taken: ReadingTown) -> None:
    taken.gives_pin(staff="emil-juhl")
    taken.asks_to_hear("emil-juhl")
    assert taken.legs() == []


def test_a_line_without_a_number_to_ring_from_says_so(taken: ReadingTown) -> None:
    taken.with_line(voice_number=None)
    assert "intet nummer" in taken.asks_to_hear()


def test_where_leads_somebody_without_telegram_to_the_telephone(taken: ReadingTown) -> None:
    taken.texts(DUTY, "CODE HVOR")
    code = taken.code()
    assert taken.last(taken.phone(DUTY)).endswith(f"Skriv {code} HØR, så ringer vi og læser det op.")


def test_only_the_newest_words_are_read_where_there_are_many(reading: ReadingTown) -> None:
    for number in range(12):
        reading.text(f"{reading.code()} nu sker der noget nyt igen, nummer {number}, " + "og det bliver ved " * 10)
    told = reading.keys(PIN, reading.takes_by_key())
    said = [verb.text for verb in next(v for v in told if isinstance(v, Keys)).said if isinstance(verb, Say)]
    assert any("nummer 11" in text for text in said) and not any("nummer 2," in text for text in said)


def test_messages_that_can_be_played_are_and_the_rest_is_told_of(reading: ReadingTown) -> None:
    for medium in ("spoken", "picture"):
        reading.leaves_message(medium)
    told = reading.keys(PIN, reading.takes_by_key(), frozenset({"spoken"}))
    said = next(verb for verb in told if isinstance(verb, Keys)).said
    (played,) = [verb for verb in said if isinstance(verb, Play)]
    assert played.step.startswith(f"media/{reading.leg(DUTY).id}/") and "spoken" not in played.step
    assert "Her er en indtalt besked." in words(told)
    assert "som ikke kan høres i telefonen" in words(told)


def test_a_messages_address_gives_it_from_the_pin_to_the_end_of_the_call_on_its_own_leg(reading: ReadingTown) -> None:
    reading.leaves_message("spoken")
    asked = reading.takes_by_key()
    leg = reading.leg(DUTY).id
    name = reading.office.read_now(pin_calls.recordings, leg)["spoken"]
    assert reading.recording(leg, name) is None
    reading.keys(PIN, asked)
    assert (reading.recording(leg, name), reading.recording("0" * 32, name)) == ("spoken", None)
    reading.hangs_up_phone()
    assert reading.recording(leg, name) is None
