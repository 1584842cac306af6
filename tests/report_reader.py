"""What the tests of room `show` share: a year of Ana and Ben with everything in it, told once, and a reader of the report's HTML."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any

from conversation import every_day, talk
from nearer.records import Episode, Evidence, Export, Finding, Message, Origin, Point, Problem, Relationship
from nearer.relate import about, episodes, relate
from nearer.show import show

QUARREL = """
21:00 Ana: you never listen #blame
21:01 Ben: that is not what happened #defend
21:02 Ana: it is your fault #blame
21:04 Ben: you always say that #blame
21:30 Ana: I was wrong to shout #apologise[quality=full]
21:40 Ben: I believe you #forgive[decision=accept]
"""
SCRIPTS = (
    (150, 1, "08:00 Ana: morning, love #greet_part[which=greeting]\n08:04 Ben: morning #greet_part[which=greeting]"),
    (150, 1, "12:00 Ana: look at this sky over the depot #bid_connect\n12:20 Ben: what a colour, where are you #curious_question"),
    (75, 2, "17:00 Ben: guess who fixed the bike #good_news\n17:10 Ana: yes, tell me how #celebrate\n17:20 Ben: thank you #appreciate"),
    (50, 3, "18:00 Ana: I feel small after that talk #disclose_feeling\n18:20 Ben: that would make anyone small #validate"),
    (50, 3, "19:00 Ana: I'll bring the bread by eight #promise[object=bread]\n20:10 Ana: bread is here as promised #promise_ref[status=kept]"),
    (30, 5, "20:30 Ben: could you call the plumber #request_need\n20:40 Ana: thank you for asking #appreciate"),
    (95, 1, "22:30 Ben: good night #greet_part[which=farewell]"),
    (14, 11, QUARREL),
)  # fmt: skip
"""How many days, how many days apart, and what is said on such a day."""


@cache
def a_year() -> tuple[Relationship, tuple[Finding, ...], tuple[Episode, ...]]:
    """Return a relationship that fills every section of a report, with its findings and episodes."""
    lines = "\n".join(every_day(count, script, since="2026-01-05", step=step) for count, step, script in SCRIPTS)
    relationship = talk("\n".join(sorted(lines.splitlines())), people=("Ana", "Ben"), tz="Europe/Berlin")
    relationship = replace(relationship, exports=(AN_EXPORT,), problems=(A_PROBLEM,))
    return relationship, tuple(relate(relationship)), tuple(episodes(relationship))


AN_EXPORT = Export("chat.txt", "whatsapp", 1_010, 980, 4, 25, 1, cannot_carry=("reactions",), notes=("dates read as day/month/year",))
A_PROBLEM = Problem("bad_date", "this date does not exist", Origin("chat.txt", 77))


def a_report(form: str = "html", **changed: Any) -> str:
    """Show the year; `changed` are fields of the relationship (`me`, `both`, `kind`) or `incognito` and `country`."""
    relationship, findings, happened = a_year()
    options = {name: changed.pop(name) for name in ("incognito", "country") if name in changed}
    return show(replace(relationship, **changed), findings, happened, form=form, about=about(), **options)


@cache
def the_html() -> str:
    """Return the plain report of the year, made once."""
    return a_report()


def a_finding(measure: str = "accessible", **changed: Any) -> Finding:
    """Return a finding of Ben toward Ana that tells, changed where a test needs it."""
    fields: dict[str, Any] = {
        "person": "Ben",
        "toward": "Ana",
        "value": 0.8,
        "unit": "share",
        "low": 0.75,
        "high": 0.85,
        "n": 80,
        "out_of": 100,
        "says": "clearly",
        "since": datetime(2026, 1, 5, tzinfo=UTC),
        "until": datetime(2026, 6, 5, tzinfo=UTC),
        "coverage": "based on 500 messages of Ben, text only, 21 weeks; calls not seen",
    }
    return Finding(measure=measure, **(fields | changed))


def cannot(measure: str = "accessible", **changed: Any) -> Finding:
    """Return a finding that can't be told yet."""
    blank = {"value": None, "low": None, "high": None, "says": "cannot_tell", "needs": "30 bids; 12 so far"}
    return a_finding(measure, **(blank | changed))


def both_ways(measure: str, **changed: Any) -> list[Finding]:
    """Return the same finding in both directions."""
    return [a_finding(measure, **changed), a_finding(measure, **changed, person="Ana", toward="Ben")]


def evidence(*ids: str, why: str = "a bid that was answered") -> tuple[Evidence, ...]:
    """Return these messages as evidence."""
    return tuple(Evidence(made, why) for made in ids)


def points(*values: float | None) -> tuple[Point, ...]:
    """Return a series of four-week periods."""
    return tuple(
        Point(
            value,
            n=40,
            low=None if value is None else value - 0.1,
            high=None if value is None else value + 0.1,
            since=datetime(2026, 1 + place, 1, tzinfo=UTC),
            until=datetime(2026, 2 + place, 1, tzinfo=UTC),
        )
        for place, value in enumerate(values)
    )


def two(*, people: tuple[str, ...] = ("Ana", "Ben"), text: str = "hello", **changed: Any) -> Relationship:
    """Return a relationship of two messages, m1 and m2, one of each person."""
    names = people if len(people) > 1 else (people[0], people[0])
    made = talk("2026-03-01 09:00 A: x\n09:01 B: y", people=people)
    rows = [replace(row, person=names[place], text=text) for place, row in enumerate(made.messages)]
    return replace(made, people=people, messages=type(made.messages).of(rows), **changed)


def messages_of(relationship: Relationship) -> list[Message]:
    """Return the messages as records."""
    return list(relationship.messages)


BLOCKS = frozenset("p li td th dt dd div h1 h2 h3 h4 summary blockquote footer label".split())
VOID = frozenset("meta link br input rect line path circle stop".split())


@dataclass
class Page(HTMLParser):
    """A report as it is read: every tag with its attributes, the text outside of style and title, and the headings in order."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._inside: list[str] = []

    @classmethod
    def of(cls, html: str) -> Page:
        """Read a page."""
        page = cls()
        page.feed(html)
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        if tag in BLOCKS:
            self.texts.append(" ")
        if tag not in VOID:
            self._inside.append(tag)
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append((int(tag[1]), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if {"style", "title"} & set(self._inside):
            return
        self.texts.append(data)
        if self.headings and {"h1", "h2", "h3", "h4"} & set(self._inside):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    @property
    def text(self) -> str:
        """Everything a reader sees, with single spaces."""
        return " ".join("".join(self.texts).split())

    def named(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every tag of a name."""
        return [attributes for name, attributes in self.tags if name == tag]
