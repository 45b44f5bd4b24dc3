"""Finds the postcode and town of a house, behind it or in front of it."""

from __future__ import annotations

from collections.abc import Iterable

from escalation.address_tokens import Tokens, word_class
from escalation.ordinary_words import ordinary_words
from escalation.street_pieces import may_be_name, pieces_from


class TownReader:
    """Reads towns from one text's tokens."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens

    def after(self, at: int) -> tuple[str | None, str | None, int]:
        """A postcode and town, a town alone, or a locality before them; and the index behind."""
        for start in self._town_starts(at):
            postcode = self._postcode(start)
            if postcode is not None:
                city, stop = self._city(postcode + 1)
                return self.tokens[postcode].raw, city, stop
        start = at
        while self.tokens[start].raw in (",", "\n", ".", ";") and start < at + 2:
            start += 1
        if self.tokens[start].word in ("i", "in"):
            start += 1
        city, stop = self._city(start)
        if city is None:
            return None, None, at
        known = self.tokens[start].word in word_class("towns")
        named = self.nothing_from(stop) and may_be_name(pieces_from(self.tokens, start, 1)[0])
        return (None, city, stop) if known or named else (None, None, at)

    def _town_starts(self, at: int) -> Iterable[int]:
        """Where a postcode may stand: here, or behind a locality of one or two words."""
        for _ in range(3):
            if self.tokens[at].raw not in (",", "\n", ".", ";"):
                break
            at += 1
        yield at
        for words in (1, 2):
            if not all(self.tokens[at + i].kind == "word" and len(self.tokens[at + i].raw) > 2 for i in range(words)):
                return
            behind = at + words
            yield behind + 1 if self.tokens[behind].raw in (",", "\n") else behind

    def _postcode(self, at: int) -> int | None:
        """The index of a postcode that stands here, country sign or not."""
        sign = self.tokens[at]
        if sign.kind == "word" and sign.word in ("dk", "a", "d", "n", "no") and self.tokens[at + 1].raw == "-":
            at += 2
        token, after = self.tokens[at], self.tokens[at + 1]
        if token.kind != "num" or len(token.raw) != 4:
            return None
        return (
            None
            if after.glued
            and (after.kind != "mark" or (self.tokens[at + 2].kind == "num" and self.tokens[at + 2].glued))
            else at
        )

    def _city(self, at: int) -> tuple[str | None, int]:
        """One word, with a point of the compass or the last word of the text."""
        first, second = self.tokens[at], self.tokens[at + 1]
        if first.kind != "word" or len(first.raw) < 2 or (second.kind == "num" and not self.nothing_from(at + 2)):
            return None, at
        known = first.word in word_class("towns")
        if not known and (first.word in word_class("never") or first.word in ordinary_words()):
            return None, at
        if second.kind == "word" and (second.word in word_class("compass") or self._ends_town(at + 1)):
            return f"{first.raw} {second.raw}", at + 2
        if not known and second.kind == "word":
            return None, at
        return first.raw, at + 1

    def _ends_town(self, at: int) -> bool:
        """``Store Merløse``: the second half of a town's name is the last word of the text."""
        return self.nothing_from(at + 1) and self.tokens[at].word not in word_class("never")

    def before(self, start: int, city: str | None) -> tuple[str | None, str | None, int]:
        """``5000 Odense C, Nørregade 63`` and ``A-1100 Wien, Troststr. 17``."""
        at = start - 1
        while self.tokens[at].raw in (",", "\n") and at > 0:
            at -= 1
        for back in (at, at - 1, at - 2):
            token = self.tokens[back]
            if token.kind == "num":
                break
        else:
            return None, city, start
        found = self._postcode(back)
        if found is None or (back and self.tokens[back - 1].kind == "word"):
            return None, city, start
        town = self.tokens.between(back + 1, at + 1)
        begins = back - 2 if self.tokens[back - 1].raw == "-" else back
        return (token.raw, town, max(begins, 0)) if town else (None, city, start)

    def nothing_from(self, at: int) -> bool:
        return all(token.kind == "mark" for token in self.tokens.all[at:])
