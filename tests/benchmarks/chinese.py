"""Made-up Chinese articles for benchmarks: the same seed gives the same words everywhere.

Words are drawn by Zipf's law from the field's vocabulary and from pairs of common characters,
each article opens with a formula that thousands of others share, and short notices are filled
into a handful of forms: what makes telling copies from look-alikes hard.
"""

import random
from functools import cache

_PLACES = "北辰 南屏 东陵 西川 云岭 江左 海曲 山阳 林溪 河间 湖熟 原平 桂岭 黔阳 滇池 甘泉"
PLACES = _PLACES.split()
_FIELD = (
    "政协 委员 提案 协商 民主 监督 调研 视察 履职 建言 献策 界别 专题 座谈 会议 主席 常委 报告 "
    "发展 改革 开放 创新 产业 乡村 振兴 生态 环境 教育 医疗 养老 就业 文化 旅游 科技 企业 群众 "
    "基层 治理 法治 团结 联谊 港澳 台侨 民族 宗教 读书 书香 平台 机制 制度 质量 成效 落实 推动 "
    "促进 加强 深化 拓展 完善 凝聚 共识 服务 大局 中心 工作 全省 全市 一年 以来 围绕 聚焦 组织"
)
FIELD = _FIELD.split()
CHARACTERS = (
    "水火土金木石田禾苗果花草树林山川江河湖海湾岛桥路车船机电光影声色味香书画笔墨纸字词句"
    "春夏秋冬朝夕晨暮阴晴雨雪风云雷霜露早晚东西南北左右前后高低长短宽窄厚薄轻重快慢冷暖"
)
OPENINGS = (
    "过去一年，在中共{place}省委的坚强领导下，{place}省政协及其常委会牢记嘱托、勇担使命，"
    "把加强思想政治引领、广泛凝聚共识作为中心环节，各项工作取得新的进展。",
    "岁序更替，华章日新。回望这一年，{place}省政协广大委员心怀国之大者，深入基层、深入群众，"
    "在协商中建言资政，在履职中凝心聚力，交出了一份沉甸甸的答卷。",
    "日前，{place}省政协办公厅发布年度履职盘点，从协商议政、民主监督、提案办理、联系界别群众"
    "等方面，展示委员们一年来的足迹与收获。",
)
NOTICES = (
    "{place}省政协办公厅关于召开第{term}届委员会第{n}次会议的通知\n各位委员：经主席会议研究决定，"
    "{place}省政协第{term}届委员会第{n}次会议定于{month}月{day}日在{hall}召开，会期{days}天。请"
    "各位委员安排好工作，于{month}月{before}日到{hotel}报到。因故不能出席的，请履行请假手续。"
    "联系人：{name}，电话{phone}。",
    "{place}市政协关于{name}等{m}名同志任职的公告\n经{place}市政协第{term}届常务委员会第{n}次会议"
    "通过，任命{name}同志为提案委员会副主任，{other}同志为文史委员会副主任。本决定自{month}月"
    "{day}日起生效。特此公告。{place}市政协办公室",
    "{place}市政协机关{year}年第{n}批采购项目公示\n根据有关规定，现将{place}市政协机关采购项目予以"
    "公示：项目名称为{hall}会议系统维护，成交金额{amount}元，供应商为{hotel}服务公司，公示期"
    "{days}个工作日。如有异议，请于{month}月{day}日前向办公室反映，联系人{name}，电话{phone}。",
    "政协{place}县第{term}届委员会常务委员会第{n}次会议议程\n一、传达学习上级会议精神；二、听取"
    "县政府关于{hall}建设情况的通报；三、审议{year}年工作要点；四、其他事项。会议时间：{month}月"
    "{day}日上午{hour}时。会议地点：{hotel}会议室。列席人员名单由{name}负责通知。",
)


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The words and their cumulative weights."""
    rng = random.Random(7)
    pairs = {rng.choice(CHARACTERS) + rng.choice(CHARACTERS) for _ in range(4000)}
    words = [*FIELD, *sorted(pairs)]
    rng.shuffle(words)
    weights = []
    total = 0.0
    for rank in range(1, len(words) + 1):
        total += 1 / (rank + 10)
        weights.append(total)
    return tuple(words), tuple(weights)


def article_text(number: int, length: int = 1200) -> str:
    """An article of about ``length`` characters in paragraphs, with a shared opening."""
    rng = random.Random(number * 2654435761)
    words, weights = vocabulary()
    paragraphs = [OPENINGS[number % len(OPENINGS)].format(place=rng.choice(PLACES))]
    size = len(paragraphs[0])
    while size < length:
        sentences = []
        for _ in range(rng.randint(3, 6)):
            clause = rng.choices(words, cum_weights=weights, k=rng.randint(5, 14))
            cut = rng.randint(2, len(clause) - 1)
            clause.insert(cut, rng.choice(["，", "、", "", f"{rng.randint(2, 900)}件"]))
            sentences.append("".join(clause) + "。")
        paragraphs.append("".join(sentences))
        size += len(paragraphs[-1])
    return "\n".join(paragraphs)


def notice_text(number: int) -> str:
    """A short notice: one of a few forms, filled in."""
    rng = random.Random(number * 40503 + 11)

    def name() -> str:
        return rng.choice("赵钱孙李周吴郑王冯陈") + rng.choice(CHARACTERS) + rng.choice(CHARACTERS)

    day = rng.randint(2, 28)
    return rng.choice(NOTICES).format(
        place=rng.choice(PLACES),
        term=rng.randint(8, 14),
        n=rng.randint(1, 30),
        m=rng.randint(2, 9),
        month=rng.randint(1, 12),
        day=day,
        before=day - 1,
        days=rng.randint(3, 9),
        hour=rng.randint(8, 11),
        year=rng.randint(2015, 2025),
        amount=rng.randint(10_000, 900_000),
        phone=rng.randint(2_000_000, 8_999_999),
        hall=rng.choice(PLACES) + rng.choice(["会堂", "大厦", "中心"]),
        hotel=rng.choice(PLACES) + rng.choice(["宾馆", "饭店", "大酒店"]),
        name=name(),
        other=name(),
    )


def _words(rng: random.Random, length: int) -> str:
    words, weights = vocabulary()
    return "".join(rng.choices(words, cum_weights=weights, k=length))[:length]


def spaced(text: str, rng: random.Random) -> str:
    """Other spacing and width."""
    return "　　" + text.replace("\n", " \n\n　　").replace("，", ", ").replace("。", "。 ")


def lead_removed(text: str, rng: random.Random) -> str:
    """The first 40 characters gone."""
    return text[40:]


def lead_added(text: str, rng: random.Random) -> str:
    """A reporter's line and an editor's lead before it."""
    return f"本网讯（记者 {_words(rng, 3)}）{_words(rng, 60)}。\n{text}"


def captioned(text: str, rng: random.Random) -> str:
    """Four picture captions between the paragraphs."""
    paragraphs = text.split("\n")
    for _ in range(4):
        caption = f"图为{_words(rng, 28)}。{_words(rng, 3)}摄"
        paragraphs.insert(rng.randint(0, len(paragraphs)), caption)
    return "\n".join(paragraphs)


def characters_changed(text: str, rng: random.Random) -> str:
    """5% of the characters are other ones."""
    signs = list(text)
    for at in rng.sample(range(len(signs)), len(signs) // 20):
        if signs[at] != "\n":
            signs[at] = rng.choice(CHARACTERS)
    return "".join(signs)


def fifth_cut(text: str, rng: random.Random) -> str:
    """The last 20% gone."""
    return text[: len(text) * 4 // 5]


def half_cut(text: str, rng: random.Random) -> str:
    """The last half gone."""
    return text[: len(text) // 2]


def shuffled(text: str, rng: random.Random) -> str:
    """The paragraphs in another order."""
    paragraphs = text.split("\n")
    rng.shuffle(paragraphs)
    return "\n".join(paragraphs)


COPIES = {
    "spacing": (spaced, 0.99),
    "lead removed": (lead_removed, 0.99),
    "lead added": (lead_added, 0.99),
    "four captions": (captioned, 0.99),
    "5% of characters": (characters_changed, 0.99),
    "20% cut": (fifth_cut, 0.99),
    "paragraphs shuffled": (shuffled, 0.99),
    "half cut": (half_cut, 0.95),
}
"""How a copy differs, and the recall that is asked for."""
