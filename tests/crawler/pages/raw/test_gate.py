"""The signs that articles and lists share refuse both alike, and no sound page."""

from datetime import datetime

import pytest

from crawler.errors import PageError
from crawler.pages import read_article
from crawler.pages.lists.links import read_listing
from storage.records import SHANGHAI

NOW = datetime(2024, 6, 1, tzinfo=SHANGHAI)
URL = "http://www.shiqiao.example/n/index.html"


def whole(body: str, title: str = "") -> bytes:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()


WALLS = [
    whole("<p>请完成安全验证后继续访问</p>"),
    whole("<p>正在检查您的浏览器，请稍候</p>"),
    whole("<p>您的请求疑似攻击行为</p>"),
    whole("<p>访问过于频繁，请稍后再试</p>"),
    whole("<p>请开启 JavaScript 并刷新</p>"),
    whole("<p>Please wait.</p>", "Just a moment..."),
    whole("<p>Verify you are human</p>"),
    whole("<script>document.cookie='__jsl_clearance_s=1';location.reload()</script>"),
    whole("<script>var a='acw_sc__v2';setCookie(a)</script>"),
    whole("<script src='/cdn-cgi/challenge-platform/h/b/orchestrate'></script>"),
    "访问被拦截，请联系管理员".encode(),
]
NOT_THERE = [
    whole("<p>您访问的页面不存在</p>"),
    whole("<p>抱歉，该稿件已下线</p>"),
    whole("<p>页面走丢了</p>"),
    whole("<p>没有找到您要的文章</p>"),
    whole("<h1>404</h1><p>返回首页</p>", "404"),
    whole("<p>返回首页</p>", "出错了_石桥网"),
    whole("<p>返回首页</p>", "页面未找到"),
    b"404 page not found",
]
SHELLS = [
    whole("<div id=app></div><script src=/a.js></script>"),
    whole("<div id='root'></div><script src=/a.js></script><p>" + "一二三四" * 40 + "</p>"),
    whole("<script>load()</script>"),
]
OTHER_FILES = [
    b"%PDF-1.7\n<</Type/Catalog>>",
    b"\x89PNG\r\n\x1a\n<",
    b"\xff\xd8\xff\xe0",
    b"GIF89a",
    b"PK\x03\x04<",
    b"\xd0\xcf\x11\xe0\xa1",
    b"Rar!\x1a",
    b"7z\xbc\xaf\x27",
    b"\x1f\x8b\x08",
    b"\x00\x00\x00\x18ftypmp42",
    b"ID3\x03",
    b"RIFF\x24\x00",
    b"BM\x36\x00\x00\x00\x00\x00<\x00",
    b'{"code": 0, "data": []}',
    "明天休息。".encode(),
]
SPOILT = [
    whole("<p>锟斤拷锟斤拷锟斤拷，锟斤拷锟斤拷锟斤拷。</p>" * 9),
    whole("<p>" + "政协委员走访水库，记下隐患。".encode().decode("latin-1") + "</p>" * 9),
    whole("<p>县政\ufffd\ufffd走\ufffd\ufffd水库，\ufffd\ufffd委员\ufffd\ufffd。</p>" * 9),
]
CUT = [
    f"<html><body><p>{'委员们走访了水库' * 30}".encode(),
    b"<html><body><div class='li",
]


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        *((page, "challenge") for page in WALLS),
        *((page, "soft_404") for page in NOT_THERE),
        *((page, "script_shell") for page in SHELLS),
        *((page, "not_html") for page in OTHER_FILES),
        *((page, "mojibake") for page in SPOILT),
        *((page, "truncated") for page in CUT),
    ],
)
def test_articles_and_lists_are_refused_alike(page: bytes, wanted: str) -> None:
    with pytest.raises(PageError) as as_article:
        read_article(page, url=URL)
    with pytest.raises(PageError) as as_list:
        read_listing(page, url=URL, now=NOW)
    assert as_article.value.refusal_class.value == wanted
    assert as_list.value.refusal_class.value == wanted


@pytest.mark.parametrize(
    "text",
    [
        "消防部门昨天在老城区做了安全检查，发现的问题当场改正。",
        "走失的老人在派出所的帮助下回了家，钱包却找不到了。",
        "网传的那条信息不存在，警方已经查清并作了说明。",
        "新的办事大厅用上了身份验证，一人只跑一次。",
        "讲座上演示了网站防火墙怎样挡住攻击，也说了它挡不住什么。",
    ],
)
@pytest.mark.parametrize("titled", [True, False])
def test_a_short_report_may_use_the_same_words(text: str, titled: bool) -> None:
    title = text.split("，")[0] if titled else "县里的一件小事"
    more = "当天，有关负责人到场听了意见，并请大家继续监督，事情办好之后再来看一遍。"
    page = whole(
        f"<h1>{title}</h1><div>2024-05-06 08:30 来源：石桥日报</div><div><p>{text}</p>"
        f"<p>{more}</p></div>",
        f"{title}_石桥网",
    )
    assert text in read_article(page).text


def test_a_stray_nul_makes_no_binary_file() -> None:
    text = "<p>委员们走访了十二座水库，沿着坝顶一段一段地看，记下了四十多处隐患。</p>" * 5
    page = whole(f"<h1>走访十二座水库</h1><div>{text}</div>").replace(b"<h1>", b"\0<h1>")
    assert "十二座水库" in read_article(page).text
