import hashlib
from importlib.resources import files

import numpy as np
import pytest

from nearer.columns import Texts
from nearer.errors import UnknownName, Unreadable
from nearer.records import ACTS, EMOTIONS
from nearer.sense import model
from nearer.sense.model._tokens import MAX_CHARACTERS, pairs, pieces, tokens

MAX_WEIGHT_BYTES = 15_000_000


def scores(*lines: str, conversation: int = 0) -> tuple[np.ndarray, np.ndarray]:
    count = len(lines)
    return model.load_ear().hear(
        Texts.of(lines),
        conversation=np.full(count, conversation, dtype=np.int32),
        person=(np.arange(count) % 2).astype(np.int32),
        time=np.arange(count, dtype=np.int64) * 60_000_000,
    )


def test_the_same_word_hashes_the_same_wherever_it_stands() -> None:
    made = tokens(Texts.of(["go home", "let's GO", "", "go"]))
    assert made.bounds.tolist() == [0, 2, 4, 4, 5]
    assert made.hashes[0] == made.hashes[3] == made.hashes[4]
    assert len(set(made.hashes.tolist())) == 3


def test_emoji_marks_and_curly_apostrophes_are_tokens() -> None:
    made = tokens(Texts.of(["don’t!! 😂😂", "don't"]))
    assert made.bounds.tolist() == [0, 4, 5]
    assert made.hashes[0] == made.hashes[4]
    assert made.hashes[2] == made.hashes[3]


def test_pairs_stay_inside_their_text() -> None:
    made = tokens(Texts.of(["a b c", "d", "a b"]))
    hashes, bounds = pairs(made, apart=1)
    assert bounds.tolist() == [0, 2, 2, 3]
    assert hashes[0] == hashes[2]
    assert pairs(made, apart=2)[1].tolist() == [0, 1, 1, 1]


def test_pieces_of_a_word() -> None:
    made = tokens(Texts.of(["abcde", "ab"]))
    hashes, bounds = pieces(made, np.array([True, True]))
    assert bounds.tolist() == [0, 5, 5]
    assert len(set(hashes.tolist())) == 5


def test_only_so_much_of_a_text_is_heard() -> None:
    filler = "x" * (MAX_CHARACTERS - 1)
    assert len(tokens(Texts.of([filler + " y"])).hashes) == 1
    assert len(tokens(Texts.of([filler[:-1] + " y"])).hashes) == 2


def test_scores_are_probabilities_of_the_right_shape() -> None:
    emotions, acts = scores("thank you so much", "any time", "")
    assert emotions.shape == (3, len(EMOTIONS))
    assert acts.shape == (3, len(ACTS))
    for made in (emotions, acts):
        assert np.isfinite(made).all()
        assert made.min() >= 0
        assert made.max() <= 1


def test_plain_feelings_are_heard() -> None:
    emotions, acts = scores("thank you so much for everything!", "that is disgusting, i hate it", "i'm so sorry, it was my fault")
    assert emotions[0].argmax() == EMOTIONS.index("gratitude")
    assert acts[:, ACTS.index("appreciate")].argmax() == 0
    assert acts[:, ACTS.index("apologise")].argmax() == 2


def test_what_the_other_said_before_changes_the_acts_only() -> None:
    line = "that's nothing, you'll manage"
    alone, after = scores(line), scores("I failed the exam and can't stop crying", line)
    np.testing.assert_allclose(alone[0][0], after[0][1], atol=1e-5)
    assert np.abs(alone[1][0] - after[1][1]).max() > 1e-4


def test_no_conversation_means_no_context() -> None:
    first, second = scores("I failed the exam", "that's nothing", conversation=-1), scores("that's nothing", conversation=-1)
    np.testing.assert_allclose(first[1][1], second[1][0], atol=1e-5)


def test_chunks_carry_their_context(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["I failed the exam", "oh no", "it's fine", "are you sure?", "yes", "I love you", "thanks"] * 3
    whole = scores(*lines)
    monkeypatch.setattr(model, "CHUNK_ROWS", 4)
    for ours, theirs in zip(scores(*lines), whole, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_long_text_still_gets_a_chunk_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "CHUNK_BYTES", 5)
    assert scores("much longer than five bytes", "ok", "yes")[0].all()


def test_the_same_messages_give_the_same_bytes() -> None:
    assert scores("hello you", "hi")[1].tobytes() == scores("hello you", "hi")[1].tobytes()


def test_figures_come_with_the_weights() -> None:
    errors = model.load_ear().errors
    assert set(errors.counted) == set(ACTS)
    for act in ACTS:
        figures = errors.of(act, setting="partner")
        assert figures is not None
        assert figures.hit + figures.miss > 0


def test_the_weights_are_small_and_are_those_of_the_card() -> None:
    weights = files("nearer.sense.model").joinpath(model.WEIGHTS).read_bytes()
    assert len(weights) <= MAX_WEIGHT_BYTES
    assert hashlib.sha256(weights).hexdigest() == model.load_ear().ear.hash
    model.verify()
    assert model.load_ear().ear.hash in model.card()


def test_other_weights_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "WEIGHTS", "figures.json")
    with pytest.raises(Unreadable):
        model.verify()


def test_an_unknown_ear_is_named() -> None:
    with pytest.raises(UnknownName, match="swift"):
        model.load_ear("slow")
