"""Episodes: runs of messages that belong together, with their shape and who had which part (episodes.md decides; constructs 7.0, 7.2).

Each conversation of two people is read as a thread. A message may lie in one episode of each kind. The weight of an episode is the share of
the conversation's non-logistic messages it holds; a conversation's episodes come heaviest first (the main one), ties in the codebook's order.
Ids count in order of time: `NAME-e1`. Only relative order, gaps and acts are used; text only to match a promise with the word on it and to
see a bare answer. At which operating point an act is heard: _episodes_thread.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from nearer.records import Episode, Relationship, from_microseconds
from nearer.relate._episodes_apologies import find_apologies
from nearer.relate._episodes_care import SHAPE_MISSED, find_comforting, find_good_news, is_told_in_a_quarrel
from nearer.relate._episodes_draft import Draft, apart, whole
from nearer.relate._episodes_promises import ERRANDS, find_promises
from nearer.relate._episodes_quarrels import find_quarrels
from nearer.relate._episodes_talk import find_banter, find_disclosures, find_rest, find_rituals
from nearer.relate._episodes_thread import Thread, threads

TIES = ("quarrel", "comforting", "apology", "promise", "good_news", "ritual", "talk")
"""Which episode is the main one where weights are equal (episodes.md)."""


def find_episodes(relationship: Relationship, *, counted: Mapping[str, float] | None = None) -> list[Episode]:
    """Return the episodes of all conversations, conversation by conversation, the heaviest first.

    `counted` maps acts to the open threshold of the ear that heard them (`EarErrors.counted`); None for labelled acts."""
    return [episode for thread in threads(relationship, counted=counted) for episode in _named(thread, drafts(thread))]


def drafts(thread: Thread) -> list[Draft]:
    """Return every episode of one thread as positions, before it is weighed."""
    care = [*find_comforting(thread), *find_good_news(thread)]
    quarrels = quarrels_of(thread, care)
    fought = _positions(quarrels)
    care = [draft for draft in care if not is_told_in_a_quarrel(thread, draft, fought)]
    several = [*find_apologies(thread, fought), *find_promises(thread), *find_disclosures(thread, fought), *find_banter(thread, fought)]
    found = [*quarrels, *care, *find_rituals(thread), *apart(several)]
    found += find_rest(thread, _positions(found))
    if all(draft.errand for draft in found):
        found.append(Draft("talk", "logistics", whole(0, len(thread) - 1)))
    return found


def quarrels_of(thread: Thread, care: Sequence[Draft] | None = None) -> list[Draft]:
    """Return the quarrels of one thread; `care` are its comforting and good news where they are known already."""
    return thread.once("quarrels", lambda: _quarrels_of(thread, care))


def _quarrels_of(thread: Thread, care: Sequence[Draft] | None) -> list[Draft]:
    care = [*find_comforting(thread), *find_good_news(thread)] if care is None else care
    return list(find_quarrels(thread, [draft for draft in care if draft.shape in SHAPE_MISSED.values()]))


def _positions(found: Iterable[Draft]) -> set[int]:
    return {position for draft in found for position in draft.positions}


def _named(thread: Thread, found: Sequence[Draft]) -> Iterator[Episode]:
    """Weigh the drafts, number them by time and yield them heaviest first."""
    weighty = _weighty(thread, found)
    whole_weight = len(weighty) or len(thread)
    by_time = sorted(
        (draft for draft in found if _rows(thread, draft)), key=lambda draft: (draft.positions[0], TIES.index(draft.what), draft.positions)
    )
    episodes = []
    for number, draft in enumerate(by_time, start=1):
        held = len(weighty.intersection(draft.positions)) if weighty else len(draft.positions)
        rank = (-(0 if draft.errand and weighty else held), TIES.index(draft.what), number)
        episodes.append((rank, _episode(thread, draft, number, weight=-rank[0] / whole_weight)))
    return (episode for _, episode in sorted(episodes, key=lambda pair: pair[0]))


def _weighty(thread: Thread, found: Sequence[Draft]) -> set[int]:
    """Return the non-logistic positions: with an act that is no errand, or with any act inside an episode that is more than an errand."""
    held = _positions(draft for draft in found if draft.what != "talk" and not draft.errand)
    return {p for p in range(len(thread)) if thread.acts(p) and (p in held or not thread.acts(p) <= ERRANDS)}


def _rows(thread: Thread, draft: Draft) -> list[int]:
    """Return the rows of a draft without those of a passage in which the analysis stopped: an episode never leads there."""
    senses = thread.messages.senses
    stopped = senses.care if senses is not None else {}
    return [row for row in thread.rows[list(draft.positions)].tolist() if row not in stopped]


def _episode(thread: Thread, draft: Draft, number: int, *, weight: float) -> Episode:
    messages = thread.messages
    rows = _rows(thread, draft)
    return Episode(
        conversation=thread.conversation,
        episode=f"{thread.conversation}-e{number}",
        what=draft.what,
        shape=draft.shape,
        weight=round(weight, 6),
        roles=dict(draft.roles),
        messages=tuple(messages.ids[row] for row in rows),
        start=from_microseconds(int(messages.time[rows[0]]), tz=messages.tz),
        end=from_microseconds(int(messages.time[rows[-1]]), tz=messages.tz),
    )
