"""Four ways in which quarrels turn sour: fault, scorn, defence and leaving, and in how many messages of quarrels each of you used them.

Counted are messages in quarrels only, for each person: those that say whose fault it is, those that mock or look down, those that excuse or
turn the charge around, and those that end the talk without saying when it goes on. Each is a share of that person's own messages in
quarrels. An act counts only where it is heard surely, and the share is then corrected for what the ear misses and mishears inside quarrels
(8.1); where it hears one of the four too seldom, or nobody measured how it errs, that one is not told. Beta posterior with sittings
resampled. At least 6 quarrels and 20 of that person's messages in them. What it cannot know: whether it was play, what came before by
voice, tone and faces. Leaving is often too much at once rather than too little care. That these four foretell anything was claimed by
others (Gottman); we do not. Constructs 7.6, 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nearer.records import Finding
from nearer.relate._episodes_thread import HARD
from nearer.relate._finding import Told, Units, coverage, empty, mute, none_as_none, plain_value, share, with_evidence
from nearer.relate._heard import Heard
from nearer.relate._quarrel_talk import QUARRELS_NEEDED, Lines, any_in, by_hard_words, count, errors_of, said
from nearer.relate._shares import needs
from nearer.relate._surely import UNMEASURED, is_unmeasured

WAYS = {"defence": "defend", "blame": "blame", "withdrawal": "withdraw", "contempt": "contempt"}
"""What each is called in a finding, and the act it is (acts 15 to 18)."""
NEEDS = HARD
TELLS = tuple(f"quarrel_{way}" for way in WAYS)
MESSAGES_NEEDED = 20
"""Of one person in quarrels; fewer leave every share wider than .4 unless it is near none [C]."""
UNIT = "share of messages in quarrels"
WHY = {
    "defence": "excuses or turns the charge around",
    "blame": "says whose fault it is",
    "withdrawal": "ends the talk",
    "contempt": "mocks or looks down",
}


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield, for each way and each of the two, its share of that person's messages in quarrels."""
    lines = said(heard)
    for way in WAYS:
        for number, person in enumerate(heard.pair):
            other = heard.relationship.other(person)
            silent = mute(heard, f"quarrel_{way}", person=person, toward=other, unit=UNIT)
            yield silent or _way(heard, lines, way, number)


def _way(heard: Heard, lines: Lines, way: str, number: int) -> Finding:
    person, act = heard.pair[number], WAYS[way]
    other = heard.relationship.other(person)
    quarrels = count(lines)
    if quarrels < QUARRELS_NEEDED:
        blank = empty(heard, f"quarrel_{way}", person=person, toward=other, unit=UNIT)
        return replace(blank, n=quarrels, needs=needs(QUARRELS_NEEDED, "quarrels", quarrels), coverage=coverage(heard, person))
    if is_unmeasured(heard):
        blank = empty(heard, f"quarrel_{way}", person=person, toward=other, unit=UNIT)
        return replace(blank, n=quarrels, needs=UNMEASURED, coverage=coverage(heard, person))
    errors = errors_of(heard, lambda some: some.has(act), per=lambda some: np.arange(len(some)), name=act)

    def units(some: Lines) -> Units:
        own = some.at(some.who == number)
        return Units(own.positions, own.has(act).astype(np.int64), base=(0, 1), hit=(1,), errors=(errors,))

    finding = share(heard, Told(f"quarrel_{way}", UNIT, "messages in quarrels", MESSAGES_NEEDED, person, other), units(lines))
    own = lines.at(lines.who == number)
    hits, hard = own.has(act), own.has(*HARD)
    finding = with_evidence(
        heard,
        none_as_none(finding, own.positions[hits]),
        hits=(own.positions[hits], WHY[way]),
        misses=(own.positions[~hard], "said in a quarrel without a hard word"),
    )
    seen = int(any_in(lines.quarrel, lines.has(act) & (lines.who == number)).sum())
    told = replace(finding, coverage=f"{finding.coverage}; heard in {seen} of {quarrels} quarrels")
    return by_hard_words(told, lines, lambda some: plain_value(units(some)))
