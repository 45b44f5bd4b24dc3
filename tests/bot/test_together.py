"""Work that shares a commit: gathered while the one before is under way, and a bad piece fails alone."""

from __future__ import annotations

import asyncio

import pytest

from bot.together import Together


class Commits:
    """Keeps the batches that came through; a batch with a negative number fails whole."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def __call__(self, items: list[int]) -> list[int]:
        await asyncio.sleep(0.01)
        if min(items) < 0:
            raise ValueError(items)
        self.batches.append(items)
        return [10 * item for item in items]


@pytest.mark.asyncio
async def test_what_comes_during_a_commit_shares_the_next_one() -> None:
    commits = Commits()
    together = Together(commits, 3)
    assert await asyncio.gather(*(together.do(n) for n in range(5))) == [0, 10, 20, 30, 40]
    assert commits.batches == [[0, 1, 2], [3, 4]]
    assert together.idle
    assert await together.do(7) == 70


@pytest.mark.asyncio
async def test_one_that_fails_fails_alone() -> None:
    commits = Commits()
    together = Together(commits, 9)
    results = await asyncio.gather(*(together.do(n) for n in (1, -2, 3)), return_exceptions=True)
    assert [results[0], results[2]] == [10, 30]
    assert isinstance(results[1], ValueError)
    assert commits.batches == [[1], [3]]
