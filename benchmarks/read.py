"""How fast WhatsApp chats are read, beside whatstk and chat-miner, in one run on the same generated export.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install whatstk chat-miner
    python benchmarks/read.py --peers /tmp/peers/bin/python

Each reader finds the format by itself, as a user would let it. Counted is the CPU time of the reading alone, each reader in a process of its
own, imports not counted. Ours is counted twice: the reader alone (columns of who, when, what, text), and
`nearer.read.read`, which also gives every message its id, merges exports and sorts. Writes its section of docs/benchmarks.md.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from _page import machine, table, write_section

ROOT = Path(__file__).resolve().parent.parent
WORDS = (
    "the sea is quiet today and we walk along until the light goes did you eat yet I will call you later ok love see you soon maybe "
    "tomorrow work was long again but the children slept well thank you for the soup"
).split()
MEASURE = """
import json, resource, sys, time
from pathlib import Path
path = sys.argv[1]
{imports}
start = time.process_time()
{read}
spent = time.process_time() - start
print(json.dumps({{"messages": int(count), "seconds": spent, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}}))
"""
STREAM = """
items = find_reader(Path(path)).read(Path(path), settings=Settings(tz='Europe/Berlin'))
count = sum(len(item) for item in items if isinstance(item, Messages))
"""
OURS = {
    "Nearer, the reader": (
        "from nearer.columns import Messages; from nearer.read import Settings, find_reader, table, telegram, whatsapp",
        STREAM,
    ),
    "Nearer, `read` with ids, merge and order": (
        "from nearer.read import Settings, read, table, telegram, whatsapp",
        "count = len(read([Path(path)], settings=Settings(tz='Europe/Berlin')).messages)",
    ),
}
PEERS = {
    "whatstk": ("from whatstk import WhatsAppChat", "count = len(WhatsAppChat.from_source(path, max_size=None).df)"),
    "chat-miner": (
        "import logging; logging.disable(); from chatminer.chatparsers import WhatsAppParser",
        "parser = WhatsAppParser(path); parser.parse_file(); count = len(parser.parsed_messages.get_df())",
    ),
}


def main() -> None:
    asked = argparse.ArgumentParser(description="Read a generated WhatsApp export with Nearer and its peers.")
    asked.add_argument("--peers", type=Path, help="a Python that has whatstk and chat-miner; without it only Nearer is measured")
    asked.add_argument("--messages", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=3, help="how often each of ours is measured; peers are measured once")
    asked.add_argument("--large", type=int, default=5_000_000, help="messages of the export whose peak memory is shown; 0 for none")
    asked.add_argument("--dry", action="store_true", help="print only, do not write docs/benchmarks.md")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure_all(Path(folder), chosen)
    text = section(rows, chosen)
    print(text)
    if not chosen.dry:
        write_section("read", text)


def measure_all(folder: Path, chosen: argparse.Namespace) -> dict[str, dict[str, Any]]:
    path = write(folder, chosen.messages)
    rows = {name: best(name, sys.executable, *code, path, rounds=chosen.rounds) for name, code in OURS.items()}
    if chosen.peers:
        rows |= {name: best(name, str(chosen.peers), *code, path, rounds=1) for name, code in PEERS.items()}
    reader, code = next(iter(OURS.items()))
    rows["tenth"] = best(reader, sys.executable, *code, write(folder, chosen.messages // 10), rounds=chosen.rounds)
    if chosen.large:
        rows["large"] = best(reader, sys.executable, *code, write(folder, chosen.large), rounds=1)
    return rows


def write(folder: Path, count: int) -> Path:
    """Write an Android export in English, 24 hours, deterministic: one in twenty-five is media, one in twenty-five has a second line."""
    dice = random.Random(20260301)  # noqa: S311 - test material
    at = datetime(2019, 1, 1, 8, tzinfo=UTC)
    path = folder / "WhatsApp Chat with Ana.txt"
    with path.open("w", encoding="utf-8") as opened:
        for _ in range(count):
            at += timedelta(minutes=dice.choice((0, 0, 1, 1, 2, 5, 9)))
            opened.write(f"{at:%d/%m/%Y, %H:%M} - {dice.choice(('Ana', 'Ben'))}: {said(dice)}\n")
    return path


def said(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.04:
        return "<Media omitted>"
    text = " ".join(dice.choices(WORDS, k=dice.randint(1, 16)))
    return f"{text}\n{' '.join(dice.choices(WORDS, k=5))}" if kind < 0.08 else f"{text} \U0001f60a" if kind < 0.2 else text


def best(name: str, python: str, imports: str, read: str, path: Path, *, rounds: int) -> dict[str, Any]:
    """Run one reader in a process of its own, `rounds` times; returns the figures of the quickest."""
    code = MEASURE.format(imports=imports, read=read)
    found: list[dict[str, Any]] = []
    for _ in range(rounds):
        print(f"{name} ...", file=sys.stderr)
        source = {"PYTHONPATH": str(ROOT / "src")} if python == sys.executable else {}
        done = subprocess.run([python, "-c", code, str(path)], capture_output=True, text=True, check=True, env=os.environ | source)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    return min(found, key=lambda figures: figures["seconds"])


def section(rows: dict[str, dict[str, Any]], chosen: argparse.Namespace) -> str:
    peers = [speed(rows[name]) for name in PEERS if name in rows]
    head = ["reader", "messages", "CPU s", "messages per CPU s", "times the faster peer", "peak MiB"]
    cells = [
        [name, f"{row['messages']:,}", f"{row['seconds']:.2f}", f"{speed(row):,.0f}", times(row, peers), str(row["mib"])]
        for name, row in rows.items()
        if name in OURS or name in PEERS
    ]
    whole, tenth = rows["Nearer, the reader"], rows["tenth"]
    lines = [
        "## Reading WhatsApp",
        "",
        f"`python benchmarks/read.py --peers PYTHON` on {machine()}. One generated export of {chosen.messages:,} messages, each reader in a",
        f"process of its own, CPU time without imports; the best of {chosen.rounds} for ours, the peers once (whatstk with its bound of 50 MiB lifted).",
        "",
        table(head, cells),
        "",
        f"Linear: ten times the messages take {whole['seconds'] / tenth['seconds']:.1f} times as long.",
    ]
    if "large" in rows:
        large = rows["large"]
        lines.append(f"{large['messages']:,} messages: {speed(large):,.0f} messages per CPU s, peak {large['mib']} MiB.")
    return "\n".join(lines)


def times(row: dict[str, Any], peers: list[float]) -> str:
    """Return how many times as fast as the faster peer a reader is."""
    return f"{speed(row) / max(peers):.1f}" if peers else "-"


def speed(figures: dict[str, Any]) -> float:
    return float(figures["messages"]) / float(figures["seconds"])


if __name__ == "__main__":
    main()
