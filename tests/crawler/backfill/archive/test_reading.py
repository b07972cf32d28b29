"""An archive's broken records cost themselves: what stands round them is read."""

import gzip
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from crawler.backfill.archive.moments import moment_of, moment_of_answer
from crawler.backfill.archive.reading import Page, Revisit, Unusable, Unwanted, read_archive
from crawler.backfill.files import FileRefusedError
from storage.records import RefusalClass
from tests.crawler.backfill.archive.making import (
    answer,
    chunked,
    coded,
    packed,
    page,
    record,
    response,
    url_of,
)

NOW = datetime(2026, 1, 20, tzinfo=UTC)
PACKINGS = ["warc", "warc.gz", "warc.zst"]


class Read:
    """What a file gave, sorted out; ``numbers`` are those of the sound pages."""

    def __init__(self, path: Path, span: tuple[int, int] | None = None) -> None:
        self.found = list(read_archive(path, now=NOW, spans=span and [span]))
        pages = [one for one in self.found if isinstance(one, Page)]
        self.pages = {one.url: one for one in pages}
        self.numbers = sorted(
            int(one.url.rsplit("/", 1)[1].removesuffix(".html"))
            for one in pages
            if one.capture.body == page(int(one.url.rsplit("/", 1)[1].removesuffix(".html")))
        )
        self.unwanted = Counter(one.kind for one in self.found if isinstance(one, Unwanted))
        self.refused = [one for one in self.found if isinstance(one, Unusable)]
        self.classes = Counter(one.refusal_class for one in self.refused)
        assert len(pages) == len(self.pages), "no page comes twice"


def written(folder: Path, members: list[bytes], packing: str) -> Path:
    path = folder / f"in.{packing}"
    path.write_bytes(b"".join(members))
    return path


def between(folder: Path, odd: bytes, packing: str) -> Read:
    """Three sound records before and behind an odd one, each packed by itself."""
    sound = [response(number) for number in range(6)]
    return Read(written(folder, packed([*sound[:3], odd, *sound[3:]], packing), packing))


ODD = {
    "no length": response(9).replace(b"Content-Length", b"X-Length"),
    "a length of words": response(9, length="many"),
    "a negative length": response(9, length=-1),
    "too short a length": response(9, length=300),
    "too long a length": response(9, length=len(answer(page(9))) + 1500),
    "a giant length": response(9, length=10**12),
    "no type": response(9).replace(b"WARC-Type: response\r\n", b""),
    "no url": record(answer(page(9))),
    "no url that is one": record(answer(page(9)), url="http://[bad"),
    "NULs in its head": response(9).replace(b"WARC-Record-ID", b"X\x00\x00-ID"),
    "no UTF-8 in its head": response(9).replace(b"WARC-Record-ID", b"\xb2\xe2\xff"),
    "garbage for a head": b"\x00\x01\xfe" * 900 + b"\r\n\r\n",
    "half a head": response(9)[:60],
    "a head without an end": b"WARC/1.0\r\n" + b"X: y\r\n" * 20_000,
    "an impossible day": response(9, date="2009-03-65T08:43:19-0800"),
    "no date": response(9, date=None),
    "the year 0001": response(9, date="0001-01-01T00:00:00Z"),
    "the year 9999": response(9, date="9999-12-31T23:59:59Z"),
    "nothing answered": record(b"", url=url_of(9)),
    "no HTTP answered": record(b"not http", url=url_of(9)),
    "broken gzip": record(
        answer(coded("gzip", page(9))[:200], headers=["Content-Encoding: gzip"]), url=url_of(9)
    ),
    "no brotli": record(
        answer(b"\x8b\x00\x01\x02" * 40, headers=["Content-Encoding: br"]), url=url_of(9)
    ),
    "a cut chunk": record(
        answer(chunked(page(9))[:-900], headers=["Transfer-Encoding: chunked"]), url=url_of(9)
    ),
    "a bomb": record(
        answer(coded("br", b"<p>" * 8_000_000), headers=["Content-Encoding: br"]), url=url_of(9)
    ),
    "a zstd bomb": record(
        answer(coded("zstd", b"<p>" * 8_000_000), headers=["Content-Encoding: zstd"]),
        url=url_of(9),
    ),
    "a giant": record(answer(b"<p>" * 6_000_000), url=url_of(9)),
    "a segment": record(b"x" * 900, kind="continuation", url=url_of(9)),
}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_record_takes_none_with_it(odd: bytes, packing: str, tmp_path: Path) -> None:
    read = between(tmp_path, odd, packing)
    assert set(read.numbers) >= {0, 1, 2, 3, 4, 5}
    # One record, one entry; only bytes that begin no record may be counted with the next gap.
    assert len(read.found) == 7, [type(one).__name__ for one in read.found]


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("no type", RefusalClass.WRONG_CONTENT),
        ("an impossible day", RefusalClass.WRONG_CONTENT),
        ("the year 9999", RefusalClass.WRONG_CONTENT),
        ("garbage for a head", RefusalClass.TRUNCATED),
        ("broken gzip", RefusalClass.TRUNCATED),
        ("no brotli", RefusalClass.TRUNCATED),
        ("a cut chunk", RefusalClass.TRUNCATED),
        ("a bomb", RefusalClass.TOO_LARGE),
        ("a zstd bomb", RefusalClass.TOO_LARGE),
        ("a giant", RefusalClass.TOO_LARGE),
    ],
)
def test_an_odd_record_has_a_class(name: str, refused: RefusalClass, tmp_path: Path) -> None:
    read = between(tmp_path, ODD[name], "warc.gz")
    assert read.classes == {refused: 1}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("name", ["too short a length", "too long a length", "a giant length"])
def test_a_wrong_length_costs_no_word(name: str, packing: str, tmp_path: Path) -> None:
    assert 9 in between(tmp_path, ODD[name], packing).numbers


@pytest.mark.parametrize(
    "coding", ["gzip", "deflate", "bare deflate", "br", "zstd", "identity", "utf-8"]
)
@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_body_is_read_without_its_codings(coding: str, in_chunks: bool, tmp_path: Path) -> None:
    body = coded(coding, page(9))
    headers = [f"Content-Encoding: {coding.removeprefix('bare ')}"]
    if in_chunks:
        body, headers = chunked(body), [*headers, "Transfer-Encoding: chunked"]
    odd = record(answer(body, headers=headers), url=url_of(9))
    assert between(tmp_path, odd, "warc.gz").numbers == [0, 1, 2, 3, 4, 5, 9]


@pytest.mark.parametrize(
    "header",
    [
        "Content-Encoding: br",
        "Content-Encoding: gzip",
        "Content-Encoding: zstd",
        "Transfer-Encoding: chunked",
    ],
)
def test_a_body_that_was_archived_decoded_is_taken_as_it_stands(
    header: str, tmp_path: Path
) -> None:
    odd = record(answer(page(9), headers=[header]), url=url_of(9))
    assert 9 in between(tmp_path, odd, "warc").numbers


def test_a_resource_is_a_page_and_a_revisit_is_counted(tmp_path: Path) -> None:
    members = [
        record(b"software: test", kind="warcinfo"),
        record(page(1), kind="resource", url=url_of(1), more=["Content-Type: text/html"]),
        record(b"GET / HTTP/1.0\r\n\r\n", kind="request", url=url_of(1)),
        record(answer(b""), kind="revisit", url=url_of(2), more=["WARC-Payload-Digest: sha1:X"]),
        record(b"fetchTimeMs: 3", kind="metadata", url=url_of(1)),
        record(answer(b"GIF89a", kind="image/gif"), url="http://archive.example/a.gif"),
        record(b"20210125020000\narchive.example 1.2.3.4", url="dns:archive.example"),
        record(b"<p>x", kind="resource", url="urn:x:y", more=["Content-Type: text/html"]),
    ]
    read = Read(written(tmp_path, packed(members, "warc.gz"), "warc.gz"))
    assert read.numbers == [1]
    assert [one for one in read.found if isinstance(one, Revisit)] == [
        Revisit(url=url_of(2), at=datetime(2021, 1, 25, 2, tzinfo=UTC), digest="sha1:X")
    ]
    assert read.unwanted == {
        "warcinfo": 1, "request": 1, "metadata": 1, "image/gif": 1,
        "response of another protocol": 1, "resource of urn:": 1,
    }  # fmt: skip
    assert len(read.found) == len(members)


@pytest.mark.parametrize("packing", ["warc.gz", "warc.zst"])
def test_a_damaged_member_is_passed_over(packing: str, tmp_path: Path) -> None:
    members = packed([response(number) for number in range(30)], packing)
    broken = bytearray(members[10])
    broken[len(broken) // 2] ^= 0xFF
    broken[len(broken) // 2 + 1] ^= 0xFF
    members[10] = bytes(broken)
    members[20] = members[20][:-150]
    members[25] = b"\x00" * len(members[25])
    read = Read(written(tmp_path, members, packing))
    # zstd frames carry no checksum by default: a changed byte may go unnoticed there.
    assert set(read.numbers) >= set(range(30)) - {10, 20, 25}
    assert 20 not in read.numbers
    assert 25 not in read.numbers
    assert len(read.found) == 30


def test_a_damaged_member_says_whose_page_it_was(tmp_path: Path) -> None:
    members = packed([response(number) for number in range(3)], "warc.gz")
    members[1] = members[1][:-8] + b"\x00" * 4 + members[1][-4:]  # another checksum
    read = Read(written(tmp_path, members, "warc.gz"))
    assert [(one.url, one.refusal_class) for one in read.refused] == [
        (url_of(1), RefusalClass.TRUNCATED)
    ]


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_cut_file_loses_its_last_record(packing: str, tmp_path: Path) -> None:
    whole = b"".join(packed([response(number) for number in range(4)], packing))
    path = tmp_path / f"in.{packing}"
    path.write_bytes(whole[:-200])
    read = Read(path)
    assert read.numbers == [0, 1, 2]
    assert read.classes == {RefusalClass.TRUNCATED: 1}


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_file_whose_beginning_is_lost(packing: str, tmp_path: Path) -> None:
    whole = b"".join(packed([response(number) for number in range(4)], packing))
    path = tmp_path / f"in.{packing}"
    path.write_bytes(b"\x17" * 40 + whole[40:])
    read = Read(path)
    assert read.numbers == [1, 2, 3]
    assert read.classes == {RefusalClass.TRUNCATED: 1}


def test_a_file_that_was_packed_as_a_whole(tmp_path: Path) -> None:
    records = [response(number) for number in range(5)]
    records[2] = response(2, length=10**9)
    path = tmp_path / "in.warc.gz"
    path.write_bytes(gzip.compress(b"".join(records)))
    assert Read(path).numbers == [0, 1, 2, 3, 4]


def test_frames_may_share_a_dictionary(tmp_path: Path) -> None:
    samples = [response(number) for number in range(300)]
    dictionary = zstandard.train_dictionary(4096, [*samples])
    pack = zstandard.ZstdCompressor(dict_data=dictionary).compress
    held = zstandard.compress(dictionary.as_bytes())
    first = b"\x5d\x2a\x4d\x18" + len(held).to_bytes(4, "little") + held
    path = written(tmp_path, [first, *(pack(one) for one in samples[:4])], "warc.zst")
    assert Read(path).numbers == [0, 1, 2, 3]


@pytest.mark.parametrize("packing", PACKINGS)
def test_ranges_share_a_file_without_a_gap_or_a_double(packing: str, tmp_path: Path) -> None:
    path = written(tmp_path, packed([response(n) for n in range(40)], packing), packing)
    size = path.stat().st_size
    for width in (size, size // 2, size // 7, 777):
        numbers: list[int] = []
        for start in range(0, size, width):
            numbers += Read(path, (start, start + width)).numbers
        assert sorted(numbers) == list(range(40)), width


def test_padding_at_the_end_is_nothing(tmp_path: Path) -> None:
    for packing in PACKINGS:
        members = packed([response(1)], packing)
        read = Read(written(tmp_path, [*members, b"\x00" * 9000], packing))
        assert (read.numbers, len(read.found)) == ([1], 1), packing


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    assert Read(written(tmp_path, [], "warc.gz")).found == []


def test_a_pipe_is_not_waited_for() -> None:
    with pytest.raises(FileRefusedError):
        Read(Path("/dev/zero"))


GIANT = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from crawler.backfill.archive.reading import Page, Unusable, read_archive
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = list(read_archive(Path(sys.argv[1]), now=datetime(2026, 1, 20, tzinfo=UTC)))
assert [type(one) for one in found] == [Page, Unusable, Page], found
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("packing", ["warc", "warc.gz"])
def test_a_giant_record_takes_little_memory(packing: str, tmp_path: Path) -> None:
    giant = record(answer(b"<p>" * 40_000_000), url=url_of(9))  # 120 MB
    path = written(tmp_path, packed([response(1), giant, response(2)], packing), packing)
    done = subprocess.run(
        [sys.executable, "-c", GIANT, str(path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 80_000, "kilobytes"


def test_the_page_is_as_it_was_fetched(tmp_path: Path) -> None:
    odd = record(answer(page(9), status="404 Not Found"), url=f"<{url_of(9)}>")
    captured = between(tmp_path, odd, "warc").pages[url_of(9)].capture
    assert captured.status == 404
    assert captured.headers == (("Content-Type", "text/html; charset=utf-8"),)
    assert captured.fetched_at == datetime(2021, 1, 25, 2, tzinfo=UTC)


def test_an_answer_dates_a_record_that_does_not_date_itself(tmp_path: Path) -> None:
    headers = ["Date: Mon, 25 Jan 2021 03:00:00 GMT"]
    odd = record(answer(page(9), headers=headers), url=url_of(9), date="2021-13-01")
    captured = between(tmp_path, odd, "warc").pages[url_of(9)].capture
    assert captured.fetched_at == datetime(2021, 1, 25, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "at"),
    [
        ("2021-01-25T02:00:00Z", "2021-01-25T02:00:00+00:00"),
        ("2021-01-25T02:00:00.123456789Z", "2021-01-25T02:00:00.123456+00:00"),
        ("2021-01-25T10:00:00+08:00", "2021-01-25T02:00:00+00:00"),
        ("2009-03-05T08:43:19-0800", "2009-03-05T16:43:19+00:00"),
        ("2021-01-25T02:00:00", "2021-01-25T02:00:00+00:00"),
        ("2021-01-25 02:00:00", "2021-01-25T02:00:00+00:00"),
        ("2021-01-25T02:00Z", "2021-01-25T02:00:00+00:00"),
        ("20210125020000", "2021-01-25T02:00:00+00:00"),
        ("2021", "2021-01-01T00:00:00+00:00"),
        ("2021-03", "2021-03-01T00:00:00+00:00"),
        ("2021-03-04", "2021-03-04T00:00:00+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        ("2009-03-65T08:43:19-0800", None),
        ("0001-01-01T00:00:00+08:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("2027-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("2021-01-25T25:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_when_a_record_was_made(stated: str | None, at: str | None) -> None:
    found = moment_of(stated, now=NOW)
    assert (found and found.isoformat()) == at


def test_a_date_that_no_calendar_has_is_none() -> None:
    assert moment_of_answer("Mon, 99 Jan 2021 03:00:00 GMT", now=NOW) is None
    assert moment_of_answer("", now=NOW) is None
