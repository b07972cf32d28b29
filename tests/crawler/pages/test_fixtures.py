"""Every trap of fixtures/pages is read as its answer says."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from crawler.errors import PageError
from crawler.pages import read_article

PAGES = sorted((Path(__file__).parents[3] / "fixtures" / "pages").glob("*.html"))
STATED = ("title", "kicker", "subtitle", "outlet", "author", "editor", "next_page", "text")


def differences(page: Path) -> dict[str, tuple[object, object]]:
    """Where the reading of a fixture and its answer differ: (wanted, read) by value."""
    answer = json.loads(page.with_suffix(".json").read_text("utf-8"))
    now = datetime.fromisoformat(answer["now"]) if "now" in answer else None
    try:
        article = read_article(
            page.read_bytes(), url=answer.get("url", ""), charset=answer.get("charset"), now=now
        )
    except PageError as refusal:
        got = refusal.refusal_class.value
        return {} if answer.get("error") == got else {"error": (answer.get("error"), got)}
    if "error" in answer:
        return {"error": (answer["error"], None)}
    at = article.published_at
    read: dict[str, object] = {name: getattr(article, name) for name in STATED}
    read["published_at"] = at.isoformat() if at else None
    read["precision"] = article.published_precision.value if article.published_precision else None
    read["images"] = [image.url for image in article.images]
    return {
        name: (answer[name], value)
        for name, value in read.items()
        if name in answer and answer[name] != value
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_trap_is_read_as_its_answer_says(page: Path) -> None:
    assert differences(page) == {}


def test_every_answer_has_its_page() -> None:
    folder = PAGES[0].parent
    assert {page.stem for page in PAGES} == {answer.stem for answer in folder.glob("*.json")}
    assert len(PAGES) > 80
