"""The first screen: one sentence on what went well, one on what got lost, one question for tonight, each with its messages (look.md).

Chosen by rule from what can be told: each rule of the words file holds the near end of an interval against a figure, so only what is sure
enough is said here; "clearly" goes before "probably", then whatever lies furthest beyond its figure. Where no rule holds, a single moment
from the episodes stands in; where there is none, a calm sentence. Whatever is said names both people equally often.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nearer.records import Episode
from nearer.show._amounts import day
from nearer.show._names import Cast
from nearer.show._quotes import Quote, Quotes
from nearer.show._told import Told, fill, tell_both
from nearer.show._words import Words

MOMENT_MESSAGES = 4
PAIR = 2
ROLES: Mapping[str, frozenset[str]] = {"comforting": frozenset({"seeks", "gives"}), "good_news": frozenset({"tells", "answers"})}
NOBODY = frozenset({""})


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the first screen: its heading, the sentence, the messages behind it, and the card it comes from."""

    heading: str
    sentence: str
    quotes: tuple[Quote, ...] = ()
    counted: str = ""
    card: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence that a rule allows, and how strongly: `rank` sorts the strongest first."""

    rank: tuple[bool, bool, float]
    sentence: str
    ask: str
    told: tuple[Told, ...]


def first_screen(
    told: Sequence[Told], episodes: Sequence[Episode], *, words: Words, cast: Cast, quotes: Quotes, with_help: bool
) -> tuple[Line, ...]:
    """Return the three lines; with a help page in front, nothing is proposed for tonight."""
    if len(cast.pair) < PAIR:
        return ()
    well, ask_well = _line("well", told, episodes, words=words, cast=cast, quotes=quotes)
    lost, ask_lost = _line("lost", told, episodes, words=words, cast=cast, quotes=quotes)
    ask = words.page("ask_after_help") if with_help else ask_lost or ask_well or words.page("no_ask")
    behind = lost if ask_lost else well
    quoted = behind.quotes if not with_help and (ask_lost or ask_well) else ()
    return well, lost, Line(words.page("ask"), ask, quoted, card=behind.card if quoted else "")


def _line(which: str, told: Sequence[Told], episodes: Sequence[Episode], *, words: Words, cast: Cast, quotes: Quotes) -> tuple[Line, str]:
    """Return one line and the question that follows from it ("" where there is none)."""
    heading = words.page(which)
    choices = [choice for rule in words.table[which] for choice in _choices(which, rule, told, words=words, cast=cast)]
    if choices:
        best = min(choices, key=lambda choice: choice.rank)
        quoted = tuple(quote for one in best.told for quote in one.evidence)
        counted = "; ".join(one.counted for one in best.told)
        return Line(heading, best.sentence, quoted, counted, best.told[0].words.card), best.ask
    moment = _moment(which, episodes, words=words, cast=cast, quotes=quotes)
    if moment is not None:
        return Line(heading, *moment), str(words.table["moment"][f"ask_{which}"])
    return Line(heading, words.page(f"no_{which}")), ""


# ----------------------------------------------------------------------------------------------------------------------------- rules


def _choices(which: str, rule: Mapping[str, Any], told: Sequence[Told], *, words: Words, cast: Cast) -> list[Choice]:
    """Return what a rule allows: the sentence about both directions, or those about one."""
    fitting = [one for one in told if one.finding.measure == rule["measure"] and one.tells and margin(rule, one) is not None]
    ask = str(words.table["ask_for"][which].get(rule["measure"], ""))
    if which == "well" and len({one.place for one in fitting} - {None}) == PAIR and fitting[0].words.says_both:
        return [_both(rule, ask, fitting, words=words, cast=cast)]
    return [_alone(rule, ask, one, words=words, cast=cast) for one in fitting]


def margin(rule: Mapping[str, Any], told: Told) -> float | None:
    """Return how far (0..1) the near end of the interval lies beyond the rule's figure; None when it does not."""
    low, high = told.finding.low, told.finding.high
    if rule.get("only_clear") and told.finding.says != "clearly":
        return None
    if "always" in rule:
        return float(rule["always"])
    if low is None or high is None:
        return None
    if "at_least" in rule:
        least = float(rule["at_least"])
        return min(1.0, (low - least) / (1 - least if least < 1 else max(low, 1.0))) if low >= least else None
    most = float(rule["at_most"])
    return (most - high) / most if high <= most else None


def _both(rule: Mapping[str, Any], ask: str, found: Sequence[Told], *, words: Words, cast: Cast) -> Choice:
    one, two = sorted(found, key=lambda told: (told.finding.person != cast.me, told.place))[:PAIR]
    far = min(margin(rule, told) or 0.0 for told in (one, two))
    sure = all(told.finding.says == "clearly" for told in (one, two))
    sentence = tell_both(one.words.says_both, one, two, cast=cast)
    return Choice((not sure, False, -far), sentence, fill(ask, one, words=words, cast=cast), (one, two))


def _alone(rule: Mapping[str, Any], ask: str, told: Told, *, words: Words, cast: Cast) -> Choice:
    sentence = fill(str(rule["says"]), told, words=words, cast=cast) if "says" in rule else told.sentence
    sure = told.finding.says == "clearly" or rule.get("always") == 1
    rank = (not sure, bool(told.words.says_both), -(margin(rule, told) or 0.0))
    return Choice(rank, sentence, fill(ask, told, words=words, cast=cast), (told,))


# --------------------------------------------------------------------------------------------------------------------------- moments


def _moment(which: str, episodes: Sequence[Episode], *, words: Words, cast: Cast, quotes: Quotes) -> tuple[str, tuple[Quote, ...]] | None:
    """Return the latest moment of a fitting shape that both of the two have a part in and that can be quoted."""
    said: Mapping[str, Any] = words.table["moment"]
    for episode in sorted(episodes, key=lambda episode: (episode.start, episode.episode), reverse=True):
        roles = {role: cast.said(name) for role, name in episode.roles.items() if name in cast.pair}
        if episode.shape not in said[which] or not ROLES.get(episode.what, NOBODY) <= set(roles):
            continue
        quoted = quotes.episode(episode, most=MOMENT_MESSAGES)
        if quoted:
            return str(said[episode.shape]).format_map({"day": day(episode.start)} | roles), quoted
    return None
