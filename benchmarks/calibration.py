"""How far a score is from a probability: `python benchmarks/calibration.py [--shared FOLDER] [--command nearer]`.

The calibration error (ECE) over ten equal bins, label by label and then averaged: of our own held-out folds as figures.json has it, and, with
`--shared`, of GoEmotions dev and the gold dialogues. Writes the section `calibration` of docs/benchmarks.md.
"""

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from _page import table, write_section

FIGURES = Path(__file__).parents[1] / "src/nearer/sense/model/figures.json"
BINS, BAR = 10, 0.05


def ece(scores: np.ndarray, truth: np.ndarray) -> float:
    """Return the calibration error of one label."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    return float(
        sum(abs(scores[bins == b].mean() - truth[bins == b].mean()) * (bins == b).mean() for b in range(BINS) if (bins == b).any())
    )


def sense(messages: list[dict], command: str) -> list[dict]:
    """Let the command hear messages."""
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    made = subprocess.run([*shlex.split(command), "sense", "-", "-o", "-"], input=lines, capture_output=True, text=True, check=True)
    heard = [json.loads(line) for line in made.stdout.split("\n") if line.strip()]
    return [row for row in heard if row.get("what") != "relationship"]


def goemotions(shared: Path, command: str) -> float:
    """Return the mean error over 28 emotions on GoEmotions dev."""
    rows = [row for row in pq.read_table(shared / "data/train/goemotions.parquet").to_pylist() if row["split"] == "dev"]
    heard = sense(
        [
            {"id": str(i), "conversation": str(i), "person": "Ana", "time": "2026-01-01T00:00:00Z", "text": row["text"]}
            for i, row in enumerate(rows)
        ],
        command,
    )
    truth = [json.loads(row["labels"])["emotions"] for row in rows]
    names = list(heard[0]["emotions"])
    return float(np.mean([ece(np.array([h["emotions"][n] for h in heard]), np.array([n in t for t in truth])) for n in names]))


def gold(shared: Path, command: str) -> float:
    """Return the mean error over 26 acts on the gold dialogues."""
    rows = [json.loads(line) for line in (shared / "gold/dev_messages.jsonl").read_text("utf-8").split("\n") if line.strip()]
    heard = sense(
        [
            {
                "id": str(i),
                "conversation": r["dialogue"],
                "person": r["speaker"],
                "time": r["time"].removesuffix("Z") + "Z",
                "text": r["text"],
            }
            for i, r in enumerate(rows)
        ],
        command,
    )
    errors = []
    for act in heard[0]["acts"]:
        sure = [i for i, row in enumerate(rows) if act not in row.get("disputed", ())]
        errors.append(ece(np.array([heard[i]["acts"][act] for i in sure]), np.array([act in rows[i]["acts"] for i in sure])))
    return float(np.mean(errors))


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--shared", type=Path)
    ap.add_argument("--command", default="nearer")
    args = ap.parse_args()
    figures = json.loads(FIGURES.read_text("utf-8"))
    rows = [
        [what, f"{np.mean([one['ece'] for one in figures[part].values()]):.4f}"]
        for what, part in (
            ("28 emotions, held-out folds of GoEmotions train", "emotions"),
            ("26 acts, held-out folds of our own dialogues", "acts"),
        )
    ]
    if args.shared:
        rows += [["28 emotions, GoEmotions dev", f"{goemotions(args.shared, args.command):.4f}"]]
        rows += [["26 acts with cues, gold dialogues for development", f"{gold(args.shared, args.command):.4f}"]]
    text = f"""## How far a score is from a probability

`python benchmarks/calibration.py --shared FOLDER`. Calibration error over {BINS} equal bins, mean over labels; it must be at most {BAR}.

{table(["scores", "calibration error"], rows)}"""
    write_section("calibration", text)
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
