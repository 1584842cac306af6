"""WhatsApp: who wrote and what is a system line, what a phone's own words mean, files however they were written down, hostile ones."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nearer.columns import Messages
from nearer.errors import NearerError, UnknownFormat, Unreadable
from nearer.read import Limits, Settings, find_reader, read, stream, whatsapp
from nearer.read._whatsapp_lines import Block, blocks
from nearer.read._whatsapp_people import CANDIDATES_PER_PERSON
from nearer.read._whatsapp_words import meaning
from nearer.records import Export, Message, Problem

BRACKET, DASH, COLON = range(3)
L = "\u200e"
HEAD = "27/03/22, 21:41 - "


def put(folder: Path, text: str | bytes, name: str = "WhatsApp Chat with Ana.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def chat(folder: Path, *bodies: str) -> Path:
    return put(folder, "".join(f"{HEAD}{body}\n" for body in bodies))


def taken(path: Path, chosen: Settings = Settings()) -> tuple[list[Message], list[Problem], Export]:  # noqa: B008 - frozen
    items = list(stream(path, settings=chosen))
    messages = [m for item in items if isinstance(item, Messages) for m in item]
    (export,) = (item for item in items if isinstance(item, Export))
    assert export.messages + export.continuations + export.system + export.problems == export.lines
    return messages, [item for item in items if isinstance(item, Problem)], export


def who(path: Path) -> list[str]:
    return [m.person for m in taken(path)[0]]


# ---------------------------------------------------------------------------------------------------------------- who wrote, and who did not


def test_a_system_line_that_quotes_a_colon_is_nobodys(tmp_path: Path) -> None:
    path = chat(
        tmp_path,
        "Ana: hi",
        'Ana changed the subject from "plans: May" to "plans: June"',
        'You created group "Delta: walks"',
        "Ana hat den Betreff zu „Delta: Mai“ geändert",
        "Anaさんが件名を「Delta: 5月」に変更しました",
        "Ana: ok",
    )
    assert who(path) == ["Ana", "", "", "", "", "Ana"]


def test_a_system_line_that_goes_on_from_a_known_name_is_nobodys(tmp_path: Path) -> None:
    path = chat(tmp_path, "Ana: hi", "Ana: ho", "Ana changed the group description to: walks", "Ben: hi")
    assert who(path) == ["Ana", "Ana", "", "Ben"]
    assert who(chat(tmp_path, "Ana: a", "Ana: b", "Ana Maria de Sea: hello")) == ["Ana", "Ana", "Ana Maria de Sea"]


def test_a_sentence_before_a_colon_is_nobody_and_a_title_is_somebody(tmp_path: Path) -> None:
    path = chat(tmp_path, "Your code has changed. Learn more: tap", "Dr. Ana M. Smith: hi", "Ben: hi", "x" * 101 + ": hi")
    assert who(path) == ["", "Dr. Ana M. Smith", "Ben", ""]


def test_a_name_that_comes_often_is_one_whatever_it_looks_like(tmp_path: Path) -> None:
    assert who(chat(tmp_path, *['Ana "Bee: hi'] * 3)) == ['Ana "Bee'] * 3
    assert who(chat(tmp_path, *['Ana "Bee: hi'] * 2, "Ben: x")) == ["", "", "Ben"]


def test_a_name_may_hold_a_colon(tmp_path: Path) -> None:
    path = chat(tmp_path, "Delta: Support: hi", "Ana: hello: you", "Delta: Support: how can we help", "Delta: Support:", "Ana: hm")
    messages = taken(path)[0]
    assert [m.person for m in messages] == ["Delta: Support", "Ana", "Delta: Support", "Delta: Support", "Ana"]
    assert [m.text for m in messages] == ["hi", "hello: you", "how can we help", "", "hm"]


def test_several_names_may_begin_alike_and_hold_a_colon(tmp_path: Path) -> None:
    path = chat(tmp_path, *["Delta: Ana: hi", "Delta: Ben: ho"] * 3)
    assert set(who(path)) == {"Delta: Ana", "Delta: Ben"}


def test_a_person_who_says_the_same_twice_before_a_colon_is_no_longer_name(tmp_path: Path) -> None:
    assert set(who(chat(tmp_path, "Ana: note: a", "Ana: note: b"))) == {"Ana"}


def test_marks_round_a_name_make_no_second_person(tmp_path: Path) -> None:
    path = chat(tmp_path, "\u202a+44 7700 900123\u202c: hi", "+44 7700 900123: ho", "\u2068Ana\u2069: x", "Ana: y")
    assert who(path) == ["+44 7700 900123", "+44 7700 900123", "Ana", "Ana"]


def test_what_a_phone_marks_as_its_own_is_nobodys_unless_it_is_a_name(tmp_path: Path) -> None:
    text = f"[27/03/22, 21:41:00] {L}Ana added: Ben\n[27/03/22, 21:41:01] {L}Ben: hi\n[27/03/22, 21:41:02] Ben: ho\n"
    assert who(put(tmp_path, text)) == ["", "Ben", "Ben"]


def test_in_a_chat_of_two_the_contact_does_not_say_what_the_phone_says(tmp_path: Path) -> None:
    text = f"[27/03/22, 21:41:00] Ana: {L}Chats are something we have no words for.\n[27/03/22, 21:41:02] Ben: ho\n"
    messages, _, export = taken(put(tmp_path, text))
    assert [(m.person, m.what) for m in messages] == [("", "system"), ("Ben", "text")]
    assert messages[0].text == "Chats are something we have no words for."
    assert (export.messages, export.system) == (1, 1)


def test_many_people_with_names_of_any_length_are_told_apart(tmp_path: Path) -> None:
    names = [f"P{'é' * length} {number}" for number, length in enumerate([0, 1, 3, 7, 8, 15, 16, 30, 40, 90] * 8)]
    assert who(chat(tmp_path, *(f"{name}: hi" for name in names * 2))) == names * 2


def test_a_name_of_256_bytes_is_one_and_a_longer_one_is_none(tmp_path: Path) -> None:
    assert who(chat(tmp_path, "é" * 100 + ": hi", "Ben: hi")) == ["é" * 100, "Ben"]
    assert who(chat(tmp_path, "😀" * 64 + ": hi", "😀" * 65 + ": hi")) == ["😀" * 64, ""]


def test_names_that_only_share_a_beginning_are_two(tmp_path: Path) -> None:
    assert who(chat(tmp_path, "Ana: a", "Anas: b", "An: c", "Ana\x00: d")) == ["Ana", "Anas", "An", "Ana\x00"]


def test_hostile_names_are_bounded(tmp_path: Path) -> None:
    many = "".join(f"{HEAD}P{row}: hi\n" for row in range(5 * CANDIDATES_PER_PERSON + CANDIDATES_PER_PERSON))
    with pytest.raises(NearerError, match="people"):
        taken(put(tmp_path, many), Settings(limits=Limits(people=5)))


# ------------------------------------------------------------------------------------------------------------------ the phone's own words


@pytest.mark.parametrize(
    ("text", "style", "marked", "what", "left", "extra"),
    [
        ("<Media omitted>", DASH, False, "media", "", {"media": "other"}),
        ("<Media omitted>\nlook", DASH, False, "text", "look", {"media": "other"}),
        ("<Media omitted>\nplan.pdf", DASH, False, "media", "", {"media": "file"}),
        ("<Média vynechány>", DASH, False, "media", "", {"media": "other"}),
        ("< Média vynechána >", DASH, False, "media", "", {"media": "other"}),
        ("<something omitted>", DASH, False, "text", "<something omitted>", {}),
        ("<3", DASH, False, "text", "<3", {}),
        ("IMG-20220327-WA0001.jpg (etwas angehängt)", DASH, False, "media", "", {"media": "photo"}),
        (f"{L}PTT-20220327-WA0001.opus (no words of ours)\nlisten", DASH, False, "text", "listen", {"media": "voice"}),
        ("VID-20220327-WA0001.mp4 (x: y)", DASH, False, "media", "", {"media": "video"}),
        ("STK-20220327-WA0001.webp (file attached)", DASH, False, "media", "", {"media": "sticker"}),
        ("Ana.vcf (file attached)", DASH, False, "media", "", {"media": "contact"}),
        ("Some plan.docx (Datei angehängt)", DASH, False, "media", "", {"media": "file"}),
        ("photo.jpg (添付ファイル)", DASH, False, "media", "", {"media": "photo"}),
        ("main.py (line 3)", DASH, False, "text", "main.py (line 3)", {}),
        ("location: https://maps.google.com/?q=51.5,-0.1", DASH, False, "media", "", {"media": "location"}),
        ("wo: https://maps.google.com/?q=51.5,-0.1 da", DASH, False, "text", "wo: https://maps.google.com/?q=51.5,-0.1 da", {}),
        ("live location shared", DASH, False, "media", "", {"media": "location"}),
        ("null", DASH, False, "media", "", {"media": "other"}),
        ("null", BRACKET, False, "text", "null", {}),
        ("", DASH, False, "media", "", {"media": "other"}),
        (".", DASH, False, "text", ".", {}),
        ("This message was deleted", DASH, False, "deleted", "", {}),
        ("This message was deleted by admin Ana", DASH, False, "deleted", "", {}),
        (f"{L}You deleted this message.", BRACKET, False, "deleted", "", {}),
        ("Du hast diese Nachricht gelöscht", DASH, False, "deleted", "", {}),
        ("Missed voice call", DASH, False, "call", "", {"call": {"ended": "missed"}}),
        ("Video call", DASH, False, "text", "Video call", {}),
        (f"{L}Missed voice call, {L}Tap to call back", BRACKET, False, "call", "", {"call": {"ended": "missed"}}),
        (f"{L}Voice call. {L}1 hr 5 min", BRACKET, False, "call", "", {"call": {"seconds": 3900}}),
        (f"{L}Video call, {L}No answer", BRACKET, False, "call", "", {"call": {}}),
        (f"{L}Sprachanruf. {L}45 Sek.", BRACKET, False, "call", "", {"call": {"seconds": 45}}),
        (f"{L}Words we lack, {L}12 min", BRACKET, False, "call", "", {"call": {"seconds": 720}}),
        (f"{L}image omitted", BRACKET, True, "media", "", {"media": "photo"}),
        (f"{L}image omitted", BRACKET, False, "media", "", {"media": "photo"}),
        ("image omitted", BRACKET, False, "text", "image omitted", {}),
        (f"{L}words of no language", BRACKET, True, "media", "", {"media": "other"}),
        (f"look here {L}video omitted", BRACKET, True, "text", "look here", {"media": "video"}),
        (f"look\nhere {L}<attached: 00000012-PHOTO-2022-03-27-21-41-35.jpg>", BRACKET, True, "text", "look\nhere", {"media": "photo"}),
        (f"{L}<pièce jointe : 00000012-AUDIO-2022-03-27.opus>", BRACKET, True, "media", "", {"media": "voice"}),
        (f"{L}<attached: 00000012-STICKER-2022-03-27.webp>", BRACKET, False, "media", "", {"media": "sticker"}),
        (f"plan.pdf • {L}2 pages {L}document omitted", BRACKET, True, "media", "", {"media": "file"}),
        (f"plan.xyz • {L}2 of a word {L}words of no language", BRACKET, True, "media", "", {"media": "file"}),
        (f"plan.txt {L}words of no language", BRACKET, True, "media", "", {"media": "file"}),
        ("<image omitted>", DASH, False, "media", "", {"media": "photo"}),
        ("<GIF omitted>", COLON, False, "media", "", {"media": "animation"}),
        ("<sticker omitted>\nlook", DASH, False, "text", "look", {"media": "sticker"}),
        ("<image omitted> look", DASH, False, "text", "<image omitted> look", {}),
        ("<省略影音内容>", DASH, False, "media", "", {"media": "other"}),
        (f"{L}This message was deleted.", BRACKET, True, "deleted", "", {}),
        (f"{L}Missed voice call", BRACKET, True, "call", "", {"call": {"ended": "missed"}}),
        (f"{L}POLL:\nWhich?\n{L}OPTION: a ({L}2 votes)\n{L}OPTION: b ({L}0 votes)", BRACKET, True, "poll", "Which?\na\nb", {}),
        (f"{L}did you see it?", BRACKET, False, "text", f"{L}did you see it?", {}),
        (f"{L}what a day \u2764\ufe0f", BRACKET, False, "text", f"{L}what a day \u2764\ufe0f", {}),
        (f"{L}Ana changed the name to “Where?”", BRACKET, False, "system", "Ana changed the name to “Where?”", {}),
        (f"{L}Some words of the phone.", BRACKET, False, "system", "Some words of the phone.", {}),
        (f"{L}Some words of a person", DASH, False, "text", f"{L}Some words of a person", {}),
        ("\u202a+44 7700 900123\u202c", BRACKET, False, "text", "\u202a+44 7700 900123\u202c", {}),
        ("a text", BRACKET, True, "text", "a text", {}),
        ("POLL:\nWhich?\nOPTION: a (2 votes)\nOPTION: b: c (1 vote)", DASH, False, "poll", "Which?\na\nb: c", {}),
        (f"{L}UMFRAGE:\nWas?\n{L}OPTION: a ({L}2 Stimmen)\n{L}OPTION: b ({L}0 Stimmen)", BRACKET, False, "poll", "Was?\na\nb", {}),
        ("list:\nbuy\na: milk (2)", DASH, False, "text", "list:\nbuy\na: milk (2)", {}),
        ("list:\nbuy\na: milk (2)\nb: eggs (6)", DASH, False, "text", "list:\nbuy\na: milk (2)\nb: eggs (6)", {}),
    ],
)  # fmt: skip
def test_what_a_message_is(text: str, style: int, what: str, left: str, extra: Mapping[str, Any], *, marked: bool) -> None:
    meant = meaning(text, style=style, marked=marked)
    assert (meant.what, meant.text, dict(meant.extra), meant.edited) == (what, left, extra, False)


@pytest.mark.parametrize(
    ("text", "what", "left", "extra"),
    [
        ("image omitted", "media", "", {"media": "photo"}),
        ("Image omitted", "media", "", {"media": "photo"}),
        ("the image omitted", "text", "the image omitted", {}),
        ("Verpasster Sprachanruf", "call", "", {"call": {"ended": "missed"}}),
        ("Voice call, 4 min", "call", "", {"call": {"seconds": 240}}),
        ("Video call, 1 hr 5 min", "call", "", {"call": {"seconds": 3900}}),
        ("Video call, 5 pm", "text", "Video call, 5 pm", {}),
        ("Video call, 5 min?", "text", "Video call, 5 min?", {}),
        ("Video call", "text", "Video call", {}),
        ("Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt. Ja.", "system", "Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt. Ja.", {}),
        ("<image omitted> look", "text", "look", {"media": "photo"}),
        ("<voice message omitted>", "media", "", {"media": "voice"}),
        ("<Contact card omitted>", "media", "", {"media": "contact"}),
        ("GIF attached", "media", "", {"media": "animation"}),
        ("sea.jpg (file attached) look", "text", "look", {"media": "photo"}),
        ("sea.jpg (my favourite) look", "text", "sea.jpg (my favourite) look", {}),
        ("Poll: Where?\n    - Sea\n    - Hill", "poll", "Where?\nSea\nHill", {}),
        ("Plan: walk\n    - Sea", "text", "Plan: walk\n    - Sea", {}),
    ],
)  # fmt: skip
def test_what_a_message_is_where_all_marks_were_lost(text: str, what: str, left: str, extra: Mapping[str, Any]) -> None:
    meant = meaning(text, style=BRACKET, marked=False, bare=True)
    assert (meant.what, meant.text, dict(meant.extra)) == (what, left, extra)
    assert meaning("image omitted", style=BRACKET, marked=False).what == "text"


def test_a_chat_that_was_mailed_has_lost_its_marks(tmp_path: Path) -> None:
    """The same words in a chat that holds one mark are those of a person."""
    bodies = (
        "Ben: Ben created group “Trip”",
        "Ben: Ben left the keys",
        "Ben: Benny",
        "Ana: image omitted",
        "Ana: hi",
        "Ben: Ben left",
        "Ana: ok",
    )
    text = "".join(f"[27/03/22, 21:41:0{second}] {body}\n" for second, body in enumerate(bodies))
    whats = [m.what for m in taken(put(tmp_path, text))[0]]
    assert whats == ["system", "text", "text", "media", "text", "system", "text"]
    whats = [m.what for m in taken(put(tmp_path, f"{text}[27/03/22, 21:42:00] Ben: {L}You deleted this message.\n"))[0]]
    assert whats == [*["text"] * 7, "deleted"]


def test_a_chat_of_whatsapp_web(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        "Messages and calls are end-to-end encrypted. Only you can read them.\nSome earlier messages may not be available.\nsomething else\n"
        '[3/18/26, 9:01:02 AM] - Ben changed the group name to "Trip: Sea"\n[3/18/26, 9:01:03 AM] You: sea.jpg (file attached) the sea\n'
        "[3/18/26, 9:02:02 AM] Ben: Poll: Where?\n    - Sea\n    - Hill\n[3/18/26, 9:03:02 AM] Ben: - no\n",
    )
    messages, problems, export = taken(path)
    assert [(m.person, m.what, m.origin.line) for m in messages] == [
        ("", "system", 1), ("", "system", 2), ("", "system", 4), ("You", "text", 5), ("Ben", "poll", 6), ("Ben", "text", 9)
    ]  # fmt: skip
    assert [m.text for m in messages[1:4]] == [
        "Some earlier messages may not be available.", 'Ben changed the group name to "Trip: Sea"', "the sea"
    ]  # fmt: skip
    assert messages[0].time == messages[2].time
    assert messages[5].text == "- no"
    assert ([one.origin.line for one in problems], export.system) == ([3], 3)


def test_a_message_taken_back_by_an_admin_is_found_among_others(tmp_path: Path) -> None:
    path = chat(
        tmp_path, *(f"Ben: This message was deleted by admin {name}" for name in ("Ana", "Chloe", "Delta Support")), "Ben: This mess"
    )
    assert [m.what for m in taken(path)[0]] == [*["deleted"] * 3, "text"]


def test_the_phones_mark_ends_a_name_that_holds_a_colon(tmp_path: Path) -> None:
    text = f"[27/03/22, 21:41:00] Trip: Sea: {L}Messages and calls are safe.\n[27/03/22, 21:41:01] Ana: so: yes\n"
    assert [(m.what, m.text) for m in taken(put(tmp_path, text))[0]] == [("system", "Messages and calls are safe."), ("text", "so: yes")]
    edited = f"[27/03/22, 21:41:01] Ana: so: {L}<This message was edited>\n{L}[27/03/22, 21:41:02] Ben: see: {L}image omitted\n"
    assert who(put(tmp_path, edited)) == ["Ana", "Ben"]


def test_lines_that_only_a_mark_tells_from_a_message_are_told(tmp_path: Path) -> None:
    text = "".join(
        f"[27/03/22, 21:41:0{second}] Ana: {body}\n"
        for second, body in enumerate([f"{L}A notice.", f"{L}Ana did a thing.", f"{L}Words we lack.", "hi"])
    )
    notes = taken(put(tmp_path, text))[2].notes
    assert notes[-1] == "lines under a name that only the phone's mark tells from a message, kept as system lines: 1"
    assert len(taken(put(tmp_path, text.replace("Words we lack", "Ana lacks")))[2].notes) == len(notes) - 1


@pytest.mark.parametrize(
    ("text", "style", "left", "edited"),
    [
        ("hi <This message was edited>", DASH, "hi", True),
        (f"hi {L}<This message was edited>", BRACKET, "hi", True),
        (f"hi\nyou {L}<words of no language>", BRACKET, "hi\nyou", True),
        ("hi <words of no language>", DASH, "hi <words of no language>", False),
        ("lista: pan <Se editó este mensaje.>", DASH, "lista: pan", True),
        ("a <b>", DASH, "a <b>", False),
        ("<This message was edited>", DASH, "<This message was edited>", False),
    ],
)
def test_the_mark_of_an_edit_is_taken_off(text: str, style: int, left: str, *, edited: bool) -> None:
    meant = meaning(text, style=style, marked=False)
    assert (meant.text, meant.edited) == (left, edited)


def test_a_photo_may_be_edited(tmp_path: Path) -> None:
    text = f"{L}[27/03/22, 21:41:00] Ana: look {L}<attached: 1-PHOTO-2.jpg> {L}<This message was edited>\n"
    (message,) = taken(put(tmp_path, text))[0]
    assert (message.text, message.what, dict(message.extra), message.edited) == ("look", "text", {"media": "photo"}, True)


# ------------------------------------------------------------------------------------------------------------- however it was written down


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    text = end.join([f"{HEAD}Ana: héllo 🌊", "two", f"{HEAD}Ben: שלום", ""])
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    messages, problems, export = taken(put(tmp_path, mark + text.encode(encoding)))
    assert [m.text for m in messages] == ["héllo 🌊\ntwo", "שלום"]
    assert (problems, export.lines, export.continuations) == ([], 3, 1)


def test_a_bom_in_the_middle_of_a_file_is_not_text(tmp_path: Path) -> None:
    assert who(chat(tmp_path, "Ana: a")) == ["Ana"]
    assert [m.text for m in taken(put(tmp_path, f"{HEAD}Ana: a\n\ufeff{HEAD}Ben: b\n"))[0]] == ["a", "b"]


def test_bytes_that_are_no_utf_8_are_replaced_and_told(tmp_path: Path) -> None:
    data = f"{HEAD}Ana: ".encode() + b"\xff\xed\xa0\x80\n" + f"{HEAD}Ben: b\n".encode()
    messages, problems, export = taken(put(tmp_path, data))
    assert messages[0].text == "\ufffd" * 4
    assert [(p.what, p.origin.line) for p in problems] == [("not_utf8", 1)]
    assert (export.messages, export.problems) == (2, 0)


def test_what_a_person_typed_stays_byte_for_byte(tmp_path: Path) -> None:
    nasty = [
        "\u202eevil\u2066",
        "a\x00b",
        "=1+1",
        "<script>",
        "\u200bx\u200b",
        "a\u2028b\u0085c\x0bd",
        "ﷺ" * 50,
        "e" + "\u0301" * 500,
        " x ",
    ]
    messages = taken(chat(tmp_path, *(f"Ana: {text}" for text in nasty)))[0]
    assert [m.text for m in messages] == nasty


def test_blank_lines_within_a_message_stay_and_at_its_end_go(tmp_path: Path) -> None:
    messages, _, export = taken(put(tmp_path, f"{HEAD}Ana: a\n\nb\n\n\n{HEAD}Ben: c\n\n"))
    assert [m.text for m in messages] == ["a\n\nb", "c"]
    assert (export.lines, export.continuations) == (7, 5)


def test_lines_before_the_first_message_are_problems(tmp_path: Path) -> None:
    _, problems, export = taken(put(tmp_path, f"junk\n\n{HEAD}Ana: a\n"))
    assert [(p.what, p.origin.line) for p in problems] == [("before_first", 1), ("before_first", 2)]
    assert export.problems == 2


@pytest.mark.parametrize("tail", ["27/03/22, 21:4", "[27/03/22, 21:41:35", "27/03/22, "])
def test_a_beginning_that_breaks_off_is_a_problem(tmp_path: Path, tail: str) -> None:
    messages, problems, export = taken(put(tmp_path, f"{HEAD}Ana: a\n{tail}"))
    assert [m.text for m in messages] == ["a"]
    assert [(p.what, p.origin.line) for p in problems] == [("cut_off", 2)]
    assert (export.lines, export.problems) == (2, 1)


@pytest.mark.parametrize("tail", ["see you", "27/3", "27/03/22", "at 21:41 then"])
def test_a_last_line_of_words_is_text(tmp_path: Path, tail: str) -> None:
    assert [m.text for m in taken(put(tmp_path, f"{HEAD}Ana: a\n{tail}"))[0]] == [f"a\n{tail}"]


ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PIECES = st.lists(
    st.sampled_from([HEAD, "Ana: ", "Ben: ", "\n", "\r\n", "31/02/22, 21:41 - ", L, "[27/03/22, 21:41:35] ", "\ufeff"]) | ANY, max_size=25
)


@settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=PIECES, tail=st.binary(max_size=8), size=st.sampled_from([16, 64, 1 << 20]))
def test_every_line_of_any_file_is_accounted_for(pieces: list[str], tail: bytes, size: int, tmp_path: Path, monkeypatch_size: Any) -> None:
    data = f"{HEAD}Ana: a\n27/03/22, 21:41 - Ben: b\n".encode() + "".join(pieces).encode() + tail
    path = put(tmp_path, data)
    monkeypatch_size(size)
    messages, problems, export = taken(path)
    assert export.lines == len(data.split(b"\n")) - data.endswith(b"\n")
    assert export.messages == sum(m.what != "system" for m in messages)
    assert export.problems == sum(p.what not in ("not_utf8", "long_line", "message_cut") for p in problems)
    assert all(m.person != "" or m.what == "system" for m in messages)


@pytest.fixture
def monkeypatch_size(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Read in blocks of another size."""
    return lambda size: monkeypatch.setattr(blocks, "__kwdefaults__", {"size": size, "checked": False})


@pytest.mark.parametrize("size", [400, 401, 407, 1 << 20])
def test_blocks_of_any_size_give_the_same_chat(tmp_path: Path, size: int, monkeypatch_size: Any) -> None:
    path = put(tmp_path, f"{HEAD}Ana: héllo 🌊🌊🌊🌊🌊🌊\r\ntwo\r\n\r\n{HEAD}Ben: {'é' * 2000}\n{HEAD}Ana: <Media omitted>\nlook\n")
    whole = taken(path)
    monkeypatch_size(size)
    assert taken(path) == whole


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_chunks_are_as_small_as_asked(tmp_path: Path, rows: int) -> None:
    path = chat(tmp_path, *(f"Ana: {number}" for number in range(7)), "Ana: <Media omitted>")
    chunks = [item for item in whatsapp.read(path, settings=Settings(rows=rows)) if isinstance(item, Messages)]
    assert max(map(len, chunks)) <= rows
    assert [m.text for chunk in chunks for m in chunk] == [*(str(number) for number in range(7)), ""]
    assert [dict(m.extra) for chunk in chunks for m in chunk][-1] == {"media": "other"}


def test_a_block_says_where_its_lines_are(tmp_path: Path) -> None:
    path = put(tmp_path, "a\nbb\r\n\nc")
    with path.open("rb") as opened:
        whole, rest = blocks(opened)
    assert lines_of(whole) == [b"a", b"bb", b""]
    assert (lines_of(rest), rest.first, rest.ended) == ([b"c"], 4, False)


def lines_of(block: Block) -> list[bytes]:
    return [block.data[start:end] for start, end in zip(block.starts, block.ends, strict=True)]


# --------------------------------------------------------------------------------------------------------------------- files and their names


@pytest.mark.parametrize(
    ("name", "conversation"),
    [
        ("WhatsApp Chat with Ana.txt", "Ana"),
        ("WhatsApp Chat with Ana (2).txt", "Ana"),
        ("WhatsApp_Chat_with_Ana_Maria.txt", "Ana Maria"),
        ("WhatsApp Chat - Ana.txt", "Ana"),
        ("WhatsApp Chat mit Ana.txt", "Ana"),
        ("Chat de WhatsApp con Ana.txt", "Ana"),
        ("Conversa do WhatsApp com Ana.txt", "Ana"),
        ("Discussion WhatsApp avec Ana.txt", "Ana"),
        ("Чат WhatsApp с контактом Ana.txt", "Ana"),
        ("AnaとのWhatsAppチャット.txt", "Ana"),
        ("Ana ile WhatsApp Sohbeti.txt", "Ana"),
        ("our talk.txt", "our talk"),
        ("\u202egpj.Ana.txt", "gpj.Ana"),
        ("WHATSAPP CHAT - Ana.TXT", "Ana"),
        ("_chat.txt", "WhatsApp"),
    ],
)
def test_a_conversation_is_called_by_its_file(tmp_path: Path, name: str, conversation: str) -> None:
    path = put(tmp_path, f"{HEAD}Ana: hi\n", name)
    assert {m.conversation for m in taken(path)[0]} == {conversation}


def test_a_folder_as_phones_unpack_it(tmp_path: Path) -> None:
    folder = tmp_path / "WhatsApp Chat - Ana"
    folder.mkdir()
    put(folder, f"{HEAD}Ana: hi\n", "_chat.txt")
    put(folder, "a text that was sent", "notes.txt")
    assert find_reader(folder) is whatsapp
    (message,) = taken(folder)[0]
    assert (message.conversation, message.origin.file) == ("Ana", "WhatsApp Chat - Ana/_chat.txt")


def test_an_archive_as_phones_send_it(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Ana.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_chat.txt", f"{HEAD}Ana: hi\n")
        archive.writestr("00000001-PHOTO-2022.jpg", b"\xff\xd8")
    assert find_reader(path) is whatsapp
    (message,) = taken(path)[0]
    assert (message.conversation, message.text, message.origin.file) == ("Ana", "hi", path.name)
    assert read([path], settings=Settings()).people == ("Ana",)


def test_what_is_no_chat_is_not_ours(tmp_path: Path) -> None:
    for name, data in (("notes.txt", b"just words\n"), ("a.bin", b"\x00\x01"), ("chat.csv", f"{HEAD}Ana: hi\n".encode())):
        assert not whatsapp.identify(put(tmp_path, data, name))
    with pytest.raises(UnknownFormat, match="whatsapp"):
        find_reader(put(tmp_path, "just words\n", "notes.txt"))


def test_what_is_named_like_a_chat_and_holds_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="begins like a message"):
        taken(put(tmp_path, "just words\n"))


def test_two_chats_in_one_folder_need_one_to_be_given(tmp_path: Path) -> None:
    put(tmp_path, f"{HEAD}Ana: hi\n", "one.txt")
    put(tmp_path, f"{HEAD}Ben: hi\n", "two.txt")
    with pytest.raises(Unreadable, match="2 chats"):
        taken(tmp_path)
