"""Who is credited and when, in the forms that headers and endings take; what <title> adds."""

import pytest

from crawler.errors import MojibakeError
from crawler.pages import read_article
from storage.records import Article

PARAGRAPHS = (
    "渡口的灯一盏一盏亮了，摆渡的老人把船系在石桩上，回头望了望对岸的新桥。",
    "桥是去年秋天动工的，今年入冬前合龙，两岸的人从此不必再等船，也不必再看天色。",
    "“船我还留着，孩子们想坐就坐。”老人说，他打算在岸边开一间小小的茶铺。",
)
TEXT = "".join(f"<p>　　{words}</p>" for words in PARAGRAPHS)
TITLE = "<title>渡口的灯_清河网</title>"


def read(header: str, *, ending: str = "", head: str = TITLE, heading: str = "渡口的灯") -> Article:
    return read_article(
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body>'
        f"<h1>{heading}</h1><div>{header}</div><div>{TEXT}{ending}</div></body></html>".encode()
    )


def credited(article: Article) -> str | None:
    """The outlet that the page credits, not the site that stands in where it credits none."""
    rules = [item.rule for item in article.evidence if item.about == "outlet"]
    return None if any(rule.startswith("the site itself") for rule in rules) else article.outlet


@pytest.mark.parametrize(
    ("header", "day", "outlet", "author", "editor"),
    [
        ("2020-01-02 <span>李明</span> <span>清河网</span>", "2020-01-02", "清河网", "李明", None),
        (
            "<span>李明</span> <span>清河日报</span> <span>2020-01-02</span>",
            "2020-01-02",
            "清河日报",
            "李明",
            None,
        ),
        ("<span>李明</span> <span>2020-01-02</span>", "2020-01-02", None, "李明", None),
        ("2020-01-02 编辑：李明", "2020-01-02", None, None, "李明"),
        (
            "来源:清河日报作者:李明编辑:王五2020-01-0210:20",
            "2020-01-02",
            "清河日报",
            "李明",
            "王五",
        ),
        (
            "发布机构：市统计局　成文日期：2020-01-01　发布日期：2020-01-03",
            "2020-01-03",
            "市统计局",
            None,
            None,
        ),
        ("2020-01-02 来源： 作者： 编辑：", "2020-01-02", None, None, None),
        ("2020-01-02 | 社会新闻 | 清河网(微博)", "2020-01-02", "清河网", None, None),
        ("清河体育讯 <i>2020-01-02</i>", "2020-01-02", "清河体育", None, None),
        ("清河文联 2020-01-02 浏览:56", "2020-01-02", "清河文联", None, None),
        ("发布 2020年1月2日 星期四", "2020-01-02", None, None, None),
        ("2020 年 1 月 2 日 · 清河网 · 阅读约 3 分钟", "2020-01-02", "清河网", None, None),
        (
            "2020-01-02 来源: <a href='/'>清河日报(东岸)</a>",
            "2020-01-02",
            "清河日报(东岸)",
            None,
            None,
        ),
        ("媒体：清河日报　2020-01-02", "2020-01-02", "清河日报", None, None),
        ("《清河周刊》2019年第20期 出版日期2020年01月02日", "2020-01-02", None, None, None),
        ("<span>2020-01-02</span> <span>图片来源：江图社</span>", "2020-01-02", None, None, None),
        ("", None, None, None, None),
    ],
)
def test_header(
    header: str, day: str | None, outlet: str | None, author: str | None, editor: str | None
) -> None:
    article = read(header)
    at = article.published_at
    assert (at.date().isoformat() if at else None) == day
    assert (credited(article), article.author, article.editor) == (outlet, author, editor)
    assert article.text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("ending", "outlet", "author", "editor"),
    [
        ("<p>（来源：新华网）</p>", "新华网", None, None),
        ("<p>来源：清河日报　编辑：王五</p>", "清河日报", None, "王五"),
        ("<p>（转自清河日报）</p>", "清河日报", None, None),
        ("<p>（编辑 李明）</p>", None, None, "李明"),
        ("<p>来源：清河网</p><p>记者：李明</p><p>编辑：王五</p>", "清河网", "李明", "王五"),
    ],
)
def test_credits_behind_the_text(
    ending: str, outlet: str | None, author: str | None, editor: str | None
) -> None:
    article = read("2020-01-02", ending=ending)
    assert (credited(article), article.author, article.editor) == (outlet, author, editor)
    assert article.text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "ending",
    [
        "<p>[复制地址发送给好友] [收藏] [推荐] [返回顶部]</p>",
        "<p>关于我们 | 广告服务 | 联系方式</p>",
        "<p>（原题为《对岸的新桥》）</p>",
        "<p>本文链接：http://www.qinghe.example/2020/1.html</p>",
        "<p>海量资讯，尽在清河APP</p>",
        "<p>觉得不错，请点赞、在看、分享</p>",
        "<div>凡本网注明“来源：江边日报”的作品，转载请注明。</div>",
        "<div>每周精选，直达您的邮箱。请留下电子邮件地址，可以随时退订。</div>",
    ],
)
def test_lines_behind_the_text_that_are_none_of_it(ending: str) -> None:
    article = read("2020-01-02", ending=ending)
    assert article.text == "\n".join(PARAGRAPHS)
    assert credited(article) is None


@pytest.mark.parametrize(
    ("last", "outlet", "author"),
    [
        ("岸上的人都说这样好。（来源：新华网）", "新华网", None),
        ("岸上的人都说这样好。（据新华社电）", "新华社", None),
        ("岸上的人都说这样好。（作者：王一 编辑：李二）", None, "王一"),
    ],
)
def test_credits_in_the_last_brackets_stay_in_the_text(
    last: str, outlet: str | None, author: str | None
) -> None:
    article = read("2020-01-02", ending=f"<p>{last}</p>")
    assert (credited(article), article.author) == (outlet, author)
    assert article.text.endswith(last)


@pytest.mark.parametrize(
    "named",
    [
        "渡口的灯亮了一整个冬天 | 民生 | 新闻 | 清河网",
        "渡口的灯亮了一整个冬天 — 民生 — 清河网",
        "渡口的灯亮了一整个冬天·清河网",
        "渡口的灯亮了一整个冬天 > 清河网",
        "清河网 >> 民生 >> 渡口的灯亮了一整个冬天",
        "清河网 - 渡口的灯亮了一整个冬天",
        "【清河网】渡口的灯亮了一整个冬天",
    ],
)
def test_site_round_the_title(named: str) -> None:
    article = read("2020-01-02", head=f"<title>{named}</title>", heading="")
    assert article.title == "渡口的灯亮了一整个冬天"


def test_a_page_that_credits_nobody_has_its_own_site_as_outlet() -> None:
    article = read("2020-01-02")
    assert article.outlet == "清河网"
    assert [item.rule for item in article.evidence if item.about == "outlet"] == [
        "the site itself, <title>"
    ]


@pytest.mark.parametrize(
    ("head", "foot", "outlet", "rule"),
    [
        ("<p class='site-title'>渡口旧事</p>", "", "渡口旧事", "the site itself, masthead"),
        ("<img src='/logo.png' alt='清河晚报'>", "", "清河晚报", "the site itself, masthead"),
        ("", "Copyright © 2009-2021 清河县政协 版权所有", "清河县政协", "line of its rights"),
        ("", "清河日报社版权所有，未经许可不得转载", "清河日报", "line of its rights"),
        ("", "清河传媒有限公司版权所有", None, ""),
    ],
)
def test_a_site_that_only_its_masthead_names_is_the_outlet_and_the_evidence_says_so(
    head: str, foot: str, outlet: str | None, rule: str
) -> None:
    article = read(
        "2020-01-02",
        head=f"<title>渡口的灯</title></head><body>{head}",
        ending=f"</div><div>{foot}",
    )
    assert article.outlet == outlet
    rules = [item.rule for item in article.evidence if item.about == "outlet"]
    assert all(one.endswith(rule) for one in rules)
    assert bool(rules) == (outlet is not None)


@pytest.mark.parametrize(
    "beside",
    [
        "2020-01-02 <a href='#'>按日期查</a> <a href='../01/node_1.htm'>上一期</a>",
        "2020-01-02</div><div><b>00:17</b> <b>老渡口的茶铺开张第一天</b>",
        "<span>2020-01-02 09:40</span> <span>播放 4521</span>",
    ],
)
def test_a_way_to_other_issues_or_what_is_said_of_a_film_is_no_outlet(beside: str) -> None:
    assert credited(read(beside)) is None


def test_a_label_that_says_of_this_site_is_the_site_by_its_own_name() -> None:
    article = read("2020-01-02 来源：本站原创")
    assert article.outlet == "清河网"
    assert article.evidence


@pytest.mark.parametrize("label", ["来源：转载文章", "来源：王建国", "来源：", "来源：网络整理"])
def test_a_label_without_an_outlet_names_none_and_no_site_stands_in(label: str) -> None:
    assert read(f"2020-01-02 {label}").outlet is None


def test_no_date_is_taken_from_the_event_the_list_or_the_rights() -> None:
    ending = (
        "</div><ul><li><a href='/1.html'>另一座桥也要动工</a> 2023-01-01</li></ul>"
        "<div>Copyright 2011-2023 清河网"
    )
    article = read("<p>2023年3月4日，清河两岸的人都来看灯，江风吹了一夜。</p>", ending=ending)
    assert article.published_at is None


WRONG = "渡口的灯亮了一整个冬天".encode().decode("gbk", "replace")


def test_a_title_that_was_decoded_wrongly_is_mended_by_the_heading() -> None:
    head = f"<title>{WRONG}_清河网</title>"
    article = read("2020-01-02 来源：清河日报", head=head, heading="渡口的灯亮了一整个冬天")
    assert article.title == "渡口的灯亮了一整个冬天"


def test_a_page_whose_every_title_was_decoded_wrongly_is_refused() -> None:
    with pytest.raises(MojibakeError):
        read("2020-01-02 来源：清河日报", head=f"<title>{WRONG}</title>", heading=WRONG)
