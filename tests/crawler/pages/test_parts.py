"""What belongs to an article although it looks like another's, and the headline of its lines."""

import pytest

from crawler.pages import read_article

NAMED = "数读2023｜难忘的几个瞬间"
HEADER = '<div class="info">2024-01-05 来源：清河网</div>'
INTRO = "过去的一年里，委员们在各处留下了足迹，让我们一起回头看看那些日子。"
PARTS = {
    "搭好协商的台子": "一月，委员们走进社区，同居民坐在一张桌子边，把停车难的事谈成了七条办法。",
    "走遍七十二个村": "三月到五月，驻村小组走遍了全县的村子，把水渠、学校一处一处记了下来。",
    "一件提案办到底": "九年里提了九次的老医院电梯，今年终于开通，委员们同医生一道坐了第一趟。",
    "把书屋开到田头": "秋收前，十二间书屋开到了田头，农闲时节有人来读，有人来讲，孩子们也来。",
}
BODY = "".join(f"<p>　　{words}</p>" for words in PARTS.values())


def html(body: str, title: str) -> bytes:
    head = f'<meta charset="utf-8"><title>{title}</title>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def cards(head: str, foot: str = "") -> str:
    return "".join(
        f'<div class="item">{head.format(name)}<p>{words}</p>{foot}</div>'
        for name, words in PARTS.items()
    )


@pytest.mark.parametrize("header", [HEADER, ""], ids=["dated", "undated"])
@pytest.mark.parametrize("intro", [f"<p>{INTRO}</p>", ""], ids=["with intro", "without"])
@pytest.mark.parametrize("box", ["<div>{}</div>", "{}"], ids=["in a box", "beside the title"])
@pytest.mark.parametrize("foot", ["", "<p>2023-05-06</p>"], ids=["plain", "each with its day"])
def test_events_on_cards_are_the_article_whatever_its_title_says(
    header: str, intro: str, box: str, foot: str
) -> None:
    content = intro + box.format(cards("<h3>{}</h3>", foot))
    article = read_article(html(f"<div><h1>{NAMED}</h1>{header}{content}</div>", f"{NAMED}_清河网"))
    assert [part for part in (*PARTS, *PARTS.values()) if part not in article.text] == []


def test_cards_above_the_title_or_of_other_outlets_are_not_the_article() -> None:
    text = f"<h1>{NAMED}</h1>{HEADER}<div><p>{INTRO}</p></div>"
    above = f"<div>{cards('<h4>{}</h4>')}</div>{text}"
    below = f"{text}<div>{cards('<b>{}</b>', '<p>江边商报 · 3小时前</p>')}</div>"
    for body in (above, below):
        assert read_article(html(body, f"{NAMED}_清河网")).text == INTRO


@pytest.mark.parametrize("rule", ["* * *", "———"])
def test_a_rule_of_signs_parts_an_article_and_does_not_end_it(rule: str) -> None:
    parts = f"<p>{rule}</p><p>又是一个冬天</p>".join([BODY] * 3)
    article = read_article(html(f"<h1>{NAMED}</h1>{HEADER}<div>{parts}</div>", f"{NAMED}_清河网"))
    assert article.text.count("走遍了全县") == 3


def test_the_article_goes_on_behind_a_story_recommended_inside_it() -> None:
    inside = f'<div class="recommend"><h3>老渡口的灯</h3><p>{INTRO}</p></div>'
    body = f"<h1>{NAMED}</h1>{HEADER}<div>{BODY}{inside}{BODY}</div>"
    article = read_article(html(body, f"{NAMED}_清河网"))
    assert article.text.count("走遍了全县") == 2
    assert INTRO not in article.text


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([("a", "告别老渡口"), ("b", "新桥今天合龙"), ("a", "两岸不再等船")], "新桥今天合龙"),
        ([("k", "履职故事"), ("t1", "一篇没有写完的作文")], "一篇没有写完的作文"),
        ([("t1", "新桥两岸画出同心图"), ("t2", "向东 摄")], "新桥两岸画出同心图"),
        ([("t1", "县政协委员视察新桥"), ("t1", "李明")], "县政协委员视察新桥"),
        ([("t1", "县政协十年"), ("t1", "只盯一座桥")], "县政协十年 只盯一座桥"),
    ],
)
def test_the_headline_of_a_page_that_is_called_like_its_site(
    rows: list[tuple[str, str]], title: str
) -> None:
    lines = "".join(f'<p class="{name}">{words}</p>' for name, words in rows)
    assert read_article(html(f"<div>{lines}</div><div>{BODY}</div>", "清河网")).title == title


def test_sub_headings_are_no_half_of_the_headline() -> None:
    parts = "".join(f"<h2>{name}</h2><p>{words}</p>" for name, words in PARTS.items())
    article = read_article(html(f"<div><h2>县政协委员视察新桥</h2>{parts}</div>", "清河网"))
    assert article.title == "县政协委员视察新桥"
