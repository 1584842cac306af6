import hashlib
import sys
from importlib.resources import files
from importlib.util import find_spec

import numpy as np
import pytest

from nearer.columns import Texts
from nearer.errors import MissingExtra, Unreadable
from nearer.records import ACTS, EMOTIONS
from nearer.sense import deep
from nearer.sense.deep import BEFORE_PIECES, MESSAGE_PIECES, DeepEar, _pieces, _session, before, to_tokens
from nearer.sense.deep._pieces import HALF, LONGEST_WORD, Pieces

MAX_WEIGHT_BYTES = 30_000_000
VOCABULARY = "[PAD] [UNK] [CLS] [SEP] un ##aff ##able hello ! 中 me you : a ##a cafe ' s ##b".split()
UNKNOWN, START, END = 1, 2, 3
needs_extra = pytest.mark.skipif(find_spec("onnxruntime") is None, reason="needs the extra deep (onnxruntime)")


@pytest.fixture(scope="module")
def ear() -> DeepEar:
    return DeepEar()


@pytest.fixture
def pieces() -> Pieces:
    return Pieces(VOCABULARY)


def said(pieces: Pieces, text: str) -> list[str]:
    return [VOCABULARY[number] for number in pieces.of(text)]


def scores(ear: DeepEar, *lines: str, conversation: int = 0, heard: list[bool] | None = None) -> tuple[np.ndarray, np.ndarray]:
    count = len(lines)
    return ear.hear(
        Texts.of(lines),
        conversation=np.full(count, conversation, dtype=np.int32),
        person=(np.arange(count) % 2).astype(np.int32),
        time=np.arange(count, dtype=np.int64) * 60_000_000,
        heard=None if heard is None else np.array(heard),
    )


# ------------------------------------------------------------------------------------------------------------------------------- pieces


def test_a_word_is_cut_into_the_longest_pieces(pieces: Pieces) -> None:
    assert said(pieces, "unaffable") == ["un", "##aff", "##able"]
    assert said(pieces, "hello unaff") == ["hello", "un", "##aff"]


def test_a_word_that_no_pieces_make_up_is_one_unknown(pieces: Pieces) -> None:
    assert said(pieces, "unaffection hello") == ["[UNK]", "hello"]
    assert said(pieces, "😂😂 hello") == ["[UNK]", "hello"]


def test_capitals_and_accents_are_left_away(pieces: Pieces) -> None:
    assert said(pieces, "HELLO Café cafe\u0301") == ["hello", "cafe", "cafe"]


def test_marks_and_chinese_are_words_of_their_own(pieces: Pieces) -> None:
    assert said(pieces, "hello!!中中a's") == ["hello", "!", "!", "中", "中", "a", "'", "s"]


def test_controls_vanish_and_every_space_parts(pieces: Pieces) -> None:
    assert said(pieces, "hel\u200blo\x00\ufeff\x0b") == ["hello"]
    assert said(pieces, "a\ta\na\u00a0a\u2028a\u3000a") == ["a"] * 6
    assert said(pieces, " \n\u200b") == said(pieces, "") == []


def test_special_pieces_cannot_be_written(pieces: Pieces) -> None:
    assert {START, END}.isdisjoint(pieces.of("[CLS] hello [SEP]"))


def test_a_word_may_be_long_but_not_longer(pieces: Pieces) -> None:
    assert said(pieces, "a" * LONGEST_WORD) == ["a"] + ["##a"] * (LONGEST_WORD - 1)
    assert said(pieces, "a" * (LONGEST_WORD + 1)) == ["[UNK]"]


def test_of_a_long_text_both_ends_are_read(pieces: Pieces) -> None:
    assert len(pieces.of("a " * HALF)) == HALF
    assert said(pieces, "a " * 1_000_000 + "hello")[-1] == said(pieces, "hello " + "a " * 1_000_000)[0] == "hello"
    assert len(pieces.of("a " * 1_000_000)) == HALF


def test_remembered_words_do_not_fill_the_memory(pieces: Pieces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pieces, "KEPT_WORDS", 2)
    for word in ("hello", "a", "un", "cafe", "hello"):
        assert said(pieces, word) == [word]
        assert len(pieces._kept) <= 2


def test_the_vocabulary_that_ships_is_the_encoders(ear: DeepEar) -> None:
    """The numbers are those that BERT's uncased vocabulary is known for."""
    assert (ear.pieces.start, ear.pieces.end) == (101, 102)
    assert ear.pieces.of("Hello, WORLD!") == [7592, 1010, 2088, 999]
    assert ear.pieces.of("don't") == [2123, 1005, 1056]


# --------------------------------------------------------------------------------------------------------------- a message and its past


def test_a_message_stands_before_its_past_with_who_wrote_it(pieces: Pieces) -> None:
    tokens, lengths = to_tokens(pieces, ["hello", "a"], [[], [(False, 0), (True, 1)]])
    assert tokens[0] == [START, *pieces.of("hello"), END]
    assert tokens[1] == [START, *pieces.of("a"), END, *pieces.of("you: hello me: a"), END]
    assert lengths.tolist() == [3, 3]


def test_a_message_is_cut_at_its_end_and_its_past_at_its_beginning(pieces: Pieces) -> None:
    long = "a " * 100 + "hello"
    tokens, lengths = to_tokens(pieces, [long, "a " * (MESSAGE_PIECES - 2)], [[], [(False, 0)]])
    assert lengths.tolist() == [MESSAGE_PIECES, MESSAGE_PIECES]
    assert pieces.of("hello")[0] not in tokens[0]
    assert len(tokens[1]) == MESSAGE_PIECES + BEFORE_PIECES + 1
    assert tokens[1][-2:] == [*pieces.of("hello"), END]


def test_the_past_is_three_lines_of_the_same_conversation() -> None:
    conversation, person = np.array([0, 0, 0, 0, 0, 1, -1, -1], np.int32), np.array([0, 1, 0, 0, 1, 1, 1, 1], np.int32)
    past = before(conversation, person)
    assert past[0] == past[5] == past[6] == past[7] == []
    assert past[1] == [(False, 0)]
    assert past[4] == [(True, 1), (False, 2), (False, 3)]


# -------------------------------------------------------------------------------------------------------------------------------- hearing


@needs_extra
def test_scores_are_probabilities_of_the_right_shape(ear: DeepEar) -> None:
    emotions, acts = scores(ear, "thank you so much", "any time", "", "🙂", "x" * 10_000)
    assert emotions.shape == (5, len(EMOTIONS))
    assert acts.shape == (5, len(ACTS))
    for made in (emotions, acts):
        assert np.isfinite(made).all()
        assert made.min() >= 0
        assert made.max() <= 1


@needs_extra
def test_no_messages_have_no_scores(ear: DeepEar) -> None:
    assert scores(ear)[0].shape == (0, len(EMOTIONS))


@needs_extra
def test_plain_feelings_are_heard(ear: DeepEar) -> None:
    lines = ("thank you so much for everything!", "that is disgusting, i hate it", "i'm so sorry, it was my fault")
    emotions, acts = scores(ear, *lines, conversation=-1)
    assert emotions[0].argmax() == EMOTIONS.index("gratitude")
    assert acts[:, ACTS.index("appreciate")].argmax() == 0
    assert acts[2].argmax() == ACTS.index("apologise")


@needs_extra
def test_what_the_other_said_before_changes_the_acts(ear: DeepEar) -> None:
    line = "that's nothing, you'll manage"
    alone, after = scores(ear, line), scores(ear, "I failed the exam and can't stop crying", line)
    assert np.abs(alone[1][0] - after[1][1]).max() > 0.01


@needs_extra
def test_no_conversation_means_no_context(ear: DeepEar) -> None:
    first, second = scores(ear, "I failed the exam", "that's nothing", conversation=-1), scores(ear, "that's nothing", conversation=-1)
    np.testing.assert_allclose(first[1][1], second[1][0], atol=1e-5)


@needs_extra
def test_what_is_not_heard_has_no_scores_and_is_no_context(ear: DeepEar) -> None:
    emotions, acts = scores(ear, "I failed the exam", "that's nothing", heard=[False, True])
    assert not emotions[0].any()
    assert not acts[0].any()
    np.testing.assert_allclose(acts[1], scores(ear, "that's nothing")[1][0], atol=1e-5)


@needs_extra
def test_chunks_and_batches_change_nothing(ear: DeepEar, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["I failed the exam", "oh no", "it's fine", "are you sure? " * 5, "yes", "I love you", "thanks"] * 3
    whole = scores(ear, *lines)
    monkeypatch.setattr(deep, "CHUNK_ROWS", 4)
    monkeypatch.setattr(_session, "BATCH", 3)
    for ours, theirs in zip(scores(ear, *lines), whole, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


@needs_extra
def test_the_order_of_the_rows_does_not_matter(ear: DeepEar) -> None:
    lines, turned = ["I failed the exam", "oh no", "that's nothing"], np.array([2, 0, 1])
    _, acts = ear.hear(
        Texts.of(lines).take(turned),
        conversation=np.zeros(3, np.int32),
        person=(turned % 2).astype(np.int32),
        time=turned.astype(np.int64) * 60_000_000,
    )
    np.testing.assert_allclose(acts, scores(ear, *lines)[1][turned], atol=1e-4)


@needs_extra
def test_the_same_messages_give_the_same_bytes(ear: DeepEar) -> None:
    assert scores(ear, "hello you", "hi")[1].tobytes() == scores(DeepEar(), "hello you", "hi")[1].tobytes()


def test_without_the_extra_the_way_to_install_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtra, match=r"pip install 'nearer\[deep\]'"):
        scores(DeepEar(), "hello")


# --------------------------------------------------------------------------------------------------------------------- what ships with it


def test_figures_come_with_the_weights(ear: DeepEar) -> None:
    assert (ear.name, ear.ear.name) == ("deep", "deep")
    assert set(ear.errors.counted) == set(ACTS)
    assert ear.errors.held_out is not None
    assert len(ear.errors.held_out) > 1_000
    for act in ACTS:
        figures = ear.errors.of(act, setting="partner")
        assert figures is not None
        assert figures.hit + figures.miss > 0


def test_what_is_shown_is_over_its_threshold(ear: DeepEar) -> None:
    assert ear.emotions_shown(np.zeros((1, len(EMOTIONS)), np.float32))[0].nonzero()[0].tolist() == [EMOTIONS.index("neutral")]
    act = ACTS.index("apologise")
    limit = np.float32(ear.figures["acts"]["apologise"]["shown"])
    found = np.zeros((2, len(ACTS)), np.float32)
    found[:, act] = limit, np.nextafter(limit, np.float32(0))
    assert ear.acts_shown(found)[:, act].tolist() == [True, False]


def test_the_weights_are_small_and_are_those_of_the_card(ear: DeepEar) -> None:
    weights = files("nearer.sense.deep").joinpath(deep.WEIGHTS).read_bytes()
    assert len(weights) <= MAX_WEIGHT_BYTES
    assert hashlib.sha256(weights).hexdigest() == ear.ear.hash
    deep.verify()
    assert ear.ear.hash in deep.card()


def test_other_weights_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deep, "WEIGHTS", deep.VOCABULARY)
    with pytest.raises(Unreadable):
        deep.verify()
