"""How well the ear hears: `python benchmarks/accuracy.py --shared FOLDER [--command nearer]`.

Runs the shared scripts over their development sets and puts what they say, beside the figures of our own held-out folds (figures.json), into
the section `accuracy` of docs/benchmarks.md. Nothing is trained or chosen on those sets.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

from _page import table, write_section

FIGURES = Path(__file__).parents[1] / "src/nearer/sense/model/figures.json"
BARS = {
    "28 labels: macro-F1": (".48", ".51"),
    "Ekman: macro-F1": (".59", ".62"),
    "sentiment: macro-F1": (".67", ".70"),
    "macro-AP": (".42", ".55"),
    "macro-AUC": (".88", ".92"),
    "shown acts: precision": (".75", ".80"),
    "shown acts: recall": (".20", ".35"),
    "epitome comfort": (".78", ".85"),
    "epitome curious_question": (".90", ".93"),
    "annomi validate": (".75", ".82"),
    "annomi curious_question": (".88", ".93"),
    "annomi advise": (".78", ".84"),
    "tweetsumm_labelled blame": (".78", ".85"),
    "tweetsumm_labelled appreciate": (".93", ".97"),
    "disclose_feeling, AUC, OffMyChest": (".76", ".80"),
    "comfort, AUC, OffMyChest": (".90", ".93"),
    "advise, AUC, OffMyChest": (".88", ".90"),
}
"""Must and aim, on held-back data; a development set is another set."""


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--shared", type=Path, required=True)
    ap.add_argument("--command", default="nearer")
    args = ap.parse_args()
    shared = args.shared
    emotions = run(shared, "emotions.py", shared / "data/train/goemotions.parquet", "--split", "dev", command=args.command)
    acts = run(shared, "acts.py", shared / "gold/dev_messages.jsonl", command=args.command)
    constructs = run(shared, "constructs.py", shared / "data/evaluate", command=args.command)
    rows = [[what, figure, *BARS.get(what, ("", ""))] for what, figure in found(emotions, acts, constructs)]
    figures = json.loads(FIGURES.read_text("utf-8"))
    held = [[what, f"{value:.3f}", *BARS.get(what, ("", ""))] for what, value in figures["held_out"].items()]
    gains = [gain(one) for one in figures["by_setting"]["all"].values()]
    text = f"""## What the ear hears

`python benchmarks/accuracy.py --shared FOLDER`, ear {figures["name"]} {figures["version"]}. Development sets only; the bars are those set for
held-back sets. The evaluate sets were never trained on, nor was any threshold chosen on them.

{table(["development set", "figure", "must", "aim"], rows)}

Own held-out folds (three models, each blind to the fold it scores):

{table(["own folds", "figure", "must", "aim"], held)}

Acts with sensitivity + specificity - 1 of at least .5 at the counted point, own folds: {sum(one >= 0.5 for one in gains)} of {len(gains)}."""
    write_section("accuracy", text)
    sys.stdout.write(text + "\n")


def run(shared: Path, script: str, *options: object, command: str) -> str:
    """Run a shared script and return what it says."""
    made = subprocess.run(
        [sys.executable, shared / "evaluate" / script, *map(str, options), "--command", command],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise SystemExit(made.stderr)
    return made.stdout


def found(emotions: str, acts: str, constructs: str) -> list[tuple[str, str]]:
    """Take the figures that have names out of what the scripts say."""
    rows = re.findall(r"^(.+: macro-F1) ([\d.]+)$", emotions, re.MULTILINE)
    rows += re.findall(r"^(macro-\w+) ([\d.]+)$", acts, re.MULTILINE)
    precision, recall = re.findall(r"precision (\S+) recall (\S+)", acts)[0]
    alarms, quiet = re.findall(r"false alarms: (\d+) of (\d+)", acts)[0]
    rows += [
        ("shown acts: precision", precision),
        ("shown acts: recall", recall),
        ("false alarms on messages without an act", f"{alarms} of {quiet}"),
    ]
    return rows + [(f"{name} {act}", auc) for name, act, auc in re.findall(r"^(\w+) +(\w+) +n .* AUC (\S+)$", constructs, re.MULTILINE)]


def gain(counted: dict[str, int]) -> float:
    """Return sensitivity + specificity - 1."""
    return counted["hit"] / (counted["hit"] + counted["miss"]) - counted["false_alarm"] / (counted["false_alarm"] + counted["quiet"])


if __name__ == "__main__":
    main()
