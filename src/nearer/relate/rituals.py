"""Rituals: how regularly a greeting, a goodnight or a weekly plan comes, and the one that stopped.

A day counts as kept when that person wrote such a message in its part of the day (own clock; a night lasts until four). A day is possible
when either of you wrote anything in this chat: a day without any contact may be travel, a call or a day together, so it counts neither for
nor against (the other count stands under "sensitivity"). A weekly plan is a ritual only at about the same time of the week. Regularity is 1 minus the circular variance of the clock times. A ritual has
stopped when it was missed three possible days in a row after ten of fourteen kept, and did not come back. Constructs 7.23.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nearer.records import ACT_INDEX, WHAT_INDEX, Evidence, Finding, Flags, Ints, Point, Relationship, from_microseconds, zone
from nearer.relate._shares import HIGH, LOW, beta_share, needs, sureness

NEEDS = ("greet_part", "plan_ritual")

HOUR = 3_600_000_000
DAY = 24 * HOUR
DAY_STARTS = 4 * HOUR
"""A day begins at four in the morning, so that a goodnight after midnight belongs to the evening before [C]."""
WINDOW = 28
"""Presence is told for the last 28 days (constructs 7.23)."""
POSSIBLE_NEEDED = 14
"""Shown from fourteen possible days on (constructs 8)."""
BEFORE = 14
KEPT_BEFORE = 10
MISSES = 3
"""Three misses in a row after ten of fourteen kept: the ritual stopped (constructs 7.23)."""
KEPT_EVER = 3
"""What was kept on fewer days than this is not called a ritual [C]."""
MISSED_CLEARLY = 7
"""From so many misses on, and none kept since, it is told as clear; three at the end of a record may be a long weekend [C]."""
HABITUAL = 0.5
"""From this regularity on a weekly plan is called a ritual: it comes within about a day and a half of its usual time [C]."""
LAST_TIMES = 3
RESAMPLES = 200
WEEK = 7
MONDAY = 3
"""1970 began on a Thursday: three days more and weeks run from Monday."""


@dataclass(frozen=True, slots=True)
class Ritual:
    """One kind of ritual as data: which act, which word of it, between which hours, and over how many days one time is enough."""

    says: str
    act: str
    which: str
    since: int
    until: int
    every: int = 1


RITUALS: Mapping[str, Ritual] = MappingProxyType(
    {
        "ritual_morning": Ritual("good morning", "greet_part", "greeting", 4, 12),
        "ritual_returning": Ritual("hello again", "greet_part", "greeting", 12, 28),
        "ritual_leaving": Ritual("goodbye on leaving", "greet_part", "farewell", 4, 19),
        "ritual_night": Ritual("good night", "greet_part", "farewell", 19, 28),
        "ritual_weekly": Ritual("a plan for the week", "plan_ritual", "", 4, 28, every=WEEK),
    },
)
"""The five kinds of constructs 7.23; hours on the export's clock, past 24 for the small hours of the next day [C]."""
TELLS = (*RITUALS, *(f"{name}_time" for name in RITUALS), "ritual_stopped")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Possible days (or weeks) in order, which of them were kept, the row of the first such message of each, and its clock time."""

    days: Ints
    kept: Flags
    rows: Ints
    clock: Ints
    every: int = 1
    """How many days one step of the calendar spans: 1, or 7 for weeks from Monday."""

    def __len__(self) -> int:
        return len(self.days)


@dataclass(frozen=True, slots=True)
class Break:
    """Where a ritual stopped: positions in its calendar of the last time kept and of the third miss; the kept days of fourteen before."""

    last: int
    alert: int
    kept: int


def measure(relationship: Relationship, *, seed: int = 0) -> Iterator[Finding]:
    """Yield, for each person and kind of ritual they kept, how often it was there, how regular, and that it stopped if it did."""
    if relationship.messages.senses is None or len(relationship.people) < 2:  # noqa: PLR2004 - two people relate
        return
    local = local_time(relationship)
    for person in relationship.people[:2]:
        for name, ritual in RITUALS.items():
            calendar = keep_calendar(relationship, person, ritual, local=local)
            if calendar.kept.sum() >= KEPT_EVER and _is_habit(calendar):
                yield from _findings(relationship, person, name, calendar, seed=seed)


def _is_habit(calendar: Calendar) -> bool:
    """Say whether a weekly plan comes at about the same time of the week; plans on any day are plans, not a ritual."""
    return calendar.every == 1 or regularity(calendar.clock, period=DAY * calendar.every) >= HABITUAL


# ------------------------------------------------------------------------------------------------------------------------- the calendar


def local_time(relationship: Relationship) -> Ints:
    """Return each message's time on the export's clock, microseconds; the offset is taken once a day, at noon in UTC."""
    time = relationship.messages.time
    clock = zone(relationship.messages.tz)
    days, place = np.unique(time // DAY, return_inverse=True)
    noon = [datetime(1970, 1, 1, 12, tzinfo=UTC) + timedelta(days=int(day)) for day in days]
    offsets = np.array([(at.astimezone(clock).utcoffset() or timedelta()) // timedelta(microseconds=1) for at in noon], dtype=np.int64)
    shifted: Ints = time + offsets[place] if len(time) else time
    return shifted


def keep_calendar(
    relationship: Relationship,
    person: str,
    ritual: Ritual,
    *,
    local: Ints,
) -> Calendar:
    """Return the possible days of a ritual (those with any contact of the two) and which of them were kept."""
    messages = relationship.messages
    contact = (messages.what != WHAT_INDEX["system"]) & (messages.by(person) | messages.by(relationship.other(person)))
    period = _period(local, ritual.every)
    days = np.unique(period[contact])
    rows = np.flatnonzero(_is_kept(relationship, ritual, local=local) & messages.by(person))
    if ritual.which:
        rows = rows[[_which(relationship, int(row)) in {ritual.which, ""} for row in rows]]
    first = rows[np.unique(period[rows], return_index=True)[1]]
    place = np.searchsorted(days, period[first])
    kept, at = np.zeros(len(days), dtype=np.bool_), np.full(len(days), -1, dtype=np.int64)
    kept[place], at[place] = True, first
    clock = (local[first] + (MONDAY * DAY if ritual.every == WEEK else 0)) % (DAY * ritual.every)
    return Calendar(days=days, kept=kept, rows=at, clock=clock, every=ritual.every)


def _period(local: Ints, every: int) -> Ints:
    """Return which day (or week from Monday) of the calendar each moment lies in."""
    days: Ints = (local - DAY_STARTS) // DAY
    return days if every == 1 else (days + MONDAY) // every


def _is_kept(relationship: Relationship, ritual: Ritual, *, local: Ints) -> Flags:
    """Mask the messages with the ritual's act in its hours, at the precise point: a misheard greeting would keep a ritual that stopped."""
    senses = relationship.messages.senses
    assert senses is not None  # noqa: S101 - measure() returns without senses
    column = ACT_INDEX[ritual.act]
    heard = senses.acts_shown[:, column]
    hour = (local - DAY_STARTS) % DAY
    mask: Flags = heard & (hour >= ritual.since * HOUR - DAY_STARTS) & (hour < ritual.until * HOUR - DAY_STARTS)
    return mask


def _which(relationship: Relationship, row: int) -> str:
    """Return "greeting", "farewell", or "" where it was not heard which."""
    senses = relationship.messages.senses
    given: Any = senses.attributes.get(row, {}).get("greet_part") if senses is not None else None
    which = given.get("which") if isinstance(given, Mapping) else next(iter(given or ()), "")
    return which if isinstance(which, str) else ""


# ------------------------------------------------------------------------------------------------------------------------------ counting


def regularity(clock: NDArray[np.int64], *, period: int = DAY) -> float:
    """Return 1 minus the circular variance of clock times, 0..1: 1 is always the same minute, 0 is any time of the day."""
    angles = clock / period * 2 * np.pi
    return float(np.hypot(np.cos(angles).mean(), np.sin(angles).mean()))


def regularity_interval(clock: NDArray[np.int64], *, period: int, seed: int) -> tuple[float, float]:
    """Return the 90 % interval of the regularity: RESAMPLES resamples of the times."""
    angles = clock / period * 2 * np.pi
    picks = np.random.default_rng(seed).integers(0, len(angles), (RESAMPLES, len(angles)))
    drawn = np.hypot(np.cos(angles)[picks].mean(axis=1), np.sin(angles)[picks].mean(axis=1))
    low, high = np.quantile(drawn, (LOW, HIGH))
    return round(float(low), 4), round(float(high), 4)


def find_break(kept: Sequence[bool] | Flags) -> Break | None:
    """Return the latest break that still stands: three misses in a row after ten of fourteen kept, and never ten of fourteen again."""
    marks = np.asarray(kept, dtype=np.int64)
    found: Break | None = None
    for alert in range(BEFORE + MISSES - 1, len(marks)):
        start = alert - MISSES + 1
        before = int(marks[start - BEFORE : start].sum())
        if marks[start : alert + 1].any() or before < KEPT_BEFORE or not marks[start - 1]:
            continue
        found = Break(last=start - 1, alert=alert, kept=before)
    if found is None:
        return None
    after = marks[found.last + 1 :]
    resumed = any(after[start : start + BEFORE].sum() >= KEPT_BEFORE for start in range(len(after) - KEPT_BEFORE + 1))
    return None if resumed else found


# ------------------------------------------------------------------------------------------------------------------------------ findings


def _findings(relationship: Relationship, person: str, name: str, calendar: Calendar, *, seed: int) -> Iterator[Finding]:
    other = relationship.other(person)
    unit = "weeks" if RITUALS[name].every == WEEK else "days"
    if len(calendar) < POSSIBLE_NEEDED:
        missing = needs(POSSIBLE_NEEDED, f"possible {unit}", len(calendar))
        yield Finding(measure=name, person=person, toward=other, unit=f"share of possible {unit}", n=len(calendar), needs=missing)
        return
    yield _presence(relationship, person, name, calendar, unit=unit)
    yield _clock(relationship, person, name, calendar, seed=seed)
    broken = find_break(calendar.kept)
    if broken is not None:
        yield _stopped(relationship, person, name, calendar, broken)


def _presence(relationship: Relationship, person: str, name: str, calendar: Calendar, *, unit: str) -> Finding:
    """Share of possible days kept in the last 28 (weekly: of all weeks), with its Beta interval."""
    window = len(calendar) if RITUALS[name].every == WEEK else _window(calendar)
    kept, out_of = int(calendar.kept[-window:].sum()), window
    value, low, high = beta_share(kept, out_of)
    says = sureness(low, high) if out_of >= POSSIBLE_NEEDED else "cannot_tell"
    tells = says != "cannot_tell"
    return Finding(
        measure=name,
        person=person,
        toward=relationship.other(person),
        value=value if tells else None,
        unit=f"share of possible {unit}",
        low=low if tells else None,
        high=high if tells else None,
        n=kept,
        out_of=out_of,
        says=says,
        needs="" if tells else needs(POSSIBLE_NEEDED, f"possible {unit} in the last 28 days", out_of),
        since=_day(relationship, calendar, len(calendar) - window),
        until=_day(relationship, calendar, len(calendar) - 1),
        evidence=_quotes(relationship, calendar.rows[calendar.rows >= 0], why=RITUALS[name].says),
        coverage=f"{int(calendar.kept.sum())} of {len(calendar)} possible {unit} since the beginning; text only",
        sensitivity=({"setting": f"all {unit} of the calendar, contact or not", "value": _calendar_share(calendar, window)},),
        series=_by_week(relationship, calendar) if RITUALS[name].every == 1 else (),
    )


def _window(calendar: Calendar) -> int:
    """Return how many possible days lie in the last 28 days of the record."""
    return int((calendar.days > calendar.days[-1] - WINDOW).sum())


def every_day(calendar: Calendar) -> Flags:
    """Return the kept days of a calendar in which days without any contact count as possible too."""
    kept = np.zeros(int(calendar.days[-1] - calendar.days[0]) + 1, dtype=np.bool_)
    kept[calendar.days - calendar.days[0]] = calendar.kept
    return kept


def _calendar_share(calendar: Calendar, window: int) -> float:
    """Return the share with every day of the same stretch possible: the stricter count."""
    stretch = int(calendar.days[-1] - calendar.days[-window] + 1)
    return round(int(calendar.kept[-window:].sum()) / stretch, 4)


def _clock(relationship: Relationship, person: str, name: str, calendar: Calendar, *, seed: int) -> Finding:
    """How regular the clock time is, 0..1."""
    period = DAY * RITUALS[name].every
    count = len(calendar.clock)
    tells = count >= POSSIBLE_NEEDED
    low, high = regularity_interval(calendar.clock, period=period, seed=seed) if tells else (None, None)
    return Finding(
        measure=f"{name}_time",
        person=person,
        toward=relationship.other(person),
        value=round(regularity(calendar.clock, period=period), 4) if tells else None,
        unit="regularity, 0 to 1",
        low=low,
        high=high,
        n=count,
        out_of=len(calendar),
        says="clearly" if tells else "cannot_tell",
        needs="" if tells else needs(POSSIBLE_NEEDED, "times it was there", count),
        since=_day(relationship, calendar, 0),
        until=_day(relationship, calendar, len(calendar) - 1),
        evidence=_quotes(relationship, calendar.rows[calendar.rows >= 0], why=RITUALS[name].says),
    )


def _stopped(relationship: Relationship, person: str, name: str, calendar: Calendar, broken: Break) -> Finding:
    """The ritual that stopped: since the last day kept; evidence, its last three times; against, the days on which it came back."""
    low, high = beta_share(broken.kept, BEFORE)[1:]
    before = calendar.rows[: broken.last + 1]
    after = calendar.rows[broken.alert + 1 :]
    missed = int((~calendar.kept[broken.last + 1 :]).sum())
    unit = "weeks" if RITUALS[name].every == WEEK else "days"
    strict = find_break(every_day(calendar))
    return Finding(
        measure="ritual_stopped",
        person=person,
        toward=relationship.other(person),
        value=float(broken.kept),
        unit=f"{unit} kept of {BEFORE} before",
        low=round(low * BEFORE, 2),
        high=round(high * BEFORE, 2),
        n=broken.kept,
        out_of=BEFORE,
        says="clearly" if len(after[after >= 0]) == 0 and missed >= MISSED_CLEARLY else "probably",
        since=_day(relationship, calendar, broken.last),
        until=_day(relationship, calendar, len(calendar) - 1),
        evidence=_quotes(relationship, before[before >= 0], why=RITUALS[name].says),
        against=tuple(Evidence(relationship.messages.ids[int(row)], f"{RITUALS[name].says}: there again") for row in after[after >= 0][:5]),
        coverage=f"{RITUALS[name].says}: missed on {missed} of {len(calendar) - broken.last - 1} possible {unit} since; text only",
        sensitivity=({"setting": f"all {unit} of the calendar, contact or not", "value": float(strict.kept) if strict else None},),
    )


def _quotes(relationship: Relationship, rows: Ints, *, why: str) -> tuple[Evidence, ...]:
    ids = relationship.messages.ids
    return tuple(Evidence(ids[int(row)], f"{why}: kept") for row in rows[-LAST_TIMES:])


def _by_week(relationship: Relationship, calendar: Calendar) -> tuple[Point, ...]:
    """Return the share of possible days kept week by week (the calendar picture)."""
    weeks = (calendar.days + MONDAY) // WEEK
    points = []
    for week in np.unique(weeks):
        own = np.flatnonzero(weeks == week)
        kept = int(calendar.kept[own].sum())
        share, low, high = beta_share(kept, len(own))
        since, until = _day(relationship, calendar, int(own[0])), _day(relationship, calendar, int(own[-1]))
        points.append(Point(value=share, n=len(own), low=low, high=high, since=since, until=until, label=f"{kept} of {len(own)}"))
    return tuple(points)


def _day(relationship: Relationship, calendar: Calendar, position: int) -> datetime:
    """Return when a possible day (or week) began, or the message that kept it, on the export's clock."""
    tz = relationship.messages.tz
    row = int(calendar.rows[position])
    if row >= 0:
        return from_microseconds(int(relationship.messages.time[row]), tz=tz)
    day = int(calendar.days[position]) * calendar.every - (MONDAY if calendar.every == WEEK else 0)
    naive = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day, hours=DAY_STARTS // HOUR)
    return naive.replace(tzinfo=zone(tz))
