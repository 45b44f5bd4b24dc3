"""What may be told, as values: closed lists of notice kinds, and `Receipt`, all a reporter's notice may know.

Words are not chosen here (DESIGN: the core writes no words); `handlers.render` and `handlers.render_staff` do.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal, get_args

ReporterKind = Literal[
    "confirm",
    "danger",
    "danger_where",
    "danger_self",
    "child",
    "self_help",
    "worry",
    "rent",
    "ask_where",
    "ask_which",
    "ask_what",
    "ask_which_case",
    "place_unknown",
    "place_noted",
    "none_fits",
    "code_elsewhere",
    "whose_code",
    "taken",
    "late",
    "working",
    "tomorrow",
    "tell_more",
    "reply",
    "added",
    "closed",
    "checkback",
    "better",
    "same",
    "worse",
    "checkback_off",
    "solved_noted",
    "thanks",
    "first_notice",
    "data",
    "data_export",
    "forget_ask",
    "forgotten",
    "who_lives",
    "who_sees",
    "quiet",
    "unquiet",
    "stopped",
    "restart",
    "status",
    "receipt",
    "new_case",
    "picture_lost",
    "language_changed",
    "unknown_language",
    "wrong_number",
    "help",
    "welcome",
    "welcome_place",
    "ask_flat",
    "unsupported",
    "edited_ok",
    "contact_thanks",
    "share_contact",
    "kept",
    "spam",
]

StaffKind = Literal[
    "alert",
    "last_resort",
    "silent",
    "taken_you",
    "taken_by_other",
    "already_yours",
    "lost_race",
    "where",
    "where_withheld",
    "where_address",
    "where_by_call",
    "hear_rings",
    "hear_no_pin",
    "hear_locked",
    "hear_no_phone",
    "more",
    "more_here",
    "media",
    "edited",
    "picture_lost",
    "idle",
    "idle_returned",
    "returned",
    "morning",
    "handover",
    "same_matter",
    "merged",
    "not_merged",
    "reply_menu",
    "reply_ask",
    "reply_sent",
    "reply_held",
    "reply_undelivered",
    "unreachable",
    "undelivered",
    "raised",
    "call_wanted",
    "no_reporter",
    "note_ask",
    "noted",
    "close_menu",
    "closed",
    "closed_already",
    "passed",
    "pass_alone",
    "snooze_ask",
    "snoozed",
    "paused",
    "pause_refused",
    "sick_noted",
    "sick_refused",
    "back",
    "absent_told",
    "unknown_case",
    "not_yours_to_take",
    "take_first",
    "cannot_ring",
    "message_left",
    "landline",
    "ring_no_phone",
    "ring_no_number",
    "ring_unasked",
    "ring_stopped",
    "ring_already",
    "ring_begun",
    "ring_vain",
    "last_one_told",
    "repeated",
    "which_case",
    "nothing_open",
    "unclear",
    "help",
    "enrolled",
    "enrol_unknown",
    "solved_said",
    "better",
    "worse",
    "child_question",
    "quiet_wanted",
    "wrong_number_said",
    "stopped_channel",
    "unreadable",
]

TemplateKey = Literal["working", "tomorrow", "tell_more"]

REPORTER_KINDS: frozenset[str] = frozenset(get_args(ReporterKind))
STAFF_KINDS: frozenset[str] = frozenset(get_args(StaffKind))
TEMPLATE_KEYS: tuple[str, ...] = get_args(TemplateKey)

_INSTANTS = ("promised_at", "received_at", "taken_at")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The only facts a notice to a reporter can carry; nothing here depends on the register.

    Times are aware. `date` is the local day a text names, `days` a length of time, `places` are display
    strings from the public stock in the order of their numbers, `codes` those of the sender's own threads,
    `text` words already cleared, `place` the stairwell or the place as the reporter gave it, `count` a number
    of messages, `house_duty` the landlord's own emergency number ("" where none is published) if water, heating or a
    lift is the matter. `own` is true when the reporter writes about himself: he gets a "code", never a "case".
    Do not add a field for anything a reporter has not told us or that is not public.
    """

    code: str = ""
    promised_at: datetime | None = None
    received_at: datetime | None = None
    taken_at: datetime | None = None
    date: date | None = None
    days: int | None = None
    places: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    text: str = ""
    place: str = ""
    count: int | None = None
    own: bool = False
    house_duty: str | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict holding only what is set; `from_json` reads it back to an equal value."""
        out: dict[str, Any] = {}
        for spec in fields(self):
            value = getattr(self, spec.name)
            if value != spec.default:
                out[spec.name] = value.isoformat() if isinstance(value, date) else value
        return {name: list(v) if isinstance(v, tuple) else v for name, v in out.items()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Receipt:
        """Reads what `to_json` wrote. Raises TypeError for a field this type does not have."""
        read: dict[str, Any] = dict(stored)
        for name in _INSTANTS:
            if name in read:
                read[name] = datetime.fromisoformat(read[name])
        if "date" in read:
            read["date"] = date.fromisoformat(read["date"])
        for name in ("places", "codes"):
            if name in read:
                read[name] = tuple(read[name])
        return cls(**read)
