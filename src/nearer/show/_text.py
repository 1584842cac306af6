"""The report for a terminal: one screen, aligned, no colour needed (look.md, Terminal).

The three sentences, then a line for each measure that tells, then how much can't be told and how many lines could not be used. Names stand
in isolates only where they need them, and no control character of a stranger reaches the terminal.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from nearer.show._cards import Card
from nearer.show._help import HelpPage
from nearer.show._names import CLOSE, JOINERS, MARKS, OPEN, cut, without_isolates
from nearer.show._report import Report
from nearer.show._told import Told

WIDTH, LABEL, AMOUNT = 79, 26, 22


def to_text(report: Report, *, help_page: HelpPage | None = None) -> str:
    """Write a report for one screen of a terminal."""
    lines = [*_help(help_page), *_wrapped(report.title), *([report.span] if report.span else []), ""]
    for line in report.first:
        lines += [f"{line.heading}:", *_wrapped(line.sentence, indent="  ")]
    lines += ["", *_table(report), "", *_end(report)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _help(page: HelpPage | None) -> Iterator[str]:
    if page is None:
        return
    yield from _wrapped(page.title)
    for sentence in page.says:
        yield from _wrapped(sentence)
    yield from (f"  {line.number}  {line.name}" for line in page.lines)
    yield ""


def _table(report: Report) -> Iterator[str]:
    """Yield one line for what each card says first, with both directions side by side; the person who opened this stands left."""
    cast = report.cast
    order = sorted((0, 1), key=lambda place: cast.raw[place] != cast.me if cast.me in cast.pair else place)[: len(cast.pair)]
    names = [cut(without_isolates(cast.said(cast.pair[place])), AMOUNT - 2) for place in order if place < len(cast.pair)]
    yield pad("", LABEL) + "".join(pad(name, AMOUNT) for name in names) + ("out of" if report.cards else "")
    for card in report.cards:
        first = [told for told in card.lead if told.finding.measure == card.lead[0].finding.measure]
        yield from _rows({told.place: told for told in first}, _label(card), [*zip(order, names, strict=True)])


def _label(card: Card) -> str:
    return cut(card.title.lower(), LABEL - 2)


def _amount(told: Told) -> str:
    sure = "probably " if told.finding.says == "probably" else ""
    return sure + told.amount.removeprefix("in ").removeprefix("about ")


def _rows(told: dict[int | None, Told], label: str, people: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Yield one line where everything fits in its column, else a line with a name for each direction."""
    if None in told:
        yield f"{pad(label, LABEL)}{pad(_amount(told[None]), 2 * AMOUNT)}{told[None].finding.out_of:,}"
        label = ""
    own = [(name, told[place]) for place, name in people if place in told]
    if len(own) == len(people) and max((len(_amount(one)) for _, one in own), default=AMOUNT) < AMOUNT:
        amounts = "".join(pad(_amount(one), AMOUNT) for _, one in own)
        yield f"{pad(label, LABEL)}{amounts}{', '.join(f'{one.finding.out_of:,}' for _, one in own)}"
        return
    for name, one in own:
        yield f"{pad(label, LABEL)}{pad(f'{name}: {_amount(one)}', 2 * AMOUNT)}{one.finding.out_of:,}"
        label = ""


def _end(report: Report) -> Iterator[str]:
    if report.untold:
        yield f"{report.words.page('cannot_tell')}:"
    for group in report.untold:
        titles = "; ".join(one.title.lower() for one in group.subjects)
        yield from _wrapped(f"{group.title} ({len(group.subjects)}): {titles}.", indent="  ")
    seen = report.seen
    said = report.words.table["seen"]
    yield from _wrapped(said["problems_says"].format(n=f"{seen.problem_total:,}") if seen.problem_total else said["no_problems"])
    for sentence in (*report.notice, *seen.ear[:1], said["says"]):
        yield from _wrapped(sentence)


def _wrapped(sentence: str, *, indent: str = "") -> list[str]:
    return textwrap.wrap(without_isolates(sentence), WIDTH, initial_indent=indent, subsequent_indent=indent) or [""]


def pad(text: str, width: int) -> str:
    """Return the text filled with spaces to so many columns; wide letters take two, marks that are not seen none."""
    return text + " " * max(1, width - sum(_columns(char) for char in text))


def _columns(char: str) -> int:
    if char in {OPEN, CLOSE} or char in JOINERS or char in MARKS or unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
