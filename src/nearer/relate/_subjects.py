"""Subjects: which of twelve a text touches, by whole words (`_subjects.toml`; constructs 7.11, breadth). English only; counted as written."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import numpy as np

from nearer.records import Flags


@cache
def subject_names() -> tuple[str, ...]:
    """Return the names of the subjects, in the order of the file."""
    return tuple(_words())


def subjects_in(texts: list[str]) -> Flags:
    """Return which subject each text touches, texts x subjects."""
    found = np.zeros((len(texts), len(subject_names())), dtype=np.bool_)
    pattern = _pattern()
    for row, text in enumerate(texts):
        for match in pattern.finditer(text.lower()):
            found[row, int((match.lastgroup or "s0")[1:])] = True
    return found


@cache
def _words() -> dict[str, str]:
    given: dict[str, str] = tomllib.loads(files("nearer.relate").joinpath("_subjects.toml").read_text("utf-8"))["subjects"]
    return given


@cache
def _pattern() -> re.Pattern[str]:
    groups = (f"(?P<s{place}>{'|'.join(map(_word, words.split()))})" for place, words in enumerate(_words().values()))
    return re.compile(rf"\b(?:{'|'.join(groups)})\b")


def _word(word: str) -> str:
    r"""Return one word as a pattern: `years-ago` may be parted by a space, `exam*` may go on."""
    return re.escape(word).replace(r"\-", "[- ]").replace(r"\*", r"\w*")
