"""What the first walk over a WhatsApp text learns: which lines begin messages, which number is the day, who is a person."""

from dataclasses import dataclass

import numpy as np

from nearer.errors import Unreadable
from nearer.read._archive import Text
from nearer.read._settings import Dates, Settings
from nearer.read._whatsapp_dates import Vote
from nearer.read._whatsapp_heads import BRACKET, DATED, SHAPES, Heads, style_of
from nearer.read._whatsapp_lines import blocks
from nearer.read._whatsapp_people import Gathering, People
from nearer.read._whatsapp_scan import Scanner
from nearer.records import Flags, Ints

RARE, RARE_STYLE, RARE_ODD = 20, 3, 10
"""What so many times fewer lines have than the commonest shape is pasted text, not the phone's: another shape; another style, which no
phone mixes; and a word for the time that we do not know, for people write such lines, too."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read one text: `shapes` says which shapes begin messages, `odd` which of them with a word for the time we do not know,
    `whole` that all bytes are UTF-8, `bare` that it is of an iPhone and all marks were lost (mailed,
    copied) or never there (WhatsApp Web);
    `scanner` has learned how they begin."""

    shapes: Flags
    odd: Flags
    orders: dict[int, Dates]
    people: People
    pasted: int
    whole: bool
    bare: bool
    scanner: Scanner
    notes: tuple[str, ...]

    def kept(self, heads: Heads) -> Heads:
        """Return the heads that begin messages of this file."""
        keep = np.where(heads.second >= 0, self.shapes[heads.shape], self.odd[heads.shape])
        return heads if keep.all() else heads.take(keep)


def survey_text(text: Text, *, settings: Settings) -> Plan:
    """Walk over a text once; raises ChoiceNeeded on a tie of day and month, Unreadable where no message begins."""
    plain, odd = np.zeros(SHAPES, dtype=np.int64), np.zeros(SHAPES, dtype=np.int64)
    vote, gathering = Vote(), Gathering(text.file, limits=settings.limits)
    whole, marks, scanner = True, False, Scanner()
    with text.open() as opened:
        for block in blocks(opened):
            heads = scanner.scan(block)
            whole = whole and not block.broken
            marks = marks or (len(heads) > 0 and style_of(int(heads.shape[0])) == BRACKET and _is_marked(block.data))
            known = heads.second >= 0
            plain += _count(heads.shape[known])
            odd += _count(heads.shape[~known])
            vote.add(heads if known.all() else heads.take(known))
            gathering.add(block, heads)
    most = int(max(plain.max(), odd.max()))
    if not most:
        raise Unreadable(text.file, "no line in it begins like a message of WhatsApp")
    if odd.max() == most:
        raise Unreadable(
            text.file, "its times hold a word for the part of the day that we do not know. Export again from a phone set to 24 hours"
        )
    shapes, odd_shapes = _common(plain, most, rare=RARE), _common(odd, most, rare=RARE_ODD)
    ways = np.unique(np.flatnonzero(shapes) % DATED).tolist()
    orders, notes = vote.orders(ways, file=text.file, said=settings.dates)
    pasted = int(plain[~shapes].sum())
    bare = style_of(int(plain.argmax())) == BRACKET and not marks
    return Plan(shapes, odd_shapes, orders, gathering.people(), pasted, whole, bare, scanner, notes)


def _common(counts: Ints, most: int, *, rare: int) -> Flags:
    """Say which shapes are the phone's own way to begin a message."""
    styles = style_of(np.arange(SHAPES, dtype=np.int64))
    bound = np.where(styles == styles[int(counts.argmax())], rare, min(rare, RARE_STYLE))
    common: Flags = (counts > 0) & (counts * bound >= most)
    return common


def _is_marked(data: bytes) -> bool:
    """Say whether a phone's mark stands where one begins its own words: at the start of a line or behind a space."""
    return any(data.startswith(mark) or b" " + mark in data or b"\n" + mark in data for mark in (b"\xe2\x80\x8e", b"\xe2\x80\x8f"))


def _count(shapes: Ints) -> Ints:
    return np.bincount(shapes, minlength=SHAPES).astype(np.int64)
