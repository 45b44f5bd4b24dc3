"""Prints how well the line understands the labelled texts: `python -m tests.understanding` (or `make understand`)."""

from __future__ import annotations

from pathlib import Path

import click

from escalation.errors import Refused
from escalation.lines import LineConfig
from tests.understanding.figures import Figures
from tests.understanding.labelled import KINDS, TEXTS, example_line, lines_of, measure, rows

_LONGEST = 110


@click.command()
@click.argument("kinds", nargs=-1, type=click.Choice(KINDS))
@click.option("--set", "parts", type=click.Choice(["tuned", "unseen"]), multiple=True, help="Default: both.")
@click.option("--misses", default=10, show_default=True, help="How many of the worst misses to show of the tuned set.")
@click.option("--config", type=click.Path(path_type=Path), help="A folder with a nabolinje.toml: read by its words.")
@click.option("--line", "slug", help="Which line of it; default: the first.")
@click.option("--texts", type=click.Path(path_type=Path, exists=True), default=TEXTS, help="Folder of labelled texts.")
def report(
    kinds: tuple[str, ...], parts: tuple[str, ...], misses: int, config: Path | None, slug: str | None, texts: Path
) -> None:
    """Precision and recall per class and language, the confusion table, and the worst misses."""
    line = _line(config, slug)
    for kind in kinds or KINDS:
        for part in parts or ("tuned", "unseen"):
            labelled = rows(kind, part, texts)
            click.echo(f"\n== {kind}, {part}: {len(labelled)} texts")
            # Nobody may tune on the unseen part, so its misses are not shown.
            _show(measure(kind, labelled, line), misses if part == "tuned" else 0)


def _line(config: Path | None, slug: str | None) -> LineConfig:
    if config is None:
        return example_line()
    try:
        lines = lines_of(config)
        return lines[slug] if slug else next(iter(lines.values()))
    except Refused as wrong:
        raise click.ClickException(str(wrong.remedy)) from None
    except (KeyError, StopIteration):
        raise click.ClickException("there is no such line in that nabolinje.toml") from None


def _show(found: Figures, misses: int) -> None:
    for name, share in found.shares.items():
        click.echo(f"  {name:26}{share}   {_per_language(found, name)}")
    for name, number in found.numbers.items():
        click.echo(f"  {name:26}{number:.3f}")
    for name, (precision, recall) in found.by_class.items():
        click.echo(f"  {name:26}precision {precision}   recall {recall}")
    _show_confusion(found)
    for miss in found.misses[:misses]:
        text = " ".join(miss.row["text"].split())
        click.echo(f"  {miss.row.get('id', '')} {miss.what}: {text[:_LONGEST]}")


def _per_language(found: Figures, name: str) -> str:
    return "  ".join(f"{language} {shares[name]}" for language, shares in found.by_language.items() if name in shares)


def _show_confusion(found: Figures) -> None:
    expected = sorted({pair[0] for pair in found.confusion})
    understood = sorted({pair[1] for pair in found.confusion})
    if not expected:
        return
    click.echo("  " + " " * 12 + "".join(f"{name[:8]:>9}" for name in understood))
    for name in expected:
        click.echo(f"  {name[:11]:12}" + "".join(f"{found.confusion[name, seen] or '.':>9}" for seen in understood))


if __name__ == "__main__":
    report()
