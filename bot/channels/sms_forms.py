"""What Twilio posts, as the service's own words. On the way of every text message, so it is plain parsing: no SDK."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Sequence
from datetime import datetime

from escalation.errors import Refused
from handlers.messages import Attachment, AttachmentKind, DeliveryUpdate, Inbound

Items = Sequence[tuple[str, str]]

MAX_FIELDS = 1000
# Twilio takes at most ten files in one message.
_MAX_MEDIA = 10
_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STATUS = re.compile(r"[a-z_-]{1,32}")
_ERROR = re.compile(r"[1-9][0-9]{0,9}")
_MIME = re.compile(r"[\x21-\x7e]{1,64}")
_KINDS: dict[str, AttachmentKind] = {"image": "photo", "audio": "voice", "video": "video"}


def decode_form(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form in their order, blank ones included.

    Raises Refused where the body or what it percent-encodes is not UTF-8, or has more than 1000 fields. NUL and
    other control characters are text like any other.
    """
    try:
        return urllib.parse.parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except UnicodeDecodeError:
        raise Refused("send the form in UTF-8", reason="encoding") from None
    except ValueError:
        raise Refused(f"send at most {MAX_FIELDS} fields", reason="fields") from None


def field(items: Items, name: str) -> str | None:
    """The first value of a field, None where the form has none."""
    for key, value in items:
        if key == name:
            return value
    return None


def required(items: Items, *names: str) -> str:
    """The first of several names of one field that holds more than blanks, without them; Refused names the first."""
    for name in names:
        value = (field(items, name) or "").strip()
        if value:
            return value
    raise Refused(f"the form must have {names[0]}", field=names[0])


def parse_form(items: Items, line: str) -> Inbound:
    """A text message to `line`, whose number the caller has looked up from `To`.

    The sender is kept as it came: a number, a short code, a name, "anonymous". Raises Refused with the missing
    or malformed field's name in `fields["field"]`; a message without words needs at least one file.
    """
    sender = required(items, "From")
    sid = _sid(items)
    files = _files(items)
    text = field(items, "Body")
    if text is None and not files:
        raise Refused("the form must have Body", field="Body")
    return Inbound(
        provider="twilio",
        key=sid,
        line=line,
        channel="sms",
        address=sender,
        kind="text",
        text=text or "",
        ref=sid,
        attachments=files,
    )


def parse_status(items: Items, received_at: datetime, outbox_id: str | None = None) -> DeliveryUpdate:
    """A status callback. Raises Refused naming `MessageSid` or `MessageStatus`.

    A word nobody knows yet is passed on; an error code that is not a number counts as none, because losing
    "undelivered" over it would be worse.
    """
    status = required(items, "MessageStatus", "SmsStatus").lower()
    if not _STATUS.fullmatch(status):
        raise Refused("MessageStatus must be one of Twilio's words", field="MessageStatus")
    code = (field(items, "ErrorCode") or "").strip()
    return DeliveryUpdate(
        provider_ref=_sid(items),
        status=status,
        error_code=code if _ERROR.fullmatch(code) else None,
        received_at=received_at,
        outbox_id=outbox_id,
    )


def _sid(items: Items) -> str:
    sid = required(items, "MessageSid", "SmsMessageSid", "SmsSid")
    if not _SID.fullmatch(sid):
        raise Refused("MessageSid must be at most 64 letters and digits", field="MessageSid")
    return sid


def _files(items: Items) -> tuple[Attachment, ...]:
    claimed = (field(items, "NumMedia") or "0").strip() or "0"
    if not (claimed.isascii() and claimed.isdigit() and len(claimed) <= 4):
        raise Refused("NumMedia must be a number", field="NumMedia")
    found = []
    for n in range(min(int(claimed), _MAX_MEDIA)):
        mime = (field(items, f"MediaContentType{n}") or "").strip().lower()
        known = mime if _MIME.fullmatch(mime) else None
        kind = _KINDS.get(mime.partition("/")[0], "document")
        found.append(Attachment(kind, required(items, f"MediaUrl{n}"), known))
    return tuple(found)
