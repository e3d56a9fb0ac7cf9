"""Zips that nobody should import, made with the means of those who would make them; each with what is said of it."""

import io
import random
import stat
import struct
import zipfile
from collections.abc import Callable

TEXT = b"x = 1\n" * 100
END = struct.Struct("<4s4H2LH")
RECORD = struct.Struct("<4s6H3L5H2L")


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """What Python's own module makes of names and contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def of_kind(name: str, kind: int, data: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    return info, data


def patched(data: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    for old, new in changes:
        assert old in data and len(old) == len(new)
        data = data.replace(old, new)
    return data


def with_flag(data: bytes, flag: int) -> bytes:
    """The same, with a bit of the first file's flags set in both of its headers."""
    record = data.index(b"PK\1\2")
    for place in (6, record + 8):
        (flags,) = struct.unpack_from("<H", data, place)
        data = data[:place] + struct.pack("<H", flags | flag) + data[place + 2 :]
    return data


def lying(data: bytes, size: int) -> bytes:
    """The same, whose first file says that it has `size` bytes."""
    record = data.index(b"PK\1\2")
    for place in (22, record + 24):
        data = data[:place] + struct.pack("<L", size) + data[place + 4 :]
    return data


def with_end(data: bytes, **changes: int) -> bytes:
    """The same, with other numbers in its end."""
    names = ("signature", "disk", "first", "here", "all", "bytes", "at", "comment")
    place = data.rindex(b"PK\5\6")
    fields = dict(zip(names, END.unpack_from(data, place), strict=True)) | changes
    return data[:place] + END.pack(*fields.values()) + data[place + END.size :]


def overlapping() -> bytes:
    """Two records of one file, as in https://www.bamsoftware.com/hacks/zipbomb/"""
    data = zipped(("a.py", TEXT))
    place, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    record = data[place:end]
    data = data[:end] + record.replace(b"a.py", b"b.py") + data[end:]
    return with_end(data, here=2, all=2, bytes=2 * len(record))


def empty_entries(count: int) -> bytes:
    """As many empty files, with the records of a zip64 where they are needed."""
    name = b"%07d"
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, 7, 0)
    locals_ = b"".join(local + name % number for number in range(count))
    records = b"".join(
        RECORD.pack(b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 7, 0, 0, 0, 0, 0, 37 * number) + name % number
        for number in range(count)
    )
    more = b""
    if count > 0xFFFE:
        at = len(locals_) + len(records)
        more = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(records), len(locals_))
        more += struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    shown = min(count, 0xFFFF)
    return locals_ + records + more + END.pack(b"PK\5\6", 0, 0, shown, shown, len(records), len(locals_), 0)


def flipped(data: bytes) -> bytes:
    """With one bit of the first file's content another."""
    place = 30 + 4 + 3
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def many(count: int, size: int) -> bytes:
    return zipped(*((f"m{number}.py", (b"# %d\n" % number).ljust(size, b"x")) for number in range(count)))


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


PLAIN = zipped(("a.py", TEXT))

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"print('no zip')\n", "not a zip, or its end is missing"),
    "nothing": (lambda: b"", "not a zip, or its end is missing"),
    "end cut off": (lambda: PLAIN[:-10], "not a zip, or its end is missing"),
    "something behind it": (lambda: PLAIN + b"more", "not a zip, or its end is missing"),
    "beginning cut off": (lambda: PLAIN[20:], "damaged, or not whole"),
    "something before it": (lambda: noise(100) + PLAIN, "damaged, or not whole"),
    "a bit flipped": (lambda: flipped(PLAIN), "a.py is damaged"),
    "bomb that lies": (
        lambda: lying(zipped(("a.py", bytes(10**8))), 1000),
        "a.py is larger than it says, as in a bomb",
    ),
    "file that lies": (lambda: lying(PLAIN, 599), "a.py is larger than it says"),
    "file that boasts": (lambda: lying(PLAIN, 601), "a.py is damaged"),
    "bomb that says so": (lambda: zipped(("a.py", bytes(10**8))), "nothing in it to import. a.py: It has 97,657 KiB"),
    "bomb of many": (lambda: many(400, 200_000), "Unpacked it has 76.3 MiB"),
    "bomb that overlaps": (overlapping, "share bytes"),
    "zip in a zip": (lambda: zipped(("inner.zip", PLAIN)), "nothing in it to import. inner.zip: A zip in a zip"),
    "one folder up": (lambda: zipped(("../a.py", TEXT)), "../a.py leads out of the folder"),
    "up by a detour": (lambda: zipped(("b/../../a.py", TEXT)), "leads out of the folder"),
    "absolute": (lambda: zipped(("/etc/a.py", TEXT)), "/etc/a.py is not relative"),
    "drive": (lambda: zipped(("C:/a.py", TEXT)), "C:/a.py is not relative"),
    "backslash": (lambda: zipped(("b\\a.py", TEXT)), "has a backslash"),
    "link": (lambda: zipped(of_kind("a.py", stat.S_IFLNK, b"/etc/passwd")), "a.py is a link"),
    "device": (lambda: zipped(of_kind("a.py", stat.S_IFCHR, b"")), "a.py is neither a file nor a folder"),
    "twice": (lambda: patched(zipped(("a.py", TEXT), ("b.py", TEXT)), (b"b.py", b"a.py")), "a.py is in it twice"),
    "name in Latin-1": (lambda: patched(PLAIN, (b"a.py", b"\xe9.py")), "names is not UTF-8"),
    "encrypted": (lambda: with_flag(PLAIN, 1), "a.py is encrypted"),
    "folders alone": (lambda: zipped(("b/", b"")), "There is no file in it"),
    "empty": (lambda: zipped(), "There is no file in it"),
    "other packing": (lambda: zipped(("a.py", TEXT), packing=zipfile.ZIP_LZMA), "(method 14)"),
    "several disks": (lambda: with_end(PLAIN, disk=1), "one part of a zip of several"),
    "zip64": (lambda: with_end(PLAIN, at=0xFFFFFFFF), "It is a zip64"),
    "too many entries": (lambda: empty_entries(60_000), "It holds 60,000 files and folders"),
    "a million entries": (lambda: empty_entries(10**6), "with more than 65,534 files"),
    "entries that it hides": (lambda: with_end(empty_entries(60_000), here=1, all=1), "list of files is longer"),
    "more entries than it says": (lambda: with_end(zipped(("a.py", TEXT), ("b.py", TEXT)), here=1, all=1), "damaged"),
    "too many files": (lambda: many(201, 10), "there is room for 200"),
    "too much": (lambda: many(90, 200_000), "there is room for 16 MiB"),
    "file as folder": (lambda: zipped(("changer.py/a.py", TEXT), ("b.py", TEXT)), "changer.py cannot be a file and"),
    "pictures alone": (lambda: zipped(("a.png", b"\x89PNG\r\n\x1a\n\0\0")), "a.png: It is not UTF-8 text"),
}
