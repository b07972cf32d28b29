"""Signs that a fetched page is not what was asked for, the same for articles and for lists.

Each function looks at one kind of sign and raises the PageError subclass that names it, or
returns.  Words of a wall or a "not found" page count only on pages with little text of their
own, where no sound page quotes them.  What only an article can be is in ``quality``.
"""

import re

from crawler.errors import (
    ChallengePageError,
    MojibakeError,
    NotHtmlError,
    ScriptShellError,
    SoftNotFoundError,
    TruncatedPageError,
)
from crawler.pages.raw.charset import decode, utf16_form, wrongly_decoded

_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP archive or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "gzip data that nobody unpacked"),
    (b"\x00\x00\x00", "a video"),
    (b"ID3", "an audio file"),
    (b"RIFF", "an audio, video or WebP file"),
)
_TAG = re.compile(rb"<\s*(?:!doctype|html|head|body|meta|title|div|table|a|p|script|\?xml)\b", re.I)
_HEAD_BYTES = 2_048
_BINARY = 50
"""One NUL in so many bytes makes them binary data; a single one is a slip of an editor."""

_WALL_WORDS = re.compile(
    r"(?:安全|访问|人机|滑[块动])(?:验证|校验)|浏览器(?:安全)?(?:验证|检[查测])"
    r"|请(?:先|您)?完成.{0,8}验证|正在(?:进行|为您)?(?:检[查测]|验证|安全检[查测]).{0,8}浏览器"
    r"|正在进行(?:安全)?(?:检[查测]|验证)|[您你]的?(?:访问|请求).{0,12}(?:拦截|阻断|拒绝|存在威胁|疑似)"
    r"|访问已?被?(?:拦截|阻断)|(?:访问|请求)(?:过于|太)频繁|请(?:开启|启用)\s*(?:JavaScript|Cookie)"
    r"|(?:网站|云|Web)(?:应用)?防火墙|拖动.{0,6}滑块|输入.{0,4}验证码.{0,6}(?:继续|访问)"
    r"|创宇盾|安全狗|加速乐|\bWAF\b|just a moment|attention required|checking your browser"
    r"|verify (?:that )?you are (?:a )?human|ddos protection|enable javascript and cookies",
    re.IGNORECASE,
)
_WALL_SCRIPTS = (
    *("__jsl_clearance", "__jsluid", "jsjiami.com", "security_session_verify", "yunsuo_session"),
    *("hmf_ci", "_guard/", "cf-browser-verification", "cf-challenge", "cf_chl_"),
    *("challenge-platform", "acw_sc__v2", "aliyunwaf", "aliyun_waf", "probe.js", "wzws_", "wzws-"),
    *("waf_captcha", "tencentcaptcha", "geetest", "_waf_", "$_ts=", "$_ts =", "sl-challenge"),
)
"""Names in the scripts of walls, in lower case."""
_SETS_COOKIE = re.compile(r"document\.cookie\s*=[^;]{0,200};[^<]{0,400}location")
_NOT_FOUND = re.compile(
    r"(?:页面|网页|文章|内容|信息|栏目|稿件|资源|新闻|文件|记录|链接|页)\S{0,6}"
    r"(?:不存在|没有找到|未找到|找不到|已被?删除|被删除|已失效|已过期|已下[线架]|走丢了|飞走了)"
    r"|(?:没有|未能|无法|未)找到\S{0,8}(?:页面|网页|文章|内容|文件|稿件|该页)"
    r"|找不到\S{0,8}(?:页面|网页|文章|内容|文件)"
    r"|[您你]?(?:要|所)?(?:访问|查看|浏览|请求)的\S{0,8}(?:不存在|已?被?删除|找不到|走丢|没有找到)"
    r"|抱歉，.{0,10}(?:不存在|找不到|已?被?删除)|^\s*404\s*$"
    r"|(?:404|page)\s*not\s*found|\b404\b[^0-9]{0,12}(?:错误|页面|error)|(?:错误|error)\s*404",
    re.IGNORECASE,
)
# A headline may hold such words too; as a whole title they name the page.
_NOT_FOUND_TITLE = re.compile(
    r"\W*(?:404\b.*|not\s*found|(?:没有|未)找到|找不到|不存在|出错了|错误页面?|系统提示)\W*(?:[-_|].*)?",
    re.IGNORECASE,
)
_SHELL = re.compile(
    r"<div[^>]+id\s*=\s*[\"']?(?:app|root|__next|__nuxt)[\"']?[^>]*>\s*(?:</div>|<)|<app-root", re.I
)
_SPOILT = re.compile(
    r"锟斤拷|烫烫烫|[\u00c0-\u00ff]{3,}|[ÃÂåæçèé][\u0080-\u00bf]|[锘\ufffd]\ufffd+"
)
_MAY_BE_SPOILT = re.compile(r"[\u00c0-\u00ff\ufffd锟烫锘]")

_NO_TEXT = 80
_HARDLY_ANY_TEXT = 200
_LITTLE_TEXT = 500
_SHORT_PAGE = 1_000
"""Characters that a reader sees: of a shell, a wall's script, a wall, a "not found" page."""
_SOURCE = 200_000
_SAMPLE = 20_000
_TAIL = 4_000
_LOST = 50
_SPOILT_OF = 15


def refuse_other_files(body: bytes, url: str | None) -> None:
    """NotHtmlError for pictures, archives, JSON, plain text; TruncatedPageError for nothing.

    Plain text that says "not found" or asks for a browser is refused as what it says.
    """
    head = body[:_HEAD_BYTES]
    if not head.strip() and not body.strip():
        raise TruncatedPageError("the body is empty", url=url)
    for magic, what in _MAGIC:
        if body.startswith(magic):
            raise NotHtmlError(f"the bytes are {what}", url=url)
    if head.count(b"\0") * _BINARY > len(head) and utf16_form(body) is None:
        raise NotHtmlError("the bytes are binary data", url=url)
    if head.lstrip()[:1] in (b"{", b"[") and not _TAG.search(head):
        raise NotHtmlError("the bytes are JSON, not a page", url=url)
    # Beyond the head it need not be sought: UTF-16 with its mark has the byte as well.
    if b"<" not in body:
        words = decode(body).text
        refuse_challenge("", words, "", url)
        refuse_not_found("", words, url)
        raise NotHtmlError("no tag in the whole body", url=url)


def refuse_challenge(title: str, visible: str, html: str, url: str | None) -> None:
    """ChallengePageError for a wall: its words or scripts in a page with hardly any text."""
    if len(visible) > _LITTLE_TEXT:
        return
    words = _WALL_WORDS.search(f"{title} {visible}")
    if words:
        raise ChallengePageError(f"a wall says {words[0]!r}", url=url)
    if len(visible) >= _HARDLY_ANY_TEXT:
        return
    source = html[:_SOURCE].lower()
    script = next((mark for mark in _WALL_SCRIPTS if mark in source), None)
    if script is None and "document.cookie" in source and (sets := _SETS_COOKIE.search(source)):
        script = sets[0][:40]
    if script:
        raise ChallengePageError(f"a wall's script: {script!r}", url=url)


def refuse_not_found(title: str, visible: str, url: str | None) -> None:
    """SoftNotFoundError for "no such page" under status 200."""
    words = _NOT_FOUND.search(visible) if len(visible) <= _SHORT_PAGE else None
    if words:
        raise SoftNotFoundError(f"the page says {words[0][:40]!r}", url=url)
    words = _NOT_FOUND.search(title) or _NOT_FOUND_TITLE.fullmatch(title)
    if words:
        raise SoftNotFoundError(f"the title says {words[0][:40]!r}", url=url)


def refuse_script_shell(visible: str, html: str, url: str | None) -> None:
    """ScriptShellError where scripts stand where the text should be."""
    if len(visible) > _LITTLE_TEXT or "<script" not in html[:_SOURCE].lower():
        return
    if len(visible) < _NO_TEXT or _SHELL.search(html):
        raise ScriptShellError(f"{len(visible)} characters of text beside scripts", url=url)


def refuse_mojibake(text: str, url: str | None, *, lost: int, of: int) -> None:
    """MojibakeError where ``lost`` ``of`` so many characters are gone, or the text is spoilt."""
    if lost * _LOST > of:
        raise MojibakeError(f"{lost} of {of} characters cannot be decoded", url=url)
    text = text[:_SAMPLE]
    if (how := wrongly_decoded(text)) is not None:
        raise MojibakeError(how, url=url)
    if not _MAY_BE_SPOILT.search(text):
        return
    spoilt = sum(map(len, _SPOILT.findall(text)))
    if spoilt * _SPOILT_OF > len(text):
        raise MojibakeError(f"{spoilt} of {len(text)} characters were decoded wrongly", url=url)


def refuse_cut_short(html: str, url: str | None) -> None:
    """TruncatedPageError where the document opens and ends before its end."""
    if is_cut_short(html):
        raise TruncatedPageError("the document opens but never closes", url=url)


def is_cut_short(html: str) -> bool:
    """Whether a page's source ends inside a tag or closes neither body nor html."""
    tail = html[-_TAIL:].lower()
    if "</html" in tail or "</body" in tail:
        return False
    lower = html.lower()
    if "<body" not in lower and "<html" not in lower:
        return False
    closes = "</html" in lower or "</body" in lower
    return not closes or html.rfind("<") > html.rfind(">")
