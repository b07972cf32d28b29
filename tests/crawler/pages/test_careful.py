"""The second reading finds what the quick one cannot, by the same rules."""

import json

import pytest

from crawler.errors import PageError, ScriptShellError, TooShortError
from crawler.pages import read_article
from crawler.pages.careful import reread_carefully
from crawler.pages.repair import swallows

PARAGRAPHS = (
    "石桥县政协在雨季前走访了十二座水库，委员们沿着坝顶一段一段地看，记下了四十多处隐患。",
    "回到县城的当天晚上，调研组就把清单送到了水利局，并约定半个月后一起复查。",
    "复查时，三十八处隐患已经整改完毕，剩下的几处也排出了工期，落实了责任人。",
)
HEAD = "<title>汛前走访十二座水库_石桥网</title>"
HEADER = "<h1>汛前走访十二座水库</h1><div>2024-05-06 08:30 来源：石桥日报</div>"
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def page(inner: str) -> bytes:
    return f"<html><head>{HEAD}</head><body>{inner}</body></html>".encode()


@pytest.mark.parametrize(
    "inner",
    [
        f"{HEADER}<div style='display:none'>{BODY}</div><a>展开全文</a>",
        f"{HEADER}<textarea id=zw>{BODY.replace('<', '&lt;')}</textarea>",
        f"{HEADER}<noscript>{BODY}</noscript>",
        f"{HEADER}<script>var a={{content:{json.dumps(BODY)}}};</script>",
        f"{HEADER}<script type='text/html'>{BODY}</script>",
    ],
    ids=["hidden", "textarea", "noscript", "json", "template"],
)
def test_text_that_a_script_would_show_is_read_at_once(inner: str) -> None:
    for read in (read_article, reread_carefully):
        article = read(page(inner))
        assert article.text.split("\n") == list(PARAGRAPHS)
        assert article.title == "汛前走访十二座水库"
        assert article.outlet == "石桥日报"


@pytest.mark.parametrize(
    "inner",
    [f"{HEADER}<!-- begin <div>{BODY}</div>", f"{HEADER}<textarea>{BODY}"],
    ids=["comment", "unclosed"],
)
def test_text_that_the_quick_reader_cannot_see(inner: str) -> None:
    with pytest.raises(PageError):
        read_article(page(inner))
    article = reread_carefully(page(inner))
    assert article.text.split("\n") == list(PARAGRAPHS)
    assert article.title == "汛前走访十二座水库"
    assert article.outlet == "石桥日报"
    assert "careful reading" in {item.rule for item in article.evidence}


def test_a_sound_page_reads_the_same_both_ways() -> None:
    body = page(f"{HEADER}<div>{BODY}</div>")
    quick, careful = read_article(body), reread_carefully(body)
    assert (quick.title, quick.text, quick.published_at) == (
        careful.title,
        careful.text,
        careful.published_at,
    )


def test_joined_cells_are_repeated_in_each_row() -> None:
    table = (
        "<table><tr><th>乡镇</th><th>事项</th><th>件数</th></tr>"
        "<tr><td rowspan='2'>河湾镇</td><td>水渠</td><td>12</td></tr>"
        "<tr><td>路灯</td><td>9</td></tr></table>"
    )
    article = reread_carefully(page(f"{HEADER}<div>{BODY}{table}</div>"))
    assert article.text.split("\n")[-2:] == ["河湾镇\t水渠\t12", "河湾镇\t路灯\t9"]


@pytest.mark.parametrize("span", ["²", "x", "0", "99999999999"])
def test_a_cell_whose_span_is_no_number_is_one_cell(span: str) -> None:
    table = f"<table><tr><td rowspan={span} colspan={span}>甲</td></tr><tr><td>乙</td></tr></table>"
    assert reread_carefully(page(f"{HEADER}<div>{BODY}{table}</div>")).text.startswith(
        PARAGRAPHS[0]
    )


def test_pictures_get_the_captions_printed_with_them() -> None:
    figure = "<figure><img src='a.jpg' alt='x'><figcaption>委员在坝顶。</figcaption></figure>"
    below = "<p><img src='b.jpg'></p><p>图为调研组查看水库。 何田 摄</p>"
    body = page(f"{HEADER}<div>{figure}{BODY}{below}</div>")
    article = reread_carefully(body, url="http://www.shiqiao.example/1.html")
    assert {image.url.rsplit("/", 1)[1]: image.caption for image in article.images} == {
        "a.jpg": "委员在坝顶。",
        "b.jpg": "图为调研组查看水库。 何田 摄",
    }


def test_a_page_without_text_stays_refused() -> None:
    with pytest.raises((ScriptShellError, TooShortError)):
        reread_carefully(b"<html><body><div id=app></div><script src=a.js></script></body></html>")


def test_a_link_that_never_closes_makes_no_link_of_the_article() -> None:
    text = "渡口的灯亮了一整个冬天，早班船的船工说，远远地就看得见。"
    paragraphs = "".join(f"<p>{text}第{n}天也是这样，江风吹了一夜。</p>" for n in "一二三")
    page = (
        "<html><head><meta charset='utf-8'><title>渡口的灯_清河网</title></head><body>"
        "<a href='/x.html'><img src='/x.gif'><h1>渡口的灯</h1><div>2020-01-02 08:00 来源：清河日报"
        f"</div><div>{paragraphs}</div><div><a href='/'>首页</a></div></body></html>"
    )
    assert swallows(page.encode())
    article = reread_carefully(page.encode())
    assert article.text.count(text) == 3
    assert article.outlet == "清河日报"
