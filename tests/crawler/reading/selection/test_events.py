"""Lists in every heading style, nested lists, and items that exist only as captions."""

from datetime import datetime

import pytest

from crawler.reading import read_publication
from storage.records import SHANGHAI, Article, Image, Reading

HEADS = [
    "召开首次界别协商座谈会",
    "出台委员履职考核办法",
    "建成第一个委员会客厅",
    "“码上商量”平台上线",
    "助推老旧小区改造",
    "办好重点提案",
    "开展专项民主监督",
    "编辑出版文史丛书",
    "组织委员赴外招商",
    "深化机关作风建设",
]
BODIES = [
    "2024年3月5日,会议在昆明召开,提出意见建议20余条。",
    "4月,制定办法,明确8项指标。一是考勤,二是提案,三是调研。",
    "会客厅面向群众开放,接待群众1200人次。",
    "上线以来,收集意见3000多条。",
    "委员连续三年跟踪协商这件事。",
    "主席会议成员督办,办复率100%,群众满意。",
    "监督组深入12个单位,形成报告。",
    "丛书共5册,约80万字。",
    "委员牵线签约项目6个,金额30亿元。",
    "机关作风明显好转,群众评价高。",
]
CHINESE = "零一二三四五六七八九十"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
INTRO = "经投票评选,昆明市政协2024年十件大事产生,现予刊发。\n"

STYLES = {
    "colon": "{n}.{head}：{body}{body}",
    "stop": "{n}.{head}。{body}",
    "chinese stop": "{c}、{head}。{body}",
    "dated": "{n}、{head} 2024年5月,{body}",
    "nested in parentheses": "（{c}）{head}\n{body}\n1.调研先行。\n2.协商跟进。",
    "captions": "{n} {head}\n{body}\n图为活动现场。 某某 摄",
    "blank lines": "\n\n　　{n}．{head}\n\n　　{body}\n\n",
    "first bracketed": "【第{c}件】{head}\n{body}",
    "first event": "第{c}件大事：{head}\n{body}",
    "first glued": "第{c}件{head}\n{body}",
    "event of": "大事之{c} {head}\n{body}",
    "ten of": "十大亮点之{c}：{head}\n{body}",
    "part": "PART {z}\n{head}\n{body}",
    "no": "NO.{n}\n{head}\n{body}",
    "bracket alone": "【{c}】\n{head}\n{body}",
    "chinese alone": "{c}\n{head}\n{body}",
    "slash": "{z} / {head}\n{body}",
    "bar": "{z}|{head}\n{body}",
    "glued zero": "{z}{head}\n{body}",
    "glued": "{n}{head}\n{body}",
    "star": "★{n}.{head}\n{body}",
    "diamond": "◆{head}\n{body}",
    "roman": "{r}、{head}\n{body}",
    "keyword": "关键词{n}：{head}\n{body}",
    "suffix": "{head}（之{c}）\n{body}",
    "square": "[{n}] {head}\n{body}",
    "hollow": "〔{c}〕{head}\n{body}",
    "tab": "{n}\t{head}\n{body}",
    "middle dot": "{n}·{head}\n{body}",
    "its": "其{c}：{head}\n{body}",
    "dash": "{n}-{head}\n{body}",
    "unnumbered": "{head}\n{body}{body}",
    "circled": "{o}{head}\n{body}",
}
INLINE = {
    "one is": "{c}是{head}。",
    "semicolon": "{n}.{head}；",
    "circled": "{o}{head}；",
    "comma": "{n}、{head}。{body}",
    "lost": "{n}?{head}。{body}",
    "parentheses": "（{c}）{head}。",
}


def printed(template: str, joint: str) -> str:
    items = []
    for number, (head, body) in enumerate(zip(HEADS, BODIES, strict=True), 1):
        items.append(
            template.format(
                n=number,
                z=f"{number:02d}",
                c=CHINESE[number],
                o=CIRCLED[number - 1],
                r="ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"[number - 1],
                head=head,
                body=body,
            )
        )
    return INTRO + joint.join(items)


def read(text: str, *captions: str) -> Reading:
    images = tuple(Image(url=f"u{i}", caption=caption) for i, caption in enumerate(captions))
    day = datetime(2025, 1, 9, tzinfo=SHANGHAI)
    return read_publication(
        Article(
            url="u", title="昆明市政协2024年十件大事", text=text, published_at=day, images=images
        )
    )


@pytest.mark.parametrize("style", STYLES)
def test_items_on_lines(style: str) -> None:
    reading = read(printed(STYLES[style], "\n"))
    assert [event.heading for event in reading.events] == HEADS
    assert [event.ordinal for event in reading.events] == list(range(1, 11))
    assert not reading.issues


@pytest.mark.parametrize("style", INLINE)
def test_items_in_one_paragraph(style: str) -> None:
    assert [event.heading for event in read(printed(INLINE[style], "")).events] == HEADS


def test_a_contents_list_is_not_the_list() -> None:
    contents = "\n".join(f"{i}.{head}" for i, head in enumerate(HEADS, 1))
    reading = read(contents + "\n下面逐一介绍。\n" + printed("{n}.{head}\n{body}", "\n"))
    assert [event.heading for event in reading.events] == HEADS
    assert all(event.body for event in reading.events)


def test_a_list_inside_an_item_is_its_body() -> None:
    inner = "\n1.调研先行。\n2.协商跟进。\n3.监督问效。"
    lines = [
        f"{i}.{head}\n{body}" + (inner if i in (2, 5) else "")
        for i, (head, body) in enumerate(zip(HEADS, BODIES, strict=True), 1)
    ]
    events = read(INTRO + "\n".join(lines)).events
    assert [event.heading for event in events] == HEADS
    assert "监督问效" in events[1].body


def test_what_follows_the_list_is_left_out() -> None:
    tail = "\n责任编辑：某某\n相关阅读\n1.某条新闻\n2.又一条新闻\n3.还有一条"
    events = read(printed("{n}.{head}\n{body}", "\n") + tail).events
    assert [event.heading for event in events] == HEADS
    assert events[-1].body == BODIES[-1]


def test_page_noise_is_no_item() -> None:
    around = "当前位置：首页 > 正文\n字号：大 中 小\n{}\n1 2 3 4 5 6 7 8 9 10 11 12 下一页"
    for style, joint in ((STYLES["stop"], "\n"), (INLINE["semicolon"], "")):
        events = read(around.format(printed(style, joint))).events
        assert [event.heading for event in events] == HEADS


def test_captions_alone() -> None:
    captions = [f"{i}.{head}" for i, head in enumerate(HEADS, 1)]
    assert [event.heading for event in read("请看图片。", *captions).events] == HEADS


def test_captions_without_numbers() -> None:
    assert [event.heading for event in read("请看图片。", *HEADS).events] == HEADS
    title = ["昆明市政协2024年十件大事"] * 10
    assert read("请看图片。", *title).events == ()


def test_dates_of_items() -> None:
    events = read(printed("{n}.{head}\n{body}", "\n")).events
    assert [event.date for event in events[:3]] == ["2024-03-05", "2024-04", None]


def test_a_lost_item_is_named() -> None:
    text = "\n".join(line for line in printed("{n}.{head}", "\n").split("\n") if line[:2] != "6.")
    reading = read(text)
    assert [event.ordinal for event in reading.events] == [1, 2, 3, 4, 5, 7, 8, 9, 10]
    assert "no event is numbered 6" in reading.issues
