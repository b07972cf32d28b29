"""Names that stand in Chinese in the data, in English: committees, outlets, amounts.

Only what follows from a name's own form is put in English: a national or provincial committee,
an outlet that is called after its region and kind.  Every other name stays as it is printed,
and its page says that it is Chinese (``lang="zh-CN"``): an invented name is worse than none.
"""

import re
from dataclasses import dataclass

from crawler.sources.declaration import NATIONAL, REGIONS
from scheduler.i18n import Words
from storage.vocabulary import amount, number

CHINESE = "zh-CN"
_REGION = "|".join((NATIONAL, *REGIONS))
_KINDS = {
    **dict.fromkeys(("北京", "天津", "上海", "重庆"), "Municipal"),
    **dict.fromkeys(("内蒙古", "广西", "西藏", "宁夏", "新疆"), "Regional"),
}
"""The provinces that are none by name; the names of the others are Provincial."""
_BODY = re.compile(
    r"中国人民政治协商会议|人民政协|政协|第?[一二三四五六七八九十\d]+届|常?(?:务)?委员会"
)
_ENDINGS = {"Municipal": "市", "Regional": "(?:壮族|回族|维吾尔)?自治区", "Provincial": "省"}
"""What follows the region in the name of its own committee: 吉林市政协 is not 吉林省's."""

_OUTLETS: tuple[tuple[str, str], ...] = (
    (r"人民日报", "People's Daily"),
    (r"新华社|新华网", "Xinhua"),
    (r"光明日报", "Guangming Daily"),
    (r"中国新闻网|中新网|中新社|中国新闻社", "China News Service"),
    (r"中国新闻网(?P<r>{r})", "China News Service, {region}"),
    (r"人民网", "People's Daily Online"),
    (r"人民网(?P<r>{r})频道|人民网(?P<s>{r})", "People's Daily Online, {region}"),
    (r"人民政协报", "CPPCC Daily"),
    (r"人民政协网", "CPPCC Daily, web"),
    (r"(?P<r>{r})日报(?:电子版|数字报)?", "{region} Daily"),
    (r"(?P<r>{r})政协报(?:电子版|数字报)?", "{region} CPPCC News"),
    (r"(?P<r>{r})网", "{region} Net"),
    (r"(?P<r>{r})新闻网", "{region} News Net"),
    (r"(?P<r>{r})(?:广播)?电视台|(?P<s>{r})卫视", "{region} Television"),
)
"""What an outlet's whole name may look like, ``{r}`` a region in it, and its English name."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as a page prints it; ``language`` as HTML says it, ``printed`` as the data have it."""

    words: str
    language: str
    printed: str


def committee_named(words: Words, region: str | None, name: str) -> Name:
    """云南省政协 as Yunnan Provincial Committee of the CPPCC; one below a province as printed."""
    if words.language == "zh":
        return Name(name, CHINESE, name)
    of = _BODY.sub("", name)
    if of in ("", NATIONAL) and region == NATIONAL:
        return Name("National Committee of the CPPCC", words.language, name)
    rest = of.removeprefix(region or "")
    kind = _KINDS.get(region or "", "Provincial")
    if region in REGIONS and re.fullmatch(f"(?:{_ENDINGS[kind]})?", rest):
        english = f"{words.name('region', region)} {kind} Committee of the CPPCC"
        return Name(english, words.language, name)
    return Name(name, CHINESE, name)


def place_named(words: Words, region: str, committee: str) -> str:
    """A committee as a row of a table names it: its region alone where it is the region's own."""
    named = committee_named(words, region, committee)
    if words.language == "zh" or not region:
        return committee
    known = words.name("region", region)
    return known if named.language == words.language else f"{known} {committee}"


def outlet_named(words: Words, name: str) -> Name:
    """云南日报 as Yunnan Daily, 云南省政协 as its committee's site; others as they are printed."""
    if words.language == "zh":
        return Name(name, CHINESE, name)
    for pattern, english in _PATTERNS:
        if found := pattern.fullmatch(name):
            of = next((one for one in found.groups() if one), "")
            region = words.name("region", of) if of else ""
            return Name(english.format(region=region), words.language, name)
    if name.endswith("政协"):
        of_name = next((one for one in (NATIONAL, *REGIONS) if name.startswith(one)), None)
        named = committee_named(words, of_name, name)
        if named.language == words.language:
            return Name(named.words, named.language, name)
    return Name(name, CHINESE, name)


_PATTERNS = tuple(
    (re.compile(pattern.replace("{r}", _REGION)), english) for pattern, english in _OUTLETS
)

_COUNTERS = frozenset(
    "个件次名条篇项期份场家位人类处册部批本张户只株届则例座组支轮幅封面枚起宗门堂节辑集首版套台辆"
) | {"场次", "件次", "篇次", "期次", "条次", "户次", "家次", "批次", "项目"}
"""Units that only say that things are counted: English has none."""
_UNITS = {
    "元": " yuan", "美元": " US dollars", "港元": " Hong Kong dollars", "人次": " attendances",
    "个百分点": " percentage points", "百分点": " percentage points", "公里": " km",
    "平方米": " m²", "平方公里": " km²", "公顷": " ha", "吨": " t", "亩": " mu",
    "字": " characters", "票": " votes", "倍": " times",
}  # fmt: skip
_ABOUT = {
    **dict.fromkeys(("约", "大约", "左右", "上下", "来"), "about "),
    **dict.fromkeys(("近", "将近", "接近"), "nearly "),
    **dict.fromkeys(("余", "多", "超", "超过", "逾", "突破", "多达"), "over "),
    **dict.fromkeys(("以上", "至少", "不少于", "不低于"), "at least "),
    **dict.fromkeys(("以下", "以内", "不超过", "最多"), "at most "),
}


def quantity(words: Words, value: float, qualifier: str | None, unit: str) -> str:
    """A figure as the page's language prints it: 近3,000人次, nearly 3,000 attendances."""
    said = "" if not qualifier else _ABOUT.get(qualifier)
    if words.language == "zh" or said is None:
        return amount(value, qualifier, unit)
    return f"{said}{number(value)}{unit_named(words, unit)}"


def unit_named(words: Words, unit: str) -> str:
    """A unit as it stands behind a number; nothing for one that only counts, in English."""
    if words.language == "zh":
        return unit
    return "" if unit in _COUNTERS else _UNITS.get(unit, unit)
