"""The bars the code holds itself to (ARCHITECTURE.md), measured on every run."""

from __future__ import annotations

import ast
import io
import re
import tokenize

import pytest

from tests.source_tree import PACKAGES, ROOT, Source, length, of_tests, share, sources, written_tests

# One worker parses the source once.
pytestmark = pytest.mark.xdist_group("source")

# One reader each. The sandbox is the world outside: it may not use the product, so it has one clock of its own.
OUTSIDE = "bot/sandbox/moment.py"
READERS = {
    "clock": (
        "escalation/clock.py",
        r"datetime\.datetime\.(now|utcnow|today)|datetime\.date\.today|time\.(time|time_ns|monotonic|monotonic_ns"
        r"|perf_counter|perf_counter_ns|localtime|gmtime)",
    ),
    "random source": ("escalation/clock.py", r"(random|secrets)(\..*)?|uuid\.uuid[1345]|os\.u?random|os\.getrandom"),
    "environment": ("bot/settings.py", r"os\.(environ|getenv|putenv)(\..*)?|dotenv(\..*)?"),
}
# file:function of the loops that must outlive whatever one round raises. At most three, each with its reason there.
BROAD_EXCEPT: set[str] = {"bot/worker.py:attempt", "bot/worker.py:once"}
# posting gives a stored row back to the sender: it was cleared before it was stored.
MAKERS_OF_CLEARED = {"handlers/render.py", "handlers/clearance.py", "handlers/posting.py"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "service", "data", "misc"}
LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
MOCKS = {"Mock", "MagicMock", "AsyncMock", "patch", "mocker", "create_autospec"}
OFF = re.compile(r"#\s*(noqa|type:\s*ignore)")
OFF_WITH_REASON = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\])\W+\w+ \w+ \w+")


def comments(source: Source) -> list[tuple[int, str]]:
    words = tokenize.generate_tokens(io.StringIO(source.text).readline)
    return [(word.start[0], word.string) for word in words if word.type == tokenize.COMMENT]


def test_files_stay_short() -> None:
    lines = [len(source.lines) for source in sources()]
    longest = [source.name for source in [*sources(), *of_tests()] if len(source.lines) > 500]
    assert not longest
    assert (share(lines, 0.5) <= 140, share(lines, 0.9) <= 300) == (True, True), (share(lines, 0.5), share(lines, 0.9))


def test_functions_stay_short() -> None:
    lengths = {f"{s.name}:{f.lineno} {f.name}": length(f) for s in sources() for f in s.functions}
    assert not {name: n for name, n in lengths.items() if n > 80}
    numbers = list(lengths.values())
    assert share(numbers, 0.9) <= 25
    assert share(numbers, 0.99) <= 55, sorted(lengths, key=lambda name: -lengths[name])[:5]


@pytest.mark.parametrize("what", READERS)
def test_one_file_alone_reads_the(what: str) -> None:
    home, pattern = READERS[what]
    spoken = ((s.name, line, said) for s in sources() if s.name not in (home, OUTSIDE) for said, line in s.spoken())
    assert not [where for where in spoken if re.fullmatch(pattern, where[2])]


def test_no_error_is_swallowed_by_a_net_too_wide() -> None:
    bare, broad = [], set()
    for source in sources():
        for node in source.nodes:
            if not isinstance(node, ast.ExceptHandler):
                continue
            if node.type is None:
                bare.append(f"{source.name}:{node.lineno}")
            elif {"Exception", "BaseException"} & {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}:
                broad.add(f"{source.name}:{source.around(node)}")
    assert not bare
    assert broad <= BROAD_EXCEPT
    assert len(BROAD_EXCEPT) <= 3


def test_every_module_opens_by_saying_why_it_exists() -> None:
    unsaid = []
    for source in [*sources(), *of_tests()]:
        opening = (ast.get_docstring(source.tree) or "").split("\n\n")[0]
        if not 1 <= len(opening.splitlines()) <= 5:
            unsaid.append(source.name)
    assert not unsaid


def test_imports_stand_at_the_top() -> None:
    hidden = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        for function in source.functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not hidden


def test_only_rendering_and_the_guard_make_a_text_that_may_leave() -> None:
    made = {
        source.name
        for source in sources()
        for node in source.nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Cleared"
    }
    assert made <= MAKERS_OF_CLEARED


def test_no_file_has_a_name_that_says_nothing() -> None:
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.suffix in {"", ".py"}]
    assert not [path for path in paths if EMPTY_NAMES & set(path.stem.split("_"))]


def test_nothing_is_left_for_later() -> None:
    found = [(s.name, line) for s in [*sources(), *of_tests()] for line, words in comments(s) if LATER.search(words)]
    assert not found


def test_a_rule_is_only_switched_off_with_a_reason() -> None:
    off = ((s.name, line, c) for s in [*sources(), *of_tests()] for line, c in comments(s) if OFF.match(c))
    assert not [where for where in off if not OFF_WITH_REASON.match(where[2])]


def test_the_tests_use_real_things() -> None:
    mocked = [
        f"{source.name}:{function.name}"
        for source, function in written_tests()
        for node in ast.walk(function)
        if (isinstance(node, ast.Name) and node.id in MOCKS)
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in {"monkeypatch.setattr", "monkeypatch.setitem"})
    ]
    assert len(set(mocked)) <= 0.03 * len(written_tests()), mocked


def test_the_tests_are_named_as_sentences_and_stay_short() -> None:
    written = written_tests()
    assert not [f"{s.name}:{f.name}" for s, f in written if f.name.count("_") < 3]
    assert share([length(f) for _, f in written], 0.5) <= 14


def test_the_lock_files_hold_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        pins = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in pins
        assert "index" not in re.sub(r"--hash=\S+", "", pins)
        assert all("==" in line for line in pins.splitlines() if not line.startswith(" "))


def test_both_lock_files_agree() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.lock") < pins("requirements-dev.lock")


def test_the_front_page_can_be_read_in_one_go() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_tests_of_a_group_stay_on_one_worker(request: pytest.FixtureRequest) -> None:
    """Else every worker starts every shared service, which costs minutes and fails nothing."""
    grouped = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@source") == grouped
