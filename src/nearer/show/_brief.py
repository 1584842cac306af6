"""Two minutes for two people: one sentence of each part of the report, the first that can be told there and was not said above.

A part with nothing to tell, or whose words say `brief = false`, is left out; nothing is weighed against anything else. Whatever is said stands on its card with everything behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nearer.show._cards import Card
from nearer.show._names import Cast
from nearer.show._words import Words


@dataclass(frozen=True, slots=True)
class Brief:
    """One sentence of one part: the part, its title, the sentence, and the card it stands on."""

    section: str
    title: str
    sentence: str
    card: str


def two_minutes(cards: Sequence[Card], *, said: Collection[str], words: Words, cast: Cast) -> tuple[Brief, ...]:
    """Return the sentences in the order of the page; `said` are the cards that the first screen speaks of."""
    found = []
    for key, section in words.table["section"].items():
        telling = [card for card in cards if card.section == key and card.tells and section.get("brief", True)]
        card = next((card for card in telling if card.key not in said), telling[0] if telling else None)
        if card is not None:
            found.append(Brief(key, str(section["title"]), card.sentences(cast)[0], card.key))
    return tuple(found)
