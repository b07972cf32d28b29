"""List pages: every family of families.md, the pages that are no lists, and hostile ones.

``fixtures/listings`` holds pages of our own making; the ``.json`` beside each says what it
must read as.  A link counts as found when its canonical URL is the expected one.
"""

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypedDict, cast
from urllib.parse import urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crawler.errors
from crawler.errors import LayoutChangedError, PageError
from crawler.pages.epaper import read_period
from crawler.pages.links import read_listing
from crawler.pages.linktitles import clean_title, is_better_title
from crawler.pages.listdays import PrintedDay, printed_day, resolve_days
from crawler.pages.urls import canonical_url
from storage.records import SHANGHAI, Listing

ROOT = Path(__file__).parents[3]
LISTINGS = ROOT / "fixtures" / "listings"
REAL = ROOT.parent / "shared" / "real"
NOW = datetime(2026, 3, 10, 9, tzinfo=SHANGHAI)


class ExpectedLink(TypedDict):
    url: str
    title: str
    published_on: str | None


class Answer(TypedDict, total=False):
    why: str
    file: str
    url: str
    now: str
    charset: str
    error: str
    links: list[ExpectedLink]
    next_page: str | None
    page_number: int | None
    page_count: int | None
    item_count: int | None
    issue_pages: list[str]


def answers() -> list[Answer]:
    return [
        cast("Answer", json.loads(path.read_text("utf-8")))
        for path in sorted(LISTINGS.glob("*.json"))
    ]


ANSWERS = answers()
LISTS = [answer for answer in ANSWERS if "error" not in answer]
OTHERS = [answer for answer in ANSWERS if "error" in answer]


def read(answer: Answer) -> Listing:
    return read_listing(
        (LISTINGS / answer["file"]).read_bytes(),
        url=answer["url"],
        charset=answer.get("charset"),
        now=datetime.fromisoformat(answer["now"]),
    )


@pytest.mark.parametrize("answer", LISTS, ids=lambda answer: answer["file"])
def test_a_list_is_read_as_its_answer_says(answer: Answer) -> None:
    listing = read(answer)
    found = [
        ExpectedLink(
            url=link.url,
            title=link.title,
            published_on=link.published_on.isoformat() if link.published_on else None,
        )
        for link in listing.links
    ]
    assert found == answer["links"], answer["why"]
    assert listing.next_page == answer["next_page"]
    assert listing.page_number == answer["page_number"]
    assert listing.page_count == answer["page_count"]
    assert listing.item_count == answer["item_count"]
    assert list(listing.issue_pages) == answer["issue_pages"]


@pytest.mark.parametrize("answer", OTHERS, ids=lambda answer: answer["file"])
def test_what_is_no_list_is_named(answer: Answer) -> None:
    error = getattr(crawler.errors, answer["error"])
    with pytest.raises(error) as caught:
        read(answer)
    assert caught.value.url == answer["url"]


def test_every_fixture_has_an_answer() -> None:
    pages = {path.name for path in LISTINGS.iterdir() if path.suffix != ".json"}
    assert pages == {answer["file"] for answer in ANSWERS}


def test_precision_and_recall_of_links(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = found = right = 0
    for answer in LISTS:
        expected = {canonical_url(link["url"]) for link in answer["links"]}
        got = {canonical_url(link.url) for link in read(answer).links}
        wanted, found, right = wanted + len(expected), found + len(got), right + len(expected & got)
    precision, recall = right / found, right / wanted
    with capsys.disabled():
        print(  # noqa: T201 - the numbers are the point of this test (STYLE.md, 7)
            f"\nlinks of {len(LISTS)} lists: precision {precision:.4f}, recall {recall:.4f}"
            f" ({right} right of {found} found and {wanted} wanted)"
        )
    assert precision >= 0.99
    assert recall >= 0.99


# Labelled by eye; counts and shapes only, for the pages are their publishers'.
REAL_LISTS = [
    # file, URL it is read under, links, dated links, pattern of each URL, next page
    (
        "x__dnr.gxzf.gov.cn_list",
        "https://dnr.gxzf.gov.cn/a/b/c/index.shtml",
        (12, 12, r"/a/b/c/t\d{8}\.shtml$"),
        "https://dnr.gxzf.gov.cn/a/b/c/index_1.shtml",
    ),
    (
        "x__dnr.yn.gov.cn_list",
        "http://dnr.yn.gov.cn/html/a/b/",
        (10, 10, r"/html/2026/[a-z]+_\d{4}/\d{7}\.html$"),
        None,
    ),
    (
        "x__epaper.jxnews_node_187",
        "http://epaper.jxnews.com.cn/jxrb/html/2017-10/09/node_187.htm",
        (5, 0, r"/2017-10/09/content_\d{6}\.htm$"),
        None,
    ),
    (
        "gerapy_list__list_dfa66_announcement",
        "https://www.dfa66.com/dfaets/a/index.html",
        (10, 10, r"/contents/20\d\d/\d+/\d+-[0-9a-f]{32}\.html$"),
        "https://www.dfa66.com/dfaets/a/index2.html",
    ),
    (
        "gerapy_list__list_hrfund_announcement",
        "https://www.hr-fund.com.cn/a/information_2.html",
        (10, 10, r"\.pdf$"),
        "https://www.hr-fund.com.cn/a/information_3.html",
    ),
    (
        "gerapy_list__list_hsqhfunds_announcement",
        "https://www.hsqhfunds.com/a/",
        (20, 20, r"\.pdf$"),
        None,
    ),
    (
        "gerapy_list__list_rtfund_xxpl",
        "http://www.rtfund.com/main/a/index.shtml",
        (15, 15, r"/main/a/\d{8}/\d+\.shtml$"),
        None,
    ),
    (
        "gerapy_list__list_netease_rolling_news",
        "https://news.163.com/rollnews/",
        (40, 40, r"163\.com/(?:\d\d/\d{4}/\d\d/\w{16}|.*article/\w{16}|photoview/.*)\.html$"),
        None,
    ),
]


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real is absent on this machine")
@pytest.mark.parametrize(
    ("name", "url", "expected", "next_page"), REAL_LISTS, ids=[case[0] for case in REAL_LISTS]
)
def test_real_lists(
    name: str, url: str, expected: tuple[int, int, str], next_page: str | None
) -> None:
    listing = read_listing((REAL / "pages" / f"{name}.html").read_bytes(), url=url, now=NOW)
    count, dated, pattern = expected
    assert len(listing.links) == count
    assert sum(link.published_on is not None for link in listing.links) == dated
    assert [link.url for link in listing.links if not re.search(pattern, link.url)] == []
    assert listing.next_page == next_page
    assert all(len(link.title) >= 5 for link in listing.links)


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real is absent on this machine")
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("gne_list__list_page_163_1", 120),
        ("gne_list__list_page_163_2", 120),
        ("gerapy_list__list_netease_international_news", 150),
        ("gerapy_list__list_netease_leaderboard_news", 200),
        ("ogs__sohu", 200),
    ],
)
def test_real_front_pages_give_article_links_only(name: str, least: int) -> None:
    listing = read_listing(
        (REAL / "pages" / f"{name}.html").read_bytes(), url="https://www.example.com/x/", now=NOW
    )
    article = re.compile(r"/\w{16}(?:_\w+)?\.html|/a/\d+_\d+|photoview|/article/|/\d{5,}|special/")
    odd = [link.url for link in listing.links if not article.search(link.url)]
    assert len(listing.links) >= least
    assert len(odd) <= 0.06 * len(listing.links), odd


# --- e-paper engines ------------------------------------------------------------------------

ENGINES = [
    # this page, another page of the issue, an article: the shapes of epaper_templates_2023.tsv
    ("/html/2023-02/15/node_1.htm?v=1", "node_2.htm?v=1", "content_4210_90210.htm?v=1"),
    ("/html/2023-02/15/node.htm", "node_2.htm", "content_4210.htm"),
    (
        "/xb/html/2023-02/15/nbs.D110000xb_A1.htm",
        "nbs.D110000xb_A2.htm",
        "nw.D110000xb_20230215_1-A1.htm",
    ),
    (
        "/pc/layout/202302/15/node_01B.html",
        "node_02B.html",
        "../../../con/202302/15/content_421.html",
    ),
    ("/pc/layout/202302/15/lWBA01.html", "lWBA02.html", "../../../content/202302/15/c4210.html"),
    ("/pc/col/202302/15/col_01.html", "col_02.html", "../../../con/202302/15/c4210.html"),
    (
        "/PC/layout/202302/15/node_A01.html",
        "node_A02.html",
        "../../../content/202302/15/content_421.html",
    ),
    (
        "/pc/column/202302/15/colA1.html",
        "colA2.html",
        "../../../content/202302/15/content_4210.html",
    ),
    ("/html/202302/15/n_01.html", "n_02.html", "c_4210.html"),
    ("/Html/szbz/20230215/szbzA1.Html", "szbzA2.Html", "szbz4210.Html"),
    (
        "/2023/20230215/20230215_001/20230215_001.html",
        "../20230215_002/20230215_002.html",
        "20230215_001_4.htm",
    ),
    ("/shtml/rb/20230215/v01.shtml", "v02.shtml", "119905.shtml"),
    ("/zxb/20230215/html/index.htm", "page_02.htm", "content_20230215001.htm"),
    ("/content/20230215/Page01NU.htm", "Page02NU.htm", "Articel01003MT.htm"),
    ("/zxb/2023-02/15/01/index.html", "../02/index.html", "content_4210.html"),
    ("/xjrb/20230215/1.html", "2.html", "33012.html"),
    ("/html/wb/2023-02-15/1.html", "2.html", "A01/123.htm"),
    ("/papers/20230215/front.html", "second.html", "4210.html"),
]


@pytest.mark.parametrize(("page", "other", "article"), ENGINES, ids=[e[0] for e in ENGINES])
def test_an_issue_page_of_every_engine(page: str, other: str, article: str) -> None:
    url = f"http://szb.example.cn{page}"
    body = (
        f"<html><body><a href='{url}'>第01版：要闻</a><a href='{other}'>第02版：综合</a>"
        f"<ul><li><a href='{article}'>南岭政协开展城乡供水专题调研</a></li>"
        "<li><a href='/rb/2023-02/15/01.pdf'>下载本版PDF</a></li></ul></body></html>"
    )
    listing = read_listing(body.encode(), url=url)
    assert [link.url for link in listing.links] == [urljoin(url, article)]
    assert listing.issue_pages == (urljoin(url, other),)


# --- days ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-09", PrintedDay(2026, 3, 9)),
        ("[2026/3/9]", PrintedDay(2026, 3, 9)),
        ("2026.03.09 08:15", PrintedDay(2026, 3, 9)),
        ("2026年3月9日", PrintedDay(2026, 3, 9)),
        ("来源：示例网 2026-03-09 浏览：120", PrintedDay(2026, 3, 9)),
        ("09 2026-03", PrintedDay(2026, 3, 9)),
        ("09 / 2026-03", PrintedDay(2026, 3, 9)),
        ("03-09 2026", PrintedDay(2026, 3, 9)),
        ("20260309", PrintedDay(2026, 3, 9)),
        ("(09-03-20)", PrintedDay(2009, 3, 20)),
        ("19-07-05 09:44", PrintedDay(2019, 7, 5)),
        ("03-09", PrintedDay(None, 3, 9)),
        ("[03月09日 09:30]", PrintedDay(None, 3, 9)),
        ("发布时间：3月9日", PrintedDay(None, 3, 9)),
        ("3/9", PrintedDay(None, 3, 9)),
        ("3小时前", PrintedDay(None, 0, 0, timedelta(hours=3))),
        ("昨天 21:10", PrintedDay(None, 0, 0, timedelta(days=1))),
        ("02-29", PrintedDay(None, 2, 29)),
        ("2026-02-30", None),
        ("13-45", None),
        ("1/55页", None),
        ("第3-5届", None),
        ("浏览 120 次", None),
        (
            "2025年12月5日，调研组一行先后来到三个乡镇，实地察看工程进度，听取各方意见，又与干部群众座谈交流，会上明确了分工，大家都表示支持。",
            None,
        ),
        ("", None),
    ],
)
def test_printed_day(text: str, expected: PrintedDay | None) -> None:
    assert printed_day(text) == expected


def bare(*days: tuple[int, int]) -> list[tuple[PrintedDay | None, date | None]]:
    return [(PrintedDay(None, month, day), None) for month, day in days]


def test_a_year_comes_from_the_day_of_reading_and_the_order_of_the_rows() -> None:
    rows = bare((3, 10), (1, 4), (12, 30), (12, 31), (11, 2), (1, 3), (12, 20))
    assert resolve_days(rows, NOW) == [
        date(2026, 3, 10),
        date(2026, 1, 4),
        date(2025, 12, 30),
        date(2025, 12, 31),  # out of order by a day, not by a year
        date(2025, 11, 2),
        date(2025, 1, 3),
        date(2024, 12, 20),
    ]


def test_a_day_that_is_still_to_come_was_last_year() -> None:
    assert resolve_days(bare((12, 5)), NOW) == [date(2025, 12, 5)]


def test_a_row_that_fits_no_reading_stays_open() -> None:
    # After 1 January, 1 March is neither a pinned row nor surely last year's.
    assert resolve_days(bare((1, 1), (3, 1)), NOW) == [date(2026, 1, 1), None]


def test_without_now_only_the_url_can_give_the_year() -> None:
    rows: list[tuple[PrintedDay | None, date | None]] = [
        (PrintedDay(None, 2, 4), date(2021, 2, 4)),
        (PrintedDay(None, 2, 4), None),
        (PrintedDay(None, 2, 4), date(2021, 7, 9)),
    ]
    assert resolve_days(rows, None) == [date(2021, 2, 4), None, None]


@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.integers(1, 28)).map(
            lambda day: (PrintedDay(None, *day), None)
        ),
        max_size=30,
    )
)
def test_resolved_days_keep_what_is_printed_and_never_lie_ahead(
    rows: list[tuple[PrintedDay | None, date | None]],
) -> None:
    days = resolve_days(rows, NOW)
    assert len(days) == len(rows)
    for (printed, _), day in zip(rows, days, strict=True):
        assert printed is not None
        if day is not None:
            assert (day.month, day.day) == (printed.month, printed.day)
            assert day <= NOW.date() + timedelta(days=1)


# --- titles -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("· 南岭政协开展调研", "南岭政协开展调研"),
        ("【公告】南岭政协开展调研", "【公告】南岭政协开展调研"),
        ("[要闻] 南岭政协开展调研", "南岭政协开展调研"),
        ("3、南岭政协开展调研", "南岭政协开展调研"),
        ("南岭政协开展专题调研 2026-03-09", "南岭政协开展专题调研"),
        ("南岭政协开展专题调研(03-09)", "南岭政协开展专题调研"),
        ("2025年南岭政协十件大事", "2025年南岭政协十件大事"),
        ("12-05", "12-05"),
    ],
)
def test_clean_title(printed: str, title: str) -> None:
    assert clean_title(printed) == title


@pytest.mark.parametrize(
    ("new", "known", "better"),
    [
        ("南岭政协开展城乡供水专题调研", "南岭政协开展城乡…", True),
        ("南岭政协开展城乡供水专题调研", "", True),
        ("南岭政协开展城乡供水专题调研", "[详细]", True),
        ("[详细]", "南岭政协开展城乡供水专题调研", False),
        ("日前，调研组先后来到三个乡镇，实地察看工程进度。", "南岭政协开展调研", False),
        ("", "南岭政协开展调研", False),
    ],
)
def test_the_better_title_of_two_links_to_one_article(new: str, known: str, better: bool) -> None:
    assert is_better_title(new, known) is better


@pytest.mark.parametrize(
    "other",
    [
        "<div>共1100条 第1页/共55页</div>",
        "<a href='index_2.html'>下一页</a>",
        "".join(
            f"<a href='/zt/{word}/'>政协历届全会专题集锦之{word}</a>" for word in "abcdefghijkl"
        ),
    ],
)
def test_words_of_emptiness_are_not_believed_against_the_page(other: str) -> None:
    page = f"<html><body><div class='notice'>暂无公告</div>{other}</body></html>"
    with pytest.raises(LayoutChangedError):
        read_listing(page.encode(), url="http://www.example.cn/list/", now=NOW)


# --- declared selectors and patterns --------------------------------------------------------

PAGE = """<html><body><div class="a"><a href="/x/1.html">甲栏目下的一条短讯</a></div>
<ul class="b"><li><a href="/y/2.html">乙栏目下的一条短讯</a> 2026-03-01</li>
<li><a href="/z/3.html">丙栏目下的一条短讯</a></li></ul></body></html>"""


def links_of(**options: str | re.Pattern[str]) -> list[str]:
    selector, pattern = options.get("selector"), options.get("pattern")
    listing = read_listing(
        PAGE.encode(),
        url="http://www.example.cn/list/",
        link_selector=selector if isinstance(selector, str) else None,
        article_pattern=pattern if isinstance(pattern, re.Pattern) else None,
    )
    return [link.url.removeprefix("http://www.example.cn") for link in listing.links]


def test_a_selector_names_links_or_what_holds_them() -> None:
    assert links_of(selector="ul.b a") == ["/y/2.html", "/z/3.html"]
    assert links_of(selector="ul.b li") == ["/y/2.html", "/z/3.html"]
    assert links_of(selector="div.a, ul.b") == ["/x/1.html", "/y/2.html", "/z/3.html"]


def test_a_pattern_takes_the_place_of_judgement() -> None:
    assert links_of(pattern=re.compile(r"/[xz]/\d")) == ["/x/1.html", "/z/3.html"]
    assert links_of(selector="ul.b a", pattern=re.compile(r"/[xz]/\d")) == ["/z/3.html"]


@pytest.mark.parametrize("selector", ["ul.gone a", "ul.b p", "p[[["])
def test_a_selector_that_no_longer_matches_is_a_changed_layout(selector: str) -> None:
    with pytest.raises(LayoutChangedError):
        links_of(selector=selector)


# --- period.xml -----------------------------------------------------------------------------


def test_read_period() -> None:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><period_list>'
        "<period id='2'><period_date>2024-10-14</period_date><front_page>node_1.html</front_page>"
        "</period><period id='1'><period_date>20241008</period_date></period>"
        "<period id='3'><period_date><![CDATA[2024-10-14]]></period_date></period></period_list>"
    )
    assert read_period(body.encode()) == (date(2024, 10, 8), date(2024, 10, 14))


def test_a_month_without_issues_is_an_answer() -> None:
    assert read_period(b"<?xml version='1.0'?><period_list></period_list>") == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"%PDF-1.4",
        "<html><body>您访问的页面不存在</body></html>".encode(),
        b"<html><body>hello</body></html>",
        b"<period><period_date>2024-13-01</period_date></period>",
    ],
)
def test_what_is_no_index_of_issues_is_refused(body: bytes) -> None:
    with pytest.raises(PageError):
        read_period(body)


# --- hostile pages ----------------------------------------------------------------------------

MARKUP = st.lists(
    st.sampled_from(
        [
            *("<ul>", "</ul>", "<li>", "</li>", "<div class='list'>", "</div>", "<br>", "<table>"),
            *(
                "<tr><td>",
                "</td></tr>",
                "<a>",
                "</a>",
                "<a href='",
                "'>",
                "<map>",
                "<base href='//'>",
            ),
            *("<a href='/2026/0101/12345.shtml'>", "<a href='javascript:go(1)'>", "<h3>", "</h3>"),
            *(
                "<a href='http://['>",
                "<a href='http://\ufffd.cn/1.html'>",
                "<a href='http://a.cn:999999/'>",
            ),
            *("<a href='/gate/big5//'>", "<area href='content_1.htm'>", "<li data-href='a/1.htm'>"),
            *(
                "2026-01-01",
                "12-05",
                "下一页",
                "共55页",
                "第1页",
                "2",
                "南岭政协开展城乡供水专题调研",
            ),
            *("<script>createPageHTML(55,0,'index','shtml')</script>", "<!--", "-->", "<script>"),
            *("<datastore><record><![CDATA[", "]]></record></datastore>", "</body></html>", "\x00"),
        ]
    ),
    max_size=60,
).map("".join)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(MARKUP)
def test_any_markup_is_a_listing_or_a_page_error(markup: str) -> None:
    body = f"<html><body>{markup}</body></html>".encode()
    for url in ("http://www.example.cn/list/", "http://e.example.cn/html/2026-01/01/node_1.htm"):
        try:
            listing = read_listing(body, url=url, now=NOW)
        except PageError:
            continue
        identities = [canonical_url(link.url) for link in listing.links]
        assert len(identities) == len(set(identities))
        assert canonical_url(url) not in identities
        assert listing.next_page != url


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_listing_or_a_page_error(body: bytes) -> None:
    try:
        listing = read_listing(body, url="http://www.example.cn/list/", now=NOW)
    except PageError:
        return
    assert isinstance(listing, Listing)


@pytest.mark.parametrize("index", range(0, len(LISTS), 5))
def test_a_page_cut_anywhere_gives_links_of_the_whole_page_or_an_error(index: int) -> None:
    answer = LISTS[index]
    body = (LISTINGS / answer["file"]).read_bytes()
    known = {canonical_url(link["url"]) for link in answer["links"]}
    for part in range(1, 20):
        try:
            listing = read_listing(body[: len(body) * part // 20], url=answer["url"], now=NOW)
        except PageError:
            continue
        assert {canonical_url(link.url) for link in listing.links} <= known


def test_deep_nesting_is_no_recursion() -> None:
    deep = "<div>" * 30_000 + "<a href='/2026/0101/12345.shtml'>南岭政协开展城乡供水专题调研</a>"
    with pytest.raises(LayoutChangedError):  # beyond any editor's nesting nothing is read
        read_listing(
            f"<html><body>{deep}</body></html>".encode(), url="http://www.example.cn/list/", now=NOW
        )


def test_the_work_grows_with_the_page_not_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: days assigned and URLs made canonical per link stay constant."""
    calls = 0
    original = canonical_url

    def counted(url: str) -> str:
        nonlocal calls
        calls += 1
        return original(url)

    monkeypatch.setattr("crawler.pages.links.canonical_url", counted)
    counts = []
    for rows in (200, 2_000):
        calls = 0
        body = "".join(
            f"<a href='/2026/0101/{i:07d}.shtml'>南岭政协开展第{i}次专题调研</a> 2026-01-01<br>"
            for i in range(rows)
        )
        page = f"<html><body>{body}</body></html>".encode()
        listing = read_listing(page, url="http://www.example.cn/list/", now=NOW)
        assert len(listing.links) == rows
        counts.append(calls / rows)
    assert counts[1] <= counts[0] * 1.1
