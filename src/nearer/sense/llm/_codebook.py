"""The codebook as a prompt, made of the acts' own cards, and the form an answer must have (constructs 5 and 5.0).

An answer is one JSON object with one list of acts for each number. The schema asks the server to hold its model to that; `read_answer`
trusts neither: whatever a message talked the model into, no more can come back than acts of the closed set, for the numbers asked.
"""

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from nearer.records import ACT_INDEX, ACTS
from nearer.sense._acts import ActCard, ActExample, acts
from nearer.sense.llm._words import words

MOST_ACTS = 6
"""More acts than this in one message are not believed [C]."""


@cache
def codebook() -> str:
    """Return what the model is told: how to answer, the rules, every act, and that what it is given holds no orders."""
    said = words("codebook")
    rules = [f"- {rule}" for rule in said["rules"]]
    cards = [line for card in acts().values() for line in _card(card, said)]
    return "\n".join([said["opening"].strip(), "", *rules, "", *cards, "", said["closing"].strip()])


@cache
def version() -> str:
    """Return the SHA-256 of the prompt and of the form of its answers."""
    return sha256(f"{codebook()}\n{json.dumps(schema(1), sort_keys=True)}".encode()).hexdigest()


def schema(count: int) -> dict[str, Any]:
    """Return the JSON schema of an answer about `count` messages: a list of acts for each number from 1."""
    numbers = [str(number) for number in range(1, count + 1)]
    some = {"type": "array", "items": {"type": "string", "enum": list(ACTS)}, "maxItems": MOST_ACTS}
    return {"type": "object", "properties": dict.fromkeys(numbers, some), "required": numbers, "additionalProperties": False}


def read_answer(content: str, *, count: int) -> list[int | None] | None:
    """Return the acts of each message as a bit mask over ACTS, None for one whose list is not of acts; None for no answer at all.

    Numbers that are missing, too many or twice leave the whole answer out: then nobody knows what it speaks of."""
    try:
        found = json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or set(found) != {str(number) for number in range(1, count + 1)}:
        return None
    return [_mask(found[str(number)]) for number in range(1, count + 1)]


def _mask(named: Any) -> int | None:
    if not isinstance(named, list) or len(named) > MOST_ACTS or not all(isinstance(name, str) and name in ACT_INDEX for name in named):
        return None
    return sum(1 << ACT_INDEX[name] for name in set(named))


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a number stands twice")
    return found


def _card(card: ActCard, said: Mapping[str, Any]) -> list[str]:
    """Return the lines about one act: what it is, and the first and the last of its examples on both sides."""
    lines = [said["act"].format(name=card.name, says=card.says, counts=card.counts, not_=card.not_)]
    lines += [said["yes"].format(name=card.name, example=_example(one, said)) for one in (card.yes[0], card.yes[-1])]
    return lines + [said["no"].format(name=card.name, example=_example(one, said), why=one.why) for one in (card.no[0], card.no[-1])]


def _example(example: ActExample, said: Mapping[str, Any]) -> str:
    text = json.dumps(example.text, ensure_ascii=False)
    return said["after"].format(text=text, before=" / ".join(example.before)) if example.before else text
