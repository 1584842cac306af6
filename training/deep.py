"""Make the deep ear of the finished teacher: `python training/deep.py folds|export --data FOLDER --encoder FOLDER`.

The teacher saw all our dialogues, so what is measured on them by itself says nothing. `folds` teaches three siblings, each blind to one fold
of our dialogues and of the labelled public messages: one start on public sets alone, then a short lesson each. They had less time than the
teacher and hear a little less, so figures that come from them are on the careful side. Resumable, one thread.

`export` writes weights, vocabulary, figures and card to the package (or to `--out`) together: emotions are measured on GoEmotions dev by the
very weights that ship, acts by the siblings, each brought to eight bits in the same way.
"""

import argparse
import hashlib
import json
import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from card import write_card
from data import FOLDS, Row, dialogues, emotions, examples, offmychest, real, targets
from encoder import Bert, Teacher, encode, pad
from graph import build, ranges
from measure import SETTINGS, act_figures, auc, average_precision, curves, emotion_figures, f1, held_out, scores
from safetensors.numpy import load_file, save_file
from teacher import WORK, fit, hear, lesson, load_tokenizer, part

from nearer.columns import Texts
from nearer.records import ACTS, EMOTIONS
from nearer.sense._cues import cue_flags
from nearer.sense.deep import FIGURES, HELD_OUT, VOCABULARY, WEIGHTS
from nearer.sense.deep._session import Session

DEEP = Path(__file__).parents[1] / "src/nearer/sense/deep"
PUBLIC_EVERY = 4
"""What the siblings start from: so much of GoEmotions and OffMyChest, once."""
STILL = 3
"""Layers of that start that a sibling's own lesson leaves alone: a third of its time is saved."""
SAMPLE_EVERY = {"goemotions": 80, "dialogue": 24}
"""The messages out of which the ranges of the eight bits are taken."""
COST = 0.005
"""Eight bits may cost so much of macro-F1 (issue 4); what they cost the acts is printed and kept, but it is not that of what ships."""
MOST_MISSING = 0.05
"""Of the labelled messages, so many may be newer than the siblings; they are left out."""
MAX_BYTES = 30_000_000
"""All weights of the package stay under 45 MB, of which the swift ear may have 15."""

Curves = dict[str, np.ndarray]


def public(data: Path, epoch: int) -> list[Row]:
    """Return what all siblings learn first: nothing of ours, and no message with the acts that we labelled in it."""
    return [*part(emotions(data), PUBLIC_EVERY, epoch), *part(offmychest(data), PUBLIC_EVERY, epoch)]


def own(data: Path, _: int, *, without: int) -> list[Row]:
    """Return what we labelled with our acts, less one fold."""
    return [row for row in (*dialogues(), *real(data), *examples()) if row.fold != without]


def labelled(data: Path) -> list[Row]:
    """Return the messages whose every act is known: they are judged."""
    return [*dialogues(), *real(data)]


def folds(args: argparse.Namespace) -> None:
    """Teach the siblings and write what each hears in the fold it did not see, in 32 bits and in eight; what is there already stays."""
    _fit(args, "public", lessons=public)
    for fold in range(FOLDS):
        path = args.work / "folds" / f"{fold}.safetensors"
        if not path.exists():
            start = args.work / "folds" / "public.pt"
            model = _fit(args, f"fold-{fold}", lessons=partial(own, without=fold), start=start, still=STILL)
            rows = [row for row in labelled(args.data) if row.fold == fold]
            save_file({"key": np.array([row.key for row in rows], np.uint64), **both(args, model, rows)}, path)
            print(f"fold {fold}: {len(rows)} messages heard", flush=True)


def _fit(args: argparse.Namespace, name: str, *, start: Path | None = None, **how: Any) -> Teacher:
    """Go once through a lesson, from where it was left."""
    checkpoint = args.work / "folds" / f"{name}.pt"
    checkpoint.parent.mkdir(exist_ok=True, parents=True)
    more = argparse.Namespace(**vars(args) | {"checkpoint": checkpoint, "start": start, "epochs": 1, "minutes": math.inf})
    return fit(more, **how)


def both(args: argparse.Namespace, model: Teacher, rows: list[Row]) -> dict[str, np.ndarray]:
    """Return the logits of emotions and acts as the teacher has them, and as eight bits have them."""
    tokens, lengths = encode(load_tokenizer(args.encoder), [row.text for row in rows], [row.before for row in rows])
    full = hear(model, tokens, lengths)
    small = Session(build(model, plain(), sampled(args, model)).SerializeToString(), threads=args.threads).hear(tokens, lengths)
    return {"emotion": full["emotion"], "act": full["act"], "emotion.small": small[0], "act.small": small[1]}


def plain() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return curves that change nothing."""
    return {name: (np.ones(many), np.zeros(many)) for name, many in (("emotion", len(EMOTIONS)), ("act", len(ACTS)))}


def sampled(args: argparse.Namespace, model: Teacher) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the ranges of what goes into each matrix, over a sample of messages."""
    if not isinstance(model, Bert):
        raise SystemExit("Only an encoder in BERT's layout becomes the deep ear; any other can teach the swift one (teacher.py label).")
    rows = [*part(emotions(args.data), SAMPLE_EVERY["goemotions"], 0), *part(dialogues(), SAMPLE_EVERY["dialogue"], 0)]
    tokens, lengths = encode(load_tokenizer(args.encoder), [row.text for row in rows], [row.before for row in rows])
    order = np.argsort([len(one) for one in tokens], kind="stable")

    def batches() -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        for start in range(0, len(order), 32):
            some = order[start : start + 32]
            padded, sizes = pad([tokens[row] for row in some])
            yield padded, torch.from_numpy(lengths[some]), sizes

    return ranges(model, batches())


def export(args: argparse.Namespace) -> None:
    """Write everything the package needs, and say what eight bits cost."""
    model = Teacher.load(args.encoder)
    model.load_state_dict(torch.load(args.checkpoint, weights_only=True)["model"])
    model.eval()
    within = sampled(args, model)
    own_rows, done = heard_by_older(args) if args.older else heard_by_siblings(args.work / "folds", labelled(args.data))
    dev = list(emotions(args.data, split="dev"))
    felt = both(args, model, dev)
    costs = {
        "emotions, macro-F1, GoEmotions dev": cost_of_emotions(felt, dev),
        "acts, average precision, own dialogues": cost_of_acts(done, own_rows),
    }
    for what, (full, small) in costs.items():
        print(f"{what}: {full:.4f} in 32 bits, {small:.4f} in eight", flush=True)
    full, small = costs["emotions, macro-F1, GoEmotions dev"]
    if full - small >= COST:
        raise SystemExit("Eight bits cost too much here, and 32 are too large to ship.")
    curve = {"emotion": curves(felt["emotion.small"], targets(dev)[0]), "act": curves(done["act.small"], targets(own_rows)[2])}
    figures, behind = judge(felt, done, curve=curve, dev=dev, rows=own_rows, args=args)
    figures["held_out"] |= {f"{what}, in 32 bits": full for what, (full, _) in costs.items()}
    write(build(model, {name: (found[0], found[1]) for name, found in curve.items()}, within).SerializeToString(), figures, behind, args)


def heard_by_older(args: argparse.Namespace) -> tuple[list[Row], dict[str, np.ndarray]]:
    """Return the rows that are newer than an older teacher, and the logits of acts by that one, in 32 bits and in eight."""
    model = Teacher.load(args.encoder)
    missing = model.load_state_dict(torch.load(args.older, weights_only=True)["model"], strict=False).missing_keys
    if any(not name.startswith("trait") for name in missing):
        raise SystemExit(f"{args.older} is no older teacher of this kind: it lacks {missing}.")
    model.eval()
    rows = [*(row for row in dialogues() if row.hand in args.newer), *real(args.data)]
    return rows, both(args, model, rows)


def heard_by_siblings(folder: Path, rows: list[Row]) -> tuple[list[Row], dict[str, np.ndarray]]:
    """Return the rows that were heard, and the logits of acts by the sibling that did not see each, in 32 bits and in eight."""
    found: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for fold in range(FOLDS):
        stored = load_file(folder / f"{fold}.safetensors")
        found |= dict(zip(stored["key"].tolist(), zip(stored["act"], stored["act.small"], strict=True), strict=True))
    there = [row for row in rows if row.key in found]
    print(f"{len(rows) - len(there)} of {len(rows)} labelled messages are newer than the siblings", flush=True)
    if len(there) < (1 - MOST_MISSING) * len(rows):
        raise SystemExit("Those are too many: remove work/folds/fold-*.pt and work/folds/*.safetensors, and run folds again.")
    full, small = (np.array([found[row.key][which] for row in there], np.float32) for which in (0, 1))
    return there, {"act": full, "act.small": small}


def cost_of_emotions(felt: dict[str, np.ndarray], dev: list[Row]) -> tuple[float, float]:
    """Return macro-F1 in 32 and in eight bits, each with its own thresholds."""
    truth = targets(dev)[0]

    def macro(logits: np.ndarray) -> float:
        figures = emotion_figures(scores(logits, curves(logits, truth)), truth)
        return float(np.mean([f1(one["at_shown"]) for one in figures.values()]))

    return macro(felt["emotion"].astype(np.float32)), macro(felt["emotion.small"])


def cost_of_acts(done: dict[str, np.ndarray], rows: list[Row]) -> tuple[float, float]:
    """Return macro average precision on our own dialogues in 32 and in eight bits."""
    mine = np.array([row.source == "dialogue" for row in rows])
    truth = targets(rows)[2][mine] > 0
    full, small = (
        float(np.mean([average_precision(done[key][mine, c], truth[:, c]) for c in range(len(ACTS))])) for key in ("act", "act.small")
    )
    return full, small


def judge(felt: dict[str, np.ndarray], done: dict[str, np.ndarray], *, curve: Curves, dev: list[Row], rows: list[Row],
          args: argparse.Namespace) -> tuple[dict[str, Any], dict[str, np.ndarray]]:  # fmt: skip
    """Return the figures, and the held-out messages behind those of the acts."""
    figures: dict[str, Any] = {"name": "deep", "version": args.version}
    emotion_truth, act_truth = targets(dev)[0], targets(rows)[2]
    figures["emotions"] = emotion_figures(scores(felt["emotion.small"], curve["emotion"]), emotion_truth)
    mine = np.array([index for index, row in enumerate(rows) if row.source == "dialogue"])
    found = scores(done["act.small"], curve["act"])
    figures["acts"], figures["by_setting"] = act_figures(found[mine], act_truth[mine], [rows[index] for index in mine])
    figures["settings"] = SETTINGS
    shown, counted = (found >= np.array([figures["acts"][act][point] for act in ACTS]) for point in ("shown", "counted"))
    shown |= cue_flags(Texts.of(row.text for row in rows))  # as the package shows them
    figures["held_out"] = summary(done["act.small"][mine], act_truth[mine] > 0, figures)
    taught = [*lesson(args.data, 0), *lesson(args.data, 1)]
    figures["sources"] = {
        source: len({row.key for row in taught if row.source == source}) for source in sorted({row.source for row in taught})
    }
    return figures, held_out(shown, counted, act_truth > 0, rows)


def summary(logits: np.ndarray, truth: np.ndarray, figures: dict[str, Any]) -> dict[str, float]:
    """Say in a few figures how the siblings did on our dialogues, and the ear itself on GoEmotions dev."""
    columns = range(len(ACTS))
    found = {
        "acts, macro-AUC, own dialogues": np.mean([auc(logits[:, c], truth[:, c]) for c in columns]),
        "acts, macro average precision, own dialogues": np.mean([average_precision(logits[:, c], truth[:, c]) for c in columns]),
        "acts, calibration error, own dialogues": np.mean([one["ece"] for one in figures["acts"].values()]),
        "emotions, calibration error, GoEmotions dev": np.mean([one["ece"] for one in figures["emotions"].values()]),
        "emotions, macro-F1, GoEmotions dev": np.mean([f1(one["at_shown"]) for one in figures["emotions"].values()]),
    }
    return {what: float(value) for what, value in found.items()}


def write(weights: bytes, figures: dict[str, Any], behind: dict[str, np.ndarray], args: argparse.Namespace) -> None:
    """Write weights, vocabulary, figures, the held-out messages behind them and the card together."""
    if len(weights) > MAX_BYTES:
        raise SystemExit(f"{len(weights):,} bytes are too many to ship.")
    args.out.mkdir(exist_ok=True, parents=True)
    (args.out / WEIGHTS).write_bytes(weights)
    number = load_tokenizer(args.encoder).get_vocab()
    (args.out / VOCABULARY).write_text("\n".join(sorted(number, key=number.__getitem__)), "utf-8")
    figures["hash"] = hashlib.sha256(weights).hexdigest()
    save_file(behind, args.out / HELD_OUT)
    (args.out / FIGURES).write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    write_card(args.out, DEEP)
    print(f"written, {len(weights):,} bytes", figures["held_out"], flush=True)


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("what", choices=("folds", "export"))
    ap.add_argument("--data", type=Path, required=True)
    ap.add_argument("--encoder", type=Path, required=True, help="the folder the teacher started from")
    ap.add_argument("--work", type=Path, default=WORK)
    ap.add_argument("--checkpoint", type=Path, default=WORK / "teacher.pt", help="the finished teacher")
    ap.add_argument("--out", type=Path, default=DEEP)
    ap.add_argument(
        "--older", type=Path, help="instead of siblings: a teacher from before some of our dialogues and all labels of public messages"
    )
    ap.add_argument("--newer", nargs="*", default=(), help="the hands that the older teacher never saw")
    ap.add_argument("--version", default="0.3.0")
    ap.add_argument("--threads", type=int, default=1)
    args = ap.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    {"folds": folds, "export": export}[args.what](args)


if __name__ == "__main__":
    main()
