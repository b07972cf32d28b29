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
from crawler.pages.raw.walls import NOT_FOUND, NOT_FOUND_TITLE, WALLS, wall_script

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

_SETS_COOKIE = re.compile(r"document\.cookie\s*=[^;]{0,200};[^<]{0,400}location")
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
_SPOILT_OF_NAME = 4
_NAME = 200
"""Characters of a name that are looked at: some pages put a whole text there."""
_FEW_CHARACTERS = 6
_SOUND_AGAIN = 0.8


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
    words = WALLS.find(f"{title} {visible}")
    if words:
        raise ChallengePageError(f"a wall says {words[0]!r}", url=url)
    if len(visible) >= _HARDLY_ANY_TEXT:
        return
    source = html[:_SOURCE].lower()
    script = wall_script(source)
    if script is None and "document.cookie" in source and (sets := _SETS_COOKIE.search(source)):
        script = sets[0][:40]
    if script:
        raise ChallengePageError(f"a wall's script: {script!r}", url=url)


def refuse_not_found(title: str, visible: str, url: str | None) -> None:
    """SoftNotFoundError for "no such page" under status 200."""
    words = NOT_FOUND.find(visible) if len(visible) <= _SHORT_PAGE else None
    if words:
        raise SoftNotFoundError(f"the page says {words[0][:40]!r}", url=url)
    words = NOT_FOUND.find(title) or NOT_FOUND_TITLE.find(title)
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


def is_spoilt(words: str) -> bool:
    """Whether a title or a name was decoded wrongly: UTF-8 read as GBK, characters lost.

    Of words of Chinese, written as GBK, about a third is sound UTF-8 by chance.
    """
    words = words[:_NAME]
    if not words or words.isascii():
        return False
    if _MAY_BE_SPOILT.search(words):
        lost = words.count("\ufffd") + sum(map(len, _SPOILT.findall(words)))
        if lost * _SPOILT_OF_NAME > len(words):
            return True
    wide = "".join([char for char in words if char > "\x7f" and char != "\ufffd"])
    if len(wide) < _FEW_CHARACTERS:
        return False
    sent = wide.encode("gb18030")
    again = sent.decode("utf-8", "ignore").encode("utf-8")
    return len(again) >= _SOUND_AGAIN * len(sent)


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
