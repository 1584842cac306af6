"""One report, ready to be written in any form: who is in it, the first screen, the cards, the lists, what is not seen.

The order of work keeps what must not be seen out of everything after it: first only what decision (a) of safety.md allows, then only the
messages that are quoted, then no names of others in a group, or (incognito) no names and no words at all; every form is made from what is
left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nearer.records import Episode, Finding, Relationship
from nearer.show._amounts import day
from nearer.show._brief import Brief, two_minutes
from nearer.show._cards import Card, make_cards, may_be_shown
from nearer.show._episodes import Listed, Mark, list_of, marks, may_be_listed
from nearer.show._first import Line, first_screen
from nearer.show._hide import hide, without_others
from nearer.show._names import Cast
from nearer.show._quotes import Quotes, pick, wanted
from nearer.show._seen import Seen, heard_by, seen
from nearer.show._told import Told, without_care
from nearer.show._untold import Group, untold_of
from nearer.show._words import Words, load_words

PAIR = 2
OF_ALL = frozenset({"contact", "hours"})
"""Measures that count every message, so that their window is that of the record."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a form needs, and nothing that it may not show."""

    relationship: Relationship
    findings: tuple[Finding, ...]
    episodes: tuple[Episode, ...]
    words: Words
    cast: Cast
    quotes: Quotes
    title: str
    span: str
    notice: tuple[str, ...]
    first: tuple[Line, ...]
    brief: tuple[Brief, ...]
    cards: tuple[Card, ...]
    marks: tuple[Mark, ...]
    quarrels: Listed | None
    promises: Listed | None
    seen: Seen
    refused: tuple[str, ...]
    left_out: int
    incognito: bool

    @property
    def told(self) -> tuple[Told, ...]:
        """Every finding of every card, in order."""
        return tuple(told for card in self.cards for told in card.told)

    @property
    def untold(self) -> tuple[Group, ...]:
        """What can't be told yet: the cards on which nothing can, by what they miss."""
        return untold_of(self.cards, self.words)

    @property
    def waits(self) -> bool:
        """Whether something can't be told on a card that tells something else."""
        return any(card.waits for card in self.cards if card.tells)


def make_report(
    relationship: Relationship,
    findings: Iterable[Finding],
    episodes: Iterable[Episode],
    *,
    incognito: bool,
    about: Mapping[str, str],
    with_help: bool,
    name_others: bool = False,
) -> Report:
    """Return the report of a relationship; `with_help` says that the help page stands before it, `name_others` that people of a group who
    are not of the two keep their names."""
    words = load_words(relationship.kind)
    every = list(findings)
    allowed: Sequence[Finding] = [without_care(finding) for finding in every if may_be_shown(finding, relationship, words)]
    happened: Sequence[Episode] = [episode for episode in episodes if may_be_listed(episode, both=relationship.both)]
    ear = heard_by(relationship.messages, allowed, words)
    relationship = replace(relationship, messages=pick(relationship.messages, wanted(allowed, happened)))
    cast = _cast(relationship, allowed)
    if incognito or not name_others:
        mask = hide if incognito else without_others
        relationship, allowed, happened = mask(relationship, allowed, happened, cast=cast)
        cast = _cast(relationship, allowed)
    quotes = Quotes.of(relationship.messages, cast, words, hidden=incognito)
    cards = make_cards(allowed, words=words, cast=cast, quotes=quotes, about=about)
    told = [one for card in cards for one in card.told]
    first = first_screen(told, happened, words=words, cast=cast, quotes=quotes, with_help=with_help)
    return Report(
        relationship=relationship,
        findings=tuple(allowed),
        episodes=tuple(happened),
        words=words,
        cast=cast,
        quotes=quotes,
        title=words.page("of", pair=cast.both()) if len(cast.pair) > 1 else words.page("alone" if cast.pair else "nobody"),
        span=_span(allowed),
        notice=_notice(relationship, words, cast, incognito=incognito, name_others=name_others),
        first=first,
        brief=two_minutes(cards, said={line.card for line in first}, words=words, cast=cast) if len(cast.pair) > 1 else (),
        cards=tuple(cards),
        marks=tuple(marks(happened, allowed, words)),
        quarrels=list_of("quarrel", happened, words=words, quotes=quotes),
        promises=list_of("promise", happened, words=words, quotes=quotes),
        seen=seen(relationship, ear, words=words, cast=cast),
        refused=tuple(words.table["refused"]["claims"]),
        left_out=len(every) - len(allowed),
        incognito=incognito,
    )


def _cast(relationship: Relationship, findings: Iterable[Finding]) -> Cast:
    named = (name for finding in findings for name in (finding.person, finding.toward) if name)
    return Cast.of(relationship.people, [*relationship.messages.people, *named], me=relationship.me)


def _span(findings: Sequence[Finding]) -> str:
    """Return from when to when the record runs: as the findings about all messages say it, else as any do."""
    timed = [finding for finding in findings if finding.since and finding.until]
    whole = [finding for finding in timed if finding.measure in OF_ALL] or timed
    spans = [(finding.since, finding.until) for finding in whole if finding.since and finding.until]
    return f"{day(min(since for since, _ in spans))} to {day(max(until for _, until in spans))}" if spans else ""


def _notice(relationship: Relationship, words: Words, cast: Cast, *, incognito: bool, name_others: bool) -> tuple[str, ...]:
    """Return what a reader must know before the first number: what is left out, and that names are hidden."""
    said = [words.page("incognito")] if incognito else []
    said += [words.page("others")] if not incognito and len(cast.raw) > PAIR and not name_others else []
    if relationship.both:
        return (*said, words.page("both"))
    if relationship.me in cast.pair and len(cast.pair) > 1:
        return (*said, words.page("left_out_me", other=cast.said(relationship.other(relationship.me or ""))))
    return (*said, words.page("left_out"))
