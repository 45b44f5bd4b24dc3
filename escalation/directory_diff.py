"""What taking in a directory would change, by row key and count: shown on a dry run, so without personal data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from escalation.directory import Directory
from escalation.directory_layout import LAYOUTS, Layout, rows_of

_NAMED = 10


@dataclass(frozen=True, slots=True)
class FileChanges:
    """What happens to the rows of one file. A row is called by its key; a contact by organisation and role."""

    file: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.removed)

    def __str__(self) -> str:
        parts = ((self.added, "added"), (self.changed, "changed"), (self.removed, "removed"))
        return f"{self.file}: " + ", ".join(f"{len(keys)} {verb} ({_named(keys)})" for keys, verb in parts if keys)


@dataclass(frozen=True, slots=True)
class Changes:
    """All nine files, changed or not, in the files' order."""

    files: tuple[FileChanges, ...]

    @property
    def empty(self) -> bool:
        return all(one.empty for one in self.files)

    def lines(self) -> list[str]:
        """One line for each file that changes; at most ten keys of a kind are named."""
        return [str(one) for one in self.files if not one.empty]


def diff(old: Directory, new: Directory) -> Changes:
    """What differs from `old` to `new`. The order of rows is no difference, nor are warnings."""
    return Changes(tuple(_changes(layout, old, new) for layout in LAYOUTS))


def removed_staff(old: Directory, new: Directory) -> tuple[tuple[str, str], ...]:
    """(line, staff) of everybody in `old` who is not in `new`, sorted: they may hold no open case."""
    before = {(one.line, one.staff) for one in old.staff}
    return tuple(sorted(before - {(one.line, one.staff) for one in new.staff}))


def _changes(layout: Layout, old: Directory, new: Directory) -> FileChanges:
    before = {layout.key_of(row): row for row in rows_of(old, layout)}
    after = {layout.key_of(row): row for row in rows_of(new, layout)}
    return FileChanges(
        layout.file,
        added=tuple(sorted(layout.label_of(row) for key, row in after.items() if key not in before)),
        changed=tuple(sorted(layout.label_of(row) for key, row in after.items() if before.get(key, row) != row)),
        removed=tuple(sorted(layout.label_of(row) for key, row in before.items() if key not in after)),
    )


def _named(keys: tuple[str, ...]) -> str:
    return ", ".join(_shortened(keys))


def _shortened(keys: tuple[str, ...]) -> Iterator[str]:
    yield from keys[:_NAMED]
    if len(keys) > _NAMED:
        yield f"and {len(keys) - _NAMED} more"
