"""Promises: of those that came to an end, how many were kept; and which are open, overdue or not to be seen here.

A promise is kept or broken only where a later message says so ("as promised", a thank-you, "you said you would"), or where its time passed
and it was named afterwards. Silence decides nothing. Kept late counts as kept (the stricter count stands under "sensitivity"). What was
done face to face and never mentioned cannot be seen. The share is the mean of Beta(kept + 1, broken + 1). Constructs 7.15.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from nearer.records import EarErrors, Evidence, Finding, Point, Relationship, from_microseconds
from nearer.relate._episodes_promises import Pledge, State, pledges
from nearer.relate._episodes_thread import DAY, HOUR, Thread, threads
from nearer.relate._shares import beta_share, needs, sureness

NEEDS = ("promise", "promise_ref")
TELLS = ("promises", "promises_on_time", "promises_overdue")

RESOLVED_NEEDED = 5
"""Shown from five promises that came to an end (constructs 8)."""
RESOLVED_SURE = 15
"""About so many make the interval narrower than .4 whatever the share (constructs 9)."""
STATES: tuple[State, ...] = ("kept", "late", "broken", "open", "overdue", "unseen")
ENDED: tuple[State, ...] = ("kept", "late", "broken")
SAYS = {
    "kept": "kept",
    "late": "kept late",
    "broken": "not kept",
    "open": "still open",
    "overdue": "its time has passed and nothing was said",
    "unseen": "whether it was kept is not to be seen here",
}
EVIDENCE = 5
AGAINST = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: a promise, what became of it, and the messages that show it (ids)."""

    state: State
    given: str
    given_at: datetime
    due: datetime | None
    closed: str | None
    closed_at: datetime | None
    why: str
    """What the closing message stands for: `kept: 2 days late`."""


def measure(relationship: Relationship, *, errors: EarErrors | None = None) -> Iterator[Finding]:
    """Yield the share of promises kept and the ones that are overdue, for each person who promised anything."""
    if len(relationship.people) < 2:  # noqa: PLR2004 - two people relate
        return
    found = ledger(relationship, errors=errors)
    for person in relationship.people[:2]:
        entries = found.get(person, [])
        if entries:
            yield _kept(relationship, person, entries)
            yield from _on_time(relationship, person, entries)
            yield from _overdue(relationship, person, entries)


def ledger(relationship: Relationship, *, errors: EarErrors | None = None) -> dict[str, list[Entry]]:
    """Return every promise by the person who gave it, in order of time."""
    found: dict[str, list[Entry]] = {}
    for thread in threads(relationship, counted=errors.counted if errors else None):
        for pledge in pledges(thread):
            found.setdefault(thread.people[pledge.person], []).append(_entry(thread, pledge))
    for entries in found.values():
        entries.sort(key=lambda entry: (entry.given_at, entry.given))
    return found


def _entry(thread: Thread, pledge: Pledge) -> Entry:
    messages, tz = thread.messages, thread.messages.tz
    closed = pledge.closed_by
    return Entry(
        state=pledge.state,
        given=messages.ids[int(thread.rows[pledge.position])],
        given_at=from_microseconds(thread.times()[pledge.position], tz=tz),
        due=from_microseconds(pledge.due, tz=tz) if pledge.due is not None else None,
        closed=messages.ids[int(thread.rows[closed])] if closed is not None else None,
        closed_at=from_microseconds(thread.times()[closed], tz=tz) if closed is not None else None,
        why=f"{SAYS[pledge.state]}: {_lateness(pledge, thread.times()[closed])}" if closed is not None else SAYS[pledge.state],
    )


def _lateness(pledge: Pledge, closed: int) -> str:
    """Say how the closing stands to the due time, in words and whole hours or days."""
    if pledge.due is None:
        return "no time was named"
    over = closed - pledge.due
    if over <= 0:
        return "before its time was up"
    days, hours = over // DAY, over // HOUR
    return f"{days} days after its time" if days > 1 else f"{max(hours, 1)} hours after its time"


# ------------------------------------------------------------------------------------------------------------------------------ findings


def _kept(relationship: Relationship, person: str, entries: Sequence[Entry]) -> Finding:
    """K of constructs 7.15, with the ledger's counts as its series."""
    ended = [entry for entry in entries if entry.state in ENDED]
    kept = [entry for entry in ended if entry.state != "broken"]
    value, low, high = beta_share(len(kept), len(ended))
    says = sureness(low, high) if len(ended) >= RESOLVED_NEEDED else "cannot_tell"
    tells = says != "cannot_tell"
    wanted = RESOLVED_NEEDED if len(ended) < RESOLVED_NEEDED else RESOLVED_SURE
    in_time = sum(1 for entry in ended if entry.state == "kept")
    mostly, rest = (
        (kept, [e for e in ended if e.state == "broken"]) if 2 * len(kept) >= len(ended) else ([e for e in ended if e not in kept], kept)
    )
    return Finding(
        measure="promises",
        person=person,
        toward=relationship.other(person),
        value=value if tells else None,
        unit="share of promises kept",
        low=low if tells else None,
        high=high if tells else None,
        n=len(kept),
        out_of=len(ended),
        says=says,
        needs="" if tells else needs(wanted, "promises that came to an end", len(ended)),
        since=entries[0].given_at,
        until=max(entry.closed_at or entry.given_at for entry in entries),
        evidence=_quotes(mostly, EVIDENCE),
        against=_quotes(rest, AGAINST),
        coverage=f"{len(entries)} promises seen, {len(ended)} came to an end in words; text only",
        sensitivity=({"setting": "kept late counts as not kept", "value": beta_share(in_time, len(ended))[0]},) if tells else (),
        series=tuple(_state(entries, state) for state in STATES),
    )


def _state(entries: Sequence[Entry], state: State) -> Point:
    count = sum(1 for entry in entries if entry.state == state)
    return Point(value=float(count), n=count, label=state)


def _on_time(relationship: Relationship, person: str, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Of the promises that were kept and had a time, how many were kept in time."""
    timed = [entry for entry in entries if entry.state in {"kept", "late"} and entry.due is not None]
    if not timed:
        return
    in_time = [entry for entry in timed if entry.state == "kept"]
    value, low, high = beta_share(len(in_time), len(timed))
    says = sureness(low, high) if len(timed) >= RESOLVED_NEEDED else "cannot_tell"
    tells = says != "cannot_tell"
    wanted = RESOLVED_NEEDED if len(timed) < RESOLVED_NEEDED else RESOLVED_SURE
    yield Finding(
        measure="promises_on_time",
        person=person,
        toward=relationship.other(person),
        value=value if tells else None,
        unit="share of kept promises that were in time",
        low=low if tells else None,
        high=high if tells else None,
        n=len(in_time),
        out_of=len(timed),
        says=says,
        needs="" if tells else needs(wanted, "kept promises with a time", len(timed)),
        since=timed[0].given_at,
        until=max(entry.closed_at or entry.given_at for entry in timed),
        evidence=_quotes(in_time, EVIDENCE),
        against=_quotes([entry for entry in timed if entry.state == "late"], AGAINST),
    )


def _overdue(relationship: Relationship, person: str, entries: Sequence[Entry]) -> Iterator[Finding]:
    """The promises whose time has passed without a word: to be asked about, never counted as broken."""
    late = [entry for entry in entries if entry.state == "overdue"]
    if late:
        count = float(len(late))
        yield Finding(
            measure="promises_overdue",
            person=person,
            toward=relationship.other(person),
            value=count,
            unit="promises",
            low=count,
            high=count,
            n=len(late),
            out_of=len(entries),
            says="probably",
            since=late[0].given_at,
            until=max(entry.due for entry in late if entry.due is not None),
            evidence=_quotes(late, EVIDENCE),
            coverage="what was done without a word here is not seen",
        )


def _quotes(entries: Sequence[Entry], most: int) -> tuple[Evidence, ...]:
    """Return the latest promises of a list as evidence: the promise, and the message that closed it."""
    quotes: list[Evidence] = []
    for entry in reversed(entries[-most:]):
        quotes.append(Evidence(entry.given, "promise" if entry.closed else f"promise: {entry.why}"))
        if entry.closed:
            quotes.append(Evidence(entry.closed, entry.why))
    return tuple(quotes)
