import numpy as np
import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nearer.columns import Texts
from nearer.sense import _language
from nearer.sense._language import (
    BETWEEN,
    DEPTH,
    HEARD,
    KNOWN,
    MIN_BYTES,
    OTHER,
    SAMPLED,
    _sampled,
    _told,
    _walk,
    is_other_script,
    languages,
)


def heard(*lines: str, default: str = "en") -> list[str]:
    codes, names = languages(Texts.of(lines), conversation=np.zeros(len(lines), dtype=np.int32), default=default)
    return [names[code] for code in codes]


def test_an_english_conversation_is_heard() -> None:
    assert heard("I was waiting for you at the station for an hour", "ok", "we could cook together on Sunday evening") == ["en"] * 3
    assert "en" in HEARD


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Ich habe gestern den ganzen Abend auf deine Nachricht gewartet", "de"),
        ("Ayer estuve esperando tu mensaje toda la noche y no llegó nada", "es"),
    ],
)
def test_another_language_is_named(line: str, language: str) -> None:
    assert heard(line, line, "ok") == [language] * 3


def test_what_is_too_short_to_tell_counts_as_the_default() -> None:
    assert len("gestern Abend") < MIN_BYTES
    assert heard("gestern Abend", default="en") == ["en"]
    assert heard("gestern Abend", default="de") == ["de"]


def test_a_row_in_another_script_is_not_english() -> None:
    assert heard("I was waiting for you at the station for an hour", "я скучаю по тебе") == ["en", OTHER]


def test_emoji_and_accents_are_no_script() -> None:
    assert is_other_script(Texts.of(["😂😂", "café", "", "你好"])).tolist() == [False, False, False, True]


def test_letters_count_against_a_script_only_in_their_own_text() -> None:
    assert is_other_script(Texts.of(["hello there", "ok 你好你好", "good morning 你"])).tolist() == [False, True, False]
    assert is_other_script(Texts.of(["x", "hello 你好", "你好"])[1:]).tolist() == [False, True]


LINES = [
    "I was waiting for you at the station for an hour",
    "ICH HABE GESTERN DEN GANZEN ABEND AUF DICH GEWARTET",
    "Ayer estuve esperando tu mensaje toda la noche y no llego\u0301 nada",
    "Mi sono divertita tantissimo ieri sera con voi al mare",
    "昨日の夜はずっと君のメッセージを待っていました",
    "x",
    "ok",
]


def test_many_lines_at_once_are_told_apart_as_one_by_one() -> None:
    """Our walk from all bytes at once ends where the model's own walk ends."""
    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages(list(KNOWN))
    texts = Texts.of(line for line in LINES for _ in range(2))
    told = list(_told(texts, np.arange(len(texts)), "??"))
    for line, language in zip(texts, told, strict=True):
        assert language in {model.classify(line)[0], "??"}
    assert "??" not in told[: 2 * LINES.index("x")]


def test_no_text_holds_the_byte_between_and_no_feature_is_longer_than_the_walk() -> None:
    walk = _walk()
    assert not walk.moves[walk.begins + BETWEEN[0]].any()
    reached, depth = np.zeros(len(walk.begins), dtype=np.bool_), 0
    reached[0] = True
    fresh = reached.copy()
    while fresh.any():
        led = np.zeros_like(reached)
        led[walk.moves[np.unique(walk.begins[fresh])[:, None] + np.arange(256)]] = True
        fresh, depth = led & ~reached, depth + 1
        reached |= led
    assert depth - 1 == DEPTH


def test_a_line_that_says_nothing_votes_for_the_default() -> None:
    assert heard("!" * (MIN_BYTES + 1)) == ["en"]
    assert list(_told(Texts.of([]), np.zeros(0, dtype=np.int64), "en")) == []


def test_at_most_five_vote_evenly_over_the_conversation() -> None:
    sizes, conversation = np.full(24, MIN_BYTES), np.array([0] * 21 + [1, -1, 1])
    assert _sampled(sizes, conversation).tolist() == [0, 5, 10, 15, 20, 21, 23]
    sizes[[0, 21, 23]] = MIN_BYTES - 1
    assert _sampled(sizes, conversation).tolist() == [1, 5, 10, 15, 20]
    assert len(_sampled(sizes, conversation)) == SAMPLED


def test_each_conversation_votes_for_itself_and_the_default_wins_a_tie() -> None:
    lines = [LINES[0], LINES[2], LINES[2], LINES[2], LINES[0], LINES[2]]
    codes, names = languages(Texts.of(lines), conversation=np.array([2, 0, 2, 2, 1, 1]), default="en")
    assert [names[code] for code in codes] == ["es", "es", "es", "es", "en", "en"]
    codes, names = languages(Texts.of(lines), conversation=np.full(6, -1), default="en")
    assert {names[code] for code in codes} == {"en"}


def test_many_sampled_lines_are_told_apart_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, rows = Texts.of(LINES), np.arange(len(LINES))
    whole = list(_told(texts, rows, "en"))
    monkeypatch.setattr(_language, "VOTING_ROWS", 2)
    assert list(_told(texts, rows, "en")) == whole
