"""Train the swift ear: `python training/train.py --data FOLDER [--labels FOLDER]`. One thread, seeded.

Fits the student once per fold, chooses curves and operating points on what each fold held out, fits it once more on all rows, and writes
weights, figures and card to the package (or to `--out`) together.
"""

import argparse
import hashlib
import json
import time
from pathlib import Path

import numpy as np
import torch
from card import write_card
from data import FOLDS, Row, load, targets, texts
from measure import act_figures, curves, emotion_figures, scores
from safetensors.numpy import load_file, save_file
from student import Lesson, Student, fit, hear, vocabulary

from nearer.records import ACTS, EMOTIONS
from nearer.sense.model._net import Vocabulary

MODEL = Path(__file__).parents[1] / "src/nearer/sense/model"
LABELS = Path(__file__).parent / "work/labels"
HARD = 0.0
"""How much the labels of GoEmotions count in a target, out of 1; the rest is what the teacher hears."""
FULL_WEIGHT = 3.0
"""The weight in `data` of a labelled act that counts as 1 here."""
SOFT = {"act": 0.5, "emotion": 0.7}
"""Weight of what the teacher hears in a row that nobody labelled."""

Targets = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def heard_by_teacher(rows: list[Row], folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what the teacher hears in each row (n x 28, n x 26), and in which rows it was asked."""
    found: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        shard = load_file(path)
        found |= dict(zip(shard["key"].tolist(), zip(shard["emotion"], shard["act"], strict=True), strict=True))
    feel, do = np.zeros((len(rows), len(EMOTIONS)), np.float32), np.zeros((len(rows), len(ACTS)), np.float32)
    asked = np.zeros(len(rows), bool)
    for index, row in enumerate(rows):
        if (one := found.get(row.key)) is not None:
            feel[index], do[index], asked[index] = one[0], one[1], True
    return 1 / (1 + np.exp(-feel)), 1 / (1 + np.exp(-do)), asked


def mix(made: Targets, rows: list[Row], folder: Path) -> Targets:
    """Mix labels with what the teacher hears, each by its weight."""
    feel, do, asked = heard_by_teacher(rows, folder)
    emotion, has, act, weight = made
    hard = np.where(asked, HARD, 1.0) * has
    soft = np.where(has > 0, 1 - HARD, SOFT["emotion"]) * asked
    worth = np.maximum(hard + soft, 1e-6)
    emotion = (emotion * hard[:, None] + feel * soft[:, None]) / worth[:, None]
    sure = weight / FULL_WEIGHT
    whole = np.maximum(sure + SOFT["act"] * asked[:, None], 1e-6)
    act = (act * sure + do * SOFT["act"] * asked[:, None]) / whole
    return emotion.astype(np.float32), (hard + soft).astype(np.float32)[:, None], act.astype(np.float32), whole.astype(np.float32)


def held_out(lesson: Lesson, mixed: Targets, *, rows: list[Row], words: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    """Return the logits of every row by a student that did not see its fold."""
    fold = np.array([row.fold for row in rows])
    logits = np.zeros((len(rows), len(EMOTIONS)), np.float32), np.zeros((len(rows), len(ACTS)), np.float32)
    judged = np.array([row.source in ("goemotions", "dialogue", "example", "offmychest") for row in rows])
    for number in range(FOLDS):
        student = fit(lesson, mixed, np.flatnonzero(fold != number), rows=rows, words=words, seed=number)
        chosen = np.flatnonzero((fold == number) & judged)
        for out, found in zip(logits, hear(student, lesson, chosen), strict=True):
            out[chosen] = found
        print(f"fold {number} after {time.process_time():.0f} s", flush=True)
    return logits


def write(student: Student, slots: np.ndarray, curve: dict[str, np.ndarray], figures: dict, folder: Path) -> None:
    """Write weights, figures and card together."""
    packed = student.packed() | {"slots": slots}
    for name, (slope, shift) in curve.items():
        packed |= {f"{name}.slope": slope.astype(np.float32), f"{name}.shift": shift.astype(np.float32)}
    folder.mkdir(exist_ok=True, parents=True)
    save_file(packed, folder / "weights.safetensors")
    figures["hash"] = hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
    (folder / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    write_card(folder)


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", type=Path, required=True)
    ap.add_argument("--labels", type=Path, default=LABELS, help="what training/teacher.py label wrote; may be empty")
    ap.add_argument("--out", type=Path, default=MODEL)
    ap.add_argument("--version", default="0.2.0")
    args = ap.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    rows = [*load(args.data), *texts(args.data)]
    made = targets(rows)
    slots = vocabulary(rows)
    words = Vocabulary.of(slots)
    lesson = Lesson.of(rows, words)
    mixed = mix(made, rows, args.labels)
    print(f"{len(rows)} rows, {words.rows} vectors", flush=True)
    logits = held_out(lesson, mixed, rows=rows, words=words)
    reddit, own = (np.array([i for i, row in enumerate(rows) if row.source == source]) for source in ("goemotions", "dialogue"))
    curve = {"emotion": curves(logits[0][reddit], made[0][reddit]), "act": curves(logits[1][own], made[2][own])}
    figures: dict = {"name": "swift", "version": args.version}
    figures["emotions"] = emotion_figures(scores(logits[0][reddit], curve["emotion"]), made[0][reddit])
    acts = scores(logits[1][own], curve["act"])
    figures["acts"], figures["by_setting"] = act_figures(acts, made[2][own], [rows[i] for i in own])
    figures["sources"] = {source: sum(row.source == source for row in rows) for source in sorted({row.source for row in rows})}
    student = fit(lesson, mixed, np.arange(len(rows)), rows=rows, words=words, seed=FOLDS)
    write(student, slots, curve, figures, args.out)
    print("written", figures["sources"], flush=True)


if __name__ == "__main__":
    main()
