"""Why a finding can't be told, as a person hears it: what has to be written more often, or what Nearer's listening isn't sure enough about.

A measure says what it needs in the words of its own rule; the words file turns them, by pattern, into a sentence, a short line and the group
it stands in. What no pattern knows is said as it came. Constructs 8; look.md, Voice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nearer.show._names import Cast
from nearer.show._words import Words

NOTHING_SAID = "more messages"


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing: the group it stands in, a sentence, a short line, and how many there are so far ("" where nobody counted)."""

    sort: str
    says: str
    short: str
    so_far: str = ""


def missing_of(needs: str, *, hears: str, words: Words, cast: Cast) -> Missing:
    """Say what a finding needs; `hears` is what its card listens for."""
    needs = needs or NOTHING_SAID
    for entry in words.table["missing"]:
        found = re.search(entry["fits"], needs)
        if found:
            groups = {name: words.plainly(cast.inside(value or "")) for name, value in found.groupdict().items()}
            filled = groups | {"hears": hears}
            return Missing(entry["sort"], entry["says"].format_map(filled), entry["short"].format_map(filled), groups.get("so_far", ""))
    return Missing("more", words.plainly(cast.inside(needs)), words.plainly(cast.inside(needs)))
