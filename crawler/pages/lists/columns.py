"""Columns side by side on one page: each shows its newest articles and leads on by 更多."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.pages.lists.anchors import Anchor
from storage.records import Link, MoreKind, MoreSign

_MORE = re.compile(r"^\W*(?:查看|浏览|阅读)?(?:更多|more)\W*$", re.IGNORECASE)
_LEAST = 3
"""Articles of one column at least."""
_MOST = 0.5
"""Share of a page's articles that stand in such columns, from which it is no list of its own."""


def column_sign(links: Sequence[Link], anchors: Sequence[Anchor], url: str) -> MoreSign | None:
    """That the articles of a page are those of columns which go on elsewhere; None where not.

    更多 leads to the folder in which the articles under it stand, and this page is not in it.
    """
    here = urlsplit(url)
    folders = {
        folder
        for anchor in anchors
        if _MORE.match(anchor.text)
        and (folder := _folder(anchor.url))
        and not f"{here.netloc}{here.path}".startswith(folder)
    }
    places = [f"{parts.netloc}{parts.path}" for parts in (urlsplit(link.url) for link in links)]
    in_columns = 0
    for folder in folders:
        inside = sum(place.startswith(folder) for place in places)
        in_columns += inside if inside >= _LEAST else 0
    if not folders or in_columns < max(_LEAST, _MOST * len(places)):
        return None
    return MoreSign(MoreKind.STEP, f"更多 ({min(folders)})"[:80])


def _folder(url: str) -> str | None:
    """Host and folder of an address below the root; None for the root itself."""
    parts = urlsplit(url)
    path = parts.path[: parts.path.rfind("/") + 1]
    return f"{parts.netloc}{path}" if path.strip("/") else None
