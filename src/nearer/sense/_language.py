"""The language gate: which messages the ear can hear.

py3langid's model, kept to the languages below, votes once per conversation over at most SAMPLED messages long enough to tell; ties and short
conversations count as the default language. Each message is then asked only for its script: one that is mostly not Latin is not
English, whatever its conversation is. Words of another Latin language inside an English conversation are not noticed.

The model is a walk over bytes (a state for every byte, some of which are a feature) and a table of features by languages. Its own walk
takes one byte after the other; ours walks from all bytes of all sampled texts at once, since no state remembers more than DEPTH bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nearer.columns import Texts
from nearer.records import Codes, Flags, Ints, Scores, Small

Bytes = NDArray[np.uint8]

HEARD = ("en",)
"""Languages the swift ear hears."""
KNOWN = ("en", "de", "es", "fr", "it", "nl", "pl", "pt", "tr", "ru", "ar", "he", "hi", "zh", "ja", "ko")
"""Languages the vote may choose between."""
OTHER = "und"
"""A message in a script that is not Latin, in a conversation voted to be in a Latin one."""
SAMPLED = 5
MIN_BYTES = 40
"""A shorter text is too short to tell."""
MAX_CHARACTERS = 400
"""So much of a text is given to the vote."""
DEPTH = 6
"""The longest feature of the model, in bytes."""
BETWEEN = b"\xff"
"""A byte that no text holds: it leads back to the first state."""
VOTING_ROWS = 256
"""So many sampled texts are told apart at a time."""
MOSTLY = 0.5
LATIN_LEADS = (0xC3, 0xC4, 0xC5, 0xE2, 0xF0)
"""First bytes of accented Latin letters, of typographic marks and of emoji: none of them speaks for another script."""
FIRST_LEAD = 0xC0
ALPHABET = 26
FOREIGN = (np.arange(256) >= FIRST_LEAD) & ~np.isin(np.arange(256), LATIN_LEADS)
"""First bytes of characters of other scripts."""
LATIN_SCRIPT = ("en", "de", "es", "fr", "it", "nl", "pl", "pt", "tr")


@dataclass(frozen=True, slots=True)
class Walk:
    """The model as arrays: where each state's moves begin and where they lead, the feature of a state (-1: none), features by languages."""

    begins: Ints
    moves: NDArray[np.uint32]
    feature: Ints
    weights: Scores
    before: Scores
    names: tuple[str, ...]


def languages(texts: Texts, *, conversation: Codes, default: str) -> tuple[Small, tuple[str, ...]]:
    """Return a code for each text and the languages the codes stand for. Texts without a conversation (code < 0) count as `default`."""
    names = tuple(dict.fromkeys((default, *KNOWN, OTHER)))
    voted = np.zeros(int(conversation.max(initial=-1)) + 2, dtype=np.int8)  # the last one is for those without a conversation
    rows = _sampled(texts.lengths(), conversation)
    for code, votes in groupby(zip(conversation[rows].tolist(), _told(texts, rows, default), strict=True), itemgetter(0)):
        told = [language for _, language in votes]
        voted[code] = names.index(max((default, *told), key=told.count))
    codes = voted[np.maximum(conversation, -1)]
    latin = np.array([name in LATIN_SCRIPT for name in names])
    codes[is_other_script(texts) & latin[codes]] = names.index(OTHER)
    return codes, names


def is_other_script(texts: Texts) -> Flags:
    """Say which texts have more characters of a script that is not Latin than Latin letters."""
    found = np.zeros(len(texts), dtype=np.bool_)
    start, stop = int(texts.offsets[0]), int(texts.offsets[-1])
    data = np.frombuffer(texts.data, dtype=np.uint8)[start:stop]
    places = np.flatnonzero(data >= FIRST_LEAD)
    theirs = _count(places[FOREIGN[data[places]]], texts)
    rows = np.flatnonzero(theirs)
    if len(rows):  # letters are counted only where something else stands: most chats have no such message
        some = texts.take(rows)
        letters = (np.frombuffer(some.data, dtype=np.uint8) | 0x20) - np.uint8(ord("a")) < ALPHABET
        found[rows] = theirs[rows] > (theirs[rows] + _count(np.flatnonzero(letters), some)) * MOSTLY
    return found


def _count(places: Ints, texts: Texts) -> Ints:
    """Count some places of the buffer by text."""
    found: Ints = np.diff(np.searchsorted(places, texts.offsets - texts.offsets[0]))
    return found


def _sampled(sizes: Ints, conversation: Codes) -> Ints:
    """Return the rows that vote, conversation by conversation: at most SAMPLED, evenly over its texts that are long enough to tell."""
    long = np.flatnonzero((conversation >= 0) & (sizes >= MIN_BYTES))
    long = long[np.argsort(conversation[long], kind="stable")]
    _, start, count = np.unique(conversation[long], return_index=True, return_counts=True)
    many, step = np.minimum(count, SAMPLED), np.arange(SAMPLED)
    places = start[:, None] + step * (count - 1)[:, None] // np.maximum(many - 1, 1)[:, None]
    rows: Ints = long[places[step < many[:, None]]]
    return rows


def _told(texts: Texts, rows: Ints, default: str) -> Iterator[str]:
    """Yield the language of the texts at `rows`, the default where the model knows nothing of what stands there."""
    walk = _walk()
    for start in range(0, len(rows), VOTING_ROWS):
        lines = [_to_bytes(texts[row][:MAX_CHARACTERS]) for row in rows[start : start + VOTING_ROWS].tolist()]
        yield from (walk.names[code] if code >= 0 else default for code in _classify(lines, walk).tolist())


def _to_bytes(text: str) -> bytes:
    """Write a text as the model has learned it: composed, and not in capitals throughout."""
    return normalize("NFC", text.lower() if text.isupper() else text).encode("utf-8")


def _classify(lines: list[bytes], walk: Walk) -> Ints:
    """Return which language each line is in by naive Bayes over how often its features stand in it, -1 where none does."""
    data = np.frombuffer(BETWEEN * (DEPTH - 1) + BETWEEN.join(lines), dtype=np.uint8)
    count = len(data) - DEPTH + 1
    state: Ints = np.zeros(count, dtype=np.int64)
    for back in range(DEPTH):
        state = walk.moves[walk.begins[state] + data[back : back + count]]
    feature = walk.feature[state]
    places = np.flatnonzero(feature >= 0)
    line = np.searchsorted(np.cumsum([len(line) + 1 for line in lines]), places, side="right")
    found, times = np.unique(line * len(walk.weights) + feature[places], return_counts=True)
    some, first = np.unique(found // len(walk.weights), return_index=True)
    told = np.full(len(lines), -1, dtype=np.int64)
    if len(some):
        worth = np.log1p(times.astype(np.float32))[:, None] * walk.weights[found % len(walk.weights)]
        told[some] = (np.add.reduceat(worth, first, axis=0) + walk.before).argmax(axis=1)
    return told


@cache
def _walk() -> Walk:
    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages(list(KNOWN))
    return Walk(
        np.asarray(model.tk_row, dtype=np.int64) << 8,
        np.asarray(model.tk_nextmove, dtype=np.uint32),
        np.asarray(model.tk_output, dtype=np.int64),
        model.nb_ptc.astype(np.float32),
        model.nb_pc,
        tuple(model.nb_classes),
    )
