"""How fast the ear hears, beside its peers, in one run and on one core: `python benchmarks/sense.py [--peers PYTHON] [--minilm FOLDER]`.

Our own dialogues (training/dialogues), every text once, since ours would hear a text that comes again only once; every runner gets the same
texts. `--peers` is the Python of a throw-away environment
with the peers in it (benchmarks/peers.txt); a peer that isn't there is named as not run. The limit is a bare Arrow scan: lower the case of
every text and count its bytes. Writes the section `sense` of docs/benchmarks.md.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from _page import machine, table, write_section

from nearer.score.columns import score

ONE_CORE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "TOKENIZERS_PARALLELISM"), "1")

DIALOGUES = Path(__file__).parents[1] / "training/dialogues"
MODEL = Path(__file__).parents[1] / "src/nearer/sense/model/weights.safetensors"
TIMES = 9
AGAIN = 3
"""How often every post comes where posts come again."""
CONVERSATION = 500
"""So many messages of one conversation, where there are conversations."""
PEERS = {
    "vader": 4_000,
    "textblob": 2_000,
    "fasttext": 20_000,
    "sklearn": 10_000,
    "minilm_onnx_int8": 512,
    "roberta_torch": 96,
    "roberta_onnx_int8": 96,
}
"""Peers, and how many messages each is given."""
SAYS = {"vader": "VADER, one sentiment", "textblob": "TextBlob, one sentiment", "fasttext": "fastText, 26 acts", "sklearn": "scikit-learn TF-IDF and logistic regression, 26 acts",
        "minilm_onnx_int8": "MiniLM-L6, ONNX int8, 54 scores", "roberta_torch": "RoBERTa-base shape, torch, 54 scores",
        "roberta_onnx_int8": "RoBERTa-base shape, ONNX int8, 54 scores"}  # fmt: skip


def texts() -> list[str]:
    """Return our own messages in their order, each text once."""
    own = [
        json.loads(line)["text"]
        for path in sorted(DIALOGUES.glob("*.jsonl"))
        for line in path.read_text("utf-8").split("\n")
        if line.strip()
    ]
    return list(dict.fromkeys(own))


def batch(lines: list[str], *, with_past: bool) -> pa.RecordBatch:
    """Return messages as columns, with or without conversations."""
    columns = {"text": pa.array(lines)}
    if with_past:
        count = len(lines)
        columns["conversation"] = pa.array([str(row // CONVERSATION) for row in range(count)])
        columns["person"] = pa.array([("Ana", "Ben")[row % 2] for row in range(count)])
        columns["time"] = pa.array(np.arange(count) * 60_000_000, pa.timestamp("us", tz="UTC"))
    return pa.RecordBatch.from_pydict(columns)


def per_second(run: object, count: int) -> float:
    """Return messages per CPU-second, the best of some runs."""
    best = float("inf")
    for _ in range(TIMES):
        start = time.process_time()
        run()  # type: ignore[operator]
        best = min(best, time.process_time() - start)
    return count / best


def first_call() -> float:
    """Return seconds from nothing to the first scores, in a process of its own, without starting Python."""
    code = "import time; t = time.perf_counter(); import pyarrow as pa; from nearer.score.columns import score; score(pa.RecordBatch.from_pydict({'text': ['hello']})); print(time.perf_counter() - t)"
    return min(float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) for _ in range(3))


def peer(python: str, name: str, lines: list[str], minilm: str) -> dict:
    """Let a peer hear in its own process; says why where it can't."""
    script = Path(__file__).with_name("peers.py")
    run = subprocess.run(
        [python, script, name, "--minilm", minilm],
        input=json.dumps(lines),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | ONE_CORE,
    )
    if run.returncode:
        return {"not_run": run.stderr.strip().split("\n")[-1][:120]}
    return json.loads(run.stdout.strip().split("\n")[-1])


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--peers", default="", help="the Python of an environment with the peers")
    ap.add_argument("--minilm", default="", help="folder with MiniLM's config, tokenizer and weights")
    args = ap.parse_args()
    if any(os.environ.get(name) != one for name, one in ONE_CORE.items()):  # numpy reads them as it loads: begin again with them set
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_CORE)  # noqa: S606 - the same Python once more
    pa.set_cpu_count(1)
    lines = texts()
    count = len(lines)
    alone, past, again = batch(lines, with_past=False), batch(lines, with_past=True), batch(lines * AGAIN, with_past=False)
    ours = {
        "bare Arrow scan (the limit)": per_second(lambda: pc.sum(pc.binary_length(pc.utf8_lower(alone["text"]))), count),
        "Nearer, swift ear, 54 scores, no past": per_second(lambda: score(alone), count),
        "Nearer, swift ear, 54 scores, with the messages before": per_second(lambda: score(past), count),
        f"Nearer, swift ear, 54 scores, posts of which each comes {AGAIN} times": per_second(lambda: score(again), AGAIN * count),
    }
    rows = [[what, f"{speed:,.0f}", ""] for what, speed in ours.items()]
    for name, count in PEERS.items():
        made = peer(args.peers, name, lines[:count], args.minilm) if args.peers else {"not_run": "no --peers given"}
        rows.append(
            [
                SAYS[name],
                f"{made['messages'] / made['seconds']:,.0f}" if "seconds" in made else "not run",
                made.get("version", made.get("not_run", "")),
            ]
        )
        print(rows[-1], flush=True)
    length = np.mean([len(line) for line in lines])
    text = f"""## Speed of the ear

`python benchmarks/sense.py --peers PYTHON --minilm FOLDER`, one core of {machine()}. Messages per CPU-second, best of {TIMES} runs for ours, one
run after a warm-up for peers; our own dialogues, {length:.0f} characters a message. Weights of peers may be random where only their shape counts.

{table(["what", "messages per CPU-second", "version, or why not run"], rows)}

First call, from nothing to scores: {first_call():.2f} s. Weights in the wheel: {MODEL.stat().st_size / 1e6:.1f} MB."""
    write_section("sense", text)
    print(text)


if __name__ == "__main__":
    main()
