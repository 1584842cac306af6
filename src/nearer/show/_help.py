"""The help page: what stands in front of the report for the person who opened it, where words of crisis or of violence were found.

It acknowledges, then offers help lines of the country the person gave; it quotes nobody, names nobody, asks nothing, judges nobody and
mends nothing (safety.md 3.1, 3.2; C33). It is never part of a report made for both. The words are `help/words.toml`, the lines
`help/lines.toml`: only rows whose number was read in a source are shown, never another country's number, always an international
directory. Nothing here knows the date: `stale` is told it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from nearer.records import Relationship

WARN_AFTER = 180
"""A row read so many days ago still stands; one day later it warns (safety.md 3.2)."""
FAIL_AFTER = 365
"""A row read so many days ago still stands; one day later it fails (safety.md 3.2)."""
APART = 3_600_000_000
"""Messages of care more than one hour apart (in microseconds) lie in passages of their own: care reaches one hour to both sides."""
EMERGENCY = "emergency"
FITTING = {
    "crisis": ("suicide", "general", "child"),
    "violence": ("domestic violence", "sexual violence", "child", "suicide", "general"),
    "both": ("suicide", "domestic violence", "sexual violence", "child", "general"),
    "quiet": ("suicide", "domestic violence", "sexual violence", "child", "general"),
}
"""Which help lines fit, in the order they are shown. Where there is violence there may be despair: those lines stand there too."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One help line. `verified_on` is the ISO date on which its number was read in `source`, "" for never; `hours` "" is not known."""

    name: str
    kind: str
    number: str
    hours: str
    source: str
    verified_on: str
    language: str
    country: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class HelpPage:
    """What is said, paragraph by paragraph, and whom one can call."""

    title: str
    says: tuple[str, ...]
    lines: tuple[HelpLine, ...]


@dataclass(frozen=True, slots=True)
class Stale:
    """Rows read too long ago: those that warn and those that fail."""

    warn: tuple[HelpLine, ...]
    fail: tuple[HelpLine, ...]


def help_page(relationship: Relationship, *, country: str | None) -> HelpPage | None:
    """Return the page for the person who opened this, or None where no words of care were found or the report is for both.

    `country` is the ISO code the person gave (any case), or None."""
    senses = relationship.messages.senses
    if relationship.both or senses is None or not senses.care:
        return None
    kinds = set(senses.care.values())
    about = "both" if kinds >= {"crisis", "violence"} else "violence" if "violence" in kinds else "crisis"
    return _page(about, country=country, passages=_passages(relationship))


def help_text(relationship: Relationship, *, country: str | None) -> str:
    """Return the same page as plain text for a terminal, "" where there is none."""
    page = help_page(relationship, country=country)
    return "" if page is None else "\n\n".join([page.title, *page.says, "\n".join(map(_line_text, page.lines))]) + "\n"


def quiet_page(*, country: str | None) -> HelpPage:
    """Return the page that may stand in every report, a shared one too: it depends on nothing that was written."""
    return _page("quiet", country=country, passages=0)


def stale(lines: Iterable[HelpLine], today: date) -> Stale:
    """Return the lines whose numbers were read more than WARN_AFTER and more than FAIL_AFTER days before `today`.

    A line that was never read is not shown and is in neither."""
    aged = [(line, (today - date.fromisoformat(line.verified_on)).days) for line in lines if line.verified_on]
    return Stale(
        warn=tuple(line for line, days in aged if WARN_AFTER < days <= FAIL_AFTER),
        fail=tuple(line for line, days in aged if days > FAIL_AFTER),
    )


@cache
def help_lines() -> tuple[HelpLine, ...]:
    """Return every row of the table, shown or not."""
    return tuple(HelpLine(**row) for row in _load("lines.toml")["rows"])


def _page(about: str, *, country: str | None, passages: int) -> HelpPage:
    words = _load("words.toml")
    local = [line for line in help_lines() if line.verified_on and line.country == (country or "").strip().upper()]
    emergency = [line for line in local if line.kind == EMERGENCY]
    fitting = sorted((line for line in local if line.kind in FITTING[about]), key=lambda line: FITTING[about].index(line.kind))
    filled = {
        "passages": words["one_passage"] if passages == 1 else words["passages"].format(count=passages),
        "emergency": emergency[0].number if emergency else words["any_emergency"],
    }
    directory = HelpLine(kind="general", hours="", verified_on="", language="", **words["directory"])
    return HelpPage(
        title=words[about]["title"],
        says=tuple(sentence.format_map(filled) for sentence in words[about]["says"]),
        lines=(*emergency, *fitting, directory),
    )


def _passages(relationship: Relationship) -> int:
    """Count the passages that were left out: messages of care of one conversation, none more than APART from the next."""
    messages = relationship.messages
    rows = np.array(sorted(messages.senses.care if messages.senses else ()), dtype=np.int64)
    order = rows[np.lexsort((messages.time[rows], messages.conversation[rows]))]
    breaks = (np.diff(messages.conversation[order]) != 0) | (np.diff(messages.time[order]) > APART)
    return int(breaks.sum()) + 1


def _line_text(line: HelpLine) -> str:
    more = ", ".join(filter(None, (f"text {line.text}" if line.text else "", line.hours)))
    return f"{line.name}: {line.number}" + (f" ({more})" if more else "")


@cache
def _load(name: str) -> dict[str, Any]:
    with files("nearer.show").joinpath("help", name).open("rb") as file:
        return tomllib.load(file)
