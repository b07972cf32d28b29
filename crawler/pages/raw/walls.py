"""The words and scripts by which a page says that it is a wall, or that there is no such page."""

import re
from collections.abc import Mapping

from crawler.pages.rules.table import How, Rule, Table

WALLS = Table(
    (
        Rule(
            "verification",
            r"(?:安全|访问|人机|滑[块动])(?:验证|校验)|浏览器(?:安全)?(?:验证|检[查测])"
            r"|正在(?:进行|为您)?(?:检[查测]|验证|安全检[查测]).{0,8}浏览器|正在进行(?:安全)?(?:检[查测]|验证)",
            "请通过安全验证",
            "a visitor is to be verified",
        ),
        Rule(
            "asks_to_verify", r"请(?:先|您)?完成.{0,8}验证", "请您完成下面的验证", "the same, asked"
        ),
        Rule(
            "request_stopped",
            r"[您你]的?(?:访问|请求).{0,12}(?:拦截|阻断|拒绝|存在威胁|疑似)|访问已?被?(?:拦截|阻断)",
            "您的请求疑似攻击行为",
            "a firewall took the request for an attack",
        ),
        Rule(
            "too_often",
            r"(?:访问|请求)(?:过于|太)频繁",
            "访问过于频繁，请稍后再试",
            "a limit of requests is reached",
        ),
        Rule(
            "needs_scripts",
            r"请(?:开启|启用)\s*(?:JavaScript|Cookie)",
            "请开启 JavaScript 并刷新",
            "a wall that only a browser passes",
        ),
        Rule("firewall", r"(?:网站|云|Web)(?:应用)?防火墙", "本站由云防火墙保护", "names itself"),
        Rule(
            "slider_or_code",
            r"拖动.{0,6}滑块|输入.{0,4}验证码.{0,6}(?:继续|访问)",
            "请拖动下方滑块",
            "a riddle for people",
        ),
        Rule(
            "product",
            r"创宇盾|安全狗|加速乐|\bWAF\b",
            "由创宇盾提供防护",
            "the names of walls that Chinese sites buy",
        ),
        Rule(
            "english",
            r"just a moment|attention required|checking your browser"
            r"|verify (?:that )?you are (?:a )?human|ddos protection|enable javascript and cookies",
            "Just a moment...",
            "the same in English: Cloudflare and others",
        ),
    ),
    how=How.ANYWHERE,
    flags=re.IGNORECASE,
)
"""What a wall says in place of the page."""

WALL_SCRIPTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "jiasule": (("__jsl_clearance", "__jsluid"), "加速乐, of many government sites"),
    "jsjiami": (("jsjiami.com",), "scripts made unreadable by that service"),
    "yunsuo": (("security_session_verify", "yunsuo_session"), "云锁"),
    "hmf": (("hmf_ci",), "a wall's cookie"),
    "guard": (("_guard/",), "a shield's own folder"),
    "cloudflare": (
        ("cf-browser-verification", "cf-challenge", "cf_chl_", "challenge-platform"),
        "Cloudflare's waiting page",
    ),
    "aliyun": (("acw_sc__v2", "aliyunwaf", "aliyun_waf"), "阿里云"),
    "probe": (("probe.js",), "asks the browser about itself"),
    "wzws": (("wzws_", "wzws-"), "360 网站卫士"),
    "captcha": (("waf_captcha", "tencentcaptcha", "geetest"), "riddles of 腾讯 and 极验"),
    "waf": (("_waf_",), "firewalls that name themselves so"),
    "ruishu": (("$_ts=", "$_ts ="), "瑞数, of many government sites"),
    "safeline": (("sl-challenge",), "雷池"),
}
"""Names in the scripts of walls, in lower case, by the wall they are of."""


def wall_script(source: str, *, without: frozenset[str] = frozenset()) -> str | None:
    """The first name of a wall's script in a page's source (lower case); None where none is."""
    for name, (marks, _why) in WALL_SCRIPTS.items():
        if name not in without:
            for mark in marks:
                if mark in source:
                    return mark
    return None


NOT_FOUND = Table(
    (
        Rule(
            "is_not_there",
            r"(?:页面|网页|文章|内容|信息|栏目|稿件|资源|新闻|文件|记录|链接|页)\S{0,6}"
            r"(?:不存在|没有找到|未找到|找不到|已被?删除|被删除|已被(?:发布者|作者|用户|管理员|系统)删除|已失效|已过期|已下[线架]|走丢了|飞走了)",
            "该稿件已下线",
            "what the address named is gone",
        ),
        Rule(
            "was_not_found",
            r"(?:没有|未能|无法|未)找到\S{0,8}(?:页面|网页|文章|内容|文件|稿件|该页)"
            r"|找不到\S{0,8}(?:页面|网页|文章|内容|文件)",
            "没有找到您要的文章",
            "the same, the verb first",
        ),
        Rule(
            "asked_for",
            r"[您你]?(?:要|所)?(?:访问|查看|浏览|请求)的\S{0,8}(?:不存在|已?被?删除|找不到|走丢|没有找到)",
            "您访问的商品不存在",
            "the same of what the reader asked for",
        ),
        Rule(
            "sorry",
            r"抱歉，.{0,10}(?:不存在|找不到|已?被?删除)",
            "抱歉，它已经被删除",
            "the same with an excuse",
        ),
        Rule(
            "status",
            r"^\s*404\s*$|(?:404|page)\s*not\s*found|\b404\b[^0-9]{0,12}(?:错误|页面|error)"
            r"|(?:错误|error)\s*404",
            "404 Not Found",
            "the status that the server did not send",
        ),
    ),
    how=How.ANYWHERE,
    flags=re.IGNORECASE,
)
"""What a page says that is none, under status 200."""

GONE = re.compile(
    r"\W*+(?:非常|很|十分)?(?:抱歉|对不起|遗憾)?\W*[您你]?(?:所|要)*(?:访问|查看|浏览|请求|查找|打开)?的?"
    r"(?:页面|网页|内容|文章|信息|地址|链接|资源|文件|稿件)(?:可能|暂时|已经?)?"
    r"(?:不存在|找不到|未找到|没有?找到|被?删除|失效|走丢|下[线架]|无法访问)了?(?:[或，,、]\S{1,12})?\W*"
)
"""A whole headline that says that what the address named is gone."""

# A headline may hold such words too; as a whole title they name the page.
NOT_FOUND_TITLE = Table(
    (
        Rule("title_status", r"404\b.*", "404 - 石桥网", "the status"),
        Rule("title_english", r"not\s*found", "Not Found", "the same in words"),
        Rule(
            "title_not_found",
            r"(?:没有|未)找到|找不到|不存在",
            "未找到",
            "the same in Chinese, without what",
        ),
        Rule(
            "title_error",
            r"出错了|错误页面?|(?:系统)?提示(?:信息)?",
            "出错了_石桥网",
            "an error page",
        ),
    ),
    how=How.WHOLE,
    frame=r"\W*{}\W*(?:[-_|].*)?",
    flags=re.IGNORECASE,
)
"""Titles that name such a page."""
