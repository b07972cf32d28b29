"""Twenty stored attacks, planted by a real crawl of a site that was taken over, in a browser.

Whatever they are, a page shows them as text: no dialog opens, no request leaves, the browser
says nothing on its console, a breach of the content policy included.
"""

import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog

from crawler.sources.declaration import REGIONS
from fixtures.server import SmallInternet
from fixtures.site import DAY_ONE
from storage.engine.database import open_database
from storage.notices.flags import list_flags
from storage.publications.reading import get_publication
from tests.crawl_many import crawl_many
from tests.crawler.test_stories import DECLARATION
from tests.scheduler.console.test_attacks import ATTACKS
from tests.scheduler.console.test_browser import Site, browser, opened, pytestmark, serving

__all__ = ["browser", "pytestmark"]  # the same browser, and only where there is one

HOST = "taken-over.example"
PAGES = (
    "/", "/flags", "/search?q=十件大事", "/coverage", "/coverage/云南/2020", "/compare", "/topics",
    "/runs", "/runs/1", "/sources", "/sources/taken_over", "/incidents", "/exports", "/doctor",
)  # fmt: skip
WORDS = ("委员", "协商", "山乡", "车间", "群众", "会场", "茶园", "河道", "校园", "社区", "港口",
         "铁路", "口岸", "林场", "医院", "剧院", "书屋", "市场", "渔村", "走进", "听取", "督促",
         "建成", "修复", "保护", "开放", "连接", "守望", "点亮", "种下", "记录", "整理", "护送",
         "搭起", "疏通", "照看", "打磨", "传唱", "丈量", "回访")  # fmt: skip
"""What makes the texts differ, as those of different provinces do."""
TOUCH = """() => {
  const said = [];
  for (const it of document.querySelectorAll("main *:not([data-chart] *)")) {
    for (const kind of ["mouseover", "focus", "error", "load"]) it.dispatchEvent(new Event(kind));
    for (const name of it.getAttributeNames()) if (name.startsWith("on") || name === "style") said.push(it.outerHTML);
  }
  said.push(...[...document.querySelectorAll("main :is(script, iframe, object, embed, base, meta, link, svg):not([data-chart] *)")].map((it) => it.outerHTML));
  return said;
}"""  # noqa: E501
"""Touches every element as a hand would; the markup that text must never have become.

What the chart's library draws is its own: there the dialogs and the browser's console tell.
"""


def escaped(words: str) -> str:
    """Words as an editor's form would put them in a page."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        words = words.replace(sign, entity)
    return words


def article(number: int, attack: str) -> str:
    """A selection of its own region, so that each is a story and a flag of its own."""
    chance = random.Random(number)
    shown, region = escaped(attack), REGIONS[number]
    title = f"{region}政协2020年十件大事{shown}"
    noise = ["".join(chance.choices(WORDS, k=24)) for _ in range(10)]
    deeds = "".join(
        f"<p>{name}、推动提案办理提质增效，听取群众意见{shown[:60]}。{words}</p>"
        for name, words in zip("一二三四五六七八九十", noise, strict=True)
    )
    return f"""<html><head><meta charset="utf-8"><title>{title}</title></head><body>
    <h1>{title}</h1><div class="info">2021-01-24 来源：云南日报{shown[:40]} 记者：{shown[:20]}</div>
    <div class="content"><p>{region}政协2020年十件大事{shown[:300]}揭晓。全年立案提案612件。</p>
    {deeds}<p><img src="javascript:alert(1)" alt="{shown[:100]}"></p></div></body></html>"""


@pytest.fixture(scope="module")
def taken_over(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A console over what one crawl of the site stored."""
    folder = tmp_path_factory.mktemp("attacks")
    pages, declared = folder / "hosts" / HOST / "day1", folder / "declared"
    pages.mkdir(parents=True)
    declared.mkdir()
    (pages.parent / "site.toml").write_text("", "utf-8")
    rows = []
    for number, attack in enumerate(ATTACKS):
        name = f"2021/01/24/c_{1000 + number}.html"
        (pages / name).parent.mkdir(parents=True, exist_ok=True)
        (pages / name).write_text(article(number, attack), "utf-8")
        words = f"{REGIONS[number]}政协2020年十件大事{escaped(attack)[:60]}"
        rows.append(f'<li><a href="/{name}">{words}</a> 2021-01-24</li>')
    listing = (
        f"<html><head><title>政协动态</title></head><body><ul>{''.join(rows)}</ul></body></html>"
    )
    (pages / "index.html").write_text(listing, "utf-8")
    address = f"http://{HOST}/"
    text = DECLARATION.format(name="被改网站", host=HOST, list_url=address)
    (declared / "taken_over.toml").write_text(text, "utf-8")
    url = f"sqlite:///{folder / 'cppcc.db'}"
    open_database(url).close()
    with SmallInternet(root=folder / "hosts") as internet:
        environment = {
            **internet.environment(),
            "CPPCC_DATABASE_URL": url,
            "CPPCC_SOURCES": str(declared),
            "CPPCC_TODAY": DAY_ONE.isoformat(),
            "CPPCC_MAX_DELAY_SECONDS": "0",
        }
        crawl_many(["taken_over"], environment, seconds=240)
    with serving(folder, DAY_ONE) as site:
        yield site


def test_no_stored_attack_runs(browser: Browser, taken_over: Site) -> None:
    with taken_over.database.reading() as session:
        flags = list_flags(session, limit=100)
        found = [get_publication(session, flag.publication_id) for flag in flags]
    assert len(found) == len(ATTACKS), "each attack stands in a flagged publication of its own"
    paths = list(PAGES)
    for one in found:
        paths.append(f"/publications/{one.summary.id}")
        paths += [f"/snapshots/{kept.sha256}?view=source" for kept in one.captures[:1]]
    titles = {f"/publications/{one.summary.id}": one.summary.title for one in found}
    dialogs: list[str] = []

    def heard(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    for page in opened(browser, taken_over, "zh-CN", 1280):
        page.on("dialog", heard)
        for path in paths:
            page.goto(path)
            assert page.evaluate(TOUCH) == [], path
            if path in titles:
                shown = page.locator("h1").inner_text()
                assert "".join(shown.split()) == "".join(titles[path].split())
        assert not dialogs


def test_an_attack_that_is_markup_would_be_noticed(browser: Browser, taken_over: Site) -> None:
    pages = opened(browser, taken_over, "zh-CN", 1280)
    page = next(pages)
    page.goto("/login")
    page.evaluate("(it) => document.querySelector('main').innerHTML += it", ATTACKS[1])
    assert page.evaluate(TOUCH) != []
    with pytest.raises(AssertionError, match="Content Security Policy"):
        next(pages, None)
