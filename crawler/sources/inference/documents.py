"""JSON that lists articles: where they stand in it, and what each of its keys is.

Keys are told by what their values look like; their names only choose between such as look
alike.  Pure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median
from urllib.parse import urljoin, urlsplit

from crawler.families.items import ItemPaths, day_of
from crawler.pages.lists.addresses import url_grade

LEAST_ITEMS = 3
_PLAIN = re.compile(r"[A-Za-z_]\w*")
CJK = re.compile(r"[\u4e00-\u9fff]")
_TITLE_NAMES = ("title", "headline", "biaoti", "bt", "subject", "name", "topic")
_URL_NAMES = ("url", "link", "href", "path")
_ID_NAMES = ("id", "docid", "articleid", "contentid", "newsid", "infoid", "guid")
_DAY_NAMES = ("publish", "pub", "ptime", "release", "date", "day", "time", "create")
_NOT_FIRST = ("update", "modif", "edit", "sub", "short", "list", "old")
_TOTAL_NAMES = re.compile(r"total|count|records|rows|num|sum", re.IGNORECASE)
_PAGE_NAMES = re.compile(r"pages?(?:count|num|total)?$|(?:total|count|all)_?pages?$", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|svg|mp4|pdf)(?:\?|$)", re.IGNORECASE)
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A list of articles inside a document, each a flat or nested table.

    ``items`` is its JMESPath; ``title``, ``url``, ``id`` and ``day`` are keys of an item (JMESPath
    too), None where nothing looks like one.
    """

    items: str
    rows: tuple[Mapping[str, object], ...]
    title: str
    url: str | None
    id: str | None
    day: str | None


def find_rows(document: object) -> Rows | None:
    """The list of a document that is most like one of articles; None where none is."""
    found: list[tuple[int, int, Rows]] = []
    for path, items in _lists(document, ""):
        if rows := _as_rows(path or "@", items):
            addressed = rows.url is not None or rows.id is not None
            found.append((len(rows.rows) * (2 if addressed else 1), -path.count("."), rows))
    return max(found, key=lambda one: one[:2])[2] if found else None


def _lists(value: object, path: str) -> Iterator[tuple[str, list[object]]]:
    """Each list of tables, with its path; lists inside the items of a list are joined."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lists(inner, f"{path}.{quoted(key)}" if path else quoted(key))
    elif isinstance(value, list):
        if value and all(isinstance(one, dict) for one in value):
            yield path, value
            for key in dict.fromkeys(key for one in value for key in one):
                inner = [one.get(key) for one in value if isinstance(one.get(key), list)]
                if inner and all(isinstance(one, dict) for each in inner for one in each):
                    joined = [one for each in inner for one in each]
                    yield f"{path}[].{quoted(key)}[]" if path else f"[].{quoted(key)}[]", joined
        else:
            for at, inner in enumerate(value[:5]):
                yield from _lists(inner, f"{path}[{at}]")


def quoted(key: object) -> str:
    """A key as JMESPath writes it."""
    words = str(key)
    return words if _PLAIN.fullmatch(words) else f'"{words}"'


def _as_rows(path: str, items: Sequence[object]) -> Rows | None:
    tables = [one for one in items if isinstance(one, dict)]
    if not tables:
        return None
    values = _values(tables)
    title = _title_key(values)
    if title is None:
        return None
    return Rows(
        items=path,
        rows=tuple(tables),
        title=title,
        url=_url_key(values),
        id=_id_key(values, title),
        day=_day_key(values),
    )


def _values(tables: Sequence[Mapping[str, object]]) -> dict[str, list[str]]:
    """The values of each key that every item has, in order of the items; one level deep."""
    found: dict[str, list[str]] = {}
    for key in dict.fromkeys(key for one in tables for key in one):
        given = [one.get(key) for one in tables]
        if all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in given):
            found[quoted(key)] = [str(one) for one in given]
        elif all(isinstance(one, dict) for one in given):
            inner = [one for one in given if isinstance(one, dict)]
            for name in dict.fromkeys(name for one in inner for name in one):
                deep = [one.get(name) for one in inner]
                if all(isinstance(one, str | int) and not isinstance(one, bool) for one in deep):
                    found[f"{quoted(key)}.{quoted(name)}"] = [str(one) for one in deep]
    return found


def _rank(key: str, names: Sequence[str]) -> int:
    """How well a key's name fits, best 0."""
    name = key.lower().strip('"').rpartition(".")[2]
    late = len(names) if any(word in name for word in _NOT_FIRST) else 0
    for at, wanted in enumerate(names):
        if name == wanted:
            return at
    for at, wanted in enumerate(names):
        if wanted in name:
            return len(names) + at + late
    return 3 * len(names)


def _title_key(values: Mapping[str, Sequence[str]]) -> str | None:
    fit = [
        key
        for key, given in values.items()
        if median(len(CJK.findall(one)) for one in given) >= 5
        and median(map(len, given)) <= LONGEST_TITLE
        and 2 * len(set(given)) > len(given)
    ]
    return min(fit, key=lambda key: _rank(key, _TITLE_NAMES), default=None)


def _url_key(values: Mapping[str, Sequence[str]]) -> str | None:
    fit = [
        key
        for key, given in values.items()
        if all(_is_address(one) for one in given) and len(set(given)) == len(given)
    ]

    def rank(key: str) -> tuple[int, int]:
        grade = median(url_grade(urljoin("http://x.example/", one)) for one in values[key])
        return -int(grade), _rank(key, _URL_NAMES)

    return min(fit, key=rank, default=None)


def _is_address(words: str) -> bool:
    if _PICTURE.search(words) or re.search(r"\s", words) or CJK.search(words):
        return False
    return bool(re.match(r"https?://|//?\w|\.\.?/", words) or re.search(r"\.s?html?$", words))


def _id_key(values: Mapping[str, Sequence[str]], title: str) -> str | None:
    fit = [
        key
        for key, given in values.items()
        if key != title
        and "." not in key
        and len(set(given)) == len(given)
        and all(re.fullmatch(r"[\w-]{1,40}", one) and re.search(r"\d", one) for one in given)
        and _rank(key, _ID_NAMES) < 3 * len(_ID_NAMES)
    ]
    return min(fit, key=lambda key: _rank(key, _ID_NAMES), default=None)


def _day_key(values: Mapping[str, Sequence[str]]) -> str | None:
    fit = []
    for key, given in values.items():
        days = [day_of(one) for one in given]
        stamps = all(re.fullmatch(r"\d{10}(?:\d{3})?", one) for one in given)
        if all(days) and (not stamps or _rank(key, _DAY_NAMES) < 3 * len(_DAY_NAMES)):
            fit.append(key)
    return min(fit, key=lambda key: _rank(key, _DAY_NAMES), default=None)


def in_order(days: Sequence[date | None]) -> bool:
    """Whether the newest stand first."""
    known = [day for day in days if day]
    return all(one >= other for one, other in pairwise(known))


def totals_in(document: object, rows: int) -> tuple[str | None, str | None]:
    """The paths of the numbers of articles and of pages that a document states.

    Believed only where the one is that of the articles shown, cut into so many pages.
    """
    numbers = dict(_numbers(document, ""))
    items = [
        path
        for path, number in numbers.items()
        if number >= rows and _TOTAL_NAMES.search(_name(path)) and not _is_pages(path)
    ]
    pages = [path for path, number in numbers.items() if number >= 1 and _is_pages(path)]
    for total in items:
        for page in pages:
            if rows and -(-numbers[total] // rows) == numbers[page]:
                return total, page
    sized = [path for path in items if "total" in _name(path).lower()]
    return next(iter(sized), None), None


def _name(path: str) -> str:
    return path.rpartition(".")[2].strip('"')


def _is_pages(path: str) -> bool:
    return bool(_PAGE_NAMES.search(_name(path)))


def _numbers(value: object, path: str) -> Iterator[tuple[str, int]]:
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        here = f"{path}.{quoted(key)}" if path else quoted(key)
        if isinstance(inner, dict):
            yield from _numbers(inner, here)
        elif isinstance(inner, int) and not isinstance(inner, bool):
            yield here, inner
        elif isinstance(inner, str) and inner.isascii() and inner.isdecimal() and len(inner) < 10:
            yield here, int(inner)


def paths_of(rows: Rows, document: object, *, article_url: str | None = None) -> ItemPaths | None:
    """``rows`` as a declaration says them; None where nothing gives an article's address."""
    if rows.url is None and article_url is None:
        return None
    total, pages = totals_in(document, len(rows.rows))
    return ItemPaths(
        items=rows.items,
        url=rows.url if article_url is None else None,
        article_url=article_url,
        title=rows.title,
        day=rows.day,
        total=total,
        pages=pages,
    )


def article_url_in(rows: Rows, pages: Sequence[str], base: str) -> str | None:
    """The address of an article over the key of its number, as some page makes it.

    Either a page links to one of the articles, or its script joins an address and the number.
    """
    if rows.id is None:
        return None
    key = rows.id.strip('"')
    for html in pages:
        for one in rows.rows:
            value = re.escape(str(one[key]))
            linked = re.search(
                rf"""(?:href|url)\s*=\s*["']?([^"'\s>]*?)(?<![\w-]){value}(?![\w-])([^"'\s>]*)""",
                html,
            )
            if linked and not _is_list(linked[1]):
                return _format(base, linked[1], key, linked[2])
        name = re.escape(key)
        joined = re.search(
            rf"""["'`]([^"'`\s<>]*[/=])["'`]\s*\+\s*[\w.\[\]]*\b{name}\b"""
            rf"""(?:\s*\+\s*["'`]([^"'`\s<>]*)["'`])?""",
            html,
        ) or re.search(rf"""["'`]([^"'`\s<>]*[/=])\$\{{[\w.]*\b{name}\}}([^"'`\s<>]*)""", html)
        if joined:
            return _format(base, joined[1], key, joined[2] or "")
    return None


def _is_list(address: str) -> bool:
    return "page" in urlsplit(address).query


def as_written(words: str) -> str:
    """Words for a template that is formatted, in which they stand for themselves."""
    return words.replace("{", "{{").replace("}", "}}")


def _format(base: str, before: str, key: str, after: str) -> str:
    head = urljoin(base, before or "./")
    return f"{as_written(head)}{{{key}}}{as_written(after)}"
