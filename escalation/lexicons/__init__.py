"""The words the line recognises, as data: one TOML file a subject or language, read once."""

from __future__ import annotations

import gc
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("da", "en", "de", "nb", "sv")


@contextmanager
def undisturbed() -> Iterator[None]:
    """While large tables are built: the collector would walk what is there already again and again, for nothing.

    Afterwards they stay as long as the process does, so it need not look at them ever again: one look at a million
    entries takes longer than reading ten messages.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if running:
            gc.enable()


@cache
def load(name: str) -> dict[str, Any]:
    """The parsed lexicon ``<name>.toml`` of this package; raises FileNotFoundError when there is none."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def concept_tables() -> tuple[tuple[str, dict[str, str]], ...]:
    """Every concept with its phrases by language, of all files in ``concepts/``, in the order of their names."""
    found = []
    for file in sorted((files(__package__) / "concepts").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            found += list(tomllib.loads(file.read_text(encoding="utf-8")).items())
    return tuple(found)
