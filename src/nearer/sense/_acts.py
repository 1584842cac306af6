"""The 26 acts as data: what each one is, its cues and its examples, one TOML file an act (constructs 5 and 5.0).

The examples are of our own making. They test the cues, teach the ear and explain an act to a person (`nearer explain NAME`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from nearer.records import ACTS

FOLDER = "acts"


@dataclass(frozen=True, slots=True)
class ActExample:
    """A message that shows an act (yes) or does not (no), with the lines before it ("Ana: ...") and the reason."""

    text: str
    before: tuple[str, ...]
    why: str
    setting: str


@dataclass(frozen=True, slots=True)
class ActCard:
    """One act in plain words, with its cues and examples.

    `says` is one sentence a partner would understand; `counts` and `not_` draw the line; `cues` are regular expressions over lower-case
    text, `unless` silences them; `threshold` names the operating point at which the act is shown and `precision` (0..1) what that point must reach."""

    name: str
    says: str
    counts: str
    not_: str
    cues: tuple[str, ...]
    unless: tuple[str, ...]
    yes: tuple[ActExample, ...]
    no: tuple[ActExample, ...]
    source: str
    threshold: str
    precision: float


@cache
def acts() -> Mapping[str, ActCard]:
    """Return the acts by name, in the order of `records.ACTS`; raises FileNotFoundError or KeyError where a file or a key is missing."""
    folder = files("nearer.sense").joinpath(FOLDER)
    return MappingProxyType({name: _card(name, tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))) for name in ACTS})


def _card(name: str, data: Mapping[str, Any]) -> ActCard:
    return ActCard(
        name=name,
        says=data["says"],
        counts=data["counts"],
        not_=data["not"],
        cues=tuple(data["cues"]),
        unless=tuple(data.get("unless", ())),
        yes=tuple(_example(example) for example in data["yes"]),
        no=tuple(_example(example) for example in data["no"]),
        source=data["source"],
        threshold=data["threshold"],
        precision=float(data["precision"]),
    )


def _example(data: Mapping[str, Any]) -> ActExample:
    return ActExample(text=data["text"], before=tuple(data.get("before", ())), why=data["why"], setting=data["setting"])
