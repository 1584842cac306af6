"""Archives (C5): our own corpus of bombs, lies and traps. Each is refused with a sentence or read safely, and nothing is ever unpacked."""

import io
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nearer.columns import Messages
from nearer.errors import NearerError, TooLarge, Unreadable
from nearer.read import Limits, Settings, whatsapp
from nearer.read._archive import Bounded, is_archive, texts_in

CHAT = b"27/03/2022, 21:41 - Ana: hi\n27/03/2022, 21:42 - Ben: ho\n"
Build = Callable[..., Path]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Write an archive of (name or info, bytes)."""

    def write(
        *members: tuple[str | zipfile.ZipInfo, bytes], name: str = "WhatsApp Chat - Ana.zip", method: int = zipfile.ZIP_DEFLATED
    ) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", method) as archive:
            for member, data in members:
                archive.writestr(member, data)
        return path

    return write


def texts(path: Path, limits: Limits = Limits()) -> list[str]:  # noqa: B008 - frozen
    items = list(whatsapp.read(path, settings=Settings(limits=limits)))
    return [m.text for item in items if isinstance(item, Messages) for m in item]


def quickly(path: Path, limits: Limits = Limits()) -> str:  # noqa: B008 - frozen
    """Return the sentence of a refusal; it must come within two seconds and leave no file behind."""
    before, start = sorted(path.parent.rglob("*")), time.perf_counter()
    assert isinstance(whatsapp.identify(path), bool)
    with pytest.raises(NearerError) as refused:
        texts(path, limits)
    assert time.perf_counter() - start < 2
    assert sorted(path.parent.rglob("*")) == before
    return str(refused.value)


def test_a_chat_in_an_archive_is_read_where_it_lies(build: Build) -> None:
    path = build(("_chat.txt", CHAT), ("IMG-20220327-WA0001.jpg", b"\xff\xd8"))
    assert is_archive(path)
    assert texts(path) == ["hi", "ho"]
    assert sorted(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "name",
    [
        "_chat.txt",
        "WhatsApp Chat with Ana.txt",
        "folder/_chat.txt",
        "WhatsApp Chat - Ana/_chat.txt",
        "Anything.TXT",
        "Чат WhatsApp с Ana.txt",
    ],
)
def test_the_text_is_found_under_any_of_its_names(build: Build, name: str) -> None:
    assert texts(build((name, CHAT), ("a.jpg", b""))) == ["hi", "ho"]


def test_the_chat_is_told_from_texts_that_were_sent(build: Build) -> None:
    assert texts(build(("notes.txt", b"words"), ("_chat.txt", CHAT), ("WhatsApp Chat with Ben.txt", CHAT))) == ["hi", "ho"]
    assert texts(build(("notes.txt", b"words"), ("ana.txt", CHAT), name="b.zip")) == ["hi", "ho"]
    with pytest.raises(Unreadable, match="2 chats"):
        texts(build(("ben.txt", CHAT), ("ana.txt", CHAT), name="c.zip"))
    with pytest.raises(Unreadable, match="no text of a chat"):
        texts(build(("a.jpg", b"\xff"), name="d.zip"))


def test_a_bomb_of_a_gibibyte(tmp_path: Path) -> None:
    """A GiB of one letter packs to a MiB: it is left at 10 MiB, where the ratio is first looked at."""
    path = tmp_path / "WhatsApp Chat - Ana.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("_chat.txt", "w", force_zip64=True) as member:
        member.write(CHAT)
        block = b"x" * (1 << 20)
        for _ in range(64):
            member.write(block)
    assert "unpacked_ratio" in quickly(path)


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    """It says it holds the chat alone; what really comes out is counted."""
    path = tmp_path / "WhatsApp Chat - Ana.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", CHAT + b"x" * (64 << 20))
    patched(path, CENTRAL, struct.pack("<I", len(CHAT)), at=24)
    assert "not what it says" in quickly(path)


def test_what_comes_out_is_counted_whatever_was_said(build: Build) -> None:
    (text,) = texts_in(build(("_chat.txt", CHAT)), limits=Limits(unpacked_bytes=2_000))
    bounded = Bounded(io.BytesIO(bytes(3_000)), text)
    assert len(bounded.read(2_000)) == 2_000
    with pytest.raises(TooLarge, match="unpacked_bytes"):
        bounded.read(1)


@pytest.mark.slow
def test_a_bomb_of_a_gibibyte_in_full(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Ana.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("_chat.txt", "w", force_zip64=True) as member:
        for _ in range(1024):
            member.write(b"x" * (1 << 20))
    assert "unpacked_ratio" in quickly(path)


def test_the_ratio_counts_from_its_bound_on_and_not_below(build: Build) -> None:
    path = build(("_chat.txt", CHAT + b"z" * 5_000))
    packed = zipfile.ZipFile(path).infolist()[0].compress_size
    seen = len(CHAT) + 5_000
    ratio = -(-seen // packed)
    assert len(texts(path, Limits(ratio_from_bytes=1, unpacked_ratio=ratio))) == 2
    assert len(texts(path, Limits(ratio_from_bytes=seen, unpacked_ratio=1))) == 2
    with pytest.raises(TooLarge, match="unpacked_ratio"):
        texts(path, Limits(ratio_from_bytes=1, unpacked_ratio=ratio - 1))
    with pytest.raises(TooLarge, match="unpacked_ratio"):
        texts(path, Limits(ratio_from_bytes=seen - 1, unpacked_ratio=1))


def test_no_more_is_unpacked_than_the_bound(build: Build) -> None:
    path = build(("_chat.txt", CHAT))
    assert len(texts(path, Limits(unpacked_bytes=len(CHAT)))) == 2
    assert len(texts(path, Limits(unpacked_bytes=len(CHAT) + 1))) == 2
    with pytest.raises(TooLarge, match="unpacked_bytes"):
        texts(path, Limits(unpacked_bytes=len(CHAT) - 1))


def test_no_more_members_than_the_bound(build: Build) -> None:
    path = build(("_chat.txt", CHAT), ("a.jpg", b""), ("b.jpg", b""))
    assert len(texts(path, Limits(archive_members=3))) == 2
    assert len(texts(path, Limits(archive_members=4))) == 2
    with pytest.raises(TooLarge, match="archive_members"):
        texts(path, Limits(archive_members=2))


def test_65_536_members(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Ana.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(65_536):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
        archive.writestr("_chat.txt", CHAT)
    assert "archive_members" in quickly(path)
    assert len(texts(path, Limits(archive_members=65_537))) == 2


def test_a_list_of_members_that_is_longer_than_it_says_is_not_read(build: Build) -> None:
    """Three members, and a list of half a megabyte."""
    info = zipfile.ZipInfo("_chat.txt")
    info.comment = b"c" * 65_000
    path = build((info, CHAT))
    assert len(texts(path)) == 2
    assert "archive_members" in quickly(path, Limits(archive_members=2))


def test_an_archive_in_an_archive_is_not_opened(build: Build) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("_chat.txt", CHAT)
    assert "no text of a chat" in quickly(build(("inner.zip", inner.getvalue())))


def test_a_text_that_is_an_archive_is_not_opened_again(build: Build) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", CHAT)
    assert "begins like a message" in quickly(build(("_chat.txt", inner.getvalue())))


def patched(path: Path, find: bytes, put: bytes, *, at: int = 0, last: bool = False) -> Path:
    """Overwrite bytes at a place counted from a mark."""
    data = bytearray(path.read_bytes())
    where = (data.rfind(find) if last else data.find(find)) + at
    data[where : where + len(put)] = put
    path.write_bytes(bytes(data))
    return path


CENTRAL = b"PK\x01\x02"


def test_a_list_that_lies_about_the_size_of_a_text(build: Build) -> None:
    longer = patched(build(("_chat.txt", CHAT)), CENTRAL, struct.pack("<I", 1 << 30), at=24)
    assert "unpacked_ratio" in quickly(longer)
    little = patched(build(("_chat.txt", CHAT), name="c.zip"), CENTRAL, struct.pack("<I", len(CHAT) + 1), at=24)
    assert texts(little) == ["hi", "ho"]
    shorter = patched(build(("_chat.txt", CHAT), name="b.zip"), CENTRAL, struct.pack("<I", 10), at=24)
    assert "not what it says" in quickly(shorter)


def test_a_list_that_lies_about_the_packed_size(build: Build) -> None:
    path = patched(build(("_chat.txt", CHAT)), CENTRAL, struct.pack("<I", 1 << 30), at=20)
    assert "over one another" in quickly(path)


def test_parts_that_lie_over_one_another(tmp_path: Path) -> None:
    """Many members that all point at the same packed bytes: a small file that unpacks to a very large one."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(b"0" * (1 << 20)) + packer.flush()
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(b"0" * (1 << 20)), len(kernel), 1 << 20, 5, 0) + b"a.txt"
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII", CENTRAL, 20, 20, 0, 8, 0, 0, zlib.crc32(b"0" * (1 << 20)), len(kernel), 1 << 20, 5, 0, 0, 0, 0, 0, 0
    )
    body = local + kernel
    entries = (entry + b"a.txt") * 200
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 200, 200, len(entries), len(body), 0)
    path = tmp_path / "WhatsApp Chat - Ana.zip"
    path.write_bytes(body + entries + end)
    assert "over one another" in quickly(path)


@pytest.mark.parametrize(
    "name",
    [
        "../_chat.txt", "../../../../slip/_chat.txt", "/slip/_chat.txt", "..\\_chat.txt", "C:\\_chat.txt", "a/../../_chat.txt",
        "./_chat.txt", "~/_chat.txt", "\u202etxt.tahc_/_chat.txt",
    ],
)  # fmt: skip
def test_names_that_slip_out_are_only_names(build: Build, tmp_path: Path, name: str) -> None:
    path = build((name, CHAT))
    before = sorted(tmp_path.parent.rglob("*"))
    assert texts(path) == ["hi", "ho"]
    assert sorted(tmp_path.parent.rglob("*")) == before
    assert not Path("/slip").exists()


def test_a_link_is_not_followed(build: Build) -> None:
    info = zipfile.ZipInfo("_chat.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "no text of a chat" in quickly(build((info, b"/etc/passwd")))


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_bytes(CHAT)
    folder = tmp_path / "WhatsApp Chat - Ana"
    folder.mkdir()
    (folder / "_chat.txt").symlink_to(tmp_path / "elsewhere.txt")
    assert texts_in(folder, limits=Limits()) == []
    assert not whatsapp.identify(folder)


def test_a_name_with_nul_and_a_name_of_300_letters(build: Build) -> None:
    path = patched(build(("_chat.txt", CHAT), ("abcdefgh.txt", b"x")), b"abcdefgh.txt", b"abc\0efgh.txt", last=True)
    assert texts(path) == ["hi", "ho"]
    assert texts(build(("x" * 300 + ".txt", CHAT), name="long.zip")) == ["hi", "ho"]


def test_a_locked_archive_is_refused_with_the_way_out(build: Build) -> None:
    path = build(("_chat.txt", CHAT))
    for mark, at in ((b"PK\x03\x04", 6), (CENTRAL, 8)):
        patched(path, mark, b"\x01\x00", at=at)
    assert whatsapp.identify(path)
    assert "password" in quickly(path)


def test_a_way_of_packing_no_phone_uses_is_refused(build: Build) -> None:
    path = build(("_chat.txt", CHAT), method=zipfile.ZIP_LZMA)
    assert "packed in a way" in quickly(path)


@pytest.mark.parametrize("keep", [4, 30, 60, 100, -1, -10, -22, -40])
def test_an_archive_that_breaks_off(build: Build, keep: int) -> None:
    path = build(("_chat.txt", CHAT))
    path.write_bytes(path.read_bytes()[:keep])
    assert "archive" in quickly(path)


def test_an_archive_with_its_middle_destroyed(build: Build) -> None:
    path = build(("_chat.txt", CHAT * 50))
    data = bytearray(path.read_bytes())
    data[45:60] = bytes(15)
    path.write_bytes(bytes(data))
    assert "archive" in quickly(path)


def test_every_byte_of_an_archive_flipped_is_refused_or_read(build: Build) -> None:
    path = build(("_chat.txt", CHAT))
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        whatsapp.identify(path)
        try:
            texts(path)
        except NearerError:
            continue


def test_what_the_phones_own_computer_adds_is_passed_over(build: Build) -> None:
    assert texts(build(("__MACOSX/._chat.txt", b"\x00\x05"), ("._chat.txt", b"\x00"), ("_chat.txt", CHAT))) == ["hi", "ho"]


def test_a_file_is_bounded_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat with Ana.txt"
    path.write_bytes(CHAT)
    size = len(CHAT)
    for bound in (size, size + 1):
        assert len(texts(path, Limits(file_bytes=bound))) == 2
        assert len(texts(tmp_path, Limits(file_bytes=bound))) == 2
    for given in (path, tmp_path):
        with pytest.raises(TooLarge, match="file_bytes"):
            texts(given, Limits(file_bytes=size - 1))


def test_a_text_knows_how_it_may_be_read(build: Build) -> None:
    (text,) = texts_in(build(("_chat.txt", CHAT)), limits=Limits())
    with pytest.raises(TooLarge), replace(text, limits=Limits(unpacked_bytes=1)).open() as opened:
        opened.read(100)
