"""One archive file, record by record: a page, something that nobody asked for, or a refusal.

The account closes: every record, and every stretch of bytes that is none, comes out as exactly
one of the three, so that ``members = pages + unwanted + refused`` for each file.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.backfill.archive.bodies import Answer, body_of, read_answer
from crawler.backfill.archive.members import GZIP, SKIPPABLE, ZSTD, PackedFile, Packing
from crawler.backfill.archive.moments import moment_of, moment_of_answer
from crawler.backfill.archive.records import Garbage, Record, records_of
from crawler.backfill.files import MAX_BODY_BYTES, open_regular
from crawler.errors import BodyRefusedError
from storage.records import Capture, RefusalClass

PAGE_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")
SUFFIXES = {
    ".warc": Packing.PLAIN,
    ".warc.gz": Packing.GZIP,
    ".warc.zst": Packing.ZSTD,
}
_NO_PAGES = frozenset({"dns", "whois", "urn", "metadata", "filedesc", "ftp", "warcinfo"})
"""What archivers keep beside pages under addresses of their own."""
_MAX_CONTENT = MAX_BODY_BYTES + 256 * 1024
"""A page with its HTTP head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it was fetched, by whoever it was; ``digest`` as the archive names its payload."""

    url: str
    capture: Capture
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted:
    """A record that is no page: ``kind`` is its type, or that of what was answered."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """What should have been a page and cannot be read; ``url`` names its place if it has none."""

    url: str
    refusal_class: RefusalClass
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """A page that was found again as it was before, so its words stand in another record.

    ``digest`` names them; None where the archive does not.
    """

    url: str
    at: datetime
    digest: str | None


Found = Page | Unwanted | Unusable | Revisit


WhyNot = Callable[[str, datetime], str | None]
"""Of a page's address and time: the kind that it is counted under where nobody wants it."""


def _any_page(url: str, at: datetime) -> str | None:
    return None


def read_archive(
    path: Path,
    *,
    now: datetime,
    spans: Sequence[tuple[int, int]] | None = None,
    why_not: WhyNot = _any_page,
) -> Iterator[Found]:
    """What a file's records hold, in their order.

    ``spans`` are ranges ``[start, end)`` of the file: the records that begin in them are read.
    ``now`` bounds when a page can have been captured; ``why_not`` is asked before a page's body
    is unpacked.  Memory is bounded by the size of a page, not by that of a record or the file.

    :raises FileRefusedError: when there is no such regular file.
    """
    with open_regular(path) as stream:
        packing = _packing_of(path, stream.read(5))
        if packing is None:
            return
        file = PackedFile(stream, packing)
        for start, end in spans if spans is not None else [(0, file.size)]:
            bound = end if packing is Packing.PLAIN else None
            for member in file.members(start, end):
                place = f"{path.name}:{member.at}"
                for record in records_of(member, file, limit=_MAX_CONTENT, end=bound):
                    if isinstance(record, Garbage):
                        yield _unusable(place, RefusalClass.TRUNCATED, record.detail)
                    else:
                        yield _found(record, place, now, why_not)


def _packing_of(path: Path, begins: bytes) -> Packing | None:
    """By the first bytes, which cannot lie; by the name where they are damaged; None: empty."""
    if not begins:
        return None
    if begins.startswith(GZIP):
        return Packing.GZIP
    if begins.startswith((ZSTD, SKIPPABLE)):
        return Packing.ZSTD
    if begins == b"WARC/":
        return Packing.PLAIN
    name = path.name.lower()
    return next((SUFFIXES[suffix] for suffix in SUFFIXES if name.endswith(suffix)), Packing.PLAIN)


def _found(record: Record, place: str, now: datetime, why_not: WhyNot) -> Found:
    url = record.url
    if record.damage is not None:
        return _unusable(url or place, RefusalClass.TRUNCATED, record.damage)
    match record.kind:
        case "response":
            answer = read_answer(record.content)
            if answer is None:
                return Unwanted(kind="response of another protocol")
        case "resource":
            kind = record.headers.get("content-type", "")
            answer = Answer(status=200, headers=(("Content-Type", kind),), raw=record.content)
        case "revisit":
            return _revisit(record, now)
        case "":
            return _unusable(url or place, RefusalClass.WRONG_CONTENT, "the record has no type")
        case other:
            return Unwanted(kind=other)
    kind = answer.header("content-type").lower()
    if kind and not kind.lstrip().startswith(PAGE_TYPES):
        return Unwanted(kind=kind.split(";")[0].strip())
    scheme = url.partition(":")[0].lower()
    if scheme in _NO_PAGES:
        return Unwanted(kind=f"{record.kind} of {scheme}:")
    return _page(record, answer, place, now, why_not)


def _page(
    record: Record, answer: Answer, place: str, now: datetime, why_not: WhyNot
) -> Page | Unusable | Unwanted:
    url = record.url
    if record.too_large:
        return _unusable(url or place, RefusalClass.TOO_LARGE, f"more than {MAX_BODY_BYTES} bytes")
    if (problem := _no_url(url)) is not None:
        return _unusable(url or place, RefusalClass.WRONG_CONTENT, problem)
    at = moment_of(record.headers.get("warc-date"), now=now) or moment_of_answer(
        answer.header("date"), now=now
    )
    if at is None:
        stated = record.headers.get("warc-date")
        words = f"an impossible WARC-Date: {stated[:40]}" if stated else "no WARC-Date"
        return _unusable(url, RefusalClass.WRONG_CONTENT, words)
    if (kind := why_not(url, at)) is not None:
        return Unwanted(kind=kind)
    try:
        body = body_of(answer, limit=MAX_BODY_BYTES)
    except BodyRefusedError as error:
        return _unusable(url, error.refusal_class, error.detail)
    return Page(
        url=url,
        capture=Capture(
            url=url,
            fetched_at=at,
            status=answer.status,
            headers=answer.headers,
            body=body,
        ),
        digest=record.headers.get("warc-payload-digest"),
    )


def _revisit(record: Record, now: datetime) -> Revisit | Unusable | Unwanted:
    url = record.url
    at = moment_of(record.headers.get("warc-date"), now=now)
    if _no_url(url) is not None or at is None:
        return _unusable(url or "?", RefusalClass.WRONG_CONTENT, "a revisit without URL or date")
    answer = read_answer(record.content)
    kind = answer.header("content-type").lower() if answer else ""
    if kind and not kind.lstrip().startswith(PAGE_TYPES):
        return Unwanted(kind=kind.split(";")[0].strip())
    return Revisit(url=url, at=at, digest=record.headers.get("warc-payload-digest"))


def _no_url(url: str) -> str | None:
    """What is wrong with an address, seen cheaply: few records of an archive are read."""
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() in ("http", "https") and parts.hostname:
            return None
    except ValueError as error:
        return f"no absolute URL: {error}"
    return "no absolute http URL"


def _unusable(url: str, refusal_class: RefusalClass, detail: str) -> Unusable:
    return Unusable(url=url, refusal_class=refusal_class, detail=detail)
