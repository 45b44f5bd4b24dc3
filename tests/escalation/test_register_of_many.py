"""A register of 100 000 houses and people who cannot spell: never silently another house than the one meant."""

from __future__ import annotations

import random
import time
from functools import cache

import pytest

from escalation.addresses import Address, parse
from escalation.folding import fold_street
from escalation.lexicons import load
from escalation.places import PlaceMatch, Property, Stock, match, street_key

# One worker builds the register once.
pytestmark = pytest.mark.xdist_group("register")

HOUSES = 100_000
QUERIES = 1_500
SYLLABLES = (
    "bre lun mar tof vin sør gal hed kra pil rys tro ves øl dam frø gri hol jyd kel lok møl nak od par rav".split()
)
JOINTS = ("", "s", "e", "er", "en")
LETTERS = "abdefghiklmnoprstuvyæøå"


@cache
def names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Street names that are listed, and as many of the same make that are not."""
    chance = random.Random(7)
    words = load("street_names")
    last = words["last"].split()
    usual = [f"{a}{b}" for a in words["first"].split() for b in last[:14]]
    stems = ["".join(chance.choices(SYLLABLES, k=2)) for _ in range(5_000)]
    # A joint that nobody would hear beside the letters next to it makes no second street.
    joints = [chance.choice(JOINTS if stem[-1] not in "saeiouyøå" else ("",)) for stem in stems]
    ends = [chance.choice([end for end in last if joint[-1:] != end[0]]) for joint in joints]
    odd = [stem + joint + end for stem, joint, end in zip(stems, joints, ends, strict=True)]
    every = sorted({street_key(name, "DK"): name.capitalize() for name in usual + odd}.values())
    chance.shuffle(every)
    half = len(every) // 2
    return tuple(every[:half]), tuple(every[half:])


@cache
def register() -> tuple[Stock, tuple[Property, ...]]:
    listed = names()[0]
    houses = []
    for count in range(HOUSES):
        number = count // len(listed) + 1
        letter = "AB"[count % 2] if number % 3 == 0 else None
        houses.append(Property(str(count), listed[count % len(listed)], str(number), letter))
    return Stock(houses), tuple(houses)


def slip(name: str, chance: random.Random) -> str:
    """The name with one letter too many, too few, another one, or two swapped."""
    at = chance.randrange(len(name) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    drawn = chance.choice(LETTERS)
    return name[:at] + (drawn if kind != 1 else "") + name[at + (kind != 2) :]


def asked(street: str, house: Property) -> PlaceMatch:
    return match(Address(street, house.number, house.letter, "3", "tv"), register()[0])


def test_a_misspelt_street_is_never_silently_taken_for_another_one() -> None:
    chance = random.Random(11)
    stock, houses = register()
    wrong, certain = [], 0
    for house in chance.choices(houses, k=QUERIES):
        written = house.street
        for _ in range(chance.choice((1, 1, 2))):
            written = slip(written, chance)
        if stock.has_street(street_key(written, "DK")) and fold_street(written) != fold_street(house.street):
            continue  # the slip made another listed street's name: nobody could tell
        found = asked(written, house)
        certain += found.verdict == "one"
        if found.verdict == "one" and found.candidates[0].property != house.code:
            wrong.append((house.street, written, found.candidates[0].address.display()))
    assert wrong == []
    assert certain > QUERIES / 20  # swapped letters are mended


def test_a_street_nobody_listed_is_never_silently_taken_for_a_listed_one() -> None:
    chance = random.Random(13)
    stock, houses = register()
    absent = [name for name in chance.sample(names()[1], QUERIES) if not stock.has_street(street_key(name, "DK"))]
    taken = [(name, found) for name in absent if (found := asked(name, chance.choice(houses))).verdict == "one"]
    assert taken == []


def test_a_number_or_letter_nobody_listed_is_never_mended() -> None:
    chance = random.Random(17)
    for house in chance.choices(register()[1], k=QUERIES):
        written = slip(house.street, chance)
        stranger = Property("", house.street, str(int(house.number) + 500), house.letter)
        lettered = Property("", house.street, house.number, "Q")
        assert asked(written, stranger).verdict == "none"
        assert asked(house.street, lettered).verdict == "none"


def test_a_written_address_finds_its_own_house_and_no_other() -> None:
    chance = random.Random(19)
    for house in chance.choices(register()[1], k=QUERIES):
        read = parse(f"{house.street.lower()} {house.number}{house.letter or ''} 3 tv", "DK")
        found = match(read[0], register()[0])
        assert found.verdict == "one", house
        assert street_key(found.candidates[0].address.street, "DK") == street_key(house.street, "DK")
        assert (found.candidates[0].address.number, found.candidates[0].address.letter) == (house.number, house.letter)


@pytest.mark.timed
def test_the_register_is_built_once_in_little_time() -> None:
    houses = register()[1]
    started = time.process_time()
    Stock(houses)
    assert time.process_time() - started < 5
