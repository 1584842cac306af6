"""What a message is when the phone wrote words of its own: media, a deleted message, a call, a poll, a line about the chat.

Where a phone marks its words (iPhones put U+200E before them) or writes in one form everywhere (`IMG-20220327-WA0001.jpg (…)`,
`<…: 00000012-PHOTO-….jpg>`, a list of votes, a link to a map) the form decides and no language need be known. Where only words tell, they
are in `_whatsapp_words.toml`. A mark that a person typed stays.
"""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nearer.read._whatsapp_heads import BRACKET, DASH, MARKS
from nearer.records import Flags, Ints

OTHER = "other"
EDIT_CHARACTERS = 84
"""`<This message was edited>` is no longer than this in any language."""


class Meaning(NamedTuple):
    """What a message is, its words without the phone's own, and what goes along beside it."""

    what: str
    text: str
    extra: Mapping[str, Any] = {}
    edited: bool = False


_WORDS = tomllib.loads(files("nearer.read").joinpath("_whatsapp_words.toml").read_text("utf-8"))
_OMITTED, _ATTACHED, _DELETED, _EDITED, _UNSEEN, _LOCATION, _MISSED = (
    frozenset(_WORDS[name]) for name in ("omitted", "attached", "deleted", "edited", "unseen", "location", "missed")
)
_CALLS, _MISSED_BEGINS, _DELETED_BY, _NOTICES, _DEEDS = (
    tuple(_WORDS[name]) for name in ("calls", "missed", "deleted_by", "notices", "deeds")
)
_DURATION = {begin: int(seconds) for seconds, begins in _WORDS["duration"].items() for begin in begins}
_MEDIA = {phrase: kind for kind, phrases in _WORDS["media"].items() for phrase in phrases}
_PREFIX: Mapping[str, str] = _WORDS["prefix"]
_SUFFIX = {suffix: kind for kind, suffixes in _WORDS["suffix"].items() for suffix in suffixes}
_SHOWN = _OMITTED | _MEDIA.keys()
_PHRASES = frozenset().union(_OMITTED, _DELETED, _UNSEEN, _LOCATION, _MISSED, _MEDIA)

_M = f"[{MARKS}]"
_EDIT = re.compile(r"(?P<text>.*?)[ ]?(?P<mark>[\u200e\u200f]{0,2})<(?P<words>[^<>:\n]{3,80})>\Z", re.DOTALL)
_ANGLED = re.compile(rf"{_M}{{0,2}}<(?P<words>[^<>\n]{{2,60}})>(?:(?P<gap>[ \n])(?P<text>.*))?\Z", re.DOTALL)
_NAMED = re.compile(
    rf"{_M}{{0,3}}(?P<file>[^\n]{{1,250}}?\.(?P<suffix>\w{{1,8}})) [(（]{_M}{{0,2}}(?P<words>[^()（）\n]{{2,60}})[)）](?:\n(?P<text>.*))?\Z",
    re.DOTALL,
)
_NAMED_AND_MORE = re.compile(r"(?P<file>[^\n]{1,250}?\.\w{1,8}) \((?P<words>file attached)\) (?P<text>.+)\Z", re.DOTALL)
_OUR_FILE = re.compile(r"(?P<prefix>[A-Z]{2,7})-\d{8}-WA\d+\.\w+")
_IOS_FILE = re.compile(rf"<[^<>:\n]{{1,40}}[:：]\s?{_M}{{0,2}}(?P<file>[^<>\n]{{1,255}}\.\w{{1,8}})>\Z")
_IOS_PREFIX = re.compile(r"\d+-(?P<prefix>[A-Z]+)-")
_FILE_LINE = re.compile(rf"[^\n]{{1,250}}\.(?P<suffix>\w{{1,8}})(?:\s•\s{_M}{{0,2}}[^\n]{{1,40}})?\s*\Z")
_MAP = re.compile(rf"{_M}{{0,3}}[^\n:]{{1,60}}: https://maps\.google\.com/\?q=-?[\d.]+,-?[\d.]+\Z")
_POLL_LINE = re.compile(
    rf"{_M}{{0,2}}(?P<word>[^:\n]{{1,40}}):[ ]?(?P<answer>[^\n]*?)[ ]?\({_M}{{0,2}}[^()\n]{{0,12}}\d[^()\n]{{0,30}}\)\Z"
)
_POLL_HEAD = re.compile(rf"{_M}{{0,3}}[^\n:]{{2,40}}[:：]\n")
_WEB_POLL = re.compile(r"[^\n:]{2,40}: (?P<question>[^\n]+)(?P<answers>(?:\n    - [^\n]+){2,})\Z")
_CALL_FORM = re.compile(r"[^\d\n.,:]{3,40}[.,،。] ?\d{1,3} ?[^\d\s.,:]{1,10}")
_LASTED = re.compile(r"(?P<count>\d{1,4}) ?(?P<unit>[^\W\d_]\w{0,10})")
_LENGTH = re.compile(r"[.,،。] ?(?:\d{1,4} ?[^\W\d_]\w{0,10} ?){1,3}")
_ANY_MARK = re.compile(_M)
_START_MARK = re.compile(rf"\A{_M}+")
_OWN = re.compile("\\A[\u200e\u200f]")
_SPOKEN = re.compile("[?!？！؟\u2764\U0001f300-\U0001faff]\ufe0f?\\s*\\Z")
"""How no phone ends what it says: a question, an exclamation, an emoji."""


def fold(text: str) -> str:
    """Return a phrase as the tables hold it."""
    return _ANY_MARK.sub("", text).strip().casefold().rstrip(".。।۔").strip()


def is_notice(text: str) -> bool:
    """Say whether a phone says this of the whole chat."""
    return fold(text).startswith(_NOTICES)


def is_deed(text: str, person: str) -> bool:
    """Say whether this is a deed in the group told of the very person it stands under: `Ben: Ben created group “Delta”`."""
    if not text.startswith(person + " "):
        return False
    told = fold(text[len(person) + 1 :])
    return any(told == deed or (told.startswith(deed + " ") and told[len(deed) + 1] in '“"„«') for deed in _DEEDS)


def meaning(text: str, *, style: int, marked: bool, bare: bool = False) -> Meaning:
    """Say what a message is. `marked` is the mark before an iPhone's bracket: something is attached; `bare` that the whole chat is of an
    iPhone and lost its marks, so that words which need one elsewhere count without."""
    text, edited = _without_edit(text)
    found = (_over_mark(text) or _attached(text)) if marked else None
    found = found or _by_form(text, style) or _by_words(text, style, bare=bare) or (_web(text) if bare else None)
    if found is None:
        own = style != DASH and _OWN.match(text) and not _SPOKEN.search(text)
        found = Meaning("system", _ANY_MARK.sub("", text)) if own else Meaning("text", text)
    return found._replace(edited=True) if edited else found


def _without_edit(text: str) -> tuple[str, bool]:
    """Take off `<This message was edited>`: known words, or a mark before them, and more before that."""
    if not text.endswith(">"):
        return text, False
    at = text.rfind("<", max(0, len(text) - EDIT_CHARACTERS))
    found = _EDIT.match(text, max(0, at - 3)) if at > 0 else None
    if found is None or not (fold(found["words"]) in _EDITED or (found["mark"] and fold(found["words"]) not in _SHOWN)):
        return text, False
    return text[: found.start()] + found["text"], True


def _over_mark(text: str) -> Meaning | None:
    """Read what is surely not attached, though a mark says so: a message taken back, a call, a poll."""
    return _other_words(fold(text), own=False) or (_poll(text) if _POLL_HEAD.match(text) else None)


def _attached(text: str) -> Meaning | None:
    """Read what an iPhone marks as attached: words under it, then the mark, then its own words or the name of the file."""
    at = max(text.rfind(sign) for sign in "\u200e\u200f")
    if at < 0:
        return None
    own, before = text[at + 1 :], text[:at]
    named = _IOS_FILE.match(own)
    kind = _kind_of(named["file"]) if named else _MEDIA.get(fold(own), OTHER)
    before = before.rstrip(" \u200e\u200f\n")
    document = _FILE_LINE.match(before)
    if document and (kind == "file" or (kind == OTHER and "•" in before) or document["suffix"].lower() in _SUFFIX):
        return _media("", "file" if kind == OTHER else kind)
    return _media(_START_MARK.sub("", before), kind)


def _by_form(text: str, style: int) -> Meaning | None:
    """Read what has one form in all languages."""
    named = _NAMED.match(text)
    if named and (_OUR_FILE.fullmatch(named["file"].lstrip("\u200e\u200f")) or fold(named["words"]) in _ATTACHED):
        return _media(named["text"] or "", _kind_of(named["file"].lstrip("\u200e\u200f")))
    if _MAP.match(text):
        return _media("", "location")
    own = _START_MARK.sub("", text)
    attached = _IOS_FILE.match(own) if style == BRACKET else None
    if attached:
        return _media("", _kind_of(attached["file"]))
    if _POLL_HEAD.match(text):
        return _poll(text)
    return None


def _web(text: str) -> Meaning | None:
    """Read the forms of WhatsApp Web, which writes words under a picture behind it, on the same line."""
    named = _NAMED_AND_MORE.match(text)
    if named:
        return _media(named["text"], _kind_of(named["file"]))
    poll = _WEB_POLL.match(text)
    return Meaning("poll", poll["question"] + poll["answers"].replace("\n    - ", "\n")) if poll else None


def _by_words(text: str, style: int, *, bare: bool) -> Meaning | None:
    omitted = _omitted(text, bare=bare)
    if omitted is not None:
        return omitted
    if not _ANY_MARK.sub("", text):
        return _media("", OTHER)
    if text != text.strip() and not _ANY_MARK.search(text):
        return None
    phrase = fold(text)
    own = style != DASH and bool(_OWN.match(text))
    found = _sent(phrase, own=own or bare, style=style) or _other_words(phrase, own=own)
    return found or (_without_mark(text, phrase) if bare else None)


def _without_mark(text: str, phrase: str) -> Meaning | None:
    """Read what a phone says of a chat or a call where its marks were lost: a call only with how long it was, for people write the rest."""
    if phrase.startswith(_NOTICES):
        return Meaning("system", text)
    begin = max((call for call in _CALLS if phrase.startswith(call)), key=len, default="")
    length = _LENGTH.fullmatch(phrase[len(begin) :]) if begin else None
    known = length and all(_unit(part["unit"]) for part in _LASTED.finditer(length[0]))
    return _call(phrase) if known else None


def _sent(phrase: str, *, own: bool, style: int) -> Meaning | None:
    """Read what was sent and is not shown: a place, media by their kind where the phone marks its words."""
    if phrase in _UNSEEN and (style == DASH or phrase != "null"):
        return _media("", OTHER)
    if phrase in _LOCATION:
        return _media("", "location")
    return _media("", _MEDIA[phrase]) if own and phrase in _MEDIA else None


def _other_words(phrase: str, *, own: bool) -> Meaning | None:
    if phrase in _DELETED or phrase.startswith(_DELETED_BY):
        return Meaning("deleted", "")
    if phrase in _MISSED:
        return Meaning("call", "", {"call": {"ended": "missed"}})
    return _call(phrase) if own else None


def _omitted(text: str, *, bare: bool) -> Meaning | None:
    """Read `<Media omitted>`, with the words or the name of the file below it."""
    angled = _ANGLED.match(text)
    phrase = fold(angled["words"]) if angled else ""
    if angled is None or phrase not in _SHOWN or (angled["gap"] == " " and not bare):
        return None
    below = angled["text"] or ""
    named = _FILE_LINE.match(below)
    if named and named["suffix"].lower() in _SUFFIX:
        return _media("", _SUFFIX[named["suffix"].lower()])
    return _media(below, OTHER if phrase in _OMITTED else _MEDIA[phrase])


def _call(phrase: str) -> Meaning | None:
    """Read a call in a phone's own words, with how long it was where that is printed."""
    if phrase.startswith(_MISSED_BEGINS):
        return Meaning("call", "", {"call": {"ended": "missed"}})
    if not (phrase.startswith(_CALLS) or _CALL_FORM.fullmatch(phrase)):
        return None
    seconds = sum(int(part["count"]) * _unit(part["unit"]) for part in _LASTED.finditer(phrase))
    return Meaning("call", "", {"call": {"seconds": seconds} if seconds else {}})


def _unit(word: str) -> int:
    """Return how many seconds the word behind a number stands for, 0 for one we do not know."""
    return max(((len(begin), seconds) for begin, seconds in _DURATION.items() if word.startswith(begin)), default=(0, 0))[1]


def _media(text: str, kind: str) -> Meaning:
    text = text.strip("\n")
    return Meaning("text" if text else "media", text, {"media": kind})


def _kind_of(file: str) -> str:
    """Return the kind of a file by WhatsApp's own prefix, else by its suffix."""
    found = _IOS_PREFIX.match(file) or _OUR_FILE.match(file)
    kind = _PREFIX.get(found["prefix"]) if found else None
    return kind or _SUFFIX.get(file.rpartition(".")[2].lower(), "file")


def _poll(text: str) -> Meaning | None:
    """Read a poll: a word and a colon, the question, then answers that all begin with one word and end with their votes."""
    lines = text.split("\n")
    answers = [_POLL_LINE.match(line) for line in lines[2:]]
    found = [answer for answer in answers if answer]
    if len(found) < 2 or len(found) < len(answers) or len({answer["word"] for answer in found}) > 1:  # noqa: PLR2004 - a choice needs two
        return None
    return Meaning("poll", "\n".join(_ANY_MARK.sub("", part) for part in (lines[1], *(answer["answer"] for answer in found))))


# ------------------------------------------------------------------------------------------------------ which messages are worth a look

MAP_LINK = b"https://maps.google.com/?q="
WEB_WORDS = (b" (file attached) ", b"\n    - ")
_EIGHT = 8
_SIGN_BITS = 19


def may_be_own(data: bytes, buffer: NDArray[np.uint8], start: Ints, end: Ints, *, first_end: Ints, bare: bool = False) -> Flags:
    """Say which texts could hold words of the phone's own: by a mark, a bracket at an end, a link to a map, how a phrase begins, or its length
    and ends."""
    length = end - start
    first, last = buffer[start], buffer[np.maximum(end - 1, 0)]
    line_last = buffer[np.maximum(first_end - 1, 0)]
    may: Flags = (length <= 0) | (first == ord("<")) | (last == ord(">")) | (last == ord(")")) | (line_last == ord(")"))
    wide = buffer[np.maximum(first_end - 3, 0)] == 0xEF  # noqa: PLR2004 - a wide bracket in UTF-8 begins so
    may |= wide & (line_last == 0x89)  # noqa: PLR2004 - and ends so
    may |= _SIGNS[_sign(length, first, last)] & (length < 128)  # noqa: PLR2004 - seven bits
    found = np.flatnonzero(buffer[: len(data)] == 0xE2)  # noqa: PLR2004 - how U+200E and U+200F begin
    found = found[(buffer[found + 1] == 0x80) & ((buffer[found + 2] | 1) == 0x8F)]  # noqa: PLR2004 - and go on
    may |= _holds(found, start, end) | _holds(_places(data, MAP_LINK), start, end)
    window: NDArray[np.uint64] = np.ndarray((len(buffer) - 7,), dtype="<u8", buffer=buffer.data, strides=(1,))
    may |= _BEGINS[_mixed(window[start])]
    for words in WEB_WORDS if bare else ():
        may |= _holds(_places(data, words), start, end)
    return may


def _holds(places: Ints, start: Ints, end: Ints) -> Flags:
    holds: Flags = np.searchsorted(places, start) < np.searchsorted(places, end)
    return holds


def _places(data: bytes, words: bytes) -> Ints:
    places, at = [], data.find(words)
    while at >= 0:
        places.append(at)
        at = data.find(words, at + 1)
    return np.array(places, dtype=np.int64)


def _sign(length: Ints, first: NDArray[np.uint8], last: NDArray[np.uint8]) -> Ints:
    """Return a number of 19 bits for a length and the ends of a text."""
    sign: Ints = ((length & 127) << 12) | ((first & 63).astype(np.int64) << 6) | (last & 63)
    return sign


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a number of 16 bits for the first eight bytes of a text."""
    mixed: NDArray[np.uint64] = (words * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(48)
    return mixed


def _begins() -> Flags:
    """Return which of these numbers phrases have that go on with other words."""
    phrases = (*_DELETED_BY, *_CALLS, *_NOTICES)
    written = [form.encode() for phrase in phrases for form in (phrase, phrase[:1].upper() + phrase[1:])]
    first = np.frombuffer(b"".join(raw[:_EIGHT] for raw in written if len(raw) >= _EIGHT), dtype="<u8")
    begins = np.zeros(1 << 16, dtype=np.bool_)
    begins[_mixed(first)] = True
    return begins


def _signs() -> Flags:
    """Return which of these numbers the phrases have, as phones may write them: with a capital, with a full stop."""
    begun = [form for phrase in _PHRASES for form in (phrase, phrase[:1].upper() + phrase[1:])]
    written = [(form + stop).encode() for form in begun for stop in ("", ".", "。", "।")]
    length, first, last = (np.array(column) for column in zip(*((len(raw), raw[0], raw[-1]) for raw in written), strict=True))
    signs = np.zeros(1 << _SIGN_BITS, dtype=np.bool_)
    signs[_sign(length, first.astype(np.uint8), last.astype(np.uint8))] = True
    return signs


_SIGNS, _BEGINS = _signs(), _begins()
