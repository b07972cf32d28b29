"""Each threshold of reading decides a fixture: with another value it is read otherwise."""

import json

import pytest

from crawler.errors import PageError
from crawler.pages import read_article
from crawler.pages.layout import body, stories, weights
from crawler.pages.rules.limits import LIMITS
from crawler.pages.values import names
from tests.crawler.pages.test_fixtures import PAGES
from tests.crawler.pages.test_reading_cases import FOLDER, NOW, rows

VALUES = (
    "title",
    "kicker",
    "subtitle",
    "text",
    "outlet",
    "author",
    "editor",
    "images",
    "next_page",
)
BY_NAME = {page.stem: page for page in PAGES}


def reading(name: str) -> str:
    """All that is read in a fixture, or the refusal."""
    weights._share_by_name.cache_clear()
    names.without_site.cache_clear()
    folder, slash, file = name.partition("/")
    if slash:
        row = next(row for row in rows(folder) if row["file"] == file)
        page, url, now = (FOLDER / folder / file).read_bytes(), str(row["url"]), NOW
    else:
        answer = json.loads(BY_NAME[name].with_suffix(".json").read_text("utf-8"))
        page, url, now = BY_NAME[name].read_bytes(), answer.get("url", ""), NOW
    try:
        article = read_article(page, url=url, now=now)
    except PageError as refusal:
        return refusal.refusal_class.value
    return repr((*(getattr(article, value) for value in VALUES), article.published_at))


@pytest.mark.parametrize("name", LIMITS)
def test_a_page_is_read_otherwise_when_its_threshold_changes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = LIMITS[name]
    if name != "FEWEST_STORIES":  # what stands under most articles is told by its words as well
        monkeypatch.setattr(stories, "find_series", lambda *_: None)
        monkeypatch.setattr(body, "_above", lambda *_: range(0))
    before = reading(limit.page)
    with limit.changed():
        assert reading(limit.page) != before
    assert reading(limit.page) == before
    assert limit.why
