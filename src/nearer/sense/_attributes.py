"""The finer side of acts: parts of an apology, when a promise is due, how one forgives.

Attributes are found by words (`_attributes.toml`) in messages that show the act; an act not shown has none. Constructs 5 (attributes),
7.13 (apology: hollow where it is conditional, deflecting or impatient and neither owns nor mends), 7.15 (due dates), rulings 5.0.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from nearer.columns import Messages
from nearer.records import ACT_INDEX, Flags, from_microseconds
from nearer.sense._due import due, find_due

MAX_CHARACTERS = 4_000
"""How much of a text is searched for attributes."""
MAX_OBJECT_CHARACTERS = 120
"""The object of a promise is cut here."""
BACK_MESSAGES = 3
"""How far back the other's words count as what a question follows up (constructs 5, acts marked 2)."""

Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A message whose attributes are asked for: its text, plain (lower-case) text, time on its zone's clock, and what surrounds it."""

    text: str
    plain: str
    at: datetime
    answers: bool
    acts: frozenset[str]


def attributes(messages: Messages, acts_shown: Flags) -> dict[int, dict[str, Attributes]]:
    """Return the attributes by row and act, only for rows that show an act which has some; `acts_shown` is n x 26."""
    columns = np.array([ACT_INDEX[act] for act in _RULES])
    made: dict[int, dict[str, Attributes]] = {}
    for row in np.flatnonzero(acts_shown[:, columns].any(axis=1)).tolist():
        shown = frozenset(act for act, index in ACT_INDEX.items() if acts_shown[row, index])
        said = _said(messages, row, shown)
        made[row] = {act: rule(said) for act, rule in _RULES.items() if act in shown}
    return made


def _said(messages: Messages, row: int, shown: frozenset[str]) -> Said:
    text = messages.text[row][:MAX_CHARACTERS]
    return Said(
        text=text,
        plain=text.lower().replace("\u2019", "'"),
        at=from_microseconds(int(messages.time[row]), tz=messages.tz),
        answers=_answers(messages, row),
        acts=shown,
    )


def _answers(messages: Messages, row: int) -> bool:
    """Say whether somebody else wrote in this conversation within the messages just before."""
    before = slice(max(0, row - BACK_MESSAGES), row)
    same = messages.conversation[before] == messages.conversation[row]
    return bool((same & (messages.person[before] != messages.person[row])).any())


# ------------------------------------------------------------------------------------------------------------------------ act by act


def _apologise(said: Said) -> Attributes:
    parts = _which("apologise", "parts", said)
    owns = "responsibility" in parts or "repair" in parts
    macro = _has("apologise", "hollow", "macro", said)
    emptied = macro or any(_has("apologise", "hollow", how, said) for how in ("conditional", "deflecting", "impatient"))
    if emptied and (macro or "repair" not in parts):
        quality = "hollow"
    elif "responsibility" in parts or (owns and "regret" in parts):
        quality = "full"
    else:
        quality = "partial"
    return {"parts": parts, "quality": quality}


def _promise(said: Said) -> Attributes:
    found = find_due(said.text, said=said.at)
    condition = _words()["promise"]["condition"].search(said.plain)
    has_condition = condition is not None and not (found and any(start <= condition.start() < end for start, end in found.spans))
    named_by_clock = has_condition and condition is not None and due(condition[0], said=said.at) is not None
    return {
        "object": _object(said, found.spans if found else ()),
        "due": found.at.isoformat() if found else None,
        "condition": said.text[slice(*condition.span())].strip() if condition and has_condition and not named_by_clock else None,
    }


def _object(said: Said, spans: tuple[tuple[int, int], ...]) -> str:
    """Return what was promised: the words after "I'll", without the words that name the date."""
    verb = _words()["promise"]["verb"].search(said.plain)
    start = verb.end() if verb and len(said.plain) == len(said.text) else 0
    end = next((i for i in range(start, len(said.text)) if said.text[i] in ".!?;\n" and i > start), len(said.text))
    kept = "".join(c for i, c in enumerate(said.text[:end]) if i >= start and not any(a <= i < b for a, b in spans))
    plain = re.sub(r"\s+", " ", kept).strip(" ,.-")
    plain = re.sub(r"\s+(by|at|on|before|until|till?|in|around|about)$", "", plain)
    return plain[:MAX_OBJECT_CHARACTERS]


def _promise_ref(said: Said) -> Attributes:
    return {"status": _first("promise_ref", ("pending", "broken", "kept"), said) or "kept"}


def _own_reactivity(said: Said) -> Attributes:
    at = due(said.text, said=said.at)
    words = _words()["own_reactivity"]["return_words"].search(said.plain)
    return {"returns": at.isoformat() if at else (words[0] if words else None)}


def _forgive(said: Said) -> Attributes:
    return {"decision": _first("forgive", ("defer", "accept", "refuse"), said) or "accept"}


def _blame(said: Said) -> Attributes:
    return {"forms": [form for form in ("always_never", "trait", "fault") if _words()["blame"][form].search(said.plain)] or ["fault"]}


def _humour(said: Said) -> Attributes:
    hard = bool(said.acts & {"contempt", "blame"})
    return {"aim": "at_expense" if hard or _words()["humour"]["at_expense"].search(said.plain) else "affiliative"}


def _turn_away(said: Said) -> Attributes:
    forms = [form for form in ("minimise", "self_turn", "joy_kill") if _words()["turn_away"][form].search(said.plain)]
    return {"forms": forms or ["ignore"]}


def _curious_question(said: Said) -> Attributes:
    words = _words()["curious_question"]
    return {
        "open": bool(words["open"].search(said.plain)),
        "follow_up": said.answers and bool(words["follow_up"].search(said.plain)),
    }


def _greet_part(said: Said) -> Attributes:
    return {"which": _first("greet_part", ("farewell", "greeting"), said) or "greeting"}


def _disclose_feeling(said: Said) -> Attributes:
    words = _words()["disclose_feeling"]
    bad = bool(words["neg"].search(said.plain))
    good = bool(words["pos"].search(words["neg"].sub(" ", said.plain)))
    return {"valence": "mixed" if good and bad else "pos" if good else "neg"}


_RULES: Mapping[str, Callable[[Said], Attributes]] = {
    "apologise": _apologise,
    "promise": _promise,
    "promise_ref": _promise_ref,
    "own_reactivity": _own_reactivity,
    "forgive": _forgive,
    "blame": _blame,
    "humour": _humour,
    "turn_away": _turn_away,
    "curious_question": _curious_question,
    "greet_part": _greet_part,
    "disclose_feeling": _disclose_feeling,
}


def _which(act: str, table: str, said: Said) -> list[str]:
    return [name for name, words in _words()[f"{act}.{table}"].items() if words.search(said.plain)]


def _has(act: str, table: str, name: str, said: Said) -> bool:
    return _words()[f"{act}.{table}"][name].search(said.plain) is not None


def _first(act: str, names: tuple[str, ...], said: Said) -> str:
    return next((name for name in names if _words()[act][name].search(said.plain)), "")


@cache
def _words() -> dict[str, dict[str, re.Pattern[str]]]:
    data = tomllib.loads(files("nearer.sense").joinpath("_attributes.toml").read_text("utf-8"))
    tables: dict[str, dict[str, re.Pattern[str]]] = {}
    for act, table in data.items():
        for name, words in table.items():
            if isinstance(words, dict):
                tables[f"{act}.{name}"] = {key: re.compile(value) for key, value in words.items()}
            else:
                tables.setdefault(act, {})[name] = re.compile(words)
    return tables
