"""The report as one HTML file: works offline and without script, fetches nothing, prints on A4, speaks to a screen reader.

Jinja escapes everything; a name in a sentence becomes `<bdi>`. The style sheet is inside and allowed by its hash, and nothing else is: the
policy forbids scripts, fonts, frames, forms and every request. Safety.md rules 1, 12 and 13, T18, C27.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from nearer.records import Finding, Point
from nearer.show._cards import Card
from nearer.show._charts import DAYS, HOURS, NARROW, WIDE, Drawn, draw, drawing, heat_map, multiple, ribbon
from nearer.show._help import HelpPage
from nearer.show._names import CLOSE, OPEN
from nearer.show._pictures import ARROWS_NARROW, ARROWS_WIDE, arrows_of, bands_of, ledgers_of, round_of, stopped_strips, strips_of
from nearer.show._report import Report
from nearer.show._svg import at_home
from nearer.show._told import Told

OPEN_LINES = 2
"""So many lines of a card's picture are seen at once; a card stays small, the others open [C]."""
FIRST_MULTIPLES = 2
"""At least so many measures over time are seen at once, the main ones first."""
NAME = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as it stands in the page: its id, what it is of, and its drawings for a narrow and a wide page."""

    key: str
    title: str
    narrow: Markup
    wide: Markup | None = None
    label: str = ""
    """The id of the words that name it."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page with the cards that have something to tell."""

    key: str
    title: str
    says: str
    cards: tuple[Card, ...]


def to_html(report: Report, *, quiet: HelpPage, help_page: HelpPage | None = None) -> str:
    """Write a report as one page; `help_page` stands before everything else, `quiet` at the end of every report, the same for everybody."""
    style = files("nearer.show").joinpath("templates", "style.css").read_text("utf-8")
    with drawing():
        ribbons, multiples, heat = _ribbon(report), _multiples(report), _heat(report)
    written: str = _page("report.html").render(
        report=report,
        words=report.words.table,
        page=report.words.table["page"],
        picture=report.words.table["picture"],
        help=help_page,
        quiet=quiet,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        arrows=[
            (name, arrows_of(report.told, words=report.words, cast=report.cast, width=width))
            for name, width in (("narrow", ARROWS_NARROW), ("wide", ARROWS_WIDE))
        ],
        are_rows=_are_rows(report),
        are_tells=any(told.tells for _, rows in _are_rows(report) for told in rows),
        ribbon=ribbons,
        weeks=_weeks(report),
        multiples=multiples[0],
        more_multiples=multiples[1],
        sections=_sections(report),
        bands_of=bands_of,
        open_lines=OPEN_LINES,
        round_of=lambda card: round_of(card, words=report.words, cast=report.cast),
        heat=heat,
        heat_rows=_heat_rows,
        days=DAYS,
        points=_points(report),
        ribbon_says=report.words.table["picture"]["ribbon_says"].format_map({"one": _said(report, 0), "two": _said(report, 1)}),
        strips=strips_of(report.told, [row["measure"] for row in report.words.table["ritual"].values()]),
        stopped_strips=lambda card: stopped_strips(card, report.told, report.words),
        ledgers=ledgers_of(report.told, report.words),
    )
    return written


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("nearer.show", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["say"] = say
    made.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    made.filters["is_number"] = lambda text: re.fullmatch(r"[+*\d][\d -]{1,24}", text) is not None
    made.filters["slug"] = lambda text: re.sub(r"\W+", "-", str(text), flags=re.ASCII).strip("-") or "x"
    return made


def _page(name: str) -> Any:
    return _environment().get_template(name)


def say(sentence: str) -> Markup:
    """Return a sentence as HTML: escaped, each name in its own `<bdi>`."""
    pieces = NAME.split(sentence)
    return Markup("").join(Markup("<bdi>{}</bdi>").format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces))


# -------------------------------------------------------------------------------------------------------------------------- sections


def _sections(report: Report) -> list[Section]:
    """Return the sections in order; those with nothing to show are left out, except the one about time."""
    found = []
    for key, said in report.words.table["section"].items():
        cards = tuple(card for card in report.cards if card.section == key and card.tells)
        has_list = (key == "quarrels" and report.quarrels) or (
            key == "promises" and (report.promises or ledgers_of(report.told, report.words))
        )
        if cards or has_list or key == "time":
            found.append(Section(key, str(said["title"]), str(said.get("says", "")), cards))
    return found


def _are_rows(report: Report) -> list[tuple[str, list[Told]]]:
    """Return the table behind the two-way picture: each question with the findings of both directions."""
    lanes = report.words.table["are"]["lane"]
    return [(lane["title"], [one for one in report.told if one.finding.measure == lane["measure"]]) for lane in lanes]


def _weeks(report: Report) -> list[tuple[str, dict[int | None, int]]]:
    """Return the table behind the ribbon: each month with the messages of each of the two."""
    months: dict[str, dict[int | None, int]] = {}
    for finding in report.findings:
        if finding.measure == "contact" and finding.person is not None:
            for point in finding.series:
                month = months.setdefault(f"{point.since:%B %Y}" if point.since else "", {})
                place = report.cast.place(finding.person)
                month[place] = month.get(place, 0) + point.n
    return list(months.items())


def _heat_rows(finding: Finding) -> list[tuple[str, list[int]]]:
    """Return the table behind the heat map: each hour with the messages of each day; nothing without the 168 cells."""
    counts = {point.label: point.n for point in finding.series}
    hours = [f"{hour:02d}" for hour in range(HOURS)]
    if any(f"{day} {hour}" not in counts for day in DAYS for hour in hours):
        return []
    return [(f"{hour}:00", [counts[f"{day} {hour}"] for day in DAYS]) for hour in hours]


def _points(report: Report) -> list[tuple[Told, Point]]:
    """Return the table behind the small multiples."""
    drawn = [told for told in report.told if told.words.over_time and told.tells]
    return [(told, point) for told in drawn for point in told.finding.series if point.since is not None]


def _said(report: Report, place: int) -> str:
    return report.cast.said(report.cast.pair[place]) if len(report.cast.pair) > place else ""


# -------------------------------------------------------------------------------------------------------------------------- pictures


def _ribbon(report: Report) -> Picture | None:
    drawn = [ribbon(report.findings, report.marks, words=report.words, cast=report.cast, width=width) for width in (NARROW, WIDE)]
    return _picture("ribbon", str(report.words.table["picture"]["ribbon"]), drawn)


def _heat(report: Report) -> Picture | None:
    told = next((one for one in report.told if one.finding.measure == "hours" and one.tells), None)
    return _picture("hours", told.sentence, [heat_map(told, width=width) for width in (NARROW, WIDE)]) if told else None


def _picture(key: str, title: str, drawn: Iterable[Drawn | None]) -> Picture | None:
    made = [one for one in drawn if one is not None]
    if not made:
        return None
    narrow, wide = (Markup(at_home(draw(one), label=f"title-{key}")) for one in (made[0], made[-1]))  # noqa: S704 - at_home lets only our own tags pass
    return Picture(key, title, narrow, wide)


def _multiples(report: Report) -> tuple[list[Picture], list[Picture]]:
    """Return a small picture for each measure whose value can be told over three periods or more: those seen at once, and the others."""
    found: list[Picture] = []
    drawn_here = [one for one in report.told if one.words.over_time and one.tells]
    for measure, group in groupby(drawn_here, key=lambda one: one.finding.measure):
        told = list(group)
        drawn = multiple(told, cast=report.cast, name=measure)
        if drawn is not None:
            title = _over_time_title(report, told[0])
            label = f"title-over-{len(found)}"
            svg = Markup(at_home(draw(drawn), label=label))  # noqa: S704 - at_home lets only our own tags pass
            found.append(Picture(measure, title, svg, label=label))
    main = [one for one in found if one.key in report.words.table["picture"]["multiples_first"]]
    first = [*main, *[one for one in found if one not in main][: max(0, FIRST_MULTIPLES - len(main))]]
    return first, [one for one in found if one not in first]


def _over_time_title(report: Report, told: Told) -> str:
    """Return the title of the card, with the line where the card has several measures over time."""
    title = str(report.words.card(told.words.card)["title"])
    others = {own.measure for own in report.words.measures.values() if own.card == told.words.card and own.over_time}
    return title if len(others) == 1 else f"{title}: {told.words.line}"
