"""Write the model card from figures.json and card.toml: `python training/card.py [FOLDER [FOLDER OF card.toml]]`."""

import json
import sys
import tomllib
from pathlib import Path

MODEL = Path(__file__).parents[1] / "src/nearer/sense/model"


TITLES = {"acts": "Acts, held-out folds of our own dialogues", "emotions": "Emotions, held-out folds of GoEmotions train"}


def write_card(folder: Path, words: Path = MODEL) -> None:
    """Write MODEL_CARD.md beside the figures in `folder`; the words are those of the package, the swift ear's or those of `words`."""
    figures = json.loads((folder / "figures.json").read_text("utf-8"))
    card = tomllib.loads((words / "card.toml").read_text("utf-8"))
    titles = TITLES | card.get("titles", {})
    lines = [f"# Model card: {figures['name']} {figures['version']}", "", f"SHA-256 of the weights: `{figures['hash']}`", "", card["what"]]
    for title, text in card["sections"].items():
        lines += ["", f"## {title}", "", text.strip()]
    lines += ["", "## Data", "", "| set | used for | licence |", "|---|---|---|"]
    lines += [f"| {source['name']} | {source['use']} | {source['licence']} |" for source in card["data"]]
    lines += ["", "Rows by source: " + ", ".join(f"{name} {count:,}" for name, count in figures["sources"].items()) + "."]
    lines += ["", "## Held-out folds, in short", "", *summary_rows(figures)]
    lines += ["", f"## {titles['acts']}", "", *act_rows(figures)]
    lines += ["", "## Acts at the counted point, by setting", "", *setting_rows(figures)]
    lines += ["", f"## {titles['emotions']}", "", *emotion_rows(figures), ""]
    (folder / "MODEL_CARD.md").write_text("\n".join(lines), "utf-8")


def summary_rows(figures: dict) -> list[str]:
    return ["| what | figure |", "|---|---|", *(f"| {what} | {value:.3f} |" for what, value in figures["held_out"].items())]


def act_rows(figures: dict) -> list[str]:
    lines = ["| act | n | precise point | precision | recall | sens + spec - 1, counted | ECE |", "|---|---|---|---|---|---|---|"]
    for act, found in figures["acts"].items():
        at, counted = found["at_shown"], figures["by_setting"]["all"][act]
        gain = share(counted["hit"], counted["miss"]) - share(counted["false_alarm"], counted["quiet"])
        shown = f"{found['shown']:.2f} | {ratio(at['hit'], at['false_alarm'])} | {ratio(at['hit'], at['miss'])}"
        lines.append(
            f"| {act} | {found['n']} | {shown if found['shown'] <= 1 else 'not reached, cues only | - | -'} | {gain:.2f} | {found['ece']:.3f} |"
        )
    return lines


def setting_rows(figures: dict) -> list[str]:
    lines = ["| setting | act | hit | miss | false alarm | quiet |", "|---|---|---|---|---|---|"]
    for setting, acts in figures["by_setting"].items():
        lines += [f"| {setting} | {act} | {c['hit']} | {c['miss']} | {c['false_alarm']} | {c['quiet']} |" for act, c in acts.items()]
    return lines


def emotion_rows(figures: dict) -> list[str]:
    lines = ["| emotion | n | threshold | precision | recall | ECE |", "|---|---|---|---|---|---|"]
    for name, found in figures["emotions"].items():
        at = found["at_shown"]
        seen = f"{ratio(at['hit'], at['false_alarm'])} | {ratio(at['hit'], at['miss'])}"
        lines.append(f"| {name} | {found['n']} | {found['shown']:.2f} | {seen} | {found['ece']:.3f} |")
    return lines


def share(part: int, rest: int) -> float:
    return part / (part + rest) if part + rest else 0.0


def ratio(part: int, rest: int) -> str:
    return f"{share(part, rest):.2f}" if part + rest else "none"


if __name__ == "__main__":
    write_card(*(Path(one) for one in sys.argv[1:] or [MODEL]))
