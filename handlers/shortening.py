"""Lists that must stay short enough for one SMS: numbered places cut to what tells them apart, codes cut to a count."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.texts.catalogue import text

PLACE_WIDTH = 20


def numbered(items: Sequence[str], between: str) -> str:
    """ "1: Vestergade 12  2: Vestergade 14", numbers from 1 as the reply will name them."""
    return between.join(f"{number}: {item}" for number, item in enumerate(items, start=1))


def told_apart(places: Sequence[str], width: int = PLACE_WIDTH) -> tuple[str, ...]:
    """Places of at most `width` characters each, in the same order, as different as they came.

    Whole parts that all of them share go first ("Vestergade 12B" before "3. tv"); what is still too long is cut,
    from the front where that keeps them apart and from the back otherwise.
    """
    shown = tuple(places)
    if all(len(place) <= width for place in shown):
        return shown
    parts = [place.split(", ") for place in shown]
    while len(parts) > 1 and all(len(p) > 1 for p in parts) and len({p[0] for p in parts}) == 1:
        parts = [p[1:] for p in parts]
    while len(parts) > 1 and all(len(p) > 1 for p in parts) and len({p[-1] for p in parts}) == 1:
        parts = [p[:-1] for p in parts]
    shown = tuple(", ".join(p) for p in parts)
    heads = tuple(place[:width].rstrip(" ,") for place in shown)
    tails = tuple(place if len(place) <= width else place[-width:].lstrip(" ,") for place in shown)
    return heads if len(set(heads)) >= len(set(tails)) else tails


def capped(items: Sequence[str], limit: int, language: str) -> str:
    """The first `limit` items with commas, and how many more there are: "K7M2, W9TC, +3"."""
    shown = list(items[:limit])
    if len(items) > limit:
        shown.append(text("word.and_more", language, count=len(items) - limit))
    return ", ".join(shown)
