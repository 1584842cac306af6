"""Third persons of a group: numbers instead of names in every form, unless one asks for the names (safety.md, rule 7)."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conversation import talk
from nearer.records import Episode, Export, Origin, Problem, Relationship
from nearer.show import FORMS, show
from nearer.show._hide import without_others
from nearer.show._names import Cast
from report_reader import a_finding, both_ways, evidence

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
SAID = "2026-03-01 09:00 Ana: hi @Quorinda and Quorinda\n09:01 Ben: yes\n09:02 Quorinda: me too\n09:03 Zanzel: and me"


def a_group(people: tuple[str, ...] = ("Ana", "Ben", "Quorinda", "Zanzel"), said: str = SAID) -> Relationship:
    made = talk(said, people=people)
    return replace(
        made,
        exports=(Export("chat.txt", "whatsapp", 4, 4, 0, 0, 0, notes=("Zanzel and Quorinda are written almost alike",)),),
        problems=(Problem("odd", "Zanzel wrote in a strange way", Origin("chat.txt", 3)),),
    )


def shown(form: str, *, name_others: bool = False, incognito: bool = False) -> str:
    group = a_group()
    ids = list(group.messages.ids)
    findings = [
        *both_ways("accessible", coverage="based on 4 messages; Zanzel left out", evidence=evidence(*ids, why="Quorinda was there"))
    ]
    quarrel = Episode("home", "home-e1", "quarrel", "repair", 1.0, {"presses": "Zanzel", "attacks": "both"}, tuple(ids), AT, AT)
    return show(group, findings, [quarrel], form=form, name_others=name_others, incognito=incognito)


@pytest.mark.parametrize("form", FORMS)
def test_others_have_numbers_and_the_two_their_names(form: str) -> None:
    text = shown(form)
    assert "Zanzel" not in text
    assert text.count("Quorinda") == (0 if form == "text" else text.count("and Quorinda"))
    assert "Ana" in text
    assert "Ben" in text
    assert "have numbers instead of names" in text


@pytest.mark.parametrize("form", FORMS)
def test_with_the_switch_they_keep_their_names(form: str) -> None:
    text = shown(form, name_others=True)
    assert "have numbers instead of names" not in text
    assert ("Zanzel" in text) is (form != "text")


def test_incognito_goes_before_the_switch() -> None:
    text = shown("html", name_others=True, incognito=True)
    assert "Zanzel" not in text
    assert "Ana" not in text


def test_a_mention_is_masked_and_a_word_that_is_like_a_name_stays() -> None:
    group = a_group(("Ana", "Ben", "Will"), "2026-03-01 09:00 Ana: Will you ask @Will or @\u2068Will\u2069, not @Willow?\n09:01 Will: ok")
    masked, _, _ = without_others(group, [], [], cast=Cast.of(group.people, (), me=None))
    assert masked.messages.text[0] == "Will you ask @Person 3 or @\u2068Person 3\u2069, not @Willow?"
    assert list(masked.messages.ids) == list(group.messages.ids)
    assert masked.people == ("Ana", "Ben", "Person 3")


def test_nobody_gets_the_number_of_somebody_who_is_called_so() -> None:
    cast = Cast.of(("Ana", "Person 3", "Chloe", "Person 4"), (), me=None)
    masked, [finding], _ = without_others(a_group(cast.raw), [a_finding(person="Person 3", coverage="Chloe")], [], cast=cast)
    assert masked.people == ("Ana", "Person 3", "Person 5", "Person 6")
    assert (finding.person, finding.coverage) == ("Person 3", "Person 5")


def test_parts_and_ids_of_an_episode_stay_and_strangers_have_no_name() -> None:
    roles = {"presses": "Ana", "attacks": "both", "x": "Chloe", "y": "a stranger"}
    episode = Episode("home", "home-e1", "quarrel", "none", 1.0, roles, ("m1",), AT, AT)
    group = a_group(("Ana", "Ben", "Chloe"))
    _, _, [masked] = without_others(group, [], [episode], cast=Cast.of(group.people, (), me=None))
    assert masked == replace(episode, roles={"presses": "Ana", "attacks": "both", "x": "Person 3", "y": "Person"})


def test_two_people_stay_as_they_are() -> None:
    group = a_group(("Ana", "Ben"), "2026-03-01 09:00 Ana: hi @Chloe")
    assert without_others(group, [], [], cast=Cast.of(group.people, (), me=None))[0] is group
    assert json.loads(show(group, [], [], form="json"))["people"] == ["Ana", "Ben"]


def test_the_one_who_opened_it_may_be_of_the_two_or_nobody() -> None:
    group = replace(a_group(), me="Ana")
    cast = Cast.of(group.people, (), me="Ana")
    assert without_others(group, [], [], cast=cast)[0].me == "Ana"
    assert without_others(replace(group, me="Zanzel"), [], [], cast=cast)[0].me == "Person 4"
