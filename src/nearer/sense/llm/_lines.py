"""Messages as the language model is given them: in order, each with the three before it, a few of one conversation at a time.

Who wrote is a letter, never a name. The words go along as data inside JSON, so they can't end their place in it; marks that chat models
take for a change of speaker are written as JSON escapes, so that no message can pose as one (T21).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from string import ascii_uppercase

import numpy as np
import orjson

from nearer.columns import Texts
from nearer.records import Codes, Flags, Ints

BEFORE = 3
"""So many earlier messages are given along (constructs 5: "needs the previous 3 messages")."""
BATCH_MESSAGES = 10
"""So many messages are labelled in one answer, at most."""
BATCH_LETTERS = 8_000
"""A batch ends earlier where its words are longer than this together."""
MESSAGE_LETTERS = 1_000
"""So much of a message is heard, as by the swift ear."""
KEY_BYTES = 16

_MARKS = re.compile(r"<(?=[|/!<\uff5cA-Za-z])|\[(?=/?[A-Z])")
"""What begins a mark of a chat template: <|im_start|>, <start_of_turn>, </s>, <<SYS>>, [INST]. A heart, <3, begins none."""
_NOT_UTF8 = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One message to hear: its row, its words, who wrote it and what stood before it in its conversation."""

    row: int
    conversation: int
    person: int
    text: str
    before: tuple[tuple[int, str], ...]

    def key(self, version: str) -> str:
        """Return the hash of everything an answer about this message rests on; `version` stands for model and prompt."""
        others = {person: place for place, person in enumerate(dict.fromkeys([self.person, *(person for person, _ in self.before)]))}
        shown = [version, self.text, [[others[person], text] for person, text in self.before]]
        return blake2b(orjson.dumps(shown), digest_size=KEY_BYTES).hexdigest()


def in_order(texts: Texts, *, conversation: Codes, person: Codes, time: Ints, silent: Flags) -> list[Line]:
    """Return the messages to hear in order of conversation and time; those that are silent are neither heard nor given along."""
    order = np.lexsort((np.arange(len(texts)), time, conversation))
    lines: list[Line] = []
    past: list[tuple[int, str]] = []
    for row in order[~silent[order]].tolist():
        code, who = int(conversation[row]), int(person[row])
        if not lines or lines[-1].conversation != code or code < 0:
            past = []
        text = _NOT_UTF8.sub("\ufffd", texts[row][:MESSAGE_LETTERS])
        lines.append(Line(row, code, who, text, tuple(past)))
        past = [*past, (who, text)][-BEFORE:]
    return lines


def batches(lines: Sequence[Line], *, known: Callable[[Line], bool]) -> Iterator[list[Line]]:
    """Yield runs of neighbours of one conversation of which nothing is known yet; what becomes known on the way is not asked again."""
    batch: list[Line] = []
    for line in lines:
        new = not known(line)
        if batch and (not new or _is_full(batch, line)):
            yield batch
            batch = []
            new = not known(line)
        if new:
            batch.append(line)
    if batch:
        yield batch


def to_given(batch: Sequence[Line]) -> str:
    """Return the JSON object the model is given for one batch."""
    people = list(dict.fromkeys([*(who for who, _ in batch[0].before), *(line.person for line in batch)]))
    letters = {who: ascii_uppercase[place % len(ascii_uppercase)] for place, who in enumerate(people)}
    given = {
        "before": [{"by": letters[who], "says": text} for who, text in batch[0].before],
        "label": [{"n": n, "by": letters[line.person], "says": line.text} for n, line in enumerate(batch, start=1)],
    }
    return _MARKS.sub(lambda mark: f"\\u{ord(mark[0]):04x}", orjson.dumps(given).decode("utf-8"))


def _is_full(batch: Sequence[Line], line: Line) -> bool:
    """Say whether this line must begin a batch of its own."""
    if len(batch) >= BATCH_MESSAGES or line.conversation != batch[-1].conversation or line.conversation < 0:
        return True
    return sum(len(one.text) for one in batch) + len(line.text) > BATCH_LETTERS
