"""A paper's issue as JSON: where its day, its pages and the texts of its articles stand.  Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import urljoin

from crawler.sources.inference.documents import CJK, quoted

_LEAST_BODY = 60
"""Chinese characters of a text at least, on the average of an issue."""


def date_path(document: object, day: date) -> str | None:
    """The path at which a document states ``day`` itself; None where it does not."""
    for path, value in _leaves(document, "", 0):
        if str(value)[:10] == day.isoformat():
            return path
    return None


def _leaves(value: object, path: str, depth: int) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict) and depth < 4:
        for key, inner in value.items():
            name = quoted(key)
            yield from _leaves(inner, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, str | int):
        yield path, value


def body_key(rows: Sequence[Mapping[str, object]]) -> str | None:
    """The key under which articles have their text: the longest Chinese words of them all."""
    totals: Counter[str] = Counter()
    for row in rows:
        for key, value in row.items():
            if isinstance(value, str):
                totals[key] += len(CJK.findall(value))
    if not totals:
        return None
    key, most = totals.most_common(1)[0]
    return key if most >= _LEAST_BODY * len(rows) else None


def siblings(url: str, number: str) -> Iterator[str]:
    """Where the article of a number may be answered beside its issue: ``DATE/123.json``."""
    head, _, file = url.partition("?")[0].rpartition("/")
    ending = file.rpartition(".")[2] if "." in file else ""
    yield urljoin(url, f"{head}/{number}.{ending}" if ending else f"{head}/{number}")


def codes_in(document: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Paths to lists of page codes (版) that a document names: 001, 002, A01."""
    for path, items in _tables(document, "", 0):
        for key in dict.fromkeys(key for one in items for key in one):
            values = [str(one.get(key, "")) for one in items]
            if len(set(values)) == len(values) > 1 and all(
                re.fullmatch(r"[A-Za-z]?0*\d{1,3}", one) for one in values
            ):
                yield f"{path}[].{key}", tuple(values)


def _tables(value: object, path: str, depth: int) -> Iterator[tuple[str, list[dict[str, object]]]]:
    if depth > 3:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _tables(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        yield path, value
