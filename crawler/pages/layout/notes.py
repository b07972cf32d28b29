"""What a site says of itself under its articles: whose the text is, where its app is.

No list of such sentences is ever complete; what gives them away is how many words of the
trade they put into one line.  A report may say the same words, so a note counts as one only
behind the text (``text``), and nowhere as a reason to take a box for an article (``body``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from crawler.pages.rules.limits import FEW_WORDS, LONGEST_ASKED, LONGEST_NOTE, MANY_WORDS
from crawler.pages.rules.table import How, Rule, Table


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of one kind; ``example`` is a note that would be none without them."""

    words: frozenset[str]
    example: str
    why: str


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


VOCABULARIES: Mapping[str, Vocabulary] = {
    "rights": Vocabulary(
        _words(
            """
            转载 轉載 授权 授權 版权 版權 侵权 侵權 著作权 著作權 免责 免責 声明 聲明 观点 立场
            风险自担 投资建议 不得 严禁 嚴禁 禁止 注明 註明 删除 來源
            """
        ),
        "本网作品未经授权不得转载，如需转载请注明出处",
        "what a site allows, and for what it does not answer",
    ),
    "own": Vocabulary(
        _words(
            """
            本网 本網 本站 本文 本报 本報 本台 本社 本刊 本号 本平台 本公众号 凡注 凡本 如遇 如无
            如因 如涉 若涉 书面 書面 特别授权 权利人 作者本人 投资建议 非经 非經 未经 未經 仅代表
            仅供参考 以上内容 所有文章 所有作品 任何单位 任何媒体 文内 发布
            """
        ),
        "本网所有作品版权为两家共有，转载请注明出处",
        "the site speaks of itself and of its texts",
    ),
    "apps": Vocabulary(
        _words("邮箱 邮件 电子邮件 APP App app 客户端 客戶端 公众号 公眾號 二维码 视频号"),
        "下载客户端，点击订阅，随时看新闻",
        "where else the site can be read",
    ),
    "asks": Vocabulary(
        _words(
            "下载 下載 关注 關注 扫描 扫码 点击 點擊 點我 官方 微信 微博 即可 添加 打开 订阅 随时"
            " 退订 长按 识别 加入 抽取 领取 新用户 注册"
        ),
        "长按二维码识别，添加公众号，即可领取",
        "what a reader is asked to do there",
    ),
}
"""The words of the trade, by what they speak of."""

_MAY_BE = (
    *(
        "权",
        "權",
        "立场",
        "声明",
        "聲明",
        "转载",
        "轉載",
        "APP",
        "下载",
        "下載",
        "公众号",
        "客户端",
    ),
    *("邮箱", "二维码"),
)
_OTHER = _words("联系 广告 微信")
"""They speak of nothing alone, but count among the words of the trade."""
_LONG = 120


AGREEMENTS = Table(
    (
        Rule(
            "names_itself",
            r"用户(?:服务|注册|使用)?协议|本协议|服务(?:条款|协议)|使用条款|隐私(?:政策|条款|协议|声明|权政策)",
            "请仔细阅读本协议各条",
            "the agreement by its name",
        ),
        Rule(
            "taken_as_consent",
            r"视为(?:您|你|用户)?(?:已)?(?:同意|接受|阅读)|撤回(?:您的)?(?:授权|同意)",
            "继续浏览即视为接受授权",
            "what counts as consent, and how it is taken back",
        ),
        Rule(
            "personal_data",
            r"(?:收集|使用|共享|处理)(?:您|你|用户)的|个人信息(?:的)?(?:收集|处理|保护)|Cookie|cookie",
            "为此会收集您的位置",
            "what is collected of a user",
        ),
        Rule(
            "accounts",
            r"账号(?:的)?(?:注册|注销|密码|安全)|(?:注册|登录)账号",
            "请妥善保管账号密码",
            "accounts and their keys",
        ),
        Rule(
            "law",
            r"反向工程|反编译|(?:所在地|有管辖权的?)(?:人民)?法院",
            "由所在地人民法院管辖",
            "what is forbidden, and which court decides",
        ),
        Rule(
            "users_duty",
            r"(?:您|你|用户)(?:理解并|充分)?(?:同意|应当|不得|有权|在使用|可以(?:随时)?在|知悉)",
            "用户应当遵守规则",
            "what users must and may",
        ),
        Rule(
            "sites_right",
            r"(?:平台|本站|本网站|我们)(?:有权|将会?|会|可能|不承担|保留)",
            "我们保留修改授权的一切权利",
            "what the site may, and for what it does not answer",
        ),
    ),
    how=How.ANYWHERE,
)
"""Terms that a site makes its users agree to."""
_TERMS = (
    *("协议", "隐私", "条款", "同意", "授权", "账号", "法院", "工程", "您", "用户", "Cookie"),
    *("cookie", "个人信息"),
)
"""What each such sentence holds: a search for a word costs a tenth of one for an alternation."""


def speaks_of_agreement(text: str) -> bool:
    """Whether a sentence is one of the terms that a site makes its users agree to."""
    for mark in _TERMS:
        if mark in text:
            return AGREEMENTS.holds(text)
    return False


ASKS = Table(
    (
        Rule(
            "do_this",
            r"^\W*(?:请|欢迎|快来?|赶[快紧]|立即|马上)?(?:"
            r"(?:点击|戳|轻触|扫码|扫一扫|扫描|长按|识别|设为|点个|点亮).{0,24}(?:公众号|视频号|二维码|客户端|APP"
            r"|小程序|蓝字|[上下]方|卡片|名片|链接|原文|关注|星标|在看|朋友圈|读者群|投票|留言)"
            r"|(?:下载|打开|关注|订阅|转发|收藏|添加|加入|搜索).{0,24}(?:公众号|视频号|二维码|客户端|APP|小程序"
            r"|星标|朋友圈|读者群)|关注我们\W*$)",
            "长按识别二维码，周三抽取电影票",
            "an order, and the thing of the trade that it is about",
        ),
        Rule(
            "scan_to_share",
            r"^\W*(?:微信|手机)?里?点[“\"「]?发现|^\W*扫一下\W*$|(?:二维码)?便可将(?:网页|本文|文章)?分享",
            "微信里点“发现”，扫一下",
            "how a page gets into somebody's phone",
        ),
        Rule(
            "more_of_us",
            r"不错过(?:每一|任何|更多)|第一时间(?:推送|送达|接收|获取)",
            "设置之后，不错过每一篇",
            "what a reader gains by it",
        ),
        Rule(
            "asks_you",
            r"^\W*(?:[您你](?:觉得|认为|最想|最喜欢|怎么看|有什么)|对此[，,]?[您你]).{0,24}[？?]\W*(?:[（(].{2,4}[）)])?$",
            "你最想看谁的抽屉？",
            "a question to the reader",
        ),
        Rule("poll", r"[（(][单多]选[）)]", "去哪一个渡口，（单选）", "a poll"),
        Rule(
            "leads",
            r"(?:新闻|提供)线索.{0,20}(?:报料|爆料|联系|拨打|奖|酬)|[报爆]料(?:微信|热线|电话|[QqＱ])|采纳.{0,8}(?:酬|奖)",
            "如有新闻线索，欢迎报料",
            "a paper asks for news",
        ),
        Rule(
            "gate",
            r"(?:余下|剩余|以下)(?:内容|部分)?.{0,4}(?:仅[对限供]|需付费|付费后)|(?:还剩|还有|剩余)\s*\d+\s*[%％]的?\s*(?:内容|全文)?"
            r"|(?:订阅|开通|付费|购买)后.{0,6}阅读"
            r"|(?:成为|开通|购买).{0,12}(?:会员|订户|VIP).{0,12}(?:畅读|阅读|解锁|查看)|解锁全文|免费阅读篇数|登录后.{0,4}继续阅读"
            r"|仅[对限向供].{0,8}(?:登录|注册|会员|订户|付费|认证)\S{0,6}(?:开放|可见|提供|查看|阅读)|登录后(?:即可|可|方可|才能|再)?(?:查看|阅读|浏览)"
            r"|(?:会员|登录)(?:即可|后)?(?:阅读|查看)全文|要求阅读权限|(?:需要|必须)(?:注册并)?登录后",
            "余下内容仅对订户开放，可随时取消",
            "what the rest of a text costs",
        ),
        Rule(
            "thanks",
            r"(?:赞赏|打赏)(?:作者|支持)|请作者(?:喝|吃).{1,6}\W*$|^\W*(?:觉得|喜欢).{0,8}就?.{0,4}(?:打赏|赞一?个|点赞|转发)",
            "写得不易，赞赏作者",
            "asks for money, or for praise",
        ),
        Rule(
            "useful",
            r"(?:信息|文章|内容|本文).{0,6}(?:是否有用|有帮助吗|满意吗)",
            "这条信息对您是否有用？",
            "asks what a reader thinks of the page",
        ),
    ),
    how=How.ANYWHERE,
    longest=LONGEST_ASKED,
)
"""What a site asks of its readers right before or behind a text, in the text's own box."""

asks_reader = ASKS.holds


def _any_word(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(names, key=len, reverse=True)))


_WORDS = _any_word(_OTHER.union(*(kind.words for kind in VOCABULARIES.values())))


def note_of(text: str, *, linked: bool, without: frozenset[str] = frozenset()) -> str | None:
    """``rights_note`` or ``promotion`` for a line that reads like one; None for others.

    ``without`` names vocabularies that are left out, to see what each decides.
    """
    if len(text) > LONGEST_NOTE.value:
        return None
    for mark in _MAY_BE:
        if mark in text:
            break
    else:
        return None
    words = set(_WORDS.findall(text))
    for name in without:
        words -= VOCABULARIES[name].words
    if len(words) < (FEW_WORDS.value if len(text) < _LONG else MANY_WORDS.value):
        return None
    of_rights = len(words & _RIGHTS)
    if not words.isdisjoint(_OWN) and (
        of_rights > 1 or (of_rights and len(words) >= MANY_WORDS.value)
    ):
        return "rights_note"
    if (
        (linked or len(words) >= MANY_WORDS.value)
        and not words.isdisjoint(_APPS)
        and not words.isdisjoint(_ASKS)
    ):
        return "promotion"
    return None


_RIGHTS, _OWN, _APPS, _ASKS = (
    VOCABULARIES[name].words for name in ("rights", "own", "apps", "asks")
)
