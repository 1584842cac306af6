# ruff: noqa: INP001 - a script that is run by hand, not a package
"""Freeze the words for parts of the day and the names of months of all CLDR languages, and the Umm al-Qura calendar, into TOML.

Run at build time only, in a throw-away environment (nothing of it is needed to run Nearer):

    python -m venv /tmp/cldr && /tmp/cldr/bin/pip install babel==2.18.0 hijridate==2.6.0
    /tmp/cldr/bin/python scripts/cldr_words.py src/nearer/read

A word that means different hours in different languages is left out: a time we cannot read is told, a wrong one is not.
"""

import sys
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import hijridate  # type: ignore[import-not-found,unused-ignore]
from babel import Locale, localedata  # type: ignore[import-not-found,unused-ignore]

HALVES = {"am": (0, 12), "pm": (12, 24)}
POINTS = {"noon": (12, 13), "midnight": (0, 1)}
"""Named points of the day, with the hour a clock shows beside them."""

UMM_AL_QURA_YEARS = range(1430, 1496)
"""The years of the Hijra since WhatsApp began that the published tables reach (a few beyond what any phone prints today)."""

CLEARLY = 10
"""A word means what so many times as many languages mean by it."""

WIDTH = 130


def main(folder: str) -> None:
    """Write the tables and check that they can be read."""
    head = (
        "# Made by scripts/cldr_words.py; do not edit. Again with:",
        f"#   pip install babel=={version('babel')} hijridate=={version('hijridate')} && python scripts/cldr_words.py {folder}",
        "",
    )
    clock = (
        "# Which hours (from, before) a word beside the time can mean. Words are folded: lower case, no spaces, dots or marks.",
        "[hours]",
        *(f'"{first}-{last}" = {_list(words)}' for (first, last), words in sorted(_by_hours().items())),
        "",
        "# Days of each month of the Umm al-Qura calendar: twelve bits a year, 1 for 30 days, 0 for 29; the first year begins on `begins`.",
        "[umm_al_qura]",
        f"first = {UMM_AL_QURA_YEARS.start}",
        f"begins = {hijridate.Hijri(UMM_AL_QURA_YEARS.start, 1, 1).to_gregorian().isoformat()}",
        f"years = {_list(_months())}",
    )
    months = (
        "# The names of the months, folded; a name that is another month in another language is left out.",
        "[months]",
        *(f"{month} = {_list(words)}" for month, words in sorted(_month_names().items())),
    )
    for name, lines in (("_whatsapp_clock.toml", clock), ("_whatsapp_months.toml", months)):
        text = "\n".join([*head, *lines]) + "\n"
        tomllib.loads(text)
        Path(folder, name).write_text(text, "utf-8")


def fold(word: str) -> str:
    """Return a word as the reader compares it: no case, no spaces, no dots, no marks that are not seen."""
    kept = (
        sign for sign in unicodedata.normalize("NFC", word.casefold()) if sign not in ".·’'" and unicodedata.category(sign)[0] not in "ZC"
    )
    return "".join(kept)


def _by_hours() -> dict[tuple[int, int], list[str]]:
    meanings: dict[str, Counter[tuple[int, int]]] = defaultdict(Counter)
    for locale in _locales():
        for word, hours in set(_words(locale)):
            meanings[word][hours] += 1
    chosen: dict[tuple[int, int], list[str]] = defaultdict(list)
    for word, meant in meanings.items():
        if found := _meant(meant):
            chosen[found].append(word)
    return {hours: sorted(words) for hours, words in chosen.items()}


def _meant(hours: Counter[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the hours a word means: halves of the day before parts of it, none where languages differ."""
    halves = {half: count for half, count in hours.items() if half in HALVES.values()}
    ranked = Counter(halves or hours).most_common()
    if len(ranked) == 1 or ranked[0][1] >= CLEARLY * ranked[1][1]:
        return ranked[0][0]
    return _joined([part for part, _ in ranked]) if _agree(part for part, _ in ranked) else None


def _joined(parts: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the hours of several parts of the day that follow one another, the longest part where they do not."""
    hours = {hour % 24 for part in parts for hour in _span(part)}
    begins = [hour for hour in hours if (hour - 1) % 24 not in hours]
    return (begins[0], (begins[0] + len(hours)) % 24) if len(begins) == 1 else max(parts, key=lambda part: len(_span(part)))


def _span(part: tuple[int, int]) -> range:
    first, last = part
    return range(first, last if last > first else last + 24)


def _agree(parts: Iterable[tuple[int, int]]) -> bool:
    """Say whether no clock hour of twelve is read differently."""
    known: dict[int, set[int]] = defaultdict(set)
    for part in parts:
        for hour in _span(part):
            known[hour % 12].add(hour % 24)
    return all(len(hours) == 1 for hours in known.values())


def _locales() -> Iterator[Locale]:
    return (Locale.parse(name) for name in localedata.locale_identifiers())


def _words(locale: Locale) -> Iterator[tuple[str, tuple[int, int]]]:
    rules = {name: _hours(parts) for name, parts in (locale.day_period_rules.get(None) or {}).items()}
    for context in locale.day_periods.values():
        for width in context.values():
            for name, word in width.items():
                hours = HALVES.get(name) or POINTS.get(name) or rules.get(name)
                folded = fold(word)
                if hours and folded and not any(sign.isdigit() for sign in folded):
                    yield folded, hours


def _hours(parts: list[dict[str, int]]) -> tuple[int, int] | None:
    """Return the hours of a part of the day in one language; some are cut in two by midnight."""
    known = [part for part in parts if "from" in part and "before" in part]
    return (known[0]["from"] // 3600, known[-1]["before"] // 3600 % 24) if known else None


def _month_names() -> dict[int, list[str]]:
    meanings: dict[str, Counter[int]] = defaultdict(Counter)
    for locale in _locales():
        for context in locale.months.values():
            for width in ("wide", "abbreviated"):
                for month, word in context.get(width, {}).items():
                    folded = fold(word)
                    if len(folded) > 1 and not any(sign.isdigit() for sign in folded):
                        meanings[folded][month] += 1
    names: dict[int, list[str]] = defaultdict(list)
    for word, months in meanings.items():
        ranked = months.most_common(2)
        if len(ranked) == 1 or ranked[0][1] >= 10 * ranked[1][1]:
            names[ranked[0][0]].append(word)
    return {month: sorted(words) for month, words in names.items()}


def _months() -> list[str]:
    return [
        "".join("1" if hijridate.Hijri(year, month, 1).month_length() == 30 else "0" for month in range(1, 13))  # noqa: PLR2004 - a long month
        for year in UMM_AL_QURA_YEARS
    ]


def _list(words: Iterable[str]) -> str:
    lines, line = ["["], " "
    for word in words:
        entry = f' "{word}",'
        if len(line) + len(entry) > WIDTH:
            lines.append(line)
            line = " "
        line += entry
    return "\n".join([*lines, line, "]"])


if __name__ == "__main__":
    main(sys.argv[1])
