"""An archived HTTP answer taken apart: status, headers, and the body as a page is read.

Bodies are archived as they came over the wire (chunked, gzip, br, zstd), or already decoded
under the headers that they came with; both are common.
"""

from dataclasses import dataclass

from crawler.errors import BodyRefusedError
from crawler.fetching.unpacking import unpacked
from crawler.pages.raw.storable import storable
from storage.records import RefusalClass

_MAX_HEAD = 256 * 1024


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
    status = int(words[1]) if len(words) > 1 and words[1].isdecimal() and len(words[1]) == 3 else 0
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
    return unpacked(body, answer.header("content-encoding"), limit=limit, may_be_plain=True)


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
