"""Write the model card from the figures: `python training/card.py`."""

import json
import tomllib
from pathlib import Path

MODEL = Path(__file__).parents[1] / "src/nearer/sense/model"


def ratio(part: int, rest: int) -> str:
    return f"{part / (part + rest):.2f}" if part + rest else "none"


def act_rows(figures: dict) -> list[str]:
    lines = ["| act | n | precise point | precision | recall | sens + spec - 1, counted | ECE |", "|---|---|---|---|---|---|---|"]
    for act, found in figures["acts"].items():
        at, counted = found["at_shown"], figures["by_setting"]["all"][act]
        reached = found["shown"] <= 1
        youden = counted["hit"] / max(1, counted["hit"] + counted["miss"]) - counted["false_alarm"] / max(
            1, counted["false_alarm"] + counted["quiet"]
        )
        shown = (
            f"{found['shown']:.2f} | {ratio(at['hit'], at['false_alarm'])} | {ratio(at['hit'], at['miss'])}"
            if reached
            else "not reached, cues only | - | -"
        )
        lines.append(f"| {act} | {found['n']} | {shown} | {youden:.2f} | {found['ece']:.3f} |")
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
        lines.append(
            f"| {name} | {found['n']} | {found['shown']:.2f} | {ratio(at['hit'], at['false_alarm'])} | {ratio(at['hit'], at['miss'])} | {found['ece']:.3f} |"
        )
    return lines


def main() -> None:
    figures = json.loads((MODEL / "figures.json").read_text("utf-8"))
    card = tomllib.loads((MODEL / "card.toml").read_text("utf-8"))
    lines = [f"# Model card: {figures['name']} {figures['version']}", "", f"SHA-256 of the weights: `{figures['hash']}`", "", card["what"]]
    for title, text in card["sections"].items():
        lines += ["", f"## {title}", "", text.strip()]
    lines += ["", "## Data", "", "| set | used for | licence |", "|---|---|---|"]
    lines += [f"| {source['name']} | {source['use']} | {source['licence']} |" for source in card["data"]]
    lines += ["", "Rows by source: " + ", ".join(f"{name} {count:,}" for name, count in figures["sources"].items()) + "."]
    lines += [
        "",
        "## Acts, held-out rows of our own",
        "",
        *act_rows(figures),
        "",
        "## Acts at the counted point, by setting",
        "",
        *setting_rows(figures),
    ]
    lines += ["", "## Emotions, held-out folds of GoEmotions train", "", *emotion_rows(figures), ""]
    (MODEL / "MODEL_CARD.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
