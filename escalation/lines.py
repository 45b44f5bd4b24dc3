"""A line: everything one municipality's entry in nabolinje.toml says, with the defaults of its country.

Values only; `bot/line_tables.py` reads them from the file and refuses what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from escalation.durations import parse_duration
from escalation.holidays_calendar import holiday_test
from escalation.hours import ALWAYS, Hours
from escalation.policy import CONTACT_PERSON, COORDINATOR, ON_DUTY, Policy, Step

CATEGORIES = (
    "noise",
    "smell",
    "rent",
    "cleaning",
    "damage",
    "pets",
    "threat",
    "visitors",
    "welfare",
    "self_help",
    "other",
)
URGENCIES = ("urgent", "normal")
LANGUAGES = ("da", "en", "de")
NAME_SEPTETS = 21
DEFAULT_DAYTIME = ("rent", "cleaning", "pets")
# Words about a closed case open it again for so long; later ones are a matter of their own.
REOPENS = timedelta(days=14)
_THIRTEEN_MONTHS, _FIVE_YEARS = parse_duration("13mo"), parse_duration("5y")


@dataclass(frozen=True, slots=True)
class Country:
    """What a country gives its lines. `child_tel` is None where no number is the same nationwide."""

    timezone: str
    languages: tuple[str, ...]
    emergency: str
    child_tel: str | None
    complaint: str


# 112 reaches the right service in all three: in Norway the police pass on to 113 and 110, in Austria to
# 144 and 122. Child welfare out of hours: in Denmark the police switchboard 114 connects to the
# municipality's social duty, in Norway it is the national alarm telephone; Austria's differs by province.
COUNTRIES: Mapping[str, Country] = MappingProxyType(
    {
        "DK": Country("Europe/Copenhagen", ("da", "en", "de"), "112", "114", "Datatilsynet"),
        "AT": Country("Europe/Vienna", ("de", "en"), "112", None, "DSB"),
        "NO": Country("Europe/Oslo", ("da", "en"), "112", "116111", "Datatilsynet"),
    }
)


@dataclass(frozen=True, slots=True)
class LastResort:
    """Phones that are alerted, again and again, when nobody took a case. They need no register."""

    notify: tuple[str, ...] = field(default=(), repr=False)
    by: tuple[str, ...] = ("sms", "voice")
    every: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Idle:
    """How long a taken case may lie untouched before its taker is reminded, and as long again before it goes back."""

    urgent: timedelta = timedelta(minutes=15)
    normal: timedelta = timedelta(minutes=60)

    def of(self, urgency: str) -> timedelta:
        return self.urgent if urgency == "urgent" else self.normal


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind of record is kept after a case is closed."""

    messages: timedelta = timedelta(days=90)
    contact: timedelta = timedelta(days=30)
    media: timedelta = timedelta(days=14)
    skeleton: timedelta = _THIRTEEN_MONTHS
    audit: timedelta = _FIVE_YEARS


@dataclass(frozen=True, slots=True)
class Calls:
    """A caller's longest wait before voicemail, how long one phone rings, and when the next one starts."""

    total: timedelta = timedelta(seconds=90)
    ring: timedelta = timedelta(seconds=25)
    next: timedelta = timedelta(seconds=12)


def _step(after: str, notify: tuple[str, ...], by: tuple[str, ...]) -> Step:
    return Step(parse_duration(after), notify, by)


DEFAULT_ESCALATION: Mapping[str, Policy] = MappingProxyType(
    {
        "urgent": Policy(
            repeat=3,
            steps=(
                _step("0s", (CONTACT_PERSON, ON_DUTY), ("telegram", "sms")),
                _step("5m", (ON_DUTY,), ("voice",)),
                _step("15m", (COORDINATOR,), ("sms", "voice")),
            ),
        ),
        "normal": Policy(
            repeat=2,
            steps=(
                _step("0s", (CONTACT_PERSON, ON_DUTY), ("telegram", "sms")),
                _step("15m", (ON_DUTY,), ("sms", "voice")),
                _step("60m", (COORDINATOR,), ("sms",)),
            ),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class LineConfig:
    """One line. `name` is the only name a reporter ever sees; `owner` is the data controller.

    `child_tel` None: the text about a child names the emergency number instead. `complaint` is the data
    protection authority. `holidays` are closing days beside the country's public holidays. `words` are
    extra words of the line's own, by category (or ``danger``). `wording` are texts of its own, by language
    and key, in place of the catalogue's; `recordings` in the same way files that are played in place of a voice.
    """

    slug: str
    name: str
    owner: str
    country: str
    timezone: str
    languages: tuple[str, ...]
    sms_number: str
    front_team: str
    voice_number: str | None = None
    telegram_username: str | None = None
    hours: Hours = ALWAYS
    daytime: tuple[str, ...] = DEFAULT_DAYTIME
    sms_detail: str = "none"
    last_resort: LastResort = LastResort()
    check_back: tuple[timedelta, ...] = (timedelta(days=14),)
    calls: Calls = Calls()
    idle: Idle = Idle()
    retention: Retention = Retention()
    escalation: Mapping[str, Policy] = field(default_factory=lambda: DEFAULT_ESCALATION)
    emergency: str = "112"
    child_tel: str | None = None
    holidays: tuple[date, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complaint: str = "Datatilsynet"
    wording: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    recordings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The line's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def language(self) -> str:
        """The language the line speaks to somebody of whom nothing is known."""
        return self.languages[0]

    def is_holiday(self, day: date) -> bool:
        """Whether a local day is a public holiday of the country or one of the line's own closing days."""
        return holiday_test(self.country, self.holidays)(day)


def line_for(slug: str, name: str, owner: str, country: str, sms_number: str, front_team: str) -> LineConfig:
    """A line with nothing but what has no default; everything else as its country and INTERFACE's example have it."""
    home = COUNTRIES[country]
    return LineConfig(
        slug,
        name,
        owner,
        country,
        home.timezone,
        home.languages,
        sms_number,
        front_team,
        emergency=home.emergency,
        child_tel=home.child_tel,
        complaint=home.complaint,
    )
