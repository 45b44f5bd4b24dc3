"""Seals personal fields (AES-256-GCM, bound to their row) and makes blind indexes (HMAC-SHA-256).

A sealed field is ``version | key id | nonce | ciphertext``. The associated data is the table, the
column and the row's id, so a field copied to another row does not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from escalation.clock import random_bytes
from escalation.errors import NotConfigured, UnknownKey

_VERSION = b"\x01"
_ID = 4
_NONCE = 12


def decode_key(text: str, setting: str) -> bytes:
    """32 bytes out of base64; NotConfigured names the setting, never the value."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise NotConfigured(f"{setting}: a key is 32 bytes in base64; `nabolinje keys generate` makes one")
    return key


class Keyring:
    """All keys of one process. The first data key seals, every one opens."""

    def __init__(self, keys: tuple[bytes, ...], index_key: bytes) -> None:
        if not keys:
            raise NotConfigured("NABOLINJE_KEYS is empty; `nabolinje keys generate` makes one")
        ids = [hashlib.sha256(b"key-id" + key).digest()[:_ID] for key in keys]
        self._ciphers = {key_id: AESGCM(key) for key_id, key in zip(ids, keys, strict=True)}
        self._first = ids[0]
        self._index_key = index_key

    def __repr__(self) -> str:
        return f"Keyring({len(self._ciphers)} keys)"

    def seal(self, where: str, row: str, text: str | bytes) -> bytes:
        """Encrypt for one place: `where` is ``table.column``, `row` the row's id."""
        plain = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        nonce = random_bytes(_NONCE)
        sealed = self._ciphers[self._first].encrypt(nonce, plain, f"{where}|{row}".encode())
        return _VERSION + self._first + nonce + sealed

    def open_bytes(self, where: str, row: str, sealed: bytes) -> bytes:
        """The plain bytes. Raises UnknownKey when the key is gone or the field was moved or changed."""
        cipher = self._ciphers.get(sealed[1 : 1 + _ID])
        if cipher is None:
            raise UnknownKey(
                "a stored field was sealed with a key that NABOLINJE_KEYS does not hold; add the old key again",
                where=where,
            )
        nonce = sealed[1 + _ID : 1 + _ID + _NONCE]
        try:
            return cipher.decrypt(nonce, sealed[1 + _ID + _NONCE :], f"{where}|{row}".encode())
        except InvalidTag as error:
            raise UnknownKey(
                "a stored field does not open in its row; restore it from a backup", where=where
            ) from error

    def open(self, where: str, row: str, sealed: bytes) -> str:
        return self.open_bytes(where, row, sealed).decode("utf-8", "surrogatepass")

    def seal_json(self, where: str, row: str, value: Any) -> bytes:
        return self.seal(where, row, json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def open_json(self, where: str, row: str, sealed: bytes) -> Any:
        return json.loads(self.open(where, row, sealed))

    def index(self, purpose: str, value: str) -> str:
        """A blind index: 32 hex digits that only a holder of the index key can compute."""
        tag = hmac.new(self._index_key, f"{purpose}|{value}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        return tag.hexdigest()[:32]

    def endpoint_index(self, channel: str, address: str) -> str:
        """The blind index of a phone number or Telegram chat: the same on both desks."""
        return self.index(f"endpoint.{channel}", address)

    def mac(self, purpose: str, value: bytes) -> str:
        return hmac.new(self._index_key, purpose.encode() + b"|" + value, hashlib.sha256).hexdigest()
