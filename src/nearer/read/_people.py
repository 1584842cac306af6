"""Who is who: several names of one person, the person who opened this, and names that only look alike.

`--same "Ana=+44...,ana@x"` is the only thing that ever makes two names one person. Names that look alike to the eye (Cyrillic or Greek
letters between Latin ones, accents, an emoji behind the name) are told to the person, never merged by themselves. Names are compared
without case, width and invisible marks; telephone numbers without their spaces.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise

import numpy as np

from nearer.columns import Messages
from nearer.errors import UnknownName, UsageError
from nearer.records import Reaction

PHONE_DIGITS = 6
"""From this many digits on, a name made of digits and their marks is a telephone number."""

_PHONE = re.compile(r"[+\d\s().\-/]+")
_LOOKS: Mapping[int, str] = str.maketrans(tomllib.loads(files("nearer.read").joinpath("_lookalikes.toml").read_text("utf-8"))["letters"])


def parse_same(text: str) -> dict[str, tuple[str, ...]]:
    """Read `Ana=+44...,ana@x` (several: `Ana=...;Ben=...`) into {"Ana": ("+44...", "ana@x")}; raises UsageError."""
    same: dict[str, tuple[str, ...]] = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        name, sign, listed = entry.partition("=")
        also = tuple(filter(None, (one.strip() for one in listed.split(","))))
        if not sign or not name.strip() or not also:
            raise UsageError(f"--same {entry!r} is not NAME=OTHER,OTHER. For example: --same 'Ana=+44 20 7946 0000,ana@example.org'")
        same[name.strip()] = same.get(name.strip(), ()) + also
    if not same:
        raise UsageError("--same is empty. For example: --same 'Ana=+44 20 7946 0000,ana@example.org'")
    return same


def name_table(people: Iterable[str], same: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return {name in the exports: name we show} for the names that change.

    Raises UsageError when two people claim one name, UnknownName when nobody wrote under any of the names of an entry."""
    names = [name for name in people if name]
    claimed: dict[str, str] = {}
    for shown, also in same.items():
        for one in (shown, *also):
            if claimed.setdefault(_key(one), shown) != shown:
                raise UsageError(f"--same names {one!r} for two people: {claimed[_key(one)]!r} and {shown!r}. Give it to one of them.")
    found = {name: claimed[_key(name)] for name in names if _key(name) in claimed}
    for shown, also in same.items():
        if shown not in found.values():
            raise UnknownName("person", also[0] if also else shown, names)
    return {name: shown for name, shown in found.items() if name != shown}


def rename(messages: Messages, table: Mapping[str, str]) -> Messages:
    """Return the messages under the names we show; ids stay as they are."""
    if not table or not any(name in table for name in messages.people):
        return messages
    shown = [table.get(name, name) for name in messages.people]
    people = tuple(dict.fromkeys(shown))
    codes = np.array([people.index(name) for name in shown], dtype=np.int32)
    reactions = {
        row: tuple(Reaction(one.emoji, table.get(one.person, one.person)) for one in many) for row, many in messages.reactions.items()
    }
    ids = tuple(messages.ids)
    return replace(messages, person=codes[messages.person], people=people, reactions=reactions, given_ids=ids, _made={})


def find_me(me: str, people: Sequence[str]) -> str:
    """Return the name of the one who opened this as the relationship has it; raises UnknownName."""
    if me in people:
        return me
    alike = [name for name in people if _key(name) == _key(me)]
    if len(alike) != 1:
        raise UnknownName("person", me, people)
    return alike[0]


def look_alikes(people: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of different names that look the same to the eye."""
    groups: dict[str, list[str]] = {}
    for name in sorted(filter(None, set(people))):
        groups.setdefault(_skeleton(name), []).append(name)
    return [pair for skeleton, names in groups.items() if skeleton for pair in pairwise(names)]


def alike_note(one: str, other: str) -> str:
    """Return what a person is told about two names that look alike."""
    return f"the names {one!r} and {other!r} look alike; if they are one person: --same '{one}={other}'"


def _key(name: str) -> str:
    """Return what two writings of one name have in common."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) != "Cf").strip().casefold()
    if _PHONE.fullmatch(plain) and sum(letter.isdigit() for letter in plain) >= PHONE_DIGITS:
        return "".join(letter for letter in plain if letter.isdigit() or letter == "+")
    return " ".join(plain.split())


def _skeleton(name: str) -> str:
    """Return letters and digits as the eye takes them: without accents, marks and emoji, look-alike letters as Latin ones."""
    folded = unicodedata.normalize("NFKD", _key(name).translate(_LOOKS)).translate(_LOOKS)
    return "".join(letter for letter in folded if letter.isalnum())
