"""Relate: from heard messages to findings and episodes.

Every module here without a leading underscore is a measure: what it needs (`NEEDS`, acts), the names of the findings it may tell (`TELLS`),
and `measure(...)`, which asks by name for what it wants to see: `heard` (arrays, `_heard.py`) or `relationship` (records), and if it likes
`errors` and `seed`. Its docstring is what `nearer explain NAME` and the report print. Findings come measure by measure in the order of their
names: same input, same seed, same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from inspect import signature
from types import ModuleType
from typing import Any

from nearer.parts import load_parts
from nearer.records import EarErrors, Episode, Finding, Relationship
from nearer.relate._episodes import find_episodes
from nearer.relate._heard import PAIR, Heard

FIXED_NAMES = ("NEEDS", "TELLS", "measure")

UNMEASURED = "how often this ear errs was never measured, so nothing is corrected for it"

Tell = Callable[[int, int], None]
"""Told how many measures are done, of how many."""


def measures(*, also_installed: bool = False) -> Mapping[str, ModuleType]:
    """Return the measures by name, sorted; with `also_installed` those of other packages too."""
    return load_parts("relate", needs=FIXED_NAMES, also_installed=also_installed)


def about() -> dict[str, str]:
    """Return, for every name a finding may carry, the text that says how it is counted and whose idea it is: its measure's docstring."""
    return {name: (part.__doc__ or "").strip() for part in measures().values() for name in part.TELLS}


def relate(relationship: Relationship, *, errors: EarErrors | None = None, seed: int = 0, tell: Tell = lambda *_: None) -> list[Finding]:
    """Return the findings of every measure, in the order of the measures' names; none where fewer than two people wrote.

    `errors` are the figures of the ear that heard the messages. None: acts are labels and taken as true; or, where the messages carry an ear,
    nobody measured it: then nothing about acts is told as clear (decisions/0005). `seed` fixes all that is drawn."""
    if len(relationship.people) < PAIR:
        return []
    given = {"heard": Heard(relationship, errors=errors, seed=seed), "relationship": relationship, "errors": errors, "seed": seed}
    senses = relationship.messages.senses
    is_unmeasured = senses is not None and senses.ear is not None and errors is None
    findings: list[Finding] = []
    parts = measures()
    for done, part in enumerate(parts.values()):
        tell(done, len(parts))
        found = part.measure(**_asked(part, given))
        findings += map(_unmeasured, found) if is_unmeasured and part.NEEDS else found
    return findings


def episodes(relationship: Relationship, *, errors: EarErrors | None = None) -> list[Episode]:
    """Return the episodes of all conversations: quarrels, comforting, promises and the rest (episodes.md)."""
    return find_episodes(relationship, counted=errors.counted if errors else None)


def _unmeasured(finding: Finding) -> Finding:
    """Return a finding about acts as it may be told after an ear whose errors nobody knows: never as clear, and with a word about it."""
    says = "probably" if finding.says == "clearly" else finding.says
    return replace(finding, says=says, coverage="; ".join(filter(None, (finding.coverage, UNMEASURED))))


def _asked(part: ModuleType, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in signature(part.measure).parameters if name in given}
