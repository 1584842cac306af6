"""The story: day after day, who opens a sitting, who is met, what is promised, when a quarrel comes and how long the silence after it is.

Everything that was drawn happens one after the other, so that no answer falls into another exchange. Somebody who leaves a bid without an
answer writes nothing for a day (accessible, constructs 7.1); after a quarrel without repair nobody does but for errands, until the first
warm word (7.9). What could not take place then (a promise's word, a quarrel) waits; a sitting or a ritual is missed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import exp

from nearer.simulate import _exchanges as exchanges
from nearer.simulate._clock import DAY, HOUR, MINUTE, minutes
from nearer.simulate._days import APART, next_sitting, together
from nearer.simulate._dice import Dice
from nearer.simulate._exchanges import Answer
from nearer.simulate._pen import Pen
from nearer.simulate._plan import Plan, Ritual
from nearer.simulate._promises import Pledge, close, give
from nearer.simulate._quarrels import AFTER_SILENCE, Fought, make_up, quarrel
from nearer.simulate._topics import Topics

WITHIN = DAY
"""An answer comes within 24 hours, or none came (constructs 7.1)."""
WEEK = 7
MOST_SITTINGS = 4
"""A day has no room for more sittings that lie four hours apart."""
BEHIND_DAYS = 3.0
"""After a silence at most the messages of so many days are made up for."""
AT_ONCE = 0.55
"""How often the next exchange of a sitting is something that waits to be said, not talk [C]."""
FRESH, CLEAR, PLAYFUL = 40, 6, 2
"""After a bid that was missed within FRESH messages, CLEAR ones without an act stand before a quarrel: else the quarrel would be part of it
(episodes.md: distress met badly is no quarrel). After anything else PLAYFUL do: hard words around play are banter [C]."""
RITUAL_LATE = 90 * MINUTE
"""A ritual that would come later than this, because the two are still talking, is missed."""
RITUAL_ANSWERED = 0.7
QUARREL_HOURS = (17 * 60, 20 * 60 + 30)
COLD_ERRAND = 0.4
NUDGE = 0.3
CALLED_INSTEAD = 0.6
"""Of the bids without an answer here, how many were answered by a call that the export does not hold."""
ASKS, GOOD_FEELINGS = 0.9, 0.4
"""A week, beside what the plan says: small requests, and feelings that are good [C]."""
WAITING = ("seek", "news", "thank", "promise", "ask", "feeling")
"""What can wait to be said until there is room for it in a sitting."""
PROMISES_APART = 14
"""Messages between two promises of one person: closer together they could be taken for one."""
ASKED_FOR = 0.5
"""How many promises were asked for."""
CARE = {"reach": 4.0, "later": 4.0, "plans": 1.5, "wonder": 2.0}
"""What an opening out of care is made of [C]."""
TALK = {"banter": 3.0, "wonder": 2.5, "advice": 1.0, "plans": 1.5}
"""What talk with acts is made of, beside what waits to be said [C]."""
DISTRESS = 0.7
"""Of the times somebody seeks comfort, how often they ask for it; else they say how they feel [C]."""
REDRAWS = 8


@dataclass(slots=True)
class Side:
    """What is counted for one person: as the one who answers, and what they still have to say."""

    bids: int = 0
    answered: int = 0
    told: int = 0
    fitting: int = 0
    waiting: Counter[str] = field(default_factory=Counter)
    silent_until: int = 0
    promised_at: int = -PROMISES_APART


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A quarrel and the row of the first warm word after it, None where none came before the end."""

    fought: Fought
    warm: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A ritual and the rows of the times it was there."""

    ritual: Ritual
    rows: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is not in the export: when (UTC second), by whom, and the row of the bid it answered, if it did."""

    second: int
    person: int
    answers: int | None = None


class Story:
    """One relationship, told from its first day to its last; what happened stays in its fields."""

    def __init__(self, plan: Plan, *, pen: Pen, dice: Dice) -> None:
        self.plan, self.pen, self.dice = plan, pen, dice
        self.topics = Topics(pen, dice=dice)
        self.sides = (Side(), Side())
        self.rituals = [Kept(ritual) for ritual in plan.rituals]
        self.pledges: list[Pledge] = []
        self.quarrels: list[MadeUp] = []
        self.calls_not_seen: list[Call] = []
        self._spans = together(plan)
        self._end = pen.calendar.at(plan.days, 0)
        self._fights = Counter(_spread(plan.quarrels.number, plan.days, dice))
        self._weekly = {ritual.giver for ritual in plan.rituals if ritual.what == "weekly"}
        self._agenda: list[tuple[int, int, Callable[[int], None]]] = []
        self._number = count()
        self._cold_until = 0
        self._missed_at = -FRESH
        self._target = self._sittings = 0.0

    def tell(self) -> None:
        """Tell every day of the story."""
        for day in range(self.plan.days):
            self._begin(day)
            until = self.pen.calendar.at(day + 1, 0)
            while self._agenda and self._agenda[0][0] < until:
                second, _, happens = heappop(self._agenda)
                happens(second)

    # ------------------------------------------------------------------------------------------------------------- what a day brings

    def _begin(self, day: int) -> None:
        factor = self._factor(day)
        for side, habits in zip(self.sides, self.plan.habits, strict=True):
            rates = {
                "care": habits.engaged,
                "seek": habits.seeks,
                "news": habits.news,
                "thank": habits.appreciates,
                "promise": habits.promises,
                "ask": ASKS if habits.promises else 0.0,
                "feeling": GOOD_FEELINGS if habits.seeks else 0.0,
            }
            side.waiting.update({what: self.dice.count(rate * factor / WEEK) for what, rate in rates.items()})
        most = len(self.pen.log) + BEHIND_DAYS * self.plan.messages_per_day
        self._target = min(self._target + self.plan.messages_per_day * factor, most)
        self._sittings += self.plan.sittings * factor
        self._rituals(day)
        self._ring(day, factor)
        for _ in range(self._fights[day]):
            self._later(self.pen.calendar.at(day, self.dice.between(*self._quarrel_hours())), partial(self._quarrel, shape=self._shape()))
        left = min(self.dice.count(max(self._sittings, 0.0)), MOST_SITTINGS)
        self._sittings -= left
        self._schedule(day, left)

    def _factor(self, day: int) -> float:
        """Return how much contact there is on a day, against the beginning."""
        drift = self.plan.drift
        if drift is None or day < drift.since:
            return 1.0
        return 1.0 - (1.0 - drift.factor) * min(1.0, (day - drift.since + 1) / max(drift.over, 1.0))

    def _rituals(self, day: int) -> None:
        weekday = self.pen.calendar.date(day).weekday()
        for kept in self.rituals:
            ritual = kept.ritual
            is_day = ritual.what != "weekly" or weekday == ritual.weekday
            if is_day and (ritual.stops is None or day < ritual.stops) and self.dice.chance(ritual.kept):
                minute = max(0.0, minutes(ritual.at) + self.dice.normal() * ritual.jitter)
                self._later(self.pen.calendar.at(day, minute), partial(self._ritual, kept=kept))

    def _ring(self, day: int, factor: float) -> None:
        for _ in range(self.dice.count(self.plan.calls * factor / WEEK)):
            self._later(self.pen.calendar.at(day, self.dice.between(*self.dice.pick(self._spans))), self._call)

    def _quarrel_hours(self) -> tuple[int, int]:
        """Return the minutes of a day in which a quarrel may begin: in the evening, where the two meet then."""
        low, high = QUARREL_HOURS
        evening = [(max(a, low), min(b, high)) for a, b in self._spans if min(b, high) > max(a, low)]
        return evening[0] if evening else self.dice.pick(self._spans)

    def _shape(self) -> str:
        return self.dice.weighted(self.plan.quarrels.shapes)

    def _schedule(self, day: int, left: int) -> None:
        """Put the next of a day's sittings on the agenda; where the day has no room they wait for another."""
        if not left:
            return
        second = next_sitting(self.pen.calendar, day, spans=self._spans, left=left, now=self.pen.now, dice=self.dice)
        if second is None:
            self._sittings = min(self._sittings + left, 2.0 * self.plan.sittings)
        else:
            self._later(second, partial(self._sitting, day=day, left=left))

    def _later(self, second: int, happens: Callable[[int], None]) -> None:
        if second < self._end:
            heappush(self._agenda, (second, next(self._number), happens))

    # ---------------------------------------------------------------------------------------------------------------------- sittings

    def _sitting(self, second: int, *, day: int, left: int) -> None:
        if second < self.pen.now + APART:
            self._schedule(day, left)
            return
        if not self._is_free(second):
            return
        self.pen.at(second)
        behind = max(self._target - len(self.pen.log), 1.0)
        goal = len(self.pen.log) + behind / left * self.dice.between(0.6, 1.4)
        self._open(0 if self.dice.chance(self.plan.opens) else 1)
        while len(self.pen.log) < goal and self._can_go_on():
            self._go_on()
        self._schedule(day, left - 1)

    def _open(self, person: int) -> None:
        """Open a sitting: out of care where some is due, else with what waits to be said, else with talk."""
        side = self.sides[person]
        waits = self._waits(person)
        if side.waiting["care"] > 0:
            side.waiting["care"] -= 1
            self._care(person)
        elif waits and self.dice.chance(AT_ONCE):
            self._say(person, self.dice.pick(waits))
        else:
            exchanges.hold(self.pen, person, "small" if self._is_too_full() else "banter")

    def _go_on(self) -> None:
        """Let one more exchange follow."""
        waits = [(person, what) for person in (0, 1) for what in self._waits(person)]
        person = self.dice.below(2)
        if waits and self.dice.chance(AT_ONCE):
            person, what = self.dice.pick(waits)
            self.pen.answer(person)
            self._say(person, what)
            return
        self.pen.answer(person)
        name = "small" if self._is_too_full() else self.dice.weighted(TALK)
        exchanges.hold(self.pen, person, "banter" if name == "plans" and person in self._weekly else name)

    def _waits(self, person: int) -> list[str]:
        """Return what somebody still has to say; one promise does not follow on the heels of another."""
        side = self.sides[person]
        recent = len(self.pen.log) - side.promised_at < PROMISES_APART
        return [what for what in WAITING if side.waiting[what] > 0 and not (what == "promise" and recent)]

    def _is_too_full(self) -> bool:
        """Say whether so many messages do an act that small talk and errands are due."""
        return self.pen.acted >= (1.0 - self.plan.logistics) * len(self.pen.log)

    def _can_go_on(self) -> bool:
        soon = self.pen.now + 15 * MINUTE
        return self._is_free(self.pen.now) and all(waking.is_awake(soon) for waking in self.pen.waking)

    def _is_free(self, second: int) -> bool:
        """Say whether both write as they like: nobody is silent, no quarrel hangs over them."""
        return second >= self._cold_until and all(second >= side.silent_until for side in self.sides)

    def _freed(self, second: int, person: int) -> int:
        """Return when, after a silence that lasts at `second`, this person may write what had to wait."""
        free = max(second, self._cold_until, *(side.silent_until for side in self.sides))
        return self.pen.waking[person].up(free + int(self.dice.between(0.5, 3.0) * HOUR))

    # ---------------------------------------------------------------------------------------------------------------- what is said

    def _care(self, person: int) -> None:
        memory = self.topics.memory(person)
        shares = {name: share for name, share in CARE.items() if name != "later" and not (name == "plans" and person in self._weekly)}
        name = "later" if memory and self.dice.chance(0.6) else self.dice.weighted(shares)
        if name == "later" and memory:
            exchanges.ask_later(self.pen, person, memory)
        elif name == "reach":
            answer = self._answer(person)
            responsive = self.plan.habits[1 - person].responsive
            self._bid(
                person, exchanges.reach(self.pen, person, self.topics.draw("reach", person), answer=answer, responsive=responsive), answer
            )
        else:
            exchanges.hold(self.pen, person, name)

    def _say(self, person: int, what: str) -> None:
        """Let somebody say one of the things that wait."""
        self.sides[person].waiting[what] -= 1
        if what == "thank":
            exchanges.thank(self.pen, person)
        elif what == "promise":
            self._promise(person)
        elif what == "ask":
            answer = self._answer(person)
            self._bid(person, exchanges.ask(self.pen, person, self.topics.draw("ask", person), answer=answer), answer)
        else:
            kind = {"news": "news", "feeling": "good_feeling"}.get(what) or ("distress" if self.dice.chance(DISTRESS) else "feeling")
            self._tell(person, kind)

    def _tell(self, person: int, kind: str) -> None:
        topic, answer = self.topics.draw(kind, person), self._answer(person)
        row = exchanges.tell(self.pen, person, topic, kind=kind, answer=answer)
        self._bid(person, row, answer)
        if answer.comes:
            other = self.sides[1 - person]
            other.told += 1
            other.fitting += answer.fits
            self.topics.remember(1 - person, topic)
            if not answer.fits:
                self._missed_at = len(self.pen.log)

    def _answer(self, person: int) -> Answer:
        """Draw how the other one answers a bid."""
        habits = self.plan.habits[1 - person]
        return Answer(self.dice.chance(habits.accessible), self.dice.chance(habits.responsive))

    def _bid(self, person: int, row: int, answer: Answer) -> None:
        """Count a bid, unless the record ends before it can be told; where no answer comes, the other one writes nothing for over a day."""
        other, now = self.sides[1 - person], self.pen.now
        if answer.comes or now <= self._end - WITHIN:
            other.bids += 1
            other.answered += answer.comes
        if answer.comes:
            return
        self._missed_at = len(self.pen.log)
        other.silent_until = self.pen.waking[1 - person].up(now + WITHIN + int(self.dice.between(0.3, 4.0) * HOUR))
        if self.dice.chance(NUDGE):
            self._later(now + int(self.dice.between(1.0, 5.0) * HOUR), partial(self._errand, person=person))
        if self.plan.calls and not self.plan.calls_seen and self.dice.chance(CALLED_INSTEAD):
            self.calls_not_seen.append(Call(now + int(self.dice.between(0.1, 3.0) * HOUR), 1 - person, row))

    def _errand(self, second: int, *, person: int) -> None:
        """Write an errand into a silence: nobody answers."""
        second = self.pen.waking[person].up(max(second, self.pen.now))
        if self._is_free(second) or second < self.sides[person].silent_until:
            return
        self.pen.at(second)
        self.pen.say(person, self.pen.pick("errand", person), self.pen.fills())

    def _ritual(self, second: int, *, kept: Kept) -> None:
        giver, what = kept.ritual.giver, kept.ritual.what
        if second < max(self.sides[giver].silent_until, self._cold_until) or self.pen.now > second + RITUAL_LATE:
            return
        opens = second >= self.pen.now + APART - 5 * MINUTE
        self.pen.at(second)
        kept.rows.append(self.pen.say(giver, self.pen.pick(what, giver), self.pen.fills()))
        if opens and what == "weekly":
            self.sides[giver].waiting["care"] -= 1
        other = 1 - giver
        if (
            self.dice.chance(RITUAL_ANSWERED)
            and self.pen.now >= self.sides[other].silent_until
            and self.pen.waking[other].is_awake(self.pen.now)
        ):
            self.pen.answer(other)
            self.pen.say(other, self.pen.pick(f"{what}_back", other), self.pen.fills())

    def _call(self, second: int) -> None:
        person = self.dice.below(2)
        if not self.plan.calls_seen:
            self.calls_not_seen.append(Call(second, person))
        elif self._is_free(second) and all(waking.is_awake(max(second, self.pen.now)) for waking in self.pen.waking):
            self.pen.at(second)
            self.pen.call(person)
            self.pen.answer(1 - person)
            self.pen.say(1 - person, self.pen.pick("called", 1 - person), self.pen.fills())

    # ---------------------------------------------------------------------------------------------------------- promises and quarrels

    def _promise(self, person: int) -> None:
        topic, asked = self.topics.draw("promise", person), self.dice.chance(ASKED_FOR)
        if asked:
            answer = Answer(self.dice.chance(self.plan.habits[person].accessible), fits=True)
            fills = self.pen.fills(**topic.words)
            self._bid(1 - person, self.pen.say(1 - person, self.pen.pick("ask_for", 1 - person), fills), answer)
            if not answer.comes:
                return
            self.pen.answer(person)
        pledge = give(self.pen, person, topic, habits=self.plan.habits[person], asked=asked)
        self.pledges.append(pledge)
        self.sides[person].promised_at = len(self.pen.log)
        if pledge.closes is not None:
            self._later(pledge.closes, partial(self._close, pledge=pledge))

    def _close(self, second: int, *, pledge: Pledge) -> None:
        if not self._is_free(max(second, self.pen.now)):
            self._later(self._freed(second, pledge.person), partial(self._close, pledge=pledge))
            return
        if second < self.pen.now:
            self.pen.pause(1, 4)
        self.pen.at(second)
        close(self.pen, pledge)

    def _quarrel(self, second: int, *, shape: str) -> None:
        if not self._is_free(max(second, self.pen.now)) or second < self.pen.now:
            self._later(second + DAY, partial(self._quarrel, shape=shape))
            return
        self.pen.at(second)
        self._clear_the_air()
        presses = 0 if self.dice.chance(self.plan.quarrels.presses) else 1
        fought = quarrel(self.pen, shape, self.topics.draw("quarrel", presses), presses=presses)
        if shape == "repair":
            self.quarrels.append(MadeUp(fought, None))
            return
        person = 0 if self.dice.chance(self.plan.quarrels.reconnects) else 1
        self._cold_until = self._reconnects(fought, person)
        if self._cold_until >= self._end:
            self.quarrels.append(MadeUp(fought, None))
        self._later(self._cold_until, partial(self._make_up, fought=fought, person=person))
        if self.dice.chance(COLD_ERRAND):
            self._later((self.pen.now + self._cold_until) // 2, partial(self._errand, person=self.dice.below(2)))

    def _clear_the_air(self) -> None:
        """Hold small talk until a bid that was missed, or play, lies behind the two."""
        log = self.pen.log
        is_fresh = len(log) - self._missed_at < FRESH
        while any(log.acts_of(row) for row in range(max(len(log) - (CLEAR if is_fresh else PLAYFUL), 0), len(log))):
            exchanges.hold(self.pen, self.dice.below(2), "small")
            self.pen.pause(2, 10)

    def _reconnects(self, fought: Fought, person: int) -> int:
        """Draw when the first warm word comes: while its writer is awake, and not so soon that it would be part of the quarrel."""
        plan, waking = self.plan.quarrels, self.pen.waking[person]
        earliest = self.pen.now + int(AFTER_SILENCE * HOUR)
        for _ in range(REDRAWS):
            hours = plan.reconnect_hours * exp(plan.reconnect_spread * self.dice.normal())
            second = max(self.pen.log.second_of(fought.hard) + int(hours * HOUR), earliest)
            if waking.is_awake(second):
                return second
        return waking.up(second)

    def _make_up(self, second: int, *, fought: Fought, person: int) -> None:
        self.pen.at(second)
        self.quarrels.append(MadeUp(fought, make_up(self.pen, person, fought.topic)))


def _spread(number: int, days: int, dice: Dice) -> list[int]:
    """Return the days of the quarrels: one in each of equal stretches, so that one is over before the next begins."""
    stretch = days / max(number, 1)
    return [int((place + dice.between(0.2, 0.8)) * stretch) for place in range(number)]
