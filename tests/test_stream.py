"""What flows between the stages: written and read back it is the same, and what is no stream is refused with its line."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import every_day, talk
from nearer import stream
from nearer.columns import Messages
from nearer.errors import StreamError
from nearer.records import WHATS, Evidence, Export, Finding, Message, Origin, Point, Problem, Reaction, Relationship
from nearer.relate import episodes, relate
from nearer.sense import sense
from nearer.stream import (
    LINE_BYTES,
    dump,
    from_envelope,
    from_episode,
    from_finding,
    from_lines,
    lines_of,
    load,
    to_envelope,
    to_episode,
    to_finding,
    to_lines,
)

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    return Message(
        id=draw(st.uuids()).hex,
        conversation=draw(st.sampled_from(["home", "Familie 🏡"])),
        person=draw(st.sampled_from(["Ana", "Бен", "كلوي"])),
        time=AT + timedelta(microseconds=draw(st.integers(0, 10**15))),
        text=draw(texts),
        what=draw(st.sampled_from(WHATS)),
        origin=Origin("chat.txt", draw(st.integers(0, 10**9))),
        reply_to=draw(st.none() | st.just("m1")),
        reactions=tuple(draw(st.lists(st.builds(Reaction, st.sampled_from(["❤️", "👍"]), st.sampled_from(["", "Ana"])), max_size=2))),
        edited=draw(st.booleans()),
        extra=draw(st.dictionaries(st.sampled_from(["media", "call"]), st.text("ab", max_size=3), max_size=1)),
    )


@given(st.lists(messages(), max_size=8))
def test_messages_come_back_as_they_went(rows: list[Message]) -> None:
    _, back = from_lines(to_lines(Messages.of(rows)))
    assert list(back) == rows


def test_a_line_is_a_line_whatever_the_text_holds() -> None:
    """U+2028, U+0085, a carriage return and a newline stay inside their line."""
    text = "one\u2028two\u0085three\rfour\nfive"
    lines = b"".join(to_lines(Messages.of([Message("1", "c", "Ana", AT, text, "text", Origin("x", 1))]))).split(b"\n")
    assert len(lines) == 2
    assert from_lines(lines)[1][0].text == text


def test_what_was_heard_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the stream is longer than what is held at once."""
    monkeypatch.setattr(stream, "ROWS", 3)
    heard = sense(talk("09:00 Ana: thank you so much\n09:01 Ben: I promise I'll call tomorrow\n09:02 Ana: ok\n09:03 Ben: bye").messages)
    back = from_lines(to_lines(heard))[1]
    assert heard.senses is not None
    assert back.senses is not None
    assert back.senses.ear == heard.senses.ear
    assert dict(back.senses.attributes) == dict(heard.senses.attributes)
    assert (back.senses.acts_shown == heard.senses.acts_shown).all()
    assert abs(back.senses.acts - heard.senses.acts).max() < 1e-6


def test_messages_of_which_some_were_not_heard_count_as_not_heard() -> None:
    heard = list(to_lines(sense(talk("09:00 Ana: hello").messages)))
    assert from_lines([*heard, dump({"id": "2", "text": "hm", "time": "2026-03-01T09:05:00Z"})])[1].senses is None


def test_unknown_keys_pass_through() -> None:
    row = {"id": "1", "text": "hm", "time": "2026-03-01T09:05:00Z", "shop": {"name": "Delta"}}
    (line,) = to_lines(from_lines([dump(row)])[1])
    assert orjson.loads(line)["shop"] == {"name": "Delta"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"hello", "not a JSON object"),
        (b"[1, 2]", "not a JSON object"),
        (b'{"text": "a"}', "time"),
        (b'{"time": "2026-03-01T09:00:00Z"}', "text"),
        (b'{"text": "a", "time": "2026-03-01T09:00:00"}', "wrong kind"),
        (b'{"text": 3, "time": "2026-03-01T09:00:00Z"}', "wrong kind"),
        (b'{"text": "a", "time": "2026-03-01T09:00:00Z", "what": "dance"}', "dance"),
        (b'{"text": "a", "time": "2026-03-01T09:00:00Z", "origin": 3}', "wrong kind"),
    ],
)
def test_what_is_no_message_is_refused_with_its_line(line: bytes, why: str) -> None:
    good = b'{"id": "1", "text": "a", "time": "2026-03-01T09:00:00Z"}'
    with pytest.raises(StreamError, match=f"line 3 .*{why}"):
        from_lines([good, b"", line])


def test_a_refusal_never_holds_the_text() -> None:
    with pytest.raises(StreamError) as refused:
        from_lines([b'{"text": "my secret", "time": "nonsense secret"}'])
    assert "secret" not in str(refused.value)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(StreamError, match="Mars"):
        from_lines([dump({"what": "relationship", "tz": "Mars/Base"})])


@pytest.mark.parametrize(("more", "is_taken"), [(-1, True), (0, True), (1, False)])
def test_the_longest_line(more: int, is_taken: bool) -> None:  # noqa: FBT001 - a table of cases
    around = len(dump({"text": ""}))
    line = dump({"text": "x" * (LINE_BYTES - around + more)})
    assert len(line) == LINE_BYTES + more
    if is_taken:
        assert next(load([line]))[0] == 1
    else:
        with pytest.raises(StreamError, match="longer"):
            next(load([line]))


def test_a_file_without_newlines_is_not_read_whole() -> None:
    first = next(lines_of(BytesIO(b"x" * (LINE_BYTES + 100))))
    assert len(first) == LINE_BYTES + 1
    assert list(lines_of(BytesIO(b"a\nb"))) == [b"a\n", b"b"]


def _rich() -> Relationship:
    relationship = talk(every_day(40, "09:00 Ana: morning #greet_part[which=greeting]\n09:05 Ben: how was it? #curious_question"))
    export = Export("chat.txt", "whatsapp", 3, 2, 1, 0, 0, ("reactions",), ("dates read as dmy",))
    return replace(relationship, me="Ana", exports=(export,), problems=(Problem("no_time", "no time", Origin("chat.txt", 7)),))


def test_an_envelope_comes_back() -> None:
    relationship = _rich()
    assert from_envelope(orjson.loads(dump(to_envelope(relationship))), relationship.messages) == relationship


def test_a_choice_of_the_command_line_wins_over_the_envelope() -> None:
    envelope = to_envelope(_rich())
    assert from_envelope(envelope, Messages.none(), kind="friend", me=None).kind == "friend"
    assert from_envelope(envelope, Messages.none(), kind=None).kind == "partner"


def test_without_an_envelope_people_are_those_who_wrote_most() -> None:
    relationship = from_envelope({}, talk("09:00 Ana: hi\n09:01 Ben: ho\n09:02 Ben: hm").messages)
    assert (relationship.kind, relationship.people, relationship.me) == ("partner", ("Ben", "Ana"), None)


@pytest.mark.parametrize("broken", [{"exports": [{"file": "x"}]}, {"exports": 3}, {"problems": [{"what": "x"}]}])
def test_an_envelope_that_is_none_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(StreamError, match="envelope"):
        from_envelope(broken, Messages.none())


def test_findings_come_back_as_they_went() -> None:
    told = relate(_rich())
    assert {finding.says for finding in told} >= {"cannot_tell"}
    assert [from_finding(orjson.loads(dump(to_finding(finding)))) for finding in told] == told


def test_a_finding_that_cannot_tell_has_needs_and_no_value() -> None:
    row = to_finding(Finding("accessible", needs="30 bids; 4 so far"))
    assert row["needs"] == "30 bids; 4 so far"
    assert row.keys().isdisjoint({"value", "low", "high"})


def test_a_finding_with_everything_comes_back() -> None:
    finding = Finding(
        "quarrels",
        "Ana",
        "Ben",
        value=0.5,
        low=0.4,
        high=0.6,
        n=3,
        out_of=6,
        says="clearly",
        since=AT,
        until=AT + timedelta(days=1),
        evidence=(Evidence("m1", "here it began"),),
        sensitivity=({"setting": "6 hours", "value": None},),
        series=(Point(None, n=2, since=AT), Point(0.5, n=3, low=0.1, high=0.9, label="repair")),
    )
    assert from_finding(orjson.loads(dump(to_finding(finding)))) == finding


def test_episodes_come_back_as_they_went() -> None:
    found = episodes(_rich())
    assert found
    assert [from_episode(orjson.loads(dump(to_episode(episode)))) for episode in found] == found


def test_no_number_is_ever_nan() -> None:
    def numbers(row: object) -> Iterator[object]:
        children = row.values() if isinstance(row, dict) else row if isinstance(row, list) else ()
        yield row
        for child in children:
            yield from numbers(child)

    for finding in relate(_rich()):
        assert all(number == number for number in numbers(orjson.loads(dump(to_finding(finding)))))  # noqa: PLR0124 - NaN is not itself
