"""Several exports of one relationship become one, without loss and without doubles.

A view is one conversation as one export has it. Two views show one chat when they overlap in time and at least VIEW_SHARE of the smaller
one's messages there are in both. Their union is a multiset: for each (person, minute, text) as many messages as the view that has most of
them. Same second first, then same minute (one phone may print no seconds: the finer time is kept); media, calls and deleted messages by
person and minute alone, since each phone words them differently; last, a long text that stands once in each view may be CLOCK_SKEW apart.
Views that are not of one chat stay conversations of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nearer.columns import Messages
from nearer.records import WHAT_INDEX, WHATS, Codes, Flags, Ints

VIEW_SHARE = 0.3
"""Share of the smaller view's messages, where both overlap, that must be in both. Two chats that run side by side on two services share a
greeting by chance, far below this; two phones of one chat share nearly all, and still a third when their clocks are 40 seconds apart."""

CLOCK_SKEW = 60
"""Seconds two phones' clocks may be apart."""

LONG_TEXT = 20
"""Bytes from which a text that stands only once in each view is taken to be the same message in spite of skewed clocks."""

SECOND, MINUTE = 1_000_000, 60_000_000
_WORDED = np.array([what in {"text", "poll"} for what in WHATS])
_TEXT = WHAT_INDEX["text"]

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Keys:
    """What rows are matched by; texts as codes that are equal for equal texts over all views. `long` marks texts of LONG_TEXT or more."""

    time: Ints
    person: Codes
    words: Ints
    long: Flags

    def at(self, rows: Rows) -> "_Keys":
        return _Keys(self.time[rows], self.person[rows], self.words[rows], self.long[rows])


@dataclass(frozen=True, slots=True)
class _View:
    """One conversation of one export. `coarse`: it shows minutes, no seconds."""

    messages: Messages
    name: str
    export: int
    keys: _Keys
    coarse: bool


def merge(exports: Sequence[Messages]) -> Messages:
    """Return the union of several exports whose people carry the same names, each conversation in order of time."""
    exports = [messages for messages in exports if len(messages)] or list(exports[:1])
    if len(exports) <= 1:
        return in_order(exports[0]) if exports else Messages.none()
    united: list[_View] = []
    for view in _views(exports):
        joined, apart = view, []
        for other in united:
            if other.export != joined.export and _is_same_chat(other, joined):
                joined = _union(other, joined)
            else:
                apart.append(other)
        united = [*apart, joined]
    return in_order(_unique_ids(Messages.concat([view.messages for view in _named_apart(united)])))


def in_order(messages: Messages) -> Messages:
    """Return the messages by time within each conversation, conversations as they first appear; file order breaks ties."""
    if not len(messages):
        return messages
    _, firsts, codes = np.unique(messages.conversation, return_index=True, return_inverse=True)
    order = np.lexsort((messages.time, firsts[codes]))
    return messages if np.array_equal(order, np.arange(len(order))) else messages.take(order)


def _views(exports: Sequence[Messages]) -> Iterable[_View]:
    """Cut the exports into views, with people and texts under codes they share."""
    people: dict[str, int] = {}
    texts: dict[bytes, int] = {}
    for number, messages in enumerate(exports):
        person = np.array([people.setdefault(name, len(people)) for name in messages.people], dtype=np.int32)[messages.person]
        long = (messages.text.lengths() >= LONG_TEXT) & (messages.what == _TEXT)
        keys = _Keys(messages.time, person, _text_codes(messages, texts), long)
        names = list(dict.fromkeys(messages.conversation.tolist()))
        for code in names:
            rows = np.flatnonzero(messages.conversation == code)
            part = messages if len(names) == 1 else messages.take(rows)
            yield _View(part, messages.conversations[code], number, keys.at(rows), coarse=not np.any(part.time % MINUTE))


def _text_codes(messages: Messages, texts: dict[bytes, int]) -> Ints:
    data, bounds = messages.text.data, messages.text.offsets.tolist()
    codes = [texts.setdefault(data[start:end].strip(), len(texts)) for start, end in pairwise(bounds)]
    return np.where(_WORDED[messages.what], np.array(codes, dtype=np.int64), -1 - messages.what.astype(np.int64))


# --------------------------------------------------------------------------------------------------------------- are they one chat


def _is_same_chat(one: _View, other: _View) -> bool:
    """Say whether two views show one chat."""
    here, there = one.keys, other.keys
    first = max(int(here.time.min()), int(there.time.min())) - CLOCK_SKEW * SECOND
    last = min(int(here.time.max()), int(there.time.max())) + CLOCK_SKEW * SECOND
    here, there = _within(here, first, last), _within(there, first, last)
    if not len(here.time) or not len(there.time):
        return False
    matched, _ = _match(here, there)
    return len(matched) >= VIEW_SHARE * min(len(here.time), len(there.time))


def _within(keys: _Keys, first: int, last: int) -> _Keys:
    """Return the worded rows in a span of time."""
    return keys.at(np.flatnonzero((keys.time >= first) & (keys.time <= last) & (keys.words >= 0)))


# -------------------------------------------------------------------------------------------------------------- which rows are one


def _match(one: _Keys, other: _Keys) -> tuple[Rows, Rows]:
    """Return the rows of both views that are one message, pair by pair."""
    left, right = np.ones(len(one.time), dtype=np.bool_), np.ones(len(other.time), dtype=np.bool_)
    pairs = []
    for keys in (_by_second, _by_minute):
        rows, others = np.flatnonzero(left), np.flatnonzero(right)
        here, there = _paired(*keys(one, other, rows, others))
        pairs.append((rows[here], others[there]))
        left[rows[here]], right[others[there]] = False, False
    pairs.append(_skewed(one, other, left, right))
    return np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])


def _by_second(one: _Keys, other: _Keys, rows: Rows, others: Rows) -> tuple[Ints, Ints]:
    return _keys(one, other, rows, others, step=SECOND)


def _by_minute(one: _Keys, other: _Keys, rows: Rows, others: Rows) -> tuple[Ints, Ints]:
    return _keys(one, other, rows, others, step=MINUTE)


def _keys(one: _Keys, other: _Keys, rows: Rows, others: Rows, *, step: int) -> tuple[Ints, Ints]:
    """Number each (person, time step, text) so that equal ones in both views have equal numbers."""
    columns = (
        np.concatenate([one.time[rows], other.time[others]]) // step,
        np.concatenate([one.person[rows], other.person[others]]),
        np.concatenate([one.words[rows], other.words[others]]),
    )
    key = np.zeros(len(rows) + len(others), dtype=np.int64)
    for column in columns:
        _, codes = np.unique(column, return_inverse=True)
        _, key = np.unique(key * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)
    return key[: len(rows)], key[len(rows) :]


def _paired(keys: Ints, others: Ints) -> tuple[Rows, Rows]:
    """Pair the n-th row of each key here with the n-th there."""
    order, there = np.argsort(keys, kind="stable"), np.argsort(others, kind="stable")
    ranked, ranked_there = keys[order], others[there]
    rank = np.arange(len(there)) - np.searchsorted(ranked_there, ranked_there)
    at = np.searchsorted(ranked, ranked_there) + rank
    found = at < np.searchsorted(ranked, ranked_there, "right")
    return order[at[found]], there[found]


def _skewed(one: _Keys, other: _Keys, left: Flags, right: Flags) -> tuple[Rows, Rows]:
    """Pair long texts that stand only once in each view, at most CLOCK_SKEW apart."""
    rows, others = _long_and_single(one, left), _long_and_single(other, right)
    here = np.stack([one.person[rows], one.words[rows]])
    there = np.stack([other.person[others], other.words[others]])
    _, codes = np.unique(np.concatenate([here, there], axis=1), axis=1, return_inverse=True)
    codes = codes.reshape(-1)
    left_rows, right_rows = _paired(codes[: len(rows)], codes[len(rows) :])
    near = np.abs(one.time[rows[left_rows]] - other.time[others[right_rows]]) <= CLOCK_SKEW * SECOND
    return rows[left_rows[near]], others[right_rows[near]]


def _long_and_single(keys: _Keys, free: Flags) -> Rows:
    _, codes, counts = np.unique(keys.words, return_inverse=True, return_counts=True)
    return np.flatnonzero(free & keys.long & (counts[codes] == 1))


# ------------------------------------------------------------------------------------------------------------------- their union


def _union(one: _View, other: _View) -> _View:
    """Return both views as one: what is in both once, with the finer time and what only one of them carries."""
    rows, others = _match(one.keys, other.keys)
    both = Messages.concat([_with_ids(one.messages), _with_ids(other.messages)])
    others_at = others + len(one.messages)
    finer = one.coarse and not other.coarse
    kept, dropped = (others_at, rows) if finer else (rows, others_at)
    both = _carry_over(both, kept, dropped)
    keep = np.ones(len(both), dtype=np.bool_)
    keep[dropped] = False
    order, time = _places(both.time, one, other, (rows, others))
    order = order[keep[order]]
    united = _one_conversation(replace(both, time=time, _made={}).take(order), one.name)
    keys = _Keys(
        *(np.concatenate([getattr(one.keys, name), getattr(other.keys, name)])[order] for name in ("time", "person", "words", "long"))
    )
    keys = replace(keys, time=united.time)
    return _View(united, one.name, other.export, keys, one.coarse and other.coarse)


def _places(time: Ints, one: _View, other: _View, pairs: tuple[Rows, Rows]) -> tuple[Rows, Ints]:
    """Return the order of all rows by time, and their times.

    A row that knows only its minute takes the earliest second of it that keeps its place behind the row before it in its own export."""
    time = time.copy()
    vague = np.zeros(len(time), dtype=np.bool_)
    if one.coarse != other.coarse:
        coarse = np.arange(len(one.messages)) if one.coarse else np.arange(len(other.messages)) + len(one.messages)
        known, finer = (pairs[0], pairs[1] + len(one.messages)) if one.coarse else (pairs[1] + len(one.messages), pairs[0])
        time[known] = time[finer]
        latest = np.maximum.accumulate(time[coarse])
        time[coarse] = np.where(latest // MINUTE == time[coarse] // MINUTE, latest, time[coarse])
        time[known] = time[finer]
        vague[coarse] = True
        vague[known] = False
    return np.lexsort((vague, time)), time


def _carry_over(messages: Messages, kept: Rows, dropped: Rows) -> Messages:
    """Give the kept rows what only their doubles carry, and point replies to dropped rows at the kept ones."""
    to_kept = dict(zip(dropped.tolist(), kept.tolist(), strict=True))
    ids = list(messages.ids)
    new_id = {ids[row]: ids[to_kept[row]] for row in to_kept if ids[row] != ids[to_kept[row]]}
    reply_to = {row: new_id.get(asked, asked) for row, asked in messages.reply_to.items()}
    edited = messages.edited.copy()
    edited[kept] |= messages.edited[dropped]
    return replace(
        messages,
        edited=edited,
        reply_to=_filled(reply_to, to_kept),
        reactions=_filled(messages.reactions, to_kept),
        extra=_filled(messages.extra, to_kept),
        _made={},
    )


def _filled(sparse: Any, to_kept: dict[int, int]) -> Any:
    filled = dict(sparse)
    for row in sparse.keys() & to_kept.keys():
        filled.setdefault(to_kept[row], sparse[row])
    return filled


def _one_conversation(messages: Messages, name: str) -> Messages:
    return replace(messages, conversation=np.zeros(len(messages), dtype=np.int32), conversations=(name,), _made={})


def _with_ids(messages: Messages) -> Messages:
    return messages if messages.given_ids is not None else replace(messages, given_ids=tuple(messages.ids), _made={})


def _named_apart(views: Sequence[_View]) -> list[_View]:
    """Return the views in order of their first message; two chats of one name that overlap in time get names of their own."""
    named: list[_View] = []
    spans: dict[str, list[tuple[int, int]]] = {}
    for view in sorted(views, key=lambda view: (int(view.keys.time.min()), view.export)):
        first, last = int(view.keys.time.min()), int(view.keys.time.max())
        name, count = view.name, 1
        while any(first <= end and start <= last for start, end in spans.get(name, ())):
            count += 1
            name = f"{view.name} ({count})"
        spans.setdefault(name, []).append((first, last))
        named.append(replace(view, name=name, messages=_one_conversation(view.messages, name)))
    return named


def _unique_ids(messages: Messages) -> Messages:
    """Return the messages with ids that are all different: an id two exports gave to different messages gets `.n` behind it."""
    ids = list(messages.ids)
    taken = set(ids)
    if len(taken) == len(ids):
        return messages
    seen: set[str] = set()
    for row, made in enumerate(ids):
        if made in seen:
            base, _, count = made.partition(".")
            number = int(count) if count.isdigit() else 2
            while (made := f"{base}.{number}") in taken:
                number += 1
            ids[row] = made
            taken.add(made)
        seen.add(made)
    return replace(messages, given_ids=tuple(ids), _made={})
