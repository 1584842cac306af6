import hashlib
from importlib.resources import files

import numpy as np
import pytest

from nearer.columns import Texts
from nearer.errors import UnknownName, Unreadable
from nearer.records import ACTS, EMOTIONS
from nearer.sense import model
from nearer.sense.model._net import Vocabulary, context, features, slots_of
from nearer.sense.model._tokens import MAX_CHARACTERS, chosen, crossing, pairs, pieces, tokens

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


def test_pairs_are_the_same_wherever_they_stand() -> None:
    made = tokens(Texts.of(["a b c", "d", "a b"]))
    hashes = pairs(made, apart=1)
    assert hashes[0] == hashes[4]
    assert len(set(hashes.tolist())) == len(hashes) - 1
    assert pairs(made, apart=2)[0] not in hashes


def test_pairs_that_reach_into_the_next_text_are_struck_out() -> None:
    bounds = tokens(Texts.of(["a b c", "d", "", "a b"])).bounds
    assert sorted(set(crossing(bounds, apart=1).tolist())) == [2, 3]
    assert sorted(set(crossing(bounds, apart=2).tolist())) == [1, 2, 3]
    assert crossing(np.array([0, 3]), apart=1).tolist() == []


def test_words_pairs_and_pieces_become_rows_of_the_table() -> None:
    made = tokens(Texts.of(["go home", "home", "", "wander"]))
    known = Vocabulary.of(np.append(slots_of(made.hashes[:2]), slots_of(pairs(made, apart=1)[:1])).astype(np.uint32))
    found, unknown = features(made, known)
    assert found.columns.tolist() == [1, 3, 2, 2]
    assert found.bounds.tolist() == [0, 3, 4, 4, 4]
    assert unknown.bounds.tolist() == [0, 0, 0, 0, 7]
    assert unknown.columns.min() >= known.known


def test_a_pair_with_a_word_between_is_known_too() -> None:
    made = tokens(Texts.of(["go right home", "home", "go"]))
    known = Vocabulary.of(slots_of(pairs(made, apart=2)[:1]).astype(np.uint32))
    found, _ = features(made, known)
    assert found.columns.tolist() == [1]
    assert found.bounds.tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("lines", [[], [""], ["a"], ["a b"], ["", "a", ""]])
def test_few_words_or_none_are_no_trouble(lines: list[str]) -> None:
    made = tokens(Texts.of(lines))
    known, unknown = features(made, Vocabulary.of(np.zeros(0, np.uint32)))
    assert not len(known.columns)
    assert known.bounds.tolist() == unknown.bounds.tolist() == [0] * (len(lines) + 1)


def test_a_large_vocabulary_keeps_its_numbers() -> None:
    for size in (255, 256, 65_535, 65_536):
        slots = np.arange(size, dtype=np.uint32)
        assert Vocabulary.of(slots).lookup[slots].tolist() == list(range(1, size + 1))


def test_chosen_texts_are_those_at_the_rows() -> None:
    texts = Texts.of(["one", "zwei", "", "für", "😂"])[1:]
    for rows in ([0, 1, 2, 3], [1, 2], [3], [0, 2, 3], [3, 1], [2, 2]):
        assert list(chosen(texts, np.array(rows))) == [texts[row] for row in rows]


def test_pieces_of_a_word() -> None:
    made = tokens(Texts.of(["abcde", "ab"]))
    hashes, bounds = pieces(made, np.array([0, 1]))
    assert bounds.tolist() == [0, 5, 5]
    assert len(set(hashes.tolist())) == 5


def test_plain_figures_of_a_text() -> None:
    made = tokens(Texts.of(["OK?? yes! 12 😂", "...", ""]))
    counts = np.expm1(made.dense[:, 2:]).round().astype(int).tolist()
    assert counts == [[1, 1, 0, 1, 1, 6], [0, 0, 1, 0, 0, 1], [0] * 6]
    assert made.dense[0, 1] == pytest.approx(2 / len("OK?? yes! 12 😂".encode()))


def test_only_lines_of_the_same_conversation_are_the_past() -> None:
    seen = np.arange(1, 5, dtype=np.float32)[:, None]
    conversation, person = np.array([0, 0, 0, 1], np.int32), np.array([0, 1, 1, 0], np.int32)
    before = context(seen, conversation=conversation, person=person, time=np.arange(4) * 1_000_000)
    assert before is not None
    assert before[:, :2].tolist() == [[0, 0], [1, 0], [1, 2], [0, 0]]
    assert before[:, 4].tolist() == [0, 1, 1, 0]
    assert context(seen, conversation=np.full(4, -1, np.int32), person=person, time=np.arange(4)) is None


def test_the_past_reaches_three_lines_back_and_takes_the_last_of_each() -> None:
    seen = np.arange(1, 7, dtype=np.float32)[:, None]
    conversation, person = np.zeros(6, np.int32), np.array([0, 1, 0, 0, 0, 0], np.int32)
    before = context(seen, conversation=conversation, person=person, time=np.zeros(6, np.int64))
    assert before is not None
    assert before[:, :2].tolist() == [[0, 0], [1, 0], [2, 1], [2, 3], [2, 4], [0, 5]]
    assert before[:, 5:].tolist() == [[0, 0], [1, 0], [1, 1], [1, 1], [1, 1], [0, 1]]


def test_a_gap_that_runs_backwards_is_no_gap() -> None:
    seen = np.ones((2, 1), dtype=np.float32)
    before = context(seen, conversation=np.zeros(2, np.int32), person=np.zeros(2, np.int32), time=np.array([9_000_000, 0]))
    assert before is not None
    assert before[1, 3] == 0


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


def test_the_order_of_the_rows_does_not_matter() -> None:
    lines, turned = ["I failed the exam", "oh no", "that's nothing"], np.array([2, 0, 1])
    expected = scores(*lines)[1]
    _, acts = model.load_ear().hear(
        Texts.of(lines).take(turned),
        conversation=np.zeros(3, np.int32),
        person=(turned % 2).astype(np.int32),
        time=turned.astype(np.int64) * 60_000_000,
    )
    np.testing.assert_allclose(acts, expected[turned], atol=1e-5)


def test_what_is_not_heard_has_no_scores_and_is_no_past() -> None:
    lines = ["I failed the exam", "nothing to hear", "that's nothing"]
    heard = np.array([True, False, True])
    emotions, acts = model.load_ear().hear(
        Texts.of(lines),
        conversation=np.zeros(3, np.int32),
        person=np.array([0, 0, 1], np.int32),
        time=np.arange(3, dtype=np.int64),
        heard=heard,
    )
    assert not emotions[1].any()
    assert not acts[1].any()
    _, without = model.load_ear().hear(
        Texts.of([lines[0], lines[2]]),
        conversation=np.zeros(2, np.int32),
        person=np.array([0, 1], np.int32),
        time=np.array([0, 2], dtype=np.int64),
    )
    np.testing.assert_allclose(acts[heard], without, atol=1e-6)


def test_scores_lie_column_by_column() -> None:
    for made in scores("hello you", "hi"):
        assert made.T.flags.c_contiguous


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
