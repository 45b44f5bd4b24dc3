"""docs/fallback.xml, which Twilio itself reads out while the service cannot be asked: sound, and danger first."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from bot.channels.twiml import VOICES
from bot.sandbox.app import Sandbox
from bot.sandbox.twilio.twiml import faults_of
from handlers.texts.catalogue import text

FALLBACK = (Path(__file__).parents[3] / "docs" / "fallback.xml").read_text("utf-8")
LANGUAGES = ("da", "en", "de")


def test_the_provider_would_carry_out_all_of_it_and_a_bin_of_its_holds_it() -> None:
    assert faults_of(FALLBACK) == []
    assert len(FALLBACK) < 4000


def test_each_language_is_spoken_by_the_voice_that_speaks_in_calls() -> None:
    spoken = re.findall(r'<Say language="([^"]+)" voice="([^"]+)">', FALLBACK)
    assert spoken == [VOICES[language] for language in LANGUAGES * 2]


def test_danger_comes_first_in_the_words_of_the_greeting() -> None:
    said = re.findall(r"<Say[^>]*>([^<]+)</Say>", FALLBACK)
    for words, language in zip(said, LANGUAGES, strict=False):
        assert text("call.greeting", language, line="Nabolinjen", em="1 1 2").endswith(words)


async def test_a_caller_hears_it_when_the_service_does_not_answer(config, service):
    line = replace(config.lines[0], voice_fallback=service.url + "/spare")
    service.answers, service.pages["/spare"] = [502], FALLBACK
    async with Sandbox(replace(config, lines=(line,))) as sandbox:
        call = sandbox.call(sandbox.phone("Nabo"))
        assert await call.until_ended() == "the other side hung up"
    assert "ring 1 1 2" in call.words()[0]
    assert len(call.words()) == 6
