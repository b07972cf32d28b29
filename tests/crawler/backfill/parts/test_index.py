"""Indexes name records: only those that are asked for are opened, wherever their files lie."""

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from crawler.backfill.parts.index import ArchiveIndexError
from crawler.backfill.parts.part import Job, PartResult
from crawler.backfill.parts.planning import PlanError, plan_parts
from crawler.backfill.parts.prefilter import Wanted
from crawler.backfill.parts.tasks import read_part
from tests.crawler.backfill.archive.making import packed, record, response, url_of

NOW = datetime(2026, 1, 20, tzinfo=UTC)


def archive(folder: Path) -> list[tuple[int, int]]:
    """Six pages in ``warc/a.warc.gz``; where each begins, and its length."""
    (folder / "warc").mkdir()
    members = packed([response(n, date=f"20{16 + n}-01-25T02:00:00Z") for n in range(5)], "warc.gz")
    members.append(packed([record(b"GIF", url="http://archive.example/a.gif")], "warc.gz")[0])
    (folder / "warc/a.warc.gz").write_bytes(b"".join(members))
    places, at = [], 0
    for one in members:
        places.append((at, len(one)))
        at += len(one)
    return places


def rows(places: list[tuple[int, int]]) -> list[dict[str, str]]:
    found = [
        {"url": url_of(n), "stamp": f"20{16 + n}0125020000", "mime": "text/html", "status": "200",
         "offset": str(places[n][0]), "length": str(places[n][1]), "filename": "warc/a.warc.gz"}
        for n in range(5)
    ]  # fmt: skip
    found[4]["status"] = "404"
    gif = {"url": "http://archive.example/a.gif", "mime": "image/gif", "offset": str(places[5][0])}
    return [*found, found[0] | gif]


def cdx(folder: Path, found: list[dict[str, str]]) -> Path:
    path = folder / "index.cdx"
    lines = [" CDX N b a m s k r M S V g"]
    lines += [
        f"example,archive)/x {one['stamp']} {one['url']} {one['mime']} {one['status']} SHA - - "
        f"{one['length']} {one['offset']} {one['filename']}"
        for one in found
    ]
    path.write_text("\n".join([*lines, ""]))
    return path


def short_cdx(folder: Path, found: list[dict[str, str]]) -> Path:
    path = folder / "short.cdx.gz"
    lines = [
        f"example,archive)/x {one['stamp']} {one['url']} {one['mime']} {one['status']} SHA - "
        f"{one['offset']} {one['filename']}"
        for one in found
    ]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def cdxj(folder: Path, found: list[dict[str, str]]) -> Path:
    path = folder / "index.cdxj"
    lines = [
        f"example,archive)/x {one['stamp']} "
        + json.dumps({k: v for k, v in one.items() if k != "stamp"})
        for one in found
    ]
    path.write_text("\n".join(["!OpenWayback-CDXJ 1.0", *lines, ""]))
    return path


def parquet(folder: Path, found: list[dict[str, str]]) -> Path:
    path = folder / "index.parquet"
    values = ", ".join(
        f"('{one['url']}', TIMESTAMP '{one['stamp'][:4]}-01-25 02:00:00', '{one['mime']}',"
        f" {one['status']}, {one['offset']}, {one['length']}, '{one['filename']}')"
        for one in found
    )
    duckdb.connect(":memory:").execute(
        f"COPY (SELECT * FROM (VALUES {values}) AS t(url, fetch_time, content_mime_type,"
        " fetch_status, warc_record_offset, warc_record_length, warc_filename))"
        f" TO '{path}' (FORMAT parquet)"
    )
    return path


def read(path: Path, wanted: Wanted) -> list[PartResult]:
    job = Job(wanted=wanted, sources=(), now=NOW)
    return [read_part(job, part) for part in plan_parts([path], wanted).parts]


@pytest.mark.parametrize("make", [cdx, short_cdx, cdxj, parquet])
@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), [0, 1, 2, 3]),
        (Wanted(hosts=("archive.example",)), [0, 1, 2, 3]),
        (Wanted(hosts=("chive.example",)), []),
        (Wanted(since=date(2017, 1, 25), until=date(2018, 1, 25)), [1, 2]),
    ],
    ids=["all", "host", "no host", "days"],
)
def test_the_records_of_an_index(
    make: object, wanted: Wanted, numbers: list[int], tmp_path: Path
) -> None:
    assert callable(make)
    path = make(tmp_path, rows(archive(tmp_path)))
    if not numbers:
        with pytest.raises(PlanError):
            plan_parts([path], wanted)
        return
    results = read(path, wanted)
    assert sorted(one.url for part in results for one in part.articles) == [
        url_of(n) for n in numbers
    ]
    assert sum(part.account.members for part in results) == len(numbers), "others are not opened"


def test_a_file_that_an_index_names_and_nobody_has(tmp_path: Path) -> None:
    places = archive(tmp_path)
    found = [one | {"filename": "elsewhere.warc.gz"} for one in rows(places)]
    plan = plan_parts([cdx(tmp_path, found)], Wanted())
    assert plan.parts == ()
    ((file, why),) = plan.missing
    assert file == "elsewhere.warc.gz"
    assert "none of the folders" in why


@pytest.mark.parametrize("spoil", ["cut", "no JSON", "no UTF-8"])
def test_lines_that_cannot_be_read_are_said(spoil: str, tmp_path: Path) -> None:
    found = rows(archive(tmp_path))
    path = cdxj(tmp_path, found)
    body = path.read_bytes()
    path.write_bytes(
        {
            "cut": body.rstrip()[:-20],
            "no JSON": body.replace(b"{", b"", 1),
            "no UTF-8": body + b"example,archive)/\xff\xfe 2020 {}\n",
        }[spoil]
    )
    plan = plan_parts([path], Wanted())
    assert plan.parts, "the others are read"
    ((_, why),) = plan.missing
    assert why.startswith("1 lines of index.cdxj cannot be read")


def test_what_is_no_index_is_said(tmp_path: Path) -> None:
    path = tmp_path / "index.parquet"
    path.write_bytes(b"no parquet")
    with pytest.raises(ArchiveIndexError, match=r"index\.parquet is no index"):
        plan_parts([path], Wanted())


@pytest.mark.parametrize("name", ["a.csv", "missing.warc.gz", "empty"])
def test_what_is_no_archive_is_said(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PlanError):
        plan_parts([tmp_path / name], Wanted())
