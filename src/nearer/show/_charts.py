"""The pictures over time: the ribbon of contact, small multiples of each measure, the heat map of hours. Altair specs, drawn offline.

Drawn are only numbers that a finding carries (its `series`), never the messages: the picture costs the same for a thousand messages and
for a million. Clock times are written as if they were UTC, so that the drawing machine's own zone plays no part. Each picture is drawn in
two widths, for a phone and for a wide page, so that its letters are never scaled. Constructs 8, 9; look.md, Pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nearer.records import Finding, Point
from nearer.show._episodes import Mark
from nearer.show._names import Cast, cut, isolated
from nearer.show._svg import INK
from nearer.show._told import Told
from nearer.show._words import Words

NARROW, WIDE = 306, 620
LETTERS = 12
RIBBON, LANE = 58, 22
"""Height of one half of the ribbon, and of each lane of marks under it."""
SMALL_WIDTH, SMALL_HEIGHT = 292, 84
NAME_ROOM, NAME_LETTERS, VALUE_ROOM = 62, 9, 36
APART = 0.19
"""Names at the end of two lines stand at least this part of the height apart."""
POINTS_NEEDED = 3
SHAPES = ("diamond", "circle", "triangle-up", "square")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = 24
HUES = ("one", "two")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture at one width, as the specification its drawer takes."""

    name: str
    spec: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """The numbers of a picture by name, kept out of the specification until it is made: Altair would copy them at every step."""

    held: dict[str, list[dict[str, Any]]]

    def hold(self, rows: list[dict[str, Any]]) -> Any:
        """Keep some rows and return what a chart names them by."""
        import altair as alt  # noqa: PLC0415 - only the drawn form pays for it

        name = f"rows-{len(self.held)}"
        self.held[name] = rows
        return alt.NamedData(name)


def clock(time: datetime) -> str:
    """Return a local time as the picture writes it."""
    return f"{time:%Y-%m-%dT%H:%M:%S}Z"


# ---------------------------------------------------------------------------------------------------------------------------- ribbon


def ribbon(findings: Sequence[Finding], marks: Sequence[Mark], *, words: Words, cast: Cast, width: int) -> Drawn | None:
    """Return the ribbon: one person's messages a week above the line, the other's below, lanes of marks underneath."""
    import altair as alt  # noqa: PLC0415 - only the drawn form pays for it

    own = {cast.place(finding.person): finding for finding in findings if finding.measure == "contact" and finding.person is not None}
    if set(own) != {0, 1} or not any(len(finding.series) > 1 for finding in own.values()):
        return None
    most = max((point.value or 0.0 for finding in own.values() for point in finding.series), default=0.0) or 1.0
    lanes = [str(words.table["picture"][f"lane_{lane}"]) for lane in ("quarrel", "repair", "news", "stopped")]
    lanes = [lane for lane in lanes if any(mark.lane == lane for mark in marks)]
    height = 2 * RIBBON + LANE * len(lanes) + (10 if lanes else 0)
    axis, data = _months(width), Rows({})
    areas = [
        alt.Chart(data.hold(_half(own[place], most, up=place == 0)))
        .mark_area(interpolate="monotone", color=INK[HUES[place]], opacity=0.75)
        .encode(x=alt.X("week:T", scale=alt.Scale(type="utc"), axis=axis), y=_pixels(alt, "top", height), y2="line:Q")
        for place in (0, 1)
    ]
    texts = [{"y": RIBBON - 12.0, "says": _label(cast, 0)}, {"y": RIBBON + 12.0, "says": _label(cast, 1)}]
    texts += [{"y": _lane_y(number), "says": lane} for number, lane in enumerate(lanes)]
    labels = (
        alt.Chart(data.hold(texts))
        .mark_text(align="right", baseline="middle", dx=-10, fontSize=LETTERS, color=INK["muted"])
        .encode(x=alt.value(0), y=_pixels(alt, "y", height), text="says:N")
    )
    layers = [*areas, labels, *(_lane(alt, data, lane, number, marks, height) for number, lane in enumerate(lanes))]
    left = max(len(str(text["says"])) for text in texts) * LETTERS * 0.55 + 44
    return Drawn("ribbon", _spec(alt.layer(*layers).properties(width=round(width - left), height=height), data))


def _half(finding: Finding, most: float, *, up: bool) -> list[dict[str, Any]]:
    side = -1 if up else 1
    return [
        {"week": clock(point.since), "line": RIBBON, "top": round(RIBBON + side * (point.value or 0.0) / most * (RIBBON - 4), 1)}
        for point in finding.series
        if point.since is not None
    ]


def _lane(alt: Any, data: Rows, lane: str, number: int, marks: Sequence[Mark], height: int) -> Any:
    days = dict.fromkeys(clock(mark.time)[:10] for mark in marks if mark.lane == lane)
    rows = [{"day": f"{day}T12:00:00Z", "y": _lane_y(number)} for day in days]
    return (
        alt.Chart(data.hold(rows))
        .mark_point(shape=SHAPES[number % len(SHAPES)], size=44, filled=number % 2 == 0, color=INK["ink"], opacity=0.75, strokeWidth=1.4)
        .encode(x=alt.X("day:T", scale=alt.Scale(type="utc")), y=_pixels(alt, "y", height))
    )


def _lane_y(number: int) -> float:
    return 2 * RIBBON + 10 + LANE * (number + 0.5)


def _pixels(alt: Any, name: str, height: int) -> Any:
    return alt.Y(f"{name}:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)


def _months(width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - only the drawn form pays for it

    return alt.Axis(
        title=None,
        grid=False,
        domain=False,
        ticks=True,
        tickSize=4,
        tickColor=INK["line"],
        labelColor=INK["muted"],
        labelFontSize=LETTERS,
        labelPadding=4,
        labelFlush=False,
        labelOverlap="greedy",
        tickCount=max(3, width // 80),
        labelExpr="utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')",
    )


def _label(cast: Cast, place: int) -> str:
    return isolated(cut(cast.plain(cast.pair[place]), NAME_LETTERS))


# ------------------------------------------------------------------------------------------------------------------------- multiples


def multiple(told: Sequence[Told], *, cast: Cast, name: str) -> Drawn | None:
    """Return one measure over time, both directions on one scale; None where fewer than three periods can be told."""
    import altair as alt  # noqa: PLC0415 - only the drawn form pays for it

    series = [one for one in told if len(_timed(one)) >= POINTS_NEEDED]
    if not series:
        return None
    ends = [end for one in series for point in _timed(one) for end in (point.low, point.high) if end is not None]
    domain = series[0].scale.domain(ends)
    data = Rows({})
    layers = [layer for one in series for layer in _line(alt, data, one, domain)] + [_ends(alt, data, series, cast, domain)]
    return Drawn(name, _spec(alt.layer(*layers).properties(width=SMALL_WIDTH - NAME_ROOM - VALUE_ROOM, height=SMALL_HEIGHT), data))


def _timed(told: Told) -> list[Point]:
    """Return the periods that can be told."""
    return [point for point in told.finding.series if point.since and point.until and None not in {point.value, point.low, point.high}]


def _line(alt: Any, data: Rows, told: Told, domain: tuple[float, float]) -> list[Any]:
    """Return one direction: for each period a soft band from low to high and a line at the estimate; a gap where it can't be told."""
    hue, dash = _hue(told), [5, 3] if told.place == 1 else [1, 0]
    rows = [
        {"since": clock(point.since), "until": clock(point.until), "value": point.value, "low": point.low, "high": point.high}
        for point in _timed(told)
        if point.since and point.until
    ]
    chart = alt.Chart(data.hold(rows))
    x = alt.X("since:T", scale=alt.Scale(type="utc"), axis=_months(SMALL_WIDTH))
    return [
        chart.mark_rect(color=hue, opacity=0.22).encode(x=x, x2="until:T", y=_value(alt, "low", told, domain), y2="high:Q"),
        chart.mark_rule(color=hue, strokeWidth=2.2, strokeDash=dash).encode(x=x, x2="until:T", y=_value(alt, "value", told, domain)),
    ]


def _hue(told: Told) -> str:
    return INK["pair"] if told.place is None else INK[HUES[told.place]]


def _value(alt: Any, name: str, told: Told, domain: tuple[float, float]) -> Any:
    """Return the upright axis: only its ends, in words for shares, so that no grid competes with the lines."""
    axis = alt.Axis(
        title=None,
        grid=True,
        gridColor=INK["line"],
        domain=False,
        ticks=False,
        labelColor=INK["muted"],
        labelFontSize=LETTERS - 1,
        labelPadding=6,
        values=_steps(told, domain),
        labelExpr=_step_words(told),
    )
    return alt.Y(f"{name}:Q", scale=alt.Scale(domain=list(domain), nice=False), axis=axis)


def _steps(told: Told, domain: tuple[float, float]) -> list[float]:
    if told.scale.middle is not None:
        return [told.scale.middle]
    if domain == (0.0, 1.0):
        return [0, 0.5, 1]
    most = domain[1]
    return [0, round(most / 1.5, 1 if most < 10 else 0)]  # noqa: PLR2004 - below ten, tenths


def _step_words(told: Told) -> str:
    if told.scale.middle is not None:
        return "'usual'"
    return "datum.value == 0 ? 'none' : datum.value == 1 ? 'all' : 'half'" if told.scale.domain([]) == (0.0, 1.0) else "datum.value"


def _ends(alt: Any, data: Rows, series: Sequence[Told], cast: Cast, domain: tuple[float, float]) -> Any:
    """Return each person's name at the end of their line, kept apart where the lines meet."""
    low, high = domain
    last = {one.place: _timed(one)[-1] for one in series}
    heights = {place: float(point.value or 0.0) for place, point in last.items()}
    if len(heights) == 2 and abs(heights[0] - heights[1]) < APART * (high - low):  # noqa: PLR2004 - the two
        middle, upper = sum(heights.values()) / 2, max((0, 1), key=lambda place: (heights[place], -place))
        middle = min(max(middle, low + APART / 2 * (high - low)), high - APART / 2 * (high - low))
        heights = {upper: middle + APART / 2 * (high - low), 1 - upper: middle - APART / 2 * (high - low)}
    rows = [{"y": heights[place], "says": _label(cast, place) if place is not None else "", "hue": INK["ink"]} for place in last]
    return (
        alt.Chart(data.hold(rows))
        .mark_text(align="left", baseline="middle", dx=6, fontSize=LETTERS, color=INK["ink"])
        .encode(
            x=alt.value(SMALL_WIDTH - NAME_ROOM - VALUE_ROOM),
            y=alt.Y("y:Q", scale=alt.Scale(domain=list(domain), nice=False)),
            text="says:N",
        )
    )


# -------------------------------------------------------------------------------------------------------------------------- heat map


def heat_map(told: Told, *, width: int) -> Drawn | None:
    """Return the hours of the pair's week, a row for each day; None without the 168 cells."""
    import altair as alt  # noqa: PLC0415 - only the drawn form pays for it

    cells = cells_of(told.finding)
    if not cells:
        return None
    most = max(cells.values()) or 1.0
    rows = [
        {"day": day, "hour": hour, "part": round(0.05 + 0.95 * cells[day, hour] / most, 3) if cells[day, hour] else 0.03}
        for day in range(7)
        for hour in range(24)
    ]
    cell, data = (width - 44) / 24, Rows({})
    high = max(16.0, min(cell, 22.0))
    squares = (
        alt.Chart(data.hold(rows))
        .mark_rect(color=INK["pair"], width=round(cell - 1.5, 1), height=round(high - 1.5, 1), cornerRadius=2)
        .encode(
            x=alt.X("hour:Q", scale=alt.Scale(domain=[-0.5, 23.5], nice=False), axis=_hours_axis(alt)),
            y=alt.Y("day:Q", scale=alt.Scale(domain=[6.5, -0.5], nice=False), axis=_days_axis(alt)),
            opacity=alt.Opacity("part:Q", scale=None),
        )
    )
    weekend = (
        alt.Chart(data.hold([{"y": 4.5}]))
        .mark_rule(color=INK["muted"], strokeDash=[2, 3])
        .encode(y=alt.Y("y:Q", scale=alt.Scale(domain=[6.5, -0.5], nice=False), axis=_days_axis(alt)))
    )
    return Drawn("hours", _spec(alt.layer(squares, weekend).properties(width=round(width - 44), height=round(high * 7)), data))


def cells_of(finding: Finding) -> dict[tuple[int, int], float]:
    """Return the share of messages by day (0 is Monday) and hour; {} unless all 168 cells are there."""
    cells = {}
    for point in finding.series:
        day, _, hour = point.label.partition(" ")
        if day in DAYS and hour.isdecimal() and int(hour) < HOURS:
            cells[DAYS.index(day), int(hour)] = point.value or 0.0
    return cells if len(cells) == HOURS * len(DAYS) else {}


def _hours_axis(alt: Any) -> Any:
    return alt.Axis(
        **_plain_axis(),
        values=[0, 6, 12, 18, 23],
        labelExpr="datum.value < 10 ? '0' + datum.value + ':00' : datum.value + ':00'",
        orient="bottom",
    )


def _days_axis(alt: Any) -> Any:
    return alt.Axis(**_plain_axis(), values=list(range(7)), labelExpr=f"{list(DAYS)}[datum.value]")


def _plain_axis() -> dict[str, Any]:
    return {
        "title": None,
        "grid": False,
        "domain": False,
        "ticks": False,
        "labelColor": INK["muted"],
        "labelFontSize": LETTERS,
        "labelPadding": 5,
    }


# ------------------------------------------------------------------------------------------------------------------------ to pictures


def _spec(chart: Any, data: Rows) -> Mapping[str, Any]:
    drawn = chart.configure(background="transparent", font="system-ui", aria=False, padding=2).configure_view(stroke=None, clip=False)
    spec: Mapping[str, Any] = drawn.to_dict(validate=False)
    return {**spec, "datasets": data.held}


@contextmanager
def drawing() -> Iterator[None]:
    """Build specifications without checking each against the schema: it takes half of the time, and our tests check them."""
    from altair.utils.schemapi import debug_mode  # noqa: PLC0415 - only the drawn form pays for it

    with debug_mode(False):
        yield


def draw(drawn: Drawn) -> str:
    """Return the picture as raw SVG; nothing is fetched."""
    import vl_convert  # noqa: PLC0415 - only the drawn form pays for it

    return str(vl_convert.vegalite_to_svg(dict(drawn.spec), allowed_base_urls=[]))
