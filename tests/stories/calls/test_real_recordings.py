"""Recorded sentences from outside: played to caller and staff instead of a voice, and to be had by anybody alike."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.bot.test_recordings import MP3, sound
from tests.service import VOICE_NUMBER, Service, number, quick_calls, started
from tests.stories.calls.test_real_calls import MADS, QUICK

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("real-recordings")]
TABLE = """
[lines.eksempelby.recordings.da]
"call.greeting" = "da/hilsen.wav"
"call.staff.whisper" = "opkald.mp3"
"""


def furnish(service: Service) -> None:
    quick_calls(QUICK)(service)
    (service.folder / "da").mkdir()
    (service.folder / "da" / "hilsen.wav").write_bytes(sound(3))
    (service.folder / "opkald.mp3").write_bytes(MP3)
    with (service.folder / "nabolinje.toml").open("a", encoding="utf-8") as config:
        config.write(TABLE)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """On SQLite alone: recordings are in no database."""
    async with started(tmp_path_factory.mktemp("recordings"), furnish=furnish) as running:
        yield running


async def test_caller_and_staff_hear_the_recordings_and_the_rest_in_a_voice(service: Service) -> None:
    call = service.sandbox.call(service.telephone(number()), VOICE_NUMBER)
    await call.until_hears("tryk 0")
    first = call.sounds()[0]
    assert (first.kind, first.words[-4:]) == ("played", ".wav")
    assert "Du har ringet til" not in " ".join(call.words())
    call.press("0")
    leg = await service.sandbox.until_rings(service.telephone(MADS), 10)
    leg.answer()
    heard = await leg.until_hears(".mp3")
    assert heard.words.startswith(f"{service.front_url}/webhooks/twilio/voice/recording/")
    leg.press("1")
    await call.until_connected()
    call.hang_up()
    await leg.until_ended()
    assert service.sandbox.voice_faults == []


async def test_a_recording_may_be_kept_and_nothing_else_is_to_be_had_there(service: Service) -> None:
    call = service.sandbox.call(service.telephone(number()), VOICE_NUMBER)
    url = (await call.until_hears(".wav")).words
    call.hang_up()
    async with service.http.get(url) as response:
        assert (response.status, response.content_type, await response.read()) == (200, "audio/wav", sound(3))
        assert "immutable" in response.headers["Cache-Control"]
        tag = response.headers["ETag"]
    async with service.http.get(url, headers={"If-None-Match": tag}) as response:
        assert (response.status, await response.read()) == (304, b"")
    async with service.http.get(f"{url[:-36]}{'0' * 32}.wav") as response:
        assert response.status == 404
