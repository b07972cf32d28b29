"""``scrapy crawl``, whose exit code says the verdict: Scrapy's own says 0 whatever came of it."""

import argparse

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from crawler.extensions.run import RunExtension
from crawler.runs.account import exit_code


class Command(crawl.Command):
    """As Scrapy's, for one declared source."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl the source; exit code 5 where no run was to be had, else as ``cppcc crawl``."""
        if len(args) != 1:
            raise UsageError
        assert self.crawler_process
        crawler = self.crawler_process.create_crawler(args[0])
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        extension = crawler.get_extension(RunExtension)
        verdict = extension.verdict if extension else None
        self.exitcode = exit_code(verdict.kind if verdict else None)
