"""The pictures over time: valid specifications, the clock of the export, one scale, gaps where it can't be told."""

import os
import time
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from nearer.records import Finding, Point
from nearer.show._charts import NARROW, WIDE, Drawn, cells_of, clock, draw, drawing, heat_map, multiple, ribbon
from nearer.show._episodes import Mark
from nearer.show._report import Report, make_report
from nearer.show._svg import at_home
from report_reader import a_finding, a_year, both_ways, points, two


def report(*findings: Finding) -> Report:
    return make_report(two(), findings, [], incognito=False, about={}, with_help=False)


def the_year() -> Report:
    relationship, findings, happened = a_year()
    return make_report(relationship, findings, happened, incognito=False, about={}, with_help=False)


@pytest.fixture(scope="module")
def year() -> Report:
    return the_year()


def the_ribbon(made: Report, width: int) -> Drawn:
    drawn = ribbon(made.findings, made.marks, words=made.words, cast=made.cast, width=width)
    assert drawn is not None
    return drawn


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_ribbon_is_valid_and_as_wide_as_the_page(year: Report, width: int) -> None:
    svg = draw(the_ribbon(year, width))
    found = float(svg.split('width="')[1].split('"')[0])
    assert width * 0.92 < found <= width * 1.02
    assert at_home(svg, label="t").startswith("<svg")


def test_a_ribbon_needs_both_and_more_than_one_week(year: Report) -> None:
    made = report(a_finding("contact", series=points(3.0, 4.0)))
    assert ribbon(made.findings, (), words=made.words, cast=made.cast, width=NARROW) is None
    made = report(*both_ways("contact", series=points(3.0)))
    assert ribbon(made.findings, (), words=made.words, cast=made.cast, width=NARROW) is None
    assert {mark.lane for mark in year.marks} == {"quarrel", "made up", "good news", "ritual stopped"}


def test_weeks_of_silence_draw_a_flat_ribbon() -> None:
    made = report(*both_ways("contact", series=points(0.0, 0.0, 0.0)))
    assert "<path" in draw(the_ribbon(made, NARROW))


def test_a_hundred_marks_of_one_day_are_one_mark() -> None:
    made = report(*both_ways("contact", series=points(3.0, 4.0)))
    at = datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    drawn = ribbon(made.findings, [Mark("quarrel", at, "x")] * 100, words=made.words, cast=made.cast, width=NARROW)
    assert drawn is not None
    assert [rows for rows in drawn.spec["datasets"].values() if rows and "day" in rows[0]] == [
        [{"day": "2026-01-05T12:00:00Z", "y": 137.0}]
    ]


def test_over_time_both_directions_share_one_scale_and_a_gap_stays_a_gap() -> None:
    made = report(*both_ways("accessible", series=points(0.5, None, 0.6, 0.7)))
    drawn = multiple(made.cards[0].told, cast=made.cast, name="accessible")
    assert drawn is not None
    bands = [rows for rows in drawn.spec["datasets"].values() if "low" in rows[0]]
    assert [len(rows) for rows in bands] == [3, 3]
    domains = {str(layer["encoding"]["y"]["scale"]["domain"]) for layer in drawn.spec["layer"]}
    assert domains == {"[0.0, 1.0]"}
    assert "<rect" in draw(drawn) or "<path" in draw(drawn)


def test_names_at_the_end_of_lines_that_meet_stand_apart() -> None:
    made = report(*both_ways("accessible", series=points(0.5, 0.5, 0.5)))
    drawn = multiple(made.cards[0].told, cast=made.cast, name="accessible")
    assert drawn is not None
    [names] = [rows for rows in drawn.spec["datasets"].values() if "says" in rows[0]]
    assert abs(names[0]["y"] - names[1]["y"]) == pytest.approx(0.19)


@pytest.mark.parametrize(("values", "drawn"), [((0.5, 0.6), False), ((0.5, 0.6, 0.7), True), ((0.5, None, None, None), False)])
def test_fewer_than_three_periods_are_not_drawn(values: tuple[float | None, ...], drawn: bool) -> None:  # noqa: FBT001 - a table
    made = report(a_finding(series=points(*values)))
    assert (multiple(made.cards[0].told, cast=made.cast, name="x") is not None) is drawn


@pytest.mark.parametrize("measure", ["engaged", "reply_lag", "talk_mix"])
def test_rates_lags_and_pairs_are_drawn_too(measure: str) -> None:
    made = report(
        a_finding(measure, value=0.6, series=points(0.5, 0.6, 0.7), **({"person": None, "toward": None} if measure == "talk_mix" else {}))
    )
    drawn = multiple(made.cards[0].told, cast=made.cast, name=measure)
    assert drawn is not None
    assert draw(drawn).startswith("<svg")


def test_a_heat_map_has_all_hours_or_is_not_drawn(year: Report) -> None:
    [hours] = [told for told in year.told if told.finding.measure == "hours"]
    assert len(cells_of(hours.finding)) == 168
    svg = draw(heat_map(hours, width=WIDE) or Drawn("", {}))
    assert svg.count("<path") >= 168
    assert all(day in svg for day in ("Mon", "Sat", "Sun"))
    broken = report(a_finding("hours", person=None, toward=None, series=(Point(0.5, label="Mon 00"), Point(0.5, label="Xyz 99"))))
    assert heat_map(broken.told[0], width=WIDE) is None


def test_specifications_made_without_checks_are_the_same_as_checked_ones(year: Report) -> None:
    checked = the_ribbon(year, WIDE).spec
    with drawing():
        assert the_ribbon(year, WIDE).spec == checked


@pytest.fixture
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(os.environ, "TZ", "Pacific/Auckland")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_elsewhere")
def test_the_zone_of_the_machine_plays_no_part() -> None:
    assert clock(datetime(2026, 3, 1, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))) == "2026-03-01T23:30:00Z"
