"""Incognito: no name, no word, no file and no conversation in any form, wherever a name may stand."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from nearer.records import Episode, Evidence, Export, Origin, Point, Problem
from nearer.show import FORMS, show
from nearer.show._hide import hide
from nearer.show._names import Cast
from report_reader import a_finding, a_report, a_year, cannot, evidence, two

SECRETS = ("Quorinda", "Bembelo", "quillfish", "vexbox.txt", "wozroom", "Zanzel")
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def everywhere(form: str) -> str:
    """Show a relationship that names its secrets in every place that can hold a string."""
    relationship = two(people=("Quorinda", "Bembelo"), text="the quillfish swims")
    messages = replace(relationship.messages, files=("vexbox.txt",), conversations=("wozroom",), people=("Quorinda", "Zanzel"))
    relationship = replace(
        relationship,
        me="Quorinda",
        messages=messages,
        exports=(Export("vexbox.txt", "whatsapp", 3, 2, 0, 0, 1, notes=("Zanzel and Bembelo are one person",)),),
        problems=(Problem("bad_date", "Quorinda wrote quillfish", Origin("vexbox.txt", 3)),),
    )
    names = {"person": "Bembelo", "toward": "Quorinda"}
    findings = [
        a_finding(
            **names,
            unit="messages of Bembelo",
            coverage="based on 2 messages of Quorinda and Bembelo",
            evidence=evidence("m1", why="Bembelo opened"),
            against=(Evidence("m2", "Zanzel opened"),),
            sensitivity=({"setting": "without Bembelo", "value": 0.8},),
            series=(Point(1.0, label="Quorinda"),),
        ),
        cannot("engaged", **names, needs="more messages of Bembelo"),
    ]
    episode = Episode("wozroom", "wozroom-e1", "quarrel", "repair", 0.5, {"presses": "Bembelo", "x": "Zanzel"}, ("m1", "m2"), AT, AT)
    promise = replace(episode, episode="wozroom-e2", what="promise", shape="promise_kept")
    return show(relationship, findings, [episode, promise], form=form, incognito=True)


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_leaves(form: str) -> None:
    shown = everywhere(form)
    assert "Person 1" in shown
    for secret in SECRETS:
        assert secret.casefold() not in shown.casefold(), secret


@pytest.mark.parametrize("form", FORMS)
def test_a_year_keeps_no_word_of_its_messages(form: str) -> None:
    shown = a_report(form, incognito=True)
    for word in ("Ana", "Ben", "depot", "plumber", "chat.txt", "home-e1", "dates read as"):
        assert word not in shown, word


def test_the_numbers_stay() -> None:
    plain, hidden = (json.loads(a_report("json", incognito=incognito)) for incognito in (False, True))
    assert [row.get("value") for row in plain["findings"]] == [row.get("value") for row in hidden["findings"]]
    assert len(plain["episodes"]) == len(hidden["episodes"])
    assert {row["text"] for row in hidden["messages"]} == {None}


def test_ids_are_numbered_anew_and_still_lead_to_their_messages() -> None:
    document = json.loads(everywhere("json"))
    ids = {row["id"] for row in document["messages"]}
    assert ids == {"message 1", "message 2"}
    assert {found["id"] for row in document["findings"] for found in (*row["evidence"], *row["against"])} <= ids


def test_how_many_notes_the_reader_had_is_still_told() -> None:
    assert "1 notes of the reader are hidden in this copy." in everywhere("html")


def test_names_of_the_two_and_of_others_get_their_own_numbers() -> None:
    relationship = two(people=("Ana", "Ben"))
    cast = Cast.of(("Ana", "Ben"), ("Chloe",), me=None)
    shown, findings, _ = hide(relationship, [a_finding(coverage="Chloe, Ana and Ben; Anabel")], [], cast=cast)
    assert shown.people == ("Person 1", "Person 2")
    assert findings[0].coverage == "Person 3, Person 1 and Person 2; Anabel"
    assert (findings[0].person, findings[0].toward) == ("Person 2", "Person 1")


def test_an_empty_name_is_a_person_too() -> None:
    relationship, findings, happened = a_year()
    nameless = replace(relationship, people=("", "Ben"))
    assert "Person 1" in show(nameless, [a_finding(person="")], happened, form="json", incognito=True)
    assert findings
