"""What happened, and what is not seen: lists of quarrels and promises, files with their counts, problems, the ear."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from nearer.columns import Messages
from nearer.records import Ear, Episode, Export, Origin, Point, Problem
from nearer.show._episodes import EARLIER, LATEST, list_of, marks, may_be_listed
from nearer.show._names import Cast
from nearer.show._pictures import ledgers_of, per_cent, strips_of
from nearer.show._quotes import Quotes, pick, wanted
from nearer.show._report import make_report
from nearer.show._seen import LISTED_PROBLEMS, heard_by, seen
from nearer.show._words import load_words
from report_reader import a_finding, a_year, evidence, two

WORDS = load_words("partner")
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def quarrel(number: int, *, what: str = "quarrel", shape: str = "repair") -> Episode:
    at = START + timedelta(days=number)
    return Episode("home", f"home-e{number}", what, shape, 0.1, {}, ("m1", "m2"), at, at + timedelta(hours=1))


def quotes() -> Quotes:
    relationship = two()
    return Quotes.of(relationship.messages, Cast.of(relationship.people, (), me=None), WORDS, hidden=False)


@pytest.mark.parametrize(
    ("count", "latest", "earlier", "more"), [(1, 1, 0, 0), (6, 6, 0, 0), (7, 6, 1, 0), (400, 6, 394, 0), (401, 6, 394, 1)]
)
def test_the_latest_stand_with_messages_and_all_are_counted(count: int, latest: int, earlier: int, more: int) -> None:
    listed = list_of("quarrel", [quarrel(number) for number in range(count)], words=WORDS, quotes=quotes())
    assert listed is not None
    assert (len(listed.latest), len(listed.earlier), listed.more) == (latest, earlier, more)
    assert (LATEST, EARLIER) == (6, 394)
    assert listed.latest[0].day == f"{START + timedelta(days=count - 1):%-d %B %Y}"
    assert len(listed.latest[0].quotes) == 2
    assert listed.latest[0].where == "chat.txt, line 1"


def test_nothing_that_happened_is_no_list_and_an_unknown_end_says_so() -> None:
    assert list_of("quarrel", [], words=WORDS, quotes=quotes()) is None
    listed = list_of("quarrel", [replace(quarrel(1), shape="odd", messages=("gone",))], words=WORDS, quotes=quotes())
    assert listed is not None
    assert (listed.latest[0].ended, listed.latest[0].where) == ("it ended without a word on it", "")


def test_what_one_tells_of_themselves_is_theirs() -> None:
    assert may_be_listed(quarrel(1), both=False)
    assert not may_be_listed(quarrel(1, what="talk"), both=False)
    assert may_be_listed(quarrel(1, what="talk"), both=True)


def test_marks_of_the_ribbon() -> None:
    happened = [quarrel(1), quarrel(2, shape="bad_guy"), quarrel(3, what="good_news", shape="good_news_met")]
    stopped = a_finding("ritual_stopped", since=START)
    assert [mark.lane for mark in marks(happened, [stopped], WORDS)] == ["ritual stopped", "quarrel", "made up", "quarrel", "good news"]


def test_only_what_is_pointed_to_is_taken_out_of_the_columns() -> None:
    relationship, findings, happened = a_year()
    ids = wanted(findings, happened[:3])
    picked = pick(relationship.messages, ids)
    assert {message.id for message in picked} == ids
    assert len(pick(relationship.messages, set())) == 0


def test_a_ledger_holds_every_promise_and_leaves_out_empty_states() -> None:
    series = tuple(Point(float(n), n=n, label=label) for label, n in (("kept", 6), ("late", 0), ("overdue", 2)))
    made = make_report(two(), [a_finding("promises", series=series)], [], incognito=False, about={}, with_help=False)
    [ledger] = ledgers_of(made.told, WORDS)
    assert [(part.says, part.count, part.x, part.width) for part in ledger.parts] == [
        ("kept", 6, "0", "75"),
        ("time passed, not a word", 2, "75", "25"),
    ]
    assert ledger.whole == 8
    empty = make_report(two(), [a_finding("promises", series=(Point(0.0, label="kept"),))], [], incognito=False, about={}, with_help=False)
    assert ledgers_of(empty.told, WORDS) == ()


def test_strips_show_weeks_by_their_days() -> None:
    series = (Point(0.7, label="5 of 7", since=START), Point(0.2, label="0 of 7", since=START), Point(0.4, label="odd", since=None))
    made = make_report(two(), [a_finding("ritual_night", series=series)], [], incognito=False, about={}, with_help=False)
    [strip] = strips_of(made.told, ["ritual_night"])
    assert [cell.full for cell in strip.cells] == ["0.7", "0", "0.4"]
    assert (strip.since, strip.until) == ("Jan 2026", "")
    assert strips_of(made.told, ["ritual_morning"]) == ()


def test_places_in_pictures_are_short_and_always_the_same() -> None:
    assert [per_cent(value) for value in (0.0, 12.34, 12.0, 100.0)] == ["0", "12.3", "12", "100"]


# ------------------------------------------------------------------------------------------------------------------- what is not seen


def test_files_are_listed_with_all_counts_and_what_they_cannot_hold() -> None:
    export = Export("a\u202e.txt", "whatsapp", 10, 6, 1, 2, 1, cannot_carry=("reactions", "odd_thing"), notes=("read as Ana",))
    relationship = two(exports=(export,))
    [file] = seen(relationship, [], words=WORDS, cast=Cast.of(relationship.people, (), me=None)).files
    assert file.name == "a⟨U+202E⟩.txt"
    assert list(file.counts.values()) == [6, 2, 1, 1, 10]
    assert file.cannot_carry == "reactions, odd thing"
    assert file.notes == ("read as \u2068Ana\u2069",)


@pytest.mark.parametrize(("count", "listed"), [(0, 0), (LISTED_PROBLEMS, LISTED_PROBLEMS), (LISTED_PROBLEMS + 1, LISTED_PROBLEMS)])
def test_problems_are_all_counted_and_the_first_ones_listed(count: int, listed: int) -> None:
    problems = tuple(Problem("bad_date", "no such day", Origin("chat.txt", line)) for line in range(count))
    found = seen(two(problems=problems), [], words=WORDS, cast=Cast.of(("Ana", "Ben"), (), me=None))
    assert (len(found.problems), found.problem_total, found.problems_left) == (listed, count, count - listed)
    assert found.problem_counts == ((("bad date", count),) if count else ())
    if count:
        assert found.problems[0] == ("bad date", "chat.txt", "no such day")
        assert found.problems[1][1] == "chat.txt, line 1"


def test_which_ear_heard_is_said_and_how_many_it_did_not_hear() -> None:
    relationship, _, _ = a_year()
    coverage = "based on 9 messages of Ana and Ben, text only, 2 weeks; calls not seen; 12 messages were not heard"
    assert heard_by(relationship.messages, [a_finding(person=None, coverage=coverage)], WORDS) == [
        WORDS.table["seen"]["no_ear"],
        "Languages heard in the messages quoted here: en.",
        "Not heard (another language, too short to tell, or without an answer of the ear): 12 messages. They are in no count of what was said.",
    ]
    assert relationship.messages.senses is not None
    heard = relationship.messages.with_senses(replace(relationship.messages.senses, ear=Ear("swift", "1.0", "0" * 64)))
    assert heard_by(heard, [], WORDS)[0] == "Heard by swift, version 1.0."
    assert heard_by(heard, [a_finding(coverage=coverage)], WORDS)[-1] == WORDS.table["seen"]["error"]
    assert heard_by(replace(heard, senses=None), [], WORDS) == [WORDS.table["seen"]["not_sensed"]]


def test_no_messages_have_no_languages() -> None:
    none = pick(a_year()[0].messages, set())
    assert isinstance(none, Messages)
    assert np.asarray(none.time).size == 0
    assert heard_by(none, [], WORDS) == [WORDS.table["seen"]["no_ear"]]
    assert evidence("m1")[0].id == "m1"
