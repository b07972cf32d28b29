"""Ordinary news, drawn from the stock of ``fixtures/content/ordinary.toml``.

Three quarters are local news; a part of these names a committee or its members in passing.
The rest is what a committee's own site prints from day to day.  The sentences and titles that
name a committee are in two halves: the weights are learnt from one, and tested on the other.
"""

import random
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from fixtures.ordinary import fill_slots
from fixtures.texts import CONTENT
from storage.records import SHANGHAI, Article, Genre

FIRST = datetime(2025, 1, 2, 8, tzinfo=SHANGHAI)
PASSING = (
    "市政协委员{person}在调研时建议，把这一做法推广到更多乡镇。",
    "此前，{county}政协曾就此组织委员视察，提出意见{3-12}条。",
    "{city}政协十件大事之一的协商平台，也把这个话题列入了议题。",
    "去年的政协全会上，{person}等委员联名提交提案，{city}有关部门逐条答复。",
    "有政协委员表示，一年来的变化看得见、摸得着。",
    "全年累计受理群众诉求{300-900}件，办结率{95-99}%，市人大、市政协多次前来调研。",
)
ROUTINE = (
    "{city}政协召开第{3-60}次主席会议",
    "{city}政协主席{person}到{county}调研",
    "{county}政协举行委员培训班",
    "{city}政协党组理论学习中心组开展集体学习",
    "{county}政协机关支部开展主题党日活动",
    "{city}政协委员视察{county}养老服务",
    "{county}政协“有事好商量”走进{village}",
    "{city}政协领导督办重点提案",
    "{person}委员：把课堂搬到田间",
    "{city}政协{5-9}届{2-5}次会议将于1月{10-20}日召开",
    "政协{city}委员会关于召开全体会议的通知",
    "{city}政协慰问困难委员和老干部",
    "{county}政协征集文史资料",
    "住{city}政协委员分组讨论政府工作报告",
    "{city}两会热点：委员关注教育和就业",
)
BODIES = (
    "1月{3-28}日，{city}政协召开会议，{person}主持并讲话。会议听取了有关情况汇报，研究了下一步工作。",
    "{person}一行先后来到{county}{village}、{firm}，实地察看项目进展，与干部群众座谈。",
    "会议强调，要提高政治站位，发挥专门协商机构作用，扎实做好各项工作。",
    "调研组要求，要突出问题导向，提出务实管用的意见建议，助力{county}发展。",
    "委员们围绕议题踊跃发言，提出意见建议{6-30}条，相关部门现场回应。",
    "活动现场气氛热烈，{40-180}余人参加。有关委室负责同志陪同。",
    "据悉，全年已开展类似活动{6-20}场次，收集意见{60-200}余条。",
    "{person}指出，提案办理要在落实上下功夫，办复率达到百分之百。",
)


OUTLETS = ("本地日报", "今日新闻", "市政协网", None)


def _drawn(
    rng: random.Random, number: int, stock: dict[str, Any], half: int
) -> tuple[str, str, Genre]:
    names = stock["names"][rng.choice(sorted(stock["names"]))]
    key = str(number)
    kind = rng.random()
    genre = Genre.OTHER
    if kind < 0.25:
        genre = Genre.CPPCC_NEWS
        sentences = rng.sample(BODIES[half::2], rng.randint(1, 4))
        title = rng.choice(ROUTINE[half::2])
    else:
        theme = stock["theme"][rng.choice(sorted(stock["theme"]))]
        title = rng.choice(theme["titles"])
        sentences = [
            rng.choice(theme["openings"]),
            *rng.sample(theme["middles"], rng.randint(3, 8)),
            *rng.sample(stock["general"]["sentences"], rng.randint(0, 4)),
            rng.choice(theme["closings"]),
        ]
        if kind < 0.6:
            sentences.insert(rng.randint(1, len(sentences)), rng.choice(PASSING[half::2]))
    text = "\n".join(fill_slots(sentence, names, key) for sentence in sentences)
    title = fill_slots(title, names, key)
    return title, f"本报讯（记者 {names['person'][0]}）{text}", genre


def ordinary(seed: int, count: int, half: int) -> Iterator[tuple[Article, Genre]]:
    """``count`` articles of one month with their genres, the same each time; ``half`` is 0 or 1."""
    rng = random.Random(seed)
    stock = tomllib.loads((CONTENT / "ordinary.toml").read_text("utf-8"))
    for number in range(count):
        title, text, genre = _drawn(rng, number, stock, half)
        day = FIRST + timedelta(minutes=9 * number)
        outlet = rng.choice(OUTLETS)
        yield (
            Article(url=f"u{number}", title=title, text=text, published_at=day, outlet=outlet),
            genre,
        )
