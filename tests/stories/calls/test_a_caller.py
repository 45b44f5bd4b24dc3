"""What a caller hears and presses, and what becomes of it: a person, a message, and always a way on."""

from __future__ import annotations

import pytest

from handlers.call_verbs import HangUp, Hold
from tests.calling import CallingTown, leaves, parks, records, silent_for, words


def test_danger_is_the_first_thing_that_is_said(town: CallingTown) -> None:
    greeting = words(town.asks())
    assert greeting.startswith("Du har ringet til Nabolinjen. Er nogen i fare lige nu, så læg på og ring 1 1 2.")
    assert "For English, press 9." in greeting
    assert "Für Deutsch drücken Sie die 8." in greeting


@pytest.mark.parametrize(("key", "said"), [("9", "If you are calling about yourself"), ("8", "wegen sich selbst")])
def test_a_key_changes_the_language(town: CallingTown, key: str, said: str) -> None:
    menu = town.presses_keys(town.asks(), key)
    assert said in words(menu)
    assert words(town.presses_keys(menu, "0")) in (
        "We are finding a member of staff for you. It takes 90 seconds at most.",
        "Wir suchen jemanden für Sie. Das dauert höchstens 90 Sekunden.",
    )


@pytest.mark.parametrize("keys", ["", "0", "5", "12", "**", "hangup"])
def test_silence_and_confusion_lead_to_a_person(town: CallingTown, keys: str) -> None:
    assert parks(town.presses_keys(town.asks(), keys))
    assert town.case()["state"] == "new"


@pytest.mark.parametrize("code", ["1057", "1078", "9999"])
def test_a_code_is_answered_in_the_same_words_whether_it_is_known_or_not(town: CallingTown, code: str) -> None:
    choice = town.presses_keys(town.asks(), code)
    assert words(choice).startswith("Tak. Vil du tale med en medarbejder nu, så tryk 1.")
    assert parks(town.presses_keys(choice, ""))


def test_a_caretaker_is_offered_his_own_stairwells_only_where_they_are_few(town: CallingTown) -> None:
    town.caller = "+4520000102"
    assert "Gælder det" not in words(town.asks())


def test_the_waiting_is_as_long_as_was_said_and_never_silent_for_long(town: CallingTown) -> None:
    parked = town.waits()
    assert "Det tager højst 90 sekunder." in words(parked)
    said, seconds = 0, 0
    for _ in range(90):
        document = town.asks("wait/da")
        if leaves(document):
            break
        said += bool(words(document))
        assert silent_for(document) <= 8
        lasts = silent_for(document) or (8 * any(isinstance(v, Hold) for v in document) + 3 * bool(words(document)))
        seconds += lasts
        town.after(lasts)
    assert 86 <= seconds <= 90
    assert 3 <= said <= 5


def test_nobody_free_leaves_a_message_and_an_answer_is_promised(town: CallingTown) -> None:
    town.waits()
    town.after(90)
    offer = town.asks("queued/da", result="leave")
    assert records(offer)
    after = town.asks("recorded/da", recording="https://api.example/Recordings/RE1", seconds=12)
    assert "Vil du ringes op" in words(after)
    farewell = town.presses_keys(after, "1")
    assert words(farewell) == "Du får svar senest fredag klokken 23.53. Farvel."
    assert isinstance(farewell[-1], HangUp)
    assert town.timeline("media")
    town.writes("mads-ravn", "CODE JA")
    assert "vil gerne ringes op" in town.told("mads-ravn")[-1]


def test_a_machine_that_listens_is_not_recorded(town: CallingTown) -> None:
    town.presses_keys(town.asks(), "")
    town.after(90)
    offer = town.asks("queued/da", result="leave")
    assert not records(offer)
    assert words(town.presses_keys(offer, "")).startswith("Du får svar senest")
    assert records(town.presses_keys(offer, "1"))


def test_an_empty_message_is_no_case(town: CallingTown) -> None:
    town.presses_keys(town.presses_keys(town.asks(), "1057"), "2")
    town.asks("recorded/da", recording="https://api.example/Recordings/RE1", seconds=1)
    assert town.cases() == []
    assert words(town.asks("callback/da", "")) == "Tak for opkaldet. Farvel."


def test_a_message_left_at_once_is_a_report_like_any_other(town: CallingTown) -> None:
    assert records(town.presses_keys(town.presses_keys(town.asks(), "1057"), "2"))
    town.asks("recorded/da", recording="https://api.example/Recordings/RE1", seconds=20)
    assert [leg.staff for leg in town.legs()] == []
    assert town.told("mads-ravn")


def test_a_hang_up_in_the_greeting_is_no_case(town: CallingTown) -> None:
    town.asks()
    town.hangs_up()
    assert town.cases() == []


def test_whoever_calls_about_himself_has_an_urgent_case_at_once(town: CallingTown) -> None:
    assert parks(town.presses_keys(town.asks(), "3"))
    assert (town.case()["urgency"], town.case()["category"]) == ("urgent", "self_help")
    assert town.told("mads-ravn")


def test_a_call_and_the_texts_of_one_number_are_one_case(town: CallingTown) -> None:
    town.text("der er fest igen vestergade 12 b 3 tv")
    town.waits()
    assert len(town.cases()) == 1


def test_a_hidden_number_is_answered_like_any_other(town: CallingTown) -> None:
    town.caller = "anonymous"
    assert parks(town.waits())
    assert len(town.cases()) == 1


def test_a_call_that_is_known_goes_on_where_it_stands(town: CallingTown) -> None:
    parked = town.waits()
    assert town.asks() == parked
    assert len(town.cases()) == 1


def test_a_repeated_step_gives_the_same_document_and_has_no_second_effect(town: CallingTown) -> None:
    greeting = town.asks()
    assert town.asks() == greeting
    choice = town.presses_keys(greeting, "1057")
    assert town.presses_keys(greeting, "1057") == choice
    parked = town.presses_keys(choice, "1")
    assert town.presses_keys(choice, "1") == parked
    assert len(town.cases()) == 1


def test_a_chat_with_the_code_of_a_call_belongs_to_the_case_of_the_call(town: CallingTown) -> None:
    town.waits()
    town.telegram(f"{town.case()['code']} det er mig, der ringede, det er stadig galt", "811008")
    assert len(town.cases()) == 1
    assert "del dit nummer med knappen" in town.heard("811008")[0]
    town.telegram(town.caller, "811008", kind="contact", own=True)
    town.telegram(f"status {town.case()['code']}", "811008")
    assert str(town.case()["code"]) in town.last("811008")
