"""The records of one member, each by itself, whatever the one before it was.

A record says how long it is.  Where that is not so (the next one does not begin there), the
next ``WARC/1`` at the beginning of a line is what ends it: archives hold wrong lengths, lines
of garbage and records that were cut, and a record behind such a place is as good as any.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crawler.backfill.archive.members import Member, PackedFile
from crawler.backfill.archive.stream import Stream
from crawler.pages.raw.storable import storable

_BEGINS = b"WARC/"
_RECORD = re.compile(rb"WARC/[01]\.\d{1,2}\r?\n(?=[A-Za-z])")
"""Where a record begins; nothing need stand before it, for a writer may have died in the middle
of a line."""
_NOTHING = re.compile(rb"(?!)")
_PARTED = b"\r\n\r\n"
_MAX_HEAD = 64 * 1024
_END = 16
"""Bytes behind a record in which the next one must begin; two line ends part them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record; ``headers`` by lower-case name, the first value of a repeated one.

    ``content`` is bounded by the reader's limit, and ``too_large`` says that there is more;
    ``damage`` says in words why it does not hold all that it should.
    """

    headers: Mapping[str, str]
    content: bytes
    too_large: bool = False
    damage: str | None = None

    @property
    def kind(self) -> str:
        """``WARC-Type``, in lower case."""
        return self.headers.get("warc-type", "").lower()

    @property
    def url(self) -> str:
        """``WARC-Target-URI`` without the brackets that WARC 1.0 wrote round it; "" for none."""
        return self.headers.get("warc-target-uri", "").strip("<> ")


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that are no record, or the rest of a damaged one of which nothing is known."""

    detail: str


def records_of(
    member: Member, file: PackedFile, *, limit: int, end: int | None = None
) -> Iterator[Record | Garbage]:
    """The records of a member; no content of more than ``limit`` bytes is held.

    ``end`` bounds a plain file's range: no record that begins behind it is read.
    """
    stream = member.stream
    walk = _Place(member.at)
    first = True
    if not member.packed and member.at > 0 and not _begins(stream):
        # Inside a record of the range before this one.
        walk.at += _pass_to_next(stream)
    while True:
        walk.at += _skip_line_ends(stream)
        if end is not None and walk.at >= end:
            return
        if not stream.peek(1):
            if member.damage and first:
                yield Garbage(member.damage)
            return
        one = _record(member, stream, walk, file, limit)
        if one is not None:
            yield one
        first = False


@dataclass(slots=True)
class _Place:
    """Where the reader stands in the member's bytes, for a plain file in the file's."""

    at: int


def _record(
    member: Member, stream: Stream, walk: _Place, file: PackedFile, limit: int
) -> Record | Garbage | None:
    """What stands here; None for padding.  The stream is left where the next one may begin."""
    if stream.peek(5) != _BEGINS:
        return _garbage(member, stream, walk)
    headers, size = _read_head(stream)
    walk.at += size
    if headers is None:
        walk.at += 0 if size else stream.skip(1) + _pass_to_next(stream)
        return Garbage(member.damage or "a record's head has no end")
    stated = headers.get("content-length", "")
    length = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 16 else None
    if not member.packed and (length is None or not _ends_at(file, walk.at + length)):
        return _by_next_mark(member, stream, walk, headers, length, file, limit)
    if length is None:
        return _by_next_mark(member, stream, walk, headers, None, file, limit)
    content = stream.read(min(length, limit))
    held = len(content)
    if held == limit:  # a giant, or one that only says so and would take the others along
        mark = _RECORD if member.packed else _NOTHING
        held += stream.skip_to(mark, keep=0, most=length - limit)[2]
    walk.at += held
    too_large = held > limit
    if held < length and not member.packed:
        return Record(headers=headers, content=content, damage="the file ends inside the record")
    if held < length or (not too_large and not _ends_record(stream.peek(_END))):
        return _with_rest(member, stream, headers, content, limit, too_large=too_large)
    # A checksum is met behind the last byte: what was complete may have been other bytes.
    lost = None if stream.peek(1) else member.damage
    return Record(headers=headers, content=content, too_large=too_large, damage=lost)


def _garbage(member: Member, stream: Stream, walk: _Place) -> Garbage | None:
    """Bytes that are no record; NULs up to the end are what a copy has filled up, and none."""
    nuls = 0
    while (ahead := stream.peek(4096)) and ahead[:1] == b"\x00":
        nuls += len(stream.read(len(ahead) - len(ahead.lstrip(b"\x00"))))
    walk.at += nuls
    if not ahead:
        return None
    passed = 0 if ahead.startswith(_BEGINS) else _pass_to_next(stream)
    walk.at += passed
    return Garbage(member.damage or f"{nuls + passed} bytes that are no record")


def _pass_to_next(stream: Stream) -> int:
    return stream.skip_to(_RECORD, keep=0)[2]


def _by_next_mark(
    member: Member,
    stream: Stream,
    walk: _Place,
    headers: Mapping[str, str],
    length: int | None,
    file: PackedFile,
    limit: int,
) -> Record:
    """A record whose length is none or wrong: it ends where the next one begins."""
    content, found, passed = stream.skip_to(_RECORD, keep=limit)
    walk.at += passed
    damage = None
    if not found and length is not None and length > passed:
        damage = "the file ends inside the record"
    return Record(
        headers=headers,
        content=content.removesuffix(_PARTED),
        too_large=passed > limit,
        damage=member.damage or damage,
    )


def _with_rest(
    member: Member,
    stream: Stream,
    headers: Mapping[str, str],
    content: bytes,
    limit: int,
    *,
    too_large: bool,
) -> Record:
    """A record of a packed member that has another length than it stated."""
    inside = _RECORD.search(content)
    if inside:  # it stated too much, and took the next one in
        stream.give_back(content[inside.start() :])
        return Record(headers=headers, content=content[: inside.start()].removesuffix(_PARTED))
    rest, found, passed = stream.skip_to(_RECORD, keep=max(0, limit - len(content)))
    # The packing's own checksum is worth more than the length that a writer has stated.
    lost = None if found or member.whole else member.damage or "the record ends before its end"
    return Record(
        headers=headers,
        content=(content + rest).removesuffix(_PARTED),
        too_large=too_large or len(content) + passed > limit,
        damage=lost,
    )


def _read_head(stream: Stream) -> tuple[dict[str, str] | None, int]:
    """The named fields of the record that begins here, and how many bytes they took."""
    window = stream.peek(4096)
    end, gap = _blank_line(window)
    if end < 0:
        window = stream.peek(_MAX_HEAD)
        end, gap = _blank_line(window)
    if end < 0:
        return None, 0
    if (other := _RECORD.search(window, len(_BEGINS), end)) is not None:
        stream.read(other.start())  # the writer died in this head, and began again
        return None, other.start()
    stream.read(end + gap)
    headers: dict[str, str] = {}
    last = ""
    for line in storable(window[:end].decode("utf-8", "replace")).split("\n")[1:]:
        if line[:1] in (" ", "\t") and last:
            headers[last] += f" {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        if colon:
            last = name.strip().lower()
            headers.setdefault(last, value.strip())
    return headers, end + gap


def _blank_line(window: bytes) -> tuple[int, int]:
    crlf = window.find(_PARTED)
    bare = window.find(b"\n\n", 0, len(window) if crlf < 0 else crlf)
    return (bare, 2) if bare >= 0 else (crlf, 4)


def _skip_line_ends(stream: Stream) -> int:
    passed = 0
    while (ends := stream.peek(_END)) and ends[:1] in (b"\r", b"\n"):
        step = len(ends) - len(ends.lstrip(b"\r\n"))
        stream.read(step)
        passed += step
    return passed


def _ends_record(ahead: bytes) -> bool:
    """Whether the bytes behind a record say that it ends: two line ends, the next one, nothing."""
    rest = ahead.lstrip(b"\r\n")
    return not rest or rest.startswith(_BEGINS) or ahead.startswith(_PARTED)


def _ends_at(file: PackedFile, at: int) -> bool:
    return at <= file.size and _ends_record(file.peek_at(at, _END))


def _begins(stream: Stream) -> bool:
    return stream.peek(_END).lstrip(b"\r\n").startswith(_BEGINS)
