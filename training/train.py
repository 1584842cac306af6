"""Train the swift ear: `python training/train.py --data FOLDER [--labels FOLDER]`. One thread, seeded.

Fits the student once per fold, chooses curves and operating points on what each fold held out, fits it once more on all rows, and writes
weights, figures and card to the package (or to `--out`) together.
"""

import argparse
import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from card import write_card
from data import FOLDS, FROM_OFFMYCHEST, Row, load, targets, texts
from measure import SETTINGS, act_figures, auc, average_precision, curves, emotion_figures, f1, held_out, scores
from safetensors.numpy import load_file, save_file
from student import VECTOR, Lesson, fit, hear, vocabulary

from nearer.columns import Texts
from nearer.records import ACT_INDEX, ACTS, EMOTIONS
from nearer.sense._cues import cue_flags
from nearer.sense.model._net import Vocabulary

MODEL = Path(__file__).parents[1] / "src/nearer/sense/model"
LABELS = Path(__file__).parent / "work/labels"
HARD = 0.0
"""How much the labels of GoEmotions count in a target, out of 1; the rest is what the teacher hears."""
FULL_WEIGHT = 3.0
"""The weight in `data` of a labelled act that counts as 1 here."""
SOFT = {"act": 0.5, "emotion": 0.7}
"""Weight of what the teacher hears in a row that nobody labelled."""

JUDGED = ("goemotions", "dialogue", "offmychest", "real")
Targets = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
Mixed = tuple[np.ndarray, ...]
TASKS: list["Task"] = []
"""The task, where forked processes find it."""


@dataclass(frozen=True, slots=True)
class Taught:
    """What the teacher hears in n rows: emotions (n x 28), acts (n x 26), the vector its heads see (n x 384, of spread 1), and which rows it was asked."""

    emotion: np.ndarray
    act: np.ndarray
    vector: np.ndarray
    asked: np.ndarray


def heard_by_teacher(rows: list[Row], folder: Path) -> Taught:
    """Read the teacher's labels."""
    place: dict[int, list[int]] = {}
    for index, row in enumerate(rows):
        place.setdefault(row.key, []).append(index)
    feel, do = np.zeros((len(rows), len(EMOTIONS)), np.float32), np.zeros((len(rows), len(ACTS)), np.float32)
    vector, asked = np.zeros((len(rows), VECTOR), np.float16), np.zeros(len(rows), bool)
    for path in sorted(folder.glob("*.safetensors")):
        shard = load_file(path)
        for number, key in enumerate(shard["key"].tolist()):
            for index in place.get(key, ()):
                feel[index], do[index], vector[index], asked[index] = *(shard[part][number] for part in ("emotion", "act", "vector")), True
    if asked.any():
        some = vector[asked].astype(np.float32)
        vector[asked] = (some - some.mean(0)) / some.std()
    return Taught(1 / (1 + np.exp(-feel)), 1 / (1 + np.exp(-do)), vector, asked)


def mix(made: Targets, rows: list[Row], folder: Path) -> Mixed:
    """Mix labels with what the teacher hears, each by its weight."""
    taught = heard_by_teacher(rows, folder)
    asked = taught.asked
    emotion, has, act, weight = made
    hard = np.where(asked, HARD, 1.0) * has
    soft = np.where(has > 0, 1 - HARD, SOFT["emotion"]) * asked
    worth = np.maximum(hard + soft, 1e-6)
    emotion = (emotion * hard[:, None] + taught.emotion * soft[:, None]) / worth[:, None]
    sure = weight / FULL_WEIGHT
    whole = np.maximum(sure + SOFT["act"] * asked[:, None], 1e-6)
    act = (act * sure + taught.act * SOFT["act"] * asked[:, None]) / whole
    emotion_weight = (hard + soft).astype(np.float32)[:, None]
    return (
        emotion.astype(np.float32),
        emotion_weight,
        act.astype(np.float32),
        whole.astype(np.float32),
        taught.vector,
        asked.astype(np.float32),
    )


@dataclass(frozen=True, slots=True)
class Task:
    """What every fit needs."""

    rows: list[Row]
    words: Vocabulary
    lesson: Lesson
    mixed: Mixed

    def learn(self, number: int) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]] | dict[str, np.ndarray]:
        """Fit without one fold and return which rows of it are judged, and their logits; without none, and return the packed weights."""
        fold = np.array([row.fold for row in self.rows])
        student = fit(self.lesson, self.mixed, np.flatnonzero(fold != number), rows=self.rows, words=self.words, seed=number)
        if number == FOLDS:
            return student.packed()
        chosen = np.flatnonzero((fold == number) & np.array([row.source in JUDGED for row in self.rows]))
        return chosen, hear(student, self.lesson, chosen)


def learn_all(task: Task, *, jobs: int) -> tuple[tuple[np.ndarray, np.ndarray], dict[str, np.ndarray]]:
    """Return the logits of every judged row by a student that did not see its fold, and the packed weights of the one that saw all."""
    logits = np.zeros((len(task.rows), len(EMOTIONS)), np.float32), np.zeros((len(task.rows), len(ACTS)), np.float32)
    TASKS.append(task)
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:  # forked: what they read is not copied
        *folds, packed = pool.map(_learn, range(FOLDS + 1))
    for chosen, found in folds:
        logits[0][chosen], logits[1][chosen] = found
    return logits, packed


def _learn(number: int) -> Any:
    return TASKS[0].learn(number)


def summary(rows: list[Row], made: Targets, logits: tuple[np.ndarray, np.ndarray], figures: dict) -> dict[str, float]:
    """Say in a few figures how the held-out folds did."""
    own, posts = (np.array([i for i, row in enumerate(rows) if row.source == source]) for source in ("dialogue", "offmychest"))
    columns = range(len(ACTS))
    found = {
        "acts, macro-AUC, own dialogues": np.mean([auc(logits[1][own, c], made[2][own, c] > 0) for c in columns]),
        "acts, macro average precision, own dialogues": np.mean(
            [average_precision(logits[1][own, c], made[2][own, c] > 0) for c in columns]
        ),
        "acts, calibration error, own dialogues": np.mean([one["ece"] for one in figures["acts"].values()]),
        "emotions, calibration error, GoEmotions train": np.mean([one["ece"] for one in figures["emotions"].values()]),
        "emotions, macro-F1, GoEmotions train": np.mean([f1(one["at_shown"]) for one in figures["emotions"].values()]),
    }
    for act in FROM_OFFMYCHEST.values():
        column = ACT_INDEX[act]
        found[f"{act}, AUC, OffMyChest"] = auc(logits[1][posts, column], made[2][posts, column] > 0)
    return {what: float(value) for what, value in found.items()}


def write(packed: dict[str, np.ndarray], curve: dict[str, np.ndarray], figures: dict, behind: dict[str, np.ndarray], folder: Path) -> None:
    """Write weights, figures, the held-out messages behind them and the card together."""
    for name, (slope, shift) in curve.items():
        packed |= {f"{name}.slope": slope.astype(np.float32), f"{name}.shift": shift.astype(np.float32)}
    folder.mkdir(exist_ok=True, parents=True)
    save_file(packed, folder / "weights.safetensors")
    figures["hash"] = hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
    save_file(behind, folder / "held_out.safetensors")
    (folder / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    write_card(folder)


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", type=Path, required=True)
    ap.add_argument("--labels", type=Path, default=LABELS, help="what training/teacher.py label wrote; may be empty")
    ap.add_argument("--out", type=Path, default=MODEL)
    ap.add_argument("--version", default="0.3.0")
    ap.add_argument("--jobs", type=int, default=1, help="so many fits at a time, each on one thread")
    args = ap.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    rows = [*load(args.data), *texts(args.data)]
    made = targets(rows)
    slots = vocabulary(rows)
    words = Vocabulary.of(slots)
    task = Task(rows, words, Lesson.of(rows, words), mix(made, rows, args.labels))
    print(f"{len(rows)} rows, {words.rows} vectors", flush=True)
    logits, packed = learn_all(task, jobs=args.jobs)
    reddit, own = (np.array([i for i, row in enumerate(rows) if row.source == source]) for source in ("goemotions", "dialogue"))
    curve = {"emotion": curves(logits[0][reddit], made[0][reddit]), "act": curves(logits[1][own], made[2][own])}
    figures: dict = {"name": "swift", "version": args.version}
    figures["emotions"] = emotion_figures(scores(logits[0][reddit], curve["emotion"]), made[0][reddit])
    acts = scores(logits[1][own], curve["act"])
    figures["acts"], figures["by_setting"] = act_figures(acts, made[2][own], [rows[i] for i in own])
    figures["settings"] = SETTINGS
    labelled = np.array([i for i, row in enumerate(rows) if row.source in ("dialogue", "real")])
    found = scores(logits[1][labelled], curve["act"])
    shown, counted = (found >= np.array([figures["acts"][act][point] for act in ACTS]) for point in ("shown", "counted"))
    shown |= cue_flags(Texts.of(rows[i].text for i in labelled))  # as the package shows them
    behind = held_out(shown, counted, made[2][labelled] > 0, [rows[i] for i in labelled])
    figures["held_out"] = summary(rows, made, logits, figures)
    figures["sources"] = {source: sum(row.source == source for row in rows) for source in sorted({row.source for row in rows})}
    write(packed | {"slots": slots}, curve, figures, behind, args.out)
    print("written", figures["sources"], flush=True)


if __name__ == "__main__":
    main()
