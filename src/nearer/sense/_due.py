"""When a promise falls due: the date and time in a sentence, seen from the moment it was said and from the clock of its zone.

The due moment is the last one at which the promise would still be kept: a day ends at 23:59, a morning at noon, a week on Sunday. A weekday
is the next such day; an hour without am or pm is the next such hour, on another day the likely one. What is ambiguous (3/4), recurring
(every Sunday) or tied to an event (before you land) has no date. Constructs 7.15; day parts are our own convention [C].
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

MAX_CHARACTERS = 2_000
"""How much of a text is searched for a date; what lies behind is not looked at."""
DAY_END, MORNING_END, AFTERNOON_END, EVENING_END, LUNCH = time(23, 59), time(12), time(18), time(22), time(13)
SMALL_HOURS = 4
"""Before four in the morning, "in the morning" is the same day."""
NOON = 12
LAST_LIKELY_PM = 7
"""On another day, one to seven without am or pm are meant in the afternoon, eight to eleven in the morning [C]."""

_NUMBERS = {
    w: n for n, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split())
} | {"a": 1, "an": 1, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "couple": 2, "few": 3}
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_COUNT = r"(?P<count>\d{1,3}|(?:a )?(?:few|couple)(?: of)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety)"
_HOUR = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MERIDIEM = r"(?: ?(?P<meridiem>[ap]\.?m\b\.?)| ?o'?clock)?"
_NOT_A_TIME = r"(?! ?(?:%|€|£|\$|euros?|pounds?|dollars?|quid|bucks|kg|km|miles|people|times|pages|percent|degrees|[a-z]+ street|weeks?|days?|hours?|min|(?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|th\b|st\b|nd\b|rd\b|\d|[./-]\d))"

RECURRING = re.compile(r"\b(every|each|always|never|whenever|yesterday|last (night|week|month|year|time))\b")


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment (aware, on the clock it was said) and the parts of the text that named it."""

    at: datetime
    spans: tuple[tuple[int, int], ...]


def due(text: str, *, said: datetime) -> datetime | None:
    """Return the due moment named in a text said at `said` (aware, in the zone of its clock), or None."""
    found = find_due(text, said=said)
    return found.at if found else None


def find_due(text: str, *, said: datetime) -> Due | None:
    """Return the due moment with the places in the text that name it, or None."""
    plain = text[:MAX_CHARACTERS].lower().replace("\u2019", "'")
    if RECURRING.search(plain):
        return None
    span = _SPAN.search(plain)
    if span:
        return Due(_after(span, said), (span.span(),))
    numeric = _AMBIGUOUS.search(plain)
    if numeric and not _numeric_day(numeric, said.date()):
        return None
    day, day_span = _day(plain, said)
    clock, clock_span = _clock(plain)
    spans = tuple(s for s in (day_span, clock_span) if s)
    if day is None and clock is None:
        return None
    if clock is None:
        part = _part_end(plain)
        return Due(_local(day or said.date(), part or DAY_END, said), spans)
    return Due(_with_clock(day, clock, plain, said), spans)


# ------------------------------------------------------------------------------------------------------------------- in twenty minutes

_SPAN = re.compile(
    r"\b(?:in|within|give me|need|for)(?: the next| about| around| roughly)? "
    rf"(?:(?P<half>half an hour)|(?P<bare>\d{{1,2}})(?=\s*(?:$|[.!,?x]))|{_COUNT}(?: more)? ?(?P<unit>minutes?|mins?|min|m|hours?|hrs?|h)(?P<and>(?: and)? a half)?)(?![a-z])",
)


def _after(span: re.Match[str], said: datetime) -> datetime:
    if span["half"]:
        step = timedelta(minutes=30)
    elif span["bare"]:
        step = timedelta(minutes=int(span["bare"]))
    else:
        count = _number(span["count"]) + (0.5 if span["and"] else 0)
        step = timedelta(hours=count) if span["unit"].startswith("h") else timedelta(minutes=count)
    return (said.astimezone(UTC) + step).astimezone(said.tzinfo)


def _number(words: str) -> int:
    return int(words) if words.isdigit() else next((_NUMBERS[w] for w in words.split() if w in _NUMBERS and w != "a"), 1)


# --------------------------------------------------------------------------------------------------------------------------- which day


def _day(plain: str, said: datetime) -> tuple[date | None, tuple[int, int] | None]:
    today = said.date()
    if said.hour < SMALL_HOURS and _IN_THE_MORNING.search(plain):
        return today, None
    for pattern, rule in _DAY_RULES:
        if found := pattern.search(plain):
            return rule(found, today), found.span()
    return None, None


def _weekday(found: re.Match[str], today: date) -> date:
    number = _WEEKDAYS.index(found["weekday"][:3])
    which = found["which"] or ""
    if which.startswith("next"):
        return today + timedelta(days=7 - today.weekday() + number)
    ahead = (number - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead + (7 if which.startswith("a week") or found["week"] else 0))


def _next_week(found: re.Match[str], today: date) -> date | None:
    name = (found["weekday"] or found["weekday2"])[:3]
    return _sunday(today) + timedelta(days=_WEEKDAYS.index(name) + 1) if name in _WEEKDAYS else None


def _of_month(found: re.Match[str], today: date) -> date | None:
    groups = found.groupdict()
    number = int(groups["day"])
    month = _MONTHS.index(groups["month"][:3]) + 1
    year = int(groups["year"]) if groups.get("year") else None
    if year is not None:
        return _valid(year, month, number)
    here = _valid(today.year, month, number)
    return here if here and here >= today else _valid(today.year + 1, month, number) or here


def _the_nth(found: re.Match[str], today: date) -> date | None:
    number, year, month = int(found["day"]), today.year, today.month
    for _ in range(12):
        made = _valid(year, month, number)
        if made and made > today:
            return made
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - December
    return None


def _numeric_day(found: re.Match[str], today: date) -> date | None:
    """Read 25/12 or 25.12. where only one order gives a date; None for 3/4."""
    first, second = int(found["first"]), int(found["second"] or found["second_"])
    year = int(found["year"] or found["year_"] or 0)
    year += 2000 if 0 < year < 100 else 0  # noqa: PLR2004 - 26 is 2026
    orders = {_valid(year or today.year, m, d) for d, m in ((first, second), (second, first))} - {None}
    if len(orders) != 1:
        return None
    made = orders.pop()
    return _valid(made.year + 1, made.month, made.day) if made and not year and made < today else made


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _days_ahead(found: re.Match[str], today: date) -> date:
    count, unit = _number(found["count"]), found["unit"]
    if unit.startswith("month"):
        return _month_end(today, count, day=today.day)
    return today + timedelta(days=count * (7 if unit.startswith("week") else 1))


def _month_end(today: date, ahead: int, *, day: int = 31) -> date:
    month = today.month - 1 + ahead
    year, month = today.year + month // 12, month % 12 + 1
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _sunday(today: date, weeks: int = 0) -> date:
    return today + timedelta(days=6 - today.weekday() + 7 * weeks)


def _named_month(found: re.Match[str], today: date) -> date:
    ahead = (_MONTHS.index(found["month"][:3]) + 1 - today.month) % 12
    if found["how"] in {"by", "before"}:
        return _month_end(today, ahead, day=1) - timedelta(days=1)
    return _month_end(today, ahead)


_IN_THE_MORNING = re.compile(r"\bin the morning\b|\bthis morning\b")
_AMBIGUOUS = re.compile(
    r"(?<![\d:./-])(?!24/7)(?P<first>\d{1,2})(?:/(?P<second>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?|\.(?P<second_>\d{1,2})\.(?P<year_>\d{4}|\d{2})?)(?![\d:/])",
)
_SHORT_DAY = r"(?:(?<=on )|(?<=by )|(?<=this )|(?<=next )|(?<=til )|(?<=till )|(?<=until )|(?<=before )|(?=\w{3} (?:morning|afternoon|evening|night|at|am|pm)\b)|(?=\w{3}\W*$))"
_WEEKDAY = (
    r"(?P<weekday>monday|mon|tuesday|tues?|wednesday|wed|thursday|thurs?|thur|friday|fri|saturday|sunday"
    rf"|{_SHORT_DAY}(?:sat|sun))(?:'s)?"
)
_DAY_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = (
    (re.compile(r"\b(?P<year>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b"), lambda f, _: _valid(int(f["year"]), int(f["m"]), int(f["d"]))),
    (_AMBIGUOUS, _numeric_day),
    (re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[. ]+{_MONTH}\b(?:,? (?P<year>20\d\d))?"), _of_month),
    (re.compile(rf"\b{_MONTH} (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d)(?:,? (?P<year>20\d\d))?"), _of_month),
    (re.compile(r"\b(?:on|by|until|till?|before|from) the (?P<day>\d{1,2})(?:st|nd|rd|th)\b"), _the_nth),
    (re.compile(r"\bday after (tomorrow|tmrw?|tmw)\b"), lambda _, today: today + timedelta(days=2)),
    (re.compile(rf"\bnext week(?: on)? {_WEEKDAY}\b|\b(?P<weekday2>[a-z]+day) next week\b"), _next_week),
    (re.compile(rf"\b(?:(?P<which>next|this|coming|a week on) )?{_WEEKDAY}(?P<week> week)?\b"), _weekday),
    (
        re.compile(r"\b(tomorrow|tomorow|tommorr?ow|tomoz|tmrw?|tmw|2mor+ow?|in the morning|first thing)\b"),
        lambda _, today: today + timedelta(days=1),
    ),
    (re.compile(r"\b(today|tonight|tonite|2nite|this (morning|afternoon|evening)|end of (the )?day|eod)\b"), lambda _, today: today),
    (re.compile(rf"\b(?:in|within)(?: the next| about)? {_COUNT}(?: more)? (?P<unit>days?|weeks?|months?)\b"), _days_ahead),
    (re.compile(r"\bend of next month\b|\bnext month\b"), lambda _, today: _month_end(today, 1)),
    (re.compile(r"\bend of (the |this )?month\b|\bthis month\b|\bmonth'?s end\b"), lambda _, today: _month_end(today, 0)),
    (re.compile(r"\bend of next week\b"), lambda _, today: _sunday(today, 1)),
    (re.compile(r"\bend of (the |this )?week\b"), lambda _, today: _sunday(today)),
    (re.compile(r"\bend of (the |this )?year\b|\bthis year\b"), lambda _, today: date(today.year, 12, 31)),
    (re.compile(r"\bnext year\b"), lambda _, today: date(today.year + 1, 12, 31)),
    (re.compile(r"\bnext weekend\b"), lambda _, today: _sunday(today, 1)),
    (re.compile(r"\b(this|at the|over the|on the|by the|the) (coming )?weekend\b"), lambda _, today: _sunday(today)),
    (re.compile(r"\bnext week\b"), lambda _, today: _sunday(today, 1)),
    (re.compile(r"\bthis week\b"), lambda _, today: _sunday(today)),
    (re.compile(rf"\b(?P<how>in|by|before|until) (?:the end of )?{_MONTH}\b"), _named_month),
)


# ------------------------------------------------------------------------------------------------------------------------- which hour


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour and minute as said; `exact` where the half of the day was said too. 24:00 is midnight."""

    hour: int
    minute: int
    exact: bool


_BEFORE_HOUR = r"(?:\b(?:by|at|before|until|till?|around|about|from|latest|between \w+ and|tomorrow|tonight|[a-z]+day|tmrw?)|@) ?(?:about |around |latest )?"
_CLOCKS = (
    re.compile(rf"\b(?P<part>half|quarter|ten|twenty|five) ?(?P<way>past|to) (?P<hour>{_HOUR})\b{_MERIDIEM}"),
    re.compile(rf"\b(?P<part>half)(?P<way> )(?P<hour>{_HOUR})\b(?! an?| hours?){_MERIDIEM}"),
    re.compile(rf"(?<![\d/.:])(?P<hour>\d{{1,2}})[:.h](?P<minute>[0-5]\d)(?![\d/.]\d|\d){_MERIDIEM}"),
    re.compile(r"(?<![\d/.:])(?P<hour>\d{1,2}) ?(?P<meridiem>[ap]\.?m\b)"),
    re.compile(r"\b(?P<word>noon|midday|midnight|lunch(?:time)?)\b"),
    re.compile(r"\b(?:at|by) (?P<hour>[012]\d)(?P<minute>[0-5]\d)\b(?! ?[a-z€£$%])"),
    re.compile(rf"{_BEFORE_HOUR}(?P<hour>{_HOUR})(?: (?P<tens>thirty|fifteen|forty-five))?\b{_MERIDIEM}{_NOT_A_TIME}"),
    re.compile(rf"\b(?P<hour>{_HOUR}) ?o'?clock\b"),
)
_WORDS = {"noon": (12, 0), "midday": (12, 0), "midnight": (24, 0), "lunch": (LUNCH.hour, 0), "lunchtime": (LUNCH.hour, 0)}
_PARTS = {"half": 30, "quarter": 15, "ten": 10, "twenty": 20, "five": 5}


def _clock(plain: str) -> tuple[Clock | None, tuple[int, int] | None]:
    for pattern in _CLOCKS:
        if found := pattern.search(plain):
            made = _clock_of(found.groupdict())
            if made is not None:
                return made, found.span()
    return None, None


def _clock_of(groups: dict[str, str | None]) -> Clock | None:
    if word := groups.get("word"):
        return Clock(*_WORDS[word], exact=True)
    said_hour = groups.get("hour") or ""
    hour = int(said_hour) if said_hour.isdigit() else _NUMBERS[said_hour]
    tens = {"thirty": 30, "fifteen": 15, "forty-five": 45}.get(groups.get("tens") or "", 0)
    minute = int(groups.get("minute") or tens)
    if part := groups.get("part"):
        minute = _PARTS[part]
        if groups["way"] == "to":
            hour, minute = hour - 1 or NOON, 60 - minute
    if hour > 24:  # noqa: PLR2004 - no such hour
        return None
    meridiem = (groups.get("meridiem") or "")[:1]
    if meridiem and 1 <= hour <= NOON:
        return Clock(hour % NOON + (NOON if meridiem == "p" else 0), minute, exact=True)
    exact = hour > NOON or hour == 0 or (len(said_hour) == 2 and said_hour.startswith("0"))  # noqa: PLR2004 - 08:30
    return Clock(hour, minute, exact=exact)


def _with_clock(day: date | None, clock: Clock, plain: str, said: datetime) -> datetime:
    evening = re.search(r"\b(tonight|tonite|2nite|evening|night|afternoon)\b", plain)
    if not clock.exact and evening:
        clock = Clock(24 if clock.hour == NOON and "noon" not in evening[0] else clock.hour % NOON + NOON, clock.minute, exact=True)
    elif not clock.exact and re.search(r"\bmorning\b", plain):
        clock = Clock(clock.hour, clock.minute, exact=True)
    if clock.exact:
        at = _at(day or said.date(), clock.hour, clock.minute, said)
        return at if day or at > said else _at(said.date() + timedelta(days=1), clock.hour, clock.minute, said)
    if day is not None and day != said.date():
        hour = clock.hour + NOON if clock.hour <= LAST_LIKELY_PM else clock.hour
        return _at(day, hour, clock.minute, said)
    hours = (clock.hour % NOON, clock.hour % NOON + NOON)
    ahead = [at for hour in hours if (at := _at(said.date(), hour, clock.minute, said)) > said]
    if ahead:
        return ahead[0]
    return _at(said.date() + timedelta(days=0 if day else 1), hours[1] if day else hours[0], clock.minute, said)


def _part_end(plain: str) -> time | None:
    for words, end in (("morning|first thing", MORNING_END), ("afternoon", AFTERNOON_END), ("evening", EVENING_END)):
        if re.search(rf"\b({words})\b", plain):
            return end
    return None


def _at(day: date, hour: int, minute: int, said: datetime) -> datetime:
    return _local(day + timedelta(days=hour // 24), time(hour % 24, minute), said)


def _local(day: date, clock: time, said: datetime) -> datetime:
    """Put a wall clock on the zone's calendar; an hour that daylight saving skips moves on with the clock."""
    wall = datetime.combine(day, clock, tzinfo=said.tzinfo)
    return wall.astimezone(UTC).astimezone(said.tzinfo)
