"""The files a bot was sent or sends: ids, download paths, and what a picture's first bytes say of it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from bot.sandbox.moment import fresh_hex
from bot.sandbox.telegram.facts import MAX_DOWNLOAD, bad


@dataclass(frozen=True, slots=True)
class StoredFile:
    file_id: str
    path: str
    mime: str
    content: bytes
    name: str = ""


class FileRoom:
    """One bot's files. A file id is worth nothing to another bot."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, folder: str, ending: str, mime: str, content: bytes, name: str = "") -> StoredFile:
        file = StoredFile("AgAC" + fresh_hex(40), f"{folder}/file_{len(self._by_id)}.{ending}", mime, content, name)
        self._by_id[file.file_id] = file
        self._by_path[file.path] = file
        return file

    def get(self, file_id: str) -> StoredFile:
        """Raises ApiError 400 for an id this bot never saw."""
        if file_id not in self._by_id:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return self._by_id[file_id]

    def at(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def describe(self, file_id: str) -> dict[str, Any]:
        """The File object that getFile answers."""
        file = self.get(file_id)
        if len(file.content) > MAX_DOWNLOAD:
            raise bad("file is too big")
        return _ids(file) | {"file_path": file.path}


def _ids(file: StoredFile) -> dict[str, Any]:
    return {"file_id": file.file_id, "file_unique_id": file.file_id[-16:], "file_size": len(file.content)}


def photo_sizes(file: StoredFile) -> list[dict[str, Any]]:
    width, height = dimensions(file.content) or (90, 90)
    return [_ids(file) | {"width": width, "height": height}]


def voice_note(file: StoredFile, seconds: int) -> dict[str, Any]:
    return _ids(file) | {"duration": seconds, "mime_type": file.mime}


def document(file: StoredFile) -> dict[str, Any]:
    return _ids(file) | {"mime_type": file.mime, "file_name": file.name or "document"}


def picture_kind(content: bytes) -> str | None:
    """The MIME type of a picture by its first bytes, or None when it is none."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def dimensions(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG, or None."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if not content.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
