"""What the llm ear keeps on this machine: the answers, as hashes and acts without a word of text, and the address a person agreed to.

One file an ear, one line a message: the hash of model, prompt, words and context, and the acts as a bit mask. Whoever holds the file can
test whether a text they guess stands in it, and nothing else. Files are for their owner alone (mode 600); `forget` removes them all.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path

from nearer.records import ACTS
from nearer.sense.llm._address import Address
from nearer.sense.llm._lines import KEY_BYTES

HOME = "NEARER_HOME"
"""The environment variable that names another data folder."""
FOLDER, AGREED, SUFFIX = "llm", "agreed", ".acts"
NAME_LETTERS = 32

_ROW = re.compile(f"([0-9a-f]{{{KEY_BYTES * 2}}}) ([0-9a-f]{{7}})")


def data_folder() -> Path:
    """Return the folder of the llm ear inside Nearer's data folder; it need not exist."""
    home = os.environ.get(HOME)
    return (Path(home) if home else user_data_path("nearer", appauthor=False)) / FOLDER


def forget(folder: Path | None = None) -> int:
    """Delete everything the llm ear kept, the consent too; returns how many files there were."""
    folder = folder or data_folder()
    found = [path for path in (*folder.glob(f"*{SUFFIX}"), folder / AGREED) if path.is_file()]
    for path in found:
        path.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    return len(found)


def has_agreed(address: Address, *, folder: Path | None = None) -> bool:
    """Say whether a person agreed that messages go to this address."""
    path = (folder or data_folder()) / AGREED
    return path.is_file() and str(address) in path.read_text("utf-8").splitlines()


def agree(address: Address, *, folder: Path | None = None) -> None:
    """Keep that a person agreed."""
    if not has_agreed(address, folder=folder):
        _append((folder or data_folder()) / AGREED, f"{address}\n")


class Kept:
    """The answers of one ear: acts as bit masks by key. A line that is not one of ours is left out."""

    def __init__(self, name: str, *, folder: Path | None = None) -> None:
        self._path = (folder or data_folder()) / f"{name[:NAME_LETTERS]}{SUFFIX}"
        text = self._path.read_text("utf-8", "replace") if self._path.is_file() else ""
        rows = (_ROW.fullmatch(line) for line in text.split("\n"))
        self._masks = {row[1]: int(row[2], 16) for row in rows if row and int(row[2], 16) < 1 << len(ACTS)}

    def __contains__(self, key: str) -> bool:
        return key in self._masks

    def __getitem__(self, key: str) -> int:
        return self._masks[key]

    def add(self, masks: Mapping[str, int]) -> None:
        """Keep some more answers, on disk as well."""
        self._masks.update(masks)
        _append(self._path, "".join(f"{key} {mask:07x}\n" for key, mask in masks.items()))


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8", newline="\n") as opened:
        opened.write(text)
