"""How many of the messages heard as a rare act are likely to be one (constructs 8.1, at the figures themselves).

Most messages are not an apology; an ear that mishears one in a hundred may then hear more that are none than that are. What is said of such
messages one by one (what they hold, how they were met) rests on them alone, and no correction of a count makes it true.
"""

from __future__ import annotations

from nearer.relate._correction import any_of
from nearer.relate._heard import Heard

UNMEASURED = "an ear whose errors were measured: this is told only where it is heard almost without error"
MOSTLY = 0.8
"""So many of the messages heard as an act must be likely to be one before anything is said about them [C]."""


def share_true(heard: Heard, *acts: str, number: int | None = None) -> float:
    """Return how many of the messages heard surely as one of these acts, of one person or of both, are likely to be one; 1 for labels."""
    own = heard.heard if number is None else heard.heard & (heard.who == number)
    flagged = float(heard.sure(*acts)[own].sum())
    if not heard.is_corrected or not flagged:
        return 1.0
    errors = any_of(heard, acts, random=heard.random(f"errors of {' '.join(acts)}"), sure=True)
    false = (1 - float(errors.specificity[0])) * float(own.sum())
    true = float(errors.sensitivity[0]) * max(flagged - false, 0.0) / max(errors.gain, 1e-9)
    return min(true / flagged, 1.0)


def is_unmeasured(heard: Heard) -> bool:
    """Say whether an ear heard these messages of which nobody knows how it errs (decision 5); labels have no ear."""
    senses = heard.messages.senses
    return senses is not None and senses.ear is not None and not heard.is_corrected


def too_many_false(what: str, true: float) -> str:
    """Return what a finding needs whose messages are too often none of the kind."""
    return f"an ear that hears {what} more surely: of ten it heard here about {10 * true:.0f} are likely to be one"
