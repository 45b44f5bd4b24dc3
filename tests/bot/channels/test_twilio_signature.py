"""Our signature check against the SDK's, which says what Twilio itself would sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator, get_signature_algorithm

from bot.channels.twilio_http import signature_fits

URL = "https://front.example/webhooks/twilio/sms"
FORM = [("From", "+4552500777"), ("Body", "Der er larm, ærlig talt"), ("MessageSid", "SM1"), ("Blank", "")]
SHA256 = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"


def sign(secret, url, items, settings=""):
    return RequestValidator(secret).compute_signature(url, MultiDict(items), get_signature_algorithm(settings))


SIGNED = sign("new", URL, FORM)
CASES = {
    "good": (True, ("new",), URL, FORM, SIGNED, None),
    "good under the old token": (True, ("newer", "new"), URL, FORM, SIGNED, ""),
    "good, order of fields differs": (True, ("new",), URL, FORM[::-1], SIGNED, None),
    "good, a field twice is one": (True, ("new",), URL, [*FORM, FORM[0]], SIGNED, None),
    "good with its port": (
        True,
        ("new",),
        URL,
        FORM,
        sign("new", "https://front.example:443/webhooks/twilio/sms", FORM),
        None,
    ),
    "good without its port": (True, ("new",), "http://h:8080/a?b=c", FORM, sign("new", "http://h/a?b=c", FORM), None),
    "good by SHA-256": (True, ("new",), URL, FORM, sign("new", URL, FORM, SHA256), SHA256),
    "missing": (False, ("new",), URL, FORM, None, None),
    "empty": (False, ("new",), URL, FORM, "", None),
    "no secrets": (False, (), URL, FORM, SIGNED, None),
    "other account's token": (False, ("other",), URL, FORM, SIGNED, None),
    "retired token": (False, ("newest", "newer"), URL, FORM, SIGNED, None),
    "http for https": (False, ("new",), "http://front.example/webhooks/twilio/sms", FORM, SIGNED, None),
    "other path": (False, ("new",), URL + "-status", FORM, SIGNED, None),
    "added query": (False, ("new",), URL + "?a=b", FORM, SIGNED, None),
    "other port": (
        False,
        ("new",),
        URL,
        FORM,
        sign("new", "https://front.example:8443/webhooks/twilio/sms", FORM),
        None,
    ),
    "added field": (False, ("new",), URL, [*FORM, ("X", "y")], SIGNED, None),
    "missing field": (False, ("new",), URL, FORM[:-2], SIGNED, None),
    "changed value": (False, ("new",), URL, [("From", "+4552500778"), *FORM[1:]], SIGNED, None),
    "no form": (False, ("new",), URL, [], SIGNED, None),
    "cut": (False, ("new",), URL, FORM, SIGNED[:-1], None),
    "other case": (False, ("new",), URL, FORM, SIGNED.swapcase(), None),
    "not ascii": (False, ("new",), URL, FORM, "ærø\udcff", None),
    "SHA-1 passed off as SHA-256": (False, ("new",), URL, FORM, SIGNED, SHA256),
    "SHA-256 passed off as SHA-1": (False, ("new",), URL, FORM, sign("new", URL, FORM, SHA256), None),
    "unknown algorithm": (False, ("new",), URL, FORM, SIGNED, "key=k,algorithm=HMAC_MD5"),
    "no algorithm": (False, ("new",), URL, FORM, SIGNED, "key=k,algorithm=none"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_signature_fits_only_what_it_was_made_for(name):
    fits, secrets, url, items, signature, settings = CASES[name]
    assert signature_fits(secrets, url, items, signature, settings) is fits


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
forms = st.lists(st.tuples(text, text), max_size=6)
urls = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["front.example", "127.0.0.1", "h"]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.sampled_from(["/", "/webhooks/twilio/sms", "/a%20b/c+d"]),
    st.sampled_from(["", "?a=b", "?id=1&x=%C3%A6", "?u=http://x:80/"]),
)


@given(st.text("abc123", min_size=1), urls, forms, st.sampled_from(["", SHA256]))
def test_what_the_sdk_signs_fits(secret, url, items, settings):
    assert signature_fits(["other", secret], url, items, sign(secret, url, items, settings), settings)


@given(urls, urls, forms, forms, st.sampled_from(["", SHA256]))
def test_the_sdk_and_we_refuse_the_same(url, claimed, items, shown, settings):
    signature = sign("secret", url, items, settings)
    theirs = RequestValidator("secret").validate(
        claimed, MultiDict(shown), signature, get_signature_algorithm(settings)
    )
    assert signature_fits(["secret"], claimed, shown, signature, settings) is theirs


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=40), forms)
def test_no_header_makes_the_check_fail_otherwise_than_by_saying_no(url, signature, settings, items):
    assert signature_fits(["secret"], url, items, signature, settings) is False


@pytest.mark.parametrize("settings", ["", "a=b", "algorithm=", " algorithm = HMAC_SHA256 ", "algorithm=hmac_sha256,x"])
def test_the_algorithm_is_read_as_the_sdk_reads_it(settings):
    assert signature_fits(["s"], URL, FORM, sign("s", URL, FORM, settings), settings)
