"""An archived HTTP answer taken apart: status, headers, and the body as a page is read.

Bodies are archived as they came over the wire (chunked, gzip, br, zstd), or already decoded
under the headers that they came with; both are common.  So a header is tried, and where its
coding does not even begin to fit, the body is taken as it stands if it looks like text.
Whatever is unpacked is bounded: eight kilobytes of brotli can hold ten gigabytes.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import brotli
import zstandard

from crawler.pages.raw.storable import storable
from storage.records import RefusalClass

_MAX_HEAD = 256 * 1024
_MAX_CODINGS = 4
_STEP = 64 * 1024
_STEP_ZSTD = 512
_TEXT = b"<\xef\xfe\xff"
"""First bytes of a page that was archived decoded: markup or a byte order mark."""


class BodyRefusedError(Exception):
    """A body cannot be had; ``refusal_class`` and ``detail`` say why."""

    def __init__(self, refusal_class: RefusalClass, detail: str) -> None:
        super().__init__(detail)
        self.refusal_class = refusal_class
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer; ``raw`` is its body as it was archived."""

    status: int
    headers: tuple[tuple[str, str], ...]
    raw: bytes

    def header(self, name: str) -> str:
        """The first value of a header, "" for none; ``name`` in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def read_answer(content: bytes) -> Answer | None:
    """The answer that a response record holds; None where it begins with no status line."""
    if content[:5] != b"HTTP/":
        return None
    end, gap = _head_end(content)
    lines = storable(content[:end].decode("utf-8", "replace")).split("\n")
    words = lines[0].split(None, 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() and len(words[1]) == 3 else 0
    headers: list[tuple[str, str]] = []
    for line in lines[1:]:
        if line[:1] in (" ", "\t") and headers:  # folded, as old servers do
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon:
            headers.append((name.strip(), value.strip()))
    return Answer(status=status, headers=tuple(headers), raw=content[end + gap :])


def _head_end(content: bytes) -> tuple[int, int]:
    """Where the head ends, and how many bytes part it from the body."""
    crlf = content.find(b"\r\n\r\n", 0, _MAX_HEAD)
    bare = content.find(b"\n\n", 0, _MAX_HEAD if crlf < 0 else crlf)
    if bare >= 0:
        return bare, 2
    return (crlf, 4) if crlf >= 0 else (len(content), 0)


def body_of(answer: Answer, *, limit: int) -> bytes:
    """The body without its codings.

    :raises BodyRefusedError: when it is longer than ``limit``, ends before its end, or is
        packed in a way that cannot be undone.
    """
    body = answer.raw
    if "chunked" in answer.header("transfer-encoding").lower():
        body = _dechunked(body)
    codings = [word.strip().lower() for word in answer.header("content-encoding").split(",")]
    for coding in reversed(codings[-_MAX_CODINGS:]):
        unpack = _CODINGS.get(coding)
        if unpack is not None and body:
            body = _unpacked(body, coding, unpack, limit)
    if len(body) > limit:
        raise BodyRefusedError(RefusalClass.TOO_LARGE, f"more than {limit} bytes")
    return body


def _dechunked(body: bytes) -> bytes:
    """The chunks put together; the body itself where it is not in chunks, though it says so."""
    parts: list[bytes] = []
    at = 0
    while True:
        line = body.find(b"\n", at, at + 1024)
        size = _chunk_size(body[at:line]) if line >= 0 else None
        if size is None:
            if not parts:
                return body
            raise BodyRefusedError(RefusalClass.TRUNCATED, "the last chunk is missing")
        if size == 0:
            return b"".join(parts)
        begin = line + 1
        if begin + size > len(body):
            raise BodyRefusedError(RefusalClass.TRUNCATED, "a chunk ends before its end")
        parts.append(body[begin : begin + size])
        at = begin + size
        if body[at : at + 2] == b"\r\n":
            at += 2
        elif body[at : at + 1] == b"\n":
            at += 1


def _chunk_size(line: bytes) -> int | None:
    digits = line.split(b";")[0].strip()
    if not 0 < len(digits) <= 8:
        return None
    try:
        return int(digits, 16) if digits.isalnum() else None
    except ValueError:
        return None


def _unpacked(
    body: bytes, coding: str, unpack: Callable[[bytes], Iterator[bytes]], limit: int
) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        for part in unpack(body):
            parts.append(part)
            size += len(part)
            if size > limit:
                raise BodyRefusedError(
                    RefusalClass.TOO_LARGE, f"{coding} unpacks to more than {limit} bytes"
                )
    except (zlib.error, zstandard.ZstdError, brotli.error, _CutError) as error:
        if size == 0 and body.lstrip()[:1] in _TEXT:
            return body  # archived decoded, under the header that it came with
        raise BodyRefusedError(
            RefusalClass.TRUNCATED, f"the {coding} body is damaged: {error}"
        ) from error
    return b"".join(parts)


class _CutError(Exception):
    """The packed bytes end before their end mark."""


def _gzip(body: bytes) -> Iterator[bytes]:
    """All members of a gzip body."""
    while body:
        reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
        yield from _zlib(reader, body)
        body = reader.unused_data
        if body[:2] != b"\x1f\x8b":  # what servers leave behind the last member is no text
            return


def _deflate(body: bytes) -> Iterator[bytes]:
    """zlib's form, as the standard wants it, or bare, as some servers send it."""
    try:
        zlib.decompressobj().decompress(body, 1)
    except zlib.error:
        yield from _zlib(zlib.decompressobj(-zlib.MAX_WBITS), body)
    else:
        yield from _zlib(zlib.decompressobj(), body)


def _zlib(reader: "zlib._Decompress", body: bytes) -> Iterator[bytes]:
    while not reader.eof:
        part = reader.decompress(body, _STEP)
        body = reader.unconsumed_tail
        if part:
            yield part
        elif not body and not reader.eof:
            raise _CutError("it ends before its end mark")


def _brotli(body: bytes) -> Iterator[bytes]:
    reader = brotli.Decompressor()
    given = body
    while not reader.is_finished():
        part = reader.process(given, output_buffer_limit=_STEP)
        given = b""
        if part:
            yield part
        elif reader.can_accept_more_data():
            raise _CutError("it ends before its end mark")


def _zstd(body: bytes) -> Iterator[bytes]:
    reader = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
    for at in range(0, len(body), _STEP_ZSTD):
        if part := reader.decompress(body[at : at + _STEP_ZSTD]):
            yield part
        if reader.eof:
            return
    raise _CutError("it ends before its end mark")


_CODINGS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
