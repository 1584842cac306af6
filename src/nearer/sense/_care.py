"""Care: where words of crisis or of violence stand, so that nothing is measured there and help can be shown instead.

Words only, no model, no count and no verdict (safety.md, safety line; 3.1; C33). Who wrote them does not matter. The words lie in
`_care_crisis.toml`, `_care_violence.toml` and `_care_languages.toml`, what makes care look away in `_care_not.toml`. Every text is made
plain and asked for stems at once; only where a stem stands are sayings taken out and the cues looked for. All expressions are linear (RE2).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import normalize

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nearer.columns import Messages, Texts
from nearer.records import WHAT_INDEX, Flags, Ints
from nearer.sense._cues import matches, to_arrow

PASSAGE_MESSAGES = 20
"""A passage reaches so many messages to both sides of the words, at most [C]."""
PASSAGE_TIME = 3_600_000_000
"""And so far in time, in microseconds: one hour to both sides, both bounds included [C]."""
CARE_ROWS = 131_072
"""So many texts are looked at in one go."""
KINDS = ("crisis", "violence")
"""What stands later here wins where a text holds both: the violence page holds the crisis lines as well."""

MARKS = "[\u0300-\u036f\u0483-\u0487\u0640\u064b-\u0655\u0670\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]+"
"""Accents and vowel signs after NFKD, and characters nobody sees."""
APOSTROPHES = "[\u2018\u2019\u02bc\u02b9\u00b4\u2032]+"
LETTERS = (("\u00df", "ss"), ("\u0142", "l"), ("\u0131", "i"), ("\u00f8", "o"))
"""Letters that NFKD leaves whole."""
LONG = tuple((f"{letter}{{3,}}", letter * 2 if letter in "lf" else letter) for letter in "abcdefghijlmnopqrstuvwxyz")
"""A letter three times in a row or more is one (l and f: two). k stays: it is how some laugh."""
WHITE = r"[\t\n\r\f\v]+ *|  +"
TAKEN_OUT = " ~ "
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class CareWords:
    """Words of one sort: what they say, the stems that find them fast, the cues themselves, and the guards that speak against them."""

    kind: str
    language: str
    says: str
    stems: tuple[str, ...]
    cues: tuple[str, ...]
    unless: tuple[str, ...]


def care(messages: Messages) -> dict[int, str]:
    """Return "crisis" or "violence" for every row of text that holds such words, in order of the rows."""
    text = messages.what == WHAT_INDEX["text"]
    looked = [_with_stems(messages.text[start : start + CARE_ROWS], text[start : start + CARE_ROWS]) for start in _starts(len(messages))]
    found: dict[int, str] = {}
    for english in (True, False):
        rows = np.concatenate([start + part[english][0] for start, part in zip(_starts(len(messages)), looked, strict=True)] or [_NONE])
        if len(rows):
            texts = pa.concat_arrays([part[english][1] for part in looked])
            for place, kind in _kinds(texts, english=english).items():
                row = int(rows[place])
                found[row] = max(kind, found.get(row, kind), key=KINDS.index)
    return dict(sorted(found.items()))


def passage(messages: Messages, rows: Ints) -> Flags:
    """Mask the messages for which the analysis stops: these rows and what stands around them in the same conversation, at most
    PASSAGE_MESSAGES messages and PASSAGE_TIME away."""
    mask = np.zeros(len(messages), dtype=np.bool_)
    if not len(rows):
        return mask
    order = np.lexsort((messages.time, messages.conversation))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    here, sorted_codes = np.sort(place[rows]), messages.conversation[order]
    steps = np.zeros(len(order) + 1, dtype=np.int64)
    for code in np.unique(messages.conversation[rows]).tolist():
        start, end = np.searchsorted(sorted_codes, [code, code + 1])
        inside = here[(here >= start) & (here < end)]
        times = messages.time[order[start:end]]
        low = start + np.searchsorted(times, messages.time[order[inside]] - PASSAGE_TIME, side="left")
        high = start + np.searchsorted(times, messages.time[order[inside]] + PASSAGE_TIME, side="right") - 1
        np.add.at(steps, np.maximum(low, inside - PASSAGE_MESSAGES), 1)
        np.add.at(steps, np.minimum(high, inside + PASSAGE_MESSAGES) + 1, -1)
    mask[order] = np.cumsum(steps[:-1]) > 0
    return mask


def stopped(messages: Messages, found: Mapping[int, str]) -> dict[int, str]:
    """Return the kind for every row of the passages around the rows found, in order of the rows; where two meet, violence wins."""
    kinds: dict[int, str] = {}
    for kind in KINDS:
        rows = np.array([row for row, word in found.items() if word == kind], dtype=np.int64)
        kinds |= dict.fromkeys(np.flatnonzero(passage(messages, rows)).tolist(), kind)
    return dict(sorted(kinds.items()))


def plain(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Lower the case; take off accents, apostrophes and what nobody sees; shorten letters that are drawn out."""
    lowered = pc.utf8_lower(texts)
    foreign = pc.not_equal(pc.binary_length(lowered), pc.utf8_length(lowered).cast(pa.int64()))
    if pc.any(foreign).as_py():
        some = pc.utf8_lower(pc.utf8_normalize(lowered.filter(foreign), form="NFKD"))
        for like, means in ((MARKS, ""), (APOSTROPHES, ""), *LETTERS):
            some = _swap(some, like, means)
        lowered = pc.replace_with_mask(lowered, foreign, some)
    for apostrophe in "'`":
        lowered = pc.replace_substring(lowered, pattern=apostrophe, replacement="")
    return _shorten(_swap(lowered, WHITE, " "))


@cache
def care_words() -> tuple[CareWords, ...]:
    """Return all words of care, as they lie in the files."""
    found = [words for name in ("crisis", "violence", "languages") for words in _load(f"_care_{name}.toml")["words"]]
    return tuple(
        CareWords(
            kind=words["kind"],
            language=words["language"],
            says=words["says"],
            stems=tuple(map(_to_plain_cue, words["stems"])),
            cues=tuple(map(_to_plain_cue, words["cues"])),
            unless=tuple(words.get("unless", ())),
        )
        for words in found
    )


def _starts(count: int) -> range:
    return range(0, count, CARE_ROWS)


def _with_stems(texts: Texts, text: Flags) -> dict[bool, tuple[Ints, pa.LargeStringArray]]:
    """Return the places and plain texts that hold a stem, those of English under True and those of other languages under False."""
    made_plain = plain(to_arrow(texts))
    held = {english: text & matches(made_plain, _any_stem(english=english)) for english in (True, False)}
    return {english: (np.flatnonzero(flags), made_plain.filter(pa.array(flags))) for english, flags in held.items()}


def _kinds(texts: pa.LargeStringArray, *, english: bool) -> dict[int, str]:
    """Return the kind for each place of these plain texts that holds words of care, in English or in all other languages.

    Cues are looked for twice: in all texts, and in the few that hold one again when quotations and sayings are taken out."""
    for like, means in (_not()["typed"] | _not()["short"]).items() if english else ():
        texts = _swap(texts, like, means)
    asked = [words for words in care_words() if (words.language == "en") == english]
    places = np.flatnonzero(np.logical_or.reduce([matches(texts, _joined(words.cues)) for words in asked]))
    some = texts.take(pa.array(places))
    guards = {name: matches(some, guard) for name, guard in _guards().items()}
    some = _swap(_without_quotations(some, guards["told"]), _sayings(english=english), TAKEN_OUT)
    found: dict[int, str] = {}
    for words in sorted(asked, key=lambda words: KINDS.index(words.kind)):
        flags = matches(some, _joined(words.cues))
        for guard in words.unless:
            flags &= ~guards[guard]
        found |= dict.fromkeys(places[flags].tolist(), words.kind)
    return found


def _without_quotations(texts: pa.LargeStringArray, told: Flags) -> pa.LargeStringArray:
    """Take quotations and lines of songs out of the texts that speak of a film, a song, a game or the news."""
    if not told.any():
        return texts
    quoted = pc.replace_substring_regex(texts, pattern=_not()["quoted"]["span"], replacement=TAKEN_OUT)
    return pc.if_else(pa.array(told), quoted, texts)


def _swap(texts: pa.LargeStringArray, like: str, means: str) -> pa.LargeStringArray:
    """Replace what is like this, touching only the texts that hold it."""
    holds = pc.match_substring_regex(texts, like)
    if not pc.any(holds).as_py():
        return texts
    return pc.replace_with_mask(texts, holds, pc.replace_substring_regex(texts.filter(holds), pattern=like, replacement=means))


def _shorten(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    drawn = pc.match_substring_regex(texts, "|".join(like for like, _ in LONG))
    if not pc.any(drawn).as_py():
        return texts
    some = texts.filter(drawn)
    for like, means in LONG:
        some = _swap(some, like, means)
    return pc.replace_with_mask(texts, drawn, some)


def _to_plain_cue(cue: str) -> str:
    """Make a cue plain the way texts are: no accents, no sharp s."""
    for letter, means in LETTERS:
        cue = cue.replace(letter, means)
    return re.sub(MARKS, "", normalize("NFKD", cue))


def _joined(cues: tuple[str, ...]) -> str:
    return "|".join(f"(?:{cue})" for cue in cues)


@cache
def _any_stem(*, english: bool) -> str:
    """Join the stems of English (with what is typed for them) or of all other languages: two small automata are faster than a large one."""
    stems = [stem for words in care_words() if (words.language == "en") == english for stem in words.stems]
    return _joined(tuple(dict.fromkeys((*stems, *(_not()["typed"] if english else ())))))


@cache
def _sayings(*, english: bool) -> str:
    """Join the sayings: those of English, elsewhere those of all languages."""
    return _to_plain_cue(_joined(tuple((_not()["sayings"] | ({} if english else _not()["sayings_elsewhere"])).values())))


@cache
def _guards() -> dict[str, str]:
    return {name: _to_plain_cue(guard) for name, guard in _not()["guards"].items()}


@cache
def _not() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = _load("_care_not.toml")
    return found


def _load(name: str) -> dict[str, Any]:
    with files("nearer.sense").joinpath(name).open("rb") as file:
        return tomllib.load(file)
