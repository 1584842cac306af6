"""What a phone hands over when it exports a chat: a text, an archive with the text in it, or the folder somebody unpacked.

An archive is never unpacked: only the one text is read, as a stream, within the bounds of safety.md 4.8. The names in it are never used as
paths, an archive in an archive is never opened, and what is said of a size is believed only where it speaks against reading.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISLNK
from typing import Protocol

from nearer.errors import TooLarge, Unreadable
from nearer.read._settings import Limits

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
DIRECTORY_BYTES_PER_MEMBER = 1_024
"""The list of members may take so many bytes for each that the limit allows; a longer one is not read at all."""

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LOCKED = 0x1
END_BYTES, LOCATOR_BYTES, END64_BYTES = 22, 20, 56
TAIL = END_BYTES + 65_535
_END, _END64_LOCATOR, _END64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"


class Reads(Protocol):
    """What a text is read from."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """One text to read: `file` is what we call it, `name` its own name without its folder, `within` the name of the archive or folder."""

    file: str
    name: str
    within: str
    path: Path
    member: zipfile.ZipInfo | None
    limits: Limits

    @contextmanager
    def open(self) -> Iterator[Reads]:
        """Open it as bytes, bounded; raises TooLarge or Unreadable while it is read."""
        if self.member is None:
            with self.path.open("rb") as opened:
                yield opened
            return
        _check_member(self.member, self.file)
        _check_size(self, self.member.file_size)
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as opened:
                yield Bounded(opened, self)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError):
            raise Unreadable(self.file, "the archive is broken or is not what it says") from None


class Bounded:
    """Counts what really comes out of an archive, whatever its list says."""

    def __init__(self, opened: Reads, text: Text) -> None:
        self._read = opened.read
        self.text, self.seen = text, 0

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; raises TooLarge past a bound."""
        data = self._read(size)
        self.seen += len(data)
        _check_size(self.text, self.seen)
        return data


def texts_in(path: Path, *, limits: Limits) -> list[Text]:
    """Return the texts a file, a folder or an archive holds, the likeliest first; raises TooLarge or Unreadable."""
    if path.is_dir():
        found = sorted(one for one in path.iterdir() if one.suffix.lower() == ".txt" and one.is_file() and not one.is_symlink())
        for one in found:
            limits.check("file_bytes", one.stat().st_size, file=one.name, unit="bytes")
        return [Text(f"{path.name}/{one.name}", one.name, path.name, one, None, limits) for one in found]
    limits.check("file_bytes", path.stat().st_size, file=path.name, unit="bytes")
    if not is_archive(path):
        return [Text(path.name, path.name, "", path, None, limits)]
    members = [member for member in _members(path, limits=limits) if _is_text(member)]
    return [Text(path.name, _name(member), path.name, path, member, limits) for member in members]


def is_archive(path: Path) -> bool:
    """Say whether a file is an archive, by its first bytes."""
    with path.open("rb") as opened:
        return opened.read(4) in ZIP_MAGIC


def _members(path: Path, *, limits: Limits) -> Sequence[zipfile.ZipInfo]:
    count, size = _directory(path)
    limits.check("archive_members", count, file=path.name, unit="members")
    if size > limits.archive_members * DIRECTORY_BYTES_PER_MEMBER:
        raise TooLarge(path.name, "archive_members", limits.archive_members, "members")
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error):
        raise Unreadable(path.name, "the archive is broken or is not what it says") from None
    limits.check("archive_members", len(members), file=path.name, unit="members")
    if sum(member.compress_size for member in members) > path.stat().st_size:
        raise Unreadable(path.name, "parts of the archive lie over one another; it was made to harm")
    return members


def _directory(path: Path) -> tuple[int, int]:
    """Return how many members an archive says it has, and how long their list is, before anything of it is read."""
    size = path.stat().st_size
    with path.open("rb") as opened:
        opened.seek(max(0, size - TAIL))
        tail = opened.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) - at < END_BYTES:
            raise Unreadable(path.name, "the archive is broken: its end is missing")
        count, length = struct.unpack("<10xHI", tail[at : at + 16])
        where = size - len(tail) + at - END64_BYTES - LOCATOR_BYTES
        if where < 0 or tail[max(0, at - LOCATOR_BYTES) : at][:4] != _END64_LOCATOR:
            return count, length
        opened.seek(where)
        record = opened.read(END64_BYTES)
    if not record.startswith(_END64):
        raise Unreadable(path.name, "the archive is broken: its end is not what it says")
    count, length = struct.unpack("<32xQQ", record[:48])
    return count, length


def _is_text(member: zipfile.ZipInfo) -> bool:
    name = _name(member)
    hidden = name.startswith(".") or "__MACOSX/" in member.filename
    link = S_ISLNK(member.external_attr >> 16)
    return name.lower().endswith(".txt") and not (hidden or link or member.is_dir())


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's own name, whatever way into other folders stands before it."""
    return PurePosixPath(member.filename.replace("\\", "/")).name


def _check_member(member: zipfile.ZipInfo, file: str) -> None:
    if member.flag_bits & LOCKED:
        raise Unreadable(file, "the archive is locked with a password. Unpack it and give the text")
    if member.compress_type not in METHODS:
        raise Unreadable(file, "the archive is packed in a way we do not open. Unpack it and give the text")


def _check_size(text: Text, size: int) -> None:
    """Raise TooLarge where so many bytes are more than may come out of the archive, in all or for what is packed."""
    packed = max(1, text.member.compress_size if text.member else 1)
    text.limits.check("unpacked_bytes", size, file=text.file, unit="bytes")
    if size > text.limits.ratio_from_bytes:
        text.limits.check("unpacked_ratio", -(-size // packed), file=text.file, unit="times what is packed")
