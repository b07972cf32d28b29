"""What makes two texts the same: the normalised form, its hash, its shingles and signature.

Pure.  Three questions are answered here: is this the same text as last time (content hash),
is it the same text elsewhere (exact key), and is it nearly so (MinHash signature).
"""

import hashlib
import re
import unicodedata

import xxhash

_DATE = r"\d{4}(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2}日?)"
_CLOCK = r"\d{1,2}[:时]\d{2}(?:[:分]\d{2}秒?)?"
_LABEL = r"(?:发布|更新|发表|刊发|上传|编辑|修改|录入|当前|系统)?(?:时间|日期)|今天是|发布于|更新于"
_COUNTER = re.compile(
    r"(?:阅读|浏览|点击|访问|观看|播放|点赞|评论|转发|分享|人气)"
    r"(?:次数|总数|人数|量|数|率)?\s*:\s*(?:\d[\d,.]*\s*万?\+?|正在加载|加载中)?\s*[次人]?"
)
_STAMP = re.compile(
    rf"(?:{_LABEL})\s*:?\s*{_DATE}(?:\s*(?:{_CLOCK}|星期.))*"
    rf"|{_DATE}\s*(?:星期.\s*)?{_CLOCK}"
    rf"|{_DATE}\s*星期."
    r"|^\s*\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\s*$",
    re.MULTILINE,
)
_TOP_DATE = re.compile(rf"\A\s*{_DATE}\s*(?=\n)")
_BUTTONS = re.compile(
    r"[\[【(]?(?:打印本?页?|关闭(?:窗口|本页)?|字号|字体)[\]】)]?:?|[\[(【]?[大中小][\]】)]"
)
_BARE = re.compile(r"[\W_]*\Z")
_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")


def normalised(text: str) -> str:
    """The words without width, spacing, read counters and date stamps.

    A counter or a stamp changes from one visit to the next while the article stays what it
    is.  A date in 年月日 on a line of its own is a signature, and stays, unless it is the
    first line, where pages print the day of the visit.
    """
    text = unicodedata.normalize("NFKC", text)
    if ":" in text or "星期" in text or text[:12].lstrip()[:4].isdigit():
        text = _without_stamps(text)
    return _SPACE.sub("", text)


def _without_stamps(text: str) -> str:
    text = _TOP_DATE.sub("", text)
    kept = []
    for line in text.split("\n"):
        rest = _STAMP.sub("", _COUNTER.sub("", line))
        if rest is not line and rest != line and _BARE.match(_BUTTONS.sub("", rest)):
            continue
        kept.append(rest)
    return "\n".join(kept)


def content_sha256(title: str, text: str) -> str:
    """The identity of a version: changes when the words do, and only then."""
    whole = f"{normalised(title)}\n{normalised(text)}"
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def signed64(value: int) -> int:
    """An unsigned 64-bit number as the signed one that databases keep."""
    return value - (1 << 64) if value >= 1 << 63 else value


def exact_key(title: str, text: str) -> int | None:
    """The key that exact copies share, of normalised words; None where it would prove nothing.

    Below 100 characters ("详见附件") identical words at two addresses are no evidence that
    they are copies unless the titles agree too.
    """
    if len(text) >= 100:
        return signed64(xxhash.xxh64_intdigest(text.encode("utf-8", "surrogatepass")))
    if len(text) < 20:
        return None
    return signed64(xxhash.xxh64_intdigest(f"{title}\n{text}".encode("utf-8", "surrogatepass")))
