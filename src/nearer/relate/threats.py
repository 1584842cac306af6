"""Words about ending it: in how many quarrels one of you threatens to leave, told only where it is heard almost without error.

Counted are quarrels of the two together; who said it is not told apart. Beta posterior with sittings resampled, corrected for how the ear
errs in quarrels (8.1). At least 6 quarrels and such a word in two of them, of messages of which nine of ten are likely to be one, from an
ear whose errors were measured; below that nothing is said at all. Where the analysis stopped anywhere in the record for words of violence
or crisis, this measure is silent: help comes first, and a threat in such a chat is no figure. What it cannot know: whether it was meant,
what it was to say, and what was said by voice. Somebody may have to leave, and that is theirs to decide. Constructs 5 (act 19), I5; safety.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nearer.records import Finding
from nearer.relate._finding import Told, Units, mute, plain_value, share, with_evidence
from nearer.relate._heard import Heard
from nearer.relate._quarrel_talk import QUARRELS_NEEDED, Lines, any_in, by_hard_words, count, errors_of, first_of, said
from nearer.relate._surely import is_unmeasured, share_true

ACT = "threaten_leave"
NEEDS = (ACT,)
TELLS = ("threats",)
QUARRELS_WITH = 2
"""One word in one quarrel is no pattern [C]."""
SURE = 0.9
"""High precision only (constructs 5.1: acts 16, 18, 19)."""
UNIT = "share of quarrels"


def measure(heard: Heard) -> Iterator[Finding]:
    """Yield in how many quarrels ending it was spoken of; nothing where that is not to be told."""
    lines = said(heard)
    if mute(heard, "threats", person=None, toward=None, unit=UNIT) or _is_gated(heard) or not _is_told(heard, lines):
        return
    errors = errors_of(heard, _spoken, per=lambda some: some.quarrel, name="threats")

    def units(some: Lines) -> Units:
        return Units(some.positions[first_of(some.quarrel)], _spoken(some).astype(np.int64), base=(0, 1), hit=(1,), errors=(errors,))

    counted = units(lines)
    finding = share(heard, Told("threats", UNIT, "quarrels", QUARRELS_NEEDED, None, None), counted)
    if finding.value is not None:
        hits = (lines.positions[lines.has(ACT)], "speaks of ending it")
        finding = with_evidence(heard, finding, hits=hits, misses=(counted.is_in((0,)), "a quarrel without such a word"))
        yield by_hard_words(finding, lines, lambda some: plain_value(units(some)))


def _spoken(lines: Lines) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return any_in(lines.quarrel, lines.has(ACT))


def _is_gated(heard: Heard) -> bool:
    """Say whether words of violence or crisis stand anywhere in the record, also in what a third person wrote."""
    senses = heard.messages.senses
    return senses is not None and bool(senses.care)


def _is_told(heard: Heard, lines: Lines) -> bool:
    if is_unmeasured(heard) or count(lines) < QUARRELS_NEEDED or _spoken(lines).sum() < QUARRELS_WITH:
        return False
    return share_true(heard, ACT) >= SURE
