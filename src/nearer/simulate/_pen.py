"""The pen: two people writing in turn. It keeps the clock, how each one writes and how fast, and deals phrases so that few come twice.

Times are whole minutes, as most exports know them: what is written here and read back from a WhatsApp text has the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from math import exp

from nearer.errors import UsageError
from nearer.simulate._clock import HOUR, MINUTE, Calendar, Waking, minutes
from nearer.simulate._dice import Deck, Dice
from nearer.simulate._log import Log
from nearer.simulate._phrases import Book, Phrase, Topic
from nearer.simulate._plan import Plan
from nearer.simulate._voices import Line, dressed, is_said_by, load_voice, polished, smileys_for

LONGEST_REPLY = 200
"""Waking minutes; a slower answer would open a sitting of its own (four hours, constructs 7.0)."""
CLOCKS = {"clock": (25, 200), "earlier": (-240, -20)}
"""Slots for a time of day, in minutes from now."""
DAY_FROM, DAY_UNTIL = 7, 24
CAST = ("Chloe", "Ben", "Ana")
"""Who a friend of the two is: the first who is neither of them."""
SOON = (1, 4)
"""Minutes in which somebody answers who would else be asleep."""
OWN_LINE = 0.75
"""How often a topic's own line is taken where a pool would do as well [C]."""
OWN_TWICE = 2
"""Phrases written for a voice are dealt twice as often as those for all."""


class Fills(dict[str, str]):
    """The words in the slots of one exchange: drawn once, then the same to its end."""

    def __init__(self, given: Mapping[str, str], draw: Callable[[str], str]) -> None:
        super().__init__(given)
        self._draw = draw

    def __missing__(self, slot: str) -> str:
        made = self[slot] = self._draw(slot)
        return made


class Pen:
    """Writes lines into a log; `now` is the minute of the last one, UTC seconds."""

    def __init__(self, plan: Plan, *, book: Book, calendar: Calendar, people: Sequence[str], dice: Dice) -> None:
        self.plan, self.book, self.calendar, self.people, self.dice = plan, book, calendar, people, dice
        self.log = Log()
        self.waking = tuple(Waking(calendar, wakes=minutes(habits.wakes), days=plan.days) for habits in plan.habits)
        self.voices = tuple(load_voice(habits.voice) for habits in plan.habits)
        self.now = calendar.at(0, 0)
        self.acted = 0
        self._dressed: dict[tuple[int, int, bool], tuple[Line, ...]] = {}
        self._decks: dict[tuple[str, int], tuple[Sequence[Phrase], Deck]] = {}
        self._scripts: dict[str, Deck] = {}
        self._lines: dict[tuple[int, int], tuple[Sequence[Phrase], Deck]] = {}
        self._words: dict[str, Deck] = {}
        self._friend = next(name for name in CAST if name not in people)

    # ---------------------------------------------------------------------------------------------------------------------------- time

    def at(self, second: int) -> None:
        """Go on at a moment, or at once where it has passed."""
        self.now = max(self.now, second - second % MINUTE)

    def pause(self, low: float, high: float) -> None:
        """Let some minutes pass."""
        self.at(self.now + int(self.dice.between(low, high) * MINUTE))

    def answer(self, person: int) -> None:
        """Let the time pass that this person takes to answer."""
        habits = self.plan.habits[person]
        waited = habits.reply_minutes * exp(habits.reply_spread * self.dice.normal())
        after = self.waking[person].after(self.now, min(waited, LONGEST_REPLY) * MINUTE)
        if after - self.now > LONGEST_REPLY * MINUTE + HOUR and self.waking[person].is_awake(self.now):
            after = self.now + int(self.dice.between(*SOON)) * MINUTE
        self.at(after)

    def clock(self) -> datetime:
        """Return the wall clock of now."""
        return self.calendar.local(self.now)

    # ------------------------------------------------------------------------------------------------------------------------ phrases

    def fills(self, **given: str) -> Fills:
        """Begin an exchange: its slots are filled from the book's words as they come up."""
        fills = Fills({"friend": self._friend}, self._word)
        fills.update({slot: words.format_map(fills) if "{" in words else words for slot, words in given.items()})
        return fills

    def pick(self, pool: str, person: int) -> Phrase:
        """Deal the next phrase of a pool that this person's voice may say; raises UsageError where there is none."""
        key = (pool, person)
        if key not in self._decks:
            fitting = self._said_by(self.book.pools.get(pool, ()), person)
            if not fitting:
                raise UsageError(f"The voice {self.voices[person].name} has no words to {pool.replace('_', ' ')}.")
            self._decks[key] = (fitting, Deck(len(fitting), dice=self.dice))
        phrases, deck = self._decks[key]
        return phrases[deck.deal()]

    def has(self, pool: str, person: int) -> bool:
        """Say whether this person's voice has a phrase in a pool."""
        return any(is_said_by(phrase, self.voices[person]) for phrase in self.book.pools.get(pool, ()))

    def of(self, topic: Topic, name: str, person: int, *, pool: str = "") -> Phrase:
        """Return a line of a topic; where it has none (or, at times, where both have) one of a pool."""
        lines = topic.lines.get(name, ())
        key = (id(lines), person if any(phrase.voice for phrase in lines) or self.voices[person].longest else -1)
        if key not in self._lines:
            fitting = self._said_by(lines, person) or ([] if pool else list(lines))
            self._lines[key] = (fitting, Deck(len(fitting), dice=self.dice))
        own, deck = self._lines[key]
        if own and (not pool or self.dice.chance(OWN_LINE) or not self.has(pool, person)):
            return own[deck.deal()]
        return self.pick(pool, person)

    def script(self, name: str, person: int) -> tuple[Phrase, ...]:
        """Deal the next exchange that this person may begin; both deal from one deck, so that nobody repeats the other's joke."""
        scripts = self.book.scripts.get(name, ())
        if not any(self._can_hold(script, person) for script in scripts):
            raise UsageError(f"The voice {self.voices[person].name} has no {name} exchange.")
        if name not in self._scripts:
            self._scripts[name] = Deck(len(scripts), dice=self.dice)
        while True:
            script = scripts[self._scripts[name].deal()]
            if self._can_hold(script, person):
                return script

    def say(self, person: int, phrase: Phrase, fills: Fills) -> int:
        """Write a phrase as this person writes, now; return the row of its first line with an act, or of its last line."""
        voice, dice = self.voices[person], self.dice
        burst = len(phrase.parts) > 1 and dice.chance(voice.bursts)
        key = (id(phrase), person, burst)
        if key not in self._dressed:
            self._dressed[key] = dressed(phrase, voice, burst=burst)
        acted = -1
        row = -1
        for number, line in enumerate(self._dressed[key]):
            if number:
                self.at(self.now + MINUTE * dice.chance(0.3))
            row = self._write(person, line, fills)
            if line.acts:
                self.acted += 1
                acted = row if acted < 0 else acted
        return row if acted < 0 else acted

    def call(self, person: int) -> int:
        """Write down a call that was not taken."""
        return self.log.add(person, self.now, text="", what="call")

    def _write(self, person: int, line: Line, fills: Fills) -> int:
        if line.is_photo:
            return self.log.add(person, self.now, text="", what="media")
        voice, text = self.voices[person], line.text
        if line.has_slots:
            fills["me"], fills["you"] = self.people[person], self.people[1 - person]
            text = text.format_map(fills)
            text = polished(text) if voice.sentences else text
        if voice.emoji and self.dice.chance(voice.emoji):
            smileys = smileys_for(line.acts)
            text = f"{text} {self.dice.pick(smileys)}" if smileys and text[-1].isascii() else text
        return self.log.add(person, self.now, text=text, acts=line.acts, attributes=line.attributes)

    def _said_by(self, phrases: Iterable[Phrase], person: int) -> list[Phrase]:
        voice = self.voices[person]
        fitting = [phrase for phrase in phrases if is_said_by(phrase, voice)]
        return [phrase for phrase in fitting for _ in range(OWN_TWICE if phrase.voice and not voice.own_only else 1)]

    def _can_hold(self, script: Sequence[Phrase], person: int) -> bool:
        """Say whether the two can hold an exchange that this person begins; a marked voice counts for its beginner only."""
        voice = self.voices[person]
        return script[0].voice == voice.name if script[0].voice or voice.own_only else True

    def _word(self, slot: str) -> str:
        """Return a word for a slot; `thing2` is another `thing`, `clock` lies ahead of now, `earlier` behind it, `today` is the day."""
        slot = slot.rstrip("0123456789")
        if slot == "today":
            return f"{self.clock():%A}".lower()
        if slot in CLOCKS:
            return self._time_of_day(*CLOCKS[slot])
        words = self.book.words[slot]
        if slot not in self._words:
            self._words[slot] = Deck(len(words), dice=self.dice)
        return words[self._words[slot].deal()]

    def _time_of_day(self, low: int, high: int) -> str:
        """Return a clock time some minutes from now, to five minutes; by night one in the morning."""
        at = self.calendar.local(self.now + int(self.dice.between(low, high)) * MINUTE)
        hour = at.hour if DAY_FROM <= at.hour < DAY_UNTIL else DAY_FROM + 1
        return f"{hour}:{at.minute // 5 * 5:02d}"
