"""Linked data (JSON-LD): what a page's own data say of the article that it prints."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BLOCK = re.compile(r"<script\b[^>]*application/ld\+json[^>]*>(.{0,100000}?)</script", re.I | re.S)


def linked_values(source: str) -> Iterator[Mapping[str, Any]]:
    """Every object of every block, however deep; a block that is no JSON holds none."""
    for block in _BLOCK.findall(source):
        try:
            values: list[Any] = [json.loads(block)]
        except (ValueError, RecursionError):
            continue
        while values:
            value = values.pop()
            if isinstance(value, list):
                values.extend(value)
            elif isinstance(value, dict):
                values.extend(value.values())
                yield value


def name_of(value: Mapping[str, Any]) -> str:
    """What an object is called: its headline, else its name; empty where it has neither."""
    return str(value.get("headline") or value.get("name") or "")
