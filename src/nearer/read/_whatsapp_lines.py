"""A WhatsApp text as blocks of whole lines, a few MiB at a time, however it was written down.

UTF-8 with or without a mark at its start, UTF-16 with one; lines end in LF, CRLF or (whole file) CR. A line that never ends is handed on
in pieces, so memory stays the same; bytes that are no UTF-8 become U+FFFD and their lines are told.
"""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nearer.read._archive import Reads
from nearer.records import Ints

BLOCK_BYTES = 2 << 20
"""How much is looked at in one go: enough for numpy to pay, little enough to hold."""

PAD = 128
"""Zeros behind the bytes of a block: a header is shorter, so looking for one never runs over the end."""

LF, CR = 10, 13


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines. `first` is the number of its first line; `joined` says that its first piece belongs to the last line of the block
    before; `broken` are the rows of lines that held bytes that are no UTF-8, `last` says that nothing follows."""

    data: bytes
    buffer: NDArray[np.uint8]
    starts: Ints
    ends: Ints
    first: int
    joined: bool = False
    broken: tuple[int, ...] = ()
    ended: bool = True

    def __len__(self) -> int:
        return len(self.starts)


def blocks(opened: Reads, *, size: int = BLOCK_BYTES, checked: bool = False) -> Iterator[Block]:
    """Yield the lines of a file opened as bytes, in blocks of about `size` bytes; `checked` says that it is known to be whole UTF-8."""
    line, joined = 1, False
    for data in _whole_lines(opened, size):
        block = _block(data, line, joined=joined, checked=checked)
        yield block
        joined = not block.ended
        line += len(block) - joined


def _whole_lines(opened: Reads, size: int) -> Iterator[bytes]:
    """Yield pieces that end with a line end, except where a line is longer than a piece, and the last one."""
    carry, only_cr = b"", None
    for read in _utf8(opened, size):
        if only_cr is None:
            only_cr = b"\n" not in read and b"\r" in read
        piece = carry + (read.replace(b"\r", b"\n") if only_cr else read)
        cut = piece.rfind(b"\n") + 1
        if not cut and len(piece) >= size:
            cut = _whole_characters(piece)
        if cut:
            yield piece[:cut]
        carry = piece[cut:]
    if carry:
        yield carry


def _utf8(opened: Reads, size: int) -> Iterator[bytes]:
    read = opened.read(size)
    if not read.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        while read:
            yield read
            read = opened.read(size)
        return
    decoder = getincrementaldecoder("utf-16")("replace")
    while read:
        yield decoder.decode(read).encode("utf-8", "replace")
        read = opened.read(size)
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _whole_characters(piece: bytes) -> int:
    """Return where to cut so that no character is split: before a last character that is not whole, and never inside CRLF."""
    for back in range(1, 4):
        byte = piece[-back]
        if byte < 0x80:  # noqa: PLR2004 - ASCII
            return len(piece) - (back == 1 and byte == CR)
        if byte >= 0xC0:  # noqa: PLR2004 - the first byte of a character
            return len(piece) - back
    return len(piece)


def _block(data: bytes, line: int, *, joined: bool, checked: bool) -> Block:
    data, broken = (data, ()) if checked or data.isascii() else _repaired(data)
    buffer = np.zeros(len(data) + PAD, dtype=np.uint8)
    buffer[: len(data)] = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(buffer[: len(data)] == LF)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends + 1])
    ended = bool(data.endswith(b"\n"))
    if ended:
        starts = starts[:-1]
    else:
        ends = np.concatenate([ends, np.array([len(data)], dtype=np.int64)])
    ends = ends - ((ends > starts) & (buffer[ends - 1] == CR))
    return Block(data, buffer, starts, ends, line, joined=joined, broken=broken, ended=ended)


def _repaired(data: bytes) -> tuple[bytes, tuple[int, ...]]:
    """Return the bytes as whole UTF-8, and the rows of the lines where they were not."""
    try:
        data.decode()
    except UnicodeDecodeError:
        pass
    else:
        return data, ()
    lines, broken = data.split(b"\n"), []
    for row, line in enumerate(lines):
        try:
            line.decode()
        except UnicodeDecodeError:
            lines[row] = line.decode("utf-8", "replace").encode()
            broken.append(row)
    return b"\n".join(lines), tuple(broken)
