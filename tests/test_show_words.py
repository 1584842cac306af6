"""Every sentence a report can say: calm, no verdict, both people named equally often; every measure has words and an owner."""

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from nearer.relate import about
from nearer.show._amounts import SCALES
from nearer.show._words import Words, load_words

KINDS = ("partner", "friend", "brand")
BANNED = (
    r"verdict|trait|diagnos\w*|disorder|toxic|narciss\w*|attachment style|avoidant|anxious|codependen\w*|abus\w*|gaslight\w*|red flag|"
    r"you are|he is|she is|better person|worse person|at fault|guilty|lazy|selfish|cold|needy|compatib\w*|soulmate|"
    r"score|points|streak|level up|rank(ed|ing)?|leaderboard|percent|percentile|congratulat\w*|well done|great job|amazing|awesome|keep it up|"
    r"healthy|unhealthy|normal|abnormal|should|must|victim|perpetrator|speaker|author|utterance|sentiment|insight|dashboard|"
    r"uncaring|dismissive|insensitive|superficial|shallow|overshar\w*|closed off|unavailable|secretive|bad listener|never listens|ignores?"
)
ALLOWED = {"some should not be counted"}
"""Where a banned word does no harm: said of the report itself, not of a person."""
PLACEHOLDERS = {"person", "toward", "pair", "amount", "rest", "probably", "since", "ritual", "busiest", "n", "out_of", "weeks"}
ALONE = {
    *(f"ritual_{kind}_time" for kind in ("morning", "returning", "leaving", "night", "weekly")),
    *(f"disclosure_{kind}" for kind in ("balance", "depth", "breadth", "pace")),
    *("own_part", "pauses_kept", "heat_answered", "heat_lately", "distance", "distance_since", "raw_spots"),
}
"""What is shown of the other person only where both agreed (decision (a) of safety.md)."""
BOTH = {"one", "two", "amount_one", "amount_two"}


def sentences(table: Any) -> Iterator[str]:
    """Yield every string a table of words holds."""
    if isinstance(table, str):
        yield table
    elif isinstance(table, Mapping):
        for value in table.values():
            yield from sentences(value)
    elif isinstance(table, list):
        for value in table:
            yield from sentences(value)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", KINDS)
def test_no_sentence_judges_praises_or_counts_people(kind: str) -> None:
    found = list(sentences(load_words(kind).table))
    assert len(found) > 200
    for sentence in found:
        plain = sentence
        for allowed in ALLOWED:
            plain = plain.replace(allowed, "")
        assert not re.search(rf"\b({BANNED})\b", plain, re.IGNORECASE), sentence
        assert "!" not in sentence, sentence


def test_the_list_of_banned_words_bites() -> None:
    for sentence in ("You are cold", "her attachment style", "a score of 7", "a toxic trait", "a bad listener", "oversharing"):
        assert re.search(rf"\b({BANNED})\b", sentence, re.IGNORECASE)


@pytest.mark.parametrize("kind", KINDS)
def test_no_amount_judges_or_praises(kind: str) -> None:
    assert kind in KINDS
    for name, scale in SCALES.items():
        for value in (-3.0, -0.4, 0.0, 0.01, 0.05, 0.2, 0.5, 0.74, 0.9, 0.96, 1.0, 1.4, 3.0, 20.0, 400.0):
            words = scale.words(value) if name not in {"share", "difference", "regular"} or 0 <= value <= 1 else ""
            assert not re.search(rf"\b({BANNED})\b", words), words
            assert "!" not in words


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_a_finding_may_carry_has_words_an_owner_a_card_and_a_section(kind: str) -> None:
    words = load_words(kind)
    assert set(about()) <= set(words.measures)
    for name, own in words.measures.items():
        assert own.belongs in {"between", "alone"}, name
        assert own.scale in SCALES, name
        card = words.card(own.card)
        assert card["section"] in words.table["section"], name
        assert card["title"], name
        assert card["cannot"], name


def test_words_are_about_measures_that_exist() -> None:
    assert set(load_words("partner").measures) <= set(about())


def test_when_somebody_is_awake_and_what_they_tell_of_themselves_is_theirs_alone() -> None:
    words = load_words("partner")
    alone = {name for name, own in words.measures.items() if own.belongs == "alone"}
    assert alone == ALONE


@pytest.mark.parametrize("kind", KINDS)
def test_sentences_use_only_what_is_filled_in_and_name_both_equally_often(kind: str) -> None:
    for own in load_words(kind).measures.values():
        for template in own.templates():
            if template == own.says_both:
                assert fields(template) <= BOTH, template
                assert template.count("{one}") == template.count("{two}") == 1, template
                continue
            assert fields(template) <= PLACEHOLDERS, template
            assert template.count("{person}") == template.count("{toward}"), template
            assert template.count("{person}") + template.count("{pair}") >= 1, template
        assert fields(own.counted) <= PLACEHOLDERS


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_screen_speaks_of_measures_with_words_and_asks_with_a_question(kind: str) -> None:
    words = load_words(kind)
    for which in ("well", "lost"):
        for rule in words.table[which]:
            assert rule["measure"] in words.measures
            assert {"at_least", "at_most", "always"} & set(rule)
            assert words.table["ask_for"][which][rule["measure"]].endswith("?")
            assert fields(rule.get("says", "")) <= PLACEHOLDERS
            assert rule.get("says", "").count("{person}") == rule.get("says", "").count("{toward}")
    assert words.page("no_ask").endswith("?")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_asks_the_three_questions_in_its_own_words(kind: str) -> None:
    lanes = load_words(kind).table["are"]["lane"]
    assert [lane["measure"] for lane in lanes] == ["accessible", "responsive", "engaged"]
    assert all(lane["title"].endswith("?") for lane in lanes)


def test_a_kind_changes_words_and_keeps_the_rest() -> None:
    partner, brand = load_words("partner"), load_words("brand")
    assert partner.page("ask") != brand.page("ask")
    assert partner.of("accessible") == brand.of("accessible")
    assert partner.of("responsive").counted == brand.of("responsive").counted
    assert partner.of("responsive").says != brand.of("responsive").says


@pytest.mark.parametrize("kind", ["stranger", "../partner", "_all", ""])
def test_a_kind_without_a_file_gets_what_is_said_of_all(kind: str) -> None:
    assert load_words(kind).table == load_words("stranger").table


def test_a_measure_without_words_gets_honest_ones_and_belongs_to_one_alone() -> None:
    words = load_words("partner")
    own = words.of("odd_{thing}")
    assert own.belongs == "alone"
    assert own.says.format_map({"person": "Ana", "toward": "Ben", "probably": "", "amount": "about 3"}) == (
        "Odd {thing}, counted for Ana and Ben: about 3."
    )
    assert words.card("odd_{thing}")["section"] == "other"
    assert words.order("odd") > words.order("hours")


def test_needs_are_said_plainly_as_whole_words() -> None:
    words: Words = load_words("partner")
    assert words.plainly("30 bids; 12 so far") == "30 times of reaching out; 12 so far"
    assert words.plainly("30 answered bids, forbids") == "30 answers after reaching out, forbids"
