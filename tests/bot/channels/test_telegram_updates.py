"""What each kind of update means, from payloads in Bot API form: good ones, odd ones, and ones nobody can read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_updates import parse, update_id
from handlers.messages import Inbound

PAYLOADS = [
    json.loads(line) for line in (Path(__file__).parent / "payloads/telegram.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("row", PAYLOADS, ids=lambda row: row["name"])
def test_each_update_means_what_its_row_says(row):
    seen = parse(row["update"], "by").to_json()
    assert {name: seen[name] for name in row["expect"]} == row["expect"]
    assert (seen["key"], seen["line"], seen["channel"]) == ("by:7", "by", "telegram")


@pytest.mark.parametrize("row", PAYLOADS, ids=lambda row: row["name"])
def test_nothing_of_the_persons_profile_comes_through(row):
    assert "CANARY" not in json.dumps(parse(row["update"], "by").to_json())


@pytest.mark.parametrize("row", PAYLOADS, ids=lambda row: row["name"])
def test_what_was_understood_survives_storage(row):
    seen = parse(row["update"], "by")
    stored = json.dumps(seen.to_json(), ensure_ascii=False).encode("utf-8")
    assert Inbound.from_json(json.loads(stored)) == seen


def test_half_a_surrogate_pair_becomes_something_that_can_be_stored():
    raw = json.loads(json.dumps(PAYLOADS[0]["update"]))
    raw["message"]["text"] = "larm \ud83d igen"
    assert parse(raw, "by").text == "larm \ufffd igen"


def test_a_message_that_quotes_beyond_all_bounds_is_still_read():
    message = PAYLOADS[0]["update"]["message"]
    nested = message
    for _ in range(5000):
        nested = {**message, "reply_to_message": nested}
    assert parse({"update_id": 7, "message": nested}, "by").text == message["text"]


@pytest.mark.parametrize("number", [None, "7", 7.0, True, [7], 2**63, -(2**63) - 1])
def test_an_update_without_a_whole_number_is_refused(number):
    with pytest.raises(ValueError, match="update_id"):
        update_id({"update_id": number})


def test_an_update_without_any_number_is_refused():
    with pytest.raises(ValueError, match="update_id"):
        parse({"message": {}}, "by")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("a/0 æ", max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["chat", "from", "id", "type", "text", "date", "message_id", "data", "message", "photo"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "x"]), JSON))
def test_no_shape_of_an_update_makes_the_parser_fail(body):
    seen = parse({"update_id": 7, **body}, "by")
    json.dumps(seen.to_json(), ensure_ascii=False).encode("utf-8")
    assert seen.key == "by:7"


@given(st.sampled_from(PAYLOADS), st.data())
def test_no_single_broken_value_makes_the_parser_fail(row, data):
    raw = json.loads(json.dumps(row["update"]))
    node = raw
    while isinstance(node, (dict, list)) and node:
        where = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        if not isinstance(node[where], (dict, list)) or data.draw(st.booleans()):
            node[where] = data.draw(JSON)
            break
        node = node[where]
    assert parse({**raw, "update_id": 7}, "by").key == "by:7"
