"""The language gate: which messages the ear can hear.

py3langid, kept to the languages below, votes once per conversation over at most SAMPLED messages long enough to tell; ties and short
conversations count as the default language. Each message is then asked only for its script: one that is mostly not Latin is not
English, whatever its conversation is. Words of another Latin language inside an English conversation are not noticed.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nearer.columns import Texts
from nearer.records import Codes, Flags, Ints, Small

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
MAX_BYTES = 400
"""So much of a text is given to the vote."""
MOSTLY = 0.5
LATIN_LEADS = (0xC3, 0xC4, 0xC5, 0xE2, 0xF0)
"""First bytes of accented Latin letters, of typographic marks and of emoji: none of them speaks for another script."""
FIRST_LEAD = 0xC0
ALPHABET = 26
FOREIGN = (np.arange(256) >= FIRST_LEAD) & ~np.isin(np.arange(256), LATIN_LEADS)
"""First bytes of characters of other scripts."""
LATIN_SCRIPT = ("en", "de", "es", "fr", "it", "nl", "pl", "pt", "tr")


def languages(texts: Texts, *, conversation: Codes, default: str) -> tuple[Small, tuple[str, ...]]:
    """Return a code for each text and the languages the codes stand for. Texts without a conversation (code < 0) count as `default`."""
    names = tuple(dict.fromkeys((default, *KNOWN, OTHER)))
    codes = np.zeros(len(texts), dtype=np.int8)
    for rows in _by_conversation(conversation):
        codes[rows] = names.index(_vote(texts, rows, default))
    latin = np.array([name in LATIN_SCRIPT for name in names])
    codes[is_other_script(texts) & latin[codes]] = names.index(OTHER)
    return codes, names


def is_other_script(texts: Texts) -> Flags:
    """Say which texts have more characters of a script that is not Latin than Latin letters."""
    found = np.zeros(len(texts), dtype=np.bool_)
    theirs = _count(texts, lambda data: np.take(FOREIGN, data))
    rows = np.flatnonzero(theirs)
    if len(rows):  # letters are counted only where something else stands: most chats have no such message
        ours = _count(texts.take(rows), lambda data: ((data | 0x20) - np.uint8(ord("a"))) < ALPHABET)
        found[rows] = theirs[rows] > (theirs[rows] + ours) * MOSTLY
    return found


def _count(texts: Texts, is_one: Callable[[Bytes], Flags]) -> Ints:
    start, stop = int(texts.offsets[0]), int(texts.offsets[-1])
    data = np.frombuffer(texts.data, dtype=np.uint8)[start:stop]
    found: Ints = np.diff(np.searchsorted(np.flatnonzero(is_one(data)), texts.offsets - start))
    return found


def _by_conversation(conversation: Codes) -> list[np.ndarray[tuple[int], np.dtype[np.intp]]]:
    order = np.argsort(conversation, kind="stable")
    order = order[conversation[order] >= 0]
    cuts = np.flatnonzero(np.diff(conversation[order])) + 1
    return [rows for rows in np.split(order, cuts) if len(rows)]


def _vote(texts: Texts, rows: np.ndarray[tuple[int], np.dtype[np.intp]], default: str) -> str:
    """Return what most of the sampled messages are in; they lie evenly over the conversation."""
    long = rows[_lengths(texts, rows) >= MIN_BYTES]
    if not len(long):
        return default
    sampled = long[np.unique(np.linspace(0, len(long) - 1, min(SAMPLED, len(long))).astype(np.int64))]
    votes: dict[str, int] = {default: 0}
    for row in sampled.tolist():
        language = str(_identifier().classify(texts[row][:MAX_BYTES])[0])
        votes[language] = votes.get(language, 0) + 1
        if votes[language] > len(sampled) // 2:  # the rest can't outvote it
            break
    return max(votes, key=lambda language: votes[language])


def _lengths(texts: Texts, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found: np.ndarray[tuple[int], np.dtype[np.int64]] = texts.offsets[rows + 1] - texts.offsets[rows]
    return found


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(KNOWN))
    return identifier
