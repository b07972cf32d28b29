"""`sources new` on the sites of the small internet: its declarations crawl as they are written."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from crawler.sources.declaration import load_source
from crawler.sources.inference.draft import Draft
from fixtures.kinds import making, sites
from fixtures.server import SmallInternet
from scheduler.config import Config
from scheduler.drafting.found import NothingFoundError
from scheduler.drafting.proposing import Proposal, note_credits, propose
from scheduler.probing.verification import ArticleSeen
from storage.engine.database import Database, open_database
from storage.publications.reading import list_publications
from storage.records import VerdictKind
from storage.runs.history import list_runs
from tests.crawl_many import crawl_many

GIVEN = {
    # id: the address that is given; its family
    "yunnan": ("http://yn.yunnan.cn/", "listing"),
    "yunnan_sz": ("http://yn.yunnan.cn/sz/index.shtml", "listing"),
    "yndaily": ("http://yndaily.yunnan.cn/html/2021-01/24/node_2.htm", "epaper"),
    "gxrb": (
        "https://ssw.gxrb.com.cn/json/interface/epaper/api.php?name=gxrb&date=2021-01-24&code=001",
        "json",
    ),
    "gxnews": ("http://www.gxnews.com.cn/staticmores/152/33152-1.shtml", "listing"),
    "gxzxb": ("http://www.gxzxbxwzx.com.cn/", "listing"),
    "people_yn": ("http://yn.people.com.cn/GB/378442/index.html", "listing"),
    "people_gx": ("https://gx.people.com.cn/GB/179430/index.html", "listing"),
    "scripted": ("http://scripted.example/zx/index.html", "listing"),
    "jsonlist": ("http://jsonlist.example/api/list.json?page=1", "json_list"),
    "jsonp": ("http://jsonp.example/index.php?c=www&start=0&callback=morelist", "json_list"),
    "entry": ("http://entry.example/", "epaper"),
    "calendar": ("http://calendar.example/pc/layout/202101/24/node_01.html", "epaper"),
    "candidates": ("http://candidates.example/html/2021-01/24/node_1.htm", "epaper"),
    "numbered": ("http://numbered.example/web/index.html", "numbered"),
    "asked": ("http://asked.example/journal/2021-01-24/page.json", "json"),
    "rss": ("http://feed.example/rss.xml", "feed"),
    "sitemap": ("http://feed.example/sitemap.xml", "feed"),
    "healthy": ("http://healthy.example/", "listing"),
    "gbklabel": ("http://gbklabel.example/list/", "listing"),
    "nodates": ("http://nodates.example/list/index.html", "listing"),
    "phpcms": (None, "listing"),
    "jhtml": (None, "listing"),
    "founderweb": (None, "listing"),
    "wordpress": (None, "listing"),
    "aspx": (None, "listing"),
    "millis": (None, "listing"),
    "hexed": (None, "listing"),
    "homepage": (None, "listing"),
    "shell": (None, "json_list"),
    "skipped": (None, "json_list"),
    "numberedjson": (None, "json_list"),
    "inscript": (None, "listing"),
    "atom": (None, "feed"),
    "newfounder": (None, "epaper"),
    "shtmlpaper": (None, "epaper"),
    "joyhua": (None, "epaper"),
    "nbs": (None, "epaper"),
    "journal": (None, "json"),
}
NOTHING = {
    # nothing can be worked out, and the reason is said
    "http://dead.example/list/index.html": "network",
    "http://feed.example/": "404",
    "http://healthy.example/202101/t20210124_108.html": "no list of articles",
}
DAY = "2021-01-24"


def address(name: str) -> str:
    return GIVEN[name][0] or sites.SITES[name]().url


COMPACT = (
    "phpcms",
    "aspx",
    "hexed",
    "homepage",
    "shell",
    "numberedjson",
    "jsonp",
    "inscript",
    "atom",
    "newfounder",
    "joyhua",
    "numbered",
    "asked",
)
"""One of each kind; the bench has them all."""
AT_ONCE = 10
Found = dict[str, Proposal | NothingFoundError]


def tried(names: Sequence[str], folder: Path) -> tuple[Found, Database]:
    """What each site leads to, and the database after one crawl with the files as written."""
    url = f"sqlite:///{folder / 'cppcc.db'}"
    open_database(url).close()
    found: Found = {}

    async def look(name: str, given: str) -> None:
        try:
            found[name] = await propose(given, Config(), id_=f"new_{name}")
        except NothingFoundError as error:
            found[name] = error

    async def look_at_all() -> None:
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(look(name, address(name)))
            for given in NOTHING:
                group.create_task(look(given, given))

    with SmallInternet(day=1) as internet, pytest.MonkeyPatch.context() as patch:
        for name, value in internet.environment().items():
            patch.setenv(name, value)
        patch.setenv("CPPCC_TODAY", DAY)
        patch.setenv("CPPCC_MAX_DELAY_SECONDS", "0")
        asyncio.run(look_at_all())
        written = folder / "sources"
        written.mkdir()
        sound = [name for name in names if isinstance(found[name], Proposal)]
        for name, one in found.items():
            if isinstance(one, Proposal):
                (written / f"new_{name}.toml").write_text(one.toml, "utf-8")
        for at in range(0, len(sound), AT_ONCE):
            crawl_many(
                [f"new_{name}" for name in sound[at : at + AT_ONCE]],
                {
                    **internet.environment(),
                    "CPPCC_DATABASE_URL": url,
                    "CPPCC_TEST_DECLARED": str(written),
                    "CPPCC_TODAY": DAY,
                    "CPPCC_MAX_DELAY_SECONDS": "0",
                },
                seconds=300,
            )
    return found, open_database(url)


def shortfall(found: Found, database: Database, name: str) -> str | None:
    """What is wrong with the declaration that was written for a site; None where nothing is."""
    one = found[name]
    if isinstance(one, NothingFoundError):
        return str(one)
    if one.draft.family != GIVEN[name][1]:
        return f"family {one.draft.family}"
    if not one.verification.sound:
        return "; ".join(one.verification.findings)
    with database.reading() as session:
        (run,) = list_runs(session, source_id=f"new_{name}")
        titles = [
            row.title
            for row in list_publications(session, limit=2000)
            if row.source_id == f"new_{name}"
        ]
    if run.verdict is None or run.verdict.kind is not VerdictKind.COMPLETE:
        return run.verdict.reason if run.verdict else run.state.value
    if name in sites.SITES:
        missing = {article.text.title for article in making.articles(name)} - set(titles)
        return f"missing: {sorted(missing)}" if missing else None
    return None if titles else "nothing stored"


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Found, Database]:
    return tried(COMPACT, tmp_path_factory.mktemp("proposed"))


@pytest.mark.parametrize("name", COMPACT)
def test_what_is_written_crawls_complete(proposed: tuple[Found, Database], name: str) -> None:
    assert shortfall(*proposed, name) is None


@pytest.mark.parametrize("given", NOTHING)
def test_where_nothing_can_be_declared_it_says_why(
    proposed: tuple[Found, Database], given: str
) -> None:
    one = proposed[0][given]
    assert isinstance(one, NothingFoundError), one
    assert NOTHING[given] in str(one)


def test_what_is_not_certain_is_said(proposed: tuple[Found, Database], tmp_path: Path) -> None:
    one = proposed[0]["jsonp"]
    assert isinstance(one, Proposal)
    assert any("region" in words for words in one.draft.unsure)
    assert "# unsure: " in one.toml
    path = tmp_path / "again.toml"
    path.write_text(one.toml, "utf-8")
    assert load_source(path).options == one.draft.source().options


def test_a_site_is_asked_little(proposed: tuple[Found, Database]) -> None:
    asked = [one.requests for one in proposed[0].values() if isinstance(one, Proposal)]
    assert max(asked) <= 30


@pytest.mark.parametrize(
    ("name", "outlet", "own"),
    [
        ("人民网云南频道", "人民网-云南频道", True),
        ("广西日报", "广西日报-广西云客户端", True),
        ("云南日报数字报", "云南日报", True),
        ("内蒙古新闻网", "内蒙古日报", False),
        ("黑龙江政协网", "黑龙江日报", False),
    ],
)
def test_only_an_outlet_of_the_same_name_is_its_own(name: str, outlet: str, own: bool) -> None:
    draft = Draft(
        id="new", name=name, region="云南", kind="portal", family="listing",
        homepage="http://a.example/", hosts=("a.example",), options={},
    )  # fmt: skip
    note_credits(draft, [ArticleSeen(url="http://a.example/1.html", outlet=outlet)])
    assert draft.outlets == ((outlet,) if own else ())
    assert any("credit" in words for words in draft.seen) is not own
