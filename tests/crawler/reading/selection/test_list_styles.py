"""Lists in many more styles than the generator's, with bodies that number their own parts."""

import random
from collections.abc import Callable
from datetime import datetime

import pytest

from crawler.reading import read_publication
from storage.records import SHANGHAI, Article, Genre, Reading

Item = Callable[[int, str, str], str]

HEADS = """党建引领凝共识，理论学习走在前
聚焦“专精特新”开展月度协商
出台《关于加强委员联络服务的实施意见》
5件重点提案获省领导批示
助力乡村振兴：一支队伍带富一个村
跨省政协联手守护一江清水
数字政协平台“掌上履职”上线
民主监督出真招、见实效
推动老旧小区加装电梯
召开庆祝人民政协成立75周年座谈会
120名委员下沉一线助企纾困
为“十五五”规划建言资政
深化机关作风建设
委员工作室实现镇街全覆盖
一份信息促成一项惠民政策
专题协商“一老一小”
聚力攻坚 助推重大项目落地
与侨同行：海外联谊结硕果
调研成果写进政府工作报告
开展“同心护航”普法行动""".splitlines()
BODIES = """2024年3月12日，市政协召开专题会议进行部署，全体常委参加学习。
这项工作得到市委充分肯定，（1）建立了领导小组；（2）完善了工作机制；（3）形成了长效办法。
一是坚持问题导向，深入一线摸实情；二是坚持开门协商，广泛听取意见；三是坚持跟踪问效。
①摸清底数，建立台账；②分类施策，逐项销号；③定期回访，确保实效。
“没想到这么快就解决了！”居民张大姐高兴地说。
具体做法：（一）建机制，明责任；（二）搭平台，聚合力；（三）抓落实，重实效。
1. 前期调研充分；2. 协商过程深入；3. 成果转化及时。
市委书记批示：“建议很有针对性，请有关部门认真研究采纳。”
10月18日，现场推进会召开。会上，6个县区作了交流发言，2个部门作了回应。""".splitlines()
CN = ["零", *"一二三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六七八九"), "二十"]
FORMAL = "零壹贰叁肆伍陆柒捌玖拾"
CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
BLACK = "⓿❶❷❸❹❺❻❼❽❾❿"


def keycap(i: int) -> str:
    return "\U0001f51f" if i == 10 else f"{i}\ufe0f\u20e3"


def wide(i: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(i))


# Ten items each; name: how an item is printed from its number, heading and body.
LINES: dict[str, Item] = {
    "dot": lambda i, h, b: f"{i}.{h}\n{b}",
    "slash": lambda i, h, b: f"{i:02d}/{h}\n{b}",
    "bar": lambda i, h, b: f"{i:02d} | {h}\n{b}",
    "wide": lambda i, h, b: f"{wide(i)}．{h}\n{b}",
    "bracket": lambda i, h, b: f"【{i:02d}】{h}\n{b}",
    "hollow": lambda i, h, b: f"〔{CN[i]}〕{h}\n{b}",
    "angle": lambda i, h, b: f"〈{i}〉{h}\n{b}",
    "book": lambda i, h, b: f"《{CN[i]}》{h}\n{b}",
    "corner": lambda i, h, b: f"「{CN[i]}」{h}\n{b}",
    "brace": lambda i, h, b: f"｛{i}｝{h}\n{b}",
    "slashes": lambda i, h, b: f"// {i:02d} //\n{h}\n{b}",
    "tildes": lambda i, h, b: f"~{i}~\n{h}\n{b}",
    "dashes": lambda i, h, b: f"—{i:02d}—\n{h}\n{b}",
    "of ten": lambda i, h, b: f"【{i}/10】{h}\n{b}",
    "of ten bare": lambda i, h, b: f"{i}/10 {h}\n{b}",
    "first item": lambda i, h, b: f"第{i}件 {h}\n{b}",
    "first circled": lambda i, h, b: f"第{CIRCLED[i]}件：{h}\n{b}",
    "first alone": lambda i, h, b: f"第{CN[i]}件\n{h}\n{b}",
    "first comma": lambda i, h, b: f"第{CN[i]}，{h}\n{b}",
    "first place": lambda i, h, b: f"第{CN[i]}名：{h}\n{b}",
    "of": lambda i, h, b: f"之{CN[i]}：{h}\n{b}",
    "event of": lambda i, h, b: f"大事之{CN[i]}——{h}\n{b}",
    "its": lambda i, h, b: f"其{CN[i]}：{h}\n{b}",
    "no alone": lambda i, h, b: f"NO.{i:02d}\n{h}\n{b}",
    "no of the scanner": lambda i, h, b: f"N0.{i} {h}\n{b}",
    "numero": lambda i, h, b: f"№{i} {h}\n{b}",
    "top": lambda i, h, b: f"TOP{i}：{h}\n{b}",
    "counting down": lambda i, h, b: f"TOP{11 - i} {h}\n{b}",
    "hash": lambda i, h, b: f"# {i} {h}\n{b}",
    "keycap": lambda i, h, b: f"{keycap(i)} {h}\n{b}",
    "keycap alone": lambda i, h, b: f"{keycap(i)}\n{h}\n{b}",
    "black": lambda i, h, b: f"{BLACK[i]}\n{h}\n{b}",
    "formal": lambda i, h, b: f"{FORMAL[i]}、{h}\n{b}",
    "formal alone": lambda i, h, b: f"{FORMAL[i]}\n{h}\n{b}",
    "small roman": lambda i, h, b: f"{'-ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ'[i]}. {h}\n{b}",
    "star": lambda i, h, b: f"★{h}\n{b}",
    "flag": lambda i, h, b: f"🚩{h}\n{b}",
    "tick": lambda i, h, b: f"☑{h}\n{b}",
    "diamond and number": lambda i, h, b: f"◆{i}\n{h}\n{b}",
    "triangle and number": lambda i, h, b: f"▶{i:02d}\n{h}\n{b}",
    "alone": lambda i, h, b: f"{i}\n{h}\n{b}",
    "alone, rule": lambda i, h, b: f"{i}\n——\n{h}\n{b}",
    "alone, blank": lambda i, h, b: f"{i:02d}\n\n{h}\n\n{b}\n",
    "chinese alone": lambda i, h, b: f"{CN[i]}\n{h}\n{b}",
    "twice": lambda i, h, b: f"{i}\n{i}.{h}\n{b}",
    "behind": lambda i, h, b: f"{h}（{CN[i]}）\n{b}",
    "event 1": lambda i, h, b: f"事件{i}｜{h}\n{b}",
    "event 01 spaced": lambda i, h, b: f"大事件 {i:02d}\n{h}\n{b}",
    "bracketed whole": lambda i, h, b: f"【亮点{CN[i]}：{h}】\n{b}",
    "label dash": lambda i, h, b: f"亮点{i}-{h}\n{b}",
    "label circled": lambda i, h, b: f"亮点{CIRCLED[i]}、{h}\n{b}",
    "own label": lambda i, h, b: f"暖心事{CN[i]}：{h}\n{b}",
    "own label bracketed": lambda i, h, b: f"【故事{i:02d}】{h}\n{b}",
    "own label bar": lambda i, h, b: f"关键事{CN[i]}｜{h}\n{b}",
    "serial": lambda i, h, b: f"序号{i}：{h}\n{b}",
    "bold": lambda i, h, b: f"**{i}. {h}**\n{b}",
    "mixed marks": lambda i, h, b: f"{i}{'、．.,'[i % 4]}{h}\n{b}",
    "mixed numerals": lambda i, h, b: f"{CN[i] if i < 6 else i}、{h}\n{b}",
    "spaced digits": lambda i, h, b: f"{' '.join(str(i))}、{h}\n{b}",
    "short dash": lambda i, h, b: f"{i}-{h}\n{b}",
    "long dash": lambda i, h, b: f"{i}——{h}\n{b}",
    "half bracket": lambda i, h, b: f"{CN[i]}）{h}\n{b}",
    "misprint": lambda i, h, b: f"{i if i != 8 else 7}.{h}\n{b}",
    "missing number": lambda i, h, b: f"{i}.{h}\n{b}" if i != 5 else f"{h}\n{b}",
    "inner lists": lambda i, h, b: f"（{CN[i]}）{h}\n1.抓谋划。{b}\n2.抓落实。{b}",
    "caption between": lambda i, h, b: f"{i}、{h}\n▲市政协委员在现场视察\n{b}",
    "date between": lambda i, h, b: f"{i}.{h}\n（2024年{i}月{i + 5}日）\n{b}",
    "rubrics": lambda i, h, b: f"{i}.{h}\n【新闻回放】{b}\n【点评】这一举措效果明显。",
    "wide spaces": lambda i, h, b: f"　　{i}．　{h}\n　　{b}",
    "sentence": lambda i, h, b: f"{CN[i]}、{h}。{BODIES[0]}",
    "two spaces": lambda i, h, b: f"{i}、{h}  {BODIES[0]}",
    "pairs": lambda i, h, b: f"{h}\n{BODIES[0]}",
    "captions only": lambda i, h, b: f"图{i}：{h}",
}
INLINE: dict[str, Item] = {
    "chinese at once": lambda i, h, b: f"{CN[i]}、{h}。",
    "one is": lambda i, h, b: f"{CN[i]}是{h}；",
    "first": lambda i, h, b: f"第{CN[i]}，{h}。",
    "circled": lambda i, h, b: f"{CIRCLED[i]}{h}；",
    "parentheses": lambda i, h, b: f"（{i}）{h}；",
    "half bracket": lambda i, h, b: f"{i}）{h}；",
}


def read(title: str, text: str) -> Reading:
    day = datetime(2025, 1, 15, tzinfo=SHANGHAI)
    return read_publication(Article(url="u", title=title, text=text, published_at=day))


def bare(heading: str) -> str:
    """A heading without the stop that ends it."""
    return heading.strip(" 。；")


def split(
    style: Item, joint: str, count: int = 10, seed: int = 5, tail: str = ""
) -> tuple[list[str], Reading]:
    """The headings printed, and what is read of the list."""
    rng = random.Random(seed)
    heads = rng.sample(HEADS, count)
    items = [style(i, head, rng.choice(BODIES)) for i, head in enumerate(heads, 1)]
    title = f"曲靖市政协2024年{CN[count]}件大事"
    return heads, read(title, joint.join(items) + tail)


@pytest.mark.parametrize("style", LINES)
@pytest.mark.parametrize("seed", [5, 6])
def test_items_on_lines(style: str, seed: int) -> None:
    heads, reading = split(LINES[style], "\n", seed=seed)
    assert reading.genre is Genre.TEN_EVENTS
    assert [bare(event.heading) for event in reading.events] == heads


@pytest.mark.parametrize("style", INLINE)
def test_items_in_a_paragraph(style: str) -> None:
    heads, reading = split(INLINE[style], "")
    assert [bare(event.heading) for event in reading.events] == heads


@pytest.mark.parametrize("count", [3, 4, 6, 12, 20])
@pytest.mark.parametrize("style", ["dot", "first alone", "star", "label circled"])
def test_other_numbers_of_items(style: str, count: int) -> None:
    if style == "star" or count <= 20:
        heads, reading = split(LINES[style], "\n", count)
        assert [bare(event.heading) for event in reading.events] == heads


OF_TEN = {"of ten", "of ten bare", "counting down", "misprint", "missing number", "mixed numerals"}
LINKS = "\n责任编辑：张某\n相关新闻\n1.省政协召开会议\n2.市政协开展调研\n3.委员视察"


@pytest.mark.parametrize("style", [name for name in LINES if name not in OF_TEN])
def test_three_links_are_not_three_events(style: str) -> None:
    heads, reading = split(LINES[style], "\n", count=3, tail=LINKS)
    assert [bare(event.heading) for event in reading.events] == heads


def test_a_misprinted_number_is_told() -> None:
    _, reading = split(LINES["misprint"], "\n")
    assert [event.ordinal for event in reading.events] == list(range(1, 11))
    assert reading.issues == ("event 8 is printed as number 7",)


def test_a_list_inside_an_event_is_not_the_selection() -> None:
    reading = read(
        "曲靖市政协2024年十件大事",
        "十件大事以图片刊发。\n相关做法：（一）建机制；（二）搭平台；（三）抓落实。",
    )
    assert reading.events == ()
    assert reading.issues == ("the publication states 10 events, 0 were found",)
