from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from nearer.columns import Messages
from nearer.records import ACTS, EMOTIONS, Message, Origin
from nearer.score.columns import score
from nearer.sense import load_ear

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
