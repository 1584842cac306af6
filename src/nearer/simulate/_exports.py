"""Simulated messages as exports: the text that WhatsApp writes on an Android phone (English, 24 hours) and the JSON of Telegram Desktop.

Read back by the readers they give the same people, minutes, texts and order. Both are what those apps write, to the letter, for what a
simulated chat holds: texts of one or more lines, pictures, missed calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from nearer.columns import Messages
from nearer.records import WHAT_INDEX, Message, from_microseconds

MINUTE = 60_000_000
"""Microseconds."""
NOTICE = "Messages and calls are end-to-end encrypted. Only people in this chat can read, listen to, or share them. Learn more."
MEDIA, MISSED_CALL = "<Media omitted>", "Missed voice call"
STAMP = "%d/%m/%Y, %H:%M - "


def write_whatsapp(messages: Messages) -> str:
    """Return messages as the text of a WhatsApp export, with the encryption notice on top."""
    stamps = _Stamps(messages.tz)
    top = [f"{stamps[int(messages.time[0]) // MINUTE]}{NOTICE}\n"] if len(messages) else []
    return "".join(top + list(_whatsapp_lines(messages, stamps)))


def _whatsapp_lines(messages: Messages, stamps: _Stamps) -> Iterator[str]:
    said = [f"{person}: " for person in messages.people]
    instead = {WHAT_INDEX["media"]: MEDIA, WHAT_INDEX["call"]: MISSED_CALL}
    rows = zip((messages.time // MINUTE).tolist(), messages.person.tolist(), messages.what.tolist(), messages.text, strict=True)
    for minute, person, what, text in rows:
        yield f"{stamps[minute]}{said[person]}{instead.get(what, text)}\n"


class _Stamps(dict[int, str]):
    """The stamp of each minute (counted from 1970), written once."""

    def __init__(self, tz: str) -> None:
        super().__init__()
        self._tz = tz

    def __missing__(self, minute: int) -> str:
        made = self[minute] = f"{from_microseconds(minute * MINUTE, tz=self._tz):{STAMP}}"
        return made


def write_telegram(messages: Messages) -> bytes:
    """Return messages as the JSON of one chat exported by Telegram Desktop."""
    rows = [_telegram_row(number, message, messages.people.index(message.person)) for number, message in enumerate(messages, start=1)]
    name = messages.conversations[0] if messages.conversations else "chat"
    chat = {"name": name, "type": "personal_chat", "id": 1, "messages": rows}
    return json.dumps(chat, ensure_ascii=False, indent=1).encode()


def _telegram_row(number: int, message: Message, person: int) -> dict[str, object]:
    writer = {"from": message.person, "from_id": f"user{person + 1}"}
    stamp = {"id": number, "date": f"{message.time:%Y-%m-%dT%H:%M:%S}", "date_unixtime": str(int(message.time.timestamp()))}
    if message.what == "call":
        actor = {"actor": message.person, "actor_id": writer["from_id"]}
        return {**stamp, "type": "service", **actor, "action": "phone_call", "discard_reason": "missed", "text": "", "text_entities": []}
    if message.what == "media":
        return {
            **stamp,
            "type": "message",
            **writer,
            "photo": "(File not included. Change data exporting settings to download.)",
            "text": "",
        }
    entities = [{"type": "plain", "text": message.text}] if message.text else []
    return {**stamp, "type": "message", **writer, "text": message.text, "text_entities": entities}
