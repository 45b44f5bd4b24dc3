"""What a reporter can do afterwards: add, ask, be quiet, be forgotten. He hears what he asked for and nothing more."""

from __future__ import annotations

import pytest

from bot.channels.base import DeliveryError
from handlers.messages import Attachment
from tests.town import NEIGHBOUR, Town

PLACED = "der er fest igen vestergade 12 b 3 tv, vi skal op kl 5"
PICTURE = (Attachment("photo", "ME1", "image/jpeg", 20_000),)


@pytest.fixture
def told(town: Town) -> Town:
    """A town where a neighbour has reported noise and has been answered."""
    town.text(PLACED)
    town.phones.sent.pop(NEIGHBOUR)
    return town


def take(town: Town) -> str:
    """Somebody on duty takes the newest case. Gives his phone."""
    duty = next(p for p in list(town.phones.sent) if p != NEIGHBOUR and town.code() in town.last(p))
    town.telegram(f"{town.code()} JA", duty)
    return duty


def test_more_words_are_acknowledged_every_five_minutes_at_most(told: Town) -> None:
    for words in ("nu råber de", "og hunden gør", "og de smadrer flasker"):
        told.text(words)
    assert ["føjet til" in text for text in told.heard(NEIGHBOUR)] == [True]
    told.wait(minutes=5)
    told.text("det bliver ved")
    assert sum("føjet til" in text for text in told.heard(NEIGHBOUR)) == 2
    assert len(told.cases()) == 1


def test_whoever_has_the_case_hears_of_new_words(told: Town) -> None:
    duty = take(told)
    told.text("nu råber de")
    assert "Nyt fra anmelder" in told.last(duty)


@pytest.mark.parametrize(
    "words", ["tak, det er startet igen nu", "mit nummer er 20 11 22 33", "det er ikke blevet stille"]
)
def test_words_that_name_no_matter_belong_to_the_one_that_is_open(told: Town, words: str) -> None:
    duty = take(told)
    told.text(words)
    assert len(told.cases()) == 1
    assert "føjet til" in told.last(NEIGHBOUR)
    assert "Nyt fra anmelder" in told.last(duty)


def test_whoever_says_he_is_not_well_has_a_matter_of_his_own(told: Town) -> None:
    told.text("jeg har det ikke godt")
    assert [case["category"] for case in told.cases()] == ["noise", "self_help"]


def test_a_picture_belongs_to_the_case(told: Town) -> None:
    duty = take(told)
    told.text("sådan ser her ud", attachments=PICTURE)
    assert "føjet til" in told.last(NEIGHBOUR)
    assert any(told.code() in text for text in told.heard(duty)[-2:])
    assert len(told.cases()) == 1


@pytest.mark.parametrize("words", ["status", "hvordan går det med min sag?", "any news?", "hvornår kommer der nogen"])
def test_status_tells_the_times_and_no_more(told: Town, words: str) -> None:
    told.text(words)
    assert told.code() in told.last(NEIGHBOUR)
    assert "Vestergade" not in told.last(NEIGHBOUR)


def test_a_receipt_shows_times_only(told: Town) -> None:
    take(told)
    told.text(f"kvittering {told.code()}")
    assert f"kvittering {told.code()}: modtaget 20. november kl. 23.38, taget" in told.last(NEIGHBOUR)


def test_solved_and_thanks_open_no_case(told: Town) -> None:
    told.text("tak det er stille nu")
    told.text("mange tak")
    assert len(told.cases()) == 1
    assert len(told.heard(NEIGHBOUR)) <= 2


def test_quiet_means_nothing_unasked(told: Town) -> None:
    told.text("skriv ikke til mig mere")
    assert "Vi skriver kun, når du selv har skrevet" in told.last(NEIGHBOUR)
    heard = len(told.heard(NEIGHBOUR))
    duty = take(told)
    told.telegram(f"{told.code()} LUK talte med dem", duty)
    told.wait(days=15)
    assert len(told.heard(NEIGHBOUR)) == heard
    told.text("1")
    assert "skriver vi til dig igen" in told.last(NEIGHBOUR)


def test_a_wish_for_quiet_inside_a_report_is_kept_and_the_report_too(town: Town) -> None:
    town.text("skriv ikke til mig, men de larmer på vestergade 12b 3 tv hver nat")
    confirmed, *_, hushed = town.heard(NEIGHBOUR)
    assert town.code() in confirmed
    assert "Vi skriver kun" in hushed


@pytest.mark.parametrize("words", ["hvem kan se det her?", "får han at vide at det er mig?", "who can see this?"])
def test_who_sees_it_is_said_plainly(told: Town, words: str) -> None:
    told.text(words)
    assert any(w in told.last(NEIGHBOUR) for w in ("Vi siger ikke, hvem der har skrevet", "We do not say who wrote"))
    assert len(told.cases()) == 1


def test_who_sees_it_is_said_also_beside_a_report(town: Town) -> None:
    town.text("der larmer de hver nat vestergade 12b 2 tv, får han at vide at det er mig?")
    assert town.code() in town.heard(NEIGHBOUR)[0]
    assert "Vi siger ikke, hvem der har skrevet" in town.last(NEIGHBOUR)


def test_a_command_says_nothing_about_a_language(town: Town) -> None:
    town.telegram("larm vestergade 12b 3 tv", "811003")
    town.telegram("/help", "811003")
    assert "Er nogen i fare nu" in town.last("811003")


def test_data_is_seen(told: Town) -> None:
    told.text("DATA")
    assert "Dataansvarlig" in told.last(NEIGHBOUR)
    told.text("1")
    assert told.code() in told.last(NEIGHBOUR)
    told.text("3")
    assert told.code() in told.last(NEIGHBOUR)
    assert "data_request" in str(told.cases()[-1]["tags"])


def test_data_is_forgotten_only_after_a_yes(told: Town) -> None:
    told.text("DATA")
    told.text("2")
    told.text("2")
    assert "Intet er slettet" in told.last(NEIGHBOUR)
    told.text("slet mine data")
    told.text("ja")
    assert "er slettet her" in told.last(NEIGHBOUR)
    told.text("status")
    assert "ingen åben sag" in told.last(NEIGHBOUR)
    assert len(told.cases()) == 1


@pytest.mark.parametrize("word", ["STOPP", "Afmeld", "ABMELDEN", "stop alle", "Frameld"])
def test_one_word_stops_everything_unasked(told: Town, word: str) -> None:
    told.text(word)
    (only,) = told.heard(NEIGHBOUR)
    assert "112" in only
    duty = take(told)
    told.telegram(f"{told.code()} LUK talte med dem", duty)
    told.wait(days=15)
    assert told.heard(NEIGHBOUR) == [only]


def test_the_carriers_own_stop_is_left_to_the_carrier_until_start(told: Town) -> None:
    told.text("STOP")
    told.text("status")
    assert not told.heard(NEIGHBOUR)
    told.text("START")
    assert "Velkommen tilbage" in told.last(NEIGHBOUR)


@pytest.mark.parametrize(
    "words", ["stop larmen på vestergade 12b", "stop nu den musik! nørregade 7", "please stop the noise at nørregade 7"]
)
def test_stop_inside_a_sentence_is_a_report(town: Town, words: str) -> None:
    town.text(words)
    assert town.cases()[0]["category"] == "noise"
    assert town.code() in town.heard(NEIGHBOUR)[0]


def closed(town: Town) -> None:
    duty = take(town)
    town.telegram(f"{town.code()} LUK talte med dem", duty)
    town.wait(days=14, hours=12)
    assert "Hvordan går det nu?" in town.last(NEIGHBOUR)


@pytest.mark.parametrize(
    ("said", "answer"), [("1", "Godt at høre"), ("det samme", "noteret"), ("0", "spørger ikke mere")]
)
def test_a_check_back_is_answered_and_the_case_stays_closed(told: Town, said: str, answer: str) -> None:
    closed(told)
    told.text(said)
    assert answer in told.last(NEIGHBOUR)
    assert told.cases()[0]["state"] == "closed"


@pytest.mark.parametrize("said", ["3", "værre"])
def test_worse_opens_the_case_again(told: Town, said: str) -> None:
    closed(told)
    told.forget_what_was_heard()
    told.text(said)
    assert told.cases()[0]["state"] == "new"
    assert "senest" in told.last(NEIGHBOUR)
    assert any(told.code() in told.last(phone) for phone in list(told.phones.sent) if phone != NEIGHBOUR)


def test_an_edit_is_a_new_version_of_the_same_matter(town: Town) -> None:
    town.telegram("larm vestergade 12b 3 tv", "811003", ref="7")
    town.telegram("larm og trusler vestergade 12b 3 tv", "811003", kind="edit", ref="7")
    assert len(town.cases()) == 1
    assert "rettelse" in town.last("811003")


def test_an_edit_may_answer_the_question(town: Town) -> None:
    town.telegram("larm igen", "811003", ref="7")
    town.telegram("larm igen vestergade 12b 3 tv", "811003", kind="edit", ref="7")
    assert town.cases()[0]["place"] == "Vestergade 12B, 3. tv"
    assert any(town.code() in text for text in town.heard("811003"))


def test_whoever_blocks_us_is_told_to_the_taker(town: Town) -> None:
    town.telegram("larm vestergade 12b 3 tv", "811003")
    duty = next(p for p in list(town.phones.sent) if p != "811003" and town.code() in town.last(p))
    town.telegram(f"{town.code()} JA", duty)
    town.telegram("", "811003", kind="blocked")
    assert town.code() in town.last(duty)
    assert "kan ikke længere nås" in town.last(duty)


def test_a_reporter_whose_phone_takes_nothing_more_is_told_to_the_taker(told: Town) -> None:
    duty = take(told)
    told.phones.refuse[NEIGHBOUR] = DeliveryError("permanent", "30005")
    told.telegram(f"{told.code()} SVAR Vi arbejder på det nu.", duty)
    assert "kan ikke længere nås" in told.last(duty)


def test_whoever_blocked_us_and_writes_again_can_be_reached_again(town: Town) -> None:
    town.telegram("larm vestergade 12b 3 tv", "811003")
    town.telegram("", "811003", kind="blocked")
    town.telegram("nu er det værre", "811003")
    assert "føjet til" in town.last("811003")


def test_a_language_is_switched_by_word(told: Town) -> None:
    told.text("english please")
    assert "From now on" in told.last(NEIGHBOUR)
    told.text("status")
    assert "Received" in told.last(NEIGHBOUR)
