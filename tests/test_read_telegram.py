"""Telegram: written and read back, hostile files, single chats and full accounts."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nearer.columns import Messages
from nearer.errors import ReaderError, TooLarge, Unreadable
from nearer.read import Limits, Settings, read, stream, survey
from nearer.read import telegram as part
from nearer.read._json_stream import BLOCK_BYTES
from nearer.records import Export, Message, Problem

NINE = 1_772_352_000  # 2026-03-01 08:00 in UTC
UTC_SETTINGS = Settings()


def said(number: int, who: str | None = "Ana", text: Any = "hi", **more: Any) -> dict[str, Any]:
    return {"id": number, "type": "message", "date_unixtime": str(NINE + number), "from": who, "from_id": f"user{who}", "text": text} | more


def chat(messages: Sequence[Any], **more: Any) -> dict[str, Any]:
    return {"name": "Ben", "type": "personal_chat", "id": 7, "messages": list(messages)} | more


def account(*chats: dict[str, Any], left: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    return {
        "about": "all",
        "personal_information": {"user_id": 1, "first_name": "Ana", "last_name": "", "bio": "x"},
        "contacts": {"about": "", "list": [{"first_name": "messages", "messages": [1, {"list": []}]}]},
        "chats": {"about": "", "list": list(chats)},
        "left_chats": {"about": "", "list": list(left)},
    }


def put(folder: Path, content: object, *, name: str = "result.json", indent: int | None = 1) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content, indent=indent).encode())
    return path


def taken(path: Path, chosen: Settings = UTC_SETTINGS) -> tuple[list[Message], list[Problem], Export]:
    messages: list[Message] = []
    problems: list[Problem] = []
    exports: list[Export] = []
    for item in stream(path, settings=chosen):
        if isinstance(item, Messages):
            messages.extend(item)
        elif isinstance(item, Problem):
            problems.append(item)
        else:
            exports.append(item)
    assert len(exports) == 1
    return messages, problems, exports[0]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    rows=st.lists(st.tuples(st.sampled_from(["Ana", "Ben", 'Ch"lo\\e']), st.integers(0, 2**32), WORDS, st.booleans()), max_size=12),
    indent=st.sampled_from([None, 1, 4]),
)
def test_what_is_written_is_read(
    rows: list[tuple[str, int, str, bool]], indent: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("telegram")
    written = [
        said(n, who, [text[:3], {"type": "bold", "text": text[3:]}] if parted else text) | {"date_unixtime": str(at)}
        for n, (who, at, text, parted) in enumerate(rows)
    ]
    messages, problems, export = taken(put(folder, chat(written), indent=indent))
    assert [(m.person, int(m.time.timestamp()), m.text) for m in messages] == [(who, at, text) for who, at, text, _ in rows]
    assert problems == []
    assert export.messages == len(rows)


@pytest.mark.parametrize("indent", [None, 1])
def test_lines_point_to_where_a_message_begins(tmp_path: Path, indent: int | None) -> None:
    path = put(tmp_path, chat([said(n, text=f"text {n}\n}}]{{[\\") for n in range(9000)]), indent=indent)
    lines = path.read_text().split("\n")
    messages, _, export = taken(path)
    assert path.stat().st_size > BLOCK_BYTES
    assert export.lines == len(lines)
    assert len(messages) == 9000
    if indent:
        assert all(lines[m.origin.line - 1].strip() == "{" for m in messages)
        assert all(f'"id": {n},' in lines[m.origin.line] for n, m in enumerate(messages))
    else:
        assert {m.origin.line for m in messages} == {1}


def test_blocks_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, account(chat([said(1, text='a "quoted\\" }] text'), said(2)]), chat([said(3, "Ben")], name="Chloe")))
    whole = taken(path)
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr("nearer.read._json_stream.BLOCK_BYTES", size)
        assert taken(path) == whole


def test_an_account_holds_chats_and_left_chats(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        account(
            chat([said(1), said(2, "Ben")]),
            chat([said(1, "Ben"), said(3, reply_to_message_id=2)], id=8),
            chat([said(4)], name=None, type="saved_messages"),
            chat([], name="Delta"),
            left=[chat([said(5, None, from_id="user9")], name=None, id=9)],
        ),
    )
    messages, problems, export = taken(path)
    assert problems == []
    assert [m.conversation for m in messages] == ["Ben", "Ben", "Ben (8)", "Ben (8)", "Saved Messages", "Deleted account 9"]
    assert messages[3].reply_to is None
    assert any("not in this export: 1" in note for note in export.notes)
    assert messages[-1].person == "Deleted account 9"


def test_the_owner_of_an_account_is_me(tmp_path: Path) -> None:
    path = put(tmp_path, account(chat([said(1, "Ben"), said(2, "Ben"), said(3, "Ana")])))
    assert read([path], settings=UTC_SETTINGS).me == "Ana"
    assert survey(path, settings=UTC_SETTINGS).people == ("Ana", "Ben")
    assert read([path], settings=UTC_SETTINGS, me="Ben").me == "Ben"
    assert read([put(tmp_path, chat([said(1)]), name="single.json")], settings=UTC_SETTINGS).me is None


def test_a_folder_with_its_result_is_an_export(tmp_path: Path) -> None:
    put(tmp_path, chat([said(1)]))
    assert part.identify(tmp_path)
    assert len(read([tmp_path], settings=UTC_SETTINGS).messages) == 1
    assert not part.identify(tmp_path / "nowhere")


def test_two_accounts_of_one_name_stay_two_people(tmp_path: Path) -> None:
    path = put(tmp_path, chat([said(1, "Ana", from_id="user1"), said(2, "Ana", from_id="user2"), said(3, "Ana", from_id="user1")]))
    assert [m.person for m in taken(path)[0]] == ["Ana", "Ana (user2)", "Ana"]


def test_a_reply_holds_our_id_over_chunks_and_equal_messages(tmp_path: Path) -> None:
    rows = [said(n, date_unixtime=str(NINE), text="same") for n in range(1, 6)]
    rows += [said(6, reply_to_message_id=4), said(7, reply_to_message_id=99), said(8, reply_to_message_id=1, reply_to_peer_id="channel2")]
    messages, _, export = taken(put(tmp_path, chat(rows)), Settings(rows=2))
    assert messages[5].reply_to == messages[3].id
    assert len({m.id for m in messages}) == 8
    assert [m.reply_to for m in messages[6:]] == [None, None]
    assert export.notes == ("replies to messages that are not in this export: 2",)


def test_ids_out_of_order_are_found(tmp_path: Path) -> None:
    rows = [said(9, text="nine"), said(3, text="three"), said(10, reply_to_message_id=3), said(11, reply_to_message_id=9)]
    messages = taken(put(tmp_path, chat(rows)))[0]
    assert [m.reply_to for m in messages[2:]] == [messages[1].id, messages[0].id]


@pytest.mark.parametrize(
    ("more", "what", "extra"),
    [
        ({"photo": "p"}, "media", {"media": "photo"}),
        ({"media_type": "sticker", "file": "f", "sticker_emoji": "🌞"}, "media", {"media": "sticker", "emoji": "🌞"}),
        ({"media_type": "voice_message"}, "media", {"media": "voice"}),
        ({"media_type": "video_message"}, "media", {"media": "video"}),
        ({"media_type": "animation"}, "media", {"media": "animation"}),
        ({"media_type": "audio_file"}, "media", {"media": "audio"}),
        ({"media_type": "hologram"}, "media", {"media": "other"}),
        ({"file": "f"}, "media", {"media": "file"}),
        ({"contact_information": {}}, "media", {"media": "contact"}),
        ({"location_information": {}}, "media", {"media": "location"}),
        ({"never_seen": 1}, "media", {"media": "other"}),
        ({"photo": "p", "text": "by the sea"}, "text", {"media": "photo"}),
        ({"poll": {"question": "where?", "answers": [{"text": "sea"}, 3]}}, "poll", {}),
        ({"poll": {"question": ["a", {"text": "b"}], "answers": 7}}, "poll", {}),
        ({"forwarded_from": None, "text": "x"}, "text", {"forwarded_from": "Deleted account"}),
    ],
)
def test_what_a_message_is(tmp_path: Path, more: dict[str, Any], what: str, extra: dict[str, Any]) -> None:
    (message,), problems, _ = taken(put(tmp_path, chat([said(1, text="") | more])))
    assert (message.what, message.extra, problems) == (what, extra, [])


@pytest.mark.parametrize(
    ("action", "what", "person"),
    [
        ("phone_call", "call", "Ana"),
        ("group_call", "call", "Ana"),
        ("pin_message", "system", ""),
        ("topic_created", "system", ""),
        (None, "system", ""),
    ],
)
def test_calls_are_calls_and_other_service_messages_are_system_lines(tmp_path: Path, action: str | None, what: str, person: str) -> None:
    row = {
        "id": 1,
        "type": "service",
        "date_unixtime": "1772352000",
        "actor": "Ana",
        "actor_id": "user1",
        "action": action,
        "duration": [1],
    }
    (message,), _, export = taken(put(tmp_path, chat([row])))
    assert (message.what, message.person) == (what, person)
    assert (export.messages, export.system) == ((1, 0) if what == "call" else (0, 1))


def test_many_reactions_of_a_channel_are_bounded(tmp_path: Path) -> None:
    row = said(1, reactions=[{"emoji": "❤", "type": "emoji", "count": 10**12}, 5, {"recent": 3}])
    assert len(taken(put(tmp_path, chat([row])))[0][0].reactions) == part.REACTIONS_KEPT


def test_a_clock_time_is_read_in_its_zone_and_the_hour_that_comes_twice_in_order(tmp_path: Path) -> None:
    clock = ["2026-03-01T09:00:00", "2026-10-25T01:59:00", "2026-10-25T02:30:00", "2026-10-25T02:10:00", "2026-10-25T03:00:00"]
    rows = [{key: value for key, value in said(n, date=at).items() if key != "date_unixtime"} for n, at in enumerate(clock)]
    messages, _, export = taken(put(tmp_path, chat(rows)), Settings(tz="Europe/Berlin"))
    assert [m.time.astimezone(UTC).strftime("%d %H:%M") for m in messages] == ["01 08:00", "24 23:59", "25 00:30", "25 01:10", "25 02:00"]
    assert export.notes == ("messages with a clock time only, read as Europe/Berlin: 5",)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (said(1, date_unixtime="9" * 5000), "no_time"),
        (said(1, date_unixtime=10**18), "no_time"),
        (said(1, date_unixtime="x", date="yesterday"), "no_time"),
        (said(1, date_unixtime=None), "no_time"),
        (said(1, text=7), "no_text"),
        (said(1, type="song"), "unknown_type"),
        (said(1, None, from_id=None), "no_person"),
        ([1, 2], "not_json"),
    ],
)
def test_a_message_that_cannot_be_used_is_a_problem_with_its_line(tmp_path: Path, row: Any, what: str) -> None:
    messages, problems, export = taken(put(tmp_path, chat([said(0), row, said(2)])))
    assert len(messages) == 2
    assert [(p.what, p.origin.line) for p in problems] == [(what, 14)]
    assert (export.problems, export.messages) == (1, 2)


@pytest.mark.parametrize(
    "bad", [b'{"id": NaN}', b'{"id": 01}', b"{nonsense}", b'{"a":1,"a":2}', b'{"id":1,"type":"message","text":"a","text":"b"}']
)
def test_an_object_that_is_no_json_or_says_a_key_twice_is_a_problem_and_its_neighbours_are_read(tmp_path: Path, bad: bytes) -> None:
    good = json.dumps(said(1)).encode()
    messages, problems, _ = taken(put(tmp_path, b'{"type":"personal_chat","messages":[' + good + b",\n" + bad + b"," + good + b"]}"))
    assert len(messages) == 2
    assert [(p.what, p.origin.line) for p in problems] == [("not_json", 2)]


def test_lone_surrogates_nul_bad_utf8_and_a_mark_at_the_start_are_read(tmp_path: Path) -> None:
    raw = json.dumps(chat([said(1, text="A"), said(2, text="B"), said(3, text="C")])).encode()
    raw = raw.replace(b'"A"', b'"x\\ud800"').replace(b'"B"', b'"n\x00\\u0000"').replace(b'"C"', b'"\xff\xc3"')
    messages, problems, _ = taken(put(tmp_path, b"\xef\xbb\xbf" + raw))
    assert [m.text for m in messages] == ["x\ufffd", "n\x00\x00", "\ufffd\ufffd"]
    assert problems == []


def nested(depth: int) -> bytes:
    """A message nested so that its innermost bracket is at `depth`: the file, the list and the message are the first three."""
    return b'{"type":"personal_chat","messages":[{"id":1,"from_id":1,"x":' + b"[" * (depth - 3) + b"]" * (depth - 3) + b"}]}"


@pytest.mark.parametrize(("depth", "refused"), [(63, False), (64, False), (65, True), (100_000, True)])
def test_depth_is_counted_before_any_parser(tmp_path: Path, depth: int, *, refused: bool) -> None:
    path = put(tmp_path, nested(depth))
    if refused:
        with pytest.raises(TooLarge, match="json_depth"):
            taken(path)
    else:
        assert [p.what for p in taken(path)[1]] == ["no_time"]


def test_depth_around_the_messages_counts_too(tmp_path: Path) -> None:
    path = put(tmp_path, b'{"chats":{},"x":' + b"[" * 100_000)
    began = time.process_time()
    with pytest.raises(TooLarge, match="json_depth"):
        taken(path)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(("digits", "refused"), [(19, False), (20, False), (21, True), (5_000, True)])
@pytest.mark.parametrize("where", ["inside", "around"])
def test_long_numbers_are_refused_and_long_digits_in_a_text_are_not(tmp_path: Path, digits: int, where: str, *, refused: bool) -> None:
    number = b"1" * digits
    inside, around = (number, b"0") if where == "inside" else (b"0", number)
    text = b'"text":"' + b"7" * 5_000 + b'"'
    path = put(tmp_path, b'{"type":"personal_chat","id":' + around + b',"messages":[{"id":' + inside + b',"from_id":"u",' + text + b"}]}")
    if refused:
        with pytest.raises(TooLarge, match="integer_digits"):
            taken(path)
    else:
        assert [p.what for p in taken(path)[1]] == ["no_time"]


@pytest.mark.parametrize(("bound", "refused"), [(0, False), (1, False), (-1, True)])
def test_one_object_has_a_bound(tmp_path: Path, bound: int, *, refused: bool) -> None:
    size = len(json.dumps(said(1, text="x" * 5_000)).encode())
    path = put(tmp_path, chat([said(1, text="x" * 5_000)]), indent=None)
    chosen = Settings(limits=Limits(line_bytes=size + bound))
    if refused:
        with pytest.raises(TooLarge, match="line_bytes"):
            taken(path, chosen)
    else:
        assert len(taken(path, chosen)[0]) == 1


def test_a_text_that_never_ends_is_refused_in_little_memory(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="line_bytes"):
        taken(put(tmp_path, b'{"type":"personal_chat","messages":[{"from_id":"' + b"x" * (4 << 20)))


@pytest.mark.parametrize(("bound", "kept", "flagged"), [(9, "äöü", 1), (11, "äöü…", 0), (12, "äöü…", 0)])
def test_a_long_message_is_cut_at_a_whole_letter_and_flagged(tmp_path: Path, bound: int, kept: str, flagged: int) -> None:
    if bound == 11:
        bound = len("äöü…".encode())
    bound = bound - 1 if flagged else bound
    messages, problems, export = taken(put(tmp_path, chat([said(1, text="äöü…")])), Settings(limits=Limits(message_bytes=bound)))
    assert messages[0].text == kept
    assert [p.what for p in problems] == ["message_cut"] * flagged
    assert (export.messages, export.problems) == (1, 0)


@pytest.mark.parametrize(("people", "refused"), [(3, False), (4, False), (5, True)])
def test_people_have_a_bound(tmp_path: Path, people: int, *, refused: bool) -> None:
    path = put(tmp_path, chat([said(n, f"P{n}") for n in range(people)]))
    if refused:
        with pytest.raises(TooLarge, match="people"):
            taken(path, Settings(limits=Limits(people=4)))
    else:
        assert len(taken(path, Settings(limits=Limits(people=4)))[0]) == people


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, False), (-1, True)])
def test_files_have_a_bound(tmp_path: Path, more: int, *, refused: bool) -> None:
    path = put(tmp_path, chat([said(1)]))
    chosen = Settings(limits=Limits(file_bytes=path.stat().st_size + more))
    if refused:
        with pytest.raises(TooLarge, match="file_bytes"):
            taken(path, chosen)
    else:
        assert len(taken(path, chosen)[0]) == 1


def test_a_file_cut_off_in_the_middle_gives_what_came_before(tmp_path: Path) -> None:
    whole = put(tmp_path, chat([said(n) for n in range(10)])).read_bytes()
    for end in range(whole.index(b'"messages": [') + 14, len(whole) - 2, 37):
        messages, problems, export = taken(put(tmp_path, whole[:end], name="cut.json"))
        assert len(messages) == whole[:end].count(b"\n  }")
        assert [p.what for p in problems] == ["cut_off"]
        assert export.lines == whole[:end].count(b"\n") + (not whole[:end].endswith(b"\n"))


@pytest.mark.parametrize("raw", [b"[]", b"  ", b"hello", b'{"chats":{"list":[]]}', b'{"chats":{"x":1}}', b'{"messages":"none","chats":{}}'])
def test_what_is_no_export_is_unreadable(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(Unreadable):
        list(part.read(put(tmp_path, raw), settings=UTC_SETTINGS))


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    junk=st.lists(
        st.sampled_from([b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"1", b"null", b'"messages"', b"\n", b"\xff"]), max_size=30
    ),
    at=st.integers(0, 200),
)
def test_broken_files_end_in_messages_problems_or_a_reader_error(
    junk: list[bytes], at: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    raw = json.dumps(chat([said(1), said(2)])).encode()
    path = put(tmp_path_factory.mktemp("junk"), raw[:at] + b"".join(junk) + raw[at:])
    try:
        messages, problems, export = taken(path)
    except ReaderError:
        return
    assert export.messages == len(messages)
    assert export.problems == len(problems)


def test_an_empty_chat_is_an_export_without_messages(tmp_path: Path) -> None:
    messages, problems, export = taken(put(tmp_path, chat([])))
    assert (messages, problems, export.messages) == ([], [], 0)


@pytest.mark.slow
def test_time_grows_with_size_and_memory_does_not(tmp_path: Path) -> None:
    def seconds(n: int) -> float:
        path = put(tmp_path, chat([said(k, text=f"message number {k}") for k in range(n)]), name=f"{n}.json")
        began = time.process_time()
        assert sum(len(item) for item in stream(path, settings=UTC_SETTINGS) if isinstance(item, Messages)) == n
        return time.process_time() - began

    small = seconds(20_000)
    assert seconds(200_000) < 12 * small + 1


def test_times_are_aware_and_on_the_clock_of_the_setting(tmp_path: Path) -> None:
    (message,), _, _ = taken(put(tmp_path, chat([said(0)])), Settings(tz="Europe/Berlin"))
    assert message.time == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert message.time.isoformat() == "2026-03-01T09:00:00+01:00"
