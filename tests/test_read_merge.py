"""Several exports of one relationship: the union, nothing lost, nothing doubled."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from nearer.columns import Messages, Texts
from nearer.read._merge import CLOCK_SKEW, LONG_TEXT, VIEW_SHARE, in_order, merge
from nearer.read._rows import Numbers
from nearer.records import Message, Origin, Reaction

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
SHORT = ("ok", "yes", "haha", "on my way", "love you")
Said = tuple[str, float, str]
"""Who, after how many seconds, what."""


def view(said: Iterable[Said], *, name: str = "Ben", file: str = "a.txt", what: str = "text", tz: str = "UTC") -> Messages:
    rows = [
        Message("", name, who, START + timedelta(seconds=after), text, what, Origin(file, line))
        for line, (who, after, text) in enumerate(said, 1)
    ]
    return replace(Messages.of(rows, tz=tz), given_ids=None, _made={})


def by_minute(said: Iterable[Said]) -> list[Said]:
    return [(who, after // 60 * 60, text) for who, after, text in said]


def counted(messages: Iterable[Message]) -> Counter[tuple[str, datetime, str]]:
    return Counter((m.person, m.time.replace(second=0), m.text if m.what == "text" else m.what) for m in messages)


def truth(seed: int, *, n: int = 300) -> list[Said]:
    """A chat with bursts inside one second, the same short answers again and again, and long texts in between."""
    draw, after, said = random.Random(seed), 0, list[Said]()  # noqa: S311 - a seeded test chat
    for number in range(n):
        after += draw.choice((0, 0, 1, 7, 40, 300, 20_000))
        text = draw.choice(SHORT) if draw.random() < 0.5 else f"shall we take the early train on day {number}?"
        said.append((draw.choice(("Ana", "Ben")), after, text))
    return said


def losing(said: Sequence[Said], draw: random.Random) -> list[Said]:
    """What one phone still has: single messages are gone, but never one of several that look the same within a minute."""
    looks = Counter((who, after // 60, text) for who, after, text in said)
    return [one for one in said if looks[one[0], one[1] // 60, one[2]] > 1 or draw.random() > 0.1]


@pytest.mark.parametrize("seed", range(50))
def test_fifty_generated_pairs_are_united_exactly(seed: int) -> None:
    said, draw = truth(seed), random.Random(1_000 + seed)  # noqa: S311 - a seeded test chat
    cut_a, cut_b = draw.choice(((300, 0), (200, 100), (300, 120), (180, 150)))
    first, second = losing(said[:cut_a], draw), losing(said[cut_b:], draw)
    coarse = draw.choice((0, 1, 2))
    shown = [by_minute(part) if coarse == number else part for number, part in enumerate((first, second), 1)]
    exports = [view(shown[0], name="Ben", file="a.txt"), view(shown[1], name="Ana", file="b.txt")]
    if draw.random() < 0.5:
        exports.reverse()
    united = merge(exports)
    expected = counted(view(first)) | counted(view(second))
    assert counted(united) == expected
    assert len(set(united.ids)) == len(united)
    assert len(set(united.conversation.tolist())) == 1
    assert (np.diff(united.time) >= 0).all()


def test_an_export_united_with_itself_is_itself() -> None:
    one = view(truth(7))
    united = merge([one, one, one])
    assert list(united.ids) == list(one.ids)
    assert united.text == one.text


def test_the_order_of_the_files_does_not_change_ids_or_messages() -> None:
    said = truth(3)
    a, b = view(said[:200]), view(said[100:], file="b.txt")
    assert list(merge([a, b]).ids) == list(merge([b, a]).ids)


def test_equal_messages_of_one_second_are_all_kept_and_the_larger_count_wins() -> None:
    said = [("Ana", 0, "ok")] * 3 + [("Ben", 5, "good")]
    assert len(merge([view(said), view([*said[:2], said[3]], file="b.txt")])) == 4


def test_the_finer_time_is_kept_and_a_row_with_only_a_minute_keeps_its_place() -> None:
    """09:00:35 Ana asks (both phones); Ben's answer within that minute is only on the phone that shows minutes."""
    fine = [("Ana", 35, "are you home?"), ("Ana", 200, "hello?")]
    coarse = [("Ana", 0, "are you home?"), ("Ben", 0, "yes, since noon"), ("Ana", 180, "hello?")]
    united = merge([view(coarse), view(fine, file="b.txt")])
    assert [(m.person, m.time.second) for m in united] == [("Ana", 35), ("Ben", 35), ("Ana", 20)]


def test_media_is_matched_by_minute_and_person_whatever_the_phone_calls_it() -> None:
    talk = [("Ana", 60 * n, f"a day with many words, number {n}") for n in range(10)]
    a = Messages.concat([view(talk), view([("Ben", 30, "<Media omitted>")], what="media")])
    b = Messages.concat([view(talk, file="b.txt"), view([("Ben", 31, "IMG-1.jpg")], what="media", file="b.txt")])
    assert sum(m.what == "media" for m in merge([a, b])) == 1


@pytest.mark.parametrize(("skew", "doubled"), [(1, False), (CLOCK_SKEW, False), (CLOCK_SKEW + 1, True)])
def test_skewed_clocks_are_forgiven_for_long_texts_up_to_the_bound(skew: int, *, doubled: bool) -> None:
    talk = [("Ana", 60 * n, f"the same words on both phones {n}") for n in range(10)]
    at_59 = ("Ben", 659.0, "x" * LONG_TEXT)
    late = ("Ben", 659.0 + skew, "x" * LONG_TEXT)
    assert len(merge([view([*talk, at_59]), view([*talk, late], file="b.txt")])) == 11 + doubled


def test_a_short_text_is_not_matched_over_the_minute() -> None:
    talk = [("Ana", 60 * n, f"the same words on both phones {n}") for n in range(10)]
    short = "x" * (LONG_TEXT - 1)
    assert len(merge([view([*talk, ("Ben", 659, short)]), view([*talk, ("Ben", 661, short)], file="b.txt")])) == 12


def test_phones_with_clocks_forty_seconds_apart_are_one_chat() -> None:
    said = [("Ana" if n % 2 else "Ben", 97.0 * n, f"a sentence that stands only once: {n}") for n in range(200)]
    late = [(who, after + 40, text) for who, after, text in said]
    assert len(merge([view(said), view(late, file="b.txt")])) == 200


def test_two_services_side_by_side_stay_two_conversations_even_with_one_name() -> None:
    whatsapp = [("Ana", 600.0 * n, f"here {n}") for n in range(50)] + [("Ana", 30_000, "ok")]
    telegram = [("Ben", 600.0 * n + 30, f"there {n}") for n in range(50)] + [("Ana", 30_000, "ok")]
    united = merge([view(whatsapp), view(telegram, file="t.json")])
    assert len(united) == 102
    assert {m.conversation for m in united} == {"Ben", "Ben (2)"}


@pytest.mark.parametrize(("shared", "one"), [(30, True), (29, False)])
def test_the_share_that_makes_two_views_one_chat(shared: int, *, one: bool) -> None:
    assert VIEW_SHARE == 0.3
    common: list[Said] = [("Ana", 100.0 * n, f"both {n}") for n in range(shared)]
    a = sorted([*common, *(("Ana", 100.0 * n, f"a {n}") for n in range(shared, 100))], key=lambda said: said[1])
    b = sorted([*common, *(("Ana", 100.0 * n, f"b {n}") for n in range(shared, 100))], key=lambda said: said[1])
    assert (len({m.conversation for m in merge([view(a), view(b, name="Ana", file="b.txt")])}) == 1) is one


def test_a_third_export_joins_two_that_do_not_touch() -> None:
    said = truth(11)
    parts = [view(said[:100], file="a"), view(said[200:], file="b", name="B"), view(said[50:250], file="c", name="C")]
    united = merge(parts)
    assert counted(united) == counted(view(said))
    assert len({m.conversation for m in united}) == 1


def test_replies_reactions_and_edits_are_carried_over_from_either_phone() -> None:
    fine = [("Ana", 35, "shall we go to the sea this weekend?"), ("Ben", 70, "yes please, very much so indeed")]
    b = view(fine, file="b.txt")
    a = view(by_minute(fine))
    a = replace(a, reply_to={1: a.ids[0]}, reactions={0: (Reaction("❤", "Ben"),)}, edited=np.array([True, False]))
    united = merge([a, b])
    assert list(united.ids) == list(b.ids)
    assert united[1].reply_to == united[0].id
    assert united[0].reactions == (Reaction("❤", "Ben"),)
    assert united[0].edited


def test_file_order_breaks_ties_of_time() -> None:
    said = [("Ana", 60, "first"), ("Ben", 60, "second"), ("Ana", 0, "before")]
    assert list(in_order(view(said)).text) == ["before", "first", "second"]


def test_nothing_and_empty_exports() -> None:
    assert len(merge([])) == 0
    assert len(merge([view([]), view([])])) == 0
    assert len(merge([view([]), view([("Ana", 0, "hi")])])) == 1


def many(n: int) -> Messages:
    texts = [f"message number {number} of a long talk" if number % 2 else "ok" for number in range(n)]
    zeros: Callable[[], np.ndarray[tuple[int], np.dtype[np.int32]]] = lambda: np.zeros(n, dtype=np.int32)  # noqa: E731
    return Messages(
        conversation=zeros(),
        person=(np.arange(n) % 2).astype(np.int32),
        time=np.arange(n, dtype=np.int64) * 20_000_000,
        what=np.zeros(n, dtype=np.int8),
        text=Texts.of(texts),
        file=zeros(),
        line=np.arange(n, dtype=np.int64),
        edited=np.zeros(n, dtype=np.bool_),
        conversations=("home",),
        people=("Ana", "Ben"),
        files=("a.txt",),
    )


@pytest.mark.slow
def test_a_million_messages_are_united_in_fifteen_seconds() -> None:
    whole = many(1_000_000)
    a, b = whole[:600_000], whole[400_000:]
    a, b = (replace(part, given_ids=None, _made={}) for part in (a, b))
    began = time.process_time()
    united = merge([a, b])
    assert len(united) == 1_000_000
    assert time.process_time() - began < 15


def test_an_id_two_exports_gave_to_different_messages_is_told_apart() -> None:
    """Both tables number from 1; the messages are weeks apart."""
    a = replace(view([("Ana", 0, "hi"), ("Ben", 60, "ho")]), given_ids=("1", "2"))
    b = replace(view([("Ana", 10**6, "later"), ("Ben", 10**6 + 60, "much later")], file="b"), given_ids=("1", "2"))
    assert list(merge([a, b]).ids) == ["1", "2", "1.2", "2.2"]


def test_ids_stay_different_after_the_remembered_chunks_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nearer.read._rows.SPANS_KEPT", 2)
    numbers = Numbers()
    ids = [made for _ in range(9) for made in numbers.number(view([("Ana", 0, "ok")])).ids]
    assert [made.partition(".")[2] for made in ids] == ["", "2", "3", "4", "5", "6", "7", "8", "9"]
