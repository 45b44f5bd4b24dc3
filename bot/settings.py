"""The only reader of the environment, of .env and of nabolinje.toml: all of them become one frozen value.

Everything that is wrong is said at once. Secrets are in no message and in no repr.
"""

from __future__ import annotations

import base64
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from dotenv import dotenv_values

from bot.environment import ACCOUNT, BOT_TOKEN, PREFIX, TOKEN, WEBHOOK_SECRET, Environment, on_loopback, token_variable
from bot.line_tables import read_lines
from bot.recordings import Recordings, read_recordings
from escalation.clock import random_bytes
from escalation.errors import NotConfigured
from escalation.lines import LineConfig

TELEGRAM_API = "https://api.telegram.org"
TWILIO_API = "https://api.twilio.com"
KEY_FILE = "keys.env"
_DATABASE = ("postgresql", "postgres")
_MOST_TWILIO_TOKENS = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. `database_url` empty means SQLite: `front_db` and `office_db` in the data directory.

    URLs have no slash at the end. `lines` and `telegram_tokens` are by slug; a line without a token runs
    without Telegram. Empty `twilio_sid`, `smtp_url` or `heartbeat_url`: that service is not used.
    """

    data_dir: Path
    config_path: Path
    host: str
    port: int
    office_port: int
    public_url: str
    office_public_url: str
    database_url: str = field(repr=False)
    front_database_url: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    index_key: bytes = field(repr=False)
    telegram_tokens: Mapping[str, str] = field(repr=False)
    telegram_api_url: str = field(repr=False)
    telegram_mode: str
    telegram_webhook_secret: str = field(repr=False)
    twilio_sid: str = field(repr=False)
    twilio_tokens: tuple[str, ...] = field(repr=False)
    twilio_api_url: str = field(repr=False)
    smtp_url: str = field(repr=False)
    heartbeat_url: str = field(repr=False)
    lines: Mapping[str, LineConfig] = field(repr=False)
    recordings: Recordings = field(default_factory=Recordings, repr=False)
    clock_file: Path | None = None

    @property
    def front_db(self) -> Path:
        """The front desk's SQLite file."""
        return self.data_dir / "front.db"

    @property
    def office_db(self) -> Path:
        """The back office's SQLite file."""
        return self.data_dir / "office.db"


def load_here(cwd: Path | None = None, *, complete: bool = True) -> Settings:
    """The settings of this process: its environment, over a `.env` file in the directory (real variables win).

    Raises NotConfigured as `load` does.
    """
    where = cwd or Path.cwd()
    return load({**_env_file(where / ".env"), **os.environ}, where, complete=complete)


def for_child(changes: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with `changes`, for a child process."""
    return {**os.environ, **changes}


def load(environ: Mapping[str, str], cwd: Path, *, complete: bool = True) -> Settings:
    """The settings that these variables and the configuration file they name add up to.

    Relative paths start at `cwd`. Raises NotConfigured with every fault, one line each, in the remedy and
    in `fields["faults"]`. With `complete=False` (the demo, which makes its own) a missing configuration
    file and missing keys are no faults.
    """
    faults: list[str] = []
    given = Environment(environ, faults)
    data_dir = cwd / given.text("DATA_DIR", "var")
    set_here = {name: text for name, text in environ.items() if text.strip()}
    given = Environment({**_env_file(data_dir / KEY_FILE), **set_here}, faults)
    config_path = cwd / given.text("CONFIG", "nabolinje.toml")
    lines = _lines(config_path, faults, complete)
    given.refuse_unknown(list(lines))
    settings = _settings(given, data_dir, config_path, lines)
    played = read_recordings(lines, config_path.parent, config_path.name, faults)
    settings = replace(settings, recordings=played)
    _contradictions(settings, given, complete)
    if faults:
        raise NotConfigured("\n".join(faults), faults=tuple(faults))
    return settings


def _env_file(path: Path) -> dict[str, str]:
    """A file of NAME=value lines; empty where there is none. Values stand as written: no `$` means anything."""
    if not path.is_file():
        return {}
    try:
        values = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NotConfigured(f"{path.name}: cannot be read; it must be a UTF-8 text of NAME=value lines") from error
    return {name: value or "" for name, value in values.items()}


def _lines(path: Path, faults: list[str], complete: bool) -> dict[str, LineConfig]:
    if not path.exists() and not complete:
        return {}
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        faults.append(f"{PREFIX}CONFIG: {path.name} is not there; begin with a copy of nabolinje.example.toml")
    except (OSError, UnicodeDecodeError):
        faults.append(f"{path.name}: cannot be read; it must be a UTF-8 text file")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{path.name}: is not valid TOML: {error}")
    else:
        return read_lines(document, path.name, faults)
    return {}


def _settings(given: Environment, data_dir: Path, config_path: Path, lines: Mapping[str, LineConfig]) -> Settings:
    host = given.text("HOST", "127.0.0.1")
    port, office_port = given.port("PORT", 8080), given.port("OFFICE_PORT", 8081)
    shown = f"[{host}]" if ":" in host else host
    web = ("https", "http")
    index_keys = given.keys("INDEX_KEY")
    if len(index_keys) > 1:
        given.fault("INDEX_KEY", "holds several keys; there is only one")
    tokens = {
        slug: given.secret(token_variable(slug).removeprefix(PREFIX), BOT_TOKEN, "write it as BotFather gave it")
        for slug in lines
    }
    return Settings(
        data_dir=data_dir,
        config_path=config_path,
        host=host,
        port=port,
        office_port=office_port,
        public_url=given.url("PUBLIC_URL", web, f"http://{shown}:{port}"),
        office_public_url=given.url("OFFICE_PUBLIC_URL", web, f"http://{shown}:{office_port}"),
        database_url=given.url("DATABASE_URL", _DATABASE),
        front_database_url=given.url("FRONT_DATABASE_URL", _DATABASE),
        keys=given.keys("KEYS"),
        index_key=index_keys[0] if index_keys else b"",
        telegram_tokens=MappingProxyType({slug: token for slug, token in tokens.items() if token}),
        telegram_api_url=given.url("TELEGRAM_API_URL", web, TELEGRAM_API),
        telegram_mode=given.choice("TELEGRAM_MODE", ("webhook", "polling")),
        telegram_webhook_secret=given.secret("TELEGRAM_WEBHOOK_SECRET", WEBHOOK_SECRET, "1 to 256 of A-Z a-z 0-9 _ -"),
        twilio_sid=given.secret("TWILIO_ACCOUNT_SID", ACCOUNT, "it begins with AC, then letters and digits"),
        twilio_tokens=given.several("TWILIO_AUTH_TOKEN"),
        twilio_api_url=given.url("TWILIO_API_URL", web, TWILIO_API),
        smtp_url=given.url("SMTP_URL", ("smtp", "smtps")),
        heartbeat_url=given.url("HEARTBEAT_URL", web),
        lines=MappingProxyType(dict(lines)),
    )


def _contradictions(settings: Settings, given: Environment, complete: bool) -> None:
    """Faults that lie between settings, and what is missing altogether."""
    if complete:
        for name in ("KEYS", "INDEX_KEY"):
            if not given.text(name):
                given.fault(name, "is missing; `nabolinje keys generate` makes one")
    if len(set(settings.keys)) < len(settings.keys):
        given.fault("KEYS", "holds one key twice")
    if settings.index_key and settings.index_key in settings.keys:
        given.fault("INDEX_KEY", f"is also one of {PREFIX}KEYS; it must be a key of its own")
    if settings.port == settings.office_port:
        given.fault("OFFICE_PORT", f"is the same as {PREFIX}PORT; front desk and office listen on two")
    _provider_contradictions(settings, given)


def _provider_contradictions(settings: Settings, given: Environment) -> None:
    tokens = settings.telegram_tokens
    if tokens and settings.telegram_mode == "webhook" and not settings.telegram_webhook_secret:
        given.fault("TELEGRAM_WEBHOOK_SECRET", f"is missing; set it, or {PREFIX}TELEGRAM_MODE=polling")
    if len(set(tokens.values())) < len(tokens):
        given.fault(TOKEN.removeprefix(PREFIX) + "…", "two lines share one bot; each line has its own")
    if settings.twilio_sid and not settings.twilio_tokens:
        given.fault("TWILIO_AUTH_TOKEN", f"is missing; it belongs to {PREFIX}TWILIO_ACCOUNT_SID")
    if settings.twilio_tokens and not settings.twilio_sid:
        given.fault("TWILIO_ACCOUNT_SID", f"is missing; it belongs to {PREFIX}TWILIO_AUTH_TOKEN")
    if len(settings.twilio_tokens) > _MOST_TWILIO_TOKENS:
        given.fault("TWILIO_AUTH_TOKEN", "holds more than two tokens; the old one and the new one are enough")


def loopback_only(settings: Settings) -> bool:
    """Whether nothing that this installation would send can leave the machine.

    A provider without credentials is never called, so its URL does not count. E-mail counts.
    """
    used = [settings.smtp_url] if settings.smtp_url else []
    used += [settings.telegram_api_url] if settings.telegram_tokens else []
    used += [settings.twilio_api_url] if settings.twilio_sid else []
    return all(on_loopback(url) for url in used)


def with_clock_file(settings: Settings, clock_file: Path) -> Settings:
    """The settings for a rehearsal whose time a file moves (``--clock-file``).

    Raises NotConfigured unless every provider's URL is on loopback: a rehearsal must not reach people.
    """
    if not loopback_only(settings):
        raise NotConfigured(
            f"--clock-file is for rehearsals: point {PREFIX}TELEGRAM_API_URL, {PREFIX}TWILIO_API_URL and "
            f"{PREFIX}SMTP_URL at this machine (http://127.0.0.1:PORT) or unset what they belong to"
        )
    return replace(settings, clock_file=clock_file)


def write_key_file(data_dir: Path) -> None:
    """Makes keys for a demo in its data directory, readable by its owner only; leaves existing ones alone.

    `load` takes them wherever NABOLINJE_KEYS and NABOLINJE_INDEX_KEY are not set.
    """
    path = data_dir / KEY_FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    names = (f"{PREFIX}KEYS", f"{PREFIX}INDEX_KEY")
    text = "".join(f"{name}={base64.b64encode(random_bytes(32)).decode()}\n" for name in names)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
