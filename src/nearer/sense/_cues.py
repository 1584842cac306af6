"""Cues: words that point to an act with high precision, looked for in many texts at once.

Every cue is a linear (RE2) expression over lower-case text with plain apostrophes. One pass with all cues together finds the texts where
anything matches; only those are asked act by act. Constructs 5; the cues themselves lie in the acts' files.
"""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nearer.columns import Texts
from nearer.records import ACTS, Flags
from nearer.sense._acts import acts

QUOTED = (
    r"\b(he|she|they|boss|aunt|uncle|neighbour|doctor)( \w+){0,2} (said|says|told|asked|called|goes|thanked|promised)\b"
    r"|[\"\x{201c}\x{201d}\x{1f3b5}]|(^|\s)'[a-z]"
    r"|\b(songs?|lyrics|chorus|song title|(in|that|this) (film|movie|show|book)|the (film|movie|episode|credits)|on (tv|the radio)|radio|karaoke)\b"
)
"""Words of others: reported speech, quotation marks, songs, films. No cue counts in such a text."""

APOSTROPHES = "[\u2018\u2019\u02bc\u0060\u00b4]"
"""Characters that phones write for an apostrophe."""


def to_arrow(texts: Texts) -> pa.LargeStringArray:
    """View texts as an Arrow large_string array, without a copy."""
    return pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(np.ascontiguousarray(texts.offsets)), pa.py_buffer(texts.data))


def to_plain(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Lower the case and make every apostrophe a plain one."""
    lowered = pc.utf8_lower(texts)
    curly = pc.match_substring_regex(lowered, APOSTROPHES)
    if not pc.any(curly).as_py():
        return lowered
    return pc.if_else(curly, pc.replace_substring_regex(lowered, APOSTROPHES, "'"), lowered)


def cue_flags(texts: Texts) -> Flags:
    """Say for each text (row) and act (column, in the order of `records.ACTS`) whether a cue of that act stands in the text.

    Texts that quote or report others (`QUOTED`) show no cue, nor does an act whose `unless` stands there."""
    flags = np.zeros((len(texts), len(ACTS)), dtype=np.bool_)
    if not len(texts):
        return flags
    plain = to_plain(to_arrow(texts))
    rows = np.flatnonzero(matches(plain, _any_cue()))
    some = plain.take(pa.array(rows))
    own = ~matches(some, QUOTED)
    rows, some = rows[own], some.filter(pa.array(own))
    for column, (cues, unless) in enumerate(zip(_cues_by_act(), _unless_by_act(), strict=True)):
        found = matches(some, cues)
        if unless and found.any():
            found &= ~matches(some, unless)
        flags[rows, column] = found
    return flags


def matches(texts: pa.LargeStringArray, expression: str) -> Flags:
    """Say for each text whether the expression stands in it."""
    found: Flags = pc.match_substring_regex(texts, expression).to_numpy(zero_copy_only=False)
    return found


@cache
def _cues_by_act() -> tuple[str, ...]:
    return tuple("|".join(f"(?:{cue})" for cue in card.cues) for card in acts().values())


@cache
def _unless_by_act() -> tuple[str, ...]:
    return tuple("|".join(f"(?:{guard})" for guard in card.unless) for card in acts().values())


@cache
def _any_cue() -> str:
    return "|".join(_cues_by_act())
