"""What Twilio's forms mean, from payloads as they are posted: good, odd and refused ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sms_forms import decode_form, field, parse_form, parse_status, required
from escalation.errors import Refused

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAYLOADS = [
    json.loads(line) for line in (Path(__file__).parent / "payloads/twilio_sms.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("row", [r for r in PAYLOADS if "expect" in r], ids=lambda row: row["name"])
def test_each_text_means_what_its_row_says(row):
    seen = parse_form(decode_form(row["body"].encode()), "by").to_json()
    assert {name: seen[name] for name in row["expect"]} == row["expect"]
    assert (seen["provider"], seen["channel"], seen["line"]) == ("twilio", "sms", "by")


@pytest.mark.parametrize("row", [r for r in PAYLOADS if "refused" in r], ids=lambda row: row["name"])
def test_a_form_without_what_it_needs_is_refused_by_the_fields_name(row):
    with pytest.raises(Refused) as caught:
        parse_form(decode_form(row["body"].encode()), "by")
    assert caught.value.fields == {"field": row["refused"]}
    assert "52500777" not in str(caught.value)


@pytest.mark.parametrize("body", [b"Body=%FF", b"Body=\xff", b"Body=%ED%A0%80", b"%C3=x", b"Body=%C3%28"])
def test_what_is_not_utf_8_is_refused(body):
    with pytest.raises(Refused) as caught:
        decode_form(body)
    assert caught.value.fields == {"reason": "encoding"}


def test_more_than_a_thousand_fields_are_refused():
    assert len(decode_form(b"&".join([b"a=b"] * 1000))) == 1000
    with pytest.raises(Refused) as caught:
        decode_form(b"&".join([b"a=b"] * 1001))
    assert caught.value.fields == {"reason": "fields"}


@given(st.binary(max_size=60))
def test_every_body_is_decoded_or_refused(body):
    try:
        items = decode_form(body)
    except Refused:
        return
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in items)


def test_the_first_of_two_values_counts_and_blanks_are_not_a_value():
    items = [("To", " "), ("To", "b"), ("Called", "c")]
    assert field(items, "To") == " " and field(items, "From") is None
    assert required(items, "To", "Called") == "c"


STATUS = [("MessageSid", "SM1"), ("MessageStatus", "undelivered"), ("ErrorCode", "30003"), ("To", "+4552500777")]


def test_a_status_callback_names_message_word_and_code():
    seen = parse_status(STATUS, NOW, "f" * 32)
    assert (seen.provider_ref, seen.status, seen.error_code) == ("SM1", "undelivered", "30003")
    assert (seen.received_at, seen.outbox_id) == (NOW, "f" * 32)


def test_a_status_callback_under_the_older_names_is_understood():
    seen = parse_status([("SmsSid", "SM1"), ("SmsStatus", "Delivered")], NOW)
    assert (seen.provider_ref, seen.status, seen.error_code, seen.outbox_id) == ("SM1", "delivered", None, None)


@pytest.mark.parametrize("code", ["", "0", "E30003", "30003; x", "9" * 40])
def test_an_odd_error_code_does_not_lose_the_status(code):
    seen = parse_status([*STATUS[:2], ("ErrorCode", code)], NOW)
    assert (seen.status, seen.error_code) == ("undelivered", None)


@pytest.mark.parametrize(
    ("items", "name"),
    [
        (STATUS[1:], "MessageSid"),
        (STATUS[:1], "MessageStatus"),
        ([STATUS[0], ("MessageStatus", "deli\0vered")], "MessageStatus"),
        ([("MessageSid", "SM 1"), STATUS[1]], "MessageSid"),
    ],
)
def test_a_malformed_status_callback_is_refused_by_the_fields_name(items, name):
    with pytest.raises(Refused) as caught:
        parse_status(items, NOW)
    assert caught.value.fields == {"field": name}
