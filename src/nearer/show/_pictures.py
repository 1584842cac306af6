"""Small pictures drawn by hand: soft bands, the two-way arrows, the round of a quarrel, strips of weeks, the ledger of promises. Here is only where things lie; the
templates draw them. Intervals are soft bands, never lone dots; both directions share one scale (look.md, Pictures).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nearer.records import Finding, Point
from nearer.show._cards import Card
from nearer.show._names import Cast, cut, isolated
from nearer.show._told import Told, ritual_of
from nearer.show._words import Words

ARROWS_NARROW, ARROWS_WIDE = 340, 640
"""Widths of the two-way picture on a phone and on a wide page, in pixels."""
NAME_IN_PICTURE, NAME_IN_ARROW = 14, 9
THIN, THICK = 2.0, 15.0
"""Thickness of an arrow for none and for all, in pixels."""
LANE, LANE_TITLE, ARROW_ROW, TOP = 132, 24, 46, 36
SOFTNESS = ((0.1, 1), (0.22, 2), (1.0, 3))
"""Blur by the width of the interval, as a share of the lane's scale."""
KEPT_OF = re.compile(r"(\d+) of (\d+)")
STRIP_WEEKS = 104
"""A strip shows the last two years at most: a cell must stay wide enough to see."""


def per_cent(value: float) -> str:
    """Return a place in a picture as SVG writes it: at most one decimal, always the same bytes."""
    return f"{value:.1f}".rstrip("0").rstrip(".") or "0"


# ----------------------------------------------------------------------------------------------------------------------------- bands


@dataclass(frozen=True, slots=True)
class Band:
    """One line of a card's picture: where the band begins, how wide it is, where the estimate lies, in per cent of the track."""

    told: Told
    start: str = ""
    width: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Bands:
    """The lines of one measure, all on the scale of their card."""

    label: str
    bands: tuple[Band, ...]
    middle: str


def bands_of(card: Card) -> tuple[Bands, ...]:
    """Return the picture of a card."""
    ends = [end for line in card.lines for told in line for end in (told.finding.low, told.finding.high) if end is not None]
    return tuple(_bands(line, ends) for line in card.lines)


def _bands(line: Sequence[Told], ends: Sequence[float]) -> Bands:
    scale = line[0].scale
    low, high = scale.domain(ends)
    middle = per_cent((scale.middle - low) / (high - low) * 100) if scale.middle is not None else ""
    return Bands(line[0].words.line, tuple(_band(told, low, high) for told in line), middle)


def _band(told: Told, low: float, high: float) -> Band:
    finding = told.finding
    if finding.value is None or finding.low is None or finding.high is None:
        return Band(told)
    start, mark, end = (min(100.0, max(0.0, (x - low) / (high - low) * 100)) for x in (finding.low, finding.value, finding.high))
    return Band(told, per_cent(start), per_cent(max(end - start, 1.0)), per_cent(mark))


# ---------------------------------------------------------------------------------------------------------------------------- arrows


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow: its hue, its three outlines (where it may lie at most, the estimate, where it lies at least), blur, and its words."""

    place: int
    outlines: tuple[str, str, str]
    softness: int
    label: str
    label_x: str
    label_y: str
    anchor: str
    line: tuple[str, str, str]
    """Start, end and height of the dotted line that stands where it can't be told."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One of the three questions: its words, where they stand, and the arrows of both directions."""

    title: str
    y: str
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Arrows:
    """The two-way picture at one width."""

    width: int
    height: int
    bottom: int
    names: tuple[str, str]
    lanes: tuple[Lane, ...]


def arrows_of(told: Sequence[Told], *, words: Words, cast: Cast, width: int) -> Arrows | None:
    """Return the two-way picture `width` pixels wide; None where there are not two people."""
    if len(cast.pair) < 2:  # noqa: PLR2004 - two people relate
        return None
    lanes = words.table["are"]["lane"]
    drawn = tuple(_lane(lane, place, told, cast=cast, width=width) for place, lane in enumerate(lanes))
    first, second = (cut(cast.plain(name), NAME_IN_PICTURE) for name in cast.pair)
    bottom = TOP + LANE * len(drawn)
    return Arrows(width, bottom + 2, bottom - TOP, (first, second), drawn)


def _lane(lane: Mapping[str, str], place: int, told: Sequence[Told], *, cast: Cast, width: int) -> Lane:
    own = {one.place: one for one in told if one.finding.measure == lane["measure"]}
    ends = [one.finding.high for one in own.values() if one.finding.high is not None]
    top = TOP + LANE * place + 8
    most = next(iter(own.values())).scale.domain(ends)[1] if own else 1.0
    order = sorted((0, 1), key=lambda number: cast.raw[number] != cast.me if cast.me in cast.pair else number)
    arrows = []
    for row, number in enumerate(order):
        name = cut(cast.plain(cast.raw[number]), NAME_IN_ARROW)
        label = lane["says"] if number in own and own[number].tells else lane["cannot"]
        said = label.format(name=isolated(name), amount=own[number].amount if number in own else "")
        arrows.append(_arrow(own.get(number), number, top + LANE_TITLE + ARROW_ROW * row, most, label=said, width=width))
    return Lane(lane["title"], per_cent(top + 10), tuple(arrows))


def _arrow(told: Told | None, number: int, top: float, most: float, *, label: str, width: int) -> Arrow:
    left, right, middle = 22.0, width - 22.0, top + 30.0
    start, end = (left, right) if number == 0 else (right, left)
    label_x, anchor = per_cent(start + (6 if number == 0 else -6)), "start" if number == 0 else "end"
    dotted = (per_cent(start + (6 if number == 0 else -6)), per_cent(end), per_cent(middle))
    finding = told.finding if told is not None else Finding("")
    if told is None or finding.value is None or finding.low is None or finding.high is None:
        return Arrow(number, ("", "", ""), 0, label, label_x, per_cent(top + 14), anchor, dotted)
    high, value, low = (_outline(start, end, middle, min(x / most, 1.0)) for x in (finding.high, finding.value, finding.low))
    softness = next(level for width_, level in SOFTNESS if (finding.high - finding.low) / most <= width_ or level == SOFTNESS[-1][1])
    return Arrow(number, (high, value, low), softness, label, label_x, per_cent(top + 14), anchor, dotted)


def _outline(start: float, end: float, middle: float, part: float) -> str:
    """Return the outline of an arrow whose shaft is as thick as its part of the scale."""
    half = (THIN + (THICK - THIN) * part) / 2
    toward = 1 if end > start else -1
    neck, head = end - toward * 15, half + 5
    points = (
        *((start, middle - half), (neck, middle - half), (neck, middle - head), (end, middle)),
        *((neck, middle + head), (neck, middle + half), (start, middle + half)),
    )
    return "M" + "L".join(f"{per_cent(x)},{per_cent(y)}" for x, y in points) + "Z"


# ------------------------------------------------------------------------------------------------------------- the round of a quarrel


@dataclass(frozen=True, slots=True)
class Round:
    """What each of the two does in the round that quarrels follow: names and moves, the first of the pair left, and the same as a sentence."""

    names: tuple[str, str]
    moves: tuple[str, str]
    says: str


def round_of(card: Card, *, words: Words, cast: Cast) -> Round | None:
    """Return the round a card tells of; None where it names none that can be drawn, or there are not two people."""
    told = next((one for one in card.told if one.tells and one.finding.unit in words.table["round"]), None)
    moves = words.table["round"][told.finding.unit] if told else None
    if told is None or not isinstance(moves, Mapping) or len(cast.pair) < 2:  # noqa: PLR2004 - two people go round
        return None
    starts = told.place or 0
    order = (starts, 1 - starts)
    by_place = {place: str(moves[which]) for place, which in zip(order, ("one", "two"), strict=True)}
    one, two = (cast.said(cast.pair[place]) for place in order)
    says = words.table["round"]["says"].format_map({"one": one, "two": two, "move_one": by_place[order[0]], "move_two": by_place[order[1]]})
    first, second = (cut(cast.plain(name), NAME_IN_PICTURE) for name in cast.pair)
    return Round((first, second), (by_place[0], by_place[1]), says)


# ----------------------------------------------------------------------------------------------------------------- strips and ledgers


@dataclass(frozen=True, slots=True)
class Cell:
    """One week of a strip: where it begins and how wide it is in per cent, how full (0 to 1), and its words."""

    x: str
    width: str
    full: str
    says: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The weeks of one ritual of one person."""

    told: Told
    label: str
    cells: tuple[Cell, ...]
    since: str
    until: str


def strips_of(told: Iterable[Told], measures: Sequence[str]) -> tuple[Strip, ...]:
    """Return a strip of weeks for each finding of these measures that has some."""
    return tuple(_strip(one) for one in told if one.finding.measure in measures and one.finding.series)


def stopped_strips(card: Card, told: Sequence[Told], words: Words) -> tuple[Strip, ...]:
    """Return the strips of the rituals that stopped: those of the same ritual and person."""
    wanted = {(ritual_of(one.finding, words)["measure"], one.finding.person) for one in card.told}
    return tuple(_strip(one) for one in told if (one.finding.measure, one.finding.person) in wanted and one.finding.series)


def _strip(told: Told) -> Strip:
    points = told.finding.series[-STRIP_WEEKS:]
    step = 100 / len(points)
    cells = tuple(
        Cell(per_cent(place * step), per_cent(step * 0.86), per_cent(_full(point)), point.label) for place, point in enumerate(points)
    )
    return Strip(told, told.words.line, cells, _month(points[0]), _month(points[-1]))


def _full(point: Point) -> float:
    found = KEPT_OF.fullmatch(point.label)
    if found and int(found[2]):
        return min(1.0, int(found[1]) / int(found[2]))
    return min(1.0, max(0.0, point.value or 0.0))


def _month(point: Point) -> str:
    return f"{point.since:%b %Y}" if point.since else ""


@dataclass(frozen=True, slots=True)
class Part:
    """One state of a ledger: its name, its words, how many, and where it lies in per cent."""

    state: str
    says: str
    count: int
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every promise of one person by what became of it."""

    told: Told
    parts: tuple[Part, ...]
    whole: int


def ledgers_of(told: Iterable[Told], words: Words) -> tuple[Ledger, ...]:
    """Return the ledger of promises of each person who gave any."""
    return tuple(_ledger(one, words) for one in told if one.finding.measure == "promises" and any(point.n for point in one.finding.series))


def _ledger(told: Told, words: Words) -> Ledger:
    states: dict[str, str] = words.table["states"]
    counts = {point.label: point.n for point in told.finding.series}
    whole = sum(counts.values())
    parts, at = [], 0.0
    for state in [*(known for known in states if known in counts), *(label for label in counts if label not in states)]:
        width = counts[state] / whole * 100
        if counts[state]:
            parts.append(
                Part(state if state in states else "unseen", states.get(state, state), counts[state], per_cent(at), per_cent(width))
            )
        at += width
    return Ledger(told, tuple(parts), whole)
