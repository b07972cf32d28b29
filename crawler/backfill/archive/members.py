"""A file as members: each gzip member or zstd frame by itself, a plain file as one.

Archives are written record by record, each compressed by itself, so that any of them can be
read alone (WARC 1.1, annex D).  A plain loop over the whole stream ends, often without a word,
at the first member that is damaged (warcio#138: 157 of 991 pages); here the next member is
looked for behind it.  A file that was compressed as a whole is one member of many records.
"""

import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import BinaryIO

import zstandard

from crawler.backfill.archive.stream import Stream

GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
SKIPPABLE = b"\x5d\x2a\x4d\x18"
"""The frame that carries the dictionary of a .warc.zst, magic 0x184D2A5D."""

_WINDOW = 1024 * 1024
_GIVEN = 64 * 1024
_GIVEN_FIRST = 16 * 1024
"""Most members are a page of this size: what is given beyond their end is copied in vain."""
_GIVEN_ZSTD = 512
"""Bytes given to zstd at once: four of them can become 128 KiB, and nothing bounds its output."""
_TAKEN = 1024 * 1024
_MAX_MEMBER = 16 * 2**30
"""A member that unpacks to more is taken for a bomb, and passed over."""
_MAX_DICTIONARY = 8 * 2**20
_MAX_ZSTD_WINDOW = 2**27


class Packing(Enum):
    """How the members of a file are packed."""

    PLAIN = b"WARC/"
    GZIP = GZIP
    ZSTD = ZSTD


@dataclass(slots=True)
class Member:
    """One member: where it begins, and its bytes; ``damage`` is known when they have been read.

    ``whole`` says that the packing has vouched for every byte (a checksum, an end mark): what
    the records inside say of their own length is then the less certain of the two.
    """

    at: int
    stream: Stream
    packed: bool
    damage: str | None = None
    whole: bool = False
    end: int | None = field(default=None)


class PackedFile:
    """The members of one file, or of the range of it in which they begin."""

    def __init__(self, stream: BinaryIO, packing: Packing) -> None:
        self._stream = stream
        self._packing = packing
        self.size = os.fstat(stream.fileno()).st_size
        self._window = b""
        self._window_at = 0
        self._dictionary: zstandard.ZstdCompressionDict | None = None
        if packing is Packing.ZSTD:
            self._read_dictionary()

    def raw(self, at: int, size: int) -> bytes:
        """``size`` bytes of the file as they are, fewer at its end."""
        begin = at - self._window_at
        if begin < 0 or begin + size > len(self._window):
            self._stream.seek(at)
            self._window, self._window_at = self._stream.read(max(size, _WINDOW)), at
            begin = 0
        return self._window[begin : begin + size]

    def members(self, start: int = 0, end: int | None = None) -> Iterator[Member]:
        """The members that begin in ``[start, end)``, in their order.

        Each must have been read to its end before the next one is asked for.  What lies between
        two members is given as a damaged member of its own; what lies before the first one of
        a range belongs to the range before it.
        """
        end = self.size if end is None else min(end, self.size)
        if self._packing is Packing.PLAIN:
            yield from self._plain(start, end)
            return
        at = start if start == 0 else self._next_member(start)
        while at is not None and at < end:
            if self._is_padding(at):
                return
            if self.raw(at, 1) in (b"\r", b"\n"):  # some writers part members by line ends
                at += 1
                continue
            if self.raw(at, 4) == SKIPPABLE:
                at += 8 + int.from_bytes(self.raw(at + 4, 4), "little")
                continue
            if not self.raw(at, 4).startswith(self._packing.value):
                found = self._next_member(at)
                yield Member(at, Stream(iter(())), True, f"no {self._packing.name} member at {at}")
                at = found
                continue
            member = self._member(at)
            yield member
            at = member.end if member.end is not None else self._next_member(at + 1)

    def peek_at(self, at: int, size: int) -> bytes:
        """A few bytes of the file, past the window, which follows the one who reads in order."""
        self._stream.seek(at)
        return self._stream.read(size)

    def _plain(self, start: int, end: int) -> Iterator[Member]:
        """The whole rest of the file as one member; who reads it stops behind ``end``."""
        if start >= end:
            return
        member = Member(start, Stream(iter(())), False)
        member.stream = Stream(self._bytes_from(start))
        yield member

    def _bytes_from(self, at: int) -> Iterator[bytes]:
        while chunk := self.raw(at, _GIVEN):
            at += len(chunk)
            yield chunk

    def _member(self, at: int) -> Member:
        member = Member(at, Stream(iter(())), True)
        unpack = self._inflate if self._packing is Packing.GZIP else self._unpack_zstd
        member.stream = Stream(unpack(member))
        return member

    def _inflate(self, member: Member) -> Iterator[bytes]:
        reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
        at, size = member.at, 0
        while not reader.eof:
            given = self.raw(at, _GIVEN if size else _GIVEN_FIRST)
            if not given:
                member.damage = "the file ends inside a gzip member"
                return
            try:
                taken = reader.decompress(given, _TAKEN)
            except zlib.error as error:
                member.damage = f"a gzip member is damaged: {error}"
                if size == 0:  # its beginning says at least what it was to be
                    yield from _beginning(given)
                return
            # At its end CPython may hold the same bytes in both.
            at += len(given) - len(reader.unused_data if reader.eof else reader.unconsumed_tail)
            size += len(taken)
            if size > _MAX_MEMBER:
                member.damage = f"a gzip member of more than {_MAX_MEMBER} bytes"
                return
            if taken:
                yield taken
        member.end, member.whole = at, True

    def _unpack_zstd(self, member: Member) -> Iterator[bytes]:
        reader = zstandard.ZstdDecompressor(
            dict_data=self._dictionary, max_window_size=_MAX_ZSTD_WINDOW
        ).decompressobj()
        at, size = member.at, 0
        while not reader.eof:
            given = self.raw(at, _GIVEN_ZSTD)
            if not given:
                member.damage = "the file ends inside a zstd frame"
                return
            try:
                taken = reader.decompress(given)
            except zstandard.ZstdError as error:
                member.damage = f"a zstd frame is damaged: {error}"
                return
            at += len(given) - len(reader.unused_data)
            size += len(taken)
            if size > _MAX_MEMBER:
                member.damage = f"a zstd frame of more than {_MAX_MEMBER} bytes"
                return
            if taken:
                yield taken
        member.end, member.whole = at, True

    def _next_member(self, at: int) -> int | None:
        """Where the next member that holds a record begins; None when there is none."""
        mark = self._packing.value
        while (found := self._find(mark, at)) is not None:
            if self._holds_record(found):
                return found
            at = found + 1
        return None

    def _find(self, mark: bytes, at: int) -> int | None:
        while window := self.raw(at, _WINDOW):
            found = window.find(mark)
            if found >= 0:
                return at + found
            if len(window) < _WINDOW:
                return None
            at += len(window) - len(mark) + 1
        return None

    def _holds_record(self, at: int) -> bool:
        """Whether what begins here unpacks to the beginning of a record."""
        given = self.raw(at, 4096)
        if self._packing is Packing.GZIP:
            beginning = b"".join(_beginning(given))
        else:
            probe = Member(at, Stream(iter(())), True)
            beginning = Stream(self._unpack_zstd(probe)).peek(8)
        return beginning.lstrip(b"\r\n").startswith(b"WARC/")

    def _is_padding(self, at: int) -> bool:
        """Whether only NULs follow: what a copy or a tape has filled up."""
        if self.raw(at, 1) != b"\x00":
            return False
        while chunk := self.raw(at, _WINDOW):
            if chunk.count(0) != len(chunk):
                return False
            at += len(chunk)
        return True

    def _read_dictionary(self) -> None:
        """The dictionary in the file's first frame, if it has one (IIPC, warc-zstd 1.0)."""
        if self.raw(0, 4) != SKIPPABLE:
            return
        size = int.from_bytes(self.raw(4, 4), "little")
        if not 0 < size <= _MAX_DICTIONARY:
            return
        held = self.raw(8, size)
        if held.startswith(ZSTD):
            try:
                held = zstandard.ZstdDecompressor().decompress(
                    held, max_output_size=_MAX_DICTIONARY
                )
            except zstandard.ZstdError:
                return  # each frame says then that it lacks its dictionary
        self._dictionary = zstandard.ZstdCompressionDict(held)


def _beginning(given: bytes) -> Iterator[bytes]:
    """The first bytes that a gzip member unpacks to, as far as it is sound."""
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    take: Callable[[bytes, int], bytes] = reader.decompress
    try:
        while given and (taken := take(given, 1024)):
            yield taken
            given = reader.unconsumed_tail
    except zlib.error:
        return
