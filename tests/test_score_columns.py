from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from nearer.columns import Messages, Senses, Texts
from nearer.records import ACTS, EMOTIONS, Message, Origin
from nearer.score import columns
from nearer.score.columns import score
from nearer.sense import hear, load_ear

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
TEXTS = ["I failed the exam", "that's nothing, you'll manage", None, "thank you for the soup"]


def batch(texts: list[str | None], conversation: list[str | None]) -> pa.RecordBatch:
    count = len(texts)
    return pa.RecordBatch.from_pydict(
        {
            "id": pa.array([str(i) for i in range(count)]),
            "conversation": pa.array(conversation, pa.string()),
            "person": pa.array([("Ana", "Ben")[i % 2] for i in range(count)]),
            "time": pa.array([START + timedelta(minutes=i) for i in range(count)], pa.timestamp("us", tz="UTC")),
            "text": pa.array(texts, pa.string()),
            "shop": pa.array(["Delta"] * count),
        }
    )


def acts(scored: pa.RecordBatch) -> np.ndarray:
    return np.stack([scored.column(f"act_{name}").to_numpy() for name in ACTS], axis=1)


def test_same_rows_same_order_and_all_columns() -> None:
    given = batch(TEXTS, ["c"] * 4)
    scored = score(given)
    assert scored.schema.names[:6] == given.schema.names
    assert scored.select(given.schema.names).equals(given)
    assert {f"emotion_{name}" for name in EMOTIONS} | {f"act_{name}" for name in ACTS} <= set(scored.schema.names)
    assert scored.schema.field("act_blame").type == pa.float32()
    assert scored.column("language").type == pa.string()
    assert scored.column("heard").to_pylist() == [True, True, False, True]
    assert not acts(scored)[2].any()


def test_a_conversation_is_context_and_none_is_not() -> None:
    together, apart = score(batch(TEXTS[:2], ["c", "c"])), score(batch(TEXTS[:2], [None, None]))
    assert np.abs(acts(together)[1] - acts(apart)[1]).max() > 1e-4
    np.testing.assert_allclose(acts(together)[0], acts(apart)[0], atol=1e-5)


def test_order_in_the_batch_does_not_matter_only_time_does() -> None:
    given = batch(TEXTS, ["c"] * 4)
    turned = given.take(pa.array([3, 2, 1, 0]))
    np.testing.assert_allclose(acts(score(turned))[::-1], acts(score(given)), atol=1e-5)


def test_a_slice_and_text_alone_are_enough() -> None:
    given = batch(TEXTS, ["c"] * 4)
    assert score(given.slice(1, 2)).num_rows == 2
    alone = score(pa.RecordBatch.from_pydict({"text": pa.array(TEXTS)}))
    assert alone.num_rows == 4
    assert score(given.slice(0, 0)).num_rows == 0


def test_the_columns_are_the_scores_of_the_ear() -> None:
    """The door adds nothing of its own: Messages scored by the ear itself give the same figures."""
    texts = [text for text in TEXTS if text]
    messages = Messages.of(
        Message(str(i), "c", ("Ana", "Ben")[i % 2], START + timedelta(minutes=i), text, "text", Origin("x", i))
        for i, text in enumerate(texts)
    )
    _, expected = load_ear().hear(messages.text, conversation=messages.conversation, person=messages.person, time=messages.time)
    np.testing.assert_allclose(acts(score(batch(list(texts), ["c"] * len(texts)))), expected, atol=1e-6)


def test_texts_that_come_again_are_scored_once_and_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []

    def counted(texts: Texts, **rest: Any) -> Senses:
        heard.append(len(texts))
        return hear(texts, **rest)

    monkeypatch.setattr(columns, "hear", counted)
    posts = ["thank you for the soup", None, "ok", "я скучаю по тебе", "ok"] * 4
    given = pa.RecordBatch.from_pydict({"text": pa.array(posts)})
    once = score(given)
    monkeypatch.setattr(columns, "ONCE", 0.0)
    each = score(given)
    assert heard == [4, 20]
    assert once.schema == each.schema
    np.testing.assert_allclose(acts(once), acts(each), atol=1e-6)
    for name in ("text", "heard", "language"):
        assert once.column(name).to_pylist() == each.column(name).to_pylist()


def test_texts_that_come_again_in_a_conversation_keep_their_context() -> None:
    given = batch(["ok"] * 4, ["c", "c", None, None])
    scored = acts(score(given))
    assert np.abs(scored[0] - scored[1]).max() > 1e-4
    np.testing.assert_allclose(scored[2], scored[3], atol=1e-6)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_every_sort_of_text_column_is_heard_alike(kind: pa.DataType) -> None:
    given = pa.RecordBatch.from_pydict({"text": pa.array(TEXTS, pa.string()).cast(kind)})
    expected = score(pa.RecordBatch.from_pydict({"text": pa.array(TEXTS)}))
    np.testing.assert_allclose(acts(score(given)), acts(expected), atol=1e-6)
    np.testing.assert_allclose(acts(score(given.slice(1, 3))), acts(expected)[1:], atol=1e-6)


def test_a_slice_takes_its_own_bytes_only() -> None:
    column = pa.array(["x" * 1000, "soup", "bread"], pa.large_string()).slice(1, 2)
    texts = columns._texts(column)
    assert texts.data == b"soupbread"
    assert list(texts) == ["soup", "bread"]


def test_a_batch_of_nothing_but_nulls_is_silent() -> None:
    scored = score(pa.RecordBatch.from_pydict({"text": pa.array([None] * 3, pa.string())}))
    assert scored.column("heard").to_pylist() == [False] * 3
    assert not acts(scored).any()
