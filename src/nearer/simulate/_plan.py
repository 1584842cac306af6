"""A plan: the truth that is planted in a simulated relationship. Presets lie in `plans/*.toml`; a plan is plain data, checked when made.

Shares are probabilities 0..1, rates are counts a week, clock times are wall clock (`07:30`) in the zone of the story. Whose idea each
figure is: constructs 7.1 (accessible, responsive, engaged), 7.2 (shapes of quarrels), 7.9 (reconnection), 7.15 (promises), 7.23 (rituals).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from nearer.errors import UnknownName, UsageError
from nearer.simulate._clock import minutes

SHAPES = ("protest_polka", "bad_guy", "freeze_flee", "repair")
"""Shapes of quarrels that can be planted (episodes.md)."""
RITUALS = ("morning", "night", "weekly")
MAX_DAYS = 36_525
"""A hundred years."""
MAX_MESSAGES = 20_000_000
"""Of one relationship: days times messages a day."""
SHARES = ("accessible", "responsive", "kept", "late", "broken", "open", "dated", "opens", "logistics", "factor")
"""Fields that are probabilities."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What one person does: toward the other one, unless it says otherwise."""

    voice: str = "careful"
    """How they write (`phrases/voices.toml`)."""
    wakes: str = "06:45"
    """They sleep the seven hours before; `15:00` is somebody on night shifts."""
    reply_minutes: float = 4.0
    """Median waking minutes until they answer; `reply_spread` is the sigma of the logarithm."""
    reply_spread: float = 1.0
    accessible: float = 0.95
    """Probability that they answer a bid at all within 24 hours."""
    responsive: float = 0.8
    """Probability that their answer to distress or good news fits."""
    engaged: float = 2.5
    """Sittings a week that they open unprompted, out of care."""
    seeks: float = 0.7
    """Times a week they seek comfort."""
    news: float = 0.7
    """Times a week they tell good news."""
    appreciates: float = 1.0
    """Times a week they thank or praise, beside thanks inside other exchanges."""
    promises: float = 0.8
    """Promises a week; then the shares of them kept in time, kept late, broken and left open (they sum to 1)."""
    kept: float = 0.7
    late: float = 0.1
    broken: float = 0.1
    open: float = 0.1
    dated: float = 0.85
    """Share of promises that name a time."""
    due_days: float = 2.0
    """How far ahead dated promises fall due, mean in days."""


@dataclass(frozen=True, slots=True)
class Ritual:
    """Something one person (0 or 1) keeps repeating: at which time, how often it is there, and the day of the story it stops."""

    what: str
    giver: int
    at: str
    kept: float = 0.9
    jitter: float = 10.0
    """Standard deviation of its time in minutes."""
    weekday: int = 6
    """0 is Monday; only for weekly ones."""
    stops: int | None = None


@dataclass(frozen=True, slots=True)
class Quarrels:
    """How many quarrels, of which shapes (weights), who presses, and how long until the first warm word where none was repaired."""

    number: int = 8
    shapes: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({"protest_polka": 1.0, "repair": 1.0}))
    presses: float = 0.5
    """Probability that the first person is the one who presses, attacks first or complains."""
    reconnect_hours: float = 12.0
    """Median hours from the last hard word to the first warm one; `reconnect_spread` is the sigma of the logarithm."""
    reconnect_spread: float = 0.4
    reconnects: float = 0.5
    """Probability that the first person finds the first warm word."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Contact thins from a day of the story on, over `over` days, to a share of what it was."""

    since: int
    factor: float = 0.5
    over: int = 30


@dataclass(frozen=True, slots=True)
class Plan:
    """The planted truth of one relationship; the first of `habits` belongs to the first person."""

    habits: tuple[Habits, Habits] = (Habits(voice="quick"), Habits())
    days: int = 365
    messages_per_day: float = 12.0
    sittings: float = 2.2
    """Conversations a day."""
    opens: float = 0.5
    """Probability that the first person opens a sitting (rituals and words on promises come on top)."""
    logistics: float = 0.5
    """Share of messages that do no act: errands and small talk."""
    rituals: tuple[Ritual, ...] = ()
    quarrels: Quarrels = Quarrels()
    drift: Drift | None = None
    calls: float = 0.0
    """Calls a week; where they are not seen they happen, but the export does not hold them."""
    calls_seen: bool = True

    def __post_init__(self) -> None:
        for part in (self, *self.habits, *self.rituals, self.quarrels, self.drift):
            _check_numbers(part)
        for habits in self.habits:
            _check_habits(habits)
        for ritual in self.rituals:
            _check_clock(ritual.at)
            if ritual.what not in RITUALS:
                raise UnknownName("ritual", ritual.what, RITUALS)
            if ritual.giver not in {0, 1}:
                raise UsageError("A ritual's giver is 0 (the first person) or 1.")
        for shape in self.quarrels.shapes:
            if shape not in SHAPES:
                raise UnknownName("shape of a quarrel", shape, SHAPES)
        if self.quarrels.number and not sum(self.quarrels.shapes.values()) > 0:
            raise UsageError("Quarrels need at least one shape with a weight above 0.")
        _check_size(self.days, self.messages_per_day)


def load_plan(name: str) -> Plan:
    """Return a preset by its name; raises UnknownName when there is none."""
    if name not in plan_names():
        raise UnknownName("plan", name, plan_names())
    return plan_of(tomllib.loads(files("nearer.simulate").joinpath("plans", f"{name}.toml").read_text("utf-8")))


def plan_names() -> tuple[str, ...]:
    """Return the names of the presets, sorted."""
    entries = files("nearer.simulate").joinpath("plans").iterdir()
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml")))


def plan_of(data: Mapping[str, Any]) -> Plan:
    """Make a plan from the tables of a TOML file; raises UnknownName for a word that no plan has, UsageError for an odd number."""
    given: dict[str, Any] = {name: value for name, value in data.items() if name != "says"}
    if "habits" in given:
        first, second = (_made(Habits, table) for table in given["habits"])
        given["habits"] = (first, second)
    if "rituals" in given:
        given["rituals"] = tuple(_made(Ritual, table) for table in given["rituals"])
    if "quarrels" in given:
        given["quarrels"] = _made(Quarrels, given["quarrels"])
    if "drift" in given:
        given["drift"] = _made(Drift, given["drift"])
    plan: Plan = _made(Plan, given)
    return plan


def _made(kind: Any, table: Mapping[str, Any]) -> Any:
    known = {part.name for part in fields(kind)}
    for name in table:
        if name not in known:
            raise UnknownName("word of a plan", name, known)
    return kind(**table)


def _check_numbers(part: Any) -> None:
    if part is None:
        return
    for name in (entry.name for entry in fields(part)):
        value = getattr(part, name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if not 0 <= value < float("inf"):
            raise UsageError(f"{name} in a plan is 0 or more; got {value}.")
        if name in SHARES and value > 1:
            raise UsageError(f"{name} in a plan is a probability from 0 to 1; got {value}.")


def _check_habits(habits: Habits) -> None:
    _check_clock(habits.wakes)
    if abs(habits.kept + habits.late + habits.broken + habits.open - 1) > 1e-6:  # noqa: PLR2004 - rounding
        raise UsageError("kept, late, broken and open of a plan sum to 1.")
    if not habits.reply_minutes > 0:
        raise UsageError("reply_minutes in a plan is above 0.")


def _check_clock(clock: str) -> None:
    try:
        minutes(clock)
    except ValueError:
        raise UsageError(f"{clock!r} in a plan is no clock time such as 07:30.") from None


def _check_size(days: int, messages_per_day: float) -> None:
    if not 1 <= days <= MAX_DAYS:
        raise UsageError(f"days is from 1 to {MAX_DAYS}; got {days}.")
    if days * messages_per_day > MAX_MESSAGES:
        raise UsageError(f"days times messages_per_day is at most {MAX_MESSAGES:,}.")
