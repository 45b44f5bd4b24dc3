"""Recorded sentences: which can be, what is refused at the start, and that they are played where they would be said."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from bot.channels.twiml import Twiml
from bot.recordings import LARGEST
from bot.sandbox.twilio.twiml import faults_of
from handlers.call_verbs import HangUp, Keys, Say
from handlers.leg_documents import say
from handlers.texts.catalogue import text
from handlers.texts.check import unrecordable
from tests.bot.test_settings import MINIMAL, faults, load_with, only_fault

TABLE = f"{MINIMAL}[lines.byen.recordings.da]\n"
GREETING = '"call.greeting" = "da/hilsen.wav"\n'
MP3 = (b"\xff\xfb\x10\xc0" + bytes(100)) * 20
PUBLIC = "https://linje.example.org"


def sound(seconds: float = 0.5) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(bytes(int(16000 * seconds)))
    return file.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "da").mkdir()
    (tmp_path / "da" / "hilsen.wav").write_bytes(sound())
    (tmp_path / "fundet.mp3").write_bytes(MP3)
    return tmp_path


def test_a_recording_has_an_address_that_says_what_is_in_it(folder: Path) -> None:
    first = load_with(folder, TABLE + GREETING).recordings.addresses("byen", PUBLIC)
    (folder / "da" / "hilsen.wav").write_bytes(sound(1))
    second = load_with(folder, TABLE + GREETING).recordings.addresses("byen", PUBLIC)
    assert set(first) == set(second) == {("da", "call.greeting")}
    assert first["da", "call.greeting"].startswith(f"{PUBLIC}/webhooks/twilio/voice/recording/")
    assert first["da", "call.greeting"] != second["da", "call.greeting"]


def test_what_is_recorded_is_played_and_everything_else_is_said(folder: Path) -> None:
    addresses = load_with(folder, TABLE + GREETING).recordings.addresses("byen", PUBLIC)
    greeting = Say(text("call.greeting", "da", line="Nabolinjen", em="1 1 2"), "da", "call.greeting")
    english = Say("You have reached", "en", "call.greeting")
    still = Say("Vi leder stadig.", "da", "call.still")
    written = Twiml(PUBLIC, "", "DK", addresses).write((Keys((greeting, english), 1, 5, "menu/da"), still, HangUp()))
    assert faults_of(written.decode()) == []
    said = [(each.tag, each.text) for each in fromstring(written).iter() if each.tag in ("Play", "Say")]
    assert said == [("Play", addresses["da", "call.greeting"]), ("Say", english.text), ("Say", still.text)]


def test_the_same_text_is_played_to_staff_on_both_desks(folder: Path) -> None:
    entry = '"call.staff.whisper" = "fundet.mp3"\n'
    addresses = load_with(folder, TABLE + entry).recordings.addresses("byen", PUBLIC)
    written = Twiml(PUBLIC, "", "DK", addresses).write((say("whisper", "da", "Nabolinjen"),))
    assert addresses["da", "call.staff.whisper"].encode() in written and b"<Say" not in written


@pytest.mark.parametrize(
    "key", ["call.greeting", "call.language_key", "call.menu", "call.finding", "call.nobody", "call.staff.alert_urgent"]
)
def test_a_sentence_that_is_the_same_in_every_call_can_be_recorded(key: str) -> None:
    assert unrecordable("da", key) is None


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("call.noted", "{t}"),
        ("call.stairwell", "{place}"),
        ("call.staff.case_yours", "{code}"),
        ("call.gretting", "did you mean call.greeting?"),
        ("reporter.confirm", "is not the key of a spoken text"),
        ("call.unit.floor.st", "is not the key of a spoken text"),
    ],
)
def test_what_differs_between_calls_or_is_never_said_is_refused(folder: Path, key: str, said: str) -> None:
    fault = only_fault(folder, f'{TABLE}"{key}" = "da/hilsen.wav"\n')
    assert fault.startswith(f'nabolinje.toml [lines.byen].recordings.da."{key}": ') and said in fault


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("da/farvel.wav", "is not there"),
        ("da", "is not there"),
        ("../hilsen.wav", "lies outside the folder"),
        ("da/hilsen.mp3", "is no MP3 or WAV file under its own ending"),
        ("ord.wav", "is no MP3 or WAV file under its own ending"),
        ("lang.wav", "is larger than 5 MB"),
    ],
)
def test_a_file_that_cannot_be_played_is_refused_at_the_start_in_one_line(folder: Path, path: str, said: str) -> None:
    (folder / "da" / "hilsen.mp3").write_bytes(sound())
    (folder / "ord.wav").write_bytes(b"RIFF, said the guitar")
    (folder / "lang.wav").write_bytes(sound() + bytes(LARGEST))
    fault = only_fault(folder, f'{TABLE}"call.greeting" = "{path}"\n')
    assert fault.startswith('nabolinje.toml [lines.byen].recordings.da."call.greeting": ') and said in fault


def test_every_faulty_recording_is_named_at_once(folder: Path) -> None:
    entries = '"call.greeting" = "a.mp3"\n"call.menu" = "b.mp3"\n"call.choice" = "fundet.mp3"\n'
    assert len(faults(folder, TABLE + entries)) == 2


def test_a_recording_in_a_language_the_line_does_not_speak_is_refused(folder: Path) -> None:
    told = f'{MINIMAL}languages = ["da"]\n[lines.byen.recordings.en]\n{GREETING}'
    assert "does not speak it" in only_fault(folder, told)
