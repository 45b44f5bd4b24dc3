"""The configuration: what it becomes, and that everything wrong with it is said at once and without a secret."""

from __future__ import annotations

import base64
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.environment import on_loopback
from bot.settings import Settings, load, load_here, loopback_only, with_clock_file, write_key_file
from escalation.errors import NotConfigured
from escalation.lines import LineConfig, line_for

PROJECT = Path(__file__).parents[2]
KEY, OTHER, INDEX = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2, 3))
KEYS = {"NABOLINJE_KEYS": f"{KEY},{OTHER}", "NABOLINJE_INDEX_KEY": INDEX}
MINIMAL = """
[lines.byen]
name = "Nabolinjen"
owner = "Byen Kommune"
country = "DK"
sms_number = "+4552500001"
front_team = "boligsocial"
"""


def load_with(where: Path, text: str = MINIMAL, **variables: str) -> Settings:
    (where / "nabolinje.toml").write_text(text, encoding="utf-8")
    return load(KEYS | {f"NABOLINJE_{name}": value for name, value in variables.items()}, where)


def faults(where: Path, text: str = MINIMAL, **variables: str) -> list[str]:
    with pytest.raises(NotConfigured) as refused:
        load_with(where, text, **variables)
    found = refused.value.remedy.split("\n")
    assert refused.value.fields["faults"] == tuple(found)
    return found


def only_fault(where: Path, text: str = MINIMAL, **variables: str) -> str:
    found = faults(where, text, **variables)
    assert len(found) == 1, found
    return found[0]


def line(where: Path, extra: str) -> LineConfig:
    return load_with(where, MINIMAL + extra).lines["byen"]


def test_the_example_file_says_what_the_defaults_are() -> None:
    settings = load(KEYS | {"NABOLINJE_CONFIG": "nabolinje.example.toml"}, PROJECT)
    told = settings.lines["eksempelby"]
    plain = line_for("eksempelby", told.name, told.owner, "DK", told.sms_number, told.front_team)
    for key in ("timezone", "languages", "hours", "daytime", "sms_detail", "check_back", "calls", "idle", "retention",
                "escalation", "emergency", "child_tel", "holidays", "complaint"):  # fmt: skip
        assert getattr(told, key) == getattr(plain, key), key
    assert told.last_resort.every == plain.last_resort.every


def test_a_line_needs_six_lines_and_gets_the_rest_from_its_country(tmp_path: Path) -> None:
    settings = load_with(tmp_path)
    assert settings.lines["byen"] == line_for("byen", "Nabolinjen", "Byen Kommune", "DK", "+4552500001", "boligsocial")


def test_what_is_not_set_has_the_documented_default(tmp_path: Path) -> None:
    it = load_with(tmp_path)
    assert (it.host, it.port, it.office_port) == ("127.0.0.1", 8080, 8081)
    assert (it.public_url, it.office_public_url) == ("http://127.0.0.1:8080", "http://127.0.0.1:8081")
    assert (it.telegram_api_url, it.twilio_api_url) == ("https://api.telegram.org", "https://api.twilio.com")
    assert (it.front_db, it.office_db) == (tmp_path / "var" / "front.db", tmp_path / "var" / "office.db")
    assert it.keys == (bytes([1]) * 32, bytes([2]) * 32)


def test_every_variable_arrives(tmp_path: Path) -> None:
    it = load_with(
        tmp_path, DATA_DIR="d", HOST="::1", PORT="9000", OFFICE_PORT="9001", PUBLIC_URL="https://x.example/",
        DATABASE_URL="postgresql://h/n", FRONT_DATABASE_URL="postgresql://f@h/n", TELEGRAM_TOKEN_BYEN="1:a",
        TELEGRAM_WEBHOOK_SECRET="s", TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="new, old",
        SMTP_URL="smtp://u:p@h:587?starttls=1", HEARTBEAT_URL="https://beat.example/x",
    )  # fmt: skip
    assert (it.data_dir, it.public_url, it.office_public_url) == (
        tmp_path / "d", "https://x.example", "http://[::1]:9001")  # fmt: skip
    assert (it.telegram_tokens["byen"], it.twilio_tokens) == ("1:a", ("new", "old"))
    assert (it.database_url, it.front_database_url) == ("postgresql://h/n", "postgresql://f@h/n")
    assert it.smtp_url == "smtp://u:p@h:587?starttls=1"


def test_a_line_says_how_it_differs(tmp_path: Path) -> None:
    it = line(
        tmp_path,
        """
hours = "mon-fri 08:00-16:00"
holidays = [2026-12-24, "2026-12-31"]
emergency = "113"
child_tel = "+4733003300"
idle = { urgent = "5m" }
words = { noise = ["halballade"], danger = ["molotov"] }
escalation.urgent = { steps = [ { after = "1m", notify = ["team:aftenvagt"], by = ["voice"] } ], repeat = 0 }
""",
    )
    assert (str(it.hours), it.emergency, it.child_tel) == ("mon-fri 08:00-16:00", "113", "+4733003300")
    assert it.holidays == (date(2026, 12, 24), date(2026, 12, 31))
    assert (it.idle.urgent, it.idle.normal) == (timedelta(minutes=5), timedelta(minutes=60))
    assert it.words == {"noise": ("halballade",), "danger": ("molotov",)}
    assert (it.escalation["urgent"].repeat, it.escalation["normal"].repeat) == (0, 2)


def test_all_faults_are_said_at_once_one_line_each(tmp_path: Path) -> None:
    wrong = MINIMAL + 'timezone = "Europe/Copenhagn"\nfront = "x"\n'
    found = faults(tmp_path, wrong, PORT="http", KEYS="abc", TELEGRAM_MOD="x")
    assert len(found) == 5
    assert all(": " in fault for fault in found)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"DATABASEURL": "x"}, "NABOLINJE_DATABASEURL: is not a setting (did you mean NABOLINJE_DATABASE_URL?)"),
        ({"TELEGRAM_TOKEN_BYN": "1:a"}, 'there is no line "byn" (did you mean NABOLINJE_TELEGRAM_TOKEN_BYEN?)'),
        ({"TELEGRAM_MODE": "poling"}, '"poling" is not allowed (did you mean polling?); write webhook or polling'),
        ({"PORT": "70000"}, 'NABOLINJE_PORT: "70000" is not a port'),
        ({"PORT": "8081"}, "NABOLINJE_OFFICE_PORT: is the same as NABOLINJE_PORT"),
        (
            {"PUBLIC_URL": "nabo.example"},
            "NABOLINJE_PUBLIC_URL: is not a URL that works here; write it as https://host",
        ),
        ({"PUBLIC_URL": "http://h:port"}, "NABOLINJE_PUBLIC_URL: is not a URL"),
        ({"DATABASE_URL": "mysql://h/n"}, "write it as postgresql://host"),
        ({"TELEGRAM_TOKEN_BYEN": "1:a"}, "NABOLINJE_TELEGRAM_WEBHOOK_SECRET: is missing"),
        ({"TWILIO_ACCOUNT_SID": "AC1"}, "NABOLINJE_TWILIO_AUTH_TOKEN: is missing"),
        ({"TWILIO_AUTH_TOKEN": "a,b,c", "TWILIO_ACCOUNT_SID": "AC1"}, "more than two tokens"),
        ({"INDEX_KEY": KEY}, "NABOLINJE_INDEX_KEY: is also one of NABOLINJE_KEYS"),
        ({"KEYS": f"{KEY},{KEY}"}, "NABOLINJE_KEYS: holds one key twice"),
        ({"KEYS": ""}, "NABOLINJE_KEYS: is missing; `nabolinje keys generate` makes one"),
    ],
)
def test_a_wrong_variable_is_named_with_its_remedy(tmp_path: Path, variables: dict[str, str], said: str) -> None:
    assert said in only_fault(tmp_path, **variables)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ('fronteam = "x"', "nabolinje.toml [lines.byen].fronteam: is not a known key (did you mean front_team?)"),
        ('idle = { urgnt = "5m" }', ".idle.urgnt: is not a known key (did you mean urgent?)"),
        ('timezone = "Europe/Copenhagn"', '"Europe/Copenhagn" is not a time zone (did you mean Europe/Copenhagen?)'),
        ('timezone = "../etc"', "is not a time zone"),
        ('languages = ["da", "sv"]', '"sv" is not allowed; allowed: da, en, de'),
        ('languages = []', "is not a list; allowed in it: da, en, de"),
        ('daytime = ["rent", "rent"]', "names one thing twice"),
        ('voice_number = "52500002"', "voice_number: is not a phone number; write it as +4520000005"),
        ('hours = "mon-fri 8-16"', '.hours: \'mon-fri 8-16\' is not understood'),
        ('check_back = ["14"]', "write a number and a unit"),
        ('check_back = [14]', "in quotation marks"),
        ('idle = { urgent = "0s" }', "is no time at all"),
        ('emergency = ""', "is not an emergency number"),
        ('holidays = ["2026-02-30"]', '"2026-02-30" is not a date'),
        ('last_resort = { notify = ["+4552500091", "112"] }', "number 2 is not a phone number"),
        ('last_resort = { by = ["telegram"] }', '"telegram" is not allowed; allowed: sms, voice'),
        ('escalation = 5', ".escalation: is not a table"),
        ('escalation.urgent = { steps = [] }', "is not a list of tables; each has after, notify, by"),
        ('escalation.urgent = { repeat = 2.5 }', "is not a whole number from 0 to 20"),
        ('escalation.urgent = { steps = [ { notify = ["on_duty"], by = ["sms"] } ] }', "steps[1].after: is missing"),
        ('escalation.urgent = { steps = [ { after = "0s", notify = ["onduty"], by = ["sms"] } ] }',
         "(did you mean on_duty?); allowed: contact_person, on_duty, coordinator, team:KEY"),
        ('escalation.urgent = { steps = [ { after = "5m", notify = ["on_duty"], by = ["sms"] }, '
         '{ after = "1m", notify = ["on_duty"], by = ["sms"] } ] }', "stand out of order"),
        ("telegram_username = 'a b'", "is not a Telegram user name"),
        ('country = "SE"', "is not valid TOML"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_named_with_its_remedy(tmp_path: Path, extra: str, said: str) -> None:
    assert said in only_fault(tmp_path, MINIMAL + extra + "\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [("Nabolinjen i Eksempelby", "takes 23 characters in an SMS; at most 21"),
     ("Naboł", "a character that SMS cannot carry"), ("Linjen [ny] {Byen} 2", "takes 24 characters"),
     (" ", "is not a text")],
)  # fmt: skip
def test_a_name_must_fit_into_every_sms(tmp_path: Path, name: str, said: str) -> None:
    assert said in only_fault(tmp_path, MINIMAL.replace("Nabolinjen", name))


@pytest.mark.parametrize("key", ["name", "owner", "country", "sms_number", "front_team"])
def test_what_has_no_default_must_be_there(tmp_path: Path, key: str) -> None:
    without = "\n".join(row for row in MINIMAL.splitlines() if not row.startswith(key))
    assert only_fault(tmp_path, without) == f"nabolinje.toml [lines.byen].{key}: is missing"


def test_a_policy_has_at_most_ten_steps(tmp_path: Path) -> None:
    step = '{ after = "1m", notify = ["on_duty"], by = ["sms"] }'
    extra = f"escalation.urgent = {{ steps = [ {', '.join([step] * 11)} ] }}\n"
    assert "are 11; at most 10" in only_fault(tmp_path, MINIMAL + extra)


def test_two_lines_cannot_share_a_number_or_a_bot(tmp_path: Path) -> None:
    other = MINIMAL.replace("byen", "havnen")
    assert "[lines.havnen]" not in (said := only_fault(tmp_path, MINIMAL + other))
    assert said == "nabolinje.toml.lines.havnen.sms_number: is also line byen's; each line has its own"
    apart = MINIMAL + other.replace("+4552500001", "+4552500003")
    tokens = {"TELEGRAM_TOKEN_BYEN": "1:a", "TELEGRAM_TOKEN_HAVNEN": "1:a", "TELEGRAM_MODE": "polling"}
    assert "two lines share one bot" in only_fault(tmp_path, apart, **tokens)


@pytest.mark.parametrize("slug", ["Byen", "1by", "by_", "a" * 31])
def test_the_key_of_a_line_can_stand_in_a_url_and_a_variable(tmp_path: Path, slug: str) -> None:
    assert "up to 30 small letters" in only_fault(tmp_path, MINIMAL.replace("[lines.byen]", f"[lines.{slug}]"))


def test_no_secret_is_repeated_in_a_fault_or_a_repr(tmp_path: Path) -> None:
    hush = "hemmeligt"
    said = faults(
        tmp_path, KEYS=hush, INDEX_KEY=hush, DATABASE_URL=f"mysql://u:{hush}@h/n", SMTP_URL=f"ftp://u:{hush}@h",
        TELEGRAM_TOKEN_BYEN=f"{hush} 1", TELEGRAM_WEBHOOK_SECRET=f"{hush} 1", HEARTBEAT_URL=f"x://{hush}",
        TWILIO_AUTH_TOKEN=f"{hush},{hush}1,{hush}2", TWILIO_ACCOUNT_SID=f"{hush} 1",
    )  # fmt: skip
    assert len(said) >= 8
    assert hush not in "".join(said)
    fine = load_with(tmp_path, TELEGRAM_TOKEN_BYEN=hush, TELEGRAM_WEBHOOK_SECRET=hush, SMTP_URL=f"smtp://u:{hush}@h",
                     DATABASE_URL=f"postgresql://u:{hush}@h/n", HEARTBEAT_URL=f"https://{hush}")  # fmt: skip
    assert hush not in repr(fine)
    assert repr(fine.keys[0]) not in repr(fine)


def test_the_real_environment_wins_over_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nabolinje.toml").write_text(MINIMAL, encoding="utf-8")
    rows = [f"{name}={value}" for name, value in KEYS.items()]
    rows += ["NABOLINJE_PORT=9000", "NABOLINJE_HOST='a$HOME'"]
    (tmp_path / ".env").write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setenv("NABOLINJE_PORT", "9500")
    settings = load_here(tmp_path)
    assert (settings.port, settings.host) == (9500, "a$HOME")


def test_a_missing_file_is_said_with_what_to_copy(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match=r"copy of nabolinje\.example\.toml"):
        load(KEYS, tmp_path)
    assert load({}, tmp_path, complete=False).lines == {}


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"[lines", b"lines = 5", b"", b'[lines.byen]\nname = "a"\nname = "b"']
)
def test_a_file_that_is_no_configuration_is_refused_without_a_traceback(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "nabolinje.toml").write_bytes(content)
    with pytest.raises(NotConfigured, match=r"nabolinje\.toml"):
        load(KEYS, tmp_path)


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "nabolinje.toml").write_text(MINIMAL, encoding="utf-8-sig")
    assert list(load(KEYS, tmp_path).lines) == ["byen"]


def test_a_demo_makes_its_keys_once_and_keeps_them_to_its_owner(tmp_path: Path) -> None:
    write_key_file(tmp_path / "var")
    first = load({}, tmp_path, complete=False)
    write_key_file(tmp_path / "var")
    again = load({"NABOLINJE_KEYS": ""}, tmp_path, complete=False)
    assert (first.keys, first.index_key) == (again.keys, again.index_key)
    assert len(first.index_key) == 32
    assert stat.S_IMODE((tmp_path / "var" / "keys.env").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("url", "here"),
    [("http://127.0.0.1:9000", True), ("http://localhost", True), ("http://[::1]:1", True),
     ("https://api.twilio.com", False),
     ("http://localhost.evil.example", False), ("http://127.0.0.1@evil.example", False), ("", False)],
)  # fmt: skip
def test_only_this_machine_is_loopback(url: str, here: bool) -> None:
    assert on_loopback(url) is here


def test_a_rehearsal_clock_is_refused_while_a_provider_could_be_reached(tmp_path: Path) -> None:
    real = load_with(tmp_path, TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="t")
    assert not loopback_only(real)
    with pytest.raises(NotConfigured, match="--clock-file is for rehearsals"):
        with_clock_file(real, tmp_path / "clock")
    rig = load_with(tmp_path, TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="t", TWILIO_API_URL="http://127.0.0.1:9")
    assert with_clock_file(rig, tmp_path / "clock").clock_file == tmp_path / "clock"


WORDING = "[lines.byen.wording.da]\n"
LATE = '"{line}, sag {code}: Ikke glemt. Nyt senest {t}. Fare: ring {em}."'


@pytest.mark.parametrize("key", ['"reporter.late"', "reporter.late"])
def test_a_line_may_say_a_text_in_its_own_words(tmp_path: Path, key: str) -> None:
    assert line(tmp_path, f"{WORDING}{key} = {LATE}").wording == {"da": {"reporter.late": LATE.strip('"')}}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('"reporter.lat" = "Vent"', "is not the key of a text (did you mean reporter.late"),
        ('"word.case" = "sag {code}"', "is not the key of a text"),
        ('"reporter.late" = "Vent til {t}"', "look at {code} {em} {line}"),
        (f'"reporter.late" = {LATE[:-1]} {{owner}}"', "look at {owner}"),
        ('"reporter.late" = "{line"', "has a brace that belongs to no {placeholder}"),
        (f'"reporter.late" = {LATE[:-1]} {"x" * 90}"', "septets at its longest; one SMS holds 160"),
        (f'"reporter.late" = {LATE[:-1]} ♥"', "has characters outside GSM-7: "),
        ('"reporter.late" = 7', "is not a text"),
    ],
)
def test_a_wording_that_says_less_or_does_not_fit_is_refused(tmp_path: Path, entry: str, said: str) -> None:
    fault = only_fault(tmp_path, MINIMAL + WORDING + entry)
    assert fault.startswith("nabolinje.toml [lines.byen].wording.da") and said in fault


def test_a_wording_in_a_language_the_line_does_not_speak_is_refused(tmp_path: Path) -> None:
    told = MINIMAL + 'languages = ["da"]\n[lines.byen.wording.en]\n'
    assert only_fault(tmp_path, told).endswith("the line does not speak it; its languages are da")
