"""Each format read back by another library, against what was stored."""

import csv
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pyarrow.parquet
import pytest
import xlsxwriter
from sqlalchemy import update
from sqlalchemy.orm import Session
from warcio.archiveiterator import ArchiveIterator

from crawler.backfill.importing import import_file
from storage.articles.saving import save_articles
from storage.engine.database import Database
from storage.engine.flag_tables import FlagRow
from storage.errors import ExportError
from storage.exports import Format, comparison, export, selection, xlsx
from storage.exports.columns import CHINESE, SHEETS, TABLES
from storage.exports.csv import may_run
from storage.exports.files import whole_file
from storage.exports.filters import Filters
from storage.exports.moved import last_moved
from storage.exports.selection import id_batches, select_changes
from storage.notices.decisions import accept_flag, reopen_flag
from storage.notices.flags import list_flags
from storage.publications.reading import get_publication, list_publications
from storage.records import SHANGHAI, Article, Genre
from storage.views import VIEWS
from tests.storage.samples import DAY, NOW, TEXT, article

TABLE_FORMATS = [Format.JSONL, Format.CSV, Format.XLSX, Format.PARQUET]


@pytest.fixture
def articles(database: Database) -> list[Article]:
    """Three publications: a flagged one, one that looks like a formula, one without a date."""
    found = [
        article(1, text=TEXT, genre=Genre.TEN_EVENTS),
        replace(article(2), title="=1+1", outlet="+政协报"),
        replace(article(3), published_at=None, published_precision=None, outlet=None),
    ]
    with database.begin() as session:
        save_articles(session, found, now=NOW, run_id=None)
    return found


@pytest.fixture
def session(database: Database, articles: list[Article]) -> Iterator[Session]:
    with database.reading() as reading:
        yield reading


def rows_of(path: Path, format_: Format) -> list[dict[str, object]]:
    """The publications in a file, read by somebody else's library."""
    match format_:
        case Format.JSONL:
            return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        case Format.CSV:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                return [dict(row) for row in csv.DictReader(lines)]
        case Format.PARQUET:
            rows: list[dict[str, object]] = pyarrow.parquet.read_table(path).to_pylist()
            return rows
        case _:
            book = openpyxl.load_workbook(path, read_only=True)
            names, *cells = book["publications"].iter_rows(values_only=True)
            book.close()
            return [dict(zip(names, row, strict=True)) for row in cells]


@pytest.mark.parametrize("name", TABLES)
def test_exports_hold_every_column_of_the_views(name: str) -> None:
    assert tuple(column.name for column in TABLES[name]) == VIEWS[f"v1_{name}"]


@pytest.mark.parametrize("format_", TABLE_FORMATS)
def test_a_table_holds_what_is_stored(
    session: Session, articles: list[Article], tmp_path: Path, format_: Format
) -> None:
    path = tmp_path / "new" / f"all.{format_.value}"
    done = export(session, format_, path)
    assert (done.count, done.cursor) == (3, 3)
    rows = rows_of(path, format_)
    assert [row["url"] for row in rows] == [one.url for one in articles]
    assert rows[0]["text"] == TEXT
    assert rows[0]["genre"] == "ten_events"
    assert rows[2]["published_at"] in (None, "")
    guarded = "'=1+1" if format_ is Format.CSV else "=1+1"
    assert rows[1]["title"] == guarded
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name, f"{path.name}.schema.json"]
    schema = json.loads((path.parent / f"{path.name}.schema.json").read_text("utf-8"))
    properties = schema["properties"]
    if format_ is Format.XLSX:
        properties = properties["publications"]["items"]["properties"]
    assert set(rows[0]) == set(properties)


def test_jsonl_and_parquet_hold_events_figures_and_instants(
    session: Session, tmp_path: Path
) -> None:
    export(session, Format.JSONL, tmp_path / "a.jsonl")
    export(session, Format.PARQUET, tmp_path / "a.parquet")
    line = rows_of(tmp_path / "a.jsonl", Format.JSONL)[0]
    typed = rows_of(tmp_path / "a.parquet", Format.PARQUET)[0]
    assert line["published_at"] == "2026-01-19T09:05:00+08:00"
    assert typed["published_at"] == datetime(2026, 1, 19, 9, 5, tzinfo=SHANGHAI)
    assert line["is_original"] is typed["is_original"] is True
    assert line["events"] == typed["events"]
    assert line["figures"] == typed["figures"]
    events, figures = line["events"], line["figures"]
    assert isinstance(events, list)
    assert isinstance(figures, list)
    assert [one["heading"] for one in events] == ["提案办理提质增效", "专题协商走深走实"]
    assert {one["metric_key"] for one in figures} == {"proposals_filed", None}


def test_the_workbook_has_a_sheet_for_each_subject(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MAX_CELL", 100)
    export(session, Format.XLSX, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == [
        "publications", "events", "figures", "metrics", "coverage", "compare",
    ]  # fmt: skip
    assert [book[name].max_row for name in book.sheetnames] == [4, 3, 3, 2, 2, 2]
    names = [cell.value for cell in book["publications"][1]]
    cells = dict(zip(names, book["publications"][2], strict=True))
    assert cells["published_at"].value == datetime(2026, 1, 19, 9, 5)  # noqa: DTZ001  # Excel's
    assert cells["text"].value.endswith("[cut: see the jsonl export]")
    assert len(cells["text"].value) == 100


def test_a_sheet_that_overflows_is_an_error_and_leaves_no_file(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 3)
    with pytest.raises(ExportError):
        export(session, Format.XLSX, tmp_path / "new" / "a.xlsx")
    assert list((tmp_path / "new").iterdir()) == []


def test_csv_begins_with_the_mark_that_excel_needs(session: Session, tmp_path: Path) -> None:
    export(session, Format.CSV, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfid,url,")


@pytest.mark.parametrize("format_", TABLE_FORMATS)
def test_following_the_cursor_gives_each_change_once(
    database: Database, articles: list[Article], tmp_path: Path, format_: Format
) -> None:
    path = tmp_path / f"a.{format_.value}"
    with database.reading() as session:
        first = export(session, format_, path)
        nothing = export(session, format_, path, since=first.cursor)
    assert (nothing.count, nothing.cursor) == (0, first.cursor)
    with database.begin() as session:
        changed = replace(articles[1], text="改过的正文，改过的正文，改过的正文。")
        save_articles(session, [changed, articles[0], article(9)], now=NOW + DAY, run_id=None)
    with database.reading() as session:
        second = export(session, format_, path, since=first.cursor)
    assert second.count == 2
    assert [row["url"] for row in rows_of(path, format_)] == [changed.url, article(9).url]
    assert second.cursor == 5


def test_a_cursor_that_was_not_given_out_here_is_refused(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    last = export(session, Format.JSONL, path).cursor
    assert last is not None
    assert export(session, Format.JSONL, path, since=last).count == 0
    with pytest.raises(ExportError, match="restored from a backup"):
        export(session, Format.JSONL, path, since=last + 1)


def test_many_changes_are_walked_and_few_sorted_with_the_same_result(
    database: Database,
    articles: list[Article],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = []
    for few in (0, 100):
        monkeypatch.setattr("storage.exports.selection.FEW_CHANGES", few)
        with database.reading() as session:
            found.append(list(id_batches(session, select_changes(session, 1))))
    assert found[0] == found[1]
    assert len(found[0][0]) == len(articles) - 1


def test_batches_hide_nothing(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "BATCH", 1)
    for format_ in TABLE_FORMATS:
        path = tmp_path / f"a.{format_.value}"
        assert export(session, format_, path).count == 3
        assert len(rows_of(path, format_)) == 3


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_a_warc_opens_elsewhere_and_comes_back(
    database: Database, session: Session, articles: list[Article], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    assert export(session, Format.WARC, path).count == 3
    with path.open("rb") as stream:
        records = [
            (
                record.rec_headers.get_header("WARC-Target-URI"),
                record.rec_headers.get_header("WARC-Date"),
                record.http_headers.get_statuscode(),
                record.http_headers.get_header("X-Number"),
                record.content_stream().read(),
            )
            for record in ArchiveIterator(stream, check_digests="raise")
            if record.rec_type == "response"
        ]
    assert records == [
        (one.url, "2026-01-20T01:30:00.000000Z", "200", str(number), one.captures[0].body)
        for number, one in enumerate(articles, start=1)
    ]
    with path.open("rb") as stream:
        versions = {record.rec_headers.protocol for record in ArchiveIterator(stream)}
    assert versions == {"WARC/1.1"}, "dates with fractions are of 1.1"


def test_what_is_exported_as_warc_can_be_imported(
    database: Database, tmp_path: Path, database_url: str
) -> None:
    one = article(1)
    body = f"<h1>{one.title}</h1><p>2026-01-19 来源：某报</p>" + "".join(
        f"<p>第{n}段，委员们在基层调研时提出了许多意见建议，各部门逐条研究办理。</p>"
        for n in range(9)
    )
    html = f"<html><meta charset=utf-8><title>{one.title}</title>{body}</html>".encode()
    capture = replace(
        one.captures[0],
        body=html,
        headers=(("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip")),
    )
    stored = replace(one, captures=(capture,))
    with database.begin() as session:
        save_articles(session, [stored], now=NOW, run_id=None)
    with database.reading() as session:
        export(session, Format.WARC, tmp_path / "a.warc.gz")
    record = import_file(database, tmp_path / "a.warc.gz", sources={}, now=lambda: NOW + DAY)
    assert (record.counts.accepted, record.counts.refused) == (1, 0)
    with database.reading() as session:
        (again,) = [
            summary
            for summary in list_publications(session)
            if summary.url == "http://www.example.cn/n1.html"
        ]
        (kept,) = get_publication(session, again.id).captures
    assert kept.fetched_at == capture.fetched_at


def test_the_feed_lists_flags(session: Session, tmp_path: Path) -> None:
    done = export(session, Format.ATOM, tmp_path / "flags.atom")
    assert (done.count, done.cursor, done.schema) == (1, None, None)
    (flag,) = list_flags(session)
    feed = ElementTree.parse(tmp_path / "flags.atom").getroot()
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = feed.findall(f"{atom}entry")
    assert entry.findtext(f"{atom}title") == flag.title
    assert entry.findtext(f"{atom}id") == f"tag:cppcc-monitor,2026:flag:{flag.id}"
    link = entry.find(f"{atom}link")
    assert link is not None
    assert link.get("href") == flag.url
    assert feed.findtext(f"{atom}updated") == "2026-01-20T09:30:00+08:00"
    with pytest.raises(ExportError):
        export(session, Format.ATOM, tmp_path / "flags.atom", since=1)
    session.execute(update(FlagRow).values(past=True))
    assert export(session, Format.ATOM, tmp_path / "flags.atom").count == 0


def test_a_crash_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("old")

    def write_and_fail() -> None:
        with whole_file(path) as temporary:
            temporary.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]
    assert path.read_text() == "old"


def test_a_link_stays_and_its_target_is_replaced(session: Session, tmp_path: Path) -> None:
    target, link = tmp_path / "share.jsonl", tmp_path / "latest.jsonl"
    target.write_text("old")
    link.symlink_to(target)
    export(session, Format.JSONL, link)
    assert link.is_symlink()
    assert len(target.read_text("utf-8").splitlines()) == 3


@pytest.mark.parametrize("format_", [Format.JSONL, Format.XLSX, Format.ATOM])
def test_a_pipe_gets_the_bytes_and_stays_a_pipe(
    session: Session, tmp_path: Path, format_: Format
) -> None:
    pipe = tmp_path / "place" / "pipe"
    pipe.parent.mkdir()
    os.mkfifo(pipe)
    reader = os.open(
        pipe, os.O_RDONLY | os.O_NONBLOCK
    )  # so that opening it to write waits for none
    try:
        done = export(session, format_, pipe)
        assert os.read(reader, 1 << 16)
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert done.schema is None
    assert [one.name for one in pipe.parent.iterdir()] == ["pipe"]


def test_a_device_stays_and_a_folder_is_refused(session: Session, tmp_path: Path) -> None:
    export(session, Format.CSV, Path("/dev/null"))
    assert Path("/dev/null").is_char_device()
    with pytest.raises(ExportError):
        export(session, Format.CSV, tmp_path)


@pytest.mark.parametrize(
    "cell",
    ["=1", "+1", "-1", "@a", "＝1", "－1", "﹦1", "\t=1", " =1", "\u3000＋1", "\ufeff@", "\nx"],
)
def test_a_cell_that_may_run_is_known(cell: str) -> None:
    assert may_run(cell)


@pytest.mark.parametrize("cell", ["", " ", "政协=好", "“-”", "—— 综述", "1-2"])
def test_a_cell_of_words_is_left_alone(cell: str) -> None:
    assert not may_run(cell)


@pytest.mark.parametrize("character", ["字", "\U00020000", "e\u0301", "葛\U000e0100", "👩\u200d🌾"])
def test_a_cut_is_marked_and_parts_no_character(character: str) -> None:
    for before in range(len(character.encode("utf-16-le")) // 2 + 1):
        text = "a" * before + character * 20_000 + character * 20_000
        cut = xlsx.shortened(text)
        assert cut.endswith(xlsx.CUT)
        assert len(cut.encode("utf-16-le")) // 2 <= xlsx.MAX_CELL
        kept = cut.removesuffix(xlsx.CUT)[before:]
        assert kept == character * (len(kept) // len(character))


def test_an_undone_decision_moves_the_feed_on(database: Database, articles: list[Article]) -> None:
    with database.begin() as session:
        (flag,) = list_flags(session)
        accept_flag(session, flag.id, now=NOW + DAY)
        reopen_flag(session, flag.id, now=NOW + 2 * DAY)
    with database.reading() as session:
        flags = list_flags(session)
        assert last_moved(session, flags) == {flag.id: NOW + 2 * DAY}


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(), 3),
        (Filters(flagged=True, originals=True), 1),
        (Filters(genre=Genre.TEN_EVENTS), 1),
        (Filters(query=("没有这样的话",)), 0),
    ],
)
@pytest.mark.parametrize("since", [None, 0])
def test_filters_keep_some(
    session: Session, tmp_path: Path, filters: Filters, count: int, since: int | None
) -> None:
    done = export(session, Format.JSONL, tmp_path / "a.jsonl", filters=filters, since=since)
    assert (done.count, done.cursor) == (count, 3)


def test_a_workbook_says_of_each_event_whose_it_is(session: Session, tmp_path: Path) -> None:
    export(session, Format.XLSX, tmp_path / "a.xlsx", chinese=True)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["文章", "事件", "数字", "指标", "覆盖", "比较"]
    header, first, *_ = book["事件"].iter_rows()
    cells = {str(name.value): cell for name, cell in zip(header, first, strict=True)}
    assert cells["媒体"].value == article(1).outlet
    assert cells["网址"].hyperlink is not None
    assert book["事件"].auto_filter.ref is not None
    assert {cell.value for cell in header} <= set(CHINESE.values())
    book.close()


def test_a_gap_is_no_bar_and_a_contradiction_no_number(session: Session, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    cell = {"metric_key": "proposals_filed", "committee_level": "provincial", "region": "云南",
            "committee_name": "云南省政协", "unit": "件", "rule": "total"}  # fmt: skip
    rows: list[selection.Row] = [
        cell | {"year": 2023, "value": 600.0, "lowest": 600.0, "highest": 600.0},
        cell | {"year": 2025, "value": None, "lowest": 598.0, "highest": 612.0, "rule": "conflict"},
        cell
        | {"year": 2024, "value": 5.0, "lowest": 5.0, "highest": 5.0, "committee_name": "广西政协"},
    ]
    comparison.write_comparison(book, rows, chinese=False)
    book.close()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["compare"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_col=4, max_row=3)] == [
        ["committee", "2023", "2024", "2025"],
        ["云南省政协", 600, None, "conflict 598..612"],
        ["广西政协", None, 5, None],
    ]
    (chart,) = sheet._charts
    assert len(chart.series) == 2  # 2025 has no value to draw
    assert chart.display_blanks == "gap"


def test_every_column_has_a_chinese_header() -> None:
    for name, columns in SHEETS.items():
        assert {name, *(one.name for one in columns)} <= set(CHINESE)
        said = [CHINESE[one.name] for one in columns]
        assert len(said) == len(set(said)), name


def test_both_feeds_hold_the_same_entries(session: Session, tmp_path: Path) -> None:
    export(session, Format.ATOM, tmp_path / "a.atom")
    export(session, Format.JSONFEED, tmp_path / "a.json")
    whole = json.loads((tmp_path / "a.json").read_text("utf-8"))
    (item,) = whole["items"]
    (flag,) = list_flags(session)
    assert item["_cppcc"]["publication"] == flag.publication_id
    assert "<li" in item["content_html"]
    assert item["authors"] == [{"name": article(1).outlet}]
    entry = ElementTree.parse(tmp_path / "a.atom").getroot().find("{*}entry")
    assert entry is not None
    assert entry.findtext("{*}content") == item["content_html"]
    assert entry.findtext("{*}updated") == item["date_modified"]
