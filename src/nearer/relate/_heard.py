"""What every measure sees: the messages of two people in order of time, as arrays that are made once and shared.

Rows run over all conversations of the two together. System lines and third people are left out. In a group (more than two people writing in
one conversation) a message counts only where it says whom it is for: an answer to a message of the other one, or the other one's name at its
start. An act counts from the ear's *counted* threshold where the messages were heard by an ear whose errors are known, and as labelled
otherwise (contract.md). Passages that were not heard are in no count of acts. Constructs 7.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nearer.columns import Messages
from nearer.records import (
    ACT_INDEX,
    MICROSECOND,
    WHAT_INDEX,
    ActErrors,
    EarErrors,
    Flags,
    Ints,
    Relationship,
    Small,
    from_microseconds,
    zone,
)
from nearer.relate._episodes import quarrels_of
from nearer.relate._episodes_draft import Draft
from nearer.relate._episodes_thread import Thread, threads

HOUR = 3_600_000_000
"""Microseconds in an hour."""
MINUTE = HOUR // 60
DAY = 24 * HOUR
WEEK = 7 * DAY
EPOCH_WEEKDAY = 3
"""1 January 1970 was a Thursday; Monday is 0."""
SITTING_GAP = 4 * HOUR
"""A gap of four hours or more begins a new sitting (constructs 7.0) [C]."""
BURST_GAP = 2 * MINUTE
"""Lines of one person at most two minutes apart are one burst (constructs 7.0) [C]."""
WITHIN = 24 * HOUR
"""A reply comes within 24 hours (W of constructs 7.0) [C]."""
REPLY_LINES = 3
"""What somebody replied is their next three messages in a row (episodes.md)."""
PAIR = 2
BIDS = ("bid_connect", "bid_comfort", "good_news", "disclose_feeling", "request_need")
"""Acts 1 to 5 of constructs 5."""


@dataclass(frozen=True)
class Heard:
    """The two people of a relationship and their messages as arrays; one position is one message, in order of time."""

    relationship: Relationship
    errors: EarErrors | None = None
    seed: int = 0

    # ------------------------------------------------------------------------------------------------------------ who, what and when

    @property
    def messages(self) -> Messages:
        """All messages of the relationship; `rows` leads from a position to its row here."""
        return self.relationship.messages

    @property
    def pair(self) -> tuple[str, ...]:
        """The two who relate; fewer where only one ever wrote."""
        return self.relationship.people[:PAIR]

    @cached_property
    def rows(self) -> Ints:
        """Rows of the pair's messages in order of time (ties in the order of the export)."""
        messages = self.messages
        if len(self.pair) < PAIR or not len(messages):
            return np.zeros(0, dtype=np.int64)
        keep = (messages.what != WHAT_INDEX["system"]) & (messages.by(self.pair[0]) | messages.by(self.pair[1]))
        if self._groups.any():
            keep &= ~self._groups[messages.conversation] | self._addressed
        rows = np.flatnonzero(keep)
        return rows[np.argsort(messages.time[rows], kind="stable")].astype(np.int64)

    @cached_property
    def group_only(self) -> bool:
        """Whether there is nothing between the two because nobody in the group says whom they write to."""
        return bool(self._groups.any()) and not len(self.rows)

    @cached_property
    def who(self) -> Small:
        """0 or 1: which of the pair wrote."""
        return self.messages.by(self.pair[1])[self.rows].astype(np.int8) if len(self.rows) else np.zeros(0, dtype=np.int8)

    @cached_property
    def time(self) -> Ints:
        """Microseconds since 1970 in UTC."""
        return self.messages.time[self.rows]

    @cached_property
    def local(self) -> Ints:
        """Microseconds on the clock of the export's zone, summer time included (the offset is taken hour by hour)."""
        clock = zone(self.messages.tz)
        hours, place = np.unique(self.time // HOUR, return_inverse=True)
        moments = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in hours.tolist()]
        offsets = [(moment.astimezone(clock).utcoffset() or timedelta()) // MICROSECOND for moment in moments]
        shifted: Ints = self.time + np.array(offsets, dtype=np.int64)[place] if len(hours) else self.time
        return shifted

    @cached_property
    def hour(self) -> Ints:
        """Hour of the local day, 0 to 23."""
        return (self.local // HOUR) % 24

    @cached_property
    def weekday(self) -> Ints:
        """Day of the local week, 0 is Monday."""
        return (self.local // DAY + EPOCH_WEEKDAY) % 7

    @cached_property
    def week(self) -> Ints:
        """Which local week from Monday each message lies in, counted from 1970."""
        return (self.local // DAY + EPOCH_WEEKDAY) // 7

    def ids(self, positions: Sequence[int]) -> list[str]:
        """Return the ids of the messages at some positions."""
        made = self.messages.ids
        return [made[int(self.rows[position])] for position in positions]

    def at(self, microseconds: int) -> datetime:
        """Return a moment as an aware datetime on the export's clock."""
        return from_microseconds(microseconds, tz=self.messages.tz)

    def random(self, name: str) -> np.random.Generator:
        """Return the random numbers of one measure: always the same for the same seed and name."""
        return np.random.default_rng([abs(self.seed), *name.encode()])

    # --------------------------------------------------------------------------------------------------- sittings, bursts and replies

    def sittings(self, gap: int = SITTING_GAP) -> Ints:
        """Return which sitting each message belongs to, counted from 0; a gap of `gap` microseconds or more begins a new one."""
        if not len(self.time):
            return np.zeros(0, dtype=np.int64)
        return np.concatenate([[0], np.cumsum(np.diff(self.time) >= gap)]).astype(np.int64)

    @cached_property
    def sitting(self) -> Ints:
        """Sittings at the usual gap of four hours."""
        return self.sittings()

    def openings(self, gap: int = SITTING_GAP) -> Ints:
        """Return the positions that open a sitting."""
        return np.unique(self.sittings(gap), return_index=True)[1].astype(np.int64)

    @cached_property
    def bursts(self) -> Ints:
        """Which burst each message belongs to: one person's consecutive lines at most two minutes apart."""
        if not len(self.time):
            return np.zeros(0, dtype=np.int64)
        breaks = (np.diff(self.time) > BURST_GAP) | (np.diff(self.who) != 0)
        return np.concatenate([[0], np.cumsum(breaks)]).astype(np.int64)

    @cached_property
    def turn_starts(self) -> Ints:
        """Positions at which the writer changes (and the first)."""
        if not len(self.time):
            return np.zeros(0, dtype=np.int64)
        return np.concatenate([[0], np.flatnonzero(np.diff(self.who)) + 1]).astype(np.int64)

    @cached_property
    def reply(self) -> Ints:
        """Position of the first message the other one writes afterwards, or -1 where none ever came."""
        starts = np.append(self.turn_starts, -1)
        return starts[np.searchsorted(self.turn_starts, np.arange(len(self.time)), side="right")]

    @cached_property
    def lag(self) -> Ints:
        """Microseconds to that reply; the largest integer where none came."""
        found = self.reply >= 0
        lag = np.full(len(self.time), np.iinfo(np.int64).max, dtype=np.int64)
        lag[found] = self.time[self.reply[found]] - self.time[found]
        return lag

    @cached_property
    def reply_lines(self) -> Ints:
        """How many messages of the reply are read: those in a row, at most three; 0 without a reply."""
        ends = np.append(self.turn_starts[1:], len(self.time))
        turn = np.searchsorted(self.turn_starts, np.maximum(self.reply, 0), side="right") - 1
        return np.where(self.reply >= 0, np.minimum(ends[turn] - self.reply, REPLY_LINES), 0) if len(self.time) else self.reply

    @cached_property
    def reacted(self) -> Flags:
        """Mask the messages on which the other one put a reaction (or somebody, where the export does not say who)."""
        mask = np.zeros(len(self.messages), dtype=np.bool_)
        for row, reactions in self.messages.reactions.items():
            writer = self.messages.people[self.messages.person[row]]
            mask[row] = any(reaction.person != writer and reaction.person in {"", *self.pair} for reaction in reactions)
        reacted: Flags = mask[self.rows]
        return reacted

    def in_reply(self, flags: Flags) -> Flags:
        """Mask the messages whose reply (its first lines, at most three) holds a flagged message."""
        so_far = np.concatenate([[0], np.cumsum(flags)])
        start = np.maximum(self.reply, 0)
        mask: Flags = so_far[start + self.reply_lines] > so_far[start]
        return mask

    # ------------------------------------------------------------------------------------------------------------------ acts and errors

    @property
    def has_senses(self) -> bool:
        """Whether anything was heard at all."""
        return self.messages.senses is not None

    @property
    def is_corrected(self) -> bool:
        """Whether counts of acts must be (and can be) corrected for the ear's errors."""
        senses = self.messages.senses
        return senses is not None and senses.ear is not None and self.errors is not None

    @cached_property
    def heard(self) -> Flags:
        """Mask the messages that were heard: text in a language the ear knows, analysis not stopped."""
        senses = self.messages.senses
        return senses.heard[self.rows] if senses is not None else np.zeros(len(self.rows), dtype=np.bool_)

    @cached_property
    def stopped(self) -> Flags:
        """Mask the messages of passages in which the analysis stopped (crisis, violence): they are in no count of acts and never quoted."""
        senses = self.messages.senses
        mask: Flags = np.isin(self.rows, list(senses.care)) if senses is not None and senses.care else np.zeros(len(self.rows), np.bool_)
        return mask

    def act(self, *acts: str) -> Flags:
        """Mask the heard messages with any of these acts, at the *counted* point (labels: as labelled)."""
        mask = np.zeros(len(self.rows), dtype=np.bool_)
        for act in acts if self.has_senses else ():
            if act not in self._acts:
                self._acts[act] = self._act(act)
            mask |= self._acts[act]
        return mask

    @cached_property
    def _acts(self) -> dict[str, Flags]:
        return {}

    def _act(self, act: str) -> Flags:
        senses, column = self.messages.senses, ACT_INDEX[act]
        assert senses is not None  # noqa: S101 - act() asks only where something was heard
        threshold = self.errors.counted.get(act) if self.is_corrected and self.errors else None
        flags = senses.acts_shown[:, column] if threshold is None else senses.acts[:, column] >= threshold
        mask: Flags = flags[self.rows] & self.heard
        return mask

    def sure(self, *acts: str) -> Flags:
        """Mask the heard messages with any of these acts, at the point that is right most often: for what is rare and asked first.

        At the *counted* point most of what is flagged as a rare act is not one; what is then said of it rests on the correction, not on the
        messages. Where an ear's errors are known at the *shown* point too (held-out messages), that point is taken."""
        return self.act(*acts) if self.is_corrected and self.errors and self.errors.held_out is None else self.shown(*acts)

    def shown(self, *acts: str) -> Flags:
        """Mask the heard messages that show any of these acts, at the precise point: what may be quoted."""
        senses = self.messages.senses
        if senses is None:
            return np.zeros(len(self.rows), dtype=np.bool_)
        mask = np.zeros(len(senses), dtype=np.bool_)
        for act in acts:
            mask |= senses.acts_shown[:, ACT_INDEX[act]]
        shown: Flags = mask[self.rows] & self.heard
        return shown

    def errors_of(self, act: str) -> ActErrors | None:
        """Return how often the ear errs about an act in this kind of relationship; None where nothing is to be corrected."""
        return self.errors.of(act, setting=self.relationship.kind) if self.is_corrected and self.errors else None

    @cached_property
    def quarrels(self) -> list[tuple[Thread, Draft]]:
        """The quarrels of the two, thread by thread (episodes.md)."""
        counted = self.errors.counted if self.errors else None
        found = [thread for thread in threads(self.relationship, counted=counted) if set(thread.people) == set(self.pair)]
        return [(thread, draft) for thread in found for draft in quarrels_of(thread)]

    # --------------------------------------------------------------------------------------------------------------------------- groups

    @cached_property
    def _groups(self) -> Flags:
        """Mask the conversations in which more than two people write."""
        messages = self.messages
        written = messages.what != WHAT_INDEX["system"]
        both = np.unique(messages.conversation[written].astype(np.int64) * len(messages.people) + messages.person[written])
        named = np.array([bool(name) for name in messages.people], dtype=np.bool_)
        both = both[named[both % len(messages.people)]] if len(messages.people) else both
        counts = np.bincount(both // max(len(messages.people), 1), minlength=len(messages.conversations))
        mask: Flags = counts > PAIR
        return mask

    @cached_property
    def _addressed(self) -> Flags:
        """Mask the messages of groups that are addressed to the other one of the pair, by an answer or by name."""
        messages = self.messages
        mask = np.zeros(len(messages), dtype=np.bool_)
        for person in self.pair:
            other = self.relationship.other(person)
            calls = tuple(sorted({other.casefold(), other.casefold().split()[0] if other.split() else other}))
            rows = np.flatnonzero(messages.by(person) & self._groups[messages.conversation])
            mask[rows] = [self._is_to(int(row), other, calls) for row in rows]
        return mask

    def _is_to(self, row: int, other: str, calls: tuple[str, ...]) -> bool:
        messages = self.messages
        if row in messages.reply_to:
            try:
                target = messages.row_of(messages.reply_to[row])
            except KeyError:
                return False
            return str(messages.people[messages.person[target]]) == other
        words = messages.text[row].casefold().lstrip("@ \u2068")
        return any(bool(call) and words.startswith(call) and not words[len(call) : len(call) + 1].isalnum() for call in calls)


def blocks_of(groups: NDArray[np.int64], *, most: int) -> Ints:
    """Number groups (sittings, weeks) from 0 in order, joining neighbours so that there are at most `most` blocks to resample."""
    kinds, place = np.unique(groups, return_inverse=True)
    joined: Ints = place * most // len(kinds) if len(kinds) > most else place
    return joined.astype(np.int64)
