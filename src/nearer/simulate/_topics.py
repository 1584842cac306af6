"""Topics: what comes up next. Small stories belong to a part of the year and are told once in it, as long as it lasts; the rest is dealt like cards.

What one of the two told is remembered by the other, who may ask some days later how it went.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nearer.errors import UsageError
from nearer.simulate._dice import Deck, Dice
from nearer.simulate._pen import Pen
from nearer.simulate._phrases import Topic

YEAR, MARCH, LAST = 365, 3, 0.999
"""Days of a year, the month it begins in, and its last part, leap day included."""
PROMISED_AGAIN = 45
"""Days until the same thing is promised again: else a word on it could mean either promise."""
STORY_FIRST = 0.7
"""How often something of the running story comes before the rest [C]."""
REMEMBERED = (1, 5)
FORGOTTEN = 16
"""Days after which nobody asks any more."""
KINDS = {"good_feeling": "feeling"}
"""Feelings are one kind of topic with two moods."""


class Topics:
    """Deals topics of each kind; both draw from one deck, so that what one told does not soon come from the other."""

    def __init__(self, pen: Pen, *, dice: Dice) -> None:
        self._pen, self._dice = pen, dice
        self._decks: dict[str, Deck] = {}
        self._kinds: dict[str, Sequence[Topic]] = {}
        self._stories: dict[tuple[str, int], Sequence[Topic]] = {}
        self._told: set[tuple[int, int]] = set()
        self._promised: dict[int, int] = {}
        self._memories: tuple[list[tuple[int, Topic]], list[tuple[int, Topic]]] = ([], [])

    def draw(self, kind: str, person: int) -> Topic:
        """Return what this person speaks about next; raises UsageError where their voice has nothing of the kind."""
        story = self._story(kind, person)
        if story is not None:
            return story
        everyday = self._everyday(kind)
        if kind not in self._decks:
            self._decks[kind] = Deck(len(everyday), dice=self._dice)
        last: Topic | None = None
        for _ in range(2 * len(everyday)):
            topic = everyday[self._decks[kind].deal()]
            if self._is_for(topic, person):
                last = topic
                if not self._was_promised(kind, topic):
                    break
        if last is None:
            raise UsageError(f"The voice {self._pen.voices[person].name} has nothing to say of the kind {kind}.")
        self._promised[id(last)] = self._day()
        return last

    def remember(self, person: int, topic: Topic) -> None:
        """Let somebody keep in mind what the other told."""
        if topic.later:
            self._memories[person].append((self._day() + int(self._dice.between(*REMEMBERED)), topic))

    def memory(self, person: int) -> Topic | None:
        """Return something this person may ask about today, and let it go."""
        today, kept = self._day(), self._memories[person]
        kept[:] = [(day, topic) for day, topic in kept if today - day < FORGOTTEN]
        ready = next((entry for entry in kept if entry[0] <= today), None)
        if ready is None:
            return None
        kept.remove(ready)
        return ready[1]

    def _story(self, kind: str, person: int) -> Topic | None:
        """Return the next piece of the running story that was not told this year, if there is one."""
        key = (kind, person)
        if key not in self._stories:
            named = KINDS.get(kind, kind)
            self._stories[key] = [t for t in self._pen.book.topics[named] if _is_story(t) and self._is_for(t, person)]
        if not self._stories[key] or not self._dice.chance(STORY_FIRST):
            return None
        year, part = self._season()
        for topic in self._stories[key]:
            if topic.when[0] <= part < topic.when[1] and (year, id(topic)) not in self._told:
                self._told.add((year, id(topic)))
                return topic
        return None

    def _everyday(self, kind: str) -> Sequence[Topic]:
        """Return the topics of a kind that belong to no part of the year."""
        if kind not in self._kinds:
            topics = [topic for topic in self._pen.book.topics[KINDS.get(kind, kind)] if not _is_story(topic)]
            good = kind == "good_feeling"
            self._kinds[kind] = [t for t in topics if "feeling" not in kind or (t.words.get("mood") == "good") == good]
        return self._kinds[kind]

    def _is_for(self, topic: Topic, person: int) -> bool:
        """Say whether somebody may bring a topic up."""
        voice = self._pen.voices[person]
        if topic.words.get("who", str(person)) != str(person):
            return False
        return topic.voice == voice.name if topic.voice or voice.own_only else True

    def _was_promised(self, kind: str, topic: Topic) -> bool:
        return kind == "promise" and self._day() - self._promised.get(id(topic), -PROMISED_AGAIN) < PROMISED_AGAIN

    def _season(self) -> tuple[int, float]:
        """Return the year and the part of it that has passed; it begins in March."""
        today = self._pen.calendar.date(self._day())
        year = today.year if today.month >= MARCH else today.year - 1
        return year, min((today - date(year, MARCH, 1)).days / YEAR, LAST)

    def _day(self) -> int:
        return self._pen.calendar.day(self._pen.now)


def _is_story(topic: Topic) -> bool:
    return topic.when != (0.0, 1.0)
