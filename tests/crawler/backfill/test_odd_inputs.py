"""What an import refuses: odd lines cost themselves, and no file that is none makes a run."""

import os
from pathlib import Path

import pytest

from crawler.backfill.input import ImportFileError, read_items
from crawler.backfill.texts import read_row
from storage.engine.database import Database, open_database
from storage.links.discoveries import list_refusals
from storage.publications.reading import get_publication
from storage.records import RefusalClass, VerdictKind
from storage.runs.states import RunState
from tests.crawler.backfill.inputs import (
    NOW,
    SENTENCE,
    count,
    jsonl,
    page,
    refusals,
    run,
    text_line,
)


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


def test_other_files_are_refused(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("a,b")
    with pytest.raises(ImportFileError):
        run(database, path)
    with pytest.raises(ImportFileError):
        read_items(path, now=NOW)
    assert count(database, "runs") == 0


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
