"""The container files, as far as they can be held without a container engine: form, commands, promises."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from typing import Any

import jsonschema
import pytest
import yaml

from tests.source_tree import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "nabolinje"}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")


@cache
def help_of(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def last(instruction: str) -> str:
    return re.findall(rf"^{instruction} (.+)$", DOCKERFILE, re.MULTILINE)[-1]


def assert_known(command: list[str]) -> None:
    program, verb, *options = command
    assert program == "nabolinje"
    assert re.search(rf"^\s+{verb}\s", help_of(), re.MULTILINE)
    for option in options:
        assert option in help_of(verb)


def test_the_compose_file_follows_the_specification() -> None:
    schema = json.loads((ROOT / "tests/schemas/compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(COMPOSE)


def test_the_specification_refuses_a_misspelt_key() -> None:
    schema = json.loads((ROOT / "tests/schemas/compose-spec.json").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({"services": {"a": {"image": "a", "restrat": "no"}}})


@pytest.mark.parametrize("name", OURS)
def test_each_container_runs_a_command_that_exists(name: str) -> None:
    assert_known(OURS[name]["command"])


def test_the_image_runs_a_command_that_exists() -> None:
    assert_known(json.loads(last("CMD")))


def test_without_a_profile_one_container_is_the_whole_service() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["nabolinje"]


def test_front_and_office_wait_for_the_migration_and_that_for_the_database() -> None:
    for name in ("front", "office"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_the_front_desk_never_gets_the_offices_secrets() -> None:
    assert SERVICES["front"]["env_file"] == ["front.env"]
    assert SERVICES["office"]["env_file"] == SERVICES["migrate"]["env_file"] == ["office.env"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_compose_file(name: str) -> None:
    said = SERVICES[name].get("environment", {})
    assert not [key for key in said if re.search("TOKEN|KEY|PASSWORD|SECRET|URL", key)]


@pytest.mark.parametrize("name", OURS)
def test_each_container_may_do_little_and_has_time_to_stop(name: str) -> None:
    service = OURS[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert int(service["stop_grace_period"].removesuffix("s")) >= 30
    assert service["healthcheck"]


def test_ports_are_published_to_this_machine_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_runs_as_nobody_in_particular_and_reports_its_health() -> None:
    assert last("USER") == "10001"
    assert "/healthz" in last("HEALTHCHECK")
    assert last("VOLUME") == "/var/lib/nabolinje"


def test_what_the_image_copies_is_let_through_to_the_build() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    let_through = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    assert names == let_through
    assert all((ROOT / name).exists() for name in names)
