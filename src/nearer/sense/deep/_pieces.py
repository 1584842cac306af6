"""Texts to numbers of pieces, as the deep ear's encoder learnt them: BERT's uncased WordPiece, written out (Devlin et al. 2019).

Every character becomes what is left of it: nothing (controls), a space, a letter without its case and its marks, or a word of its own
(punctuation, Chinese). Then each word is cut, from its beginning, into the longest pieces the vocabulary has.
"""

import unicodedata
from collections.abc import Iterable

LONGEST_WORD = 100
"""A longer run of letters is one unknown piece."""
HALF = 1_000
"""So many characters are read from either end of a text: more never come into what is heard, of a message or of what came before it."""
KEPT_WORDS = 200_000
"""So many words' pieces are remembered; then remembering starts anew, so that no export can fill the memory."""
CHINESE = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF), (0xF900, 0xFAFF),
           (0x2F800, 0x2FA1F))  # fmt: skip
"""Blocks whose every character is a word. The fifth ends and the sixth begins where the encoder's own code has them."""
MARKS = "$+<=>^`|~"
"""Signs that count as punctuation here, and not in Unicode."""


class Pieces:
    """A vocabulary and what it makes of texts."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._number = {piece: number for number, piece in enumerate(vocabulary)}
        self._kept: dict[str, tuple[int, ...]] = {}
        self.start, self.end, self._unknown = (self._number[name] for name in ("[CLS]", "[SEP]", "[UNK]"))

    def of(self, text: str) -> list[int]:
        """Return the pieces of a text."""
        if len(text) > 2 * HALF:
            text = f"{text[:HALF]} {text[-HALF:]}"
        return [piece for word in text.translate(PLAIN).split() for piece in self._word(word)]

    def _word(self, word: str) -> tuple[int, ...]:
        found = self._kept.get(word)
        if found is None:
            if len(self._kept) >= KEPT_WORDS:
                self._kept.clear()
            found = self._kept[word] = self._cut(word)
        return found

    def _cut(self, word: str) -> tuple[int, ...]:
        """Cut a word into the longest pieces, from its beginning; one unknown piece where that leads nowhere."""
        made: list[int] = []
        start = 0 if len(word) <= LONGEST_WORD else len(word) + 1
        while start < len(word):
            lead = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if lead + word[start:end] in self._number), 0)
            if not end:
                return (self._unknown,)
            made.append(self._number[lead + word[start:end]])
            start = end
        return tuple(made) if made else (self._unknown,)


class _Plain(dict[int, str]):
    """What is left of each character, found when it is first met."""

    def __missing__(self, code: int) -> str:
        made = self[code] = _plain(chr(code))
        return made


PLAIN = _Plain()


def _plain(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter in "\t\n\r" or (letter.isspace() and kind != "Cc"):
        return " "
    if letter == "\ufffd" or kind in ("Cc", "Cf", "Co", "Cs"):
        return ""
    parts = [part for part in unicodedata.normalize("NFD", letter) if unicodedata.category(part) != "Mn"]
    bare = "".join(f" {part} " if _is_mark(part) else part.lower() for part in parts)
    return f" {bare} " if any(low <= ord(letter) <= high for low, high in CHINESE) else bare


def _is_mark(letter: str) -> bool:
    return letter in MARKS or unicodedata.category(letter).startswith("P")
