"""JSON that lists articles: keys are told by their values."""

from crawler.sources.inference.documents import article_url_in, find_rows, paths_of, totals_in
from crawler.sources.inference.lists import interfaces_in, pagings_of, without_clock

TITLES = ["省政协召开常委会会议", "政协委员开展专题调研", "市政协举行双周协商座谈会"]


def test_the_keys_of_a_list_are_found_whatever_they_are_called() -> None:
    rows = [
        {
            "bt": title,
            "dz": f"/a/{n}.html",
            "tp": f"/img/{n}.jpg",
            "rq": f"2021-01-2{n}",
            "lm": "政协",
        }
        for n, title in enumerate(TITLES)
    ]
    nav = [{"bt": "首页栏目导航条目", "dz": "/"}]
    document = {"nav": nav, "sj": {"zs": 31, "lb": rows}}
    found = find_rows(document)
    assert found is not None
    assert (found.items, found.title, found.url, found.day) == ("sj.lb", "bt", "dz", "rq")
    paths = paths_of(found, document)
    assert paths is not None
    items = paths.list_in(document)
    assert items is not None
    assert [link.title for link in paths.links(items, "http://x.example/")] == TITLES


def test_lists_inside_lists_are_joined() -> None:
    days = [{"list": [{"title": title, "url": f"/{n}.html"}]} for n, title in enumerate(TITLES)]
    found = find_rows({"data": days})
    assert found is not None
    assert found.items == "data[].list[]"
    assert len(found.rows) == 3


def test_totals_are_believed_where_they_agree() -> None:
    assert totals_in({"count": 31, "pageCount": 4, "code": 200}, 10) == ("count", "pageCount")
    assert totals_in({"d": {"totalRecords": 31}, "status": 500}, 10) == ("d.totalRecords", None)
    assert totals_in({"code": 200, "size": 10}, 10) == (None, None)


def test_an_address_is_found_where_a_page_makes_it() -> None:
    rows = find_rows([{"id": 900 + n, "title": title} for n, title in enumerate(TITLES)])
    assert rows is not None
    assert rows.url is None
    for html in (
        '<a href="/info/901.html">政协</a>',
        "location.href = '/info/' + item.id + '.html';",
        "open(`/info/${row.id}.html`)",
    ):
        assert article_url_in(rows, [html], "http://x.example/") == (
            "http://x.example/info/{id}.html"
        )
    assert article_url_in(rows, ["<p>901</p>"], "http://x.example/") is None


def test_how_an_interface_counts() -> None:
    ways = {one.template: one.url(2, 10) for one in pagings_of("http://x.example/l?pageNo=1&n=10")}
    assert ways == {"http://x.example/l?pageNo={page}&n=10": "http://x.example/l?pageNo=2&n=10"}
    (way,) = pagings_of("http://x.example/l?start=0")
    assert way.url(3, 20) == "http://x.example/l?start=40"
    (way,) = pagings_of("http://x.example/data/list_1.json")
    assert way.url(2, 9) == "http://x.example/data/list_2.json"
    assert without_clock("http://x.example/l?p=1&_=1611456000000") == "http://x.example/l?p=1"


def test_interfaces_are_found_in_scripts() -> None:
    html = """<script>$.getJSON("/api/list.json?page=" + n); var a = "/js/app.js";
    fetch("/data/list_" + n + ".json")</script>"""
    assert interfaces_in(html, "http://x.example/zx/") == [
        "http://x.example/api/list.json?page=1",
        "http://x.example/data/list_1.json",
    ]
