"""A draft of an episode: its positions in a thread, before it is weighed and given a name, and the way a run of messages is grown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nearer.relate._episodes_thread import Thread

REACH = 3
"""A run goes on while fewer than this many messages with other acts stand before the next that belongs to it [C]."""
REACH_QUIET = 5
"""... and fewer than this many messages with no act at all [C]."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An episode as positions in a thread. `errand` says that its own messages are errands and weigh nothing; `core` are the positions
    it is about, the first of them the one that makes it, which no other episode of its kind may take."""

    what: str
    shape: str
    positions: tuple[int, ...]
    roles: Mapping[str, str] = field(default_factory=dict)
    errand: bool = False
    core: tuple[int, ...] = ()


def whole(first: int, last: int) -> tuple[int, ...]:
    """Return every position from first to last."""
    return tuple(range(first, last + 1))


def grow(thread: Thread, start: int, *, belongs: Callable[[int], bool], gap: int, stop: Collection[int] = (), reach: int = REACH) -> int:
    """Return the last position of the run that begins at `start`: each next member lies within `gap` microseconds of the one before, with
    less than `reach` messages between that do something else, and less than REACH_QUIET that do nothing; `stop` ends the run."""
    times = thread.times()
    last = position = start
    busy = quiet = 0
    while position + 1 < len(thread):
        position += 1
        if busy >= reach or quiet >= REACH_QUIET or times[position] - times[last] > gap or position in stop:
            break
        if belongs(position):
            last, busy, quiet = position, 0, 0
        elif thread.acts(position):
            busy += 1
        else:
            quiet += 1
    return last


def chains(positions: Iterable[int], thread: Thread, *, gap: int, reach: int) -> list[list[int]]:
    """Split positions into chains: a new one begins after more than `gap` microseconds or more than `reach` messages."""
    times = thread.times()
    linked: list[list[int]] = []
    for position in positions:
        if linked and position - linked[-1][-1] <= reach and times[position] - times[linked[-1][-1]] <= gap:
            linked[-1].append(position)
        else:
            linked.append([position])
    return linked


def apart(found: Sequence[Draft]) -> list[Draft]:
    """Give each message to one episode of each kind: first to the one it makes, then to the one it is about, then to the earliest."""
    owner: dict[tuple[str, int], int] = {}
    for claim in range(3):
        for number, draft in enumerate(found):
            for position in (draft.core[:1], draft.core, draft.positions)[claim]:
                owner.setdefault((draft.what, position), number)
    kept = (
        replace(draft, positions=tuple(p for p in draft.positions if owner[draft.what, p] == number)) for number, draft in enumerate(found)
    )
    return [draft for draft in kept if draft.positions]
