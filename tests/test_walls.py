"""Who may import whom, held over every module there is or will be; `lint-imports` holds the coarse arrows.

The wall between front desk and back office is the service's strongest promise, so it is measured twice:
on the import graph, and on a front desk that was really started.
"""

from __future__ import annotations

import fnmatch
import graphlib
import subprocess
import sys
from functools import cache

import grimp
import pytest

from tests.source_tree import PACKAGES, ROOT

FRONT = (
    "bot.front*", "handlers.inbox", "handlers.intake", "handlers.interview", "handlers.reporter*", "handlers.front_*",
    "escalation.store.front_*",
)  # fmt: skip
OFFICE = (
    "bot.office*", "bot.console*", "escalation.routing", "escalation.rota*", "escalation.store.register*",
    "escalation.store.office*", "handlers.staff*", "handlers.office*", "handlers.directory*",
)  # fmt: skip


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def matching(patterns: tuple[str, ...]) -> set[str]:
    return {name for name in graph().modules for pattern in patterns if fnmatch.fnmatchcase(name, pattern)}


def loaded_with(module: str) -> set[str]:
    """Every module of ours that importing this one loads, its packages included."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in graph().modules:
            continue
        seen.add(name)
        waiting += graph().find_modules_directly_imported_by(name)
        waiting.append(name.rpartition(".")[0])
    return seen


def test_there_is_a_front_desk_and_an_office_to_keep_apart() -> None:
    assert matching(FRONT)
    assert matching(OFFICE)


def test_the_front_desk_has_no_way_to_know_who_is_supported() -> None:
    office = matching(OFFICE)
    seen = {front: sorted(loaded_with(front) & office) for front in matching(FRONT)}
    assert not {front: known for front, known in seen.items() if known}


def test_a_started_front_desk_has_nothing_of_the_office_in_memory() -> None:
    ask = "import sys, bot.front; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "bot.front" in loaded
    assert not [name for name in loaded for pattern in OFFICE if fnmatch.fnmatchcase(name, pattern)]


def test_the_parent_of_both_desks_loads_neither() -> None:
    assert not loaded_with("bot.cli_serve") & (matching(FRONT) | matching(OFFICE))


def test_the_sandbox_knows_nothing_of_the_product() -> None:
    ours = {name for name in graph().modules if name != "bot" and not name.startswith("bot.sandbox")}
    seen = {name: sorted(loaded_with(name) & ours) for name in graph().modules if name.startswith("bot.sandbox")}
    assert not {name: known for name, known in seen.items() if known}


def test_no_imports_run_in_a_circle() -> None:
    arrows = {name: graph().find_modules_directly_imported_by(name) for name in graph().modules}
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]), pytrace=False)
