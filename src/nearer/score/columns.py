"""A record batch of messages in, the same batch with their scores out (contract.md, Score).

The scores are the model's alone: cues, attributes and care words belong to `nearer.sense.sense`. Context is the conversation inside the
batch, ordered by time, then position; a row without a conversation has none. Where no row has a conversation and many texts come again
(posts), each text is scored once.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nearer.columns import Senses, Texts
from nearer.records import ACTS, EMOTIONS, Codes, Ints
from nearer.sense import LoadedEar, hear, load_ear

NO_CODE = -1
MICROSECONDS = pa.timestamp("us", tz="UTC")
ONCE = 0.8
"""Texts are scored once each where at most this share of them is different: below, what is saved pays for telling them apart."""


def score(batch: pa.RecordBatch, *, ear: LoadedEar | None = None, default_language: str = "en") -> pa.RecordBatch:
    """Add emotion_* and act_* (float32), heard and language to a batch with a `text` column; other columns pass through."""
    texts = pc.fill_null(batch.column("text").cast(pa.large_string()), "")
    conversation, person, time = _codes(batch, "conversation"), _codes(batch, "person"), _times(batch)
    once = _once(texts, conversation)
    if once is not None:
        texts = once.dictionary
    rows = slice(len(texts))  # without a conversation, person and time of a row say nothing
    senses = hear(
        _texts(texts),
        conversation=conversation[rows],
        person=person[rows],
        time=time[rows],
        speakable=np.ones(len(texts), dtype=np.bool_),
        ear=ear or load_ear(),
        default_language=default_language,
    )
    added = _columns(senses)
    if once is not None:
        added = {name: column.take(once.indices) for name, column in added.items()}
    kept = {name: batch.column(name) for name in batch.schema.names if name not in added}
    return pa.RecordBatch.from_pydict(kept | added)


def _once(texts: pa.LargeStringArray, conversation: Codes) -> pa.DictionaryArray | None:
    """Return each text once and who has it; None where there are conversations, or hardly a text comes again."""
    if (conversation != NO_CODE).any():
        return None
    once = texts.dictionary_encode()
    return once if len(once.dictionary) <= ONCE * len(texts) else None


def _columns(senses: Senses) -> dict[str, pa.Array]:
    """Return the scores as columns; they lie column by column already, so none is copied."""
    made = {f"emotion_{name}": pa.array(np.ascontiguousarray(senses.emotions[:, i])) for i, name in enumerate(EMOTIONS)}
    made |= {f"act_{name}": pa.array(np.ascontiguousarray(senses.acts[:, i])) for i, name in enumerate(ACTS)}
    made["heard"] = pa.array(senses.heard)
    made["language"] = pa.DictionaryArray.from_arrays(pa.array(senses.language), pa.array(senses.languages)).cast(pa.string())
    return made


def _texts(column: pa.LargeStringArray) -> Texts:
    """View a column as texts; of a slice, only its own bytes are taken."""
    if not len(column):
        return Texts(b"", np.zeros(1, dtype=np.int64))
    _, offsets, data = column.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    first, last = int(bounds[0]), int(bounds[-1])
    return Texts(data.slice(first, last - first).to_pybytes() if data else b"", bounds - first)


def _codes(batch: pa.RecordBatch, name: str) -> Codes:
    """Number the values of a column; null, or a column that is not there, is NO_CODE."""
    if name not in batch.schema.names:
        return np.full(batch.num_rows, NO_CODE, dtype=np.int32)
    column = batch.column(name)
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    codes: Codes = pc.fill_null(encoded.indices, NO_CODE).to_numpy(zero_copy_only=False).astype(np.int32)
    return codes


def _times(batch: pa.RecordBatch) -> Ints:
    """Return microseconds; a null, or no column at all, is 0."""
    if "time" not in batch.schema.names:
        return np.zeros(batch.num_rows, dtype=np.int64)
    times: Ints = pc.fill_null(batch.column("time").cast(MICROSECONDS).cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    return times
