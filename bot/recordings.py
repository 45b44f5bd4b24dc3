"""Recorded sentences in place of a machine's voice: files beside nabolinje.toml, read once when a desk starts.

A recording is known by what is in it, so a new one has a new address and nobody plays an old copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from escalation.errors import Refused
from escalation.lines import LineConfig

PATH = "/webhooks/twilio/voice/recording"
LARGEST = 5_000_000
_TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav"}
_MP3_FRAME, _LAYER_3 = 0xE0, 0b01


@dataclass(frozen=True, slots=True)
class Recording:
    """One file: its public name, its type, and the sound."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recordings:
    """Those of every line, by the line's key, then by language and text. Where there is none, a machine speaks."""

    by_line: Mapping[str, Mapping[tuple[str, str], Recording]] = field(default_factory=dict)

    def addresses(self, line: str, public_url: str) -> Mapping[tuple[str, str], str]:
        """Where a line's recordings are to be had: at the front desk, for both desks and every caller alike."""
        known = self.by_line.get(line, {})
        return MappingProxyType({said: f"{public_url}{PATH}/{each.name}" for said, each in known.items()})

    def named(self, name: str) -> Recording | None:
        """The recording with this public name, whichever line's it is."""
        return next((each for each in self._all() if each.name == name), None)

    def _all(self) -> Iterator[Recording]:
        for known in self.by_line.values():
            yield from known.values()


def read_recordings(lines: Mapping[str, LineConfig], folder: Path, file: str, faults: list[str]) -> Recordings:
    """Every file that the lines name. What is not there, or is no sound, goes to `faults`, one line each."""
    by_line: dict[str, dict[tuple[str, str], Recording]] = {}
    for slug, line in lines.items():
        for language, paths in line.recordings.items():
            for key, path in paths.items():
                try:
                    by_line.setdefault(slug, {})[language, key] = _recording(folder, path)
                except Refused as refused:
                    faults.append(f'{file} [lines.{slug}].recordings.{language}."{key}": {refused.remedy}')
    return Recordings(by_line)


def _recording(folder: Path, path: str) -> Recording:
    shown, found = path[:60], (folder / path).resolve()
    if not found.is_relative_to(folder.resolve()):
        raise Refused(f"{shown} lies outside the folder of the configuration; put the recording into it")
    try:
        size = found.stat().st_size if found.is_file() else None
        content = found.read_bytes() if size is not None and size <= LARGEST else b""
    except OSError:
        raise Refused(f"{shown} cannot be read") from None
    if size is None:
        raise Refused(f"{shown} is not there; it is looked for beside the configuration file")
    if size > LARGEST:
        raise Refused(f"{shown} is larger than {LARGEST // 1_000_000} MB, which is too long for a sentence")
    kind = _kind(content)
    if kind is None or found.suffix.lower() != f".{kind}":
        raise Refused(f"{shown} is no MP3 or WAV file under its own ending (.mp3, .wav)")
    return Recording(f"{hashlib.sha256(content).hexdigest()[:32]}.{kind}", _TYPES[kind], content)


def _kind(content: bytes) -> str | None:
    """What the bytes say: an ending can be wrong, and the provider would play nothing instead of the sentence."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    tagged = content[:3] == b"ID3"
    framed = len(content) > 1 and content[0] == 0xFF and content[1] & _MP3_FRAME == _MP3_FRAME
    layer_3 = framed and (content[1] >> 1) & 0b11 == _LAYER_3
    return "mp3" if tagged or layer_3 else None
