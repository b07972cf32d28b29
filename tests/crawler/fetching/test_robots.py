"""robots.txt by RFC 9309, in real crawls: what is no answer forbids all, what is not there nothing.

Each host is the small internet's healthy one with another robots.txt.
"""

import shutil
from pathlib import Path

import pytest

from fixtures.server import HOSTS, SmallInternet
from fixtures.site import DAY_ONE
from storage.engine.database import open_database
from storage.links.discoveries import list_refusals
from storage.records import RefusalClass
from storage.runs.history import RunRecord, list_runs
from tests.crawl_many import crawl_many
from tests.crawler.test_stories import DECLARATION

FORBIDS = "User-agent: *\nDisallow: /list/\n"
REDIRECT = '\n[[behaviour]]\npath = "/{at}.txt"\nredirect = "{to}"\n'
CASES = {
    "redirected5": [*(f"/r{n}.txt" for n in range(1, 5)), "/rules.txt"],
    "redirected6": [*(f"/r{n}.txt" for n in range(1, 6)), "/rules.txt"],
    "offsite": ["http://elsewhere.example/robots.txt"],
}
STATUSES = {"status403": 403, "status429": 429, "status500": 500}
Found = dict[str, tuple[RunRecord, list[RefusalClass], str]]


def build(root: Path) -> None:
    for name, chain in CASES.items():
        folder = _host(root, name)
        (folder / "day1" / "rules.txt").write_text(FORBIDS, "utf-8")
        at = ["robots", *(to.strip("/").removesuffix(".txt") for to in chain)]
        rules = [REDIRECT.format(at=here, to=to) for here, to in zip(at, chain, strict=False)]
        _add(folder, "".join(rules))
    for name, status in STATUSES.items():
        folder = _host(root, name)
        # The words of an error page are no rules.
        (folder / "day1" / "robots.txt").write_text(FORBIDS, "utf-8")
        _add(
            folder,
            f'\n[[behaviour]]\npath = "/robots.txt"\nfile = "robots.txt"\nstatus = {status}\n',
        )


def _host(root: Path, name: str) -> Path:
    folder = root / f"{name}.example"
    shutil.copytree(HOSTS / "healthy.example", folder)
    for page in folder.rglob("*.html"):
        page.write_text(page.read_text("utf-8").replace("healthy.example", folder.name), "utf-8")
    return folder


def _add(folder: Path, words: str) -> None:
    site = folder / "site.toml"
    site.write_text(site.read_text("utf-8") + words, "utf-8")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("robots")
    root, sources = folder / "hosts", folder / "sources"
    root.mkdir()
    sources.mkdir()
    build(root)
    for name in (*CASES, *STATUSES):
        host = f"{name}.example"
        text = DECLARATION.format(name=name, host=host, list_url=f"http://{host}/list/index.html")
        (sources / f"robots_{name}.toml").write_text(text, "utf-8")
    url = f"sqlite:///{folder / 'cppcc.db'}"
    open_database(url).close()
    with SmallInternet(root=root) as internet:
        crawl_many(
            [f"robots_{name}" for name in (*CASES, *STATUSES)],
            {
                **internet.environment(),
                "CPPCC_DATABASE_URL": url,
                "CPPCC_SOURCES": str(sources),
                "CPPCC_TODAY": DAY_ONE.isoformat(),
                "CPPCC_MAX_DELAY_SECONDS": "0",
            },
            seconds=120,
        )
        hosts = internet.requests_per_host()
    database = open_database(url)
    runs: Found = {}
    with database.reading() as session:
        for record in list_runs(session):
            refusals = list_refusals(session, record.id)
            words = "; ".join(refusal.detail for refusal in refusals)
            classes = [refusal.refusal_class for refusal in refusals]
            runs[record.source_id.removeprefix("robots_")] = (record, classes, words)
    database.close()
    assert "elsewhere.example" not in hosts
    return runs


@pytest.mark.parametrize("name", ["redirected6", "offsite", "status403", "status429"])
def test_what_is_not_there_forbids_nothing(found: Found, name: str) -> None:
    record, _, _ = found[name]
    assert record.verdict is not None
    assert record.verdict.kind.value == "complete", record.verdict.reason


def test_rules_behind_five_redirects_are_obeyed(found: Found) -> None:
    record, classes, words = found["redirected5"]
    assert record.verdict is not None
    assert record.verdict.kind.value == "blocked"
    assert set(classes) == {RefusalClass.FORBIDDEN}
    assert "robots.txt forbids it" in words


def test_a_robots_txt_of_5xx_holds_everything_back_and_says_so(found: Found) -> None:
    record, classes, words = found["status500"]
    assert record.verdict is not None
    assert record.verdict.kind.value == "failed"
    assert classes == [RefusalClass.HTTP_ERROR]
    assert "robots.txt answers 500: nothing is asked for" in words
    assert "robots.txt answers 500" in record.verdict.reason
