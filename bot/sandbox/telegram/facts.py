"""The Bot API's parameters and refusals, written down from its documentation; the words are Telegram's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_POPUP = 200
MAX_BUTTON_DATA = 64
MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024

_SEND = "chat_id:chat! disable_notification:bool protect_content:bool reply_parameters:json reply_markup:json "
_SEND += "message_thread_id:int allow_paid_broadcast:bool message_effect_id:str business_connection_id:str "
_TEXT = "text:str! parse_mode:str entities:json link_preview_options:json "
_CAPTION = "caption:str parse_mode:str caption_entities:json "
_TARGET = "chat_id:chat message_id:int inline_message_id:str business_connection_id:str reply_markup:json "
_SPECS = {
    "getme": "",
    "setwebhook": "url:str! certificate:file ip_address:str max_connections:int allowed_updates:json "
    "drop_pending_updates:bool secret_token:str",
    "getwebhookinfo": "",
    "deletewebhook": "drop_pending_updates:bool",
    "getupdates": "offset:int limit:int timeout:int allowed_updates:json",
    "sendmessage": _SEND + _TEXT,
    "sendphoto": _SEND + _CAPTION + "photo:file! show_caption_above_media:bool has_spoiler:bool",
    "sendvoice": _SEND + _CAPTION + "voice:file! duration:int",
    "senddocument": _SEND + _CAPTION + "document:file! thumbnail:file disable_content_type_detection:bool",
    "editmessagetext": _TARGET + _TEXT,
    "editmessagereplymarkup": _TARGET,
    "deletemessage": "chat_id:chat! message_id:int!",
    "answercallbackquery": "callback_query_id:str! text:str show_alert:bool url:str cache_time:int",
    "leavechat": "chat_id:chat!",
    "setmycommands": "commands:json! scope:json language_code:str",
    "getmycommands": "scope:json language_code:str",
    "deletemycommands": "scope:json language_code:str",
    "getfile": "file_id:str!",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    mime: str
    content: bytes


class ApiError(Exception):
    """A refusal: HTTP status and error_code are the same, `description` is what Telegram says."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        return body | {"parameters": self.parameters} if self.parameters else body


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def forbidden(description: str) -> ApiError:
    return ApiError(403, f"Forbidden: {description}")


def known_methods() -> list[str]:
    return sorted(_SPECS)


def parameters_of(method: str) -> dict[str, tuple[str, bool]]:
    """Name → (type, required) of a method in small letters. Raises ApiError 404 for a method that is not emulated."""
    if method not in _SPECS:
        raise ApiError(404, "Not Found: method not found")
    found = {}
    for item in _SPECS[method].split():
        name, kind = item.split(":")
        found[name] = (kind.rstrip("!"), kind.endswith("!"))
    return found


def arguments(method: str, raw: Mapping[str, Any], files: Mapping[str, Upload]) -> dict[str, Any]:
    """The parameters of a call in their types, whatever encoding they came in. Unknown ones are dropped, as Telegram
    does; a missing or malformed one raises ApiError 400.
    """
    known = parameters_of(method)
    found: dict[str, Any] = {}
    for name, (kind, required) in known.items():
        value = _typed(name, kind, raw.get(name), files)
        if value is None:
            if required:
                raise _missing(name)
            continue
        found[name] = value
    return found


def _missing(name: str) -> ApiError:
    words = {
        "chat_id": "chat_id is empty",
        "text": "message text is empty",
        "photo": "there is no photo in the request",
        "voice": "there is no voice in the request",
        "document": "there is no document in the request",
        "file_id": "invalid file_id",
        "message_id": "message identifier is not specified",
    }
    return bad(words.get(name, f'parameter "{name}" is required'))


def _typed(name: str, kind: str, value: Any, files: Mapping[str, Upload]) -> Any:
    if kind == "file":
        return _file(name, value, files)
    if value is None or (value == "" and kind in ("int", "bool", "json")):
        return None
    if kind == "str":
        if not isinstance(value, str):
            raise bad(f'Field "{name}" must be of type String')
        return value
    if kind == "bool":
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes")
    if kind == "int":
        return _integer(name, value)
    if kind == "chat":
        return _chat(value)
    return _parsed(name, value)


def _integer(name: str, value: Any) -> int:
    try:
        if isinstance(value, bool):
            raise ValueError
        return int(value)
    except (TypeError, ValueError):
        raise bad(f'Field "{name}" must be of type Number') from None


def _chat(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        if value == "":
            raise bad("chat_id is empty") from None
        raise bad("chat not found") from None


def _parsed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None


def _file(name: str, value: Any, files: Mapping[str, Upload]) -> Upload | str | None:
    if name in files:
        return files[name]
    if isinstance(value, str) and value.startswith("attach://"):
        if value[9:] not in files:
            raise bad(f'file "{value[9:]}" is not attached')
        return files[value[9:]]
    return value if isinstance(value, str) and value else None
