"""WARC records of our own making, sound and otherwise, as bytes."""

import gzip
import zlib
from collections.abc import Iterable, Sequence

import brotli
import zstandard

DATE = "2021-01-25T02:00:00Z"
HTML = "text/html; charset=utf-8"


def page(number: int) -> bytes:
    """An article page of our own wording."""
    words = "".join(
        f"<p>1月20日，省政协召开第{number}次协商座谈会，委员围绕第{at}项议题建言献策，"
        f"提出意见建议{number}{at}条。</p>"
        for at in range(1, 8)
    )
    title = f"省政协召开第{number}次协商座谈会"
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body>"
        f"<div class='article'><h1>{title}</h1><div class='info'>2021-01-20 10:00:00 来源：测试日报"
        f"</div><div class='content'>{words}</div></div></body></html>"
    ).encode()


def url_of(number: int) -> str:
    return f"http://archive.example/{number}.html"


def record(
    content: bytes,
    *,
    kind: str = "response",
    url: str | None = None,
    date: str | None = DATE,
    length: int | str | None = None,
    more: Iterable[str] = (),
) -> bytes:
    """One record; ``length`` is what it says of itself, the truth by default."""
    stated = len(content) if length is None else length
    lines = ["WARC/1.0", f"WARC-Type: {kind}", "WARC-Record-ID: <urn:uuid:0>"]
    lines += [f"WARC-Target-URI: {url}"] if url else []
    lines += [f"WARC-Date: {date}"] if date else []
    lines += [*more, f"Content-Length: {stated}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content + b"\r\n\r\n"


def answer(
    body: bytes, *, status: str = "200 OK", kind: str = HTML, headers: Sequence[str] = ()
) -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def response(number: int, **more: object) -> bytes:
    """A sound response record of page ``number``."""
    return record(answer(page(number)), url=url_of(number), **more)  # type: ignore[arg-type]


def coded(coding: str, body: bytes) -> bytes:
    """``body`` as a server sends it under that Content-Encoding."""
    match coding:
        case "gzip":
            return gzip.compress(body)
        case "deflate":
            return zlib.compress(body)
        case "bare deflate":
            return zlib.compress(body)[2:-4]
        case "br":
            return bytes(brotli.compress(body))
        case "zstd":
            return zstandard.compress(body)
    return body


def chunked(body: bytes, size: int = 700) -> bytes:
    """``body`` in chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def packed(records: Iterable[bytes], packing: str) -> list[bytes]:
    """Each record as the member of a file: ``warc``, ``warc.gz`` or ``warc.zst``."""
    match packing:
        case "warc.gz":
            return [gzip.compress(one) for one in records]
        case "warc.zst":
            return [zstandard.compress(one) for one in records]
    return list(records)
