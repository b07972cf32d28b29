"""Importing JSONL and WARC: the crawl's path, the account, resuming, what is refused."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import text
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.backfill.importing import import_file
from crawler.backfill.input import ImportFileError, read_items
from crawler.backfill.texts import read_row
from crawler.runs.account import Account
from crawler.sources.declaration import load_sources
from storage.articles.snapshots import get_snapshot
from storage.engine.database import Database, open_database
from storage.errors import DiskFullError, LeaseLostError
from storage.links.discoveries import list_refusals
from storage.publications.reading import get_publication, list_publications
from storage.records import SHANGHAI, RefusalClass, RunTrigger, VerdictKind
from storage.runs.door import begin_run
from storage.runs.freeing import expire_leases
from storage.runs.history import RunRecord, get_run, list_runs
from storage.runs.states import RunState
from tests.crawler.backfill.archive.making import packed, response, url_of
from tests.crawler.backfill.archive.making import page as making_page
from tests.crawler.backfill.archive.making import record as record_of

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 1, 20, 9, 30, tzinfo=SHANGHAI)
SENTENCE = "政协委员围绕乡村道路、饮水安全和基层医疗深入村寨开展调研，提出意见建议并督促办理落实。"


def page(title: str, number: int, *, more: str = "", paragraphs: int = 8) -> bytes:
    """An article page of our own making."""
    body = "".join(f"<p>　　第{number}-{at}段，{SENTENCE}{title}。</p>" for at in range(paragraphs))
    return f"""<html><head><meta charset="utf-8"><title>{title}_某某网</title></head><body>
<div class="nav"><a href="/">首页</a></div><h1>{title}</h1>
<div class="info">2026-01-19 09:05 来源：某某日报</div>
<div class="content">{body}</div>{more}</body></html>""".encode()


def jsonl(folder: Path, rows: list[object]) -> Path:
    path = folder / "in.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def run(database: Database, path: Path) -> RunRecord:
    seconds = count(database, "runs")  # each run begins a second after the one before
    return import_file(
        database,
        path,
        sources=load_sources(None),
        now=lambda: NOW + timedelta(seconds=seconds),
    )


def count(database: Database, table: str) -> int:
    with database.reading() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_pages_and_texts_are_stored_with_their_evidence(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page("省政协召开专题协商会", 1))
    path = jsonl(
        tmp_path,
        [
            {"id": "1", "file": "a.html", "url": "https://www.somewhere.example/a/1.html?spm=1"},
            {
                "id": "2",
                "title": "云南省政协2025年十件大事",
                "text": "\n".join(f"{n}、{SENTENCE}" for n in range(1, 11)),
                "url": "https://www.somewhere.example/a/2.html",
                "source": "某某日报",
                "published": "2026-01-05",
            },
        ],
    )
    record = run(database, path)
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.COMPLETE, record.verdict.reason
    assert (record.trigger, record.counts.articles_new, record.counts.flags) == ("import", 2, 1)
    with database.reading() as session:
        first = get_publication(session, "http://www.somewhere.example/a/1.html")
        assert first.summary.title == "省政协召开专题协商会"
        assert first.summary.source_id is None
        assert first.reading is not None
        assert get_snapshot(session, first.captures[0].sha256) == page("省政协召开专题协商会", 1)
        second = get_publication(session, "http://www.somewhere.example/a/2.html")
        assert second.reading is not None
        assert second.reading.flagged
        assert (second.summary.outlet, second.captures) == ("某某日报", ())
        assert second.summary.published_at == datetime(2026, 1, 5, tzinfo=SHANGHAI)

    again = run(database, path)
    assert again.id != record.id
    assert (again.counts.articles_new, again.counts.articles_unchanged) == (0, 2)
    assert (count(database, "publications"), count(database, "changes")) == (2, 2)


def test_what_cannot_be_read_is_refused_by_class(database: Database, tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_bytes(b"<html><body>404 Not Found</body></html>")
    path = jsonl(
        tmp_path,
        [
            {"id": "1", "file": "empty.html", "url": "https://a.example/1.html"},
            {"id": "2", "file": "missing.html", "url": "https://a.example/2.html"},
            {"id": "3", "title": "没有网址", "text": "正文"},
            '{"id": "4", "url": "https://a.exam',
            {"id": "5", "url": "no-url", "text": "正文"},
            {"id": "6", "url": "https://a.example/6.html", "title": "题", "text": SENTENCE * 3},
        ],
    )
    record = run(database, path)
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.PARTIAL
    assert (record.counts.requested, record.counts.accepted, record.counts.refused) == (6, 1, 5)
    with database.reading() as session:
        refused = {one.url: one.refusal_class for one in list_refusals(session, record.id)}
    assert refused.pop("https://a.example/1.html") is not RefusalClass.OURS
    assert refused == {
        "https://a.example/2.html": RefusalClass.GONE,
        "in.jsonl:3": RefusalClass.WRONG_CONTENT,
        "in.jsonl:4": RefusalClass.TRUNCATED,
        "in.jsonl:5": RefusalClass.WRONG_CONTENT,
    }


def test_a_declared_host_brings_its_source_and_region(database: Database, tmp_path: Path) -> None:
    source = next(iter(load_sources(None).values()))
    path = jsonl(
        tmp_path,
        [{"url": f"https://{source.hosts[0]}/x/1.html", "title": "题", "text": SENTENCE * 3}],
    )
    run(database, path)
    with database.reading() as session:
        (stored,) = list_publications(session)
    assert (stored.source_id, stored.region) == (source.id, source.region)


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


def test_other_files_are_refused(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("a,b")
    with pytest.raises(ImportFileError):
        run(database, path)
    with pytest.raises(ImportFileError):
        read_items(path, now=NOW)
    assert count(database, "runs") == 0


def contents(database: Database) -> list[tuple[object, ...]]:
    """All that an import must leave alike, whenever it was killed."""
    with database.reading() as session:
        rows = session.execute(
            text(
                "SELECT p.url, r.title, r.text, p.revision, p.genre, s.original_id, c.sha256,"
                " (SELECT count(*) FROM flags f WHERE f.story_id = p.story_id)"
                " FROM publications p JOIN revisions r ON r.publication_id = p.id"
                " JOIN stories s ON s.id = p.story_id"
                " LEFT JOIN captures c ON c.publication_id = p.id ORDER BY p.url"
            )
        )
        return [tuple(row) for row in rows]


def test_a_killed_import_begun_again_ends_with_the_same_content(tmp_path: Path) -> None:
    rows: list[object] = []
    for number in range(260):
        (tmp_path / f"{number}.html").write_bytes(page(f"工作动态第{number}期", number // 2))
        rows.append({"file": f"{number}.html", "url": f"https://a.example/{number}.html"})
    path = jsonl(tmp_path, rows)
    undisturbed = open_database(f"sqlite:///{tmp_path / 'whole.db'}")
    run(undisturbed, path)

    url = f"sqlite:///{tmp_path / 'killed.db'}"
    killed = open_database(url)
    command = [sys.executable, "-m", "scheduler.cli.app", "import", str(path)]
    child = subprocess.Popen(
        [sys.executable, "-c", "from scheduler.cli.app import main; main()", *command[3:]],
        cwd=ROOT,
        env={**os.environ, "CPPCC_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while child.poll() is None and count(killed, "publications") == 0:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    stored = count(killed, "publications")
    assert 0 < stored <= 260
    run(killed, path)
    assert contents(killed) == contents(undisturbed)
    with killed.reading() as session:
        states = [(one.verdict is not None, one.cancel_requested_at is not None)
                  for one in list_runs(session)]  # fmt: skip
    assert states[0] == (True, False)
    undisturbed.close()
    killed.close()


def test_an_import_says_that_it_lives_between_two_batches(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.backfill.importing.BEAT_SECONDS", 0.0)
    path = jsonl(tmp_path, [{"url": f"http://a.example/{n}.html"} for n in range(3)])
    moments = iter(NOW + timedelta(seconds=seconds) for seconds in range(99))
    beats = []

    def look(account: Account) -> None:
        with database.reading() as session:
            beats.append(list_runs(session)[0].heartbeat_at)

    import_file(database, path, sources={}, now=lambda: next(moments), progress=look)
    assert len(set(beats)) == len(beats) == 3


def test_an_import_that_was_given_up_for_dead_stops(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.backfill.importing.BEAT_SECONDS", 0.0)
    path = jsonl(tmp_path, [{"url": f"http://a.example/{n}.html"} for n in range(3)])

    def give_up(account: Account) -> None:
        with database.begin() as session:
            expire_leases(session, now=NOW + timedelta(hours=1))

    with pytest.raises(LeaseLostError):
        import_file(database, path, sources={}, now=lambda: NOW, progress=give_up)


def test_what_no_database_holds_spoils_no_import(database: Database, tmp_path: Path) -> None:
    rows: list[object] = [
        '{"url": "http://a.example/1.html", "title": "\\ud83d", "text": "政协\\u0000\\ud83d委员"}',
        {"url": "http://a.example/2.html", "title": "好", "text": "政协委员视察"},
        {"url": "http://[bad/3.html", "title": "好", "text": "政协委员视察"},
    ]
    record = run(database, jsonl(tmp_path, rows))
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.PARTIAL
    with database.reading() as session:
        stored = get_publication(session, "http://a.example/1.html")
    assert (stored.summary.title, stored.text) == ("\ufffd", "政协\ufffd\ufffd委员")
    assert record.counts.articles_new == 2


def text_line(number: int, **more: object) -> dict[str, object]:
    return {"url": f"http://a.example/{number}.html", "title": "题", "text": SENTENCE * 3} | more


def refusals(database: Database, record: RunRecord) -> dict[str, RefusalClass]:
    with database.reading() as session:
        return {one.url: one.refusal_class for one in list_refusals(session, record.id)}


@pytest.mark.parametrize(
    ("odd", "refused"),
    [
        ('{"url": "http://a.example/9.html", "text": ' + "[" * 100_000 + "]" * 100_000 + "}",
         RefusalClass.TRUNCATED),
        ('{"url": "http://a.example/9.html", "x": ' + "9" * 5_000 + "}", RefusalClass.TRUNCATED),
        ("\x00\x00\x00", RefusalClass.TRUNCATED),
        (text_line(9, published="0001-01-01T00:00:00+08:00"), RefusalClass.WRONG_CONTENT),
        (text_line(9, published="9999-12-31T23:59:59-12:00"), RefusalClass.WRONG_CONTENT),
        (text_line(9, published="2021-02-30"), RefusalClass.WRONG_CONTENT),
        (text_line(9, text="政" * 2_000_001), RefusalClass.TOO_LARGE),
        ({"url": "http://a.example/9.html", "file": "/dev/zero"}, RefusalClass.NOT_HTML),
        ({"url": "http://a.example/9.html", "file": "pipe"}, RefusalClass.NOT_HTML),
        ({"url": "http://a.example/9.html", "file": "big"}, RefusalClass.TOO_LARGE),
        ({"url": "http://a.example/9.html", "file": "."}, RefusalClass.NOT_HTML),
        ({"url": "http://a.example/9.html", "file": "a\0b"}, RefusalClass.WRONG_CONTENT),
        ({"url": "http://a.example/9.html", "file": "ok", "fetched_at": "0001-01-01"},
         RefusalClass.WRONG_CONTENT),
        ({"url": "http://a.example/9.html", "file": "ok", "fetched_at": 7},
         RefusalClass.WRONG_CONTENT),
    ],
)  # fmt: skip
def test_an_odd_line_costs_itself(odd: object, refused: RefusalClass, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "ok").write_bytes(page("省政协专题议政会", 1))
    with (tmp_path / "big").open("wb") as stream:
        stream.truncate(17 * 2**20)
    database = open_database(f"sqlite:///{tmp_path / 'odd.db'}")
    record = run(database, jsonl(tmp_path, [text_line(1), odd, text_line(2)]))
    assert record.state is RunState.FINISHED
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.PARTIAL
    assert record.counts.articles_new + record.counts.reposts == 2
    assert list(refusals(database, record).values()) == [refused]
    database.close()


def test_a_line_that_never_ends_is_refused_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.backfill.files.MAX_LINE_BYTES", 10_000)
    database = open_database(f"sqlite:///{tmp_path / 'long.db'}")
    record = run(database, jsonl(tmp_path, [text_line(1), "x" * 2_000_000, text_line(2)]))
    assert refusals(database, record) == {"in.jsonl:2": RefusalClass.TOO_LARGE}
    assert record.counts.accepted == 2
    database.close()


def test_a_device_or_a_pipe_makes_no_run(database: Database, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in.jsonl")
    (tmp_path / "in.warc").symlink_to("/dev/zero")
    for name in ("in.jsonl", "in.warc"):
        with pytest.raises(ImportFileError, match="no regular file"):
            run(database, tmp_path / name)
    assert count(database, "runs") == 0


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


class BrokenError(Exception):
    """Stands for a defect of ours."""


def test_a_defect_costs_the_page_that_shows_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(row: dict[str, object], *, url: str, source: object) -> object:
        if url.endswith("/2.html"):
            raise BrokenError("an unforeseen text")
        return read_row(row, url=url, source=None)

    monkeypatch.setattr("crawler.backfill.importing.read_row", read)
    record = run(database, jsonl(tmp_path, [text_line(n) for n in (1, 2, 3)]))
    assert refusals(database, record) == {"http://a.example/2.html": RefusalClass.OURS}
    assert record.counts.accepted == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt(), DiskFullError("full"), MemoryError()])
def test_an_import_that_an_error_ends_leaves_no_running_run(
    error: BaseException, database: Database, tmp_path: Path
) -> None:
    def fail(account: Account) -> None:
        raise error

    path = jsonl(tmp_path, [text_line(1)])
    with pytest.raises(type(error)):
        import_file(database, path, sources={}, now=lambda: NOW, progress=fail)
    with database.reading() as session:
        (record,) = list_runs(session)
    assert record.state is RunState.FINISHED
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.FAILED
    assert type(error).__name__ in record.verdict.reason


def test_the_next_import_frees_the_run_that_a_full_disk_left(
    database: Database, tmp_path: Path
) -> None:
    dead = f"{socket.gethostname()}:999999999"
    with database.begin() as session:
        left, _ = begin_run(session, "import", trigger=RunTrigger.IMPORT, owner=dead, now=NOW)
    record = run(database, jsonl(tmp_path, [text_line(1)]))
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.COMPLETE
    with database.reading() as session:
        assert get_run(session, left).state is RunState.CANCELLED
