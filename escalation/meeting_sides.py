"""Sorts the cues of an answer to an invitation by what they speak for: yes, no, another time, or nothing certain."""

from __future__ import annotations

from escalation.meeting_cues import Cue, Reading, within, words_of

_SAYS_NOTHING = ("light", "polite", "opening", "idle", "we", "attends", "callings", "time", "around")
_SHORTENED = 4  # letters of a shortened day; "man", "fre" and "sun" are words of their own
_BESIDE_A_YES = 3  # telling words after "ja, det passer …"; without the "ja" there may be none


def telling(word: str) -> bool:
    """Whether a word beside a yes says something of its own."""
    return not word.isdigit() and not word.startswith("zz") and not any(within(word, name) for name in _SAYS_NOTHING)


class Sides:
    """What speaks for yes, for no and for another time, after denials have changed sides."""

    def __init__(self, read: Reading) -> None:
        self.read = read
        self.unsure = [*read["unsure"], *(cue for cue in read["hedge"] if not cue.denied)]
        self.cannot = [cue for cue in read["able"] if cue.denied]
        unable = {read.number(cue) for cue in self.cannot}
        refused = [
            cue
            for cue in [*read["attend"], *read["agree"], *read["wish"]]
            if cue.denied and read.number(cue) not in unable
        ]
        words = [cue for cue in read["no_word"] if self._says_no(cue)]
        self.no = sorted([*words, *read["no"], *read["rhetorical"], *refused, *self._bare()], key=lambda cue: cue.at)
        self.time = self._time(unable, {read.number(cue) for cue in [*read["no"], *refused]})
        denials = {p for cue in read["no"] for p in cue.at}
        self.attending = [
            *read["fine"],
            *(cue for cue in read["firm"] if not cue.denied),
            *(cue for cue in read["parting"] if self._opens(cue)),
            *(cue for cue in [*read["attend"], *read["wish"]] if not cue.denied and not denials.intersection(cue.at)),
            *(cue for cue in [*read["agree"], *read["fits"]] if not denials.intersection(cue.at) and self._closes(cue)),
        ]
        coming = {p for cue in self.attending for p in cue.at}
        self.obstacles = [cue for cue in read["obstacle"] if not coming.intersection(cue.at)]
        assents = (c for c in read["assent"] if self._opens(c) and not denials.intersection(c.at))
        self.yes = sorted([*assents, *self.attending], key=lambda cue: cue.at)

    def _says_no(self, cue: Cue) -> bool:
        """English "no" before a noun denies the noun: "no police there"."""
        after = self.read.after(cue)
        return self.read.said[cue.at[0]] != "no" or not after or after[0] in words_of("no_follows")

    def _closes(self, cue: Cue) -> bool:
        """Whether a consent is not denied and its segment does not go on about something else."""
        after = self.read.after(cue)
        close = next((i for i, word in enumerate(after) if word in words_of("closing")), len(after))
        opened = any(word in words_of("plain_yes") for word in self.read.before(cue)[:2])
        return not cue.denied and sum(map(telling, after[:close])) <= (_BESIDE_A_YES if opened else 0)

    def _bare(self) -> list[Cue]:
        """The segments that hold a denial and nothing else: "ikke, ja"."""
        said, denials = self.read.said, words_of("neg")
        return [
            Cue("no_word", (segment.first,), "a bare denial")
            for segment in self.read.segments
            if self._only(said[segment.first : segment.end], denials)
        ]

    @staticmethod
    def _only(words: list[str], denials: frozenset[str]) -> bool:
        rest = [word for word in words if word not in words_of("light")]
        return bool(rest) and denials.issuperset(rest)

    def _opens(self, cue: Cue) -> bool:
        """Whether a yes opens its segment and nothing denies it: a "fine" inside a sentence is not an answer."""
        before = self.read.before(cue)
        after = self.read.after(cue)[:1]
        mixed = words_of("neg").intersection([*before, *after]) and not self.read["fine"]
        return not mixed and all(word in words_of("greeting") or word in words_of("light") for word in before)

    def _time(self, unable: set[int], refused: set[int]) -> list[Cue]:
        read = self.read
        at_times = {i for i in unable if read.says(i, "time") or read.counts(i)}
        denied = [cue for cue in read["fits"] if cue.denied]
        without = [cue for cue in read.denied_times() if read.number(cue) not in refused]
        doubted = {p for cue in read["unsure"] for p in cue.at}
        named = [
            cue
            for cue in read["time"]
            if not doubted.intersection(cue.at) and (read.number(cue) not in refused or not self._denying(cue))
        ]
        unable_then = [cue for cue in self.cannot if read.number(cue) in at_times]
        return [*named, *denied, *without, *read.times_wished(), *read["hindered"], *unable_then]

    def _denying(self, cue: Cue) -> bool:
        return any(self.read.said[p] in words_of("neg") for p in cue.at)

    def offers(self) -> list[Cue]:
        """The times that are named, asked about or called fitting beside a no: "nej. fredag?", "… men torsdag duer"."""
        read = self.read
        if not self.no and not self.cannot:
            return []
        taken = {read.number(cue) for cue in [*self.no, *self.cannot]}
        fitting = {read.number(cue) for cue in [*self.attending, *(c for c in read["able"] if not c.denied)]}
        return [
            Cue("time", (segment.first,), "another time named")
            for i, segment in enumerate(read.segments)
            if i not in taken and (read.says(i, "time") or read.counts(i)) and (segment.question or i in fitting)
        ]

    def another_day(self) -> list[Cue]:
        """The day that fits where another one was named before it: "Friday is prayer for me, Monday is good"."""
        read, days = self.read, words_of("day")
        named = [(i, word) for i, word in enumerate(read.said) if word in days and len(word) > _SHORTENED]
        others = {p for p, word in named if word != named[0][1] and read.segment(p) != read.segment(named[0][0])}
        fitting = {read.number(cue) for cue in self.attending}
        return [Cue("time", (p,), "another day fits") for p in sorted(others) if read.segment(p) in fitting]
