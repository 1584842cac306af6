"""A record batch of messages in, the same batch with their scores out (contract.md, Score).

The scores are the model's alone: cues, attributes and care words belong to `nearer.sense.sense`. Context is the conversation inside the
batch, ordered by time, then position; a row without a conversation has none.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nearer.columns import Texts
from nearer.records import ACTS, EMOTIONS, Codes, Ints
from nearer.sense import LoadedEar, hear, load_ear

NO_CODE = -1
MICROSECONDS = pa.timestamp("us", tz="UTC")


def score(batch: pa.RecordBatch, *, ear: LoadedEar | None = None, default_language: str = "en") -> pa.RecordBatch:
    """Add emotion_* and act_* (float32), heard and language to a batch with a `text` column; other columns pass through."""
    texts = _texts(batch.column("text"))
    conversation = _codes(batch, "conversation")
    senses = hear(
        texts,
        conversation=conversation,
        person=_codes(batch, "person"),
        time=_times(batch),
        speakable=np.ones(len(texts), dtype=np.bool_),
        ear=ear or load_ear(),
        default_language=default_language,
    )
    added = {f"emotion_{name}": pa.array(np.ascontiguousarray(senses.emotions[:, i])) for i, name in enumerate(EMOTIONS)}
    added |= {f"act_{name}": pa.array(np.ascontiguousarray(senses.acts[:, i])) for i, name in enumerate(ACTS)}
    added["heard"] = pa.array(senses.heard)
    added["language"] = pa.DictionaryArray.from_arrays(pa.array(senses.language), pa.array(senses.languages)).cast(pa.string())
    kept = {name: batch.column(name) for name in batch.schema.names if name not in added}
    return pa.RecordBatch.from_pydict(kept | added)


def _texts(column: pa.Array) -> Texts:
    """View a column of strings as texts; null is empty."""
    if column.null_count:
        column = pc.fill_null(column, "")
    column = column.cast(pa.large_string())
    offsets = (
        np.frombuffer(column.buffers()[1], dtype=np.int64)[column.offset : column.offset + len(column) + 1]
        if len(column)
        else np.zeros(1, np.int64)
    )
    return Texts((column.buffers()[2] or pa.py_buffer(b"")).to_pybytes(), offsets)


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
