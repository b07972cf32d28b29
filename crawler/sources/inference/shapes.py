"""The shape of article addresses: one pattern for those that a list links to.

Digits are levelled, words of file names stay, words of folders stay only where articles of
other columns have them too: a pattern that is too narrow would leave articles out unseen.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from urllib.parse import parse_qsl, urlsplit

from crawler.pages.raw.urls import registered_domain

MOST_SHAPES = 3
"""More kinds of addresses than these on one list are no pattern."""
WORDS_PROVED = 5
"""So many articles of other lists show which words of the path all articles have."""
_DATED = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?)?")
_YEARS = {r"\d{4}", r"\d{4}-\d+", r"\d{6}", r"\d{2}"}
"""What a folder of days may stand below."""
ANY = "[^/]+"
"""A folder of any name."""
_NUMBER = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{8,}")
_HEX = re.compile(r"(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}")


def pattern_of(
    urls: Sequence[str], elsewhere: Collection[str] = (), others: Iterable[str] = ()
) -> str | None:
    """A pattern that each of ``urls`` matches and none of ``others``; None where there is none.

    ``elsewhere`` are further articles of the site, of whatever column; ``others`` are addresses
    that are no articles: lists, columns, pages of the list.
    """
    shapes: dict[Skeleton, list[str]] = {}
    for url in dict.fromkeys(urls):
        shapes.setdefault(_skeleton(url), []).append(url)
    _join_numbers(shapes)
    if not shapes or len(shapes) > MOST_SHAPES:
        return None
    proved = len(set(elsewhere) - set(urls)) >= WORDS_PROVED
    parts = []
    for skeleton, alike in shapes.items():
        kin = [url for url in elsewhere if _skeleton(url) == skeleton] if proved else []
        if (part := _pattern(alike, kin, proved=proved)) is None:
            return None
        parts.append(part)
    pattern = parts[0] if len(parts) == 1 else f"(?:{'|'.join(sorted(parts))})"
    found = re.compile(pattern)
    if any(found.search(url) for url in others) or not all(found.search(url) for url in urls):
        return None
    return pattern


Skeleton = tuple[int, str, str, tuple[str, ...]]


def _join_numbers(shapes: dict[Skeleton, list[str]]) -> None:
    """One shape for ids in hexadecimal, some of which happen to have no letter."""
    for skeleton in list(shapes):
        depth, stem, ending, keys = skeleton
        plain = (depth, stem.replace("#", "0"), ending, keys)
        if plain != skeleton and plain in shapes:
            shapes[skeleton] += shapes.pop(plain)


def _skeleton(url: str) -> Skeleton:
    """What two addresses of one kind have in common: depth, file name and keys of the query."""
    parts = urlsplit(url)
    *folders, file = parts.path.split("/")[1:] or [""]
    stem, dot, ending = file.rpartition(".")
    keys = tuple(key for key, _ in parse_qsl(parts.query, keep_blank_values=True))
    return len(folders), _levelled(stem if dot else file), ending if dot else "", keys


def _levelled(words: str) -> str:
    if not re.search(r"\d", words):
        return "*" if words else ""
    return re.sub(r"\d+", "0", _HEX.sub("#", words))


def _pattern(urls: Sequence[str], kin: Sequence[str], *, proved: bool) -> str | None:
    """The pattern of addresses of one skeleton, from the path on."""
    split = [urlsplit(url) for url in urls]
    rows = [parts.path.split("/")[1:] for parts in split]
    wider = [*rows, *(urlsplit(url).path.split("/")[1:] for url in kin)]
    columns: list[str] = []
    for at in range(len(rows[0]) - 1):
        dated = bool(columns) and columns[-1] in _YEARS
        columns.append(_segment([row[at] for row in wider], keep=proved, dated=dated))
    file = _file([row[-1] for row in wider])
    while columns and columns[0] == ANY:  # says nothing but how deep a path is
        columns.pop(0)
    path = "/" + "/".join([*columns, file])
    queries = [dict(parse_qsl(parts.query, keep_blank_values=True)) for parts in split]
    if not queries[0]:
        return path + "$" if not file else path
    return path + r"\?" + "&".join(_parameter(key, [q[key] for q in queries]) for key in queries[0])


def _segment(words: Sequence[str], *, keep: bool, dated: bool) -> str:
    """A folder: levelled digits, two of them as such only below a year (``dated``); its words
    only where ``keep`` and all have them."""
    if all(re.fullmatch(r"\d+", word) for word in words):
        two = dated and all(re.fullmatch(r"[0-3]\d", word) for word in words)
        return r"\d{2}" if two else _digits(words)
    if all(re.search(r"\d", word) for word in words) and len({_levelled(w) for w in words}) == 1:
        return _runs(words)
    if keep and len(set(words)) == 1:
        return _runs(words)
    return ANY


def _file(words: Sequence[str]) -> str:
    stems = [word.rpartition(".")[0] or word for word in words]
    endings = {word.rpartition(".")[2] if "." in word else "" for word in words}
    ending = f"\\.{_escaped(min(endings))}" if endings != {""} else ""
    if not any(words):
        return ""
    if not all(re.search(r"\d", stem) for stem in stems):
        return f"[^/]+{ending}"
    return _runs(stems) + ending


def _runs(words: Sequence[str]) -> str:
    """Words that differ in their digits alone, with these levelled."""
    cut = [re.findall(r"#|\d+|[^\d#]+", _HEX.sub("#", word)) for word in words]
    if len({tuple("0" if part.isdecimal() else part for part in row) for row in cut}) > 1:
        cut = [re.findall(r"#|\d+|[^\d#]+", _NUMBER.sub("#", word)) for word in words]
    made = []
    for at, piece in enumerate(cut[0]):
        if piece == "#":
            made.append("[0-9a-f]+")
        elif piece.isdecimal():
            made.append(_digits([row[at] for row in cut]))
        else:
            made.append(_escaped(piece))
    return "".join(made)


def _escaped(words: str) -> str:
    """For a pattern, without the escapes that only a class of characters needs."""
    return re.sub(r"\\([-#&~/])", r"\1", re.escape(words))


def _digits(words: Sequence[str]) -> str:
    """Digits of one length that are a year, or a day with its year, keep their length."""
    lengths = {len(word) for word in words}
    years = all(_DATED.fullmatch(word) for word in words)
    if len(lengths) == 1 and years:
        return rf"\d{{{lengths.pop()}}}"
    return r"\d+"


def _parameter(key: str, values: Sequence[str]) -> str:
    name = re.escape(key)
    if all(value.isdecimal() for value in values):
        return rf"{name}=\d+"
    return f"{name}={_escaped(values[0])}" if len(set(values)) == 1 else f"{name}=[^&]*"


def hosts_of(urls: Iterable[str], home: str) -> tuple[str, ...]:
    """The hosts to declare for these addresses: those of the site of ``home``, no wider.

    ``www.`` is left off, as a site answers without it too; three or more sub-domains are the
    whole site.
    """
    site = registered_domain(urlsplit(home).hostname or "")
    found = dict.fromkeys(
        host.removeprefix("www.")
        for url in urls
        if (host := urlsplit(url).hostname or "") and registered_domain(host) == site
    )
    if site in found or len(found) > 2:
        return (site,)
    return tuple(found)
