"""Lines that stand in or round an article without belonging to it, by named rule.

Each rule has an example in ``examples`` that it alone drops: a test takes each away by its id.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from crawler.pages.rules.limits import LONGEST_DROPPED, PARAGRAPH, SHORT_RULES


def any_of(words: str) -> str:
    """A pattern for one of some blank-separated words."""
    return f"(?:{'|'.join(words.split())})"


_OPEN = r"[\s\[【(（<《/*＊]*"
_CLOSE = r"[\s\]】)）>》]*"
_EDITORS = any_of(
    r"(?:初审|复审|终审|审核)?编辑"
    r" 责任编辑 责\s*编 编\s*辑 编审 审编 美编 校\s*对 审\s*核 审校 审\s*读 責任編輯 編輯 責編"
    r" (?:文章|信息|稿件)录入(?:者|员)?"
    r" 初审 复审 复核 审签 签审 终审 一审 二审 三审 监\s*制 总监制 总策划 值班主任 值班总监 签发"
    r" (?:栏目|本期|执行|总)?主编 统\s*筹 题图来源 版面编辑"
)
_BROWSER = any_of("浏览器 flash Flash 播放器 播放插件 HTML5 html5")
_PAGER = any_of(
    r"(?<!\d)\d{1,3}(?!\d) 上一页 下一页 上页 下页 首页 尾页 末页 余下全文 全文 共\d+页"
    r" \.\.\. … > < » « (?:阅读|查看|显示|浏览)(?:全文|全部) (?:单页|分页|本页)(?:阅读|显示)"
    " 使用键盘左右键也可翻页"
)
_BUTTONS = any_of(
    "纠错 我要纠错 打印 关闭 关闭窗口 打印本页 打印本稿 打印文章 发表评论 举报 投诉 推荐 顶部"
    " 页首 点击 收藏 加入收藏 返回顶部 回到顶部 返回列表 返回首页 返回 转发 图集 评论 点赞 赞"
    " 保存 复制链接 责任编辑 编辑"
    " 参与评论 留言 论坛 喜欢 赠金笔 阅读 浏览 字号 字体 赞同 分享 广告 我要投稿 收藏本页 打印此页"
    " 推荐给朋友 发送给朋友 告诉好友 大字 小字 关闭本页 听新闻 顶一下 踩一下 挑错 分享到"
    " 查看原图 幻灯播放 列表查看 重新浏览 上一图集 下一图集"
    " 听全文 收听全文 路过 雷人 握手 鲜花 鸡蛋"
)
_RIGHTS = any_of(
    r"ICP备 ICP证 公网安备 版权所有 All\s[Rr]ights?\s[Rr]eserved Copyright"
    r" 违法和不良信息举报 京公网"
    r" 许可证(?:号|编号)?[:：]? 新出网证 备案号"
)

_FOOTER = any_of(
    r"技术支持 网站标识码 分辨率 主\s*办 承\s*办 协\s*办 邮\s*编 邮政编码 地\s*址"
    r" 电\s*话 传\s*真 客服 刊号 邮发代号 社址 邮\s*箱 E-?mail 网站地图 联系我们 最佳浏览"
    r" 投稿 热线 运营 维护"
)

DROPPED: Mapping[str, str] = {
    # An editor is not part of the text, whatever brackets stand round the line.
    "editor": (
        rf"(?:\s*【纠错】)?{_OPEN}(?:本期|本文|网络|网页|值班|执行|首席|新媒体|视频|图片)?{_EDITORS}"
        rf"(?:\s*[/、&]\s*\S{{1,8}}?)?{_CLOSE}"
        r"(?:\s*[:：丨|｜/]\s*.{0,90}|\s+[\u4e00-\u9fff]{2,4}(?:[\s｜|].{0,40})?[)）】\]]?)"
    ),
    "edited": r"\W*本[帖贴]最后由.{2,40}编辑\W*",
    "original_title": (
        rf"{_OPEN}原(?:文)?(?:标题|题目?)(?:为)?\s*[:：].{{0,150}}"
        rf"|{_OPEN}原(?:文标|标)?题(?:为|是)《.{{2,80}}》.{{0,4}}"
    ),
    "address": (
        rf"{_OPEN}(?:本文|原文|文章)?(?:链接|地址|网址)\s*[:：]\s*(?:https?:|www\.).{{4,150}}"
    ),
    "source_line": (
        rf"{_OPEN}(?:本文|文章|稿件|信息|新闻|内容)?(?:[来來]\s*源|转载?自|出\s*处|稿源)\s*于?\s*[:：|｜丨/／].{{1,80}}"
    ),
    "reposted": r"[（(]\s*(?:转载?自|摘自|选自|来源于?)\s*[^（()）。]{2,24}[)）]\W*",
    "paper": (
        rf"{_OPEN}《[^》]{{2,20}}》\s*[（(,， ]*"
        r"(?:\d{4}年|\d{1,2}月|\d{4}-\d|第?\s*[A-Za-z]?\d{1,3}\s*版).{0,40}"
    ),
    "topic_link": (
        rf"{_OPEN}(?:点击|更多|查看|进入|关注).{{0,12}}(?:专题|专栏|详情|视频|原文|报道|高清图集?){_CLOSE}"
    ),
    "more_of": (
        r"(?:以上就是.{0,16}[，,])?更多.{0,40}"
        r"(?:请关注|请点击|请下载|敬请关注|尽在|请访问|欢迎关注).{0,40}"
    ),
    "back_to_site": r"返回.{1,8}[，,]\s*查看更多.*",
    "share": (
        r"[\s+]*(?:分享|转发|收藏)(?:到|至|给|让更多人看到|成功|本文|按钮|[:：])?.{0,24}"
        r"|(?:请?(?:用|使用|打开)?(?:微信|手机))?.{0,6}扫(?:一扫|描|码).{0,30}|.{0,6}二维码.{0,10}"
    ),
    "keywords": rf"{_OPEN}(?:关键[字词]|(?:本文|文章)?标签|[Tt]ags?|TAGS?)\s*[:：].{{0,120}}",
    "pager": (
        rf"(?:[\s|\[\]【】]*{_PAGER}){{2,}}[\s|\]】]*"
        r"|(?:上一页|下一页|(?:点击|请点击)?(?:阅读|余下|查看|展开|显示)(?:全文|全部)|(?:点击)?(?:展开|阅读)剩余.{0,8}"
        r"|第?\s*\d+\s*/\s*\d+\s*页?|显示?第\s*\d+\s*(?:条|项)?\s*[到至-].{2,60}|页次\s*[:：].{2,60}"
        r"|.{0,20}每页(?:显示)?\s*\d+\s*[条篇项].{0,40})"
    ),
    "template": r"\W*(?:\{\{[^{}]{1,80}\}\}\W*)+",
    "advert": rf"{_OPEN}(?:广告|推广|商业推广){_CLOSE}(?:[:：|｜丨].{{0,80}})?",
    "player": (
        rf".{{0,16}}{_BROWSER}.{{0,20}}(?:视频|播放|插件|支持|版本|下载|升级).{{0,40}}"
        r"|.{0,6}(?:收听|听新闻|听全文|朗读|语音播报).{0,6}\d{1,2}(?::\d\d|\s*分钟).{0,12}"
        r"|(?:[您你])?已经?(?:浏览|看)完(?:了)?(?:所有|全部)(?:图片|照片).{0,10}"
        r"|.{0,24}键盘.{0,20}翻[页阅看].{0,24}|Play Video.*|视频加载(?:中|失败).*"
        r"|(?:正在|内容|页面|数据|正文)(?:正在)?(?:加载|载入).{0,12}"
        r"|Your browser does not support.*|.{0,24}(?:来源|出处)[:：].{0,8}视频[）)]"
        r"|(?:当前时间|播放|暂停)?\s*\d{1,2}:\d\d\s*/\s*-?\d{1,2}:\d\d.{0,20}"
    ),
    "buttons": (
        rf"[\s+\d【\[(（]*{_BUTTONS}(?:[\s】\]【\[|┊│·/+\d()（）]*{_BUTTONS})*[\s】\]\d()（）>]*"
    ),
    "font_size": (
        r"[\s\[【]*(?:调整)?字[\s]*[体号]\s*[:：]?"
        r"(?:[\s\[\]【】|]*(?:A|T|[+-]|大|中|小|超大|默认|打印))*\s*"
    ),
    "previous_next": (
        r"[\s·•«<●○■◆▶►→←-]*(?:重新浏览)?再?(?:[上下][一1](?:[篇条]|个?图集|组图)|[前后]一篇)"
        r"(?:\s*[:：]?.{0,80}|$)"
    ),
    "no_comment": (
        rf"{_OPEN}(?:目前|现在|本文|该文)?(?:还没有?|暂时?没有|暂无|尚无|没有)(?:任何|人)?"
        rf"(?:评论|留言|跟[帖贴]|回复|点评).{{0,16}}{_CLOSE}"
    ),
    "counts": (
        r"(?:阅读|浏览|点击|评论|点赞|播放|跟贴|参与|发贴|人气)(?:数|量|次数)?\s*[:：(（]*"
        r"\s*[\d.,万+]*\s*(?:次|人|\)|）)*"
        r"|(?:本文|全文)?(?:共|约|字数)*\s*[:：]?\s*\d[\d,.]*\s*字?[，,。\s|｜·]*(?:预计|大约|约)?(?:阅读|读完)[^，。]{0,6}\d+\s*分钟"
    ),
}
"""Rules for short whole lines, tried in this order; the first that matches is the reason."""

CONTAINED_IN_SHORT: Mapping[str, tuple[str, str]] = {
    "account": (
        "公众号 视频号 微信号 抖音号 客户端 官方微 APP 阅读原文 投稿 邮箱 点击",
        r".{0,24}(?:关注|扫码|搜索|扫描|下载).{0,24}"
        r"(?:公众号|视频号|微信号|抖音号|客户端|官方微信|官方微博|APP)[^，。]{0,12}"
        r"|.{0,12}邮箱\s*[:：]\s*[\w.-]+@[\w.-]+\W*"
        r"|.{0,24}尽在.{0,16}(?:APP|客户端)\W*|(?:点击|戳).{0,8}阅读原文.{0,12}"
        r"|点击(?:上方|下方|右上).{0,12}(?:关注|卡片|名片).{0,8}"
        r"|投稿(?:邮箱|热线|信箱|电话)\s*[:：].{0,60}",
    ),
    "asks_to_share": (
        "二维码 分享给 点赞 在看 转发 收藏 这篇文章 本文章",
        r".{0,30}扫(?:一扫|描).{0,12}二维码.{0,16}|.{0,8}分享给(?:好友|朋友).{0,6}"
        r"|.{0,12}(?:点赞|在看|转发|分享|收藏).{1,2}(?:点赞|在看|转发|分享|收藏).{0,10}"
        r"|[您你](?:认为|觉得)(?:这篇|本)文章.{0,30}|点个.{0,2}(?:在看|赞).{0,20}",
    ),
    "menu": (
        "| ｜ ┊ ] 】",
        r"[^|｜┊。，]{2,10}(?:[|｜┊][^|｜┊。，]{2,12}){2,}"
        r"|(?:[\[【][^\[\]【】]{1,12}[\]】]\s*){3,}",
    ),
}
"""Rules for short lines that cost more to try: words one of which must occur, pattern."""

CONTAINED: Mapping[str, tuple[str, str]] = {
    "platform_note": (
        "声明 提示 转载 观点 立场 content END End 版权",
        r"[【\[]?(?:特别|平台|免责|版权|郑重|重要|作者|本网|本站)?(?:声明|提示)\s*[】\]:：].{6,}"
        r"|版权(?:保护|说明)\s*[:：].{6,}"
        r"|Notice: The content above.*"
        r"|.{0,40}(?:未经.{0,10}(?:许可|授权|同意).{0,16}(?:转载|使用|摘编|复制|链接|镜像)"
        r"|转载.{0,8}(?:注明|请|须)|(?:不代表|仅代表).{0,20}(?:观点|立场)).{0,120}"
        r"|(?:如因|如有|如涉及|凡本网).{0,40}版权.{0,200}"
        r"|[-—\s]*(?:THE END|The End|END)[-—\s]*",
    ),
    "copyright": (
        "ICP 公网安备 版权所有 eserved Copyright 举报 京公网 许可证 新出网证 备案号",
        rf".{{0,80}}{_RIGHTS}.*",
    ),
    "footer": (
        "技术支持 标识码 分辨率 邮编 邮政 地图 地址 传真 承办 客服 刊号 邮发代号 社址 最佳浏览",
        rf"(?:.{{0,60}}{_FOOTER}\s*(?:单位)?[:：]){{2,}}.*|.*(?:网站标识码|最佳浏览|分辨率).*",
    ),
}
"""Rules for lines of any length up to a paragraph's: words one of which must occur, pattern."""

_Contained = tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules compiled: for whole short lines, for longer lines, for short lines at more cost."""

    whole: re.Pattern[str]
    contained: _Contained
    in_short: _Contained


@lru_cache(maxsize=64)
def _rules(without: frozenset[str]) -> _Rules:
    """All rules but those named; ``lastgroup`` of the first pattern names the rule that matched."""
    whole = "|".join(
        f"(?P<{name}>(?:{rule})$)" for name, rule in DROPPED.items() if name not in without
    )
    contained = _with_words(CONTAINED, without)
    in_short = (*_with_words(CONTAINED_IN_SHORT, without), *contained)
    return _Rules(re.compile(whole), contained, in_short)


def _with_words(rules: Mapping[str, tuple[str, str]], without: frozenset[str]) -> _Contained:
    return tuple(
        (name, tuple(words.split()), re.compile(f"(?:{rule})$"))
        for name, (words, rule) in rules.items()
        if name not in without
    )


RULE_IDS = frozenset({*DROPPED, *CONTAINED_IN_SHORT, *CONTAINED, "style_rules"})
_ALL = _rules(frozenset())
_STYLE_RULES = re.compile(
    r"(?:[^{}。]{0,160}\{[^{}]{0,600}\}\s*)+(?:[\w.#@][^{}。，]{0,60}\{?)?$|[^{}。]{1,160}\{[^{}。]{0,200}$"
    r"|(?:(?:mso|font|line|text|margin|padding|color|size|page|tab-stops|panose|layout-grid|layout)"
    r"[\w-]*\s*:[^。，；]{1,80};?\s*)+\}?$|/\*.{1,60}\*/$|@(?:font-face|page|media|import)\b[^。]{0,160}$"
)
_WORD_SETTINGS = re.compile(r"Normal\s+0\b.{0,80}?\bfalse\b.{0,120}$")
"""What Word keeps of a document's settings, printed by an editor that pasted them as text."""
_DECLARES = re.compile(r"[\w-]+\s*:\s*[^;{}]+[;}]|\{\s*[\w-]+\s*:")


def prints_style(text: str) -> bool:
    """Whether a line is nothing but style rules that an editor pasted as text."""
    if text.startswith("Normal") and _WORD_SETTINGS.match(text):
        return True
    if "{" not in text and "mso-" not in text and text[-1:] != "}" and "@" not in text[:1]:
        return False
    return _STYLE_RULES.match(text) is not None and (
        _DECLARES.search(text) is not None or text[:1] in "@/"
    )


def dropped_by(text: str, *, without: frozenset[str] = frozenset()) -> str | None:
    """The rule under which a line does not belong to the text; None when it may.

    ``without`` names rules that are left out, to see what each decides.
    """
    if prints_style(text) and "style_rules" not in without:
        return "style_rules"
    size = len(text)
    if size > LONGEST_DROPPED.value:
        return None
    rules = _rules(without) if without else _ALL
    if size <= SHORT_RULES.value and (found := rules.whole.match(text)):
        return found.lastgroup
    for name, words, pattern in rules.contained if size > PARAGRAPH.value else rules.in_short:
        for word in words:
            if word in text:
                if pattern.match(text):
                    return name
                break
    return None
