"""Simulated messages as exports of WhatsApp and Telegram: the readers give back what was written."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from nearer import read
from nearer.columns import Messages
from nearer.read import Settings
from nearer.simulate import Plan, load_plan, simulate, write_telegram, write_whatsapp
from nearer.simulate._exports import MEDIA, MISSED_CALL, NOTICE
from nearer.simulate._plan import Habits, Quarrels

BERLIN = "Europe/Berlin"


@pytest.fixture(scope="module")
def messages() -> Messages:
    return simulate(replace(load_plan("example"), calls=2.0), seed=3).relationship.messages


def as_whatsapp(messages: Messages, folder: Path) -> Path:
    path = folder / "WhatsApp Chat with Ben.txt"
    path.write_text(write_whatsapp(messages), encoding="utf-8", newline="")
    return path


def as_telegram(messages: Messages, folder: Path) -> Path:
    path = folder / "result.json"
    path.write_bytes(write_telegram(messages))
    return path


@pytest.mark.parametrize("write", [as_whatsapp, as_telegram])
def test_what_is_written_is_read_back(write: Callable[[Messages, Path], Path], messages: Messages, tmp_path: Path) -> None:
    """Person, minute, text, what and order; and since times are whole minutes, the same ids: truth can be looked up in what was read."""
    found = read.read([write(messages, tmp_path)], settings=Settings(tz=BERLIN))
    assert found.people == ("Ana", "Ben")
    assert found.problems == ()
    both = zip(messages, found.messages, strict=True)
    assert all((a.person, a.time, a.text, a.what) == (b.person, b.time, b.text, b.what) for a, b in both)
    assert list(found.messages.ids) == list(messages.ids)
    assert {"text", "media", "call"} == {message.what for message in found.messages}
    assert any("\n" in text for text in found.messages.text)


@pytest.mark.parametrize("start", [date(2025, 3, 28), date(2025, 10, 24)])
def test_order_comes_back_over_the_nights_on_which_the_clocks_change(start: date, tmp_path: Path) -> None:
    late = (Habits(wakes="18:00"), Habits(wakes="17:00"))
    made = simulate(Plan(habits=late, days=5, messages_per_day=60.0, quarrels=Quarrels(0)), seed=3, start=start).relationship.messages
    for write in (as_whatsapp, as_telegram):
        found = read.read([write(made, tmp_path)], settings=Settings(tz=BERLIN)).messages
        assert [message.text for message in found] == list(made.text)
        assert sum(a != b for a, b in zip(found.time.tolist(), made.time.tolist(), strict=True)) <= (0 if write is as_telegram else 60)


def test_a_whatsapp_text_begins_with_the_notice_and_says_what_it_cannot_hold(messages: Messages) -> None:
    lines = write_whatsapp(messages).split("\n")
    assert lines[0].endswith(NOTICE)
    assert lines[0].startswith("01/03/2025, 07:")
    assert sum(line.endswith(f": {MEDIA}") for line in lines) == sum(message.what == "media" for message in messages) > 0
    assert sum(line.endswith(f": {MISSED_CALL}") for line in lines) == sum(message.what == "call" for message in messages) > 0


def test_a_telegram_chat_has_numbers_names_and_unix_times(messages: Messages) -> None:
    chat = json.loads(write_telegram(messages[:40]))
    assert chat["type"] == "personal_chat"
    assert [row["id"] for row in chat["messages"]] == list(range(1, 41))
    assert {row.get("from", row.get("actor")) for row in chat["messages"]} == {"Ana", "Ben"}
    assert int(chat["messages"][0]["date_unixtime"]) == int(messages[0].time.timestamp())


def test_no_messages_make_an_empty_export() -> None:
    assert write_whatsapp(Messages.none()) == ""
    assert json.loads(write_telegram(Messages.none()))["messages"] == []
