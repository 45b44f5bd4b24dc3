"""The documentation held against the code: what it names exists, and what there is, it names.

A finding is one plain line, so that whoever broke a page need not read this file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot import environment
from bot.cli import COMMANDS, main
from bot.line_tables import LINE_KEYS, read_lines
from bot.settings import Settings, load
from escalation.directory_layout import LAYOUTS
from escalation.lines import COUNTRIES, LineConfig
from handlers.messages import Outbound
from tests.town import NEIGHBOUR, Town, sqlite_town

DUTY = "700001"
ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HOSTS = {"127.0.0.1", "keepachangelog.com", "semver.org", "linje.example.org", "t.me"}
LINK = re.compile(r"\]\(([^)\s]+)\)")
SOURCE_PATH = re.compile(
    r"`((?:bot|handlers|escalation|tests|docs)(?:/[\w.-]+)+|[\w.-]+\.(?:toml|yml|md)|Makefile|Dockerfile)`"
)


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def lines_of_all() -> Iterator[tuple[str, str]]:
    """(where, line) of every line of every page."""
    for path in PAGES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def table(text: str, first: str) -> list[list[str]]:
    """The rows of the table whose first header cell is `first`, without header and ruler."""
    rows: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").replace(r"\|", "\0").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] == first:
            inside = True
        elif inside and set(cells[0]) != {"-"}:
            rows.append([cell.replace("\0", "|") for cell in cells])
    return rows


def coded(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def commands() -> dict[str, click.Command]:
    """Every command by the words one types, groups walked."""
    found: dict[str, click.Command] = {}
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        inner: dict[str, click.Command] = getattr(command, "commands", {})
        found |= {f"{name} {word}": each for word, each in inner.items()}
        if not inner or getattr(command, "invoke_without_command", False):
            found[name] = command
    return found


def test_the_front_page_leads_to_a_running_line_before_its_thirtieth_line() -> None:
    opening = page("README.md").splitlines()[:29]
    assert len(page("README.md").splitlines()) <= 150
    assert {"make demo", "make test"} <= {line.partition("#")[0].strip() for line in opening}


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", page("Makefile"), re.MULTILINE))
    named = {(where, word) for where, line in lines_of_all() for word in re.findall(r"(?:`|^)make ([a-z]+)", line)}
    assert not [f"{where}: make {word} is no target" for where, word in named if word not in targets]


def test_every_command_stands_in_the_reference() -> None:
    told = {f"{command} " for row in table(page("README.md"), "command") for command in coded(row[0])}
    missing = [name for name in commands() if not any(each.startswith(f"nabolinje {name} ") for each in told)]
    assert not [f"README.md: nabolinje {name} is missing" for name in missing]


def named(command: str, told: set[str]) -> bool:
    return (
        any(f"{text} ".startswith(f"nabolinje {command} ") for text in told)
        or f"nabolinje {command.split()[0]}" in told
    )


def test_every_command_that_is_named_exists() -> None:
    known = {word for name in commands() for word in (name, name.split()[0])}
    wrong = [
        f"{where}: there is no command nabolinje {word}"
        for where, line in lines_of_all()
        for word in re.findall(r"(?:`|^|\| |/)nabolinje ((?!-)[a-z]+)", line)
        if word not in known
    ]
    assert not wrong


def test_every_option_in_the_reference_exists() -> None:
    known = {name.split()[0]: set[str]() for name in commands()}
    for name, command in commands().items():
        known[name.split()[0]] |= {option for parameter in command.params for option in parameter.opts}
    for row in table(page("README.md"), "command"):
        words = coded(row[0])[0].split()
        told = {option for cell in row for option in re.findall(r"--[a-z-]+", cell)} - {"--help"}
        missing = told - set().union(*(known[name.split()[1]] for name in coded(row[0])))
        assert not missing, f"README.md: {words[1]} has no {missing}"


def routes(source: str) -> Iterator[str]:
    """Every path a module answers; a part of a path is written as it is called, without the pattern it must fit."""
    named = dict(re.findall(r'^ *(\w+) = "(/[^"]*)"$', source, re.MULTILINE))
    for written in re.findall(r"router\.add_(?:get|post)\(([^,]+),", source):
        path = "".join(named.get(part) or part.strip('"') for part in written.split(" + "))
        yield re.sub(r"\{(\w+):[^/]*\}", r"{\1}", path)


def test_every_path_that_answers_stands_in_the_reference() -> None:
    sources = [source.read_text(encoding="utf-8") for source in (ROOT / "bot").glob("*.py")]
    answered = {path for source in sources for path in routes(source)}
    told = {text.split()[-1] for row in table(page("README.md"), "path") for text in coded(row[0])}
    assert told == answered


def test_every_variable_is_described_and_every_described_one_is_read() -> None:
    described = {name for row in table(page("docs/settings.md"), "variable") for name in coded(row[0])}
    assert described == {*environment.VARIABLES, f"{environment.TOKEN}<LINE>"}


def test_the_variables_have_the_defaults_that_are_told(tmp_path: Path) -> None:
    told = {coded(row[0])[0]: (coded(row[1]) or [""])[0] for row in table(page("docs/settings.md"), "variable")}
    made: Settings = load({}, tmp_path, complete=False)
    shown = {
        "PORT": str(made.port),
        "OFFICE_PORT": str(made.office_port),
        "HOST": made.host,
        "TELEGRAM_MODE": made.telegram_mode,
        "DATA_DIR": made.data_dir.name,
        "CONFIG": made.config_path.name,
    }
    assert {name: told[f"NABOLINJE_{name}"] for name in shown} == shown
    address = told["NABOLINJE_OFFICE_PUBLIC_URL"].replace("HOST", made.host, 1)
    assert address.replace("OFFICE_PORT", shown["OFFICE_PORT"]) == made.office_public_url


def bare_line(**keys: object) -> LineConfig:
    least = {"name": "N", "owner": "O", "country": "DK", "sms_number": "+4552500001", "front_team": "t"}
    faults: list[str] = []
    lines = read_lines({"lines": {"x": {**least, **keys}}}, "told", faults)
    assert not faults
    return lines["x"]


def test_every_key_of_a_line_is_described_with_the_default_it_has() -> None:
    rows = table(page("docs/settings.md"), "key")
    assert {coded(row[0])[0] for row in rows} == set(LINE_KEYS)
    written = {coded(row[0])[0]: coded(row[1])[0] for row in rows if coded(row[1])}
    told = {key: tomllib.loads(f"value = {text}")["value"] for key, text in written.items()}
    assert bare_line(**told) == bare_line()


def test_the_escalation_that_is_told_is_the_default() -> None:
    block = re.search(r"```toml\n(.*?)```", page("docs/settings.md"), re.DOTALL)
    assert block
    assert bare_line(escalation=tomllib.loads(block[1])).escalation == bare_line().escalation


def test_the_defaults_of_each_country_are_told() -> None:
    told = {coded(row[0])[0]: [coded(cell) for cell in row[1:]] for row in table(page("docs/settings.md"), "country")}
    assert told == {
        code: [[c.timezone], list(c.languages), [c.emergency], [c.child_tel] if c.child_tel else [], [c.complaint]]
        for code, c in COUNTRIES.items()
    }


def test_every_column_of_the_directory_is_described() -> None:
    told = {coded(row[0])[0]: re.findall(r"`(\w+)`([?*]?)", row[1]) for row in table(page("docs/directory.md"), "file")}
    assert told == {
        layout.file: [(c.name, "?" if c.optional else "*" if c.empty else "") for c in layout.columns]
        for layout in LAYOUTS
    }


def anchors(path: Path) -> set[str]:
    """The names that headings of a page can be linked by."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = path.parent / file if file else path
        assert target.exists(), f"{path.name}: {link} is not there"
        assert not anchor or anchor in anchors(target), f"{path.name}: {link} has no such heading"


def test_every_file_that_is_named_exists() -> None:
    made_by_operators = {"nabolinje.toml"}
    wrong = [
        f"{where}: {name} is not there"
        for where, line in lines_of_all()
        for name in SOURCE_PATH.findall(line)
        if name not in made_by_operators and not (ROOT / name).exists()
    ]
    assert not wrong


def test_every_function_named_beside_its_file_is_there() -> None:
    wrong = [
        f"{where}: {file} has no {name}"
        for where, line in lines_of_all()
        for file, name in re.findall(r"`([\w/]+\.py)` `(\w+(?:\.\w+)?)`", line)
        if not re.search(rf"(?:def|class) {name.rpartition('.')[2]}\b|^{name}\b", page(file), re.MULTILINE)
    ]
    assert not wrong


def test_every_decision_is_in_the_list_of_decisions() -> None:
    listed = LINK.findall(page("docs/adr/README.md"))
    assert listed == [path.name for path in sorted((ROOT / "docs" / "adr").glob("0*.md"))]


def test_no_page_names_a_foreign_host_or_a_folder_of_the_machine_it_was_written_on() -> None:
    wrong = [
        f"{where}: {found}"
        for where, line in lines_of_all()
        for found in [
            *re.findall(r"https?://([\w.-]+)", line),
            *re.findall(r"(?<![\w.])/(?:work|home|root|tmp|Users)/", line),
        ]
        if found not in HOSTS and found != "HOST"
    ]
    assert not wrong


def a_night(town: Town) -> Iterator[Outbound]:
    """What the front page tells, lived through by both desks; gives everything the two phones were sent."""
    town.enrol("mads-ravn", DUTY)
    town.text("der er fest igen vestergade 12 b 3 tv, jeg skal op kl 5")
    town.wait(minutes=1)
    town.press("Jeg tager den", DUTY)
    town.press("Svar anmelder", DUTY)
    town.press("Skriv selv", DUTY)
    town.telegram("Jeg har ringet til Mette, hendes kontaktperson kommer i morgen", DUTY)
    town.text("tak det er stille nu")
    town.telegram(f"{town.code()} LUK talt", DUTY)
    town.wait(days=14, hours=12)
    yield from (*town.phones.sent[NEIGHBOUR], *town.phones.sent[DUTY])
    town.close()


def town_code(sent: list[Outbound]) -> str:
    """The code the night's case was given."""
    found = re.search(r"Sag ([A-Z0-9]{4})\b", sent[0].text)
    assert found
    return found[1]


def test_the_night_on_the_front_page_is_one_that_happens(tmp_path: Path) -> None:
    faults: list[str] = []
    lines = read_lines(tomllib.loads(page("nabolinje.example.toml")), "example", faults)
    town = sqlite_town(tmp_path, lines)
    sent = list(a_night(town))
    said = {out.text.splitlines()[0].replace(town_code(sent), "K7M2") for out in sent}
    told = [line.split("   ")[0].removeprefix("<< ") for line in page("README.md").splitlines() if line[:3] == "<< "]
    assert not [f"README.md tells what nobody is sent: {line}" for line in told if line not in said]
    assert len(told) == 8


def test_the_buttons_on_the_front_page_are_those_there_are(tmp_path: Path) -> None:
    lines = read_lines(tomllib.loads(page("nabolinje.example.toml")), "example", [])
    labels = {choice.label for out in a_night(sqlite_town(tmp_path, lines)) for row in out.choices for choice in row}
    night = re.findall(r"\[([A-ZÆØÅ][^\]]+)\](?!\()", page("README.md").partition("## Running it")[0])
    assert not [f"README.md shows a button there is not: {label}" for label in night if label not in labels]
