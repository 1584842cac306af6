"""Quarrels: how often, how they ended, and whether they follow one and the same cycle.

A quarrel is an episode of hard words that were answered; it ended in repair when an attempt to stop it was taken up, or an apology was
accepted. The share is the mean of Beta(repaired + 1, others + 1). A cycle (find the bad guy, protest polka, freeze and flee) is named only
from twelve quarrels on, only above what chance gives when each one's turns are shuffled, and only the one that stands out most.
Quarrels by voice or face to face are not seen. Constructs 7.2, 7.9.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from scipy.special import gammaincinv

from nearer.records import EarErrors, Evidence, Finding, Point, Relationship, Says, from_microseconds
from nearer.relate._cycles import Cycle, cycles, presser, turns_of
from nearer.relate._episodes import quarrels_of
from nearer.relate._episodes_draft import Draft
from nearer.relate._episodes_thread import DAY, HARD, Thread, threads
from nearer.relate._shares import HIGH, LOW, beta_share, needs, sureness

NEEDS = ("complain", "blame", "contempt", "defend", "withdraw")
TELLS = ("quarrels", "quarrels_repaired", "quarrel_cycle")

QUARRELS_NEEDED = 6
"""Shares are shown from six quarrels on (constructs 8)."""
QUARRELS_SURE = 15
"""About so many make the interval narrower than .4 whatever the share (constructs 9)."""
NAMES_NEEDED = 12
"""Names of cycles from twelve on (constructs 8)."""
FOUR_WEEKS = 28
REPAIRED = ("repair", "forgiveness_full")
EVIDENCE = 5
AGAINST = 3
ENDINGS = {
    "repair": "a repair was taken up",
    "forgiveness_full": "an apology was accepted",
    "forgiveness_hollow": "the apology did not land",
    "protest_polka": "one pressed, the other pulled back",
    "bad_guy": "both attacked",
    "freeze_flee": "both fell silent",
    "none": "it ended without a word on it",
}


@dataclass(frozen=True, slots=True)
class Quarrel:
    """One quarrel: its thread, its draft, and when it was."""

    thread: Thread
    draft: Draft
    start: datetime
    end: datetime

    def id(self, position: int) -> str:
        """Return the id of the message at a position of its thread."""
        return self.thread.messages.ids[int(self.thread.rows[position])]


def measure(relationship: Relationship, *, errors: EarErrors | None = None, seed: int = 0) -> Iterator[Finding]:
    """Yield how often the two quarrelled, the share that ended in repair, and the cycle if there is one."""
    found = find(relationship, errors=errors)
    if not found:
        return
    yield _often(relationship, found)
    yield _repaired(found)
    yield _cycle(relationship, found, seed=seed)


def find(relationship: Relationship, *, errors: EarErrors | None = None) -> list[Quarrel]:
    """Return the quarrels of the relationship's two in order of time."""
    pair = relationship.people[:2]
    quarrels = [
        Quarrel(thread, draft, *(from_microseconds(thread.times()[draft.positions[end]], tz=thread.messages.tz) for end in (0, -1)))
        for thread in threads(relationship, counted=errors.counted if errors else None)
        if set(thread.people) == set(pair)
        for draft in quarrels_of(thread)
    ]
    return sorted(quarrels, key=lambda quarrel: (quarrel.start, quarrel.thread.conversation))


def _often(relationship: Relationship, found: Sequence[Quarrel]) -> Finding:
    """Quarrels in four weeks, with the Gamma interval; each quarrel is a point of the series, labelled by its shape."""
    time = relationship.messages.time
    weeks = max((int(time.max()) - int(time.min())) / DAY / FOUR_WEEKS, 1.0)
    count = len(found)
    low, high = gammaincinv(count + 1, (LOW, HIGH)) / weeks
    tells = count >= QUARRELS_NEEDED
    kinds = Counter(quarrel.draft.shape for quarrel in found)
    return Finding(
        measure="quarrels",
        value=round(count / weeks, 4) if tells else None,
        unit="quarrels in four weeks",
        low=round(float(low), 4) if tells else None,
        high=round(float(high), 4) if tells else None,
        n=count,
        out_of=round(weeks),
        says="clearly" if tells else "cannot_tell",
        needs="" if tells else needs(QUARRELS_NEEDED, "quarrels", count),
        since=found[0].start,
        until=found[-1].end,
        evidence=_quotes(found, EVIDENCE),
        coverage="; ".join(f"{ENDINGS[shape]}: {number}" for shape, number in sorted(kinds.items())) + "; text only, calls not seen",
        series=tuple(Point(value=1.0, n=len(q.draft.positions), since=q.start, until=q.end, label=q.draft.shape) for q in found),
    )


def _repaired(found: Sequence[Quarrel]) -> Finding:
    """The share of quarrels that ended in repair."""
    repaired = [quarrel for quarrel in found if quarrel.draft.shape in REPAIRED]
    value, low, high = beta_share(len(repaired), len(found))
    says = sureness(low, high) if len(found) >= QUARRELS_NEEDED else "cannot_tell"
    tells = says != "cannot_tell"
    wanted = QUARRELS_NEEDED if len(found) < QUARRELS_NEEDED else QUARRELS_SURE
    return Finding(
        measure="quarrels_repaired",
        value=value if tells else None,
        unit="share of quarrels that ended in repair",
        low=low if tells else None,
        high=high if tells else None,
        n=len(repaired),
        out_of=len(found),
        says=says,
        needs="" if tells else needs(wanted, "quarrels", len(found)),
        since=found[0].start,
        until=found[-1].end,
        evidence=_quotes(repaired, EVIDENCE),
        against=_quotes([quarrel for quarrel in found if quarrel.draft.shape not in REPAIRED], AGAINST),
    )


def _cycle(relationship: Relationship, found: Sequence[Quarrel], *, seed: int) -> Finding:
    """The cycle the quarrels follow, by name; cannot_tell below twelve quarrels or where none stands out from chance."""
    since, until = found[0].start, found[-1].end
    if len(found) < NAMES_NEEDED:
        wanted = needs(NAMES_NEEDED, "quarrels", len(found))
        return Finding(measure="quarrel_cycle", n=len(found), out_of=len(found), needs=wanted, since=since, until=until)
    turns = turns_of([(quarrel.thread, quarrel.draft.positions) for quarrel in found])
    told = cycles(turns, seed=seed)
    sensitivity = tuple({"setting": f"{cycle.name}: by chance {cycle.chance}", "value": cycle.value} for cycle in told)
    named = next((cycle for cycle in told if cycle.is_named), None)
    if named is None:
        wanted = f"a cycle that stands out from chance; none does in {len(found)} quarrels"
        return Finding(measure="quarrel_cycle", n=0, out_of=len(found), needs=wanted, since=since, until=until, sensitivity=sensitivity)
    presses = found[0].thread.people[presser(turns)] if named.name == "protest_polka" else None
    fitting = [quarrel for quarrel in found if quarrel.draft.shape == named.name]
    return Finding(
        measure="quarrel_cycle",
        person=presses,
        toward=relationship.other(presses) if presses else None,
        value=named.value,
        unit=named.name,
        low=named.low,
        high=named.high,
        n=len(fitting),
        out_of=len(found),
        says=_says(named),
        since=since,
        until=until,
        evidence=_quotes(fitting or found, EVIDENCE),
        against=_quotes([quarrel for quarrel in found if quarrel.draft.shape != named.name], AGAINST),
        sensitivity=sensitivity,
    )


CLEAR = 4.0
"""So many spreads above chance are called clear, fewer probable [C]."""


def _says(cycle: Cycle) -> Says:
    return "clearly" if cycle.excess >= CLEAR else "probably"


def _quotes(quarrels: Sequence[Quarrel], most: int) -> tuple[Evidence, ...]:
    """Return, for the latest quarrels, the message each began with and how it ended."""
    quotes = []
    for quarrel in reversed(quarrels[-most:]):
        hard = next((p for p in quarrel.draft.positions if quarrel.thread.has(p, *HARD)), quarrel.draft.positions[0])
        quotes.append(Evidence(quarrel.id(hard), f"here it began; {ENDINGS[quarrel.draft.shape]}"))
    return tuple(quotes)
