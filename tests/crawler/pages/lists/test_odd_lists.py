"""Rows as odd list pages print them: each kind as ten rows of our own wording."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from crawler.pages.lists.links import read_listing
from storage.records import SHANGHAI

NOW = datetime(2021, 3, 1, 9, tzinfo=SHANGHAI)
URL = "http://www.example-news.cn/szxw/index.html"

# (what is odd, a row of it: number, title -> markup, what stands before and after the rows)
ODD: list[tuple[str, Callable[[int, str], str], str, str]] = [
    (
        "a term and its definition, day first",
        lambda n, t: f"<dt>2021/1/{n + 9}</dt><dd><a href='/a/{9000 + n}.html'>{t}</a></dd>",
        "<dl>",
        "</dl>",
    ),
    (
        "rows that only a script opens",
        lambda n, t: (
            f"<div class=row onclick=\"window.location.href='/a/{9000 + n}.html'\">"
            f"<p>{t}</p><p>2021.01.{n + 9}</p></div>"
        ),
        "<div>",
        "</div>",
    ),
    (
        "the whole day in an attribute only",
        lambda n, t: (
            f"<li><a href='/a/{9000 + n}.html'>{t}</a>"
            f"<span title='2021-01-{n + 9} 10:00'>{n}天前</span></li>"
        ),
        "<ul>",
        "</ul>",
    ),
    (
        "the whole title and the day in title=",
        lambda n, t: (
            f"<li><a href='/a/{9000 + n}.html' title='{t}（2021-01-{n + 9}）'>{t[:8]}...</a></li>"
        ),
        "<ul>",
        "</ul>",
    ),
    (
        "two columns of a table",
        lambda n, t: (
            f"<td><a href='/a/{9000 + n}.html'>{t}</a><br>[2021-01-{n + 9}]</td>"
            + ("</tr><tr>" if n % 2 == 0 else "")
        ),
        "<table><tr>",
        "</tr></table>",
    ),
    (
        "an abstract with a day of its own, and a second link",
        lambda n, t: (
            f"<div><h2><a href='/a/{9000 + n}.html'>{t}</a></h2><p>2月{n}日，会议召开……"
            f"<a href='/a/{9000 + n}.html'>阅读全文&gt;&gt;</a></p>"
            f"<i>发布于 2021-01-{n + 9}</i></div>"
        ),
        "",
        "",
    ),
    (
        "capitals, no quotes, no end tags",
        lambda n, t: f"<LI><A HREF=/a/{9000 + n}.html>{t}</A> <FONT>(2021-1-{n + 9})</FONT>",
        "<UL>",
        "</UL>",
    ),
    (
        "two-digit years",
        lambda n, t: (
            f"<tr><td>{n}</td><td><a href='view.asp?ArticleID={9000 + n}'>{t}</a></td>"
            f"<td>21.01.{n + 9}</td></tr>"
        ),
        "<table>",
        "</table>",
    ),
    (
        "English days first",
        lambda n, t: f"<li><b>{n + 9} January 2021</b> <a href='/a/{9000 + n}.html'>{t}</a></li>",
        "<ul>",
        "</ul>",
    ),
    (
        "Chinese numerals",
        lambda n, t: (
            f"<li><a href='/a/{9000 + n}.html'>{t}</a>"
            f"二〇二一年一月十{'' if n == 1 else '一二三四五六七八九'[n - 2]}日</li>"
        ),
        "<ul>",
        "</ul>",
    ),
    (
        "source, clicks and day in one note",
        lambda n, t: (
            f"<p>·<a href='/a/{9000 + n}.html'>{t}</a>（来源：本网 点击：{n * 7} "
            f"2021年1月{n + 9}日）</p>"
        ),
        "",
        "",
    ),
    (
        "rows as JSON in a script",
        lambda n, t: (
            f'{"," if n > 1 else ""}{{"docTitle":"{t}","docUrl":"\\/a\\/{9000 + n}.html",'
            f'"docTime":"2021-01-{n + 9} 08:00"}}'
        ),
        "<script>window.g={list:[",
        "]};</script>",
    ),
    (
        "rows that a script writes",
        lambda n, t: (
            f'document.write(\'<li><a href="/a/{9000 + n}.html">{t}<\\/a>'
            f"<i>2021-01-{n + 9}<\\/i><\\/li>');"
        ),
        "<script>",
        "</script>",
    ),
    (
        "days without a year under a heading",
        lambda n, t: f"<li><a href='/a/{9000 + n}.html'>{t}</a> 01-{n + 9}</li>",
        "<h4>2021 年</h4><ul>",
        "</ul>",
    ),
    (
        "folders of numbers",
        lambda n, t: f"<li><a href='./11345/{4137000 + n}/index.html'>{t}</a> 2021-01-{n + 9}</li>",
        "<ul>",
        "</ul>",
    ),
]


@pytest.mark.parametrize(("kind", "row", "before", "after"), ODD, ids=[odd[0] for odd in ODD])
def test_rows_of_odd_pages_are_read(
    kind: str, row: Callable[[int, str], str], before: str, after: str
) -> None:
    titles = [f"南岭政协开展第{n}次专题调研活动" for n in range(1, 11)]
    rows = "".join(row(n, title) for n, title in enumerate(titles, start=1))
    page = (
        "<html><head><meta charset=utf-8><title>要闻</title></head><body>"
        f"<div class=nav><a href='/'>首页</a></div>{before}{rows}{after}</body></html>"
    )
    listing = read_listing(page.encode(), url=URL, now=NOW)
    assert [link.title for link in listing.links] == titles, kind
    assert [link.published_on for link in listing.links] == [
        date(2021, 1, n + 9) for n in range(1, 11)
    ]
