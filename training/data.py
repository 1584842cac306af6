"""What the swift ear learns from: public sets (by path, never copied), our own examples of the acts, our own dialogues.

Every row is a text, the last message of the other and the own last one, emotion targets (or none), act targets and their weights.
"""

import json
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from nearer.records import ACT_INDEX, ACTS, EMOTION_INDEX

FOLDS = 3
ACTS_FOLDER = Path(__file__).parents[1] / "src/nearer/sense/acts"
DIALOGUES = Path(__file__).parent / "dialogues"
OWN_WEIGHT, OTHER_ACT_WEIGHT, QUIET_WEIGHT = 6.0, 1.0, 0.3
"""Weight of a labelled act of ours, of an act that the example is not about, of silence in a public set."""

FROM_EMOTIONS = {"gratitude": ("appreciate", 0.3), "admiration": ("appreciate", 0.2), "caring": ("comfort", 0.2), "amusement": ("humour", 0.2),
                 "remorse": ("apologise", 0.1), "annoyance": ("complain", 0.1), "disappointment": ("complain", 0.1), "curiosity": ("curious_question", 0.1)}  # fmt: skip
FROM_OFFMYCHEST = {"emotional_disclosure": "disclose_feeling", "emotional_support": "comfort", "informational_support": "advise"}
FROM_ACTS = {"thanking": "appreciate", "appreciation": "appreciate", "thankyou": "appreciate", "thank": "appreciate", "praise-user": "appreciate",
             "complaint": "complain", "apology": "apologise", "opening": "greet_part", "closing": "greet_part", "greeting": "greet_part",
             "openinggreeting": "greet_part", "closinggreeting": "greet_part"}  # fmt: skip
"""Labels of midas, multidogo and persuasionforgood that name an act (constructs 5.1)."""
QUIET_ROWS = {"midas": 8_000, "multidogo": 8_000, "persuasionforgood_300": 6_000, "casino": 6_000}


@dataclass
class Row:
    """One text to learn from."""

    text: str
    group: str
    source: str
    other: str = ""
    own: str = ""
    setting: str = ""
    emotions: tuple[int, ...] | None = None
    acts: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    rest: float = 0.0
    """Weight with which all other acts are taken to be absent."""

    @property
    def fold(self) -> int:
        """Which fold it is held out with: the same for a whole conversation."""
        return zlib.crc32(self.group.encode()) % FOLDS


def load(data: Path) -> list[Row]:
    return [*emotions(data), *offmychest(data), *quiet(data), *abuse(data), *examples(), *dialogues()]


def _rows(path: Path) -> list[dict]:
    return [row | {"labels": json.loads(row["labels"])} for row in pq.read_table(path).to_pylist() if row["text"]]


def emotions(data: Path) -> Iterator[Row]:
    for number, row in enumerate(_rows(data / "goemotions.parquet")):
        if row["split"] != "train":
            continue
        names = row["labels"]["emotions"]
        made = Row(row["text"], f"go{number}", "goemotions", emotions=tuple(EMOTION_INDEX[name] for name in names), rest=0.03)
        for name in names:
            if name in FROM_EMOTIONS:
                act, weight = FROM_EMOTIONS[name]
                made.acts[act], made.weights[act] = 1.0, weight
        yield made


def offmychest(data: Path) -> Iterator[Row]:
    for row in _rows(data / "offmychest.parquet"):
        labels = {act: float(row["labels"][key]) for key, act in FROM_OFFMYCHEST.items() if key in row["labels"]}
        yield Row(row["text"], f"om{row['conversation_id']}", "offmychest", acts=labels, weights=dict.fromkeys(labels, 1.0), rest=0.03)


def quiet(data: Path) -> Iterator[Row]:
    for name, limit in QUIET_ROWS.items():
        rows = sorted(_rows(data / f"{name}.parquet"), key=lambda row: (zlib.crc32(str(row["conversation_id"]).encode()), row["turn"]))
        before = None
        for row in rows[:limit]:
            other = (
                before["text"]
                if before and before["conversation_id"] == row["conversation_id"] and before["speaker"] != row["speaker"]
                else ""
            )
            before = row
            if name == "midas" and row["speaker"] == "bot":
                continue
            named = [FROM_ACTS[label] for value in row["labels"].values() for label in (value if isinstance(value, list) else [value])
                     if isinstance(label, str) and label in FROM_ACTS]  # fmt: skip
            setting = "brand" if name == "multidogo" else ""
            yield Row(row["text"], f"{name}{row['conversation_id']}", "named" if named else "quiet", other, setting=setting,
                      acts=dict.fromkeys(named, 1.0), weights=dict.fromkeys(named, 0.5), rest=QUIET_WEIGHT)  # fmt: skip


def abuse(data: Path) -> Iterator[Row]:
    for row in _rows(data / "convabuse.parquet"):
        if "abusive_majority" in row["labels"]:
            is_abuse = str(row["labels"]["abusive_majority"]) == "True"
            yield Row(row["text"], f"ca{row['conversation_id']}", "abuse", acts={"contempt": float(is_abuse)}, weights={"contempt": 0.5})


def examples() -> Iterator[Row]:
    for act in ACTS:
        card = tomllib.loads((ACTS_FOLDER / f"{act}.toml").read_text("utf-8"))
        for kind, truth in (("yes", 1.0), ("no", 0.0)):
            for example in card[kind]:
                lines = [line.split(": ", 1) for line in example.get("before", ())]
                other = lines[-1][1] if lines else ""
                own = next((line[1] for line in reversed(lines) if line[0] != lines[-1][0]), "") if lines else ""
                yield Row(example["text"], f"ex{example['text']}", "example", other, own, example["setting"], acts={act: truth},
                          weights={act: OWN_WEIGHT}, rest=OTHER_ACT_WEIGHT if truth else 0.0)  # fmt: skip


def dialogues() -> Iterator[Row]:
    for path in sorted(DIALOGUES.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
        for index, row in enumerate(rows):
            back = [r for r in rows[max(0, index - 3) : index] if r["dialogue"] == row["dialogue"]][::-1]
            other = next((r["text"] for r in back if r["speaker"] != row["speaker"]), "")
            own = next((r["text"] for r in back if r["speaker"] == row["speaker"]), "")
            yield Row(row["text"], f"dl{path.name}{row['dialogue']}", "dialogue", other, own, row["setting"].removesuffix("s"),
                      acts=dict.fromkeys(row["acts"], 1.0), weights=dict.fromkeys(row["acts"], OWN_WEIGHT), rest=3.0)  # fmt: skip


def targets(rows: list[Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return emotion targets (n x 28), whether a row has them, act targets and act weights (n x 26)."""
    emotion, has = np.zeros((len(rows), len(EMOTION_INDEX)), np.float32), np.zeros(len(rows), np.float32)
    act, weight = np.zeros((len(rows), len(ACTS)), np.float32), np.zeros((len(rows), len(ACTS)), np.float32)
    for index, row in enumerate(rows):
        if row.emotions is not None:
            emotion[index, list(row.emotions)], has[index] = 1, 1
        weight[index] = row.rest
        for name, value in row.acts.items():
            act[index, ACT_INDEX[name]], weight[index, ACT_INDEX[name]] = value, row.weights[name]
    return emotion, has, act, weight
