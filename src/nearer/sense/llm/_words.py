"""The words of the llm ear, as they lie in `prompt.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "prompt.toml"


@cache
def words(part: str) -> Mapping[str, Any]:
    """Return one part of the file: codebook, consent, server or missed."""
    found: Mapping[str, Any] = tomllib.loads(files("nearer.sense.llm").joinpath(FILE).read_text("utf-8"))[part]
    return found
