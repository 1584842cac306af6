"""Acts and emotions in plain words (`nearer explain NAME`), and the check that each act's file keeps its word (`nearer check`).

An act's file carries its own test: its cues may not stand in any of its `no` examples (house 25; constructs 5).
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import numpy as np

from nearer.columns import Texts
from nearer.records import ACT_INDEX, ACTS, EMOTIONS
from nearer.sense._acts import ActCard, ActExample, acts
from nearer.sense._cues import cue_flags
from nearer.sense.model import verify

SHOWN_EXAMPLES = 4


def names() -> tuple[str, ...]:
    """Return every name that `explain` knows here: the acts, then the emotions."""
    return (*ACTS, *EMOTIONS)


def explain(name: str) -> str | None:
    """Return an act or an emotion in plain words, or None where there is none of that name."""
    if name in ACT_INDEX:
        return _act(acts()[name])
    if name in EMOTIONS:
        return (
            f"{name}: {_emotions()[name]}\n\nOne of the 28 emotions of GoEmotions: what a message lets one feel, not what a person feels."
        )
    return None


def check() -> Iterator[str]:
    """Yield one line for every fault in the data of the acts, none when all is well; raises Unreadable for weights that are not ours."""
    verify()
    for name, card in acts().items():
        flags = cue_flags(Texts.of(example.text for example in card.no))[:, ACT_INDEX[name]]
        for row in np.flatnonzero(flags).tolist():
            yield f"act {name}: a cue stands in its `no` example {row + 1} ({card.no[row].why})"


def _act(card: ActCard) -> str:
    parts = [
        f"{card.name}: {card.says}",
        f"Counts: {card.counts}",
        f"Does not count: {card.not_}",
        "For example:\n" + _examples(card.yes),
        "But not:\n" + _examples(card.no),
        f"Source: {card.source}. Shown where it is right at least {card.precision:.0%} of the time on rows the ear did not learn from.",
    ]
    return "\n\n".join(parts)


def _examples(examples: tuple[ActExample, ...]) -> str:
    step = max(1, len(examples) // SHOWN_EXAMPLES)
    return "\n".join(f"  “{example.text}”  ({example.why})" for example in examples[::step][:SHOWN_EXAMPLES])


@cache
def _emotions() -> dict[str, str]:
    said: dict[str, str] = tomllib.loads(files("nearer.sense").joinpath("_emotions.toml").read_text("utf-8"))
    return said
