"""How a message begins in a WhatsApp text: `[27/03/22, 9:41:35 PM] ` on one phone, `27.03.22, 21:41 - ` on another, and all the others.

`head_of` reads one line by the whole grammar: any digits, any known word for a half of the day, eras, marks that are not seen, time before
date. `Heads` are the beginnings of one block as columns. What distinguishes one phone's way from another's is the *shape*: one file has
one shape (rarely two), so a line of another shape is something a person pasted.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from nearer.records import Flags, Ints

HEAD_CHARACTERS = 96
"""A beginning is never longer than this; so much of a line is looked at."""

MARKS = "\u200e\u200f\u061c\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069"
"""Signs that are not seen: they stand before, between and after the parts of a beginning."""

BRACKET, DASH, COLON = range(3)
SLASH, DOT, HYPHEN, SPACED, SIGNS = range(5)
YEAR_LAST, YEAR_SHORT, YEAR_FIRST = range(3)
"""Where the year stands; a year of two digits leaves it open."""

HOURS, MINUTES, NOON = 24, 60, 12
LONG_YEAR = 3
"""A year of so many digits cannot be a day."""

GAP = rf"[\s{MARKS}]{{0,4}}"
_DATE = (
    rf"(?P<era>[A-Za-z](?=\d)|[^\x00-\x7f\d\s{MARKS}]{{1,6}})?{GAP}(?P<a>\d{{1,4}}|元){GAP}(?P<one>[/.\-年년]){GAP}(?P<b>\d{{1,2}})"
    rf"{GAP}(?P<two>[/.\-月월]){GAP}(?P<mark>[A-Za-z]|令和|平成)?(?P<c>\d{{1,4}})(?!\d)[日일]?"
)
TIME = (
    rf"(?<!\d)(?P<hour>\d{{1,2}})(?:[:.]|{GAP}[h시時点时]{GAP})(?P<minute>\d\d|\d(?!\w)|\d(?=[분分]))"
    rf"(?:(?:[:.]|{GAP}(?:min|[분分]){GAP})(?P<second>\d{{1,2}})(?:{GAP}[s초秒](?!\w))?)?(?!\d)"
)
WORDS = r"[^\d:\[\]<>]"
START = rf"{GAP}(?P<open>\[?)"
CLOSE = rf"(?P<close>\]|{GAP}[-–—](?=[\s{MARKS}])|:(?=\s))[ \u00a0\u202f]?"
_DATE_FIRST = re.compile(rf"{START}{_DATE}(?P<mid>{WORDS}{{1,40}}?){TIME}(?P<after>{WORDS}{{0,30}}?){CLOSE}")
_TIME_FIRST = re.compile(rf"{START}{TIME}(?P<after>{WORDS}{{0,30}}?[\s,،])(?P<mid>){_DATE}(?P<late>{WORDS}{{0,12}}?){CLOSE}")
_SEPARATORS = {"/": SLASH, ".": DOT, "-": HYPHEN, "年": SIGNS, "년": SIGNS}
_COMMAS = re.compile("[,،、]")
_HIDDEN = re.compile(f"[{MARKS}]")

_TOML = tomllib.loads(files("nearer.read").joinpath("_whatsapp_heads.toml").read_text("utf-8"))
CLOCK = tomllib.loads(files("nearer.read").joinpath("_whatsapp_clock.toml").read_text("utf-8"))
"""The tables of clocks and calendars that a script freezes."""

ERAS: tuple[str, ...] = ("", *_TOML["eras"])
"""Names of the calendars and eras; an era is its place here."""

Number = TypeVar("Number", int, Ints)


class Head(NamedTuple):
    """One beginning: `a`, `b`, `c` are the three numbers of the date as they stand, `second` is of the day (-1: a word we do not know),
    `body` how many characters it takes, `marked` that an unseen sign stood before the bracket (iOS: something is attached)."""

    shape: int
    a: int
    b: int
    c: int
    era: int
    second: int
    body: int
    marked: bool


@dataclass(frozen=True, slots=True)
class Heads:
    """The beginnings in one block: `row` is the line, `body` the byte of the block where the message goes on."""

    row: Ints
    shape: Ints
    a: Ints
    b: Ints
    c: Ints
    era: Ints
    second: Ints
    body: Ints
    marked: Flags

    def __len__(self) -> int:
        return len(self.row)

    def take(self, kept: Flags | NDArray[np.intp]) -> "Heads":
        """Return those that are kept, in their order."""
        return Heads(*(getattr(self, name)[kept] for name in self.__slots__))

    @classmethod
    def one(cls, row: int, head: Head, *, body: int) -> "Heads":
        """Return one beginning."""
        numbers = np.array([[row], [head.shape], [head.a], [head.b], [head.c], [head.era], [head.second], [body]], dtype=np.int64)
        at, shape, a, b, c, era, second, after = numbers
        return cls(at, shape, a, b, c, era, second, after, np.array([head.marked]))

    @classmethod
    def none(cls) -> "Heads":
        """Return no beginning at all."""
        return _NO_HEADS

    @classmethod
    def joined(cls, many: "Sequence[Heads]") -> "Heads":
        """Return all of them in the order of their lines."""
        some = [heads for heads in many if len(heads)]
        if len(some) <= 1:
            return some[0] if some else cls.none()
        row = np.concatenate([heads.row for heads in some])
        order = np.argsort(row, kind="stable")
        return cls(*(np.concatenate([getattr(heads, name) for heads in some])[order] for name in cls.__slots__))


_NO = np.zeros(0, dtype=np.int64)
_NO_HEADS = Heads(_NO, _NO, _NO, _NO, _NO, _NO, _NO, _NO, _NO.astype(np.bool_))


def shape_of(
    style: int, separator: int, layout: int, *, comma: bool = False, seconds: bool = False, half: bool = False, time_first: bool = False
) -> int:
    """Return the shape as one small number."""
    return style + 3 * (separator + 5 * (layout + 3 * (comma + 2 * (seconds + 2 * (half + 2 * time_first)))))


SHAPES = shape_of(2, 4, 2, comma=True, seconds=True, half=True, time_first=True) + 1
"""How many shapes there can be."""

DATED = 45
"""`shape % DATED` is the part that says how dates are written: style, separator, where the year stands."""


def style_of(shape: Number) -> Number:
    """Return bracket, dash or colon."""
    return shape % 3


def layout_of(shape: int) -> int:
    """Return where the year stands."""
    return shape // 15 % 3


def separator_of(shape: int) -> int:
    """Return what stands between day and month."""
    return shape // 3 % 5


def head_of(line: str) -> Head | None:
    """Return the beginning of a line, None where it has none."""
    found = match_head(line)
    return found[0] if found else None


def match_head(line: str) -> tuple[Head, re.Match[str]] | None:
    """Return the beginning of a line and how the grammar fits it."""
    text = line[:HEAD_CHARACTERS]
    found = _DATE_FIRST.match(text) or _TIME_FIRST.match(text)
    head = _head(found) if found else None
    return (head, found) if head and found else None


def part_of_day(found: re.Match[str]) -> str:
    """Return the word for the part of the day, "" for none, "?" for one we do not know."""
    return _words(found)[1]


def hour_of(hour: int, word: str) -> int:
    """Return the hour of 24 that a clock hour and a word (folded) mean, -1 for a word we do not know."""
    span = _HOURS.get(word)
    if span is None:
        return -1
    if hour > NOON:
        return hour % HOURS
    choices = (hour % NOON, hour % NOON + NOON)
    return min(choices, key=lambda choice: _outside(choice, *span))


def style_of_match(found: re.Match[str]) -> int | None:
    """Return the style, None where what opens is not what closes; a colon closes only after seconds, as old phones wrote it."""
    close = found["close"].strip()
    if found["open"] or close == "]":
        return BRACKET if found["open"] and close == "]" else None
    if close[-1] != ":":
        return DASH
    return COLON if found["second"] is not None else None


def second_of(found: re.Match[str], half: str | None) -> int | None:
    """Return the second of the day, -1 where a word beside the time is not known, None for no time."""
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if hour > HOURS or minute >= MINUTES or second >= MINUTES:
        return None
    of_day = hour % HOURS if not half else -1 if half == "?" else hour_of(hour, half)
    return of_day * 3600 + minute * 60 + second if of_day >= 0 else -1


@lru_cache(maxsize=4096)
def words_of(before: str, mid: str, after: str, late: str) -> tuple[int | None, str, bool]:
    """Return what the words before the date, between date and time, and behind them say: era, part of the day, whether there is a comma."""
    era = _ERAS.get(fold(before), 0)
    if before and not era:
        return None, "", False
    half = ""
    for beside_year, given in ((True, mid), (False, after), (True, late)):
        for word in (word for piece in _COMMAS.split(given) for word in _split(piece)):
            if beside_year and word in _ERAS and not era:
                era = _ERAS[word]
            elif word in _HOURS:
                half = half or word
            elif word not in _NEUTRAL:
                half = "?"
    return era, half, bool(_COMMAS.search(mid + after))


def fold(word: str) -> str:
    """Return a word as the tables hold it: no case, no spaces, no dots, no marks that are not seen."""
    kept = (
        sign for sign in unicodedata.normalize("NFC", word.casefold()) if sign not in ".·’'" and unicodedata.category(sign)[0] not in "ZC"
    )
    return "".join(kept)


def _head(found: re.Match[str]) -> Head | None:
    style = style_of_match(found)
    era, half, comma = _words(found)
    layout, numbers = _layout(found, era=bool(era))
    second = second_of(found, half)
    if style is None or layout is None or second is None or era is None:
        return None
    if style == COLON and half == "?":
        return None  # the colon is that of a name: `27. 3. 2022. 21:41:35 Ana: `, as no phone we know writes it
    shape = shape_of(
        style,
        _separator(found),
        layout,
        comma=comma,
        seconds=found["second"] is not None,
        half=bool(half),
        time_first="late" in found.re.groupindex,
    )
    marked = bool(style == BRACKET and _HIDDEN.search(found.string[: found.start("open")].replace("\ufeff", "")))
    return Head(shape, *numbers, era, second, found.end(), marked)


def _separator(found: re.Match[str]) -> int:
    separator = _SEPARATORS[found["one"]]
    spaced = separator == DOT and _HIDDEN.sub("", found.string[found.end("one") : found.start("b")]) != ""
    return SPACED if spaced else separator


def _layout(found: re.Match[str], *, era: bool) -> tuple[int | None, tuple[int, int, int]]:
    """Return where the year stands, None where the separators do not belong together, and the three numbers."""
    one, two = found["one"], found["two"]
    if (one in "年년") != (two in "月월") or (one not in "年년" and one != two):
        return None, (0, 0, 0)
    a = 1 if found["a"] == "元" else int(found["a"])
    numbers = a, int(found["b"]), int(found["c"])
    if one in "年년" or found["era"] or len(found["a"]) >= LONG_YEAR:
        return (YEAR_FIRST if len(found["c"]) < LONG_YEAR else None), numbers
    return (YEAR_LAST if era or len(found["c"]) >= LONG_YEAR else YEAR_SHORT), numbers


def _words(found: re.Match[str]) -> tuple[int | None, str, bool]:
    """Return the era, the word for the part of the day ("?" one we do not know), and whether a comma stands between date and time."""
    late = found["late"] if "late" in found.re.groupindex else ""
    return words_of(found["era"] or found["mark"] or "", found["mid"] or "", found["after"] or "", late)


def _split(piece: str) -> list[str]:
    """Return a piece as one known word where it is one, else its words."""
    whole = fold(piece)
    if not whole:
        return []
    if whole in _HOURS or whole in _ERAS or whole in _NEUTRAL:
        return [whole]
    return [word for word in (fold(part) for part in piece.split()) if word]


def _outside(hour: int, first: int, last: int) -> int:
    """Return how many hours an hour lies outside of a part of the day."""
    length = (last - first) % HOURS or HOURS
    after = (hour - first) % HOURS
    return 0 if after < length else min(after - length + 1, HOURS - after)


def _spans(table: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, int]]:
    spans: dict[str, tuple[int, int]] = {}
    for hours, words in table.items():
        first, last = hours.split("-")
        spans |= dict.fromkeys(words, (int(first), int(last)))
    return spans


_HOURS = _spans(CLOCK["hours"]) | _spans(_TOML["hours"])
_ERAS = {word: place for place, name in enumerate(ERAS) if name for word in _TOML["eras"][name]}
_NEUTRAL = frozenset(_TOML["neutral"])
