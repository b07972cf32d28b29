"""The lines round a title that say when, where and by whom: told from the text itself.

Each sign has an example in ``examples`` that it alone decides: a test takes each away by its id.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from crawler.pages.layout.boilerplate import any_of
from crawler.pages.rules.limits import LONGEST_HEADER, SHORT_HEADER

OUTLET_LABEL = re.compile(
    r"(?<!图片)(?<!题图)(?<!数据)(?<!视频)(?<!照片)(?<!封面)(?:信息|稿件|文章|新闻|内容|本文|资料|消息|原文|转载)?\s*"
    r"(?:[来來]\s*源|稿\s*源|出\s*处|转载?自|来自|原载|发布机构|发布单位|刊\s*名|发稿单位|供稿单位|(?<![新融全自])媒体)\s*(?:于|为)?"
    r"\s*(?:[:：﹕丨｜|/／]\s*|[】\]]\s*[:：]?\s*(?=\S))"
)
BARE_OUTLET_LABEL = re.compile(r"(?:信息|稿件|文章|新闻)?来源$|(?:发布|发文)(?:机构|单位|机关)$")
DATE_LABEL = re.compile(
    r"(?<![\u4e00-\u9fff])(?:最[近后]|首次)?(?:[发發][布佈表]|更新|修改|刊发|刊登|发稿|编辑|上传|创建|录入|添加|发文|生成)?"
    r"(?:[时時]\s*[间間]|日\s*期)\s*[:：]|(?:发布|发表|编辑|更新|修改|创建)于|(?:出版|刊发)(?:日期|时间)"
    r"|(?<![\u4e00-\u9fff])(?:最[近后]|首次|原文)?(?:首发|[发發][布佈表]|更新|修改|刊发|刊登|上传|编辑)\s*[:：]\s*(?=\d)"
    r"|(?:Posted|Published|Updated|Modified)(?:\s+on|\s+at|\s*:)"
    r"|^(?:发布|发表|更新)\s+(?=(?:19|20)\d\d)"
)
_CLOCKED = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?[\s\S]{0,8}?\d{1,2}\s*[:：时]\s*\d\d"
    r"|^\W*(?:[\u4e00-\u9fff]{2,8}\s+)?\d{1,2}[-/.月]\d{1,2}日?\s+\d{1,2}:\d\d"
)
_OTHER_LABEL = re.compile(
    r"^\W*(?:"
    + any_of(
        r"作\s*者 责任编辑 责\s*编 编\s*辑 浏览(?:次数|量)? 阅读(?:次数|量)? 点击(?:次数|量|数)?"
        r" 字\s*[号体](?:大小)? 分享(?:到|至)? 打印 访问量 人气 索\s*引\s*号 文\s*号 主题词 栏目"
        r" 分类(?:专栏)? 标签 本文链接 原文链接 专题 发布者 发布人 供稿 审核 版次 作者单位 审签"
        r" 公开方式 公开范围 有效性 发文字号 責任編輯 編輯"
    )
    + r"\s*[:：]|发布于|IP属地|\d+\s*人参与|我要(?:评论|分享)|关注新华网|听新闻|下载客户端"
    r"|独家抢先看)"
)
# 《清江日报》（2022年01月05日 第 13 版）, 记者 方向 2019年03月05日, 昨天 21:30
_IN_PRINT = re.compile(
    r"《[^》]{2,20}》\s*[（(]\s*(?:19|20)\d\d\s*[年-][^（）()]{4,20}版\s*[）)]"
    r"|^\W*《[^》]{2,20}报》\s*(?:19|20)\d\d\s*[年-][^（）()，。]{4,20}版\W*$"
    r"|^[^，。！？；：“”《》]{2,24}[\s|｜](?:19|20)\d\d年\d{1,2}月\d{1,2}日$"
    r"|^\W*(?:本报)?(?:[记記]者|通[讯訊][员員]|作者)\W.{1,24}(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\D{0,6}$"
)
_AGO = re.compile(
    r"(?:今天|昨天|前天|昨日)\s*\d{1,2}[:：]\d\d|(?<!\d)\d{1,2}\s*(?:分钟|小时|天|个月)前"
    r"(?:(?![\u4e00-\u9fff])|(?=阅读|浏览|来[源自]|发[布表]|更新|点击|播放|评论|关注))"
)
_DAY_ONLY = re.compile(r"^\W*(?:19|20)\d\d\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,2}\W*$")
# Posted on 2014-03-21 by 田野 | 1,203 次浏览: a day in figures, and no sentence round it.
_DAY_INSIDE = re.compile(
    r"^[^，。！？；“”]{0,24}(?<!\d)(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?!\d)[^，。！？；“”]{0,40}$"
)
_DAY_AND_BAR = re.compile(
    r"^[^，。！？；]{0,16}(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*[·|｜][^，。！？；]{0,40}$"
)
_WITHOUT_COLON = re.compile(
    r"^\W*(?:撰文|编辑|作者|记者|摄影|出品|监制|来源|稿源)\s+\S{2,12}(?:\s+(?:撰文|编辑|作者|记者|摄影|出品|监制|来源)\s+\S{2,12})+\s*$"
)
_WRITTEN_OTHERWISE = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?\s*,?\s+20\d\d"
    r"|\b\d{1,2}(?:st|nd|rd|th)?[\s-]+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?[\s-]+20\d\d"
    r"|(?<![\d/])\d{1,2}/\d{1,2}/20\d\d(?![\d/])|[１２][０９][０-９]{2}\s*[年－／．]"
    r"|(?:19|20)\d\d\s*[–—－‐‑‒―−─／．]\s*\d{1,2}\s*[–—－‐‑‒―−─／．]\s*\d{1,2}"
    r"|[一二][〇○零Ｏ九][〇○零Ｏ一二三四五六七八九]{2}\s*年\s*(?:元|正|[一二三四五六七八九十]{1,2})\s*月"
    r"|(?:19|20)\d\d\s*年\s*(?:元|正)\s*月|(?:19|20)\d\d年\d{1,2}月\d{1,2}日\s*\d{1,2}点\d\d分"
)
"""A day as ``written`` reads it besides 2021-01-24: English, in Chinese numerals, full width."""


def states_day(text: str) -> bool:
    """Whether a short line states a day in figures or with a label, and is no sentence."""
    if len(text) > SHORT_HEADER.value or "。" in text:
        return False
    return bool(_DAY_INSIDE.match(text) or _CLOCKED.search(text) or _WRITTEN_OTHERWISE.search(text))


@dataclass(frozen=True, slots=True)
class Sign:
    """What makes a line a header's: a pattern, and what a line with it may be at most.

    ``whole``: a clause (with a comma in it) is none.
    """

    pattern: re.Pattern[str]
    longest: int | None = None
    whole: bool = False


SIGNS: Mapping[str, Sign] = {
    "outlet_label": Sign(OUTLET_LABEL),
    "date_label": Sign(DATE_LABEL),
    "day_and_clock": Sign(_CLOCKED),
    "day_alone": Sign(_DAY_ONLY),
    "other_label": Sign(_OTHER_LABEL),
    "paper_or_reporter": Sign(_IN_PRINT),
    "day_among_words": Sign(_DAY_INSIDE),
    "day_and_bar": Sign(_DAY_AND_BAR),
    "roles_without_colon": Sign(_WITHOUT_COLON),
    "some_time_ago": Sign(_AGO, longest=SHORT_HEADER.value),
    "day_written_otherwise": Sign(_WRITTEN_OTHERWISE, longest=2 * SHORT_HEADER.value, whole=True),
}
"""The signs in the order in which they are tried; the first that is found is the reason."""


def header_by(text: str, *, without: frozenset[str] = frozenset()) -> str | None:
    """The sign by which a line states date, outlet, author or the like; None for a sentence.

    ``without`` names signs that are left out, to see what each decides.
    """
    if len(text) > LONGEST_HEADER.value or "。" in text:
        return None
    return _sign_of(text, without)


@lru_cache(maxsize=512)  # of three times that a page asks of a line, it asks twice again
def _sign_of(text: str, without: frozenset[str]) -> str | None:
    size = len(text)
    for name, sign in SIGNS.items():
        if (sign.longest is not None and size > sign.longest) or (sign.whole and "，" in text):
            continue
        if sign.pattern.search(text) and name not in without:
            return name
    return None


def is_header(text: str) -> bool:
    """Whether a line states date, outlet, author or the like, and is no sentence of the text."""
    return header_by(text) is not None
