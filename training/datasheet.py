"""Write the datasheet of our own dialogues, with counts and the agreement of two labellings: `python training/datasheet.py`.

Cohen's kappa for each act over all messages that were labelled twice (the second time blind, without the first), with a 90 % interval from
1,000 resamples of whole dialogues. The words lie in datasheet.toml.
"""

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nearer.records import ACTS

HERE = Path(__file__).parent
DIALOGUES, LABELS = HERE / "dialogues", HERE / "labels"
RESAMPLES = 1_000
LOW, HIGH = 0.05, 0.95

Flags = NDArray[np.bool_]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def twice() -> tuple[Flags, Flags, NDArray[np.int64]]:
    """Return both labellings as n x 26 flags and the number of each message's dialogue."""
    first: list[list[bool]] = []
    second: list[list[bool]] = []
    dialogue: list[int] = []
    names: dict[str, int] = {}
    for path in sorted((DIALOGUES / "second").glob("*.jsonl")):
        known = {(row["dialogue"], row["turn"]): row["acts"] for row in rows_of(DIALOGUES / path.name)}
        for row in rows_of(path):
            first.append([act in known[row["dialogue"], row["turn"]] for act in ACTS])
            second.append([act in row["acts"] for act in ACTS])
            dialogue.append(names.setdefault(row["dialogue"], len(names)))
    return np.array(first), np.array(second), np.array(dialogue)


def kappa(first: Flags, second: Flags) -> NDArray[np.float64]:
    """Return Cohen's kappa of each column; nan where neither labelling has the act."""
    agree = (first == second).mean(axis=0)
    one, other = first.mean(axis=0), second.mean(axis=0)
    chance = one * other + (1 - one) * (1 - other)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = (agree - chance) / (1 - chance)
    return found


def agreement() -> list[str]:
    """Return the section on agreement."""
    first, second, dialogue = twice()
    random = np.random.default_rng(0)
    members = [np.flatnonzero(dialogue == number) for number in range(dialogue.max() + 1)]
    draws = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([members[number] for number in random.integers(0, len(members), len(members))])
        draws.append(kappa(first[rows], second[rows]))
    low, high = np.nanquantile(np.array(draws), (LOW, HIGH), axis=0)
    found = kappa(first, second)
    text = f"{len(first):,} messages of {len(members)} dialogues were labelled a second time, blind. Mean kappa {np.nanmean(found):.2f}."
    table = [
        f"| {act} | {first[:, i].sum()} | {second[:, i].sum()} | {found[i]:.2f} | {low[i]:.2f} to {high[i]:.2f} |"
        for i, act in enumerate(ACTS)
    ]
    return ["## Agreement", "", text, "", "| act | first | second | kappa | 90 % interval |", "|---|---|---|---|---|", *table]


def counts() -> list[str]:
    """Return the section on what there is."""
    written = {path.stem: rows_of(path) for path in sorted(DIALOGUES.glob("*.jsonl"))}
    every = [row for rows in written.values() for row in rows]
    acts = Counter(act for row in every for act in row["acts"])
    settings = Counter(row["setting"] for row in every)
    real = {path.stem: rows_of(path) for path in sorted(LABELS.glob("*.jsonl"))}
    heard = Counter(act for rows in real.values() for row in rows for act in row["acts"])
    return [
        "## What there is",
        "",
        f"{len({row['dialogue'] for row in every}):,} dialogues, {len(every):,} messages, {share_quiet(every)} of them without an act. By setting: "
        + ", ".join(f"{name} {count:,}" for name, count in settings.most_common())
        + ".",
        "",
        "| file | dialogues | messages | without an act |",
        "|---|---|---|---|",
        *(f"| {name} | {len({r['dialogue'] for r in rows})} | {len(rows):,} | {share_quiet(rows)} |" for name, rows in written.items()),
        "",
        "Labels of real messages: "
        + ", ".join(f"{name} {len(rows):,} ({share_quiet(rows)} without an act)" for name, rows in real.items())
        + ".",
        "",
        "| act | ours | real messages |",
        "|---|---|---|",
        *(f"| {act} | {acts[act]:,} | {heard[act]:,} |" for act in ACTS),
    ]


def share_quiet(rows: list[dict[str, Any]]) -> str:
    """Return the share of messages without an act."""
    return f"{sum(not row['acts'] for row in rows) / len(rows):.0%}"


def main() -> None:
    """Write DATASHEET.md."""
    words = tomllib.loads((HERE / "datasheet.toml").read_text("utf-8"))
    parts = [f"# {words['title']}", words["before"].strip(), "\n".join(counts()), "\n".join(agreement()), words["doubts"].strip()]
    (DIALOGUES / "DATASHEET.md").write_text("\n\n".join(parts) + "\n", "utf-8")
    print(parts[2].splitlines()[2])


if __name__ == "__main__":
    main()
