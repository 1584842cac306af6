"""Statements about the other's feelings, found by words (`_assuming.toml`): "you're angry", "you don't care". English only (mission K6).

All texts are searched in one go, as they lie in their buffer. A message that asks (a question mark) is no statement.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import numpy as np

from nearer.columns import Texts
from nearer.records import Flags

BEFORE = 16
"""How many bytes before "you" are looked at for a word that makes it no statement: the longest of them, and a little room."""


def statements(texts: Texts) -> Flags:
    """Mask the texts that say how the other one feels."""
    mask = np.zeros(len(texts), dtype=np.bool_)
    if not len(texts):
        return mask
    start = int(texts.offsets[0])
    data = texts.data[start : int(texts.offsets[-1])].lower()
    pattern, after = _patterns()
    ends = texts.offsets[1:] - start
    found = [match.span() for match in pattern.finditer(data)]
    rows = np.searchsorted(ends, np.array([begin for begin, _ in found], dtype=np.int64), side="right")
    for (begin, end), row in zip(found, rows.tolist(), strict=True):
        first, last = int(texts.offsets[row]) - start, int(ends[row])
        whole = end == last or (end < last and not data[end : end + 1].isalnum())
        if whole and not after.search(data[max(first, begin - BEFORE) : begin]) and b"?" not in data[first:last]:
            mask[row] = True
    return mask


@cache
def _patterns() -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Return what says a feeling, from "you" on, and what may not stand before it."""
    given: dict[str, str] = tomllib.loads(files("nearer.relate").joinpath("_assuming.toml").read_text("utf-8"))
    be, degrees, feelings, verbs, never = (_either(given[name]) for name in ("be", "degrees", "feelings", "verbs", "not_after"))
    says = rf"you(?:(?:{be})(?: (?:{degrees}))* (?:{feelings})|(?: (?:{degrees}))* (?:{verbs}))"
    says = says.replace("'", "(?:'|\u2019)")
    return re.compile(says.encode()), re.compile(rf"(?:[a-z0-9]|\b(?:{never}) )$".replace("'", "(?:'|\u2019)").encode())


def _either(words: str) -> str:
    """Return words, or phrases parted by `|`, as one choice, the longest first: texts lie side by side, so no end of a word can be asked for."""
    parts = [part.strip("\n") for part in words.split("|")] if "|" in words else words.split()
    return "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
