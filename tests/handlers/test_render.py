"""What people read: the line's promises about words, length, buttons and what is never shown."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from escalation.lines import LineConfig, line_for
from escalation.notices import REPORTER_KINDS, STAFF_KINDS, TEMPLATE_KEYS, Receipt
from handlers import render, render_staff
from handlers.gsm7 import segments
from handlers.messages import Cleared
from handlers.shortening import told_apart
from handlers.texts.catalogue import LANGUAGES

FRIDAY = datetime(2026, 11, 20, 22, 38, tzinfo=UTC)
LINE = line_for("eksempelby", "Nabolinjen", "Eksempelby Kommune", "DK", "+4552500001", "front")
LONG_LINE = replace(LINE, name="N" * 21, child_tel="70 20 22 66")
FULL = Receipt(
    code="K7M2",
    promised_at=FRIDAY + timedelta(days=8),
    received_at=FRIDAY,
    taken_at=FRIDAY,
    date=date(2026, 9, 30),
    places=("Æblehaven Alle 12B 3", "Æblehaven Alle 12B 4", "Æblehaven Alle 12B 5"),
    codes=("K7M2", "W9TC"),
    place="Søndre Boulevard 114",
    count=99,
)
FACTS: dict[str, object] = {
    "code": "K7M2",
    "category": "self_help",
    "urgency": "urgent",
    "due": FRIDAY,
    "at": FRIDAY,
    "minutes": 60,
    "tags": ("self", "place_unclear", "interpreter", "nonsense"),
    "place": "Vestergade 12B, 3. tv",
    "words": ("der er fest igen",),
    "instruction": "Gå to.",
    "caution": True,
    "media": 2,
    "back_at": FRIDAY,
    "taken_at": FRIDAY,
    "quiet_at": FRIDAY,
    "codes": ("K7M2", "W9TC", "A3D4", "C7E9"),
    "other": "W9TC",
    "kinds": ("homelessness", "support_relationship"),
    "suggestion": "Vi følger op i morgen.",
    "until": FRIDAY,
    "name": "Mette",
    "action": "take",
}


def line_in(country: str) -> LineConfig:
    return line_for("e", "Linie", "Verein", country, "+4366012345", "front")


def sms(
    kind: str, receipt: Receipt = FULL, language: str = "da", line: LineConfig = LINE, landlord: bool = False
) -> str:
    rendered = render.reporter(kind, receipt, line, language, "sms", landlord=landlord)
    assert rendered is not None
    return rendered.text


def telegram(kind: str, receipt: Receipt = FULL, language: str = "da", line: LineConfig = LINE) -> render.Rendered:
    rendered = render.reporter(kind, receipt, line, language, "telegram")
    assert rendered is not None
    return rendered


def data_of(rendered: render.Rendered) -> list[str]:
    return [choice.data for row in rendered.choices for choice in row]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(REPORTER_KINDS - {"spam", "reply"}))
def test_every_sms_to_a_reporter_is_one_segment_at_its_longest(kind: str, language: str) -> None:
    for country in ("DK", "AT", "NO"):
        for own in (False, True):
            for landlord in (False, True):
                line = replace(LONG_LINE, country=country)
                assert segments(sms(kind, replace(FULL, own=own), language, line, landlord)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(STAFF_KINDS))
def test_every_sms_to_staff_is_one_segment_at_its_longest(kind: str, language: str) -> None:
    for changed in ({}, {"urgency": "normal"}, {"danger": True}, {"urgency": "normal", "due": None}):
        text = render_staff.staff(kind, {**FACTS, **changed}, LONG_LINE, language, "sms").text
        assert segments(text) == 1


@pytest.mark.parametrize("kind", sorted(STAFF_KINDS))
def test_no_sms_to_staff_shows_the_reporters_words(kind: str) -> None:
    assert "fest igen" not in render_staff.staff(kind, FACTS, LINE, "da", "sms").text


@pytest.mark.parametrize("kind", sorted(STAFF_KINDS - {"where", "where_address"}))
def test_a_place_is_shown_only_where_somebody_asked_for_it(kind: str) -> None:
    for channel in ("sms", "telegram"):
        assert "Vestergade" not in render_staff.staff(kind, FACTS, LINE, "da", channel).text


@pytest.mark.parametrize("kind", sorted(REPORTER_KINDS - {"spam"}))
def test_every_button_fits_telegrams_sixty_four_bytes(kind: str) -> None:
    assert all(len(data.encode()) <= 64 for data in data_of(telegram(kind)))


def test_a_confirmation_promises_a_time_and_names_the_code() -> None:
    receipt = Receipt(code="K7M2", promised_at=FRIDAY + timedelta(minutes=15), received_at=FRIDAY)
    assert sms("confirm", receipt) == (
        "Nabolinjen: Tak for din besked. En medarbejder ser på den senest fre. 23.53. Sag K7M2. "
        "Sker der mere, så skriv her. Er nogen i fare nu, så ring 112."
    )


def test_a_notice_without_the_fact_it_needs_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"confirm.*promised_at"):
        sms("confirm", Receipt(code="K7M2"))


def test_a_kind_outside_the_closed_list_is_refused() -> None:
    with pytest.raises(KeyError):
        sms("nonsense")
    with pytest.raises(KeyError):
        render_staff.staff("nonsense", FACTS, LINE, "da", "sms")


def test_spam_is_answered_with_nothing() -> None:
    assert render.reporter("spam", FULL, LINE, "da", "sms") is None


def test_a_choice_of_places_says_only_what_tells_them_apart() -> None:
    receipt = Receipt(places=("Vestergade 12B, 3. tv", "Vestergade 12B, 3. th"))
    assert sms("ask_which", receipt).startswith("Nabolinjen: Mener du 1: 3. tv  2: 3. th? Svar")


def test_long_places_are_cut_where_they_still_differ() -> None:
    long_names = ("Ny Kongensbro Landevej 114", "Ny Kongensbro Landevej 116")
    shown = told_apart(long_names)
    assert len(set(shown)) == 2 and all(len(place) <= 20 for place in shown)


def test_a_place_in_foreign_letters_does_not_make_the_sms_longer() -> None:
    assert segments(sms("welcome_place", Receipt(place="Łódzka 7"))) == 1


def test_on_telegram_places_are_buttons_with_a_way_out() -> None:
    assert data_of(telegram("ask_which")) == ["which:1", "which:2", "which:3", "which:0"]


def test_rent_is_on_the_menu_of_landlords_only() -> None:
    assert "husleje" in sms("ask_what", landlord=True)
    assert "husleje" not in sms("ask_what")
    assert "cat:rent" not in data_of(telegram("ask_what"))
    landlords = render.reporter("ask_what", FULL, LINE, "da", "telegram", landlord=True)
    assert landlords is not None and "cat:rent" in data_of(landlords)


def test_the_welcome_offers_the_menu_and_the_other_languages() -> None:
    offered = data_of(telegram("welcome", language="en"))
    assert offered[0] == "cat:noise" and offered[-2:] == ["lang:da", "lang:de"]


def test_the_check_back_has_four_buttons_that_carry_the_code() -> None:
    assert data_of(telegram("checkback")) == ["chk:K7M2:1", "chk:K7M2:2", "chk:K7M2:3", "chk:K7M2:0"]


def test_somebody_in_danger_from_himself_may_share_his_number() -> None:
    assert telegram("danger_self").ask_contact
    assert not telegram("danger").ask_contact


def test_the_address_hint_follows_the_country_and_not_the_language() -> None:
    assert "staircase" in sms("ask_where", language="en", line=line_in("AT"))
    assert "H0203" in sms("ask_where", language="de", line=line_in("NO"))
    assert "Stiege" not in sms("ask_where", language="de", line=LINE)


def test_complaints_go_to_the_authority_of_the_country() -> None:
    assert "DSB" in sms("data", language="de", line=line_in("AT"))
    assert "Datatilsynet" in sms("data", language="de", line=LINE)


def test_a_line_without_a_child_welfare_number_names_none() -> None:
    assert "114" in sms("child")
    assert "Jugendhilfe" not in sms("child", language="de", line=line_in("AT"))


def test_austrian_danger_on_telegram_names_all_three_numbers() -> None:
    assert "133 Polizei" in telegram("danger", language="de", line=line_in("AT")).text
    assert "133" not in telegram("danger", language="de", line=LINE).text


def test_somebody_who_writes_about_himself_has_a_code_and_no_case() -> None:
    for kind in ("confirm", "taken", "late", "working", "tell_more", "closed", "checkback", "status", "added", "worse"):
        assert "sag" not in sms(kind, replace(FULL, own=True)).lower().replace("modtaget", "").split()


def test_a_status_says_waiting_taken_or_ended() -> None:
    waiting, ended = replace(FULL, taken_at=None), replace(FULL, promised_at=None)
    assert "ser på det senest" in sms("status", waiting)
    assert "har den nu" in sms("status")
    assert "afsluttet" in sms("status", ended)


def test_a_receipt_has_times_only() -> None:
    receipt = Receipt(code="K7M2", received_at=FRIDAY, taken_at=FRIDAY + timedelta(minutes=1))
    assert "modtaget 20. november kl. 23.38, taget 20. november kl. 23.39" in sms("receipt", receipt)
    assert "endnu ikke taget" in sms("receipt", replace(receipt, taken_at=None))


def test_relayed_words_arrive_as_they_were_written() -> None:
    said = "Vi følger op {code} i morgen %s – tak"
    assert telegram("reply", Receipt(code="K7M2", text=said)).text == f"Nabolinjen, sag K7M2: {said}"


@pytest.mark.parametrize("key", TEMPLATE_KEYS)
def test_a_ready_reply_is_the_same_whichever_way_it_goes(key: str) -> None:
    ready = render.template(key, "de", LINE, "K7M2")
    assert isinstance(ready, Cleared)
    assert sms(key, Receipt(code="K7M2"), "de") == ready
    assert sms("reply", Receipt(code="K7M2", text=ready), "de") == ready


def test_an_unknown_language_gets_a_line_in_it_or_else_in_english() -> None:
    assert "людина" in sms("unknown_language", language="uk")
    assert "A person will answer" in sms("unknown_language", language="so")


def test_an_urgent_alert_carries_code_category_urgency_and_how_to_answer() -> None:
    facts = {"code": "W9TC", "category": "threat", "urgency": "urgent"}
    assert render_staff.staff("alert", facts, LINE, "da", "sms").text == (
        "Nabolinjen vagt: HASTER, sag W9TC, trusler. Svar W9TC JA for at tage den, W9TC NEJ for at give den videre."
    )


def test_an_sms_alert_has_room_for_the_two_weightiest_tags() -> None:
    facts = {"code": "W9TC", "category": "noise", "urgency": "urgent", "tags": ("self", "place_unclear", "child")}
    assert "larm, barn, sted uklart. Svar" in render_staff.staff("alert", facts, LINE, "da", "sms").text
    assert "larm · barn · sted uklart · om sig selv" in render_staff.staff("alert", facts, LINE, "da", "telegram").text


def test_a_telegram_alert_can_be_taken_or_passed_on() -> None:
    facts = {"code": "K7M2", "category": "noise", "urgency": "normal", "due": FRIDAY + timedelta(minutes=15)}
    rendered = render_staff.staff("alert", facts, LINE, "da", "telegram")
    assert rendered.text == "Sag K7M2 · larm · almindelig · senest fre. 23.53"
    assert data_of(rendered) == ["take:K7M2", "pass:K7M2"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["alert", "taken_you", "taken_by_other", "lost_race", "closed", "passed"])
def test_alerts_and_confirmations_carry_the_code(kind: str, language: str) -> None:
    for channel in ("sms", "telegram"):
        assert "K7M2" in render_staff.staff(kind, FACTS, LINE, language, channel).text


def test_an_opened_case_shows_all_of_it_and_cannot_be_forwarded() -> None:
    rendered = render_staff.staff("where", FACTS, LINE, "da", "telegram")
    for part in ("Vestergade 12B, 3. tv", "der er fest igen", "Gå to.", "Nævn ikke tid eller nabo.", "2 vedhæftede"):
        assert part in rendered.text
    assert rendered.protect


def test_an_opened_case_stays_within_a_telegram_message() -> None:
    rendered = render_staff.staff("where", {**FACTS, "words": ("x" * 9000, "sidst")}, LINE, "da", "telegram")
    assert len(rendered.text) < 4096 and "sidst" in rendered.text


def test_a_held_back_reply_offers_the_suggestion_only_where_there_is_one() -> None:
    assert data_of(render_staff.staff("reply_held", FACTS, LINE, "da", "telegram")) == ["use:K7M2", "own:K7M2"]
    bare = {**FACTS, "suggestion": None}
    assert data_of(render_staff.staff("reply_held", bare, LINE, "da", "telegram")) == ["own:K7M2"]


def test_a_suggested_reply_is_shown_without_its_opening() -> None:
    ready = render.template("tomorrow", "da", LINE, "K7M2")
    held = render_staff.staff("reply_held", {**FACTS, "suggestion": ready}, LINE, "da", "telegram")
    assert '"Vi følger op i morgen. ' in held.text and "Nabolinjen" not in held.text


def test_which_case_repeats_the_action_for_each_code() -> None:
    facts = {"codes": ("W9TC", "K7M2"), "action": "take"}
    assert render_staff.staff("which_case", facts, LINE, "da", "sms").text == "Hvilken sag? Svar W9TC JA eller K7M2 JA."


def test_nobody_is_told_that_a_colleague_is_ill() -> None:
    text = render_staff.staff("absent_told", {"name": "Mette", "reason": "sick"}, LINE, "da", "sms").text
    assert "Mette" in text and "syg" not in text.lower()


def test_a_receipt_survives_being_stored() -> None:
    assert Receipt.from_json(FULL.to_json()) == FULL
    assert Receipt.from_json(Receipt().to_json()) == Receipt()


def test_a_receipt_refuses_a_fact_it_has_no_field_for() -> None:
    with pytest.raises(TypeError):
        Receipt.from_json({"team": "CTI"})


def test_a_line_with_a_wording_of_its_own_is_heard_in_it_and_in_no_other_language() -> None:
    own = replace(
        LINE, wording={"da": {"reporter.late": "Vent til {t}. Sag {code}.", "staff.taken_you": "Din: {code}"}}
    )
    late = [render.reporter("late", FULL, own, language, "sms") for language in ("da", "en")]
    assert late[0] is not None and late[0].text == "Vent til 28/11 23.38. Sag K7M2."
    assert late[1] == render.reporter("late", FULL, LINE, "en", "sms")
    assert render_staff.staff("taken_you", FACTS, own, "da", "sms").text == "Din: K7M2"
