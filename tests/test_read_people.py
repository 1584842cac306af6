"""Who is who: --same, --me and names that only look alike."""

from datetime import UTC, datetime

import pytest

from nearer.columns import Messages
from nearer.errors import UnknownName, UsageError
from nearer.read._people import find_me, look_alikes, name_table, parse_same, rename
from nearer.records import Message, Origin, Reaction

PHONE = "+44 20 7946 0000"


def test_same_is_read_from_the_command_line() -> None:
    assert parse_same(f"Ana={PHONE},ana@example.org") == {"Ana": (PHONE, "ana@example.org")}
    assert parse_same("Ana=A; Ben=B,C;Ana=D") == {"Ana": ("A", "D"), "Ben": ("B", "C")}


@pytest.mark.parametrize("text", ["", ";", "Ana", "Ana=", "=x", "Ana=,", "Ana=x;Ben"])
def test_what_is_not_same_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="--same"):
        parse_same(text)


def test_names_are_found_without_case_width_marks_or_the_spaces_of_a_number() -> None:
    people = ["\u202a+44\u00a020\u00a07946\u00a00000\u202c", "ANA@example.org", "Ben"]
    table = name_table(people, {"Ana": [PHONE, "ana@example.org"]})
    assert table == {people[0]: "Ana", people[1]: "Ana"}


def test_one_alias_that_nobody_wrote_under_is_fine_but_not_all_of_them() -> None:
    assert name_table(["+441", "Ben"], {"Ana": ["+441", "+442"]}) == {"+441": "Ana"}
    with pytest.raises(UnknownName, match=r"Ben"):
        name_table(["Ben"], {"Ana": ["+441"]})


def test_one_name_cannot_be_two_people() -> None:
    with pytest.raises(UsageError, match="two people"):
        name_table(["x"], {"Ana": ["x"], "Ben": ["x"]})


def test_renaming_joins_people_and_reactions_and_leaves_ids() -> None:
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    rows = [
        Message("1", "home", "+441", at, "hi", "text", Origin("a", 1), reactions=(Reaction("❤", "Ana B"),)),
        Message("2", "home", "Ana", at, "ho", "text", Origin("a", 2)),
        Message("3", "home", "Ben", at, "hm", "text", Origin("a", 3)),
    ]
    renamed = rename(Messages.of(rows), {"+441": "Ana", "Ana B": "Ana"})
    assert [m.person for m in renamed] == ["Ana", "Ana", "Ben"]
    assert renamed.people == ("Ana", "Ben")
    assert renamed[0].reactions == (Reaction("❤", "Ana"),)
    assert list(renamed.ids) == ["1", "2", "3"]


def test_me_is_found_and_a_stranger_is_told_who_there_is() -> None:
    assert find_me("ana", ["Ben", "Ana"]) == "Ana"
    with pytest.raises(UnknownName, match="Ana, Ben"):
        find_me("Chloe", ["Ben", "Ana"])
    with pytest.raises(UnknownName):
        find_me("ANA", ["Ana", "ana"])


@pytest.mark.parametrize(
    ("one", "other"), [("Ana", "Аnа"), ("Ben", "Βen"), ("Chloé", "Chloe"), ("Ana", "Ana ❤️"), ("Ana", "Ａｎａ"), ("Ben", "ben")]
)
def test_names_that_look_alike_are_told(one: str, other: str) -> None:
    assert look_alikes([one, other, "Delta"]) == [tuple(sorted((one, other)))]


def test_names_that_do_not_look_alike_are_not_told() -> None:
    assert look_alikes(["Ana", "Anna", "Ben", "Benn", "❤️", "🌞", ""]) == []
