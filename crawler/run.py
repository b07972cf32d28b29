"""One run in a process of its own: ``python -m crawler.run SOURCE --run-id N --token T``.

A Twisted reactor cannot be started twice, so each run is a child process; the launcher claims
the run and passes its number and fencing token.  The exit code says the verdict, so that a
parent without the database knows it too: 0 complete or empty_expected, 3 partial, 4 any
other verdict, 5 none was reached.
"""

import argparse
import sys
from datetime import date

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.config import CrawlConfig
from crawler.errors import DeclarationError
from crawler.extensions.collector import collect_seldom
from crawler.extensions.run import RunExtension
from crawler.runs.account import EXIT_NO_VERDICT, exit_code
from storage.engine.database import open_database
from storage.errors import StorageError
from storage.records import RunCounts, Verdict, VerdictKind
from storage.runs.lease import finish_run
from storage.runs.options import CrawlOptions


def main(arguments: list[str] | None = None) -> int:
    """Crawl one source within a run that was claimed for it."""
    collect_seldom()  # the process is the run's own; here for all that is still to be imported
    parser = argparse.ArgumentParser(prog="python -m crawler.run", description=__doc__)
    parser.add_argument("source")
    parser.add_argument("--run-id", type=int, required=True)
    parser.add_argument("--token", type=int, required=True)
    parser.add_argument("--since", type=date.fromisoformat)
    parser.add_argument("--until", type=date.fromisoformat)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--pages", type=int)
    parser.add_argument("--past", action="store_true")
    parser.add_argument("--kept", help="a folder with former copies of declarations")
    given = parser.parse_args(arguments)
    options = CrawlOptions(
        since=given.since,
        until=given.until,
        limit=given.limit,
        full=given.full,
        pages=given.pages,
        past=given.past,
    )
    settings = Settings()
    settings.setmodule("crawler.settings")  # also outside the checkout, without scrapy.cfg
    settings.set("CPPCC_RUN_ID", given.run_id, priority="cmdline")
    settings.set("CPPCC_RUN_TOKEN", given.token, priority="cmdline")
    settings.set("CPPCC_ONLY", given.source, priority="cmdline")
    settings.set("CPPCC_KEPT", given.kept, priority="cmdline")
    try:
        process = AsyncCrawlerProcess(settings)
        crawler = process.create_crawler(given.source)
    except (DeclarationError, KeyError) as error:
        print(error, file=sys.stderr)  # noqa: T201  # the parent keeps it with the run
        return _end_undeclared(given.run_id, given.token, error)
    process.crawl(crawler, options=options)
    process.start()
    extension = crawler.get_extension(RunExtension)
    if extension is None:
        return EXIT_NO_VERDICT
    if not process.bootstrap_failed:
        extension.leave()
    return exit_code(extension.verdict.kind if extension.verdict else None)


def _end_undeclared(run_id: int, token: int, error: Exception) -> int:
    """End a run whose source cannot be crawled as it is declared now; the exit code."""
    config = CrawlConfig()
    verdict = Verdict(kind=VerdictKind.FAILED, reason=f"nothing was asked for: {error}")
    try:
        with open_database(config.database_url, migrate=False).begin() as session:
            finish_run(session, run_id, token, verdict, RunCounts(), now=config.now())
    except StorageError as trouble:
        print(trouble, file=sys.stderr)  # noqa: T201  # as above
        return EXIT_NO_VERDICT
    return exit_code(verdict.kind)


if __name__ == "__main__":
    sys.exit(main())
