"""The bench must keep running; its figures are for people (`make bench`), never asserted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_bench_runs_prints_its_figures_and_loses_nothing() -> None:
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.measure", "16", "3"], cwd=root, capture_output=True, text=True, timeout=240
    )
    assert run.returncode == 0, run.stderr
    told = [line.split(":")[0] for line in run.stdout.splitlines() if not line.startswith(" ")]
    assert told == ["report -> alert accepted", "intake, c=16", "intake, c=64"]
    assert run.stdout.count(", 0 lost") == run.stdout.count(" lost") == 6
