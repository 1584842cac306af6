"""What a conversation is called: by the name of its file, as phones write it in their languages."""

import re
import tomllib
from importlib.resources import files
from pathlib import PurePath

from nearer.read._archive import Text

FALLBACK = "WhatsApp"
"""What a chat is called whose file does not say."""

NAME_CHARACTERS = 100
_PATTERNS: list[str] = tomllib.loads(files("nearer.read").joinpath("_whatsapp_names.toml").read_text("utf-8"))["patterns"]
_SUFFIX = re.compile(r"\.(?:txt|zip)\Z", re.IGNORECASE)
_COPY = re.compile(r"\s?\(\d{1,3}\)\Z")
_UNSEEN = re.compile("[\x00-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def conversation_of(text: Text) -> str:
    """Return the name of the conversation: from the text's own name, else from the archive or folder it lies in."""
    return next((name for name in map(_named, (text.name, text.within)) if name), FALLBACK)


def _named(file: str) -> str:
    stem = _COPY.sub("", _SUFFIX.sub("", PurePath(_UNSEEN.sub("", file)).name)).strip()
    if not stem or stem.lower() == "_chat":
        return ""
    for form in (stem, stem.replace("_", " ")):
        for pattern in _COMPILED:
            if found := pattern.fullmatch(form):
                return found[1].strip()[:NAME_CHARACTERS]
    return stem[:NAME_CHARACTERS]


def _compiled(pattern: str) -> re.Pattern[str]:
    before, after = (re.escape(part) for part in pattern.split("*"))
    return re.compile(f"{before}(.{{1,200}}?){after}", re.IGNORECASE)


_COMPILED = [_compiled(pattern) for pattern in _PATTERNS]
