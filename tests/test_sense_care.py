"""C33, T8: care notices explicit words of crisis and violence, looks away from sayings, films and songs, and stops the analysis there."""

import time
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from nearer.columns import Messages
from nearer.pipeline import relate_lines, sense_lines, show_lines
from nearer.records import ACTS, Message, Origin, Relationship
from nearer.relate import episodes, relate
from nearer.relate._heard import Heard
from nearer.sense import _care, load_ear, sense
from nearer.sense._care import PASSAGE_MESSAGES, PASSAGE_TIME, care, care_words, passage
from nearer.show import show
from nearer.stream import dump, to_episode, to_finding, to_lines

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SENTENCES = Path(__file__).parent / "care_sentences.toml"
LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt", "pl", "tr", "ru", "ar", "hi", "zh")
HIGH = 0.5


def chat(*texts: str, what: str = "text", every: timedelta = timedelta(minutes=1), conversation: str = "home") -> Messages:
    return Messages.of(
        Message(f"{conversation}{i}", conversation, ("Ana", "Ben")[i % 2], START + i * every, text, what, Origin("x", i + 1))
        for i, text in enumerate(texts)
    )


def kind_of(text: str) -> str:
    return care(chat(text)).get(0, "")


@cache
def items() -> list[dict[str, str]]:
    with SENTENCES.open("rb") as file:
        found: list[dict[str, str]] = tomllib.load(file)["items"]
    return found


@cache
def answers() -> dict[int, str]:
    return care(chat(*(item["text"] for item in items())))


def share_found(kind: str, *, held: bool) -> float:
    rows = [row for row, item in enumerate(items()) if item["kind"] == kind and bool(item.get("held")) is held]
    return sum(row in answers() for row in rows) / len(rows)


# ------------------------------------------------------------------------------------------------------------------------- the set (C33)


def test_the_set_is_what_the_check_asks_for() -> None:
    kinds = [item["kind"] for item in items()]
    assert len(items()) >= 300
    assert kinds.count("explicit") >= 100
    assert kinds.count("implicit") >= 80
    assert kinds.count("violence") >= 40
    assert kinds.count("negative") >= 80
    assert {item["language"] for item in items()} == set(LANGUAGES)
    assert len({item["text"] for item in items()}) == len(items())
    for kind, least in (("explicit", 30), ("implicit", 25), ("violence", 20), ("negative", 30)):
        assert sum(item["kind"] == kind and bool(item.get("held")) for item in items()) >= least


@pytest.mark.parametrize("part", ["held", "seen"])
def test_the_set_is_met(part: str) -> None:
    held = part == "held"
    assert share_found("explicit", held=held) >= 0.98
    assert share_found("violence", held=held) >= 0.90
    assert share_found("negative", held=held) <= 0.05
    assert share_found("implicit", held=held) >= 0.75


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_heard_by_care(language: str) -> None:
    rows = [row for row, item in enumerate(items()) if item["language"] == language]
    assert all(row in answers() for row in rows if items()[row]["kind"] == "explicit")
    assert not any(row in answers() for row in rows if items()[row]["kind"] == "negative")


def test_what_is_found_is_called_by_its_kind() -> None:
    wrong = [items()[row]["text"] for row, kind in answers().items() if items()[row]["expected"] not in {"", kind}]
    assert not wrong


# -------------------------------------------------------------------------------------------------------------------------- how it looks


@pytest.mark.parametrize(
    "text",
    [
        "I WANT TO KILL MYSELF",
        "i don\u2019t want to live anymore",
        "i don`t want to live any more",
        "i want to k\u200bi\u200bll myself",
        "i want to kill\u00a0 myself",
        "i want to kiiiilllll myself",
        "i want to \uff4b\uff49\uff4c\uff4c myself",
        "i want to \U0001d5f8\U0001d5f6\U0001d5f9\U0001d5f9 myself",
        "i want to k1ll myself",
        "i wanna\nkill\tmyself",
        "ich m\u00f6chte sterben",
        "ich mo\u0308chte sterben",
        "ich moechte sterben",
        "estoy cansada, QUIERO MORIRME",
    ],
)
def test_the_way_it_is_typed_does_not_matter(text: str) -> None:
    assert kind_of(text) == "crisis"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("i want to kill myself \U0001f602", "crisis"),
        ('he said "i want to die" and i believe him', "crisis"),
        ('the song says "i want to die" all over', ""),
        ("saw a film with Ben, i want to die", "crisis"),
        ("i'll kill you", "violence"),
        ("i'll kill you lol", ""),
        ("he beat me at home", "violence"),
        ("he beat me at chess", ""),
        ("he beat me twice", "violence"),
        ("he pushed me to the floor", "violence"),
        ("he pushed me to apply", ""),
        ("he choked me", "violence"),
        ("i choked on my tea", ""),
        ("i am afraid that he will kill me", "violence"),
        ("this hill will kill me", ""),
        ("on the phone she said she wants to die", "crisis"),
        ("my phone is about to die", ""),
        ("ran 12 kms today", ""),
        ("i might kms today", "crisis"),
        ("no quiero vivir en madrid", ""),
        ("no quiero vivir", "crisis"),
        ("he hit me and now i want to die", "violence"),
    ],
)
def test_both_sides_of_the_line(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_a_saying_does_not_hide_what_stands_beside_it() -> None:
    assert kind_of("these shoes are killing me") == ""
    assert kind_of("these shoes are killing me and honestly i want to kill myself") == "crisis"


def test_stems_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_care, "_any_stem", lambda **_: "")
    assert care(chat(*(item["text"] for item in items()))) == answers()


def test_every_sort_of_words_is_named_and_finds_nothing_in_nothing() -> None:
    for words in care_words():
        assert words.kind in {"crisis", "violence"}
        assert words.language in LANGUAGES
        assert words.says
        assert words.stems
        assert set(words.unless) <= {"laughs", "told", "away"}
    assert {words.language for words in care_words()} == set(LANGUAGES)
    assert care(chat("", " ", ".", "\u200b", "\U0001f600")) == {}


def test_who_wrote_it_does_not_matter_and_rows_stay_in_order() -> None:
    found = care(chat("fine here", "i want to die", "ok", "no, i want to die", "\u6211\u60f3\u6b7b"))
    assert found == {1: "crisis", 3: "crisis", 4: "crisis"}
    assert list(found) == sorted(found)


@pytest.mark.parametrize("what", ["media", "deleted", "call", "poll", "system"])
def test_only_text_is_looked_at(what: str) -> None:
    assert care(chat("i want to die", what=what)) == {}


def test_rows_are_right_across_the_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_care, "CARE_ROWS", 2)
    assert care(chat("a", "i want to die", "b", "he raped me", "i want to die")) == {1: "crisis", 3: "violence", 4: "crisis"}
    assert care(Messages.none()) == {}


def test_hostile_text_is_looked_at_in_linear_time() -> None:
    baits = ["i want to " * 10_000, "kill my" * 15_000, "i will " * 15_000 + "kill", "\u0336a" * 50_000, "\x00" * 100_000, '"' * 100_000]
    before = time.process_time()
    care(chat(*baits))
    assert time.process_time() - before < 6
    assert kind_of("a " * 50_000 + "i want to die") == "crisis"


def test_one_message_is_answered_at_once() -> None:
    care(chat("warm up, i want to die"))
    before = time.process_time()
    assert care(chat("i want to die"))
    assert time.process_time() - before < 0.2


# ------------------------------------------------------------------------------------------------------------------------------- passages


def rows_of(messages: Messages, *rows: int) -> list[int]:
    return np.flatnonzero(passage(messages, np.array(rows, dtype=np.int64))).tolist()


def test_a_passage_ends_after_so_many_messages() -> None:
    messages = chat(*["x"] * 100, every=timedelta(seconds=1))
    assert rows_of(messages, 50) == list(range(50 - PASSAGE_MESSAGES, 50 + PASSAGE_MESSAGES + 1))
    assert rows_of(messages, 3) == list(range(3 + PASSAGE_MESSAGES + 1))
    assert rows_of(messages, 99) == list(range(99 - PASSAGE_MESSAGES, 100))


def test_a_passage_ends_after_so_much_time() -> None:
    hour = timedelta(microseconds=PASSAGE_TIME)
    times = [-hour - timedelta(microseconds=1), -hour, timedelta(0), hour, hour + timedelta(microseconds=1)]
    messages = Messages.of(Message(str(i), "home", "Ana", START + at, "x", "text", Origin("x", 1)) for i, at in enumerate(times))
    assert rows_of(messages, 2) == [1, 2, 3]


def test_a_passage_stays_in_its_conversation_and_may_meet_another() -> None:
    home, work = chat(*["x"] * 60, conversation="home"), chat(*["x"] * 60, conversation="work")
    messages = Messages.concat([home, work])
    assert rows_of(messages, 30) == list(range(10, 51))
    assert rows_of(messages, 30, 40) == list(range(10, 61 - 1))
    assert rows_of(messages, 60) == list(range(60, 81))


def test_a_passage_follows_time_not_the_order_of_rows() -> None:
    messages = chat(*["x"] * 50, every=timedelta(minutes=5))
    turned = messages.take(np.arange(50)[::-1])
    assert rows_of(turned, 0) == list(range(13))


def test_no_words_no_passage() -> None:
    assert not passage(chat("a", "b"), np.zeros(0, dtype=np.int64)).any()
    assert passage(Messages.none(), np.zeros(0, dtype=np.int64)).shape == (0,)


# ------------------------------------------------------------------------------------------------- what the rest of the program sees of it


def long_chat() -> Messages:
    """Return a hundred warm lines, with one in the middle that care must notice, and a second conversation beside them."""
    lines = ["i feel so lonely tonight", "thank you so much, i really appreciate it"] * 50
    lines[50] = "i want to kill myself"
    return Messages.concat([chat(*lines), chat("thank you so much, i really appreciate it", conversation="work")])


@pytest.fixture(scope="module")
def heard() -> Messages:
    return sense(long_chat())


def test_the_analysis_stops_for_the_passage_only(heard: Messages) -> None:
    senses = heard.senses
    assert senses is not None
    assert senses.care == dict.fromkeys(range(30, 71), "crisis")
    stopped = np.zeros(101, dtype=np.bool_)
    stopped[30:71] = True
    assert not senses.heard[stopped].any()
    assert senses.heard[~stopped].all()
    for shown in (senses.emotions_shown, senses.acts_shown):
        assert not shown[stopped].any()
        assert shown[~stopped].any()
    assert not set(senses.attributes) & set(np.flatnonzero(stopped).tolist())
    assert heard[50].sensed is not None
    assert heard[50].sensed.care == "crisis"


def test_only_the_words_themselves_have_no_scores(heard: Messages) -> None:
    """What stands around them keeps what the model heard, cues left out, so that scores can be measured; nothing of it is shown."""
    senses = heard.senses
    assert senses is not None
    around = [row for row in senses.care if row != 50]
    for scores in (senses.emotions, senses.acts):
        assert not scores[50].any()
        assert scores[around].all()
    assert senses.acts[around, ACTS.index("appreciate")].max() > HIGH


def with_passage_scores(messages: Messages, score: float) -> Messages:
    """Return the same messages with this score everywhere in their passages."""
    senses = messages.senses
    assert senses is not None
    assert senses.care
    emotions, acts = senses.emotions.copy(), senses.acts.copy()
    emotions[list(senses.care)] = acts[list(senses.care)] = score
    return messages.with_senses(replace(senses, emotions=emotions, acts=acts))


QUARREL = [
    "you never listen to me",
    "that's not true, you always twist my words",
    "you're pathetic",
    "i'm done talking to you",
    "i'm so sorry, it was my fault",
    "thank you, i forgive you",
    "i failed the exam and can't stop crying",
    "i'm here, tell me",
    "i promise i'll call you on friday",
    "good night love",
]


def told_with(score: float) -> tuple[bytes, ...]:
    """Return findings, episodes and every form of the report, where the passages have this score in everything."""
    lines = QUARREL * 12
    lines[3 * len(QUARREL) + 3] = lines[8 * len(QUARREL)] = "i want to kill myself"
    messages = with_passage_scores(sense(chat(*lines, every=timedelta(minutes=7))), score)
    errors = load_ear().errors
    relationship = Relationship("partner", ("Ana", "Ben"), messages)
    findings, found = relate(relationship, errors=errors), episodes(relationship, errors=errors)
    stream = list(to_lines(messages))
    related = list(relate_lines(stream))
    return (
        *(dump(to_finding(finding)) for finding in findings),
        *(dump(to_episode(episode)) for episode in found),
        *related[1:],
        *relate_lines(stream, only_episodes=True),
        *(show(relationship, findings, found, form=form).encode() for form in ("html", "json")),
        show_lines(related).encode(),
    )


def test_scores_within_a_passage_change_not_a_byte_of_what_is_told() -> None:
    """Whoever counts, quotes or draws leaves the whole passage out: with scores there, or without."""
    silent = told_with(0.0)
    assert len(silent) > len(QUARREL)
    assert told_with(1.0) == silent


def test_scores_beside_a_passage_do_change_what_is_told() -> None:
    """The check above can fail: the same scores are told where the analysis did not stop."""
    lines = QUARREL * 3
    messages = sense(chat(*lines, every=timedelta(minutes=7)))
    senses = messages.senses
    assert senses is not None
    raised = messages.with_senses(replace(senses, acts=np.ones_like(senses.acts)))
    plain, other = (relate(Relationship("partner", ("Ana", "Ben"), m), errors=load_ear().errors) for m in (messages, raised))
    assert [to_finding(finding) for finding in plain] != [to_finding(finding) for finding in other]


def test_no_measure_counts_or_quotes_the_passage() -> None:
    lines = ["i feel so lonely tonight", "thank you so much, i really appreciate it"] * 100
    lines[199] = "i want to kill myself"
    relationship = Relationship("partner", ("Ana", "Ben"), sense(chat(*lines, every=timedelta(minutes=10))))
    stopped = {f"home{row}" for row in range(193, 200)}
    seen = Heard(relationship)
    warm = set(seen.ids(np.flatnonzero(seen.act("appreciate", "disclose_feeling")).tolist()))
    assert warm == {f"home{row}" for row in range(193)}
    findings = relate(relationship)
    quoted = {evidence.id for finding in findings for evidence in (*finding.evidence, *finding.against)}
    assert {finding.measure for finding in findings if finding.evidence} >= {"accessible", "reply_lag"}
    assert not quoted & stopped
    assert all("in 7 of them" in finding.coverage for finding in findings if finding.measure == "hours")


def test_no_episode_leads_into_the_passage() -> None:
    lines = ["i feel so lonely tonight", "i'm here, tell me"] * 30
    lines[30] = "i want to kill myself"
    relationship = Relationship("partner", ("Ana", "Ben"), sense(chat(*lines, every=timedelta(minutes=10))))
    held = {message for episode in episodes(relationship) for message in episode.messages}
    assert held
    assert not held & {f"home{row}" for row in range(24, 37)}


def test_a_conversation_that_is_one_such_passage_holds_no_episode() -> None:
    relationship = Relationship("partner", ("Ana", "Ben"), sense(chat("thank you so much", "i want to kill myself", "i'm here")))
    assert episodes(relationship) == []
    assert all(not finding.evidence for finding in relate(relationship))


def test_what_goes_on_to_the_report_has_no_words_of_the_passage() -> None:
    heard = list(sense_lines(to_lines(chat("thank you so much", "i want to kill myself", "i'm here"))))
    assert b"kill" in b"".join(heard)
    assert b"kill" not in b"".join(relate_lines(heard))


def test_a_quiet_chat_has_no_care() -> None:
    senses = sense(chat("dinner at eight?", "yes, love")).senses
    assert senses is not None
    assert senses.care == {}
    assert senses.heard.all()


@pytest.mark.parametrize("form", ["html", "md", "text", "json"])
@pytest.mark.parametrize("both", [False, True])
def test_no_form_counts_where_the_analysis_stopped(form: str, both: bool) -> None:  # noqa: FBT001 - a table of cases
    lines = ["i feel so lonely tonight", "thank you so much, i really appreciate it"] * 100
    lines[199] = "i want to kill myself"
    relationship = Relationship("partner", ("Ana", "Ben"), sense(chat(*lines, every=timedelta(minutes=10))), both=both)
    shown = show(relationship, relate(relationship), episodes(relationship), form=form)
    assert "the analysis stopped" not in shown
