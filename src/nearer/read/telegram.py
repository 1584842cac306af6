"""Telegram: the JSON export of Telegram Desktop, one chat (`result.json`) or a full account (`chats.list`, `left_chats.list`).

One record for each message; a photo with words under it is a text (its words can be heard) with `media` beside it, without words it is
media. Calls are `call`; all other service messages are system lines. A poll's text is its question and its answers. `date_unixtime` is the
time; where an old export has only `date`, that is the clock of settings.tz. `reply_to` holds our id of the message that is answered; an
answer to a message that is not in this export is counted in the notes. Read in blocks: two small numbers a message are remembered, no text.
"""

import re
import tomllib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from nearer.columns import Messages
from nearer.errors import Unreadable
from nearer.read._json_stream import BOM, ITEM, End, Objects, Trail, Value, stream_json
from nearer.read._rows import FIRST_TIME, HASH_DIGITS, LAST_TIME, STILL_USED, Numbers, Rows
from nearer.read._settings import Settings
from nearer.records import Export, Origin, Problem, Reaction, to_microseconds, zone

CANNOT_CARRY = ("deleted", "seen")
"""Deleted messages and who saw what are in no Telegram export."""

MADE_OF_LINES = False
"""One JSON object over many lines: its lines cannot be added up."""

HEAD_BYTES = 64 << 10
"""How much of a file is looked at to know its format."""

RESULT = "result.json"
REACTIONS_KEPT = 1_000
"""Reactions kept of one message: more than any pair gives, far fewer than a channel of millions gets."""

OWN_IDS = 1 << 63
"""Telegram's message ids lie below this; another one cannot be answered."""

CUSTOM_EMOJI, PAID_EMOJI = "custom", "paid"
"""What stands for an emoji that is a picture of Telegram's own, and for a paid star."""

_WORDS = tomllib.loads(files("nearer.read").joinpath("_telegram.toml").read_text("utf-8"))
_CALLS = frozenset(_WORDS["calls"])
_MEDIA_TYPE: Mapping[str, str] = _WORDS["media_type"]
_MEDIA_KEY: Mapping[str, str] = _WORDS["media_key"]
_RARE = frozenset(_MEDIA_KEY) | frozenset(
    ["media_type", "poll", "reactions", "edited", "edited_unixtime", "reply_to_message_id", "forwarded_from", "saved_from", "via_bot"],
)
_CHATS = tuple((group, "list") for group in ("chats", "left_chats"))
_LISTS: frozenset[Trail] = frozenset([("messages",), *((*chats, ITEM, "messages") for chats in _CHATS)])
_AROUND: frozenset[Trail] = frozenset([(), ("personal_information",), *((*chats, ITEM) for chats in _CHATS)])
_ACCOUNT = re.compile(rb'"(personal_information|chats)"\s*:\s*\{')
_SINGLE = re.compile(rb'"messages"\s*:\s*\[')
_OURS = re.compile(
    rb'"(from_id|actor_id|date_unixtime|text_entities)"\s*:|"type"\s*:\s*"(personal_chat|saved_messages|bot_chat|[a-z_]*(group|channel))"'
)


def identify(path: Path) -> bool:
    """Say whether this is a Telegram export: the JSON file, or the folder that holds it."""
    path = _file(path)
    if not path.is_file():
        return False
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES).removeprefix(BOM).lstrip()
    if not head.startswith(b"{"):
        return False
    return bool(_ACCOUNT.search(head) or (_SINGLE.search(head) and _OURS.search(head)))


def read(path: Path, *, settings: Settings) -> Iterator[Messages | Problem | Export]:
    """Yield the messages in file order, chunk by chunk, and what could not be used; the Export comes last."""
    path = _file(path)
    reader = _Reader(path.name, settings=settings)
    cut_off = False
    for item in stream_json(path, lists=_LISTS, around=_AROUND, limits=settings.limits):
        if isinstance(item, Value):
            yield from reader.around(item)
        elif isinstance(item, Objects):
            yield from reader.objects(item)
        else:
            yield from reader.finish()
            reader.lines, cut_off = item.lines, item.cut_off
    if not reader.lists:
        raise Unreadable(path.name, "there is no list of messages in it")
    if cut_off:
        reader.problems += 1
        yield Problem("cut_off", "the file ends in the middle; what came before was read", Origin(path.name, reader.lines))
    yield reader.export()


def owner(path: Path, *, settings: Settings) -> str | None:
    """Return the name of the person whose account this is, where a full account says so, else None."""
    parts: dict[str, str] = {}
    for item in stream_json(_file(path), lists=_LISTS, around=_AROUND, limits=settings.limits):
        if isinstance(item, Value) and item.path[:1] == ("personal_information",) and len(item.path) > 1:
            parts[item.path[-1]] = str(item.value or "")
        elif isinstance(item, Objects | End) or item.path[:1] in {chats[:1] for chats in _CHATS}:
            break
    return " ".join(parts[key] for key in ("first_name", "last_name") if parts.get(key)) or None


def _file(path: Path) -> Path:
    return path / RESULT if path.is_dir() else path


class _Reader:
    """What is remembered between the blocks of one file: the chat we are in, the names, the ids that may be answered."""

    def __init__(self, file: str, *, settings: Settings) -> None:
        self.settings, self.rows, self.numbers = settings, Rows(file, settings=settings), Numbers()
        self.clock = _Clock(settings.tz)
        self.names: dict[str, str] = {}
        self.taken: dict[str, str] = {}
        self.chat_names: set[str] = set()
        self.header: dict[str, Any] = {}
        self.conversation: str | None = None
        self.answered = _Answered()
        self.own_ids: list[int | None] = []
        self.asks: dict[int, int] = {}
        self.lines = self.messages = self.system = self.problems = self.unknown_replies = self.lists = 0

    def around(self, item: Value) -> Iterator[Messages | Problem | Export]:
        """Take a value of the chat's own, such as its name; an object that begins is a new chat."""
        if item.value == {}:
            yield from self.finish()
            self.header, self.conversation = {}, None
        elif item.path[:1] != ("personal_information",):
            self.header[item.path[-1]] = item.value

    def objects(self, item: Objects) -> Iterator[Messages | Problem | Export]:
        """Take some messages of the chat we are in."""
        self.lists += 1
        for number, (line, row) in enumerate(zip(item.lines.tolist(), item.rows, strict=True)):
            problem = self._unusable("not_json", item.why[number], line) if row is None else self._message(row, line)
            if problem is not None:
                self.problems += problem.what not in STILL_USED
                yield problem
            if len(self.rows) >= self.settings.rows:
                yield from self.flush()

    def finish(self) -> Iterator[Messages | Problem | Export]:
        """Hand on what is left of a chat; after it, ids begin anew."""
        yield from self.flush()
        self.answered = _Answered()

    def flush(self) -> Iterator[Messages | Problem | Export]:
        """Hand on the messages gathered so far, with their ids and what they answer."""
        if not len(self.rows):
            return
        made = self.numbers.number(self.rows.make())
        ids = made.given_ids or ()
        for own, our in zip(self.own_ids, ids, strict=True):
            if own is not None:
                self.answered.add(own, our)
        replies = {row: self.answered.find(asked) for row, asked in self.asks.items()}
        known = {row: our for row, our in replies.items() if our is not None}
        self.unknown_replies += len(replies) - len(known)
        self.own_ids, self.asks = [], {}
        yield replace(made, reply_to=known)

    def export(self) -> Export:
        """Return how the file was used."""
        notes = []
        if self.unknown_replies:
            notes.append(f"replies to messages that are not in this export: {self.unknown_replies:,}")
        if self.clock.used:
            notes.append(f"messages with a clock time only, read as {self.settings.tz}: {self.clock.used:,}")
        return Export(self.rows.file, "telegram", self.lines, self.messages, self.system, 0, self.problems, CANNOT_CARRY, tuple(notes))

    # ------------------------------------------------------------------------------------------------------------------- one message

    def _message(self, row: dict[str, Any], line: int) -> Problem | None:
        time = self._time(row)
        if time is None:
            return self._unusable("no_time", "the message has no time that can be read", line)
        text = _text(row.get("text", ""))
        if text is None:
            return self._unusable("no_text", "the text is neither words nor a list of them", line)
        if row.get("type") == "service":
            return self._service(row, time, line=line)
        if row.get("type", "message") == "message":
            return self._written(row, time, text=text, line=line)
        return self._unusable("unknown_type", "the message is of a type we do not know", line)

    def _written(self, row: dict[str, Any], time: int, *, text: str, line: int) -> Problem | None:
        person = self._person(row.get("from"), row.get("from_id"))
        if not person:
            return self._unusable("no_person", "the message does not say who wrote it", line)
        rare = not _RARE.isdisjoint(row)
        media = _media(row) if rare or not text else ""
        what = "text"
        if rare and isinstance(row.get("poll"), dict):
            text, what, media = _poll(row["poll"]), "poll", ""
        elif not text:
            what = "media"
        problem = self._add(person, time, text=text, line=line, what=what, own=row.get("id"))
        if rare or media:
            self._rarely(row, len(self.rows) - 1, media=media)
        return problem

    def _add(self, person: str, time: int, *, text: str, line: int, what: str, own: object) -> Problem | None:
        if self.conversation is None:
            self.conversation = self._conversation()
        if what == "system":
            self.system += 1
        else:
            self.messages += 1
        self.own_ids.append(own if isinstance(own, int) and abs(own) < OWN_IDS else None)
        return self.rows.add(person, time, text=text, line=line, conversation=self.conversation, what=what)

    def _service(self, row: dict[str, Any], time: int, *, line: int) -> Problem | None:
        action = str(row.get("action") or "")
        person = self._person(row.get("actor"), row.get("actor_id"))
        if action not in _CALLS or not person:
            return self._add("", time, text=action.replace("_", " "), line=line, what="system", own=row.get("id"))
        problem = self._add(person, time, text="", line=line, what="call", own=row.get("id"))
        seconds, ended = row.get("duration_seconds", row.get("duration")), row.get("discard_reason")
        call = {name: value for name, value in (("seconds", seconds), ("ended", ended)) if isinstance(value, str | int)}
        self.rows.extra[len(self.rows) - 1] = {"call": call}
        return problem

    def _rarely(self, row: dict[str, Any], at: int, *, media: str) -> None:
        """Add what few messages have: reactions, a reply, an edit, where it was forwarded from."""
        if "edited" in row or "edited_unixtime" in row:
            self.rows.edited.append(at)
        asked = row.get("reply_to_message_id")
        if type(asked) is int:
            if row.get("reply_to_peer_id") is None:
                self.asks[at] = asked
            else:
                self.unknown_replies += 1
        reactions = self._reactions(row.get("reactions"))
        if reactions:
            self.rows.reactions[at] = reactions
        extra: dict[str, Any] = {"media": media} if media else {}
        for key in ("forwarded_from", "saved_from"):
            if key in row:
                extra["forwarded_from"] = str(row[key] or "Deleted account")
        if isinstance(row.get("via_bot"), str):
            extra["via_bot"] = row["via_bot"]
        if isinstance(row.get("sticker_emoji"), str):
            extra["emoji"] = row["sticker_emoji"]
        if extra:
            self.rows.extra[at] = extra

    def _reactions(self, given: object) -> tuple[Reaction, ...]:
        found: list[Reaction] = []
        for reaction in _dicts(given):
            emoji = {"custom_emoji": CUSTOM_EMOJI, "paid": PAID_EMOJI}.get(
                str(reaction.get("type")), str(reaction.get("emoji") or CUSTOM_EMOJI)
            )
            recent = _dicts(reaction.get("recent"))
            count = reaction.get("count")
            more = min(count if isinstance(count, int) else 1, REACTIONS_KEPT) - len(recent)
            found += [Reaction(emoji, self._person(one.get("from"), one.get("from_id"))) for one in recent]
            found += [Reaction(emoji)] * more
        return tuple(found[:REACTIONS_KEPT])

    def _person(self, name: object, person_id: object) -> str:
        """Return the name we show for an account: two accounts of one name stay two people."""
        account = str(person_id) if person_id else ""
        if account in self.names and account:
            return self.names[account]
        shown = str(name) if name else f"Deleted account {account.removeprefix('user')}" if account else ""
        if account:
            if self.taken.setdefault(shown, account) != account:
                shown = f"{shown} ({account})"
            self.names[account] = shown
        return shown

    def _conversation(self) -> str:
        """Return the name of the chat we are in; a second chat of that name gets its number behind it."""
        kind, number = str(self.header.get("type") or ""), self.header.get("id")
        fallback = "Saved Messages" if kind == "saved_messages" else f"Deleted account {number}" if number is not None else "Telegram"
        name = str(self.header.get("name") or fallback)
        if name in self.chat_names:
            name = f"{name} ({number})"
        self.chat_names.add(name)
        return name

    def _time(self, row: dict[str, Any]) -> int | None:
        given = row.get("date_unixtime")
        if given is None:
            return self.clock.read(row.get("date"))
        try:
            seconds = int(given)
        except (TypeError, ValueError, OverflowError):
            return self.clock.read(row.get("date"))
        return seconds * 1_000_000 if FIRST_TIME <= seconds <= LAST_TIME else None

    def _unusable(self, what: str, says: str, line: int) -> Problem:
        return Problem(what, says, self.rows.origin(line))


class _Answered:
    """Telegram's own message ids of one chat and our ids for them: 16 bytes a message while they ascend, as they do."""

    def __init__(self) -> None:
        self.own, self.our = array("q"), array("Q")
        self.odd: dict[int, str] = {}

    def add(self, own: int, our: str) -> None:
        if len(our) == HASH_DIGITS and (not self.own or own > self.own[-1]):
            self.own.append(own)
            self.our.append(int(our, 16))
        else:
            self.odd[own] = our

    def find(self, own: int) -> str | None:
        at = bisect_left(self.own, own) if abs(own) < OWN_IDS else len(self.own)
        if at < len(self.own) and self.own[at] == own:
            return f"{self.our[at]:016x}"
        return self.odd.get(own)


class _Clock:
    """Reads `date`, a clock time without a zone. In the hour that comes twice, the second one is meant when the first is already past."""

    def __init__(self, tz: str) -> None:
        self.zone, self.used, self.last = zone(tz), 0, 0

    def read(self, given: object) -> int | None:
        if not isinstance(given, str):
            return None
        try:
            time = datetime.fromisoformat(given)
            local = time if time.tzinfo else time.replace(tzinfo=self.zone)
            at = to_microseconds(local.astimezone(UTC))
            if at < self.last:
                at = self._second(local, at)
        except (ValueError, OverflowError):
            return None
        self.used += time.tzinfo is None
        self.last = at
        return at

    def _second(self, local: datetime, first: int) -> int:
        second = to_microseconds(local.replace(fold=1).astimezone(UTC))
        return second if second > first and second >= self.last else first


def _text(given: object) -> str | None:
    if type(given) is str:
        return given
    if given is None:
        return ""
    if not isinstance(given, list):
        return None
    return "".join(part if isinstance(part, str) else str(part.get("text") or "") for part in given if isinstance(part, str | dict))


def _media(row: Mapping[str, Any]) -> str:
    """Return our word for the media of a message, "" when it has words only, "other" when it has neither words nor media we know."""
    kind = row.get("media_type")
    if kind:
        return _MEDIA_TYPE.get(str(kind), "other")
    return next((word for key, word in _MEDIA_KEY.items() if key in row), "" if row.get("text") else "other")


def _poll(poll: Mapping[str, Any]) -> str:
    answers = [answer.get("text") for answer in _dicts(poll.get("answers"))]
    return "\n".join(_text(part) or "" for part in (poll.get("question"), *answers))


def _dicts(given: object) -> list[dict[str, Any]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
