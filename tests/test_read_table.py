"""Tables: CSV, JSON lines and Parquet, mapped or our own; written and read back, and hostile ones."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nearer.columns import Messages
from nearer.errors import ChoiceNeeded, NearerError, TooLarge, UnknownName, Unreadable
from nearer.read import Limits, Settings, find_reader, read, stream
from nearer.read import table as part
from nearer.read._times import to_time
from nearer.records import Export, Message, Origin, Problem, Reaction, Relationship
from nearer.stream import dump, to_envelope, to_lines

UTC_SETTINGS = Settings()
MAP = {"text": "body", "time": "created", "person": "author"}
NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


def put(folder: Path, content: str | bytes, name: str = "chat.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
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


def as_csv(rows: Sequence[Sequence[str]], *, sign: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows(rows)
    return out.getvalue()


def as_jsonl(rows: Sequence[Sequence[str]]) -> str:
    return "".join(json.dumps(dict(zip(rows[0], row, strict=True))) + "\n" for row in rows[1:])


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
NAMES = st.sampled_from(["Ana", "Ben", 'Chloe; the "first"'])
ROWS = st.lists(st.tuples(WORDS, st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), NAMES), min_size=1, max_size=8)  # noqa: DTZ001


@settings(max_examples=60, derandomize=True, deadline=None)
@given(rows=ROWS, form=st.sampled_from([",", ";", "\t", "|", "jsonl", "parquet"]))
def test_what_is_written_is_read(rows: list[tuple[str, datetime, str]], form: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("table")
    wide = [["body", "created", "author"], *([text, at.isoformat(" "), who] for text, at, who in rows)]
    if form == "parquet":
        path = folder / "chat.parquet"
        pq.write_table(pa.table({name: [row[n] for row in rows] for n, name in enumerate(wide[0])}), path)
    elif form == "jsonl":
        path = put(folder, as_jsonl(wide), "chat.jsonl")
    else:
        path = put(folder, as_csv(wide, sign=form))
    messages, problems, export = taken(path, Settings(columns=MAP))
    assert problems == []
    assert [(m.text, m.time.replace(tzinfo=None), m.person) for m in messages] == rows
    assert export.messages + export.continuations + export.system + export.problems == export.lines


def own_messages() -> Messages:
    rows = [
        Message("a", "home", "Ana", NINE, "look at the sea\u2028now", "text", Origin("chat.txt", 3), extra={"media": "photo"}),
        Message(
            "b", "home", "Ben", NINE, "", "media", Origin("chat.txt", 4), reply_to="a", reactions=(Reaction("❤", "Ana"), Reaction("🌊"))
        ),
        Message("c", "work", "", NINE, "Ana joined", "system", Origin("other.txt", 1)),
        Message("d", "work", "Ana", NINE, "half\ufffd", "text", Origin("other.txt", 2), edited=True),
    ]
    return Messages.of(rows, tz="Europe/Berlin")


@pytest.mark.parametrize("envelope", [True, False])
def test_our_own_lines_are_known_without_a_map_and_come_back_equal(tmp_path: Path, *, envelope: bool) -> None:
    written = own_messages()
    first = dump(to_envelope(Relationship("partner", ("Ana", "Ben"), written, tz="Europe/Berlin"))) if envelope else b""
    path = put(tmp_path, first + b"".join(to_lines(written)), "lines")
    assert find_reader(path) is part
    messages, problems, export = taken(path, Settings(tz="Europe/Berlin"))
    assert messages == list(written)
    assert problems == []
    assert (export.format, export.messages, export.system, export.continuations, export.lines) == ("jsonl", 3, 1, envelope, 4 + envelope)


@pytest.mark.parametrize(
    ("given_time", "seconds"),
    [
        ("2026-03-01T09:00:00Z", 1772355600),
        ("2026-03-01T09:00:00.250+01:00", 1772352000.25),
        ("2026-03-01 09:00:00", 1772352000),
        ("2026-03-01 09:00:00 UTC", 1772355600),
        ("2026-03-01 09:00", 1772352000),
        ("2026-03-01", 1772319600),
        ("1772352000", 1772352000),
        ("1772352000.5", 1772352000.5),
        ("1772352000500", 1772352000.5),
        (1772352000, 1772352000),
        (1772352000500000, 1772352000.5),
        (1.5, 1.5),
        ("2026/03/01 09:00", 1772352000),
        ("01.03.2026, 9:00 am", 1772352000),
        ("1/3/26 9:00:00 PM", 1772395200),
        ("1-3-2026 12:00 AM", 1772319600),
    ],
)
def test_times_as_tables_write_them(given_time: object, seconds: float) -> None:
    assert to_time(given_time, tz="Europe/Berlin", dates="dmy") == round(seconds * 1_000_000)


@pytest.mark.parametrize(
    "given_time",
    [
        "",
        "soon",
        None,
        True,
        float("nan"),
        float("inf"),
        10**30,
        "9" * 25,
        "2026-13-01",
        "32/13/2026",
        "1/2/2026 13:00 PM",
        "2026-03-01" * 9,
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_time(given_time: object) -> None:
    assert to_time(given_time, tz="Europe/Berlin", dates="dmy") is None


def dated(folder: Path, *days: str) -> Path:
    return put(folder, as_csv([["text", "time", "person"], *([str(n), f"{day} 09:00", "Ana"] for n, day in enumerate(days))]))


def test_the_order_of_day_and_month_is_voted_over_the_whole_file(tmp_path: Path) -> None:
    messages, problems, export = taken(dated(tmp_path, *["01/02/2026"] * 500, "13/02/2026"))
    assert {m.time.month for m in messages} == {2}
    assert export.notes == ("dates read as dmy (1 of 501 dates can only be that)",)
    assert {m.time.month for m in taken(dated(tmp_path, "01/02/2026", "02/13/2026"))[0]} == {1, 2}
    assert problems == []


def test_a_tie_is_asked_before_any_output_and_answered_by_the_person(tmp_path: Path) -> None:
    for days in (("01/02/2026",), ("13/02/2026", "02/13/2026")):
        with pytest.raises(ChoiceNeeded) as needed:
            next(iter(stream(dated(tmp_path, *days), settings=UTC_SETTINGS)))
        assert (needed.value.option, needed.value.choices) == ("--dates", ("dmy", "mdy"))
    assert taken(dated(tmp_path, "01/02/2026"), Settings(dates="mdy"))[0][0].time.month == 1
    assert taken(dated(tmp_path, "01/02/2026"), Settings(dates="dmy"))[0][0].time.month == 2


def test_a_date_that_does_not_fit_the_vote_is_a_problem(tmp_path: Path) -> None:
    messages, problems, _ = taken(dated(tmp_path, "13/02/2026", "14/02/2026", "02/15/2026"))
    assert len(messages) == 2
    assert [(p.what, p.origin.line) for p in problems] == [("no_time", 4)]


@pytest.mark.parametrize(
    ("columns", "error", "says"),
    [
        ({}, Unreadable, r"body, created, author.*--map text=COLUMN,time=COLUMN,person=COLUMN"),
        ({"text": "body"}, Unreadable, r"--map time=COLUMN,person=COLUMN"),
        (MAP | {"text": "words"}, UnknownName, r"'words'.*author, body, created"),
        (MAP | {"mood": "body"}, UnknownName, r"'mood'"),
        (MAP | {"time": "body"}, Unreadable, r"'body' holds no times"),
    ],
)
def test_a_missing_or_untyped_column_is_refused_before_any_output(
    tmp_path: Path, columns: dict[str, str], error: type[NearerError], says: str
) -> None:
    path = put(tmp_path, "body,created,author\nhi,2026-03-01 09:00,Ana\n")
    with pytest.raises(error, match=says):
        next(iter(stream(path, settings=Settings(columns=columns))))


def test_parquet_columns_of_a_wrong_type_are_refused_with_the_types_there_are(tmp_path: Path) -> None:
    path = tmp_path / "chat.parquet"
    pq.write_table(pa.table({"body": [b"x"], "created": [NINE], "author": ["Ana"]}), path)
    with pytest.raises(Unreadable, match=r"'body' is binary, which cannot be text.*author \(string\)"):
        next(iter(stream(path, settings=Settings(columns=MAP))))


def test_parquet_times_with_and_without_zone_and_rows_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "chat.parquet"
    naive = pa.array([datetime(2026, 3, 1, 9), None], pa.timestamp("ns"))  # noqa: DTZ001 - without zone is what is tested
    people = pa.array(["Ana", "Ben"]).dictionary_encode()
    pq.write_table(pa.table({"text": ["a", "b"], "time": naive, "person": people}), path)
    (message,), problems, export = taken(path, Settings(tz="Europe/Berlin"))
    assert (message.time, message.person) == (datetime(2026, 3, 1, 8, tzinfo=UTC), "Ana")
    assert [(p.what, p.origin.line) for p in problems] == [("no_time", 2)]
    assert (export.format, export.lines) == ("parquet", 2)


def test_a_broken_parquet_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="Parquet"):
        taken(put(tmp_path, b"PAR1 and nothing else", "chat.parquet"))


HEAD = "id,time,person,text,what,conversation,reply_to\n"


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("1,,Ana,hi,,,", "no_time"),
        ("1,2026-03-01,,hi,,,", "no_person"),
        ("1,2026-03-01,Ana,hi,dance,,", "unknown_what"),
        (",2026-03-01,Ana,hi,,,", "no_id"),
        ("1,2026-03-01,Ana", "wrong_width"),
        ("1,2026-03-01,Ana,hi,,,,more", "wrong_width"),
    ],
)
def test_a_row_that_cannot_be_used_is_a_problem_with_its_line(tmp_path: Path, row: str, what: str) -> None:
    path = put(tmp_path, HEAD + '7,2026-03-01,Ana,"two\nlines",,,\n\n' + row + "\n8,2026-03-01,Ben,ok,text,home,7\n")
    messages, problems, export = taken(path)
    assert [(p.what, p.origin.line) for p in problems] == [(what, 5)]
    assert [(m.id, m.reply_to, m.origin.line, m.conversation) for m in messages] == [("7", None, 2, "chat"), ("8", "7", 6, "home")]
    assert (export.lines, export.messages, export.continuations, export.problems) == (6, 2, 3, 1)


def jsonl(*lines: bytes) -> bytes:
    good = b'{"text":"hi","time":"2026-03-01","person":"Ana"}'
    return b"\n".join([good, *lines, good])


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"[1]", "not_json"),
        (b"nonsense", "not_json"),
        (b'{"text":NaN}', "not_json"),
        (b'{"text":"a","text":"b","time":1,"person":"Ana"}', "not_json"),
        (b'{"time":1,"person":"Ana"}', "no_text"),
        (b'{"text":7,"time":1,"person":"Ana"}', "no_text"),
        (b'{"text":"x","time":{},"person":"Ana"}', "no_time"),
        (b'{"text":"x","time":1,"person":["Ana"]}', "no_person"),
    ],
)
def test_a_json_line_that_cannot_be_used(tmp_path: Path, line: bytes, what: str) -> None:
    messages, problems, _ = taken(put(tmp_path, b"\xef\xbb\xbf" + jsonl(line), "chat.jsonl"))
    assert len(messages) == 2
    assert [(p.what, p.origin.line) for p in problems] == [(what, 2)]


def test_surrogates_and_nul_in_json_lines_and_csv(tmp_path: Path) -> None:
    lines = jsonl(b'{"text":"x\\ud800","time":1,"person":"Ana"}', b'{"text":"\\u0000","time":1,"person":"Ana"}')
    assert [m.text for m in taken(put(tmp_path, lines, "chat.jsonl"))[0]][1:3] == ["x\ufffd", "\x00"]
    raw = b"text,time,person\nn\x00l \xff,2026-03-01,Ana\n"
    assert taken(put(tmp_path, raw))[0][0].text == "n\x00l \ufffd"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_at_the_start_of_a_csv(tmp_path: Path, encoding: str) -> None:
    path = put(tmp_path, "text\ttime\tperson\nhä\t2026-03-01\tAna\n".encode(encoding))
    assert taken(path)[0][0].text == "hä"


@pytest.mark.parametrize(("depth", "refused"), [(63, False), (64, False), (65, True), (50_000, True)])
def test_depth_of_a_json_line(tmp_path: Path, depth: int, *, refused: bool) -> None:
    line = b'{"text":"' + b"[" * 99 + b'","time":1,"person":"Ana","x":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"
    check_bound(put(tmp_path, jsonl(line), "chat.jsonl"), UTC_SETTINGS, "json_depth", refused=refused)


@pytest.mark.parametrize(("digits", "refused"), [(19, False), (20, False), (21, True), (5_000, True)])
def test_digits_in_a_json_line(tmp_path: Path, digits: int, *, refused: bool) -> None:
    line = b'{"text":"' + b"7" * 5_000 + b'","time":1,"person":"Ana","x":' + b"1" * digits + b"}"
    check_bound(put(tmp_path, jsonl(line), "chat.jsonl"), UTC_SETTINGS, "integer_digits", refused=refused)


@pytest.mark.parametrize("name", ["chat.csv", "chat.jsonl"])
@pytest.mark.parametrize(("more", "refused"), [(1, False), (0, False), (-1, True)])
def test_length_of_a_line(tmp_path: Path, name: str, more: int, *, refused: bool) -> None:
    row = ["ä" * 300, "2026-03-01", "Ana"]
    line = ",".join(row) if name.endswith("csv") else json.dumps(dict(zip(part.NEEDED, row, strict=True)), ensure_ascii=False)
    content = (",".join(part.NEEDED) + "\n" if name.endswith("csv") else "") + line + "\n"
    check_bound(put(tmp_path, content, name), Settings(limits=Limits(line_bytes=len(line.encode()) + more)), "line_bytes", refused=refused)


def check_bound(path: Path, chosen: Settings, bound: str, *, refused: bool) -> None:
    if refused:
        with pytest.raises(TooLarge, match=bound):
            taken(path, chosen)
    else:
        assert taken(path, chosen)[1] == []


def test_a_quote_left_open_is_refused_at_the_bound_of_a_line(tmp_path: Path) -> None:
    path = put(tmp_path, 'text,time,person\n"never closed,1,Ana\n' + "more words,1,Ana\n" * 200)
    with pytest.raises(TooLarge, match="a quote left open"):
        taken(path, Settings(limits=Limits(line_bytes=1_000)))


@pytest.mark.parametrize(("people", "refused"), [(3, False), (4, False), (5, True)])
def test_people_have_a_bound(tmp_path: Path, people: int, *, refused: bool) -> None:
    path = put(tmp_path, as_csv([["text", "time", "person"], *(["hi", "1", f"P{n}"] for n in range(people))]))
    check_bound(path, Settings(limits=Limits(people=4)), "people", refused=refused)


@pytest.mark.parametrize(("more", "refused"), [(1, False), (0, False), (-1, True)])
def test_files_have_a_bound(tmp_path: Path, more: int, *, refused: bool) -> None:
    path = put(tmp_path, "text,time,person\nhi,1,Ana\n")
    check_bound(path, Settings(limits=Limits(file_bytes=path.stat().st_size + more)), "file_bytes", refused=refused)


def test_a_long_message_is_cut_and_flagged_and_still_counted(tmp_path: Path) -> None:
    path = put(tmp_path, "text,time,person\n" + "x" * 11 + ",1,Ana\n" + "x" * 10 + ",2,Ana\n")
    messages, problems, export = taken(path, Settings(limits=Limits(message_bytes=10)))
    assert [m.text for m in messages] == ["x" * 10] * 2
    assert [(p.what, p.origin.line) for p in problems] == [("message_cut", 2)]
    assert (export.messages, export.problems) == (2, 0)


def test_no_message_text_stands_in_a_problem_or_an_error(tmp_path: Path) -> None:
    private = "onlyforben"
    path = put(tmp_path, HEAD + f"1,{private},Ana,{private},{private},,\n2,1,Ana,{private},{private},,\n3,1,,{private},,,\n4,2,Ana,ok,,,\n")
    _, problems, export = taken(path)
    assert len(problems) == 3
    assert private not in repr(problems) + repr(export)


def test_only_a_header_is_a_table_without_messages(tmp_path: Path) -> None:
    assert taken(put(tmp_path, "text,time,person\n"))[0] == []


def test_ids_of_the_table_are_kept_through_a_merge(tmp_path: Path) -> None:
    path = put(tmp_path, HEAD + "7,2026-03-01,Ana,hi there,,,\n8,2026-03-02,Ben,ok,text,,7\n")
    messages = read([path, path], settings=UTC_SETTINGS).messages
    assert (list(messages.ids), messages[1].reply_to) == (["7", "8"], "7")


Door = Callable[[Path], Any]


@pytest.mark.parametrize("name", ["chat.txt", "chat.json", "chat"])
def test_a_file_that_is_no_table_is_not_taken_for_one(tmp_path: Path, name: str) -> None:
    assert not part.identify(put(tmp_path, "1/3/26, 09:00 - Ana: hi\n", name))
    assert not part.identify(tmp_path)
