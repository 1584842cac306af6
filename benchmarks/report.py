"""Time and memory of `nearer report` from a WhatsApp export to the page: `python benchmarks/report.py [--million]`.

The export is simulated (plan `big`, scaled by its days; seed 0), so everybody measures the same messages. Each size is one process of its own;
wall clock, CPU seconds and peak memory are those of that process. Writes the section `report` of docs/benchmarks.md.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from _page import machine, table, write_section

from nearer.simulate import load_plan, simulate, write_whatsapp

SIZES = (5_000, 50_000)
MILLION = 1_000_000
MIB = 1 << 20
MIN_DAYS = 20


@dataclass(frozen=True)
class Run:
    """One run: messages, seconds on the clock, CPU seconds, peak MiB, size of the page in MiB."""

    messages: int
    wall: float
    cpu: float
    peak: float
    page: float


def export_of(messages: int, folder: Path) -> tuple[Path, int]:
    """Write a simulated export of about so many messages; returns it and how many there are."""
    plan = load_plan("big")
    days = max(MIN_DAYS, round(messages / plan.messages_per_day))
    found = simulate(replace(plan, days=days), seed=0).relationship.messages
    if len(found) < messages:
        found = simulate(replace(plan, days=round(days * messages / len(found))), seed=0).relationship.messages
    path = folder / "WhatsApp Chat with Ben.txt"
    path.write_text(write_whatsapp(found), "utf-8")
    return path, len(found)


def measure(messages: int) -> Run:
    """Make one report in a process of its own."""
    with TemporaryDirectory() as name:
        path, count = export_of(messages, Path(name))
        page = Path(name) / "report.html"
        command = [sys.executable, "-m", "nearer", "report", str(path), "--me", "Ana", "--tz", "Europe/Berlin", "-o", str(page)]
        began = time.monotonic()
        child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        if status:
            sys.exit(f"nearer report ended with {status}")
        return Run(count, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / MIB, page.stat().st_size / MIB)


def section(runs: list[Run], command: str) -> str:
    """Return the section as Markdown."""
    head = ["messages", "seconds", "CPU seconds", "peak MiB", "page MiB"]
    rows = [[f"{run.messages:,}", f"{run.wall:.1f}", f"{run.cpu:.1f}", f"{run.peak:,.0f}", f"{run.page:.2f}"] for run in runs]
    where = f"`{command}` on {machine()}, {os.cpu_count()} cores; one process a row, simulated WhatsApp exports."
    return f"## From an export to the page\n\n{where}\n\n{table(head, rows)}"


def main() -> None:
    """Measure every size and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--million", action="store_true", help="a million messages as well")
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    runs = [measure(size) for size in (*SIZES, *((MILLION,) if chosen.million else ()))]
    text = section(runs, "python benchmarks/report.py" + (" --million" if chosen.million else ""))
    print(text)
    write_section("report", text)


if __name__ == "__main__":
    main()
