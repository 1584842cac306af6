"""Beginnings whose month is a word: `[27 March 2022, 21:41:35] `, `März 27, 2022, 21:41 - `, `27 de mar. de 2022 21:41 - `.

Hardly a phone writes them, so they are looked for only in a file whose beginnings are not of numbers. The names of months are CLDR's.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from nearer.read._whatsapp_heads import (
    CLOSE,
    GAP,
    HEAD_CHARACTERS,
    LONG_YEAR,
    MARKS,
    SIGNS,
    START,
    TIME,
    WORDS,
    YEAR_FIRST,
    Head,
    fold,
    second_of,
    shape_of,
    style_of_match,
    words_of,
)

_WORD = rf"[^\d\s\[\]<>:,{MARKS}]{{2,16}}"
_OF = r"(?:(?:de|del|of|d’|ta’)\s)?"
_DAY = r"(?P<day>\d{1,2})(?:\.|º|er|st|nd|rd|th)?"
_MONTH = rf"(?P<month>{_WORD})"
_YEAR = r"(?P<year>\d{4}|\d\d)"
_WEEKDAY = rf"(?:{_WORD},?\s)?"
_TAIL = rf"(?P<mid>{WORDS}{{1,40}}?){TIME}(?P<after>{WORDS}{{0,30}}?){CLOSE}"
_FORMS = tuple(
    re.compile(rf"{START}{_WEEKDAY}{date}{_TAIL}")
    for date in (
        rf"{_DAY}{GAP}{_OF}{_MONTH},?{GAP}{_OF}{_YEAR}(?!\d)",
        rf"{_MONTH}{GAP}{_DAY},{GAP}{_YEAR}(?!\d)",
        rf"{_YEAR}{GAP}{_MONTH}{GAP}{_DAY}(?!\d)",
    )
)


def worded_head_of(line: str) -> Head | None:
    """Return the beginning of a line, None where it has none or its month is no word we know."""
    text = line[:HEAD_CHARACTERS]
    return next((head for form in _FORMS if (found := form.match(text)) and (head := _head(found))), None)


def _head(found: re.Match[str]) -> Head | None:
    style, month = style_of_match(found), _names().get(fold(found["month"]))
    era, half, comma = words_of("", found["mid"], found["after"], "")
    second = second_of(found, half)
    if style is None or month is None or second is None or era is None:
        return None
    shape = shape_of(style, SIGNS, YEAR_FIRST, comma=comma, seconds=found["second"] is not None, half=bool(half))
    year = int(found["year"]) + (2000 if len(found["year"]) < LONG_YEAR else 0)
    return Head(shape, year, month, int(found["day"]), era, second, found.end(), marked=False)


@cache
def _names() -> Mapping[str, int]:
    """Return {name of a month: which one}; read when it is first needed, for it is long."""
    table = tomllib.loads(files("nearer.read").joinpath("_whatsapp_months.toml").read_text("utf-8"))
    return {word: int(month) for month, words in table["months"].items() for word in words}
