"""The graph of the deep ear as it runs: onnxruntime on the processor, on a few threads, in small batches of like length.

A message's scores do not depend on the batch it lies in, but for the last bits of a sum: its eight bits have fixed scales (training/graph.py).
"""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from nearer.errors import MissingExtra
from nearer.records import ACTS, EMOTIONS, Ints, Scores

THREADS = 4
"""At most so many: more help little with short messages, and the machine is the person's."""
BATCH = 16
"""Larger batches leave the processor's nearest memory and are slower."""
STEP = 4
"""Messages are put together by their length, to so many pieces."""
ERRORS_ONLY = 3


class Session:
    """A graph that is ready to hear."""

    def __init__(self, weights: bytes, *, threads: int | None = None) -> None:
        try:
            import onnxruntime  # noqa: PLC0415 - the extra is needed only here
        except ImportError:
            raise MissingExtra("The deep ear", "deep") from None
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = ERRORS_ONLY
        options.intra_op_num_threads = threads or min(
            THREADS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else THREADS
        )
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

    def hear(self, tokens: Sequence[Sequence[int]], lengths: Ints) -> tuple[Scores, Scores]:
        """Return the logits of n messages, n x 28 and n x 26: `lengths` of each one's pieces are the message itself, the rest came before."""
        emotions = np.empty((len(tokens), len(EMOTIONS)), dtype=np.float32)
        acts = np.empty((len(tokens), len(ACTS)), dtype=np.float32)
        sizes = np.array([len(one) for one in tokens], dtype=np.int64)
        order = np.lexsort((lengths, sizes // STEP))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            padded = np.zeros((len(rows), int(sizes[rows].max())), dtype=np.int64)
            for place, row in enumerate(rows):
                padded[place, : sizes[row]] = tokens[row]
            given = {"tokens": padded, "lengths": lengths[rows], "sizes": sizes[rows]}
            emotions[rows], acts[rows] = self._session.run(["emotion", "act"], given)
        return emotions, acts
