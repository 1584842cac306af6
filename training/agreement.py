"""Print how far two labellings of our own dialogues agree: `python training/agreement.py`. The second one was made blind, without the first.

Cohen's kappa for each act over all messages that were labelled twice, with the count of each labelling and a 90 % interval from 1,000
resamples of whole dialogues. Output is Markdown; it stands in training/dialogues/DATASHEET.md.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nearer.records import ACTS

DIALOGUES = Path(__file__).parent / "dialogues"
RESAMPLES = 1_000
LOW, HIGH = 0.05, 0.95


def twice() -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]]:
    """Return both labellings as n x 26 flags and the number of each message's dialogue."""
    first, second, dialogue = [], [], []
    names: dict[str, int] = {}
    for path in sorted((DIALOGUES / "second").glob("*.jsonl")):
        known = {
            (row["dialogue"], row["turn"]): row["acts"] for row in map(json.loads, (DIALOGUES / path.name).read_text("utf-8").splitlines())
        }
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            first.append([act in known[row["dialogue"], row["turn"]] for act in ACTS])
            second.append([act in row["acts"] for act in ACTS])
            dialogue.append(names.setdefault(row["dialogue"], len(names)))
    return np.array(first), np.array(second), np.array(dialogue)


def kappa(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return Cohen's kappa of each column; nan where neither labelling has the act."""
    agree = (first == second).mean(axis=0)
    one, other = first.mean(axis=0), second.mean(axis=0)
    chance = one * other + (1 - one) * (1 - other)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = (agree - chance) / (1 - chance)
    return found


def main() -> None:
    first, second, dialogue = twice()
    random = np.random.default_rng(0)
    rows_of = [np.flatnonzero(dialogue == number) for number in range(dialogue.max() + 1)]
    draws = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([rows_of[number] for number in random.integers(0, len(rows_of), len(rows_of))])
        draws.append(kappa(first[rows], second[rows]))
    low, high = np.nanquantile(np.array(draws), (LOW, HIGH), axis=0)
    found = kappa(first, second)
    print(f"{len(first):,} messages of {len(rows_of)} dialogues labelled twice; mean kappa {np.nanmean(found):.2f}.\n")
    print("| act | first | second | kappa | 90 % interval |\n|---|---|---|---|---|")
    for column, act in enumerate(ACTS):
        counts = f"{first[:, column].sum()} | {second[:, column].sum()}"
        print(f"| {act} | {counts} | {found[column]:.2f} | {low[column]:.2f} to {high[column]:.2f} |")


if __name__ == "__main__":
    main()
