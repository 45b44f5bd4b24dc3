"""What staff write about a case may name nobody the line supports, wherever he lives."""

from __future__ import annotations

import pytest

from tests.stories.office.staffed import DUTY, StaffedTown


@pytest.fixture
def elsewhere(town: StaffedTown) -> StaffedTown:
    """A case at a flat where nobody is housed; Kim Overgaard (P101) lives in another street."""
    town.text("høj musik Sankt Jørgens Gade 19, 1. tv")
    town.writes(DUTY, "CODE JA")
    return town


@pytest.mark.parametrize(
    "words",
    ["Kim Overgaard er hos os", "det er nok kim overgard, der spiller", "Overgaard, Kim, spiller", "Xaver er hos os"],
)
def test_a_citizen_of_another_flat_is_not_named(elsewhere: StaffedTown, words: str) -> None:
    before = len(elsewhere.reporter())
    elsewhere.writes(DUTY, f"CODE SVAR {words}")
    assert len(elsewhere.reporter()) == before
    assert "Holdt tilbage" in elsewhere.told(DUTY)[-1]


def test_an_ordinary_reply_goes_out(elsewhere: StaffedTown) -> None:
    elsewhere.writes(DUTY, "CODE SVAR Vi følger op i morgen. God aften.")
    assert "God aften" in elsewhere.reporter()[-1]
