"""WhatsApp: the text of an exported chat (`_chat.txt`, `WhatsApp Chat with Ana.txt`), the archive it comes in, or the folder unpacked.

Read twice and never held: the first walk votes on the order of day and month over the whole file and decides who is a person, the second
one reads. What an iPhone or another phone prints in any language is in `_whatsapp_words.toml`. A photo with words under it is a text with
`media` beside it; what people did to the group, and what the phone says of itself, are system lines. Times are the clock of settings.tz.
messages + continuations + system + problems = lines, always.
"""

from collections.abc import Iterator
from pathlib import Path

from nearer.columns import Messages
from nearer.errors import ReaderError, TooLarge, Unreadable
from nearer.read._archive import Text, texts_in
from nearer.read._settings import Limits, Settings
from nearer.read._whatsapp_lines import blocks
from nearer.read._whatsapp_names import conversation_of
from nearer.read._whatsapp_plan import survey_text
from nearer.read._whatsapp_rows import Reader
from nearer.read._whatsapp_scan import Scanner
from nearer.records import Export, Problem

CANNOT_CARRY = ("reactions", "replies", "seen", "forwarded")
"""What no text of WhatsApp holds."""

CHAT = "_chat.txt"
"""What an iPhone calls the text in its archive."""

TEXTS_TRIED = 20
"""So many texts of an archive or a folder are looked at: a chat may have texts attached."""

HEAD_BYTES = 64 << 10
"""How much of a text is looked at to know its format."""

CALENDARS = {"hijri": "Umm al-Qura", "minguo": "Chinese republic's", "reiwa": "Japanese", "heisei": "Japanese", "showa": "Japanese"}
"""How we call a calendar, where its name alone does not say it."""

OTHER_SUFFIXES = frozenset([".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".html", ".htm", ".xml"])
"""Texts of these names are left to others: a table of a chat may hold lines like ours."""


def identify(path: Path) -> bool:
    """Say whether this is a chat of WhatsApp: a text in which messages begin as WhatsApp writes them, or what holds one.

    What is named like one, or is too large to be looked into, is ours as well: `read` says what is wrong with it."""
    if path.suffix.lower() in OTHER_SUFFIXES:
        return False
    try:
        return any(_is_named(text) or _begins(text) for text in _likeliest(texts_in(path, limits=Limits())))
    except TooLarge:
        return True
    except (ReaderError, OSError):
        return False


def read(path: Path, *, settings: Settings) -> Iterator[Messages | Problem | Export]:
    """Yield the messages in file order, chunk by chunk, and what could not be used; the Export comes last.

    Raises ChoiceNeeded before any output when the order of day and month is a tie, TooLarge or Unreadable."""
    text = _text(path, limits=settings.limits)
    plan = survey_text(text, settings=settings)
    reader = Reader(text.file, plan, conversation=conversation_of(text), settings=settings)
    with text.open() as opened:
        for block in blocks(opened, checked=plan.whole):
            yield from reader.block(block)
    yield from reader.finish()
    if not reader.used["messages"] + reader.used["system"]:
        raise Unreadable(text.file, "its dates are of no calendar we know. Export again from a phone set to the Gregorian calendar")
    notes = (*plan.notes, *_notes(reader, plan.pasted))
    used = reader.used
    yield Export(
        text.file, "whatsapp", reader.lines, used["messages"], used["system"], used["continuations"], used["problems"], CANNOT_CARRY, notes
    )


def _text(path: Path, *, limits: Limits) -> Text:
    """Return the one chat there is; raises Unreadable where there is none or more than one."""
    texts = _likeliest(texts_in(path, limits=limits))
    named = [text for text in texts if _is_named(text)] if len(texts) > 1 else []
    chats = (
        named[:1]
        if named and named[0].name.lower() == CHAT
        else named or ([text for text in texts if _begins(text)] if texts[1:] else texts)
    )
    if not chats:
        raise Unreadable(path.name, "there is no text of a chat in it")
    if len(chats) > 1:
        raise Unreadable(path.resolve().name, f"it holds {len(chats):,} chats. Give one of them")
    return chats[0]


def _likeliest(texts: list[Text]) -> list[Text]:
    """Return the texts worth a look, those first that are named as phones name a chat."""
    return sorted(texts, key=lambda text: (text.name.lower() != CHAT, not _is_named(text)))[:TEXTS_TRIED]


def _is_named(text: Text) -> bool:
    return text.name.lower() == CHAT or "whatsapp" in text.name.lower()


def _begins(text: Text) -> bool:
    """Say whether a message begins near the start of a text."""
    with text.open() as opened:
        first = next(blocks(opened, size=HEAD_BYTES), None)
    return first is not None and len(Scanner().scan(first)) > 0


def _notes(reader: Reader, pasted: int) -> Iterator[str]:
    for name in sorted({CALENDARS.get(calendar, calendar.capitalize()) for calendar in reader.calendars if calendar != "gregorian"}):
        yield f"years counted in the {name} calendar"
    if pasted:
        yield f"lines that look like messages of another phone, kept as text: {pasted:,}"
    if reader.unsure:
        yield f"lines under a name that only the phone's mark tells from a message, kept as system lines: {reader.unsure:,}"
