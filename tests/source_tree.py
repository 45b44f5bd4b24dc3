"""The source as values for the architecture tests: files, functions, and what each name stands for."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "handlers", "escalation")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source:
    """One Python file. `name` is its path as the project says it: `escalation/clock.py`."""

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(ROOT).as_posix()
        self.stem = path.stem
        self.text = path.read_text(encoding="utf-8")
        self.lines = self.text.splitlines()
        self.tree = ast.parse(self.text, self.name)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in self.nodes if isinstance(node, Function)]

    @cached_property
    def _imported(self) -> dict[str, str]:
        """What each imported name stands for, in full: `dt` → `datetime.datetime`."""
        full: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    full[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom) and node.module:
                full |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return full

    def spoken(self) -> Iterator[tuple[str, int]]:
        """Every imported thing that is imported or named, in full, with its line."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
            elif isinstance(node, ast.Attribute):
                full = self._in_full(node)
                if full:
                    yield full, node.lineno

    def _in_full(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Attribute):
            head = self._in_full(node.value)
            return f"{head}.{node.attr}" if head else None
        return self._imported.get(node.id) if isinstance(node, ast.Name) else None

    def around(self, wanted: ast.AST) -> str:
        """The name of the innermost function a node lies in, or `<module>`."""
        holders = [f for f in self.functions if any(child is wanted for child in ast.walk(f))]
        return min(holders, key=length).name if holders else "<module>"


def length(function: Function) -> int:
    """Lines from `def` to the last one."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def share(numbers: list[int], part: float) -> int:
    """The value that this part of the numbers does not exceed (nearest rank)."""
    return sorted(numbers)[max(0, math.ceil(part * len(numbers)) - 1)]


@cache
def sources() -> list[Source]:
    """Every file of the product that says anything."""
    found = (Source(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return [source for source in found if source.text.strip()]


@cache
def of_tests() -> list[Source]:
    return [Source(path) for path in sorted((ROOT / "tests").rglob("*.py"))]


def written_tests() -> list[tuple[Source, Function]]:
    return [(file, f) for file in of_tests() for f in file.functions if f.name.startswith("test_")]
