"""Whatever bytes come in, the answer is a directory or faults; whatever directory was read is written and read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.directory import Directory
from escalation.directory_diff import diff
from escalation.directory_faults import DirectoryFaults
from escalation.directory_files import read, write

SOUND = {file.name: file.read_bytes() for file in (Path(__file__).parent / "directory_broken" / "sound").iterdir()}
EKSEMPELBY = ({"eksempelby"}, {"eksempelby": "DK"})
SPICE = st.sampled_from(
    [
        b"",
        b";",
        b",",
        b'"',
        b"\n",
        b"\r",
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"=",
        b"9999-12-31",
        b"\xc3\xb8",
        b"eksempelby",
        b"2026-08-01",
        b"1057",
        b"a" * 300,
    ]
)

plain = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=40)
names = plain.map(lambda text: "N" + text)
flats = st.from_regex(r"[0-9A-Za-zæøå][0-9A-Za-zæøå /-]{0,8}", fullmatch=True)
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))


def answer(files: dict[str, bytes]) -> Directory | DirectoryFaults:
    try:
        return read(files, *EKSEMPELBY)
    except DirectoryFaults as refused:
        return refused


@given(st.dictionaries(st.sampled_from([*SOUND, "other.csv"]), st.binary(max_size=200), max_size=9))
@settings(deadline=None, max_examples=60)
def test_any_bytes_give_a_directory_or_faults_of_one_line_each(files: dict[str, bytes]) -> None:
    refused = answer(SOUND | files)
    if isinstance(refused, DirectoryFaults):
        assert refused.faults
        assert all(str(fault).isprintable() for fault in refused.faults)


@given(st.sampled_from(sorted(SOUND)), st.integers(0, 1000), st.integers(0, 12), SPICE)
@settings(deadline=None, max_examples=250)
def test_a_damaged_file_never_breaks_the_reader_nor_names_a_citizen(name: str, at: int, cut: int, new: bytes) -> None:
    data = SOUND[name]
    at %= len(data)
    read_back = answer(SOUND | {name: data[:at] + new + data[at + cut :]})
    if isinstance(read_back, DirectoryFaults):
        text = "\n".join(map(str, read_back.faults))
        # Staff phones may be repeated, and a damaged one can come out like a citizen's.
        secrets = ("Overgaard", "Birk", *(("20000201", "20000202") if name == "placements.csv" else ()))
        assert not any(word in text for word in secrets)
    else:
        assert read(write(read_back), *EKSEMPELBY) == read_back


@given(names, names, flats, flats, days)
@settings(deadline=None, max_examples=80)
def test_names_and_flats_of_any_script_survive_the_way_out_and_back(
    name: str, street: str, floor: str, door: str, day: date
) -> None:
    files = SOUND | {
        "teams.csv": sheet(SOUND["teams.csv"], "CTI-korpset", name),
        "properties.csv": sheet(SOUND["properties.csv"], "Vestergade", street),
        "dwellings.csv": sheet(SOUND["dwellings.csv"], "st;tv", f"{cell(floor)};{cell(door)}"),
        "placements.csv": sheet(SOUND["placements.csv"], "2026-08-01", "2026-08-02"),
        "staff.csv": SOUND["staff.csv"]
        .replace(b"language\n", b"language;from\n")
        .replace(b";da\n", f";da;{day}\n".encode()),
    }
    directory = read(files, *EKSEMPELBY)
    written = write(directory)
    assert read(written, *EKSEMPELBY) == directory
    assert diff(directory, read(written, *EKSEMPELBY)).empty
    assert write(read(written, *EKSEMPELBY)) == written


def cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def sheet(data: bytes, old: str, new: str) -> bytes:
    return data.replace(old.encode(), (new if ";" in old or old[0].isdigit() else cell(new)).encode())
