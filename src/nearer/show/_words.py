"""The words of a report: `words/_all.toml`, and over it what one kind of relationship says its own way.

What differs by kind is data only. A measure that has no words gets honest ones: its name, its numbers, and that nobody has put it into words
yet; and since nobody said to whom it belongs, it belongs to one person alone (decision (a) of safety.md).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from nearer.show._names import NAME_LENGTH, cut, visible

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MeasureWords:
    """How one measure is said: on which card and under which line, whose it is, on which scale, and the sentence.

    `says_me` is the sentence where the finding is about the person who opened this, `says_pair` where it is about the two together, `says_both` where both
    directions are told at once, `names`
    the sentences of a measure whose unit is a name; what is not `drawn` stands in words only;
    `over_time` says that its series runs over the months."""

    measure: str
    card: str
    line: str
    belongs: str
    scale: str
    says: str
    counted: str
    says_me: str = ""
    says_pair: str = ""
    says_both: str = ""
    drawn: bool = True
    over_time: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def templates(self) -> tuple[str, ...]:
        """Return every sentence this measure can make, unfilled."""
        return tuple(filter(None, (self.says, self.says_me, self.says_pair, self.says_both, *self.names.values())))


@dataclass(frozen=True, slots=True)
class Words:
    """All words for one kind of relationship. `table` is the whole TOML, for pages that look up a sentence by its place."""

    table: Table
    measures: Mapping[str, MeasureWords]

    def page(self, name: str, **filled: object) -> str:
        """Return a sentence of the page table, filled."""
        return str(self.table["page"][name]).format_map(filled)

    def of(self, measure: str) -> MeasureWords:
        """Return the words of a measure; honest general ones for a measure nobody has put into words yet."""
        return self.measures.get(measure) or unknown(measure)

    def card(self, key: str) -> Table:
        """Return section, title, what it would say, what it listens for and what can't be known, of a card."""
        cards: Table = self.table["card"]
        made: Mapping[str, Any] = cards.get(key) or {
            "section": "other",
            "title": _spaced(key),
            "cannot": "This measure has no words of its own yet; nobody has written down what it cannot know.",
        }
        return {"would": made["title"], "hears": "this", **made}

    def order(self, measure: str) -> tuple[int, str]:
        """Return where a measure stands among the others: as in the file, unknown ones after them by name."""
        known = list(self.measures)
        return (known.index(measure), "") if measure in self.measures else (len(known), measure)

    def plainly(self, needs: str) -> str:
        """Return what a finding needs, in the words of this report."""
        plain: Mapping[str, str] = self.table["plain"]
        pattern = "|".join(sorted(map(re.escape, plain), key=lambda word: (-len(word), word)))
        return re.sub(rf"\b({pattern})\b", lambda found: plain[found[0]], needs)


@cache
def load_words(kind: str) -> Words:
    """Return the words for one kind; a kind without a file of its own gets what is said of all."""
    table = _load("_all")
    own = files("nearer.show").joinpath("words", f"{kind}.toml")
    if kind.isalpha() and own.is_file():
        table = _over(table, _load(kind))
    measures = {name: MeasureWords(measure=name, **given) for name, given in table["measure"].items()}
    return Words(table, measures)


def unknown(measure: str) -> MeasureWords:
    """Return general words for a measure that the files do not know."""
    name = _spaced(measure)
    return MeasureWords(
        measure=measure,
        card=measure,
        line=name,
        belongs="alone",
        scale="number",
        says=f"{_braced(name)}, counted for {{person}} and {{toward}}: {{probably}}{{amount}}.",
        says_pair=f"{_braced(name)}, counted for {{pair}}: {{probably}}{{amount}}.",
        counted="{n} of {out_of}",
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("nearer.show").joinpath("words", f"{name}.toml").read_text("utf-8"))


def _over(below: Table, above: Table) -> dict[str, Any]:
    """Return a table with another laid over it: tables are joined, everything else is replaced."""
    joined = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(joined.get(key), Mapping)
        joined[key] = _over(joined[key], value) if both else value
    return joined


def _spaced(measure: str) -> str:
    words = cut(visible(measure.replace("_", " ")), NAME_LENGTH)
    return words[:1].upper() + words[1:]


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
