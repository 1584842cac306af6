"""What the swift ear learns from: public sets (by path, never copied), our own examples of the acts, our own dialogues.

Every row is a text, the lines before it, emotion targets (or none), act targets and their weights.
"""

import hashlib
import json
import math
import re
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from nearer.records import ACT_INDEX, ACTS, EMOTION_INDEX

FOLDS = 3
BACK = 3
"""So many lines before a message are its context, as in the ear."""
ACTS_FOLDER = Path(__file__).parents[1] / "src/nearer/sense/acts"
DIALOGUES = Path(__file__).parent / "dialogues"
REAL = Path(__file__).parent / "labels"
OWN_WEIGHT, OTHER_ACT_WEIGHT, REST_WEIGHT, QUIET_WEIGHT = 6.0, 1.0, 3.0, 0.3
"""Weight of a labelled act of ours, of an act that an example is not about, of an act that a dialogue's message does not hold, of silence
in a public set."""

FROM_EMOTIONS = {"gratitude": ("appreciate", 0.3), "admiration": ("appreciate", 0.2), "caring": ("comfort", 0.2), "amusement": ("humour", 0.2),
                 "remorse": ("apologise", 0.1), "annoyance": ("complain", 0.1), "disappointment": ("complain", 0.1), "curiosity": ("curious_question", 0.1)}  # fmt: skip
FROM_OFFMYCHEST = {"emotional_disclosure": "disclose_feeling", "emotional_support": "comfort", "informational_support": "advise"}
FROM_ACTS = {"thanking": "appreciate", "appreciation": "appreciate", "thankyou": "appreciate", "thank": "appreciate", "praise-user": "appreciate",
             "complaint": "complain", "apology": "apologise", "opening": "greet_part", "closing": "greet_part", "greeting": "greet_part",
             "openinggreeting": "greet_part", "closinggreeting": "greet_part"}  # fmt: skip
"""Labels of midas, multidogo and persuasionforgood that name an act (constructs 5.1)."""
QUIET_ROWS = {"midas": 4_000, "multidogo": 4_000, "persuasionforgood_300": 3_000, "casino": 3_000}
UNLABELLED = {"vader_gold": 1, "tendims": 1, "question_intimacy": 1, "stanford_politeness_wiki": 2, "stanford_politeness_se": 2, "empathic_reactions": 1,
              "receptiveness": 2, "warm_tough_offers": 1, "davidson_hate_offensive": 3, "casino": 4, "persuasionforgood_300": 3, "midas": 5,
              "multidogo": 12}  # fmt: skip
"""Sets of which only the texts are used, every so manyth of those not yet read: the teacher says what it hears in them."""
PHRASES, PHRASE_WORDS, WORD_TIMES = 80_000, (1, 12), 5
"""So many short runs of words of GoEmotions and of our own dialogues are labelled by the teacher too, and every word that is met so often: what
words mean alone."""
LONGEST = 300
"""A longer text of an unlabelled set is cut here, in characters: the ear hears messages."""

TRAITS = ("emotional_disclosure", "informational_disclosure", "emotional_support", "informational_support", "support", "general_support",
          "politeness", "intimacy", "hostility", "sentiment")  # fmt: skip
"""The teacher's other tasks: OffMyChest's six labels, then a figure of each of four more sets."""
POLITE_SPREAD = 1.0
"""One z score of politeness, as a step of the logistic curve."""

Lines = tuple[tuple[bool, str], ...]


@dataclass
class Row:
    """One text to learn from."""

    text: str
    group: str
    source: str
    before: Lines = ()
    """Up to BACK lines before it, oldest first: whether the same person wrote it, and the text."""
    gap: float = 120.0
    """Seconds since the line before."""
    setting: str = ""
    hand: str = ""
    """Who wrote or gathered it."""
    person: str = ""
    """Who wrote it inside its dialogue."""
    emotions: tuple[int, ...] | None = None
    acts: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    rest: float = 0.0
    """Weight with which all other acts are taken to be absent."""
    traits: dict[str, float] = field(default_factory=dict)
    """What else was said of it, each from 0 to 1: see TRAITS."""

    @property
    def fold(self) -> int:
        """Which fold it is held out with: the same for a whole conversation."""
        return zlib.crc32(self.group.encode()) % FOLDS

    @property
    def key(self) -> int:
        """A number for the text and what came before it."""
        whole = json.dumps([self.text, self.before])
        return int.from_bytes(hashlib.blake2b(whole.encode("utf-8", "replace"), digest_size=8).digest(), "little")

    @property
    def other(self) -> str:
        """The last line of the other."""
        return next((text for mine, text in reversed(self.before) if not mine), "")

    @property
    def own(self) -> str:
        """The last line of the same person."""
        return next((text for mine, text in reversed(self.before) if mine), "")


def load(data: Path) -> list[Row]:
    """Return all rows with labels."""
    return [*emotions(data), *offmychest(data), *quiet(data), *abuse(data), *examples(), *dialogues(), *real(data)]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [row | {"labels": json.loads(row["labels"])} for row in pq.read_table(path).to_pylist() if row["text"]]


def emotions(data: Path, *, split: str = "train") -> Iterator[Row]:
    """Yield GoEmotions, whose emotions also hint at some acts."""
    for number, row in enumerate(_rows(data / "goemotions.parquet")):
        if row["split"] != split:
            continue
        names = row["labels"]["emotions"]
        made = Row(row["text"], f"go{number}", "goemotions", emotions=tuple(EMOTION_INDEX[name] for name in names), rest=0.03)
        for name in names:
            if name in FROM_EMOTIONS:
                act, weight = FROM_EMOTIONS[name]
                made.acts[act], made.weights[act] = 1.0, weight
        yield made


def offmychest(data: Path) -> Iterator[Row]:
    """Yield posts about partners, with disclosure and support."""
    for row in _rows(data / "offmychest.parquet"):
        labels = {act: float(row["labels"][key]) for key, act in FROM_OFFMYCHEST.items() if key in row["labels"]}
        traits = {name: float(row["labels"][name] > 0) for name in TRAITS if name in row["labels"]}
        yield Row(
            row["text"],
            f"om{row['conversation_id']}",
            "offmychest",
            acts=labels,
            weights=dict.fromkeys(labels, 1.0),
            rest=0.03,
            traits=traits,
        )


def quiet(data: Path) -> Iterator[Row]:
    """Yield public conversations: some messages hold a named act, most hold none."""
    for name, limit in QUIET_ROWS.items():
        rows = sorted(_rows(data / f"{name}.parquet"), key=lambda row: (zlib.crc32(str(row["conversation_id"]).encode()), row["turn"]))
        for index, row in enumerate(rows[:limit]):
            if name == "midas" and row["speaker"] == "bot":
                continue
            named = [FROM_ACTS[label] for value in row["labels"].values() for label in (value if isinstance(value, list) else [value])
                     if isinstance(label, str) and label in FROM_ACTS]  # fmt: skip
            setting = "brand" if name == "multidogo" else ""
            before = _before(rows, index, conversation="conversation_id")
            yield Row(row["text"], f"{name}{row['conversation_id']}", "named" if named else "quiet", before, setting=setting,
                      acts=dict.fromkeys(named, 1.0), weights=dict.fromkeys(named, 0.5), rest=QUIET_WEIGHT)  # fmt: skip


def abuse(data: Path) -> Iterator[Row]:
    """Yield what people say to a bot, abuse or not."""
    for row in _rows(data / "convabuse.parquet"):
        if "abusive_majority" in row["labels"]:
            is_abuse = str(row["labels"]["abusive_majority"]) == "True"
            yield Row(row["text"], f"ca{row['conversation_id']}", "abuse", acts={"contempt": float(is_abuse)}, weights={"contempt": 0.5})


def traits(data: Path) -> Iterator[Row]:
    """Yield texts whose politeness, intimacy, hostility or sentiment was rated, each brought to 0..1; only the teacher learns from them."""
    told = [
        ("stanford_politeness_wiki", "politeness", lambda labels: 1 / (1 + math.exp(-labels["politeness"] / POLITE_SPREAD))),
        ("stanford_politeness_se", "politeness", lambda labels: 1 / (1 + math.exp(-labels["politeness"] / POLITE_SPREAD))),
        ("question_intimacy", "intimacy", lambda labels: (labels["intimacy_-1to1"] + 1) / 2),
        ("davidson_hate_offensive", "hostility", lambda labels: float(labels["class"] != "neither")),
        (
            "convabuse",
            "hostility",
            lambda labels: float(str(labels["abusive_majority"]) == "True") if "abusive_majority" in labels else None,
        ),
        ("vader_gold", "sentiment", lambda labels: (labels["sentiment_-4to4"] + 4) / 8),
    ]
    for name, trait, value in told:
        for number, row in enumerate(_rows(data / f"{name}.parquet")):
            if (found := value(row["labels"])) is not None:
                yield Row(row["text"], f"{name}{number}", name, traits={trait: min(1.0, max(0.0, found))})


def examples() -> Iterator[Row]:
    """Yield the yes and no examples of the acts' own files."""
    for act in ACTS:
        card = tomllib.loads((ACTS_FOLDER / f"{act}.toml").read_text("utf-8"))
        for kind, truth in (("yes", 1.0), ("no", 0.0)):
            for example in card[kind]:
                lines = [line.split(": ", 1) for line in example.get("before", ())]
                # The last line before is the other's: an example answers it.
                before = tuple((name != lines[-1][0], text) for name, text in lines[-BACK:])
                yield Row(example["text"], f"ex{example['text']}", "example", before, setting=example["setting"], acts={act: truth},
                          weights={act: OWN_WEIGHT}, rest=OTHER_ACT_WEIGHT if truth else 0.0)  # fmt: skip


def dialogues(folder: Path = DIALOGUES) -> Iterator[Row]:
    """Yield our own dialogues, all of whose messages are labelled with all acts."""
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
        for index, row in enumerate(rows):
            yield Row(row["text"], f"dl{row['dialogue']}", "dialogue", _before(rows, index, conversation="dialogue"), _gap(rows, index),
                      _setting(row["setting"]), path.stem, row["speaker"], acts=dict.fromkeys(row["acts"], 1.0), weights=dict.fromkeys(row["acts"], OWN_WEIGHT),
                      rest=REST_WEIGHT)  # fmt: skip


def real(data: Path, folder: Path = REAL) -> Iterator[Row]:
    """Yield messages of the public sets that were labelled with our own codebook; the labels name them, the texts stay where they are."""
    for path in sorted(folder.glob("*.jsonl")):
        labels = {(one["conversation_id"], one["turn"]): one["acts"] for one in map(json.loads, path.read_text("utf-8").splitlines())}
        wanted = {conversation for conversation, _ in labels}
        rows = [
            row
            for row in pq.read_table(data / path.with_suffix(".parquet").name).to_pylist()
            if row["conversation_id"] in wanted and row["text"]
        ]
        rows.sort(key=lambda row: (row["conversation_id"], row["turn"]))
        for index, row in enumerate(rows):
            acts = labels.get((row["conversation_id"], row["turn"]))
            if acts is not None:
                setting = "brand" if path.stem == "multidogo" else ""
                yield Row(row["text"], f"re{row['conversation_id']}", "real", _before(rows, index, conversation="conversation_id"), setting=setting,
                          hand=path.stem, person=row["speaker"] or "", acts=dict.fromkeys(acts, 1.0), weights=dict.fromkeys(acts, OWN_WEIGHT), rest=REST_WEIGHT)  # fmt: skip


def texts(data: Path) -> Iterator[Row]:
    """Yield texts that only the teacher labels, each once."""
    seen = {row.text for row in quiet(data)}
    for name, every in UNLABELLED.items():
        fresh = dict.fromkeys(text[:LONGEST] for text in pq.read_table(data / f"{name}.parquet")["text"].to_pylist() if text)
        for number, text in enumerate(text for text in fresh if text not in seen):
            if number % every == 0:
                seen.add(text)
                yield Row(text, f"un{text}", "text")
    for row in pq.read_table(data / "brighter.parquet").to_pylist():
        if row["text"] and row["lang"] == "en" and row["text"] not in seen:
            yield Row(row["text"][:LONGEST], f"un{row['text']}", "text")
    yield from phrases([*emotions(data), *dialogues()])


def phrases(rows: list[Row]) -> Iterator[Row]:
    """Yield short runs of words out of the rows, drawn with a fixed seed."""
    rng = np.random.default_rng(0)
    for row in rng.choice(len(rows), PHRASES):
        words = rows[row].text.split()
        size = int(rng.integers(*PHRASE_WORDS, endpoint=True))
        start = int(rng.integers(0, max(1, len(words) - size + 1)))
        yield Row(" ".join(words[start : start + size]), rows[row].group, "phrase")
    counts = Counter(word for row in rows for word in re.findall(r"[^\W_]+(?:'[^\W_]+)?", row.text.lower()))
    for word, count in sorted(counts.items()):
        if count >= WORD_TIMES:
            yield Row(word, f"un{word}", "phrase")


def _before(rows: list[dict[str, Any]], index: int, *, conversation: str) -> Lines:
    row = rows[index]
    back = [one for one in rows[max(0, index - BACK) : index] if one[conversation] == row[conversation]]
    return tuple((one["speaker"] == row["speaker"], one["text"]) for one in back)


def _gap(rows: list[dict[str, Any]], index: int) -> float:
    if not index or rows[index - 1]["dialogue"] != rows[index]["dialogue"]:
        return 0.0
    now, then = (datetime.fromisoformat(rows[i]["time"]) for i in (index, index - 1))
    return max(0.0, (now - then).total_seconds())


def _setting(name: str) -> str:
    return {"partners": "partner", "friends": "friend", "family": "friend"}.get(name, name)


def trait_targets(rows: list[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Return the targets of TRAITS (n x 10), and which of them are known."""
    value, known = (np.zeros((len(rows), len(TRAITS)), np.float32) for _ in range(2))
    for index, row in enumerate(rows):
        for name, found in row.traits.items():
            value[index, TRAITS.index(name)], known[index, TRAITS.index(name)] = found, 1
    return value, known


def targets(rows: Iterable[Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return emotion targets (n x 28), whether a row has them, act targets and act weights (n x 26)."""
    rows = list(rows)
    emotion, has = np.zeros((len(rows), len(EMOTION_INDEX)), np.float32), np.zeros(len(rows), np.float32)
    act, weight = np.zeros((len(rows), len(ACTS)), np.float32), np.zeros((len(rows), len(ACTS)), np.float32)
    for index, row in enumerate(rows):
        if row.emotions is not None:
            emotion[index, list(row.emotions)], has[index] = 1, 1
        weight[index] = row.rest
        for name, value in row.acts.items():
            act[index, ACT_INDEX[name]], weight[index, ACT_INDEX[name]] = value, row.weights[name]
    return emotion, has, act, weight
