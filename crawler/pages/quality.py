"""Whether a reading is one: the gate that names what a page is instead of an article."""

import re

from crawler.errors import (
    ChallengePageError,
    HijackedPageError,
    MojibakeError,
    NotArticleError,
    NotHtmlError,
    PageError,
    ScriptShellError,
    SoftNotFoundError,
    TooShortError,
    TruncatedPageError,
)
from crawler.pages.body import Body
from crawler.pages.charset import Decoded
from crawler.pages.dates import Dated
from crawler.pages.text import Text
from crawler.pages.titles import Title
from crawler.pages.tree import Page

_MAGIC = (
    b"%PDF", b"PK\x03\x04", b"\xff\xd8\xff", b"GIF8", b"\x89PNG", b"RIFF", b"\x1f\x8b", b"Rar!",
    b"BM", b"\x00\x00\x00", b"ID3", b"7z\xbc", b"\xd0\xcf\x11\xe0",
)  # fmt: skip
_CHALLENGE = re.compile(
    r"安全验证|人机验证|访问验证|滑动验证|请完成(?:下列|以下|安全)?验证|正在(?:检查|验证)您?的?浏览器"
    r"|您的访问(?:过于频繁|请求.{0,6}(?:拦截|阻断|拒绝))|访问(?:被|已被)?(?:拦截|阻断)|请开启JavaScript并刷新"
    r"|Just a moment|Checking your browser|Attention Required|Verify you are human|DDoS protection"
    r"|网站防火墙|创宇盾|云锁|安全狗|加速乐|WAF"
)
_CHALLENGE_SCRIPT = re.compile(
    r"__jsl_clearance|__jsluid|security_session_verify|_cf_chl_|cf-challenge|aliyun_waf|acw_sc__v2"
    r"|HMF_CI|yunsuo_session|document\.cookie\s*=[^;]{0,200};[^<]{0,400}location"
)
_NOT_FOUND = re.compile(
    r"(?:页面|网页|文章|内容|信息|稿件|资源|新闻)"
    r"(?:没有找到|未找到|找不到|不存在|已?(?:被)?删除|已下[线架]|走丢了|已过期)"
    r"|(?:找不到|没有找到).{0,8}(?:页面|网页|文章|内容)"
    r"|您(?:要|所)?(?:访问|查看|浏览)的.{0,8}(?:不存在|已删除|被删除)"
    r"|404\s*(?:Not Found|错误|页面|NOT FOUND)|Page Not Found|^\s*404\s*$"
    r"|抱歉，.{0,10}(?:不存在|找不到|已删除)"
)
_REFRESH = re.compile(
    r"http-equiv\s*=\s*[\"']?refresh[\"']?[^>]*url\s*=|location\.(?:replace|href)\s*[=(]", re.I
)
_SHELL = re.compile(
    r"<div[^>]+id\s*=\s*[\"']?(?:app|root|__next|__nuxt)[\"']?[^>]*>\s*(?:</div>|<)|<app-root", re.I
)
_PINYIN = re.compile(r"[\u4e00-\u9fff][(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,7}\s*[)）]")
_LOST_NUMBERS = re.compile(
    r"(?<![\d一二三四五六七八九十〇零两几某每当本前后上下半末初底年月日])(?:年月日?|月日)(?![光记报])"
)
_MOJIBAKE = re.compile(r"锟斤拷|[\u00c0-\u00ff]{3,}|[ÃÂåæçèé][\u0080-\u00bf]|\ufffd{2,}")
_ODD = re.compile(r"[\u00c0-\u00ff\ufffd锟]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE_END = "。！？”…）)」』》.!?】"
_LITTLE = 400
_JUDGED = 3_000
"""Characters of a text that are looked at: what spoils a page spoils its beginning."""
_INJECTED = 5
_UNSURE = 0.45
_SHORT = 100
_MIN_HAN = 0.15


def check_bytes(body: bytes, url: str | None) -> None:
    """Refuse what is no page at all, before anything is spent on it."""
    start = body[:512].lstrip()
    if not start:
        raise TooShortError("the body is empty", url=url)
    if body.startswith(_MAGIC) or (b"<" not in body[:4096] and b"\0" in body[:4096]):
        raise NotHtmlError(f"begins with {bytes(start[:8])!r}", url=url)
    if b"<" not in body:
        raise NotHtmlError("no tag in the whole body", url=url)


def refusal_without_text(source: str, title: str, page: Page, url: str | None) -> PageError:
    """What a page is on which no text was found."""
    words = " ".join(line.text for line in page.lines[:80])
    seen = f"{title} {words}"
    little = len(words) < _LITTLE
    if (little and _CHALLENGE.search(seen)) or (little and _CHALLENGE_SCRIPT.search(source)):
        return ChallengePageError("the page asks for a browser to prove itself", url=url)
    if _NOT_FOUND.search(title) or (little and _NOT_FOUND.search(words)):
        return SoftNotFoundError(f"the page says: {seen.strip()[:60]}", url=url)
    if little and _REFRESH.search(source):
        return NotArticleError("the page only sends its reader on", url=url)
    if little and ("<script" in source.lower()) and (_SHELL.search(source) or len(words) < 80):
        return ScriptShellError("the text is made by a script", url=url)
    linked = sum(line.linked for line in page.lines)
    if len(page.lines) > 15 and linked * 2 > sum(len(line.text) for line in page.lines):
        return NotArticleError("links, but no text", url=url)
    if is_cut(source):
        return TruncatedPageError("the page ends before its text", url=url)
    return TooShortError("no text on the page", url=url)


def is_cut(source: str) -> bool:
    """Whether a page's source ends before its end."""
    tail = source[-2000:].lower()
    if "</html" in tail or "</body" in tail:
        return False
    if "<body" not in source[:50_000].lower():
        return False
    return source.rfind("<") > source.rfind(">") or "</html" not in source.lower()


def check_text(decoded: Decoded, paragraphs: tuple[str, ...], url: str | None) -> None:
    """Refuse a text that cannot be what its outlet published."""
    text = "\n".join(paragraphs)[:_JUDGED]
    size = len(text)
    broken = text.count("\ufffd")
    odd = _ODD.search(text) is not None
    spoiled = sum(len(match) for match in _MOJIBAKE.findall(text)) if odd else 0
    if broken * 50 > size or spoiled * 15 > size:
        raise MojibakeError(f"{broken} characters lost, {spoiled} spoilt of {size}", url=url)
    if not _HAN.search(text) and decoded.replaced:
        raise MojibakeError(f"{decoded.replaced} bytes make no character", url=url)
    if len(text.encode("utf-8", "replace")) < (1 + 2 * _MIN_HAN) * size:  # three bytes a character
        raise NotArticleError("the text is not Chinese", url=url)
    pinyin = len(_PINYIN.findall(text)) if text.count("(") + text.count("（") >= _INJECTED else 0
    if pinyin >= _INJECTED and pinyin * 150 > size:
        raise HijackedPageError(f"pinyin in brackets {pinyin} times", url=url)
    lost = len(_LOST_NUMBERS.findall(text)) if "月日" in text or "年月" in text else 0
    if lost >= 3 and not re.search(r"\d{2}", text):
        raise HijackedPageError(f"numbers taken out {lost} times", url=url)


def sureness(page: Page, body: Body, text: Text, title: Title | None, dated: Dated | None) -> float:
    """How sure a reading is, in 0..1: length, sentences, title, date, and no rival text."""
    size = sum(len(paragraph) for paragraph in text.paragraphs)
    stops = sum(paragraph.count("。") + paragraph.count("，") for paragraph in text.paragraphs)
    score = 0.3 * min(1.0, size / 200) + 0.15 * min(1.0, stops / 4)
    if title is not None:
        score += 0.25 if title.line is not None and title.sure >= 0.5 else 0.1
    if dated is not None:
        score += 0.05 if dated.evidence.field == "url" else 0.15
    score += 0.15 * (1.0 - min(1.0, body.rival / max(1.0, body.worth)))
    return round(score, 3)


def check_article(
    source: str,
    page_title: str,
    page: Page,
    text: Text,
    title: Title | None,
    sure: float,
    url: str | None,
) -> None:
    """Refuse a page whose little text is no article."""
    size = sum(len(paragraph) for paragraph in text.paragraphs)
    if size < _LITTLE:
        refusal = refusal_without_text(source, page_title, page, url)
        if isinstance(refusal, (ChallengePageError, SoftNotFoundError)):
            raise refusal
    if (
        text.lines[-1] >= len(page.lines) - 2
        and is_cut(source)
        and not text.paragraphs[-1].endswith(tuple(_SENTENCE_END))
    ):
        raise TruncatedPageError("the text breaks off with the page", url=url)
    linked = sum(line.linked for line in page.lines)
    if size < _SHORT and linked > 8 * size and sure < 0.75:
        raise refusal_without_text(source, page_title, page, url)
    if sure < _UNSURE:
        raise refusal_without_text(source, page_title, page, url)
