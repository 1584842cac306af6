"""The records, the tree of errors, the parts and the public names."""

from datetime import UTC, datetime

import pytest

import nearer
from conversation import an_ear, talk
from nearer import errors
from nearer.errors import NearerError
from nearer.parts import load_parts
from nearer.records import ActErrors, from_microseconds, to_microseconds


def test_time_is_exact_to_the_microsecond_and_knows_its_clock() -> None:
    time = datetime(2026, 3, 29, 1, 30, 0, 7, tzinfo=UTC)
    there = from_microseconds(to_microseconds(time), tz="Europe/Berlin")
    assert there == time
    assert there.isoformat() == "2026-03-29T03:30:00.000007+02:00"


def test_the_other_one_of_two() -> None:
    relationship = talk("09:00 Ana: hi\n09:01 Ben: ho\n09:02 Chloe: hey")
    assert (relationship.other("Ana"), relationship.other("Ben")) == ("Ben", "Ana")
    for stranger in ("Chloe", "Zoe"):
        with pytest.raises(ValueError, match=stranger):
            relationship.other(stranger)


def test_messages_with_an_act_and_by_whom() -> None:
    relationship = talk("09:00 Ana: look! #bid_connect\n09:01 Ben: wow #celebrate\n09:02 Ana: and here #bid_connect")
    assert [message.text for message in relationship.with_act("bid_connect", by="Ana")] == ["look!", "and here"]
    assert list(relationship.with_act("bid_connect", by="Ben")) == []
    assert next(relationship.with_act("celebrate", by="Ben")).has_act("celebrate")


def test_conversations_come_in_their_order() -> None:
    relationship = talk("home| 09:00 Ana: hi\nwork| 09:01 Ben: ho\nhome| 09:02 Ben: hm")
    assert [(c.name, len(c.messages)) for c in relationship.conversations()] == [("home", 2), ("work", 1)]


def test_errors_of_an_act_that_was_never_labelled_are_nought() -> None:
    assert ActErrors(0, 0, 0, 0).sensitivity == 0.0
    assert ActErrors(0, 0, 0, 0).specificity == 0.0
    assert ActErrors(3, 1, 2, 8).sensitivity == 0.75
    assert ActErrors(3, 1, 2, 8).specificity == 0.8


def test_a_setting_that_was_not_measured_falls_back_to_all() -> None:
    ear = an_ear(0.8, 0.9)
    assert ear.of("blame", setting="brand") == ear.of("blame", setting="all")
    assert ear.of("dance", setting="all") is None


def test_every_error_stands_in_the_tree_with_its_exit_code() -> None:
    tree = errors.__doc__ or ""
    for name, error in vars(errors).items():
        if isinstance(error, type) and issubclass(error, NearerError):
            assert name in tree
            assert error.exit_code in {1, 2, 3, 4}
            assert error.__doc__


def test_a_part_that_lacks_a_fixed_name_fails_loudly() -> None:
    assert set(load_parts("read", needs=("identify", "read"))) >= {"table", "telegram"}
    with pytest.raises(AttributeError, match=r"table.*lacks no_such_name"):
        load_parts("read", needs=("no_such_name",))


def test_the_public_names_are_there_and_no_others() -> None:
    assert len(nearer.__all__) <= 16
    assert nearer.__all__ == sorted(nearer.__all__)
    for name in nearer.__all__:
        assert getattr(nearer, name) is not None
    with pytest.raises(AttributeError, match="dance"):
        getattr(nearer, "dance")  # noqa: B009 - what a typing error does
