"""A chat written as phones write it is read back equal (C2), by the quick way and by the whole grammar alike."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nearer.columns import Messages
from nearer.read import Settings, stream, whatsapp
from nearer.read._whatsapp_heads import Heads
from nearer.read._whatsapp_lines import blocks
from nearer.read._whatsapp_scan import Scanner
from nearer.read._whatsapp_words import may_be_own, meaning
from nearer.records import Export, Problem, zone
from whatsapp_writer import STYLES, Said, Style, as_read, write

QUICK = settings(max_examples=65, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ANCHORS = [datetime(2021, 12, 24, 21, 41, 35), datetime(2022, 1, 13, 0, 5)]  # noqa: DTZ001 - a phone's clock has no zone
"""Two dates that settle the order of day and month and what is said there."""

OWN_MARKS = "\u200e\u200f"
"""What an iPhone puts before its own words: a person who begins with one cannot be told from it."""
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")
LINE = st.text(LETTERS, max_size=25) | st.sampled_from(
    ["😀 yes", "a: b", "שלום", "مرحبا ١٢", "=1+1", "\u202eabc", "3/4 of it - maybe: yes", "12:30"]
)
TEXT = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
NAMES = st.sampled_from(["Ana", "Ben", "Ben O'Neill", "Chloé 🌊", "+44 20 7946 0000", "Ana Maria", "דנה"])


def is_plain(text: str) -> bool:
    """Say whether a phone could mean nothing else by this text: it begins and ends with something, and is no word of the phone's own."""
    edges = text.strip("\n") == text and text[:1] not in OWN_MARKS and not text.isspace() and text != ""
    own = any(
        meaning(text, style=style, marked=False).what != "text" or meaning(text, style=style, marked=False).edited for style in range(3)
    )
    return edges and not own and not meaning(text, style=1, marked=False).extra


SAID = st.lists(
    st.tuples(st.datetimes(datetime(2012, 1, 1), datetime(2041, 1, 1)), NAMES, TEXT.filter(is_plain)),  # noqa: DTZ001
    min_size=1,
    max_size=6,
)


def accounts(export: Export) -> bool:
    """Say whether every line was used once."""
    return export.messages + export.continuations + export.system + export.problems == export.lines


def read_back(path: Path) -> tuple[list[Said], list[Problem], Export]:
    said: list[Said] = []
    problems: list[Problem] = []
    export = None
    for item in whatsapp.read(path, settings=Settings()):
        if isinstance(item, Messages):
            said += [(m.time.replace(tzinfo=None), m.person, m.text) for m in item if m.what != "system"]
        elif isinstance(item, Problem):
            problems.append(item)
        else:
            export = item
    assert export is not None
    return said, problems, export


def anchored(said: list[Said]) -> list[Said]:
    return [(ANCHORS[0], "Ana", "first"), (ANCHORS[1], "Ben", "second"), *said]


def tells_names_apart(said: list[Said]) -> bool:
    """A name is told from `name: more` by what it says; one that always says the same before a colon cannot be."""
    spoken: dict[str, list[bool]] = {}
    for _, who, what in said:
        spoken.setdefault(who, []).append(": " in what.partition("\n")[0])
    return not any(all(colons) and len(colons) >= 3 for colons in spoken.values())


def is_read_back(said: list[Said], style: Style, path: Path) -> bool:
    path.write_text(write(said, style), "utf-8", newline="")
    read, problems, export = read_back(path)
    return read == as_read(said, style) and not problems and accounts(export)


@QUICK
@given(said=SAID)
def test_what_is_written_is_read_in_every_style(said: list[Said], tmp_path: Path) -> None:
    """65 chats in 31 styles: two thousand round trips."""
    said = anchored(said)
    assume(tells_names_apart(said))
    lost = [name for name, style in STYLES.items() if not is_read_back(said, style, tmp_path / "WhatsApp Chat with Ana.txt")]
    assert lost == []


@pytest.mark.slow
@settings(QUICK, max_examples=20_000 // len(STYLES) + 1)
@given(said=SAID)
def test_what_is_written_is_read_twenty_thousand_times(said: list[Said], tmp_path: Path) -> None:
    said = anchored(said)
    assume(tells_names_apart(said))
    lost = [name for name, style in STYLES.items() if not is_read_back(said, style, tmp_path / "WhatsApp Chat with Ana.txt")]
    assert lost == []


HOURS_OF_CHANGE = [
    datetime(2022, 3, 27, 0, 30, tzinfo=UTC),
    datetime(2022, 10, 29, 23, 50, tzinfo=UTC),
    datetime(2022, 10, 30, 0, 5, tzinfo=UTC),
]


@QUICK
@given(start=st.sampled_from(HOURS_OF_CHANGE), steps=st.lists(st.integers(0, 45), min_size=2, max_size=8))
def test_time_never_runs_back_in_the_hour_that_comes_twice(start: datetime, steps: list[int], tmp_path: Path) -> None:
    berlin = zone("Europe/Berlin")
    times = [start + timedelta(minutes=sum(steps[: count + 1])) for count in range(len(steps))]
    walls = [at.astimezone(berlin).replace(tzinfo=None, fold=0) for at in times]
    path = tmp_path / "chat.txt"
    path.write_text(write([(wall, "Ana", f"{row}") for row, wall in enumerate(walls)], STYLES["android_en_gb"]), "utf-8")
    read = [m.time for item in stream(path, settings=Settings(tz="Europe/Berlin")) if isinstance(item, Messages) for m in item]
    assert [at.replace(tzinfo=None) for at in read] == walls
    in_utc = [at.astimezone(UTC) for at in read]
    assert in_utc == sorted(in_utc)
    if walls != sorted(walls):
        back = next(row for row in range(1, len(walls)) if walls[row] < walls[row - 1])
        assert in_utc[back:] == [at.replace(second=0) for at in times[back:]]


def test_a_time_the_clock_skipped_goes_on_as_the_clock_would(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text("27/03/2022, 01:59 - Ana: a\n27/03/2022, 02:30 - Ana: b\n27/03/2022, 03:00 - Ana: c\n")
    times = [m.time for item in stream(path, settings=Settings(tz="Europe/Berlin")) if isinstance(item, Messages) for m in item]
    assert [at.strftime("%H:%M %z") for at in times] == ["01:59 +0100", "03:30 +0200", "03:00 +0200"]


def heads_of(text: bytes, *, quickly: bool, tmp_path: Path) -> list[Heads]:
    path = tmp_path / "chat.txt"
    path.write_bytes(text)
    with path.open("rb") as opened:
        scanner = Scanner(quickly=quickly)
        return [scanner.scan(block) for block in blocks(opened, size=64)]


def same(one: list[Heads], two: list[Heads]) -> bool:
    names = Heads.__slots__
    return len(one) == len(two) and all(
        np.array_equal(getattr(a, name), getattr(b, name)) for a, b in zip(one, two, strict=True) for name in names
    )


ODD_PIECES = st.sampled_from(
    [
        *(" ", "\n", "\r\n", "\u202f", "\u00a0", "\u200e", "\u200f", "\ufeff", "\u200f3", "Ana: hi"),
        *"[ ] , . : - / 1 12 2022 27 00 AM pm p. a.m. é 21:41 27/03/22 1.2.2022 R4 BE".split(),
    ],
)


@settings(max_examples=300, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(ODD_PIECES, max_size=24))
def test_the_quick_way_finds_what_the_whole_grammar_finds(pieces: list[str], tmp_path: Path) -> None:
    text = "".join(pieces).encode()
    assert same(heads_of(text, quickly=True, tmp_path=tmp_path), heads_of(text, quickly=False, tmp_path=tmp_path))


@pytest.mark.parametrize("name", STYLES)
def test_the_quick_way_is_the_whole_grammar_for_every_phone(name: str, tmp_path: Path) -> None:
    said = anchored([(datetime(2023, 5, day, day % 24, day, day), "Ben", f"day {day}\n1/2/2023 is no start") for day in range(1, 29)])  # noqa: DTZ001
    text = write(said, STYLES[name]).encode()
    assert same(heads_of(text, quickly=True, tmp_path=tmp_path), heads_of(text, quickly=False, tmp_path=tmp_path))
    assert sum(map(len, heads_of(text, quickly=True, tmp_path=tmp_path))) == len(said)


@pytest.mark.parametrize("head", ["1/29/18, 0:24 PM - ", "29/01/18, 24:05 - ", "[1/2/22, 12:00:00\u202fAM] ", "1-2-2022 9.05 p. m. - "])
def test_plain_beginnings_go_the_quick_way(head: str, tmp_path: Path) -> None:
    (quick,) = heads_of(f"{head}x".encode(), quickly=True, tmp_path=tmp_path)
    (whole,) = heads_of(f"{head}x".encode(), quickly=False, tmp_path=tmp_path)
    assert len(quick) == len(whole) == 1


OWN = st.sampled_from(["\u200e", "<Media omitted>", "(file attached)", "a.jpg", "\n", "This message was deleted", ".", " ", "null", "x", "https://maps.google.com/?q=1.0,2.0", "L: ", "POLL:\nq\nOPTION: a (1 vote)\nOPTION: b (2 votes)", "Missed voice call", "<This message was edited>", "Diese Nachricht wurde gelöscht", "image omitted", "This message was deleted by admin Ana", "Voice call, 4 min", "\n    - a\n    - b", "Poll: q", "a.jpg (file attached) "])  # fmt: skip


@QUICK
@given(parts=st.lists(OWN, max_size=5), style=st.integers(0, 2), bare=st.booleans())
def test_no_word_of_the_phones_own_is_passed_over(parts: list[str], style: int, *, bare: bool) -> None:
    """The quick look that picks texts worth a closer one misses none."""
    text = "".join(parts).strip("\n")
    meant = meaning(text, style=style, marked=False, bare=bare)
    if (meant.what, meant.text, meant.edited, dict(meant.extra)) != ("text", text, False, {}):
        data = text.encode()
        first = data.find(b"\n") if b"\n" in data else len(data)
        buffer = np.frombuffer(data + bytes(16), dtype=np.uint8)
        ends = np.array([len(data)], dtype=np.int64)
        assert may_be_own(data, buffer, np.zeros(1, dtype=np.int64), ends, first_end=np.array([first], dtype=np.int64), bare=bare)[0]


def test_a_style_of_no_phone_is_not_read_as_another(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(write([(ANCHORS[0], "Ana", "hi")], Style("{dd}|{mm}|{y} {HH}:{min} - ")), "utf-8")
    with path.open("rb") as opened:
        assert not any(len(Scanner().scan(block)) for block in blocks(opened))
