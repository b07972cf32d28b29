"""Gates, errors and a site's own pages are no articles; articles that tell of such things are.

``fixtures/reading/gates.json`` holds titles and what stands in the body, by kind; what pages have
in common (navigation, other stories, a line of rights) is put in for its name in braces.
"""

import json
from pathlib import Path

import pytest

from crawler.errors import PageError
from crawler.pages import read_article
from storage.records import Article

DATA = json.loads(
    (Path(__file__).parents[3] / "fixtures" / "reading" / "gates.json").read_text("utf-8")
)
PARTS: dict[str, str] = DATA["parts"]


def read(row: dict[str, str]) -> Article:
    inner = row["inner"]
    for name, part in PARTS.items():
        inner = inner.replace(f"{{{name}}}", part)
    head = f"<meta charset='utf-8'><title>{row['title']}</title>"
    body = f"{PARTS['NAV']}{inner}{PARTS['FOOT']}"
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return read_article(page.encode(), url="http://www.qingjiang.example/a/2025/8812.html")


@pytest.mark.parametrize("row", DATA["refused"], ids=lambda row: row["kind"])
def test_a_page_that_is_no_article_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(PageError):
        read(row)


@pytest.mark.parametrize("row", DATA["stored"], ids=lambda row: row["kind"])
def test_an_article_that_tells_of_gates_or_states_no_day_is_read(row: dict[str, str]) -> None:
    article = read(row)
    assert len(article.text) > 60
