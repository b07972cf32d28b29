"""Importing WARC: the crawl's path, joined pages, records of every kind, a file that breaks off."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from storage.engine.database import Database
from storage.links.discoveries import list_refusals
from storage.publications.reading import get_publication, list_publications
from storage.records import RefusalClass, VerdictKind
from tests.crawler.backfill.archive.making import packed, response, url_of
from tests.crawler.backfill.archive.making import page as making_page
from tests.crawler.backfill.archive.making import record as record_of
from tests.crawler.backfill.inputs import page, refusals, run


def warc(path: Path, answers: list[tuple[str, str, bytes, str]], *, gzip: bool = True) -> Path:
    """A WARC of (url, status line, body, content type)."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=gzip)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
        for url, status, body, kind in answers:
            record = writer.create_warc_record(
                url,
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders(
                    status, [("Content-Type", kind)], protocol="HTTP/1.1"
                ),
                warc_headers_dict={"WARC-Date": "2026-01-19T01:00:00Z"},
            )
            writer.write_record(record)
    return path


@pytest.mark.parametrize("gzip", [True, False])
def test_a_warc_takes_the_same_path(database: Database, tmp_path: Path, gzip: bool) -> None:
    html = "text/html; charset=utf-8"
    more = '<a href="/a/3_2.html">下一页</a>'
    path = warc(
        tmp_path / ("in.warc.gz" if gzip else "in.warc"),
        [
            ("https://a.example/a/1.html", "200 OK", page("省政协专题议政会", 1), html),
            ("https://a.example/a/2.html", "404 Not Found", b"<html></html>", html),
            ("https://a.example/a.css", "200 OK", b"body {}", "text/css"),
            ("https://a.example/a/3.html", "200 OK", page("全年纪事", 3, more=more), html),
            ("https://a.example/a/3_2.html", "200 OK", page("全年纪事", 4), html),
            ("https://a.example/a/5.html", "200 OK",
             page("残篇", 5, more='<a href="/a/5_2.html">下一页</a>'), html),
        ],
        gzip=gzip,
    )  # fmt: skip
    record = run(database, path)
    with database.reading() as session:
        refused = {one.url: one.refusal_class for one in list_refusals(session, record.id)}
        joined = get_publication(session, "http://a.example/a/3.html")
        assert get_publication(session, "http://a.example/a/1.html").captures[0].fetched_at == (
            datetime(2026, 1, 19, 1, tzinfo=UTC)
        )
    assert refused == {
        "https://a.example/a/2.html": RefusalClass.GONE,
        "https://a.example/a/5.html": RefusalClass.TRUNCATED,
    }
    assert "第3-0段" in joined.text
    assert "第4-7段" in joined.text
    assert [one.url for one in joined.captures] == [
        "https://a.example/a/3.html",
        "https://a.example/a/3_2.html",
    ]
    assert (record.counts.requested, record.counts.articles_new) == (4, 2)


def test_a_file_that_breaks_off_keeps_what_was_read(database: Database, tmp_path: Path) -> None:
    html = "text/html"
    whole = warc(
        tmp_path / "in.warc.gz",
        [(f"https://a.example/{n}.html", "200 OK", page(f"第{n}期", n), html) for n in range(3)],
    )
    whole.write_bytes(whole.read_bytes()[:-200])
    record = run(database, whole)
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.PARTIAL
    assert record.counts.articles_new >= 2


def test_records_of_every_kind_are_accounted_for(database: Database, tmp_path: Path) -> None:
    html = "Content-Type: text/html"
    members = packed(
        [
            record_of(b"x: y", kind="warcinfo"),
            response(1),
            record_of(b"GET / HTTP/1.0\r\n\r\n", kind="request", url=url_of(1)),
            record_of(making_page(2), kind="resource", url=url_of(2), more=[html]),
            record_of(b"", kind="revisit", url=url_of(1)),
            record_of(b"", kind="revisit", url=url_of(7)),
            response(3, date="2009-03-65T00:00:00Z"),
            response(4)[:-400],
            response(5),
        ],
        "warc.gz",
    )
    members[4] = members[4][:40]
    path = tmp_path / "in.warc.gz"
    path.write_bytes(b"".join(members))
    record = run(database, path)
    with database.reading() as session:
        assert {one.url for one in list_publications(session)} == {
            url_of(number) for number in (1, 2, 5)
        }
    refused = refusals(database, record)
    assert refused.pop(url_of(7)) is RefusalClass.GONE, (
        "found unchanged, and its words are not here"
    )
    assert refused.pop(url_of(3)) is RefusalClass.WRONG_CONTENT
    assert set(refused.values()) == {RefusalClass.TRUNCATED}
    assert record.verdict is not None
    assert "2 records are no pages" in record.verdict.reason
