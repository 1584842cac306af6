"""Columns behind the records: a sequence of messages over arrays, and nothing lost on the way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import talk
from nearer.columns import Messages, Texts
from nearer.records import Message, Origin, Reaction
from nearer.sense import sense

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def said(number: int, text: str = "hi", **more: object) -> Message:
    made = Message(f"m{number}", "home", "Ana", AT + timedelta(minutes=number), text, "text", Origin("chat.txt", number))
    return replace(made, **more)  # type: ignore[arg-type]


@given(st.lists(st.text(max_size=8)), st.slices(6))
def test_texts_are_a_list_of_strings(texts: list[str], cut: slice) -> None:
    plain = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]
    made = Texts.of(texts)
    assert list(made) == plain
    assert list(made[cut]) == plain[cut]
    assert [made[i] for i in range(-len(plain), len(plain))] == [plain[i] for i in range(-len(plain), len(plain))]
    assert list(Texts.concat([made, made[1:]])) == plain + plain[1:]


def test_a_lone_surrogate_becomes_a_replacement_mark() -> None:
    assert list(Texts.of(["a\ud83dz"])) == ["a\ufffdz"]


def test_a_text_that_is_not_there_is_an_index_error() -> None:
    for wrong in (2, -3):
        with pytest.raises(IndexError):
            Texts.of(["a", "b"])[wrong]
        with pytest.raises(IndexError):
            Messages.of([said(1), said(2)])[wrong]


def test_records_come_back_from_columns() -> None:
    rows = [said(1), said(2, "", what="media", extra={"media": "photo"}), said(3, edited=True, reply_to="m1", reactions=(Reaction("👍"),))]
    messages = Messages.of(rows)
    assert list(messages) == rows
    assert messages[-1] == rows[-1]
    assert list(messages[1:]) == rows[1:]
    assert messages.row_of("m3") == 2


def test_an_id_is_made_of_the_content_and_equal_ones_are_numbered() -> None:
    messages = Messages.of([said(1), said(1), said(1, "ho"), said(1)])
    ids = replace(messages, given_ids=None, _made={}).ids
    assert ids[1] == f"{ids[0]}.2"
    assert ids[3] == f"{ids[0]}.3"
    assert len(set(ids)) == 4


def test_taking_rows_keeps_ids_senses_and_rare_things() -> None:
    heard = sense(Messages.of([said(1, "thank you so much!"), said(2, reactions=(Reaction("❤️"),)), said(3, edited=True)]))
    taken = heard.take(np.array([2, 0]))
    assert list(taken) == [heard[2], heard[0]]


def test_runs_are_joined_with_their_own_names() -> None:
    one = sense(Messages.of([said(1)]))
    other = sense(Messages.of([said(2, person="Ben", conversation="work", reply_to="m1", origin=Origin("b.txt", 1))]))
    joined = Messages.concat([one, other])
    assert [(m.person, m.conversation, m.origin.file, m.reply_to) for m in joined] == [
        ("Ana", "home", "chat.txt", None),
        ("Ben", "work", "b.txt", "m1"),
    ]
    assert joined.senses is not None
    assert len(Messages.concat([])) == 0
    assert Messages.concat([one, Messages.of([said(2)])]).senses is None


def test_senses_must_be_as_many_as_the_messages() -> None:
    messages = talk("09:00 Ana: hi\n09:01 Ben: ho").messages
    assert messages.senses is not None
    with pytest.raises(ValueError, match="2 rows were heard of 1"):
        messages[:1].with_senses(messages.senses)


def test_a_mask_of_a_stranger_is_empty() -> None:
    messages = talk("09:00 Ana: hi\n09:01 Ben: ho").messages
    assert messages.by("Ben").tolist() == [False, True]
    assert not messages.by("Chloe").any()


def test_no_messages_are_a_sequence_too() -> None:
    assert list(Messages.none()) == []
    assert list(Messages.none()[0:3]) == []
