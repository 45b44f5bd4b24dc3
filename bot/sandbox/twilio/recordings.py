"""The Recording resources of an account, with sound of the right length: a low tone as WAV, silence as MP3."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.moment import fresh_hex, real_now
from bot.sandbox.twilio.account import whole, wrapped
from bot.sandbox.twilio.facts import API, TwilioError, rfc2822

_RATE = 8000
# One frame of MPEG-1 layer III, 32 kbit/s, 44.1 kHz, mono, whose side information says "nothing": 1152 silent samples.
_FRAME = b"\xff\xfb\x10\xc0" + bytes(100)
_FRAMES_A_SECOND = 44100 / 1152


@dataclass(slots=True)
class Recording:
    """A Recording resource. `words` is what was said on it, for tests: nobody else can hear it."""

    sid: str
    call_sid: str
    created: datetime
    words: str = ""
    seconds: int = 0
    status: str = "in-progress"
    updated: datetime = field(default_factory=real_now)

    def move(self, status: str) -> None:
        self.status, self.updated = status, real_now()


@dataclass(slots=True)
class Recordings:
    """The recordings of one account."""

    account_sid: str
    public_url: Callable[[], str]
    recordings: dict[str, Recording] = field(default_factory=dict)

    def begin(self, call_sid: str) -> Recording:
        recording = Recording("RE" + fresh_hex(32), call_sid, real_now())
        self.recordings[recording.sid] = recording
        return recording

    def url(self, recording: Recording) -> str:
        return f"{self.public_url()}{API}/Accounts/{self.account_sid}/Recordings/{recording.sid}"

    def get(self, sid: str) -> Recording:
        if sid not in self.recordings:
            raise TwilioError(20404)
        return self.recordings[sid]

    def delete(self, sid: str) -> None:
        if self.get(sid).status == "in-progress":
            raise TwilioError(20009)
        del self.recordings[sid]

    def content(self, sid: str, ending: str) -> tuple[bytes, str]:
        """The sound and its type. Raises TwilioError 20404 also while it is still being written."""
        recording = self.get(sid)
        if recording.status != "completed":
            raise TwilioError(20404)
        if ending == "mp3":
            return _FRAME * max(1, math.ceil(recording.seconds * _FRAMES_A_SECOND)), "audio/mpeg"
        return _tone(recording.seconds), "audio/x-wav"

    def page(self, query: Mapping[str, str]) -> dict[str, Any]:
        size, number = whole(query, "PageSize", 50, 1, 1000), whole(query, "Page", 0, 0, 10**6)
        every = reversed(self.recordings.values())
        found = [each for each in every if query.get("CallSid", each.call_sid) == each.call_sid]
        part = found[number * size : (number + 1) * size]
        path = f"{API}/Accounts/{self.account_sid}/Recordings.json"
        return {"recordings": [self.as_json(each) for each in part]} | wrapped(
            path, query, number, size, len(part), len(found)
        )

    def as_json(self, recording: Recording) -> dict[str, Any]:
        uri = f"{API}/Accounts/{self.account_sid}/Recordings/{recording.sid}"
        done = recording.status == "completed"
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "call_sid": recording.call_sid,
            "channels": 1,
            "conference_sid": None,
            "date_created": rfc2822(recording.created),
            "date_updated": rfc2822(recording.updated),
            "duration": str(recording.seconds) if done else None,
            "encryption_details": None,
            "error_code": None,
            "media_url": self.url(recording),
            "price": None,
            "price_unit": "USD",
            "sid": recording.sid,
            "source": "RecordVerb",
            "start_time": rfc2822(recording.created),
            "status": recording.status,
            "subresource_uris": {
                "add_on_results": f"{uri}/AddOnResults.json",
                "transcriptions": f"{uri}/Transcriptions.json",
            },
            "uri": f"{uri}.json",
        }


def _tone(seconds: int) -> bytes:
    wavelength = [round(2000 * math.sin(2 * math.pi * n / 20)) for n in range(20)]
    second = struct.pack("<20h", *wavelength) * (_RATE // 20)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        sound.writeframes(second * max(1, seconds))
    return file.getvalue()
