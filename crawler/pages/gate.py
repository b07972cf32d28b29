"""Signs that a fetched page is not what was asked for, common to articles and lists.

Each function looks at one kind of sign and raises the PageError subclass that names it, or
returns.  They judge short pages only where a long page may quote the same words: a wall or
a "not found" page has next to no text of its own.
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
from crawler.pages.charset import Decoded

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP archive or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "gzip data that nobody unpacked"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
    (b"\x00\x00\x00\x20ftyp", "a video"),
    (b"ID3", "an audio file"),
    (b"RIFF", "an audio, video or WebP file"),
)
_TAG = re.compile(rb"<\s*(?:!doctype|html|head|body|meta|title|div|table|a|p|script|\?xml)\b", re.I)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_WALL_MARKUP = re.compile(
    r"__jsl_clearance|__jsluid|jsjiami\.com|security_session_verify|yunsuo_session|HMF_CI|_guard/"
    r"|cf-browser-verification|cf_chl_|challenge-platform|acw_sc__v2|aliyun_waf|aliyunwaf"
    r"|probe\.js|wzws_|WZWS-|waf_captcha|TencentCaptcha|geetest|_waf_|\$_ts\s*=|sl-challenge"
    r"|document\.cookie\s*=[^;]{0,200};[^<]{0,200}location",
    re.IGNORECASE,
)
_WALL_WORDS = re.compile(
    r"(?:安全|人机|滑块|滑动|浏览器|身份)(?:验证|检查|检测|校验)|请完成.{0,8}验证|正在(?:检查|验证|检测).{0,8}浏览器"
    r"|您的(?:访问|请求).{0,12}(?:被拦截|被阻断|被拒绝|存在威胁|疑似)|访问(?:过于|太)频繁|请求(?:过于|太)频繁"
    r"|请(?:开启|启用)\s*(?:JavaScript|Cookie)|enable\s+javascript\s+and\s+cookies"
    r"|checking your browser"
    r"|(?:网站|云|Web)(?:应用)?防火墙|拖动.{0,6}滑块|输入.{0,4}验证码.{0,6}(?:继续|访问)"
    r"|verify you are human",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"(?:页面|网页|文章|内容|信息|栏目|稿件|文件|记录|链接|页)\S{0,6}(?:不存在|没有找到|未找到|找不到|无法找到|已被?删除|已失效|已下线|走丢了|飞走了)"
    r"|(?:没有|未能|无法|未)找到\S{0,8}(?:页面|网页|文章|内容|文件|稿件|该页)|(?:找不到)\S{0,8}(?:页面|网页|文章|文件)"
    r"|您?(?:要)?(?:访问|查看|浏览|请求)的\S{0,8}(?:不存在|已删除|被删除|找不到|走丢|没有找到)"
    r"|(?:404|page)\s*not\s*found|\b404\b[^0-9]{0,12}(?:错误|页面|error)|错误\s*404",
    re.IGNORECASE,
)
_NOT_FOUND_TITLE = re.compile(
    r"\b404\b|not\s*found|(?:页面|网页|文章)?(?:不存在|没有找到|未找到|找不到)|出错了|错误页", re.I
)
_SHORT_PAGE = 500
_MAX_REPLACED = 0.02
_LATIN1_MOJIBAKE = re.compile(r"[\u0080-\u00ff]{3,}")
_DOUBLE_DECODED = re.compile(r"锟斤拷|烫烫烫|锘�")


def refuse_other_files(body: bytes, url: str | None) -> None:
    """NotHtmlError for pictures, PDFs, archives, binary data; TruncatedPageError for nothing."""
    if not body.strip():
        raise TruncatedPageError("the body is empty", url=url)
    for magic, what in _MAGIC:
        if body.startswith(magic):
            raise NotHtmlError(f"the bytes are {what}", url=url)
    head = body[:2048]
    if b"\x00" in head and not body.startswith(_UTF16_MARKS):
        raise NotHtmlError("the bytes are binary data", url=url)
    if body.lstrip()[:1] in (b"{", b"[") and not _TAG.search(head):
        raise NotHtmlError("the bytes are JSON, not a page", url=url)


def refuse_mojibake(decoded: Decoded, visible: str, url: str | None) -> None:
    """MojibakeError where characters were lost or the text was decoded wrongly upstream."""
    length = max(len(decoded.text), 1)
    if decoded.replaced / length > _MAX_REPLACED and decoded.replaced > 20:
        raise MojibakeError(f"{decoded.replaced} of {length} characters cannot be decoded", url=url)
    sample = visible[:20_000]
    if len(_DOUBLE_DECODED.findall(sample)) >= 3:
        raise MojibakeError("the text was decoded wrongly before it was published", url=url)
    latin = sum(len(run) for run in _LATIN1_MOJIBAKE.findall(sample))
    if latin > 40 and latin > 0.2 * len(sample):
        raise MojibakeError("Chinese bytes shown as Latin letters", url=url)


def refuse_challenge(html: str, visible: str, url: str | None) -> None:
    """ChallengePageError for a wall: its words or scripts in a page with hardly any text."""
    if len(visible) > _SHORT_PAGE:
        return
    words = _WALL_WORDS.search(visible)
    if words:
        raise ChallengePageError(f"a wall says {words[0]!r}", url=url)
    markup = _WALL_MARKUP.search(html[:200_000])
    if markup and len(visible) < 120:
        raise ChallengePageError(f"a wall's script: {markup[0][:40]!r}", url=url)


def refuse_not_found(title: str, visible: str, url: str | None) -> None:
    """SoftNotFoundError for "no such page" under status 200."""
    if len(visible) <= 2 * _SHORT_PAGE:
        words = _NOT_FOUND.search(visible)
        if words:
            raise SoftNotFoundError(f"the page says {words[0][:40]!r}", url=url)
    if len(title) < 40:
        words = _NOT_FOUND_TITLE.search(title)
        if words:
            raise SoftNotFoundError(f"the title says {words[0]!r}", url=url)


def refuse_script_shell(html: str, visible: str, url: str | None) -> None:
    """ScriptShellError where scripts stand where the text should be."""
    if len(visible) < 80 and re.search(r"<script\b", html[:200_000], re.IGNORECASE):
        raise ScriptShellError(f"{len(visible)} characters of text beside scripts", url=url)


def refuse_cut_short(html: str, url: str | None) -> None:
    """TruncatedPageError where the document opens and neither body nor html is closed."""
    tail = html[-4_000:].lower()
    if "</html" in tail or "</body" in tail:
        return
    lower = html.lower()
    if "</html" in lower or "</body" in lower:
        return
    if "<body" in lower or "<html" in lower:
        raise TruncatedPageError("the document opens but never closes", url=url)
