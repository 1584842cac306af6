"""What can't be told yet, one line a subject: what would be said, and the one thing that is missing; everything else opens behind it.

A subject is a card on which nothing can be told. Its one thing is what most of its findings miss, as the first of them says it. Subjects that
miss the same sort of thing stand together. Look.md, Voice: "Can't tell yet" comes with what would make it tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nearer.show._cards import Card
from nearer.show._missing import Missing
from nearer.show._told import Told
from nearer.show._words import Words


@dataclass(frozen=True, slots=True)
class Subject:
    """One line: what would be said, what is missing, and behind it the findings, those that miss the same thing together."""

    key: str
    title: str
    would: str
    missing: Missing
    behind: tuple[tuple[str, str], ...]
    """Which findings, and the sentence on what they need."""


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects that miss the same sort of thing."""

    title: str
    subjects: tuple[Subject, ...]


def untold_of(cards: Iterable[Card], words: Words) -> tuple[Group, ...]:
    """Return the groups in the order of the words file, each with its subjects in the order of the page."""
    subjects = [_subject(card) for card in cards if card.untold and not card.tells]
    titles = {sort: str(said["title"]) for sort, said in words.table["untold"].items()}
    grouped = {sort: tuple(one for one in subjects if one.missing.sort == sort) for sort in titles}
    return tuple(Group(titles[sort], found) for sort, found in grouped.items() if found)


def _subject(card: Card) -> Subject:
    return Subject(card.key, card.title, card.would, _one_thing(card.untold), tuple(_behind(card.untold)))


def _one_thing(untold: Sequence[Told]) -> Missing:
    """Return what most of the findings miss, said once for both directions of the first measure that misses it."""
    sorts = Counter(told.missing.sort for told in untold)
    fitting = [told for told in untold if sorts[told.missing.sort] == max(sorts.values())]
    first = fitting[0]
    return joined([told for told in fitting if told.finding.measure == first.finding.measure and told.missing.sort == first.missing.sort])


def joined(directions: Sequence[Told]) -> Missing:
    """Return what both directions of one measure miss, in one line."""
    first, *others = [told.missing for told in directions]
    counts = list(dict.fromkeys(one.so_far for one in (first, *others)))
    if len(counts) > 1 and len({_without_count(one) for one in (first, *others)}) == 1:
        return _with_count(first, " and ".join(counts))
    if len({one.short for one in (first, *others)}) == 1:
        return first
    short = " · ".join(f"{told.who}: {told.missing.short}" for told in directions)
    return Missing(first.sort, " ".join(told.missing.says for told in directions), short)


def _without_count(missing: Missing) -> str:
    return _with_count(missing, "").short


def _with_count(missing: Missing, count: str) -> Missing:
    short = f"{missing.short.removesuffix(f'{missing.so_far} so far')}{count} so far"
    return Missing(missing.sort, missing.says, short, count)


def _behind(untold: Sequence[Told]) -> Iterable[tuple[str, str]]:
    """Yield each sentence once, with the measures it holds for; a direction is named where the other one misses something else."""
    for sentence in dict.fromkeys(told.sentence for told in untold):
        own = [told for told in untold if told.sentence == sentence]
        labels = [told.words.line if _is_for_all(told, own, untold) else f"{told.who}, {told.words.line}" for told in own]
        yield "; ".join(dict.fromkeys(labels)), sentence


def _is_for_all(told: Told, own: Sequence[Told], untold: Sequence[Told]) -> bool:
    measure = told.finding.measure
    return sum(one.finding.measure == measure for one in own) == sum(one.finding.measure == measure for one in untold)
