"""Bodies without their content codings, bounded while they are unpacked.

Eight kilobytes of brotli can hold ten gigabytes (seen 2026-11 with a list page given to a
probe), so a decoder is never given room for more than a step beyond the limit.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping

import brotli
import zstandard

from crawler.errors import BodyRefusedError
from storage.records import RefusalClass

_MAX_CODINGS = 4  # honest answers have one
_STEP = 64 * 1024  # bytes that come out at once
_STEP_ZSTD = 512
"""Packed bytes given to zstd at once: it has no bound of its own on what comes out."""
_ZSTD_WINDOW = 2**27  # 128 MiB, as zstd --long=27 makes them


_TEXT = b"<\xef\xfe\xff"
"""First bytes of a page that is not packed: markup or a byte order mark."""


def unpacked(body: bytes, codings: str, *, limit: int, may_be_plain: bool = False) -> bytes:
    """``body`` without the codings of a Content-Encoding header ("gzip", "gzip, br", "").

    An unknown coding leaves the body as it is.  With ``may_be_plain`` so does one that does
    not even begin to fit, where the body looks like text: archives keep pages unpacked under
    the headers that they came with.

    :raises BodyRefusedError: when it unpacks to more than ``limit`` bytes, cannot be unpacked,
        or ends before its end mark.
    """
    names = [word.strip().lower() for word in codings.split(",")]
    for name in reversed(names[-_MAX_CODINGS:]):
        unpack = _CODINGS.get(name)
        if unpack is not None and body:
            body = _bounded(body, name, unpack, limit, may_be_plain=may_be_plain)
    if len(body) > limit:
        raise BodyRefusedError(RefusalClass.TOO_LARGE, f"over {limit} bytes")
    return body


def _bounded(
    body: bytes,
    coding: str,
    unpack: Callable[[bytes], Iterator[bytes]],
    limit: int,
    *,
    may_be_plain: bool,
) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        for part in unpack(body):
            parts.append(part)
            size += len(part)
            if size > limit:
                words = f"over {limit} bytes when unpacked ({coding})"
                raise BodyRefusedError(RefusalClass.TOO_LARGE, words)
    except (zlib.error, zstandard.ZstdError, brotli.error, _CutError) as error:
        if may_be_plain and size == 0 and body.lstrip()[:1] in _TEXT:
            return body
        words = f"the {coding} body is damaged: {error}"
        raise BodyRefusedError(RefusalClass.TRUNCATED, words) from error
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
    reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    for at in range(0, len(body), _STEP_ZSTD):
        if part := reader.decompress(body[at : at + _STEP_ZSTD]):
            yield part
        if reader.eof:
            return
    raise _CutError("it ends before its end mark")


_CODINGS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
