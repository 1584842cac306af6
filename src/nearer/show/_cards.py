"""Cards: findings that belong together, on one scale, both directions side by side, the person's own side first (look.md, A card).

What belongs to one person alone is left out here unless both agreed: decision (a) of safety.md. There is no total and no order of people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from nearer.records import Finding, Relationship
from nearer.show._names import Cast, visible
from nearer.show._quotes import Quotes
from nearer.show._told import Told, tell, tell_both
from nearer.show._words import Words


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `told` are its findings in order, those that can't be told yet among them."""

    key: str
    title: str
    section: str
    would: str
    """What it says where it can, as the list of what can't be told yet puts it."""
    cannot: str
    about: tuple[str, ...]
    told: tuple[Told, ...]

    @property
    def tells(self) -> bool:
        """Whether anything on the card has a value."""
        return any(told.tells for told in self.told)

    @property
    def lead(self) -> tuple[Told, ...]:
        """What the card says in large words: its first measure that tells, in every direction, and what stands in words only."""
        telling = [told for told in self.told if told.tells]
        first = next((told.finding.measure for told in telling if told.words.drawn), "")
        return tuple(told for told in telling if told.finding.measure == first or not told.words.drawn)

    def sentences(self, cast: Cast) -> tuple[str, ...]:
        """Return the large words: one sentence where both directions can be told at once, else one for each."""
        found: list[str] = []
        for _, group in groupby(self.lead, key=lambda told: told.finding.measure):
            told = list(group)
            directed = [one for one in told if one.place is not None]
            both = directed[0].words.says_both if len(directed) == 2 else ""  # noqa: PLR2004 - the two directions
            found += [one.sentence for one in told if one.place is None or not both]
            found += [tell_both(both, *directed, cast=cast)] if both else []
        return tuple(found)

    @property
    def lines(self) -> tuple[tuple[Told, ...], ...]:
        """What is drawn, measure by measure."""
        drawn = [told for told in self.told if told.words.drawn]
        found = (tuple(group) for _, group in groupby(drawn, key=lambda told: told.finding.measure))
        return tuple(group for group in found if any(told.tells for told in group))

    @property
    def untold(self) -> tuple[Told, ...]:
        """What can't be told yet."""
        return tuple(told for told in self.told if not told.tells)

    @property
    def waits(self) -> str:
        """Name what can't be told yet in either direction, beside what can."""
        telling = {told.finding.measure for told in self.told if told.tells}
        return "; ".join(dict.fromkeys(told.words.line for told in self.untold if told.finding.measure not in telling))


def may_be_shown(finding: Finding, relationship: Relationship, words: Words) -> bool:
    """Say whether decision (a) allows a finding in a report for this person."""
    if relationship.both or finding.person is None or words.of(finding.measure).belongs == "between":
        return True
    return finding.person == relationship.me


def make_cards(findings: Iterable[Finding], *, words: Words, cast: Cast, quotes: Quotes, about: Mapping[str, str]) -> list[Card]:
    """Return the cards in the order of the words file, each with its findings in both directions."""

    def rank(finding: Finding) -> tuple[tuple[int, str], bool, int]:
        place = cast.place(finding.person)
        return words.order(finding.measure), finding.person not in {None, cast.me}, -1 if place is None else place

    told = [tell(finding, words=words, cast=cast, quotes=quotes) for finding in sorted(findings, key=rank)]
    by_card: dict[str, list[Told]] = {}
    for one in told:
        by_card.setdefault(one.words.card, []).append(one)
    return [
        _card(key, group, words=words, about=about) for key, group in sorted(by_card.items(), key=lambda item: _card_order(item[0], words))
    ]


def _card_order(key: str, words: Words) -> tuple[int, int, str]:
    sections, cards = list(words.table["section"]), list(words.table["card"])
    return sections.index(str(words.card(key)["section"])), cards.index(key) if key in cards else len(cards), key


def _card(key: str, told: Sequence[Told], *, words: Words, about: Mapping[str, str]) -> Card:
    said = words.card(key)
    texts = dict.fromkeys(about[one.finding.measure] for one in told if about.get(one.finding.measure))
    paragraphs = (visible(" ".join(part.split())) for text in texts for part in text.split("\n\n"))
    title, section, would, cannot = (str(said[name]) for name in ("title", "section", "would", "cannot"))
    return Card(key, title, section, would, cannot, tuple(filter(None, paragraphs)), tuple(told))
