"""The identity of a document, and the day that its URL hides."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.raw.urls import canonical_url, registered_domain, url_date

TWINS = [
    (
        "one system_shtml id on every sub-domain, m. host and scheme",
        [
            "http://yn.yunnan.cn/system/2025/01/17/033369703.shtml",
            "https://m.yunnan.cn/system/2025/01/17/033369703.shtml?from=singlemessage",
            "http://news.yunnan.cn:80/system/2025/01/17/033369703.shtml#comments",
            "https://www.yunnan.cn:443//system/2025/01/./17/033369703.shtml",
        ],
        "http://www.yunnan.cn/system/2025/01/17/033369703.shtml",
    ),
    (
        "newssc writes the day in one folder",
        [
            "http://local.newssc.org/system/20200116/002836359.htm",
            "https://m.newssc.org/system/20200116/002836359.htm?utm_source=x&utm_medium=y",
        ],
        "http://www.newssc.org/system/20200116/002836359.htm",
    ),
    (
        "a folder before /system/ stays, the page is served nowhere else",
        ["http://www.hinews.cn/news/system/2019/11/04/032208722.shtml"],
        "http://www.hinews.cn/news/system/2019/11/04/032208722.shtml",
    ),
    (
        "gxnews ids hold for all sub-domains",
        [
            "http://news.gxnews.com.cn/staticpages/20190624/newgx5d1054a7-18444984.shtml",
            "http://finance.gxnews.com.cn/staticpages/20190624/newgx5d1054a7-18444984.shtml",
        ],
        "http://www.gxnews.com.cn/staticpages/20190624/newgx5d1054a7-18444984.shtml",
    ),
    (
        "the traditional copy of an article, and of a column",
        [
            "http://yn.people.com.cn/BIG5/n2/2025/0125/c378439-41120631.html",
            "https://yn.people.com.cn/n2/2025/0125/c378439-41120631.html?spm=a.b",
        ],
        "http://yn.people.com.cn/n2/2025/0125/c378439-41120631.html",
    ),
    (
        "a column under /BIG5/ is under /GB/ in simplified characters",
        ["http://yn.people.com.cn/BIG5/378439/index.html"],
        "http://yn.people.com.cn/GB/378439/index.html",
    ),
    (
        "gate/big5 wraps the whole URL",
        [
            "http://big5.china.com.cn/gate/big5/cppcc.china.com.cn/2021-01/18/content_77126919.htm",
            "http://big5.news.cn/gate/big5/big5.china.com.cn/gate/big5/"
            "cppcc.china.com.cn/2021-01/18/content_77126919.htm",
        ],
        "http://cppcc.china.com.cn/2021-01/18/content_77126919.htm",
    ),
    (
        "?v=1 and ?div=-1",
        [
            "http://yndaily.yunnan.cn/html/2020-03/29/content_1339390.htm?div=-1",
            "http://yndaily.yunnan.cn/html/2020-03/29/content_1339390.htm?v=1",
        ],
        "http://yndaily.yunnan.cn/html/2020-03/29/content_1339390.htm",
    ),
    (
        "sessions of servers without cookies",
        [
            "http://www.example.cn/art.jsp;jsessionid=9A8B7C6D.node1?id=1",
            "http://www.example.cn/art.jsp;JSESSIONID=0!1%3B?id=1",
            "http://www.example.cn/art.jsp?jsessionid=12AB&id=1",
            "http://www.example.cn/art.jsp?id=1&PHPSESSID=9a8b7c6d",
            "http://www.example.cn/(S(lit3py55t21z5v55vlm25s55))/art.jsp?id=1",
            "http://www.example.cn/art.jsp?id=1&ASPSESSIONIDQADRSBTA=KOHKCMBD",
            "http://www.example.cn/art.jsp?id=1&sid=0123456789abcdef0123",
        ],
        "http://www.example.cn/art.jsp?id=1",
    ),
    (
        "what 百度, 网易, 微信 and QQ append where an address is passed on",
        [
            "http://www.example.cn/s?id=1594379932298080127&wfr=spider&for=pc",
            "http://www.example.cn/s?id=1594379932298080127&f=post2020_dy_recommends",
            "http://www.example.cn/s?chksm=84c241d9b3b5&id=1594379932298080127&scene=21#rd",
            "http://www.example.cn/s?tdsourcetag=s_pcqq_aiomsg&id=1594379932298080127",
            "http://www.example.cn/s?id=1594379932298080127&share_token=a&mpshare=1&ivk_sa=1024320u",
        ],
        "http://www.example.cn/s?id=1594379932298080127",
    ),
    (
        "pad and pc editions share the id",
        [
            "https://szb.nxrb.cn/nxrb/pad/con/202504/25/content_157253.html",
            "https://szb.nxrb.cn/nxrb/pc/con/202504/25/content_157253.html",
        ],
        "http://szb.nxrb.cn/nxrb/pc/con/202504/25/content_157253.html",
    ),
    (
        "the query is the id: it stays, sorted",
        [
            "https://www.gxzx.gov.cn/index.php?m=special&c=index&a=show&id=3096",
            "http://www.gxzx.gov.cn/index.php?a=show&spm=1.2.3&c=index&id=3096&m=special",
        ],
        "http://www.gxzx.gov.cn/index.php?a=show&c=index&id=3096&m=special",
    ),
    (
        "a page of 广西日报 is name, day, code and number",
        ["https://gxrb.gxrb.com.cn/?name=gxrb&date=2026-01-30&code=001&xuhao=2"],
        "http://gxrb.gxrb.com.cn/?code=001&date=2026-01-30&name=gxrb&xuhao=2",
    ),
    (
        "a bare domain and its www.",
        ["https://jlzx.gov.cn/dptt/202608/t20260825_3665276.html"],
        "http://www.jlzx.gov.cn/dptt/202608/t20260825_3665276.html",
    ),
    (
        "a port of its own answers one scheme only",
        ["https://Paper.Example.CN:8443/a%7eb/%e4%ba%91"],
        "https://paper.example.cn:8443/a~b/%E4%BA%91",
    ),
    (
        "characters and their escapes are one path",
        ["http://www.example.cn/云/a.html", "http://www.example.cn/%e4%ba%91/x/../a.html"],
        "http://www.example.cn/%E4%BA%91/a.html",
    ),
    (
        "a route of a script page is part of the document's name, an anchor is not",
        ["http://news.example.cn/app#/detail/31"],
        "http://news.example.cn/app#/detail/31",
    ),
]


@pytest.mark.parametrize(("urls", "identity"), [t[1:] for t in TWINS], ids=[t[0] for t in TWINS])
def test_twins_have_one_identity(urls: list[str], identity: str) -> None:
    assert {canonical_url(url) for url in urls} == {identity}


def test_a_thousand_gates_are_one_document() -> None:
    url = "http://a.example.cn" + "/gate/big5/b.example.cn" * 5_000 + "/2021-01/18/content_1.htm"
    assert canonical_url(url) == "http://b.example.cn/2021-01/18/content_1.htm"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.x.cn/show.php?id=1", "http://a.x.cn/show.php?id=2"),
        ("http://a.x.cn/2020/01/1.html", "http://b.x.cn/2020/01/1.html"),
        ("http://a.x.cn/content_1.htm", "http://a.x.cn/content_1_2.htm"),
        ("http://a.x.cn/s?v=123456", "http://a.x.cn/s?v=123457"),
        (
            "http://news.x.cn/system/2019/11/04/032208722.shtml",
            "http://news.y.cn/system/2019/11/04/032208722.shtml",
        ),
        (
            "http://news.x.cn/system/2019/11/04/032208722.shtml",
            "http://news.x.cn/system/2019/11/04/032208722_1.shtml",
        ),
        ("http://a.x.cn/Detail.html", "http://a.x.cn/detail.html"),
        (
            "http://gxrb.x.cn/?date=2026-01-30&code=001",
            "http://gxrb.x.cn/?date=2026-01-30&code=002",
        ),
        ("http://a.x.cn/list.php?session_id=3", "http://a.x.cn/list.php?session_id=4"),
        ("http://a.x.cn/s.php?sid=1042", "http://a.x.cn/s.php?sid=1043"),
        ("http://a.x.cn/s?for=2020", "http://a.x.cn/s?for=2021"),
        ("http://a.x.cn/s?f=12", "http://a.x.cn/s?f=13"),
        ("http://a.x.cn/a.asp?k=%BA%E9", "http://a.x.cn/a.asp?k=%BA%EA"),
        ("http://a.x.cn/a(1)/b.html", "http://a.x.cn/a(2)/b.html"),
    ],
)
def test_different_documents_stay_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url",
    ["", "/a.html", "javascript:void(0)", "mailto:a@b.cn", "ftp://a.cn/x", "http://", "a.cn/1"],
)
def test_what_is_no_absolute_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an absolute"):
        canonical_url(url)


LABELS = st.sampled_from(["m", "www", "wap", "news", "yn", "cn", "com", "gov", "yunnan", "BIG5"])
SEGMENTS = st.sampled_from(
    [
        *("system", "2025", "01", "17", "033369703.shtml", "BIG5", "n2", "pad", "pc", "con", ".."),
        *(".", "", "gate", "big5", "yn.yunnan.cn", "%41", "%2e%2e", "%", "云", "a b", "20250117"),
    ]
)
PIECES = st.sampled_from(
    ["id=1", "v=1", "div=-1", "utm_x=2", "from=a", "b", "c=%e4", "%", "&", "="]
)


@given(
    scheme=st.sampled_from(["http", "https", "HTTP"]),
    labels=st.lists(LABELS, min_size=1, max_size=5),
    port=st.sampled_from(["", ":80", ":443", ":8080"]),
    path=st.lists(SEGMENTS, max_size=8),
    query=st.lists(PIECES, max_size=4),
    fragment=st.sampled_from(["", "#top", "#/a/1", "#!/x"]),
)
def test_canonical_is_idempotent_and_knows_no_scheme(
    scheme: str, labels: list[str], port: str, path: list[str], query: list[str], fragment: str
) -> None:
    rest = f"{'.'.join(labels)}{port}/{'/'.join(path)}?{'&'.join(query)}{fragment}"
    try:
        once = canonical_url(f"{scheme}://{rest}")
    except ValueError:
        return  # a gate around nothing: refused, which is an answer too
    assert canonical_url(once) == once
    if port != ":8080":
        assert canonical_url(f"https://{rest}") == canonical_url(f"http://{rest}")


@pytest.mark.parametrize(
    "url", ["http://com.cn/a", "http://cn/a", "http://gov.cn/", "http://m.cn/"]
)
def test_a_host_that_is_a_suffix_stays_as_it_is(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@pytest.mark.parametrize("host", [".", "...", "\u3002"])
def test_a_host_of_dots_is_none(host: str) -> None:
    with pytest.raises(ValueError, match=r"dots only|label"):
        canonical_url(f"http://{host}/1.html")


@given(st.text(max_size=40))
def test_any_text_is_a_url_or_a_value_error(text: str) -> None:
    for url in (text, f"http://{text}", f"https://news.example.cn/{text}"):
        try:
            once = canonical_url(url)
        except ValueError:
            continue
        assert canonical_url(once) == once
        assert "\n" not in once


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("m.yunnan.cn", "yunnan.cn"),
        ("GXRB.gxrb.com.cn.", "gxrb.com.cn"),
        ("www.gxzx.gov.cn", "gxzx.gov.cn"),
        ("gov.cn", "gov.cn"),
        ("124.224.204.62", "124.224.204.62"),
        ("localhost", "localhost"),
    ],
)
def test_registered_domain(host: str, site: str) -> None:
    assert registered_domain(host) == site


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/system/2025/01/17/033369703.shtml", date(2025, 1, 17)),
        ("/system/20200116/002836359.htm", date(2020, 1, 16)),
        ("/html/2022-08/23/content_1591816.htm", date(2022, 8, 23)),
        ("/lnrbepaper/pc/con/202111/17/content_133217.html", date(2021, 11, 17)),
        ("/zxgz/zxyw/202609/t20260916_55806.html", date(2026, 9, 16)),
        ("/2023/0110/7952003.shtml", date(2023, 1, 10)),
        ("/2026/03-25/4363302.html", date(2026, 3, 25)),
        ("/c/2024-12-10/3645690.shtml", date(2024, 12, 10)),
        ("/art/2021/1/5/art_1234_567.html", date(2021, 1, 5)),
        ("/n2/2019/0211/c364532-32624121.html", date(2019, 2, 11)),
        ("/article/201906/201906231502051514.html", date(2019, 6, 23)),
        ("/bjrb/mobile/2025/20250317/20250317_012/content_20250317_012_1.htm", date(2025, 3, 17)),
        ("/rmrb/html/nw.D110000renmrb_20190101_1-01.htm", date(2019, 1, 1)),
        ("/newspaper/gxrb20260130001.pdf", date(2026, 1, 30)),
        ("/?name=gxrb&date=2026-01-30&code=001", date(2026, 1, 30)),
        ("/x/newgx5d1054a7-18444984.shtml", date(2019, 6, 24)),
        ("/a/WS600287f5a3101e7ce973b1b4.html", date(2021, 1, 16)),
        ("/ARTI1561421709036136.shtml", date(2019, 6, 25)),
        ("/gzzxb/web/doc/detail/d_1714103684956192", date(2024, 4, 26)),
        ("/a/1573398149283.shtml", date(2019, 11, 10)),
        ("/xw/yw/1686272046853134559.html", None),  # 19 digits do not decode
        ("/201901/t4209364.shtml", None),  # only the month
        ("/2025/02/30/1.shtml", None),
        ("/zxyw/content_269579", None),
        ("/index.php?a=show&id=20250101", None),
        ("/ggxw/201912/57407665.html", None),
        ("/html/1988-08/23/content_1.htm", None),
    ],
)
def test_url_date(path: str, day: date | None) -> None:
    assert url_date(f"http://news.example.cn{path}") == day


@given(st.text(max_size=60))
def test_url_date_takes_any_text(text: str) -> None:
    found = url_date(text)
    assert found is None or found.year >= 1995


@pytest.mark.parametrize("inner", ["", "/", "a.cn:999999999/x.html"])
def test_a_gate_that_leads_to_no_address_is_a_page_like_any_other(inner: str) -> None:
    assert "/gate/big5" in canonical_url(f"http://www.example.cn/gate/big5/{inner}")
