"""The console in a browser: every page and key, in both languages, with axe looking on.

Needs Debian's Chromium (.ci/run installs it); skipped where there is none.
"""

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from crawler.sources.declaration import REGIONS
from scheduler.config import Config
from scheduler.console.app import make_app
from scheduler.console.auth import hash_password
from scheduler.console.serving import server
from storage.access import people
from storage.access.people import Role
from storage.articles.saving import save_articles
from storage.engine.database import Database, open_database
from storage.links.sources import list_sources
from storage.notices.flags import FlagStatus, get_flag
from storage.records import RunTrigger
from storage.runs.door import begin_run, create_run
from storage.runs.lease import request_cancel
from tests.benchmarks.console_database import NOW, articles, build

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 180_000
expect.set_options(timeout=PATIENCE_MS)
PHONE = 390
AXE = Path(__file__).parent / "vendored/axe.min.js"

pytestmark = [
    pytest.mark.browser,
    # Runs where Chromium is installed (.ci/run installs it, so in CI): pip cannot bring a browser.
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}: CI installs it"),
]

PAGES = (
    "/", "/flags?status=accepted", "/publications/1", "/coverage", "/coverage/云南/2024",
    "/sources", "/sources/{source}", "/runs", "/runs/1", "/incidents", "/incidents/1",
    "/search?q=提案", "/search?q=nothing-holds-this", "/compare", "/topics", "/exports",
    "/backfills", "/doctor", "/inspect", "/login", "/nothing",
)  # fmt: skip


class Site:
    """A running console over a database of all regions."""

    def __init__(self, base: str, database: Database, source: str) -> None:
        self.base = base
        self.database = database
        self.source = source

    def status(self, flag_id: int) -> FlagStatus:
        with self.database.reading() as session:
            return get_flag(session, flag_id).status


@contextmanager
def serving(folder: Path, today: date) -> Iterator[Site]:
    """A console over the database in ``folder``, on a port of its own."""
    config = Config(database_url=f"sqlite:///{folder / 'cppcc.db'}", var=folder, today=today)
    database = open_database(config.database_url, migrate=False)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        running = server(config, host="127.0.0.1", port=port, app=make_app(config))
        running.config.timeout_graceful_shutdown = 1
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        with database.reading() as session:
            source = list_sources(session)[0].id
        yield Site(f"http://127.0.0.1:{port}", database, source)
        running.should_exit = True
        thread.join(60)
    database.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("console")
    build(folder / "cppcc.db", 400).close()
    with serving(folder, NOW.date()) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page that fails the test for any error on the console and any request that leaves."""
    yield from opened(browser, site, "zh-CN", 1280)


def opened(browser: Browser, site: Site, locale: str, width: int) -> Iterator[Page]:
    context = browser.new_context(
        base_url=site.base,
        locale=locale,
        viewport={"width": width, "height": 900},
        color_scheme="light" if width > PHONE else "dark",  # each page in both
    )
    context.set_default_timeout(PATIENCE_MS)
    context.set_default_navigation_timeout(PATIENCE_MS)
    said: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text)
            if message.type in ("error", "warning") else None)  # fmt: skip
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(f"left the host: {request.url}")
            if not request.url.startswith((site.base, "data:")) else None)  # fmt: skip
    yield page
    context.close()
    unexpected = [words for words in said if "404 (Not Found)" not in words]
    assert not unexpected


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_every_page_is_sound_on_a_desk_and_on_a_phone(
    browser: Browser, site: Site, locale: str
) -> None:
    for width in (1280, PHONE):
        for page in opened(browser, site, locale, width):
            for path in PAGES:
                page.goto(path.replace("{source}", site.source))
                wide = page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                assert wide <= 0, (path, width)
                words = page.locator("main").inner_text()
                assert "genre." not in words, path
                assert "ten_events" not in words, path
                if locale == "en-GB":
                    named = [one for one in REGIONS if re.search(f"(?m)^{one}$", words)]
                    assert not named, (path, named)
                page.evaluate(AXE.read_text("utf-8"))
                found = page.evaluate(
                    "axe.run(document, {resultTypes: ['violations']})"
                    ".then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))"
                )
                assert not found, (path, width, found)


def flags_of(page: Page) -> list[int]:
    return [int(row.get_attribute("data-flag") or 0) for row in page.locator(".row").all()]


def test_keys_move_decide_and_undo_in_place(page: Page, site: Site) -> None:
    page.goto("/")
    first, second, third = flags_of(page)[:3]
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(f'.row[data-flag="{first}"]')).to_have_attribute("data-status", "accepted")
    expect(page.locator(f'.row[data-flag="{second}"]')).to_have_class("row st-open here")
    assert flags_of(page)[:3] == [first, second, third]  # the list stays under its reader
    assert site.status(first) is FlagStatus.ACCEPTED
    page.keyboard.press("d")  # asks for a reason first
    expect(page.locator("#why")).to_be_focused()
    page.keyboard.type("半年盘点")
    page.keyboard.press("Enter")
    row = page.locator(f'.row[data-flag="{second}"]')
    expect(row).to_have_attribute("data-status", "dismissed")
    assert site.status(second) is FlagStatus.DISMISSED
    dismissed = page.locator('[data-tab="dismissed"] .count')
    told = int(dismissed.inner_text())
    page.keyboard.press("u")
    expect(row).to_have_attribute("data-status", "open")
    assert site.status(second) is FlagStatus.OPEN
    expect(dismissed).to_have_text(str(told - 1))  # the tabs count with the reader
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/publications/*")


def test_a_held_key_decides_one(page: Page, site: Site) -> None:
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.down("a")
    for _ in range(5):
        page.keyboard.down("a")  # repeats, as a held key does
    page.keyboard.up("a")
    expect(page.locator('.row[data-status="accepted"]')).to_have_count(1)


def test_several_are_decided_at_once_with_one_reason(page: Page, site: Site) -> None:
    page.goto("/")
    chosen = flags_of(page)[3:6]
    for flag in chosen:
        page.locator(f'input[name="flag"][value="{flag}"]').check()
    page.locator("#why").fill("同一批重复")
    page.locator('button[data-key="d"]').click()
    expect(page.locator('.row[data-status="dismissed"]')).to_have_count(3)
    assert {site.status(flag) for flag in chosen} == {FlagStatus.DISMISSED}


def test_keys_go_search_help_and_can_be_switched_off(page: Page) -> None:
    page.goto("/")
    for key, path in (("c", "/coverage"), ("s", "/sources"), ("r", "/runs"), ("p", "/compare"),
                      ("i", "/")):  # fmt: skip
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**{path}")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.locator("#keys-on").uncheck()
    page.locator("#help button").click()
    page.keyboard.press("j")
    expect(page.locator(".row.here")).to_have_count(0)
    page.locator("#help-button").click()
    page.locator("#keys-on").check()
    page.locator("#help button").click()
    page.keyboard.press("/")
    page.wait_for_url("**/search")
    page.keyboard.press("/")
    page.keyboard.type("提案")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    expect(page.locator("mark").first).to_be_visible()


def test_new_flags_are_put_above_the_list_without_loading_it(page: Page, site: Site) -> None:
    page.goto("/")
    before = flags_of(page)
    page.keyboard.press("j")
    page.keyboard.press("x")  # chosen, and half a reason written: neither may go
    page.locator("#why").fill("半")
    one = next(articles(400, seed=11))
    fresh = replace(
        one, url="https://made.example/new.html", title="政协云南省委员会2031年十件大事"
    )
    with site.database.begin() as session:
        save_articles(session, [fresh], now=NOW, run_id=None)
    page.locator("#newer a").click()
    expect(page.locator(".row")).to_have_count(len(before) + 1)
    assert flags_of(page)[1:] == before
    expect(page.locator(".row.here")).to_have_attribute("data-flag", str(before[0]))
    expect(page.locator(f'input[name="flag"][value="{before[0]}"]')).to_be_checked()
    expect(page.locator("#why")).to_have_value("半")
    expect(page.locator("#newer")).to_be_hidden()


def test_no_key_does_anything_in_a_field_or_with_a_modifier(page: Page, site: Site) -> None:
    page.goto("/")
    first = flags_of(page)[0]
    page.keyboard.press("j")
    for key in ("Control+a", "Alt+d", "Meta+u"):
        page.keyboard.press(key)
    page.locator("#why").fill("")
    page.locator("#why").type("adujk/?")
    expect(page.locator("#why")).to_have_value("adujk/?")
    page.keyboard.press("Escape")
    assert site.status(first) is FlagStatus.OPEN
    expect(page.locator("#help")).to_be_hidden()


def test_a_compared_value_leads_to_its_lit_sentence(page: Page) -> None:
    page.goto("/compare?years=2024")
    page.locator('td a[href*="#figure-"]').first.click()
    page.wait_for_url("**/publications/*#figure-*")
    expect(page.locator(".text .figure.lit").first).to_be_visible()
    expect(page.locator("tr.lit")).to_have_count(1)


def test_somebody_logs_in_and_out(page: Page, site: Site) -> None:
    with site.database.begin() as session:
        people.add_user(
            session, "li", password_hash=hash_password("a long password"), role=Role.READ, now=NOW
        )
    page.goto("/login")
    page.locator('input[name="name"]').fill("li")
    page.locator('input[name="password"]').fill("a long password")
    page.locator("form.login button").click()
    page.wait_for_url("**/")
    expect(page.locator('form[action="/logout"]')).to_contain_text("li")
    expect(page.locator('button[data-key="a"]')).to_have_count(0)  # this role only reads
    page.locator('form[action="/logout"] button').click()
    expect(page.locator('form[action="/logout"]')).to_have_count(0)


def test_a_backfill_is_paused_and_resumed(page: Page, site: Site) -> None:
    with site.database.begin() as session:
        begin_run(
            session, "backfill", trigger=RunTrigger.IMPORT, owner="me", now=NOW,
            options={"parts": 4},
        )  # fmt: skip
    page.goto("/backfills")
    page.locator('form[action$="/pause"] button').click()
    expect(page.locator("td .s-paused")).to_be_visible()
    page.locator('form[action$="/resume"] button').click()
    expect(page.locator("td .s-paused")).to_have_count(0)


def test_years_move_by_brackets(page: Page) -> None:
    page.goto("/coverage?year=2024")
    page.keyboard.press("[")
    page.wait_for_url("**/coverage?year=2023")
    page.keyboard.press("]")
    page.wait_for_url("**/coverage?year=2024")


def test_a_figure_and_its_sentence_light_up_together(page: Page) -> None:
    page.goto("/publications/2")
    page.locator("tr[data-figure]").first.click()
    expect(page.locator(".text .figure.lit").first).to_be_visible()
    page.locator(".text .figure").last.click()
    expect(page.locator("tr.lit").last).to_be_visible()


def test_deciding_goes_on_to_the_next_publication(page: Page, site: Site) -> None:
    page.goto("/flags?status=open")
    row = page.locator(".row").nth(8)
    flag = int(row.get_attribute("data-flag") or 0)
    row.locator("a.title").click()
    page.wait_for_url("**/publications/*")
    before = page.url
    page.keyboard.press("a")
    page.wait_for_url(lambda url: url.split("?")[0] != before.split("?")[0])
    assert site.status(flag) is FlagStatus.ACCEPTED
    page.keyboard.press("u")  # the bar on the next page undoes it
    page.wait_for_url("**did=reopen*")
    assert site.status(flag) is FlagStatus.OPEN


def test_everything_works_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.base, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/")
    flag = flags_of(page)[9]
    page.locator(f'input[name="flag"][value="{flag}"]').check()
    page.locator('button[data-key="a"]').click()
    expect(page.locator("#said")).to_be_visible()
    assert site.status(flag) is FlagStatus.ACCEPTED
    page.locator("#said button").click()
    assert site.status(flag) is FlagStatus.OPEN
    context.close()


def test_a_source_is_paused_and_resumed_and_a_run_cancelled(page: Page, site: Site) -> None:
    page.goto(f"/sources/{site.source}")
    page.locator('form[action$="/pause"] input[name="why"]').fill("改版中")
    page.locator('form[action$="/pause"] button').click()
    expect(page.locator("h1 .s-paused")).to_be_visible()
    page.locator('form[action$="/resume"] button').click()
    expect(page.locator("h1 .s-paused")).to_have_count(0)
    page.locator('form[action$="/crawl"] button').click()
    page.wait_for_url("**/runs/*")
    page.locator('form[action$="/cancel"] button').click()
    expect(page.locator("h1 .s-cancelled")).to_be_visible()


def test_a_run_shows_its_progress_and_new_flags_are_told(page: Page, site: Site) -> None:
    with site.database.begin() as session:
        later = NOW + timedelta(days=1)
        run = create_run(session, site.source, trigger=RunTrigger.MANUAL, due_at=later, now=NOW)
    page.goto(f"/runs/{run}")
    expect(page.locator(f'[data-run="{run}"]')).to_be_visible()
    with site.database.begin() as session:
        request_cancel(session, run, now=NOW)
    expect(page.locator("h1 .s-cancelled")).to_be_visible(timeout=PATIENCE_MS)  # by itself


PICTURES = {
    "inbox": ("/", "zh-CN", 1280, "light"),
    "phone": ("/", "en-GB", 390, "dark"),
    "publication": ("/publications/2", "zh-CN", 1280, "light"),
    "coverage": ("/coverage?year=2025", "en-GB", 1280, "light"),
}
"""Of the manual: path, language, width, scheme."""


def test_the_manual_shows_the_pictures_that_are_made_here() -> None:
    docs = Path(__file__).parents[3] / "docs"
    words = "".join(path.read_text("utf-8") for path in docs.rglob("*.md"))
    shown = set(re.findall(r"pictures/console-(\w+)\.png", words))
    assert shown == PICTURES.keys()
    assert {path.stem for path in (docs / "pictures").iterdir()} == {f"console-{n}" for n in shown}


def test_pictures_for_the_manual_are_made(browser: Browser, site: Site) -> None:
    folder = os.environ.get("CPPCC_TEST_PICTURES")
    if not folder:
        # Pictures are for looking at, and prove nothing: made on demand, not in CI.
        pytest.skip("CPPCC_TEST_PICTURES names no folder for them")
    for name, (path, locale, width, scheme) in PICTURES.items():
        context = browser.new_context(
            base_url=site.base, locale=locale, viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(path.replace("{source}", site.source))
        page.screenshot(path=f"{folder}/console-{name}.png")
        context.close()
