"""Names and texts of strangers, made harmless: controls are shown, long ones are cut, names stand in isolates so that they disturb nothing.

A name inside a sentence lies between U+2068 and U+2069. Since those two are never left inside a name, a form can find every name again:
HTML writes them as `<bdi>`, the terminal keeps them only where a name could turn the line around. Safety.md T18, T20, rule 13.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

OPEN, CLOSE = "\u2068", "\u2069"
NAME_LENGTH = 32
"""Longer names are cut in this many characters [C]."""
TEXT_LENGTH = 1_200
"""Longer messages are cut in this many characters; the rest is in the export [C]."""
NO_NAME = "(no name)"
JOINERS = frozenset("\u200c\u200d")
MARKS = frozenset("\u200e\u200f\u061c")
"""Direction marks: they do no harm inside an isolate, and real messages are full of them."""
FLAG_TAGS = range(0xE0020, 0xE0080)
LOOKALIKES = str.maketrans("АВЕКМНОРСТУХІЈЅаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧοⅼ", "ABEKMHOPCTYXIJSaeopcyxijsABEZHIKMNOPTYXol")
"""Cyrillic and Greek letters that are drawn like Latin ones."""


def visible(text: str, *, lines: bool = False, marks: bool = False) -> str:
    """Return the text with every control character written out (`⟨U+202E⟩`); line ends stay with `lines`, direction marks with `marks`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(char, lines=lines, marks=marks) for char in text)


def _visible(char: str, *, lines: bool, marks: bool) -> str:
    if char.isprintable() or char in JOINERS or (lines and char == "\n") or (marks and char in MARKS) or ord(char) in FLAG_TAGS:
        return char
    if unicodedata.category(char) == "Zs" or char == "\t":
        return " "
    return f"⟨U+{ord(char):04X}⟩"


def cut(text: str, most: int) -> str:
    """Return at most `most` characters of a text, with the sign that something was left out."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def isolated(name: str) -> str:
    """Return a shown name inside its isolates."""
    return f"{OPEN}{name}{CLOSE}"


def without_isolates(text: str) -> str:
    """Return a sentence for a plain form: isolates stay only around names that hold a letter written from right to left."""
    return re.sub(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}", lambda found: found[1] if _runs_left_to_right(found[1]) else found[0], text)


def _runs_left_to_right(name: str) -> bool:
    return not any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in name)


@dataclass(frozen=True)
class Cast:
    """Everybody who is named in a report, in one order: the two first. `raw` are the names as the records know them."""

    raw: tuple[str, ...]
    me: str | None = None

    @classmethod
    def of(cls, people: Iterable[str], written: Iterable[str], *, me: str | None) -> Cast:
        """Return the cast of a relationship: its people, then whoever else wrote a quoted message."""
        return cls(tuple(dict.fromkeys([*people, *(name for name in written if name)])), me)

    @property
    def pair(self) -> tuple[str, ...]:
        """The raw names of the two who relate."""
        return self.raw[:2]

    @cached_property
    def shown(self) -> dict[str, str]:
        """The name to show for each raw one; names that would look the same get a number."""
        clean = {name: cut(visible(" ".join(name.split())), NAME_LENGTH) or NO_NAME for name in self.raw}
        alike: dict[str, list[str]] = {}
        for name, text in clean.items():
            alike.setdefault(skeleton(text), []).append(name)
        numbers = {name: place for group in alike.values() if len(group) > 1 for place, name in enumerate(group, start=1)}
        return {name: f"{text} ({numbers[name]})" if name in numbers else text for name, text in clean.items()}

    def place(self, name: str | None) -> int | None:
        """Return 0 or 1 for one of the two, None for anybody else."""
        return self.pair.index(name) if name in self.pair else None

    def plain(self, name: str | None) -> str:
        """Return the name as it is shown, without isolates."""
        return self.shown.get(name or "", cut(visible(name or ""), NAME_LENGTH) or NO_NAME)

    def said(self, name: str | None) -> str:
        """Return the name as it stands in a sentence."""
        return isolated(self.plain(name))

    def both(self) -> str:
        """Return the two as a sentence names them together."""
        return " and ".join(self.said(name) for name in self.pair)

    def inside(self, text: str) -> str:
        """Return a sentence of another room, cleaned, with the names in it shown and isolated."""
        if self._names is None:
            return visible(text)
        pieces = self._names.split(text)
        return "".join(self.said(piece) if place % 2 else visible(piece) for place, piece in enumerate(pieces))

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        return names_pattern(self.raw)


def names_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """Return a pattern with one group that finds any of the names as a whole word, the longest first; None without names."""
    known = sorted(filter(None, names), key=lambda name: (-len(name), name))
    if not known:
        return None
    edges = [f"{_edge(name[0], before=True)}{re.escape(name)}{_edge(name[-1], before=False)}" for name in known]
    return re.compile(f"({'|'.join(edges)})")


def _edge(char: str, *, before: bool) -> str:
    if not (char.isalnum() or char == "_"):
        return ""
    return r"(?<!\w)" if before else r"(?!\w)"


def skeleton(text: str) -> str:
    """Return what a name looks like to somebody who reads fast: compatibility forms and look-alike letters folded."""
    folded = unicodedata.normalize("NFKC", text).translate(LOOKALIKES)
    return "".join(char for char in folded if char.isalnum()).casefold() or text
