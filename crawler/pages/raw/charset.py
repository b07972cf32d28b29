"""Bytes to text: what the page declares is a hint, what its bytes are decides.

Chinese pages lie about their charset: ``gb2312`` holds GB18030, ``gbk`` holds UTF-8 and the
other way round.  UTF-8 proves itself (other encodings hardly ever form valid UTF-8), so it is
tried first; the legacy encodings are told apart by which one yields common characters.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.I
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.I)
_HEAD_BYTES = 4096
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "gb-2312": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big-5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "utf8": "utf-8",
    "utf-8": "utf-8",
}
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过"
    "民市政协委员会议提案省区新闻日报月全国工作发展建设经济社会文化记者"
    "這個國們來時會對發動後過說種為與從學實現開關還問題應點體經當電無業"
)
_FOREIGN = frozenset({"utf-8", "gb18030", "big5hkscs", "utf-16"})
_TOLERATED = 0.002
"""Share of broken sequences in a page that is UTF-8 all the same: cut or spliced text."""
_SAMPLE_BYTES = 6_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as text; ``replaced`` counts the bytes that no character could be made of."""

    text: str
    encoding: str
    replaced: int


def declared_charset(body: bytes) -> str | None:
    """The charset that the page itself names near its top, as written, in lower case."""
    found = _DECLARED.search(body[:_HEAD_BYTES])
    return found[1].decode("ascii", "replace").lower() if found else None


def decode(body: bytes, *, declared: str | None = None) -> Decoded:
    """Decode a page; ``declared`` is the charset of the HTTP header, if it named one."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return _decoded(body[len(bom) :] if encoding == "utf-8" else body, encoding)
    try:
        return Decoded(body.decode("utf-8"), "utf-8", 0)
    except UnicodeDecodeError:
        pass
    names = [
        _SUPERSETS.get(name.strip().lower(), name.strip().lower())
        for name in (declared, declared_charset(body))
        if name
    ]
    candidates = list(dict.fromkeys([*names, "utf-8", "gb18030", "big5hkscs"]))
    readings = [_sampled(body, name) for name in candidates if _known(name)]
    best = max(readings, key=lambda reading: reading[0])
    return _decoded(body, best[1])


def _known(encoding: str) -> bool:
    """Single-byte encodings decode anything, so none of them is believed for a Chinese page."""
    return encoding in _FOREIGN


def _sampled(body: bytes, encoding: str) -> tuple[float, str]:
    """How much a reading of the bytes looks like Chinese, and the encoding tried."""
    half = len(body) // 2
    sample = body if len(body) < 3 * _SAMPLE_BYTES else body[half : half + _SAMPLE_BYTES]
    text = sample.decode(encoding, "replace")
    wide = [char for char in text if char > "\x7f"]
    if not wide:
        return 0.0, encoding
    broken = text.count("\ufffd")
    common = sum(map(_COMMON.__contains__, wide))
    return (common - 4 * broken) / len(wide), encoding


def _decoded(body: bytes, encoding: str) -> Decoded:
    text = body.decode(encoding, "replace")
    return Decoded(text, encoding, text.count("\ufffd"))


def header_charset(headers: Iterable[tuple[str, str]]) -> str | None:
    """The charset that the Content-Type among HTTP ``headers`` declares, if any."""
    for name, value in headers:
        if name.lower() == "content-type" and (found := _HEADER_CHARSET.search(value)):
            return found[1].lower()
    return None
