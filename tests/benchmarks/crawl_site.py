"""A site for crawl benchmarks: its lists, and pages like those of a real portal."""

import random
import re
from html import escape
from pathlib import Path

from tests.benchmarks.chinese import article_text, vocabulary
from tests.crawler.reading.generator import publications

HOST = "bench.example"
PER_LIST = 60
PUBLICATIONS_SEED = 20

# One article in eight of a portal's lists is of a committee; publications are rare.
CPPCC_EVERY = 8
PUBLICATION_EVERY = 100
DAY_NEWS = "1月23日,省政协召开主席会议,听取近期工作安排的汇报,有关副主席和秘书长出席。"
"""How a committee's articles begin. With openings of reviews one article in eight was flagged, and
so read with care, at many times the price of the others.
"""

# The medians of the real pages in ../shared/real, at the 73 KB a page that the measurements
# of the design were made with.
LINKS = 140
SCRIPT_BYTES = 18_000
PAGE_BYTES = 73_000

_FIELD = re.compile("政协|委员|提案|协商|履职|常委|界别|议政|建言|主席|报告|会议")

DECLARATION = f"""
name = "测速网"
region = "云南"
kind = "portal"
family = "listing"
homepage = "http://{HOST}/"
hosts = ["{HOST}"]
article_pattern = '/t20210124_\\d+\\.html'

[listing]
urls = ["http://{HOST}/list/index.html"]

[politeness]
delay_seconds = 0
concurrency = 8

[expect]
min_articles = 3
max_days_silent = 3
"""


def build_site(root: Path, pages: int) -> list[str]:
    """Write the host's files below ``root``; the URLs of its articles."""
    folder = root / HOST / "day1"
    (folder / "list").mkdir(parents=True)
    (root / HOST / "site.toml").write_text("# a site for benchmarks\n", "utf-8")
    (folder / "robots.txt").write_text("User-agent: *\nAllow: /\n", "utf-8")
    chrome = _chrome()
    made = [item.article for item in publications(PUBLICATIONS_SEED)]
    titles: list[str] = []
    for number in range(pages):
        if number % PUBLICATION_EVERY == 0:
            article = made[(number // PUBLICATION_EVERY) % len(made)]
            title, text = article.title, article.text
        else:
            rest = article_text(number).partition("\n")[2]
            text = f"{DAY_NEWS}\n{rest}" if number % CPPCC_EVERY == 0 else _ordinary(rest)
            title = text.split("\n")[-1][:24].split("。")[0]
        titles.append(title)
        (folder / f"t20210124_{number}.html").write_text(_page(number, title, text, chrome))
    _write_lists(folder / "list", titles)
    return [f"http://{HOST}/t20210124_{number}.html" for number in range(pages)]


def _ordinary(text: str) -> str:
    """The text without the field's own words: ordinary news does not speak of committees."""
    return _FIELD.sub("", text)


def _page(number: int, title: str, text: str, chrome: str) -> str:
    body = "\n".join(f"<p>　　{escape(line)}</p>" for line in text.split("\n"))
    page = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">\n<title>{escape(title)}_测速网</title>'
        f"</head><body>{chrome}<div class='main'><h1>{escape(title)}</h1>"
        f"<div class='info'>2021-01-24 0{number % 10}:10　来源：测速网　编辑：甲乙</div>"
        f"<div class='content'>{body}</div></div>{chrome}"
    )
    # What is left of a real page's bytes is attributes, comments and space.
    filler = PAGE_BYTES - SCRIPT_BYTES - len(page.encode())
    comments = f"<!-- {'=' * 60} -->\n" * max(0, filler // 70)
    return (
        f"{page}<script>{'var a=[1,2,3];' * (SCRIPT_BYTES // 14)}</script>{comments}</body></html>"
    )


def _write_lists(folder: Path, titles: list[str]) -> None:
    count = -(-len(titles) // PER_LIST)
    for index in range(count):
        first = index * PER_LIST
        rows = "\n".join(
            f'<li><a href="/t20210124_{first + n}.html">{escape(title)}</a>'
            "<span>2021-01-24</span></li>"
            for n, title in enumerate(titles[first : first + PER_LIST])
        )
        name = "index.html" if index == 0 else f"index_{index}.html"
        (folder / name).write_text(
            f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>时政</title></head><body>'
            f"<ul class='news'>{rows}</ul>"
            f'<script>createPageHTML({count}, {index}, "index", "html");</script></body></html>',
            "utf-8",
        )


def _chrome() -> str:
    """Half of a page's navigation: it stands above and below the article."""
    rng = random.Random(3)
    words, weights = vocabulary()
    links = "".join(
        f'<div class="box"><ul class="list"><li class="item"><a href="/nav/{n}.html">'
        f"{''.join(rng.choices(words, cum_weights=weights, k=4))}</a></li></ul></div>"
        for n in range(LINKS // 2)
    )
    return f"<div class='nav'>{links}</div>"
