"""Lists whose items carry no numbers, and whose count stands in the text, not in the title."""

import pytest

from crawler.reading.selection.counts import counts_of
from crawler.reading.selection.events import select
from crawler.reading.words.folding import fold

HEADS = [
    "河长制民主监督走完三条干流",
    "首个委员会客厅在菜市场挂牌",
    "老旧小区加装电梯协商会",
    "《渡口旧事》首发",
    "五件提案被列为督办件",
]
BODIES = [
    "监督组六次下河，交办问题四十条，年底全部销号。",
    "每周三有人值守，接待群众三百多人次。",
    "三方坐到一起，谈妥了一楼的采光。",
    "全书收录口述四十篇，最老的讲述者九十岁。",
    "领办人每月到现场一次，办结四件。",
]
INTRO = "临水县政协主席会议从三十项工作中选出去年的五件要事，照录如下。\n"
CLOSING = "\n五件之外，还有不少没有写进来的事，留给来年再说。\n（县政协办公室供稿 编辑：小林）"
MONTHS = ["二月", "四月至五月", "七月", "九月", "十二月"]
MEDALS = ["🥇", "🥈", "🥉", "第四 ", "第五 "]
PICTURES = ["🌊", "🏠", "🛗", "📖", "📮"]

STYLES = {
    "bare heads": "{head}\n{body}",
    "dates and symbols": "◇ {month} {head}\n{body}",
    "pictures and bars": "{picture}{head}｜{body}",
    "medals": "{medal}{head} 1{i}03票",
    "reasons below": "{head}\n入选理由：{body}",
    "dates alone": "【{i}月{i}日 晴】\n{head}。{body}",
    "dates in brackets": "【{month}】{head} {body}",
    "one word throughout": "头一回｜{head}：{body}",
    "superlatives": "最{letter}的一件：{head}。{body}",
    "solar terms": "{term}·{head}。{body}",
    "speakers": "男：镜头{chinese}，{head}。{body}",
    "scanned": "O{i} {head}\n>>> {body}",
    "clock": "0{i}:2{i} {head}\n{body}",
    "counting down": "TOP {down}\n{head}\n{body}",
    "dashes": "◉ {head}——{body}",
    "captions": "图{circled}：{head}。{body}",
    "words in brackets": "【{head}】{body}",
    "read out": "第{chinese}位委员念道：“第{chinese}件，{head}。{body}”",
}
INSIDE = {
    "semicolons": ("{head}", "；", "。"),
    "quoted": ("“{head}”", "", "。"),
    "ordinals": ("第{chinese}件，{head}", "；", "。"),
    "circled": ("{circled}{head}。{body}", "", ""),
}


def printed(template: str, i: int) -> str:
    return template.format(
        i=i + 1,
        down=len(HEADS) - i,
        head=HEADS[i],
        body=BODIES[i],
        month=MONTHS[i],
        medal=MEDALS[i],
        picture=PICTURES[i],
        letter="远近早慢热"[i],
        term=["立春", "清明", "小满", "白露", "冬至"][i],
        chinese="一二三四五"[i],
        circled="①②③④⑤"[i],
    )


def headings(text: str, title: str = "水边的一年") -> list[str]:
    folded = fold(text)
    counts = counts_of(fold(title).text, "", folded.text)
    return [event.heading for event in select(folded, counts, ()).events]


@pytest.mark.parametrize("style", STYLES)
def test_items_are_told_by_what_leads_them(style: str) -> None:
    items = [printed(STYLES[style], i) for i in range(len(HEADS))]
    assert headings(INTRO + "\n".join(items) + CLOSING) == HEADS


@pytest.mark.parametrize("style", INSIDE)
def test_items_stand_in_one_paragraph(style: str) -> None:
    template, joint, end = INSIDE[style]
    items = joint.join(printed(template, i) for i in range(len(HEADS)))
    assert headings(INTRO.replace("。", "：") + items + end + CLOSING) == HEADS


def test_the_paragraphs_of_a_body_stay_and_the_closing_words_are_none() -> None:
    items = [
        f"{head}\n{body}\n委员们说，这事值得。" for head, body in zip(HEADS, BODIES, strict=True)
    ]
    text = fold(INTRO + "\n".join(items) + CLOSING)
    events = select(text, counts_of("", "", text.text), ()).events
    assert [event.body for event in events] == [f"{body}\n委员们说，这事值得。" for body in BODIES]


def test_a_review_in_sections_is_no_selection() -> None:
    text = fold(
        "过去一年，县政协围绕三项重点开展工作。\n"
        + "\n".join(f"{head}\n{body}{body}" for head, body in zip(HEADS[:3], BODIES, strict=False))
    )
    assert not select(text, counts_of("", "", text.text), (), sure=False).events


def test_a_selection_is_found_though_the_genre_is_another() -> None:
    items = [printed(STYLES["bare heads"], i) for i in range(len(HEADS))]
    sixth = "委员夜校办到乡镇\n全年开课三十讲，听课的多是年轻人。"
    text = fold(INTRO.replace("五件", "六件") + "\n".join([*items, sixth]))
    found = select(text, counts_of("", "", text.text), (), sure=False)
    assert found.firm
    assert [event.heading for event in found.events] == [*HEADS, "委员夜校办到乡镇"]


def test_proposals_that_have_been_chosen_are_no_events() -> None:
    items = [f"《关于{head}的提案》\n{body}" for head, body in zip(HEADS, BODIES, strict=True)] * 2
    text = fold("县政协评出年度十件提案，现予公布。\n" + "\n".join(items))
    assert not select(text, counts_of("年度十佳提案", "", text.text), (), sure=False).events


def test_a_year_of_months_is_a_list_though_nobody_counts_it() -> None:
    months = ["一月", "三月", "五月", "八月", "十一月"]
    items = [f"{m}　{h}\n{b}" for m, h, b in zip(months, HEADS, BODIES, strict=True)]
    text = "旧台历翻完了，县政协的一年都在里面。\n" + "\n".join(items)
    assert headings(text, "县政协的月历") == HEADS
    days = [
        f"{i}月{i}日—{i + 3}日\n{h}\n{b}"
        for i, h, b in zip(range(2, 7), HEADS, BODIES, strict=True)
    ]
    assert headings("\n".join(days), "临水县政协大事") == HEADS


def test_dates_out_of_order_that_nobody_counts_are_no_list() -> None:
    months = ["十月", "三月", "五月", "二月", "十一月"]
    items = [f"{m}，{b}" for m, b in zip(months, BODIES, strict=True)]
    assert headings("\n".join(items), "县政协的月历") == []


def test_paragraphs_under_their_first_sentences_are_told_by_以上() -> None:
    items = [
        f"{head}。{body}委员们说，这事值得。" for head, body in zip(HEADS, BODIES, strict=True)
    ]
    opening = "一年又过去了。办公室的同志把日志翻出来，理出下面这些。"
    text = "\n".join([opening, *items, "以上五件，算不得惊天动地。日子就是这样过去的。"])
    assert headings(text, "值得记住的事") == HEADS


def test_lines_that_begin_alike_before_a_dash_are_items_that_a_title_counts() -> None:
    items = [f"落笔{head}——{body}" for head, body in zip(HEADS, BODIES, strict=True)]
    text = "一城烟火，处处不同。\n" + "\n".join(items)
    assert headings(text, "县政协这一年：五处落笔") == [f"落笔{head}" for head in HEADS]


def test_who_took_a_picture_is_no_part_of_its_caption() -> None:
    items = [
        f"[图片]\n图{circled}：{head}。{body}（{i}月6日，林某某摄）"
        for i, (circled, head, body) in enumerate(zip("一二三四五", HEADS, BODIES, strict=True), 2)
    ]
    text = "没有滤镜，选了五张。\n" + "\n".join(items) + "\n快门按下，一年就过去了。"
    assert headings(text, "光影留痕") == HEADS


def test_deeds_that_nobody_counts_are_split_in_a_review_and_its_sections_are_not() -> None:
    heads = [*HEADS, "古渡口的灯亮了一整年"]
    bodies = [*BODIES, "一条信息、三个部门，停了九年的灯重新点亮。"]
    intro = "翻开临水县政协的2023年，这些画面值得再看一眼。\n"
    text = fold(intro + "\n".join(f"{h}\n{b}" for h, b in zip(heads, bodies, strict=True)))
    found = select(
        text, counts_of("", "", text.text), (2023,), sure=False, flagged=True, filled=True
    )
    assert [event.heading for event in found.events] == heads
    assert found.firm
    sections = [f"坚持{word}引领" for word in ("政治", "思想", "中心", "民生", "团结", "自身")]
    long = "全年开展协商十二次，形成建议三十条，" * 5
    text = fold(intro + "\n".join(f"{head}\n{long}。" for head in sections))
    found = select(
        text, counts_of("", "", text.text), (2023,), sure=False, flagged=True, filled=True
    )
    assert not found.events


def test_a_line_above_each_dated_line_heads_it() -> None:
    days = ["2月14日", "5月", "7月底", "9月", "10月", "12月28日"]
    heads = [*HEADS, "最晚的一次常委会"]
    bodies = [*BODIES, "逐条过完协商意见。"]
    items = zip(heads, days, bodies, strict=True)
    text = fold("\n".join(f"{head}\n{day}，{body}" for head, day, body in items))
    found = select(text, counts_of("", "", text.text), (2023,))
    assert [event.heading for event in found.events] == heads
