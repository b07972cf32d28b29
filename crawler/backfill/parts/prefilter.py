"""Which archived pages are worth reading: asked of their decoded bytes, before any parsing.

Reading a page costs 8 ms, this a fortieth of it, and of a general archive one page in a
hundred speaks of the CPPCC.  A page is let through where the word stands in it in any form in
which a page can hold it: 政协, 政協 or 政治协商 in UTF-8, GB18030, Big5 or UTF-16, as entities or
as a script's escapes, with markup, blanks or entities between its characters.  What it lets
through wrongly costs one reading; what it keeps out is lost, so every form is tried.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from storage.records import SHANGHAI

_HEAD, _SECOND = "政", ("协", "協")
_WHOLE = ("治", "协", "協")
"""政治协商: how the full name of a committee has it."""


def _word(forms: dict[str, bytes], gap: bytes) -> bytes:
    """The pattern of the word, its characters in the given forms and a gap allowed between."""
    ends = b"|".join(forms[one] for one in _SECOND if one in forms)
    middle = forms.get("治")
    tail = b"(?:%s)" % ends
    if middle is not None:
        tail = b"(?:%s|%s%s(?:%s))" % (ends, middle, gap, ends)
    return forms[_HEAD] + gap + tail


def _encoded(encoding: str) -> dict[str, bytes]:
    """Each character's bytes, for the pattern; those that the encoding lacks are left out."""
    found: dict[str, bytes] = {}
    for one in (_HEAD, *_WHOLE):
        try:
            found[one] = re.escape(one.encode(encoding))
        except UnicodeEncodeError:
            continue
    return found


def _entities() -> dict[str, bytes]:
    """Each character as decimal and hexadecimal entity; the semicolon may be missing."""
    return {
        one: b"&#(?:%d|[xX]0{0,4}%s);?" % (ord(one), _any_case(f"{ord(one):x}"))
        for one in (_HEAD, *_WHOLE)
    }


def _escapes() -> dict[str, bytes]:
    """Each character as a script escapes it; the backslash may be doubled."""
    return {one: rb"(?:\\{1,2}|%%)u%s" % _any_case(f"{ord(one):x}") for one in (_HEAD, *_WHOLE)}


def _percent(encoding: str) -> dict[str, bytes]:
    """Each character percent-encoded, as decodeURI takes it."""
    return {
        one: b"".join(b"%" + _any_case(f"{byte:02x}") for byte in one.encode(encoding))
        for one in (_HEAD, *_WHOLE)
    }


def _any_case(digits: str) -> bytes:
    return b"".join(
        b"[%s%s]" % (digit.encode(), digit.upper().encode()) if digit.isalpha() else digit.encode()
        for digit in digits
    )


# Tags and comments, blanks of all kinds, entities of blanks, soft hyphens, zero-width marks.
_COMMON_GAP = rb"\s|<[^<>]{0,300}>|&[a-zA-Z]{2,8};|&#[xX]?[0-9a-fA-F]{2,6};?"
_GAP_UTF8 = (
    rb"(?:%s|\xe3\x80\x80|\xc2[\xa0\xad]|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf){0,12}"
)
_GAP_ONE_OR_TWO = (
    rb"(?:%s|\xa1\xa1|\xa1\x40|\xa8\x7f|[\x81-\xfe][0-9][\x81-\xfe][0-9]){0,12}" % _COMMON_GAP
)
_GAP_SCRIPT = rb"(?:%s|\\[nrt]){0,8}" % _COMMON_GAP

_UTF8 = re.compile(_word(_encoded("utf-8"), _GAP_UTF8 % _COMMON_GAP))
_GB = re.compile(_word(_encoded("gb18030"), _GAP_ONE_OR_TWO))
_BIG5 = re.compile(_word(_encoded("big5"), _GAP_ONE_OR_TWO))
_AS_ENTITIES = re.compile(_word(_entities(), _GAP_ONE_OR_TWO))
_AS_ESCAPES = re.compile(_word(_escapes(), _GAP_SCRIPT))
_AS_PERCENT = re.compile(_word(_percent("utf-8"), b""))
_ESCAPE_MARK, _PERCENT_MARK = b"u653", b"%94%"
"""What every escaped or percent-encoded 政 has in it, whatever its case: one search for all."""
_LOOKED_AT = 4 * 2**20
"""Bytes of a page that are looked at; a longer one is let through unseen."""


def speaks_of_cppcc(body: bytes) -> bool:
    """Whether the word stands in the bytes of a page, in any form that a page can hold."""
    if len(body) > _LOOKED_AT or _stands_in(body):
        return True
    if (wide := _wide_encoding(body)) is not None:
        return _stands_in(body.decode(wide, "replace").encode("utf-8", "replace"))
    return not _is_utf8(body) and bool(_GB.search(body) or _BIG5.search(body))


def _stands_in(body: bytes) -> bool:
    """Whether it stands there as UTF-8, or in characters that all encodings share."""
    if _UTF8.search(body):
        return True
    if b"&#" in body and _AS_ENTITIES.search(body):
        return True
    if _ESCAPE_MARK in body and _AS_ESCAPES.search(body):
        return True
    return _PERCENT_MARK in body and bool(_AS_PERCENT.search(body))


def _wide_encoding(body: bytes) -> str | None:
    """Which UTF-16 the bytes are; None for none.  Its markup has a NUL in every other place."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    head = body[:400]
    nuls = head.count(0)
    if nuls * 4 < len(head):
        return None
    return "utf-16-be" if head[::2].count(0) * 2 > nuls else "utf-16-le"


def _is_utf8(body: bytes) -> bool:
    """Whether the bytes are sound UTF-8, so that no older encoding need be tried."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a back-fill is asked for: hosts (all where there is none), days of capture.

    ``pattern`` is a regular expression that is looked for anywhere in an address.
    """

    hosts: tuple[str, ...] = ()
    pattern: str | None = None
    since: date | None = None
    until: date | None = None

    def why_not(self, url: str, at: datetime) -> str | None:
        """Why a page is not even unpacked, as the kind it is counted under; None where it is."""
        if self.hosts:
            try:
                host = (urlsplit(url).hostname or "").lower()
            except ValueError:
                host = ""
            if not any(host == one or host.endswith(f".{one}") for one in self.hosts):
                return "another host"
        if self.pattern is not None and not re.search(self.pattern, url):
            return "another address"
        day = at.astimezone(SHANGHAI).date()
        if (self.since and day < self.since) or (self.until and day > self.until):
            return "another day"
        return None
