"""What every test may ask for: a PostgreSQL server, a Chromium, the reference data beside the project."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

pytest_plugins = ["tests.postgres", "tests.service", "tests.municipality"]

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are processors: the stories with real processes wait most of their time."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the stories with real processes among the first two thirds of the others, which fill their waits."""
    real = [item for item in items if item.path.name.startswith("test_real_")]
    others = [item for item in items if item not in real]
    step = max(1, len(others) * 2 // 3 // (len(real) + 1))
    items.clear()
    for at, item in enumerate(others):
        if real and at % step == 0:
            items.append(real.pop(0))
        items.append(item)
    items += real


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium, as Playwright's `executable_path` takes it (start it with --no-sandbox)."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    pytest.fail("no Chromium on PATH: apt-get install chromium", pytrace=False)


@pytest.fixture(scope="session")
def rigs_data() -> Path:
    """The published API descriptions and naughty strings beside the project; absent on a plain clone."""
    folder = ROOT.parent / "shared" / "rigs-data"
    if folder.is_dir():
        return folder
    if os.environ.get("CI"):
        pytest.fail(f"{folder.name} is not beside the project, and CI leaves nothing out", pytrace=False)
    pytest.skip("the reference data set is not beside the project")
