"""The door of the room: every golden pair, choosing a reader, a conversation, a person; limits and maps from the command line."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from nearer import read as room
from nearer.columns import Messages
from nearer.errors import ChoiceNeeded, UnknownFormat, UnknownName, Unreadable, UsageError
from nearer.read import Limits, Settings, find_reader, parse_columns, parse_limits, read, stream, survey, without_system
from nearer.read._people import alike_note
from nearer.records import Export, Problem
from nearer.stream import to_rows

GOLDEN = Path(__file__).parent / "golden"
PAIRS = sorted(path.name for path in GOLDEN.glob("*.expected") if path.name.startswith(("telegram_", "table_", "whatsapp_")))
BERLIN = Settings(tz="Europe/Berlin")


def as_lines(path: Path, settings: Settings) -> list[str]:
    """Return what a golden file holds: messages, problems and the export, one JSON object a line."""
    rows: list[dict[str, Any]] = []
    for item in stream(path, settings=settings):
        if isinstance(item, Messages):
            rows.extend(to_rows(item))
        else:
            name = "problem" if isinstance(item, Problem) else "export"
            rows.append({name: json.loads(orjson.dumps(item))})
    return [json.dumps(row, ensure_ascii=False) for row in rows]


@pytest.mark.parametrize("pair", PAIRS)
def test_a_golden_export_is_read_as_expected(pair: str) -> None:
    expected = (GOLDEN / pair).read_text("utf-8").splitlines()
    assert as_lines(GOLDEN / pair.removesuffix(".expected"), BERLIN) == expected


def test_there_are_golden_pairs_of_every_reader() -> None:
    assert {pair.partition("_")[0] for pair in PAIRS} == {"telegram", "table", "whatsapp"}


Write = Callable[..., Path]


@pytest.fixture
def chat(tmp_path: Path) -> Write:
    """Write a table of (who, what) or (who, what, conversation), a minute apart."""

    def write(*said: tuple[str, ...], name: str = "chat.csv", start: datetime = datetime(2026, 3, 1, 9, tzinfo=UTC)) -> Path:
        path = tmp_path / name
        rows = ["time,person,text,conversation"]
        rows += [f"{(start + timedelta(minutes=n)).isoformat()},{','.join((*one, 'home')[:3])}" for n, one in enumerate(said)]
        path.write_text("\n".join(rows) + "\n", "utf-8")
        return path

    return write


def test_people_are_those_who_wrote_most_first_unless_me_is_given(chat: Write) -> None:
    path = chat(("Ana", "hi"), ("Ben", "ho"), ("Ben", "hm"))
    assert read([path], settings=BERLIN).people == ("Ben", "Ana")
    relationship = read([path], settings=BERLIN, me="ana", kind="friend", both=True)
    assert (relationship.people, relationship.me) == (("Ana", "Ben"), "Ana")
    assert (relationship.kind, relationship.both, relationship.tz) == ("friend", True, "Europe/Berlin")


def test_an_unknown_me_is_told_who_there_is(chat: Write) -> None:
    path = chat(("Ana", "hi"), ("Ben", "ho"))
    with pytest.raises(UnknownName, match="Ana, Ben"):
        read([path], settings=BERLIN, me="Chloe")
    with pytest.raises(UnknownName, match="Ana, Ben"):
        survey(path, settings=BERLIN, me="Chloe")


def test_conversations_with_different_people_need_a_choice(chat: Write) -> None:
    path = chat(("Ana", "hi", "Ben"), ("Ben", "ho", "Ben"), ("Ana", "hi", "Chloe"), ("Chloe", "ho", "Chloe"), ("Ana", "?", "Chloe"))
    with pytest.raises(ChoiceNeeded) as needed:
        read([path], settings=BERLIN)
    assert (needed.value.option, needed.value.choices) == ("--chat", ("Chloe", "Ben"))
    with pytest.raises(ChoiceNeeded):
        survey(path, settings=BERLIN)
    assert list(read([path], settings=BERLIN, chat="chl").messages.text) == ["hi", "ho", "?"]
    assert len(read([path], settings=BERLIN, kind="brand").messages) == 5


def test_a_choice_names_twenty_conversations_at_most(chat: Write) -> None:
    path = chat(*((f"P{n}", "hi", f"C{n}") for n in range(30)))
    with pytest.raises(ChoiceNeeded) as needed:
        read([path], settings=BERLIN)
    assert len(needed.value.choices) == 20


def test_a_choice_must_fit_exactly_one(chat: Write) -> None:
    path = chat(("Ana", "hi", "work"), ("Ben", "ho", "work and play"), ("Chloe", "x", "sea"))
    assert len(read([path], settings=BERLIN, chat="work").messages) == 1
    with pytest.raises(ChoiceNeeded):
        read([path], settings=BERLIN, chat="wor")
    with pytest.raises(UnknownName, match="sea"):
        read([path], settings=BERLIN, chat="moon")


def test_two_conversations_of_the_same_people_are_one_relationship(chat: Write) -> None:
    path = chat(("Ana", "1", "home"), ("Ben", "2", "work"), ("Ben", "3", "home"), ("Ana", "4", "work"))
    assert [m.text for m in read([path], settings=BERLIN).messages] == ["1", "3", "2", "4"]


def test_two_exports_become_one_under_one_name(chat: Write) -> None:
    one = chat(("Ana", "a first long sentence"), ("Ben", "a second one"), name="a.csv")
    two = chat(("+44 20 7946", "a first long sentence"), ("Ben", "a second one"), ("+44 20 7946", "and a third"), name="b.csv")
    assert len(read([one, two], settings=BERLIN).people) == 3
    relationship = read([one, two], settings=BERLIN, same={"Ana": ["+44207946"]})
    assert relationship.people == ("Ana", "Ben")
    assert len(relationship.messages) == 3
    assert len(relationship.exports) == 2


def test_names_that_look_alike_are_noted_and_not_merged(chat: Write) -> None:
    relationship = read([chat(("Ana", "hi"), ("Аna", "ho"))], settings=BERLIN)
    assert len(relationship.people) == 2
    assert alike_note("Ana", "Аna") in relationship.exports[-1].notes


def test_system_lines_are_left_out_unless_asked_for() -> None:
    path = GOLDEN / "telegram_single.json"
    assert all(m.what != "system" for m in read([path], settings=BERLIN).messages)
    whole = read([path], settings=BERLIN, with_system=True)
    assert sum(m.what == "system" for m in whole.messages) == 1
    assert "" not in whole.people
    assert len(without_system(whole.messages)) == len(whole.messages) - 1


def test_survey_says_what_read_says_without_the_messages() -> None:
    path = GOLDEN / "telegram_single.json"
    seen, whole = survey(path, settings=BERLIN), read([path], settings=BERLIN)
    assert (seen.people, seen.exports, seen.problems, len(seen.messages)) == (whole.people, whole.exports, whole.problems, 0)


def test_ids_are_the_same_in_any_chunks_and_in_one_piece(chat: Write, tmp_path: Path) -> None:
    path = chat(("Ana", "x"), ("Ben", "y"))
    again = tmp_path / "equal.csv"
    head, *rows = path.read_text().splitlines()
    again.write_text("\n".join([head, *[rows[0]] * 5, rows[1], rows[0]]))
    whole = read([again], settings=BERLIN).messages
    for size in (1, 2, 3, 100):
        chunks = [item for item in stream(again, settings=Settings(tz="UTC", rows=size)) if isinstance(item, Messages)]
        assert sorted(i for chunk in chunks for i in chunk.ids) == sorted(whole.ids)
        assert max(map(len, chunks)) <= size


def test_the_export_comes_last_and_once(chat: Write) -> None:
    items = list(stream(chat(("Ana", "hi")), settings=BERLIN))
    assert [isinstance(item, Export) for item in items] == [False, True]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "noise.bin").write_bytes(b"\x00\x01\x02 nothing")
    with pytest.raises(Unreadable, match="no such file"):
        find_reader(tmp_path / "gone.json")
    with pytest.raises(Unreadable, match="empty"):
        find_reader(tmp_path / "empty.json")
    with pytest.raises(UnknownFormat, match="telegram"):
        find_reader(tmp_path / "noise.bin")
    with pytest.raises(UsageError):
        read([], settings=BERLIN)


def test_only_the_first_problems_go_along_and_all_are_counted(chat: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PROBLEMS_KEPT", 3)
    path = chat(("Ana", "hi"), *[("", "nobody")] * 5)
    relationship = read([path], settings=BERLIN)
    assert (len(relationship.problems), relationship.exports[0].problems) == (3, 5)


def test_limits_are_read_from_the_command_line() -> None:
    assert parse_limits(["line_bytes=100", "people = 7"]) == Limits(line_bytes=100, people=7)
    assert parse_limits([]) == Limits()
    assert {bound.name for bound in fields(Limits)} == set(Limits.__dataclass_fields__)


@pytest.mark.parametrize(
    "text", ["line_bytes", "line_bytes=", "line_bytes=-1", "line_bytes=1.5", "line_bytes=0", "line_bytes=²", "line_bytes=" + "9" * 21]
)
def test_a_limit_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--limit"):
        parse_limits([text])


def test_an_unknown_limit_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="json_depth"):
        parse_limits(["lines=3"])


def test_a_map_is_read_from_the_command_line() -> None:
    assert parse_columns("text=body, time=created,person=author") == {"text": "body", "time": "created", "person": "author"}


@pytest.mark.parametrize("text", ["", "text", "text=", "=x", "text=a,text=b", "text=a,,"])
def test_a_map_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--map"):
        parse_columns(text)
