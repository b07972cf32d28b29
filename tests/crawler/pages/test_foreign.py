"""What may be another story's in the article's own box is left out or doubted, never sure."""

import pytest

from crawler.pages import read_article
from storage.records import Article
from tests.crawler.pages.test_fixtures import PAGES

BY_NAME = {page.stem: page for page in PAGES}


def doubts(article: Article) -> list[str]:
    return [item.quote for item in article.evidence if item.about == "doubt"]


@pytest.mark.parametrize(
    "name",
    ["another_behind_the_editor", "another_with_its_outlet", "stories_some_hours_old"],
)
def test_what_was_left_out_by_its_words_is_told(name: str) -> None:
    assert len(doubts(read_article(BY_NAME[name].read_bytes()))) == 1


def test_heads_that_may_be_the_articles_own_stay_and_make_it_unsure() -> None:
    article = read_article(BY_NAME["heads_that_may_be_its_own"].read_bytes())
    assert doubts(article) == [
        "heads over sentences that share no words with the text, in its own box"
    ]
    assert article.score <= 0.7


def test_a_plain_article_is_not_doubted() -> None:
    article = read_article(BY_NAME["text_ends_as_text"].read_bytes())
    assert doubts(article) == []
    assert article.score > 0.9
