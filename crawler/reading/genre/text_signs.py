"""What a text does: whom it speaks of, when, of how much of the work, and in which form."""

import re
from collections.abc import Iterator, Set
from functools import cache
from importlib.resources import files
from itertools import islice

from crawler.reading.facts.period import closed_year
from crawler.reading.genre import wording as w
from crawler.reading.genre.actors import members_who_act, names_in_passing
from crawler.reading.genre.claims import (
    OPENING,
    PAST_LIST,
    Claim,
    counted_in,
    kind_of,
)
from crawler.reading.genre.signs import Sign, of_meta, of_text, of_words
from crawler.reading.genre.subject import (
    BODY,
    COMMITTEE_SITE,
    CPPCC,
    HEAD,
    WHOLE_TEXT,
    Subject,
    sums_up,
)
from crawler.reading.words.folding import characters_of

LEAD = 160

# The committee's functions: a review tells of most of them, news of one or two.
_FUNCTIONS = (
    ("学习", "思想引领", "思想政治", "主题教育", "政治引领", "宣讲", "党组"),
    ("协商", "议政", "商量", "建言"),
    ("民主监督", "监督", "评议"),
    ("提案",),
    ("社情民意", "信息"),
    ("调研", "视察", "考察"),
    ("界别", "履职考核", "委员履职", "委员工作室", "委员之家", "请假", "述职"),
    ("联谊", "港澳", "台胞", "台商", "民族", "宗教", "侨", "凝聚共识", "友好"),
    ("文史", "史料", "读书", "口述", "书画"),
    ("扶贫", "脱贫", "助学", "捐", "乡村振兴", "民生", "帮扶", "助农", "义诊"),
    ("自身建设", "机关", "作风", "制度", "换届"),
)


@cache
def _shared_words() -> tuple[tuple[str, int, int, tuple[str, ...]], ...]:
    """The rows of words.tsv: the sign, how many words make it whole, how far, the words."""
    lines = (files(__package__) / "words.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return tuple(
        (f"text.{name}", int(full), int(end), tuple(words.split(" ")))
        for name, full, end, words in rows
    )


_TOTAL = re.compile(
    r"[\d一二三四五六七八九十百千两][\d.一二三四五六七八九十百千零]*[余多]?万?[余多]?"
    r"(?:人次|件次|场次|[件次场篇条项期份个])"
)
_MONTH = re.compile(r"月")
_MONTH_NUMBERS = frozenset("123456789元二三四五六七八九") | {"10", "11", "12", "十一", "十二"}
_OPENING = re.compile(
    r"(?:会议|大会|全会)[^。]{0,20}(?:开幕|闭幕|启幕)|(?:今日|昨日|今天|昨天|\d日)[^。\n]{0,12}"
    r"(?:上午|下午)?[^。\n]{0,40}(?:召开|开幕|举行|启幕|闭幕)|开幕(?:会|式)侧记|落下帷幕|闭幕第"
)
# The first sentence is of a plenary that opens or closes that day.
_SITTING_OPENS = re.compile(
    r"[^。\n]{0,60}?(?:[届第][一二三四五六七八九十\d]{1,3}次(?:全体)?会议|政协全会|政协会议|全体会议|两会)"
    r"(?![^。\n]{0,24}(?:即将|将于|就要|前夕|在即|之际|召开前|开幕前))[^。,\n]{0,24}"
    r"(?:开幕|闭幕|启幕|落下帷幕|拉开帷幕|圆满结束)(?!前|在即|之前)"
)
_DATE = re.compile(r"\d月\d{1,2}日")
_FIRST_DATES = 200
_RUNS_BY_MONTHS = re.compile(
    r"[^。\n]{0,12}?(?P<first>\d{1,2})月(?!底|末)[^月]{2,60}?[;。,\n…](?!(?P=first)月)\d{1,2}月"
)
_CHRONICLE = 3
"""So many dates in its first words are a chronicle, which opens with a sitting too."""
_YEAR_OF_WORK = re.compile(
    r"(?:^|[\n。,,—])[^。\n]{0,12}?((?:20|19)\d\d|二[〇零○][〇零○一二三四五六七八九]{2}|这一|过去的?一|一|全|五|去(?!年[底初末\d]))年"
    r"(?:来|间|里|度)?[^。\n]{0,40}?政协(?!全会|会议|委员(?!会))"
)
_VOTING_OPEN = re.compile(
    r"投出?[^。\n]{0,10}一票|评选[^。\n,]{0,8}(?:正式)?(?:启动|开始|拉开)|投票(?:时间|方式|通道|入口|方法|截止|倒计时)|限投|从中选出(?:您|十|\d)|选出您|选出不超过|"
    r"候选(?:条目|事项|事件|项目|名单)?[^。\n]{0,12}(?:公布|公示|如下|排名不分)|得票居前|每人限|"
    r"推荐(?:范围|条件|办法|表)|自荐|请(?:您|你|登录)[^。\n]{0,16}(?:投|选)|怎么投|如何投票|[可须]选满|多选少选|"
    r"(?<!继续)面向[^。\n]{0,8}征集(?!产生|而来|到)|每天?(?:可|限)投|"
    r"(?:得票|票数)(?:排名)?(?:居|在)?前[^。\n]{0,12}(?:将|入选|当选|见报|月)"
)
_VOTING_CLOSED = re.compile(
    r"(?:投票|评选)[^。\n]{0,18}(?:已[^。\n]{0,10}(?:关闭|结束)|落幕|结果(?:揭晓|出炉|如下))|"
    r"最终结果,|正式揭[榜晓]|张榜|结果出炉|投票产生|评选产生"
)
_FIRST_PERSON = re.compile(r"我(?!们|[省市县区州国会校院旗盟])")
_PROPOSAL_ITEM = re.compile(r"《?关于[^\n]{4,40}的?(?:提案|建议|议案)》?")
_SPEECH = re.compile(
    r"各位委员[,:、!]|请予?审议|现将.{0,30}工作(?:情况)?报告如下|向大会报告|(?:受|"
    r"代表).{0,40}(?:常务委员会|常委会).{0,12}报告.{0,6}工作"
)
_PROPOSAL_SPEECH = re.compile(r"报告[^。\n]{0,24}提案工作(?:的?情况)?|提案工作(?:情况)?的?报告")
_PROPOSALS_OPEN = 500


def text_signs(subject: Subject) -> Iterator[Sign]:
    """What the text shows."""
    text = subject.text.text[: subject.end_of_body]
    head = text[:HEAD]
    if len(text) < WHOLE_TEXT:
        yield Sign("text.short", 1.0, "text")
    passing = names_in_passing(subject, text)
    if passing:
        members = members_who_act(subject, text)
        yield from of_text("text.members_act", members)
        if members is None:
            yield from of_text("text.names_committee_in_passing", CPPCC.search(text))
    characters = characters_of(text)
    for name, full, end, words in _shared_words():
        if not passing or name not in _OF_ITS_OWN_YEAR:
            yield from of_words(name, words, text, end, full, characters)
    if not passing:
        yield from _own_year(subject, text, characters)
    dates = len(_DATE.findall(text, 0, _FIRST_DATES))
    if dates < _CHRONICLE and not _RUNS_BY_MONTHS.match(text):
        yield from of_text("text.sitting_opens", _SITTING_OPENS.match(text))
    opening = _OPENING.search(text, 0, 300)
    if opening and not _within_item(subject, text, opening.start()):
        yield from of_text("text.opening_of_sitting", opening)
    yield from of_text("text.past_list", PAST_LIST.search(text, 0, BODY))
    open_, closed = _voting(text, characters)
    yield from of_text("text.voting_open", open_)
    yield from of_text("text.voting_closed", closed)
    own = list(islice(_FIRST_PERSON.finditer(text, 0, BODY), 12))
    if len(own) >= 4:
        yield Sign("text.first_person", len(own) / 12, "text", *own[0].span())
    items = len(_PROPOSAL_ITEM.findall(text[:BODY])) if "关于" in text else 0
    if items >= 3:
        yield Sign("text.lists_proposals", min(1.0, items / 6), "text")
    yield from of_text("text.speaks_to_members", _SPEECH.search(head))
    yield from of_text("text.reports_proposals", _PROPOSAL_SPEECH.search(head, 0, _PROPOSALS_OPEN))
    dated = text.count("-") >= _MANY_LINKS
    links = list(islice(_LINK_WITH_DAY.finditer(text), _MANY_LINKS)) if dated else []
    if len(links) == _MANY_LINKS:
        yield from of_text("text.list_of_links", links[0])
    yield from _of_itself(subject, text)
    yield from of_text("text.scholarly", w.SCHOLARLY.search(head))
    yield from of_text("text.spam", w.SPAM.search(head))
    shop = {match.group(): match for match in _SHOP.finditer(head)}
    if len(shop) >= _GOODS:
        yield from of_text("text.shop", next(iter(shop.values())))
    yield from _selection(subject, text, open_, closed)
    yield from _owner(subject, text)


_OF_A_BALLOT = frozenset("票选投限荐征")
_OF_ITS_RESULT = frozenset("票选果揭榜")
"""Each way to say that a vote is open, or over, has one of these characters."""


def _voting(text: str, characters: Set[str]) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """Where a text says that a vote is open, and where that it is closed."""
    opens = None if characters.isdisjoint(_OF_A_BALLOT) else _VOTING_OPEN.search(text, 0, BODY)
    told = not characters.isdisjoint(_OF_ITS_RESULT)
    return opens, _VOTING_CLOSED.search(text, 0, BODY) if told else None


# A page of a list: a title and its day on each line.
_LINK_WITH_DAY = re.compile(
    r"^[^\n。]{6,60}[ \t\u3000\[(]+20\d\d-\d{1,2}-\d{1,2}[\])]?[ \t]*$", re.MULTILINE
)
_MANY_LINKS = 5
_SHOP = re.compile(
    r"书号|ISBN|开本|装帧|页数|包邮|预售|库存|定价|店铺价|会员价|优惠价|现货|下单|购物车|配送"
)
_GOODS = 3

# What speaks of a year only in a text that is about a committee: others look back and count too.
_OF_ITS_OWN_YEAR = frozenset({"text.own_voice", "text.looks_back", "text.five_years"})


def _own_year(subject: Subject, text: str, characters: Set[str]) -> Iterator[Sign]:
    """What is told of the committee's year: how much of its work, its totals, its months."""
    yield from _functions(text, characters)
    totals = list(_TOTAL.finditer(text, 0, BODY))
    if totals:
        yield Sign("text.totals", min(1.0, len(totals) / 12), "text", *totals[0].span())
    months = _months_in(text)
    if len(months) >= 4:
        yield Sign("text.months", min(1.0, len(months) / 9), "text")
    yield from of_text("text.year_of_work", _YEAR_OF_WORK.search(text, 0, 300))
    yield from of_text("text.sums_up", sums_up(subject))


_LEAD_SPEAKS = 220
_MIDYEAR = range(5, 11)


def _of_itself(subject: Subject, text: str) -> Iterator[Sign]:
    """What the opening says the text is: a committee's year, a half of it, a part, many."""
    own = w.OF_ITSELF.search(text, 0, _LEAD_SPEAKS)
    if own and _is_over(own.group("year"), subject):
        narrow = any(less.search(own.group()) for less in (w.ONE_THEME, w.PART_OF_COMMITTEE))
        yield from of_text(f"text.calls_itself_{'partial' if narrow else 'review'}", own)
    yield from of_text("text.its_deeds", _its_deeds(subject, text))
    year = w.OF_ITS_YEAR.search(text, 0, _LEAD_SPEAKS)
    if year and _is_over(year.group("year"), subject):
        yield from of_text("text.committees_year", year)
    yield from of_text("text.part_speaks", w.PART_SPEAKS.search(text, 0, _LEAD_SPEAKS))
    yield from of_text("text.many_committees", w.MANY_COMMITTEES.search(text, 0, LEAD))
    if subject.published is not None and subject.published.month in _MIDYEAR:
        yield from of_text("text.half_is_over", _HALF_OVER.search(text, 0, _LEAD_SPEAKS))


def _its_deeds(subject: Subject, text: str) -> re.Match[str] | None:
    """Where the opening names so many deeds of a committee's year that does not lie ahead."""
    deeds = w.ITS_DEEDS.search(text, 0, _LEAD_SPEAKS) or _years_deeds(subject, text)
    if deeds is None or any(no.search(deeds.group()) for no in (w.AWARDS, _HELD)):
        return None
    return deeds if _is_over(deeds.group("year"), subject) else None


_HELD = re.compile(r"[举主承]办|召开")


# Whatever it calls them: 用九张照片晒出去年一年, 一年十段路, 十件套凑成一年.
_YEARS_DEEDS = re.compile(
    rf"(?:去年|[这此]?一年|全年|(?P<year>20\d\d)年)(?:里|来|间|中)?,?[^。!?\n\d]{{0,6}}?(?<![第届\d]){w.MANY}(?:大(?!会)|{w.PIECE}){w.OF_DEEDS}|"
    rf"(?<![第届\d]){w.MANY}{w.PIECE}{w.OF_DEEDS}[^。!?\n\d]{{0,8}}?"
    rf"(?:晒|凑|串|拼|连|装|讲|写|走|记|留|数|看|忆|说|浓缩|定格|勾勒)[^。!?,\n\d]{{0,4}}(?:去年|[这此]?一年|全年|20\d\d)"
)


def _years_deeds(subject: Subject, text: str) -> re.Match[str] | None:
    """So many pieces that make up a year, where title or opening name a committee."""
    named = CPPCC.search(subject.title.text) or CPPCC.search(text, 0, LEAD)
    return _YEARS_DEEDS.search(text, 0, _LEAD_SPEAKS) if named else None


_HALF_OVER = re.compile(r"上半年|半年|时间过半|前[一二三两]个?季度|[一二三]季度")


def _is_over(year: str | None, subject: Subject) -> bool:
    """Whether a year so written is none that lies ahead of the day of publication."""
    day = subject.published
    if day is None or year is None or not year.isdigit():
        return True
    return int(year) <= closed_year(day)


def _months_in(text: str) -> set[str]:
    """The months that the body names, as they are written."""
    found = set()
    for match in _MONTH.finditer(text, 1, BODY):
        at = match.start()
        two, one = text[max(0, at - 2) : at], text[at - 1]
        if two in _MONTH_NUMBERS:
            found.add(two)
        elif one in _MONTH_NUMBERS or one == "十":
            found.add(one)
    return found


def _within_item(subject: Subject, text: str, at: int) -> bool:
    """Whether ``at`` is in a numbered or dated item of a list: 1月9日，市政协召开……会议."""
    if subject.parallel.longest < _A_LIST:
        return False
    begins = text.rfind("\n", 0, at) + 1
    line = text[begins : at + 1].lstrip()
    dated = begins == 0 and _DATED_LINE.match(line)  # a list seldom opens with its first date
    return not dated and bool(line) and kind_of(line) in subject.parallel.marks


_A_LIST = 5
# 第1件, 第二桩 at the head of a line: whoever numbers deeds has counted them.
_NUMBERED_DEED = re.compile(
    r"^[ \t【(]*第([一二三四五六七八九十]{1,3}|\d{1,2})[件桩条样]", re.MULTILINE
)
_DATED_LINE = re.compile(r"\d{1,2}月\d")


def _functions(text: str, characters: Set[str]) -> Iterator[Sign]:
    told = sum(any(w[0] in characters and w in text for w in words) for words in _FUNCTIONS)
    if told >= 3:
        yield Sign("text.functions", told / len(_FUNCTIONS), "text")


def _selection(
    subject: Subject, text: str, voting: re.Match[str] | None, closed: re.Match[str] | None
) -> Iterator[Sign]:
    """Whether deeds were chosen, by whom, and whether as many stand there; ``voting`` and
    ``closed`` are where a vote is said to be open, and over.
    """
    found, claims, named = subject.parallel, subject.claims, subject.named
    if named is not None:
        if subject.listed == named or found.fits(named):
            yield Sign("text.lists_as_titled", 1.0, "text")
        elif len(text) >= WHOLE_TEXT:
            yield Sign("text.lists_not_as_titled", 1.0, "text")
    fitting = next((c for c in claims if subject.listed == c.number or found.fits(c.number)), None)
    if fitting and voting and not closed:
        yield from of_text("text.candidates_listed", voting)
    elif fitting and (planned := _planned(subject, text)):
        yield from of_text("text.deeds_planned", planned)
    elif fitting:
        yield Sign("text.chosen_and_listed", 1.0, "text", fitting.start, fitting.end)
        yield from _chosen_by(text, fitting)
    elif claims:
        yield Sign("text.chosen", 1.0, "text", claims[0].start, claims[0].end)
    if not fitting and any(found.fits(number) for number in counted_in(text, _LEAD_SPEAKS)):
        yield Sign("text.counted_and_listed", 1.0, "text")
    deeds = {match.group(1): match for match in _NUMBERED_DEED.finditer(text, 0, BODY)}
    if len(deeds) >= _A_LIST:
        yield from of_text("text.numbered_deeds", next(iter(deeds.values())))
    yield from of_text("text.chosen_works", _CHOSEN_WORKS.search(text, 0, OPENING))
    if found.longest >= 5:
        yield Sign("text.parallel", 1.0, "text")
    if found.filling and len(text) >= WHOLE_TEXT:
        yield Sign("text.filled_with_items", min(1.0, found.filling / 10), "text")
    if found.headings >= 3:
        yield Sign("text.headings", min(1.0, found.headings / 8), "text")


def _chosen_by(text: str, claim: Claim) -> Iterator[Sign]:
    """Whose choice it is: the body named last before it, or else first behind it."""
    around = (max(0, claim.start - 90), claim.end + 20)
    ours = [m for m in CPPCC.finditer(text, *around) if not _NOT_THE_BODY.match(text, m.end())]
    others = [*w.OTHER_BODY.finditer(text, *around), *_OTHER_VOICE.finditer(text, *around)]
    last_ours = max((m.start() for m in ours if m.start() < claim.end), default=-1)
    last_other = max((m.start() for m in others if m.start() < claim.end), default=-1)
    if ours and last_ours >= last_other:
        yield from of_text("text.chosen_by_committee", ours[-1])
    elif others:
        yield from of_text("text.chosen_by_others", others[-1])


def _planned(subject: Subject, text: str) -> re.Match[str] | None:
    """Where the opening says that deeds are still to be done; those of a year told as over are
    done, whatever an editor wishes for the next (来年还请多办).
    """
    deeds = _its_deeds(subject, text)
    return None if deeds and deeds.group("year") else _PLANNED.search(text, 0, PLANS_OPEN)


PLANS_OPEN = 400
_PLANNED = re.compile(
    r"要办好?的|着力办|今年(?:要)?办什么|明年(?:做|办)|领办人|年底(?:前)?交账|责任委室|并逐件明确|"
    r"(?:研究)?(?:确定|初定|决定)[^。\n]{0,24}(?:要办|办好|领办|推进)|来年|力争"
)
_NOT_THE_BODY = re.compile(r"委员(?!会)|协会|提案")
_OTHER_VOICE = re.compile(
    r"我[会校院局部司]|全体员工|师生|社员|盟员|融媒|港府|特区|人民政府|政府办|承诺|模拟政协|本报编辑部"
)
_CHOSEN_WORKS = re.compile(
    r"(?:评|选|奖|表彰|通报表扬)[^。\n]{0,20}(?:十|[三-九]|\d{1,3})[件个名位篇条大佳]"
    r"[^,。\n\d]{0,8}(?:提案|建议|案例|委员(?!会)|人物|单位|个人|调研报告|信息)|"
    r"[十百]佳[^,。\n]{0,6}(?:委员(?!会)|提案|单位)"
)


def _owner(subject: Subject, text: str) -> Iterator[Sign]:
    ours = len(CPPCC.findall(text[:HEAD]))
    if ours == 0 and len(text) >= WHOLE_TEXT:
        yield Sign("text.names_no_committee", 1.0, "text")
    others = len(w.SPEAKS_FIRST.findall(text[:HEAD]))
    if others > ours:
        yield from of_text("text.names_others_more", w.SPEAKS_FIRST.search(text))
    yield from of_meta("outlet.committee", COMMITTEE_SITE.search(subject.outlet))
    yield from of_meta("outlet.other_body", w.OTHER_BODY.search(subject.outlet))
