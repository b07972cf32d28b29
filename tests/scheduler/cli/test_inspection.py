"""The batch of `cppcc inspect`: input order, errors as rows, texts and pages alike."""

import json
import os
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.backfill import files
from crawler.backfill.importing import import_file
from crawler.backfill.texts import period_of, published_of
from crawler.reader import source_of
from crawler.sources.declaration import load_sources
from scheduler.cli.app import app
from scheduler.cli.inspection import inspect_batch
from scheduler.shapes.publication import article_json
from storage.engine.database import open_database
from storage.publications.as_article import article_of
from storage.publications.reading import get_publication
from storage.records import SHANGHAI, Precision

NOW = datetime(2021, 2, 1, tzinfo=SHANGHAI)
PAGES = Path(__file__).parent.parent.parent.parent / "fixtures" / "hosts"
REVIEW = {
    "id": "t1",
    "title": "自治区政协2020年十件大事",
    "text": "现将十件大事公布如下。\n1 推进协商,办好实事\n自治区政协全年提交提案80件,立案72件。\n"
    "2 深入调研,服务发展\n开展调研12次。\n3 关注民生,反映心声\n报送社情民意信息300篇。",
    "source": "广西日报",
    "published": "2021-01-20",
    "url": "http://news.gxnews.com.cn/staticpages/20210120/newgx60078636-1.shtml",
}


def batch(folder: Path, *rows: object) -> list[dict[str, object]]:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    numbered = enumerate(lines, start=1)
    return list(inspect_batch(numbered, folder=folder, now=NOW, sources=load_sources().values()))


def test_texts_pages_and_errors_keep_their_order(tmp_path: Path) -> None:
    page = next((PAGES / "yn.yunnan.cn/day1/system").rglob("*.shtml"))
    (tmp_path / "page.html").write_bytes(page.read_bytes())
    (tmp_path / "wall.html").write_bytes(b"<html><body></body></html>")
    rows = batch(
        tmp_path,
        REVIEW,
        {"id": "p1", "file": "page.html", "other": "ignored"},
        {"id": "e1", "file": "wall.html"},
        {"id": "e2", "file": "missing.html"},
        {"id": "e3"},
        "not json",
    )
    assert [row["id"] for row in rows] == ["t1", "p1", "e1", "e2", "e3", "6"]
    assert rows[0]["genre"] == "ten_events"
    assert rows[0]["committee"] == {
        "level": "provincial",
        "region": "广西",
        "name": "广西壮族自治区政协",
    }
    assert rows[0]["published_at"] == "2021-01-20"
    assert len(rows[0]["events"]) == 3  # type: ignore[arg-type]  # a list
    assert rows[1]["title"]
    errors = [row["error"]["class"] for row in rows[2:]]  # type: ignore[index]  # an object
    assert errors[1:] == ["unreadable_file", "input", "input"]
    assert errors[0] not in ("input", "unreadable_file")


PARAGRAPHS = [
    "石桥县政协在雨季前走访了十二座水库，委员们沿着坝顶一段一段地看，记下了四十多处隐患。",
    "回到县城的当天晚上，调研组就把清单送到了水利局，并约定半个月后一起复查。",
    "复查时，三十八处隐患已经整改完毕，剩下的几处也排出了工期，落实了责任人。",
]
HIDDEN = (
    "<html><head><title>汛前走访十二座水库_云南网</title></head><body><h1>汛前走访十二座水库</h1>"
    "<div>2021-01-24 08:30 来源：云南网 </div><textarea>"
    + "".join(f"&lt;p>{words}&lt;/p>" for words in PARAGRAPHS)
    + "</textarea></body></html>"
)
FLAGGED = (
    "<html><head><title>云南省政协2020年十件大事</title></head><body>"
    "<h1>云南省政协2020年十件大事</h1><div>2021-01-24 09:00 来源：云南网</div><div class='content'>"
    + "".join(
        f"<p>{n}、省政协围绕第{n}个课题深入基层开展协商，提出建议{n + 2}条，得到有关部门采纳。</p>"
        for n in range(1, 11)
    )
    + "<p><img src='/a.jpg'></p><p class='caption'>图为委员在田间调研</p></div></body></html>"
)


@pytest.mark.parametrize("page", [HIDDEN, FLAGGED], ids=["hidden", "flagged"])
def test_inspect_reads_what_import_stores(page: str, tmp_path: Path) -> None:
    url = "http://yn.yunnan.cn/system/2021/01/24/031250716.shtml"
    (tmp_path / "page.html").write_text(page, "utf-8")
    row = {"id": "p", "file": "page.html", "url": url}
    (inspected,) = batch(tmp_path, row)
    lines = tmp_path / "in.jsonl"
    lines.write_text(json.dumps(row), "utf-8")
    database = open_database(f"sqlite:///{tmp_path / 'cppcc.db'}")
    import_file(database, lines, sources=load_sources(), now=lambda: NOW)
    with database.reading() as session:
        stored = article_json(article_of(get_publication(session, 1)))
    database.close()
    assert "error" not in inspected
    careful = any(item["rule"] == "careful reading" for item in inspected["evidence"])  # type: ignore[attr-defined]  # rows
    assert careful or page is HIDDEN  # held text is found by the quick reading too
    other = {"id", "url"}  # stored under the canonical one
    assert {name: value for name, value in inspected.items() if name not in other} == {
        name: value for name, value in stored.items() if name not in other
    }


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('{"id": "x", "text": 7}', "input"),
        ('{"id": "x", "file": 7}', "input"),
        ('{"id": "x", "file": "a\\u0000b"}', "input"),
        ('{"id": "x", "file": "/"}', "unreadable_file"),
        ('{"id": "x", "text": "政协", "url": "http://[bad"}', "input"),
        ("\xff\xfe", "input"),
        ("[1]", "input"),
        ('{"id": "x", "file": "/dev/zero"}', "unreadable_file"),
        ('{"id": "x", "reader": "tea leaves", "file": "x"}', "input"),
        ('{"id": "x", "reader": "canonical", "url": "nowhere"}', "input"),
        ('{"id": "x", "reader": "list", "file": "x", "article_pattern": "("}', "input"),
        ('{"id": "x", "text": ' + "[" * 100_000 + "]" * 100_000 + "}", "input"),
        ('{"id": "x", "text": ' + "9" * 5_000 + "}", "input"),
        ('{"id": ["x"], "text": "政协"}', "input"),
    ],
)
def test_a_broken_line_spoils_no_other(line: str, error: str, tmp_path: Path) -> None:
    lines, out = tmp_path / "in.jsonl", tmp_path / "new" / "folder" / "out.jsonl"
    sound = json.dumps({"id": "last", "title": "\ud83d", "text": "政协\ud83d委员\u0000视察"})
    lines.write_bytes(f"{line}\n".encode("latin-1" if "\xff" in line else "utf-8"))
    with lines.open("a", encoding="utf-8") as more:
        more.write(sound + "\n")
    done = CliRunner().invoke(app, ["inspect", "--batch", str(lines), "--out", str(out)])
    assert done.exit_code == 0, done.output
    first, last = [json.loads(row) for row in out.read_text("utf-8").splitlines()]
    assert first["error"]["class"] == error
    assert last["id"] == "last"
    assert (last["title"], last["text"]) == ("\ufffd", "政协\ufffd委员\ufffd视察")


@pytest.mark.parametrize(
    ("stated", "published", "precision"),
    [
        ("2021-01-20", "2021-01-20T00:00:00+08:00", Precision.DAY),
        ("2021-01-20T09:24:06", "2021-01-20T09:24:06+08:00", Precision.SECOND),
        ("2021-01-20T01:24:06+00:00", "2021-01-20T01:24:06+00:00", Precision.SECOND),
        ("2021-01", None, None),
        ("去年", None, None),
        (None, None, None),
    ],
)
def test_published(stated: object, published: str | None, precision: Precision | None) -> None:
    read, found = published_of(stated)
    assert (read and read.isoformat()) == published
    assert found is precision


@pytest.mark.parametrize(
    ("stated", "year"), [("2020-12", 2020), ("2017", 2017), ("2020-13", None), ("x", None)]
)
def test_periods_only_tell_the_reading(stated: str, year: int | None) -> None:
    period = period_of({"published": stated})
    assert (period and period.year) == year


def test_the_source_is_the_one_of_the_host() -> None:
    sources = load_sources().values()
    found = source_of("http://yn.yunnan.cn/system/2021/01/24/031250716.shtml", sources)
    assert found is not None
    assert found.id == "yunnan_net"
    daily = source_of("http://yndaily.yunnan.cn/html/2021-01/24/content_1.htm", sources)
    assert daily is not None
    assert daily.id == "yunnan_daily"
    assert source_of("http://elsewhere.example/1", sources) is None
    assert source_of(None, sources) is None


def test_the_command(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(REVIEW, ensure_ascii=False) + "\n", "utf-8")
    done = CliRunner().invoke(app, ["inspect", "--batch", str(source), "--out", str(out)])
    assert done.exit_code == 0, done.output
    (row,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert row["id"] == "t1"
    assert {item["field"] for item in row["evidence"]} <= {"title", "text", "url", "meta", "html"}
    fields = {"title": REVIEW["title"], "text": REVIEW["text"]}
    for item in row["evidence"]:
        if item["field"] in fields:
            start, end = item["span"]
            assert fields[item["field"]][start:end] == item["quote"]


def test_a_file_of_a_row_has_a_bound_and_a_pipe_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_BODY_BYTES", 1000)
    (tmp_path / "big.html").write_bytes(b"x" * 1001)
    os.mkfifo(tmp_path / "pipe")
    rows = batch(tmp_path, {"id": "1", "file": "big.html"}, {"id": "2", "file": "pipe"})
    assert [row["error"]["class"] for row in rows] == ["too_large", "unreadable_file"]  # type: ignore[index]  # objects


def test_a_line_has_a_bound_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_LINE_BYTES", 2000)
    lines = tmp_path / "in.jsonl"
    sound = json.dumps({"id": "s", "title": "政协", "text": "政协委员视察"})
    lines.write_text(f"{sound}\n{'x' * 9000}\n\n{sound}", "utf-8")
    with files.open_regular(lines) as stream:
        found = list(files.numbered_lines(stream))
    assert found == [(1, sound), (2, files.TooLongLine(9001)), (4, sound)]
    rows = list(inspect_batch(found, folder=tmp_path, now=NOW, sources=()))
    assert [("error" in row, row["id"]) for row in rows] == [
        (False, "s"),
        (True, "2"),
        (False, "s"),
    ]


LIST = """<html><head><title>政协要闻_某某网</title></head><body><ul class="list">{links}</ul>
<div class="page">{pager}</div></body></html>"""
LINKS = "".join(
    f'<li><a href="/c/2021-01-{day}/{day}1.html">省政协召开第{day}次协商座谈会</a>'
    f"<span>2021-01-{day}</span></li>"
    for day in range(10, 22)
)


@pytest.mark.parametrize(
    ("pager", "next_page", "end"),
    [("", None, "proved"), ('<a href="/list_2.html">下一页</a>', "/list_2.html", "open")],
)
def test_a_row_may_be_a_list(pager: str, next_page: str | None, end: str, tmp_path: Path) -> None:
    (tmp_path / "list.html").write_text(LIST.format(links=LINKS, pager=pager), "gb18030")
    row = {"id": "l", "reader": "list", "file": "list.html", "charset": "gbk"}
    (answer,) = batch(tmp_path, row | {"url": "http://www.a.example/list.html"})
    links = answer["links"]
    assert isinstance(links, list)
    assert len(links) == 12
    assert links[0] == {
        "url": "http://www.a.example/c/2021-01-10/101.html",
        "title": "省政协召开第10次协商座谈会",
        "date": "2021-01-10",
        "request": "http://www.a.example/c/2021-01-10/101.html",
    }
    assert answer["next_page"] == (next_page and f"http://www.a.example{next_page}")
    assert answer["end"] == end
    assert {"why", "page_count", "item_count", "issue_pages"} <= answer.keys()


def test_a_row_may_ask_for_the_identity_of_two_addresses(tmp_path: Path) -> None:
    one, other = "http://m.somewhere.cn/1.html?spm=1", "http://www.somewhere.cn/1.html"
    (answer,) = batch(tmp_path, {"id": "c", "reader": "canonical", "url": one, "other": other})
    assert answer == {"id": "c", "canonical": other, "other": other}


def test_the_command_reads_a_list(tmp_path: Path) -> None:
    page = tmp_path / "list.html"
    page.write_text(LIST.format(links=LINKS, pager=""), "utf-8")
    words = ["inspect", "--list", str(page), "--url", "http://www.a.example/list.html"]
    spoken = CliRunner().invoke(app, words)
    assert spoken.exit_code == 0, spoken.output
    assert "12 links" in spoken.output
    assert "end proved" in spoken.output
    printed = json.loads(CliRunner().invoke(app, [*words, "--json"]).output)
    assert len(printed["links"]) == 12
    page.write_text("<html><body></body></html>", "utf-8")
    assert CliRunner().invoke(app, words).exit_code == 4
