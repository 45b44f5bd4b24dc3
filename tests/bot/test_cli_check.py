"""`nabolinje check`: every finding is a line with its remedy, and a note alone leaves the exit status 0."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from escalation.store import office_people, schema
from tests.installation import EXAMPLE, Installation, edit
from tests.postgres import fresh_database

NOW = datetime.now(UTC)
BOT = {"id": 100001, "is_bot": True, "first_name": "n", "username": "nabolinjen_eksempelby_bot"}


class Provider:
    """A machine that answers as Telegram and Twilio do. `answers` are by the last part of the path."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {
            "getMe": (200, BOT), "getWebhookInfo": (200, {"url": "", "has_custom_certificate": False,
                                                          "pending_update_count": 0}),
            "AC1.json": (200, {}), "readyz": (200, {}),
        }  # fmt: skip
        self.asked: list[str] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2].partition("?")[0]
                provider.asked.append(name)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, result = provider.answers.get(name, (404, {}))
                body = json.dumps({"ok": status == 200, "result": result, "error_code": status, "description": "no"})
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Tests listen to the answers, not to the server."""

        return Handler


@contextmanager
def providing() -> Iterator[tuple[Provider, str]]:
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), provider.handler())
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation(tmp_path, monkeypatch)
    made.furnish("import", str(EXAMPLE))
    return made


def findings(home: Installation) -> list[str]:
    return [line for line in home.refused("check") if line.startswith("finding: ")]


def about(home: Installation, words: str) -> list[str]:
    return [line for line in findings(home) if words in line]


def connect(home: Installation, url: str) -> None:
    home.set({
        "NABOLINJE_TWILIO_ACCOUNT_SID": "AC1", "NABOLINJE_TWILIO_AUTH_TOKEN": "t", "NABOLINJE_TWILIO_API_URL": url,
        "NABOLINJE_TELEGRAM_TOKEN_EKSEMPELBY": "100001:abc", "NABOLINJE_TELEGRAM_API_URL": url,
        "NABOLINJE_TELEGRAM_WEBHOOK_SECRET": "s", "NABOLINJE_PUBLIC_URL": url,
    })  # fmt: skip


def enrol_everybody(home: Installation) -> None:
    with home.office() as office:
        for number, endpoint in enumerate(office.read_now(office_people.all_endpoints)):
            office.write_now(
                office_people.add_endpoint, endpoint.line, endpoint.staff, "telegram", str(700000 + number), NOW
            )


def test_an_installation_in_order_leaves_nothing_but_notes(home: Installation, tmp_path: Path) -> None:
    home.said("export", "out")
    body = (tmp_path / "out/organisations.csv").read_text("utf-8")
    filled = "".join(f"{line}+4520000139\n" if line.endswith(";") else f"{line}\n" for line in body.splitlines())
    (tmp_path / "out/organisations.csv").write_text(filled, "utf-8")
    home.said("import", "out")
    enrol_everybody(home)
    with providing() as (provider, url):
        connect(home, url)
        done = home.run("check")
    assert (done.exit_code, done.stderr) == (0, "")
    assert {"getMe", "getWebhookInfo", "AC1.json", "readyz"} <= set(provider.asked)
    assert done.stdout.endswith("nothing found that must be mended\n")


def test_a_line_that_cannot_ring_is_a_note_and_no_finding(home: Installation) -> None:
    assert '"voice" in `by`' not in home.run("check").stdout
    home.configure('voice_number = "+4552500002"', "")
    assert 'note: eksempelby: "voice" in `by` rings nobody' in home.run("check").stdout
    assert not about(home, "voice")


def test_before_the_first_import_check_says_so_and_makes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Installation(tmp_path, monkeypatch)
    assert "finding: there is no directory yet; run `nabolinje import DIR`" in findings(home)
    assert not (tmp_path / "var").exists()


def test_without_credentials_nothing_can_be_sent(home: Installation) -> None:
    assert about(home, "NABOLINJE_TWILIO_ACCOUNT_SID")


def test_people_with_sms_alone_could_not_see_a_case(home: Installation) -> None:
    found = about(home, "could see a case")
    assert [line.split("team ")[1].split(" ")[0] for line in found] == ["boligsocial", "cti", "hjemloese"]


def test_where_addresses_may_go_by_sms_everybody_can_see(home: Installation) -> None:
    home.configure('sms_detail = "none"', 'sms_detail = "address"')
    assert not about(home, "could see a case")


def test_without_telegram_and_without_places_by_sms_nobody_could_ever_see_a_case(home: Installation) -> None:
    assert about(home, "nobody can ever see a case")
    home.configure('sms_detail = "none"', 'sms_detail = "address"')
    assert not about(home, "nobody can ever see a case")


def test_a_shift_of_somebody_who_closed_his_phone_reaches_nobody(home: Installation) -> None:
    with home.office() as office:
        for endpoint in office.read_now(office_people.all_endpoints):
            office.write_now(office_people.disable, endpoint.line, "sms", endpoint.index, "stopped", NOW)
    assert len(about(home, "can be reached from")) == 3
    assert not about(home, "could see a case")


def test_a_gap_in_the_coming_fortnight_is_named_with_its_hours(home: Installation) -> None:
    folder = home.directory("small")
    edit(folder, "rota.csv", "cti;sat,sun;08:00", "cti;sat;08:00")
    home.said("import", str(folder))
    found = about(home, "nobody answers for team cti")
    assert found and all("from Sun" in line and "08:00 to" in line and "rota override" in line for line in found)


def test_empty_emergency_numbers_are_named(home: Installation) -> None:
    (line,) = about(home, "no emergency number")
    assert "groennegade, mikkelsen;" in line


def test_houses_that_give_the_register_away_are_a_finding(home: Installation) -> None:
    assert not about(home, "whole stock")
    home.said("import", str(home.directory("small")))
    assert about(home, "whole stock")


def test_one_last_resort_phone_is_too_few(home: Installation) -> None:
    home.configure('"+4552500091", "+4552500092"', '"+4552500091"')
    (line,) = about(home, "last-resort")
    assert "+45" not in line


def test_a_first_step_by_voice_alone_still_reaches_people(home: Installation) -> None:
    home.configure('by = ["telegram", "sms"]', 'by = ["voice"]')
    assert not about(home, "reached")


def test_a_step_for_a_team_nobody_defined_is_a_finding(home: Installation) -> None:
    home.configure('notify = ["coordinator"], by = ["sms", "voice"]', 'notify = ["team:natten"], by = ["sms"]')
    assert about(home, "names team natten")


def test_phones_that_never_answered_are_named_by_their_owners(home: Installation) -> None:
    with home.office() as office:
        (endpoint,) = office.read_now(office_people.endpoints_of, "eksempelby", "pia-thuesen")
        office.write_now(office_people.heard, endpoint.id, NOW)
    (line,) = [line for line in home.run("check").stdout.splitlines() if "never answered" in line]
    assert "lone-krogh" in line
    assert "pia-thuesen" not in line


def test_real_providers_need_an_address_with_https(home: Installation) -> None:
    with providing() as (_, url):
        connect(home, url)
        home.set({"NABOLINJE_TWILIO_API_URL": "http://nowhere.invalid"})
        found = about(home, "is not https")
    assert len(found) == 2


@pytest.mark.parametrize(
    ("name", "status", "result", "said"),
    [
        ("AC1.json", 401, {}, "Twilio refuses the account"),
        ("getMe", 401, {}, "NABOLINJE_TELEGRAM_TOKEN_EKSEMPELBY"),
        ("getMe", 200, {**BOT, "username": "another_bot"}, "belongs to another bot"),
    ],
)
def test_what_the_providers_refuse_is_a_finding(
    home: Installation, name: str, status: int, result: Any, said: str
) -> None:
    with providing() as (provider, url):
        connect(home, url)
        provider.answers[name] = status, result
        assert about(home, said)


def test_updates_that_telegram_cannot_deliver_are_a_finding(home: Installation) -> None:
    with providing() as (provider, url):
        connect(home, url)
        provider.answers["getWebhookInfo"] = 200, {
            "url": f"{url}/webhooks/telegram/eksempelby", "has_custom_certificate": False, "pending_update_count": 3,
            "last_error_date": int(NOW.timestamp()), "last_error_message": "Wrong response: 502",
        }  # fmt: skip
        (line,) = about(home, "could not deliver")
    assert "3 updates wait" in line


def test_providers_that_do_not_answer_are_findings_and_no_wait_for_ever(home: Installation) -> None:
    connect(home, "http://127.0.0.1:1")
    assert about(home, "Twilio does not answer")
    assert about(home, "Telegram does not answer")


def test_tables_of_another_version_are_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Installation(tmp_path, monkeypatch)
    (tmp_path / "var").mkdir()
    (tmp_path / "var/office.db").touch()
    assert about(home, "nabolinje migrate")


def test_on_postgresql_the_role_by_parameter_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    home = Installation(tmp_path, monkeypatch)
    url = fresh_database(postgres_url)
    home.set({"NABOLINJE_DATABASE_URL": url})
    home.said("migrate")
    home.said("import", str(EXAMPLE))
    assert f"the front desk works as {schema.front_role(url)}" in home.run("check").stdout
