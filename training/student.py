"""The student: the net of the swift ear (`nearer.sense.model._net`) in torch, and how it learns.

Its parts carry the names that the package loads. A row teaches emotions (its labels, mixed with what the teacher hears), acts (by weight) or
both; of rows without labels the teacher's word is all there is.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from data import Row
from torch import Tensor, nn
from torch.nn import functional

from nearer.columns import Texts
from nearer.records import ACTS, EMOTIONS
from nearer.sense.model._net import FLAGS, GAP_SCALE, WIDTH, Vocabulary, features, slots_of
from nearer.sense.model._tokens import DENSE, crossing, pairs, tokens

WORDS, PAIRS = 30_000, 30_000
"""More pairs than these made the held-out scores worse: they are met too seldom to teach anything."""
DIALOGUE_COUNTS = 4
"""A word in our own dialogues counts as often as this many in a public set, when the vocabulary is chosen."""
HIDDEN = {"emotion": 192, "act": 128, "seen": 32}
BATCH, EPOCHS = 192, 10
RATES = {"table": 1e-2, "rest": 2e-3}
DROP = {"token": 0.15, "own": 0.5, "input": 0.0, "emotion": 0.05, "act": 0.4, "past": 0.3}
"""What is left out in training: tokens of public texts, tokens of our own rows (few, so each must teach more than its wording), and so on."""
DECAY = 1e-4
ACT_SHARE = 1.0
VECTOR, VECTOR_SHARE = 384, 0.2
"""How wide the vector is that the teacher's heads see, and how much it counts that the student can tell it; nothing of this is packed."""
TIMES = {"dialogue": 3, "example": 2, "real": 2}
"""Rows of our own stand so often in an epoch."""


@dataclass(frozen=True, slots=True)
class Bags:
    """Table rows of n texts: `columns` bounded by n + 1 `bounds`; `dense` n x DENSE."""

    columns: np.ndarray
    bounds: np.ndarray
    dense: np.ndarray

    def take(self, rows: np.ndarray, *, drop: np.ndarray, rng: np.random.Generator | None) -> tuple[Tensor, Tensor, Tensor]:
        """Return columns, bounds and plain figures of some texts, with a share of each one's columns left out."""
        counts = self.bounds[rows + 1] - self.bounds[rows]
        ends = np.cumsum(counts)
        columns = self.columns[np.arange(ends[-1]) + np.repeat(self.bounds[rows] - ends + counts, counts)]
        if rng is not None and len(columns):
            kept = rng.random(len(columns), dtype=np.float32) >= np.repeat(drop[rows], counts)
            columns, ends = columns[kept], np.cumsum(kept)[ends - 1] * (ends > 0)
        bounds = np.concatenate([[0], ends])
        return torch.from_numpy(columns), torch.from_numpy(bounds), torch.from_numpy(self.dense[rows])


@dataclass(frozen=True, slots=True)
class Lesson:
    """Everything the student reads, by row: its own bags, those of the other's and the own line before, and figures of the past."""

    text: Bags
    other: Bags
    own: Bags
    flags: np.ndarray
    drop: np.ndarray
    """The share of tokens to leave out, by row."""

    @classmethod
    def of(cls, rows: list[Row], words: Vocabulary) -> "Lesson":
        """Read all rows."""
        flags = np.zeros((len(rows), FLAGS), np.float32)
        for index, row in enumerate(rows):
            if row.before:
                flags[index] = not row.before[-1][0], np.log1p(row.gap) / GAP_SCALE, 1, bool(row.other), bool(row.own)
        drop = np.array([DROP["own" if row.source in TIMES else "token"] for row in rows], np.float32)
        return cls(*(bags([getattr(row, part) for row in rows], words) for part in ("text", "other", "own")), flags, drop)


class Student(nn.Module):
    """The net: see `nearer.sense.model._net`."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        wide = WIDTH + DENSE
        self.table = nn.EmbeddingBag(rows, WIDTH, mode="sum", sparse=True, include_last_offset=True)
        nn.init.normal_(self.table.weight, 0, 0.02)
        self.emotion, self.act, self.seen = (nn.Linear(wide, HIDDEN[name]) for name in ("emotion", "act", "seen"))
        self.emotion_line, self.act_line = nn.Linear(wide, len(EMOTIONS)), nn.Linear(wide, len(ACTS))
        self.emotion_last = nn.Linear(HIDDEN["emotion"], len(EMOTIONS), bias=False)
        self.act_last = nn.Linear(HIDDEN["act"], len(ACTS), bias=False)
        past = 2 * HIDDEN["seen"] + FLAGS
        self.act_past, self.act_past_line = nn.Linear(past, HIDDEN["act"], bias=False), nn.Linear(past, len(ACTS), bias=False)
        for line in (self.emotion_line, self.act_line):
            nn.init.constant_(line.bias, -3.5)
        self.vector = nn.Linear(wide, VECTOR)

    def pooled(self, bag: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """Return n x (WIDTH + DENSE)."""
        columns, bounds, dense = bag
        count = torch.diff(bounds).clamp(min=1).float().sqrt()
        return torch.cat([self.table(columns, bounds) / count[:, None], dense], 1)

    def forward(self, lesson: Lesson, rows: np.ndarray, *, rng: np.random.Generator | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Return the logits of emotions and acts, and the teacher's vector as we guess it; with `rng`, parts of what is read are left out."""
        flags = torch.from_numpy(lesson.flags[rows])
        if rng is not None:
            flags = flags * torch.from_numpy((rng.random((len(rows), 1)) >= DROP["past"]).astype(np.float32))
        read = functional.dropout(self.pooled(lesson.text.take(rows, drop=lesson.drop, rng=rng)), DROP["input"], rng is not None)
        feel = self.emotion_line(read) + self.emotion_last(self._thin("emotion", self.emotion(read), rng))
        sides = []
        some = np.flatnonzero(flags[:, 3:].numpy().any(1))
        past = torch.zeros(len(rows), 2 * HIDDEN["seen"] + FLAGS)
        if len(some):
            for side, bag in enumerate((lesson.other, lesson.own)):
                seen = functional.relu(self.seen(self.pooled(bag.take(rows[some], drop=lesson.drop, rng=rng))))
                sides.append(seen * flags[some, 3 + side, None])
            past = past.index_copy(0, torch.from_numpy(some), torch.cat([*sides, flags[some]], 1))
        do = self.act_line(read) + self.act_past_line(past) + self.act_last(self._thin("act", self.act(read) + self.act_past(past), rng))
        return feel, do, self.vector(read)

    @staticmethod
    def _thin(name: str, hidden: Tensor, rng: np.random.Generator | None) -> Tensor:
        return functional.dropout(functional.relu(hidden), DROP[name], rng is not None)

    def packed(self) -> dict[str, np.ndarray]:
        """Return the weights by the names of the package, the table in eight bits."""
        table = self.table.weight.detach().numpy()
        scale = np.abs(table).max(1, keepdims=True) / 127 + 1e-12
        made = {"table": np.round(table / scale).astype(np.int8), "scale": scale.astype(np.float16)}
        for name, module in self.named_children():
            if isinstance(module, nn.Linear):
                key = name.replace("_last", ".last").replace("_past", ".past")
                made[key] = np.ascontiguousarray(module.weight.detach().numpy().T, np.float16)
                if module.bias is not None:
                    made[f"{key}.bias"] = module.bias.detach().numpy().astype(np.float32)
        return made


def vocabulary(rows: list[Row]) -> np.ndarray:
    """Return the slots of the words and pairs met most often, in that order: what is near in use is near in memory."""
    once: dict[str, Row] = {}
    for row in rows:
        once.setdefault(row.text, row)
    texts = Texts.of(once)
    made = tokens(texts)
    weight = np.repeat([DIALOGUE_COUNTS if row.source in TIMES else 1 for row in once.values()], np.diff(made.bounds))
    found: dict[int, float] = {}
    words = [(made.hashes, weight)]
    both = []
    for apart in (1, 2):
        worth = weight[:-apart].copy()
        worth[crossing(made.bounds, apart=apart)] = 0
        both.append((pairs(made, apart=apart), worth))
    for parts, size in ((words, WORDS), (both, PAIRS)):
        slots = np.concatenate([slots_of(hashes) for hashes, _ in parts])
        known, place = np.unique(slots, return_inverse=True)
        counts = np.bincount(place, np.concatenate([worth for _, worth in parts]))
        for at in np.lexsort((known, -counts))[:size]:
            if counts[at] >= 2:
                found[int(known[at])] = max(found.get(int(known[at]), 0), counts[at])
    return np.array(sorted(found, key=lambda slot: (-found[slot], slot)), np.uint32)


def bags(texts: list[str], words: Vocabulary) -> Bags:
    """Read texts as rows of the table."""
    made = tokens(Texts.of(texts))
    parts = features(made, words)
    counts = [np.diff(part.bounds) for part in parts]
    bounds = np.concatenate([[0], np.cumsum(sum(counts))]).astype(np.int64)
    columns, at = np.empty(bounds[-1], np.int64), bounds[:-1].copy()
    for part, count in zip(parts, counts, strict=True):
        columns[np.arange(len(part.columns)) + np.repeat(at - part.bounds[:-1], count)] = part.columns
        at += count
    return Bags(columns, bounds, made.dense)


def fit(lesson: Lesson, truth: tuple[np.ndarray, ...], chosen: np.ndarray, *, rows: list[Row], words: Vocabulary, seed: int) -> Student:
    """Train on the chosen rows; `truth` is emotion targets and weights, act targets and weights, the teacher's vectors and which are known."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    student = Student(words.rows)
    rest = [one for name, one in student.named_parameters() if not name.startswith("table")]
    both = torch.optim.SparseAdam([student.table.weight]), torch.optim.AdamW(rest, weight_decay=DECAY)
    chosen = np.repeat(chosen, [TIMES.get(rows[row].source, 1) for row in chosen])
    steps = EPOCHS * (len(chosen) // BATCH + 1)
    step = 0
    for _ in range(EPOCHS):
        order = rng.permutation(chosen)
        for start, stop in pairwise([*range(0, len(order), BATCH), len(order)]):
            batch = order[start:stop]
            for adam, rate in zip(both, RATES.values(), strict=True):
                adam.param_groups[0]["lr"] = rate * max(0.02, 1 - step / steps)
                adam.zero_grad()
            loss_of(student(lesson, batch, rng=rng), [torch.from_numpy(part[batch]) for part in truth]).backward()
            for adam in both:
                adam.step()
            step += 1
    return student


def loss_of(logits: tuple[Tensor, Tensor, Tensor], truth: list[Tensor]) -> Tensor:
    """Weighted cross entropy of both heads, and how far we are from the teacher's vector."""
    feel, feel_weight, do, do_weight, vector, known = truth
    felt = functional.binary_cross_entropy_with_logits(logits[0], feel, reduction="none").mean(1) * feel_weight
    did = functional.binary_cross_entropy_with_logits(logits[1], do, reduction="none") * do_weight
    apart = functional.mse_loss(logits[2], vector.float(), reduction="none").mean(1) * known
    return felt.mean() + ACT_SHARE * did.mean() + VECTOR_SHARE * apart.mean()


def hear(student: Student, lesson: Lesson, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the logits of some rows."""
    with torch.no_grad():
        found = [student(lesson, rows[start : start + 4096]) for start in range(0, len(rows), 4096)]
    return np.concatenate([one[0].numpy() for one in found]), np.concatenate([one[1].numpy() for one in found])
