"""Crawls several sources in one process: ``python -m tests.crawl_many SOURCE[:full]...``.

The product gives each run a process of its own, which costs two seconds; tests of what a run
proves need none of that and share one reactor.  ``CPPCC_TEST_DECLARED`` names a folder that
stands in for the declarations of the project.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Crawl the sources named on the command line, all at once."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawler.sources import declaration

    if declared := os.environ.get("CPPCC_TEST_DECLARED"):
        # Sources on hosts that the project's own declarations have too.
        declaration.DECLARED = Path(declared)
    settings = Settings()
    settings.setmodule("crawler.settings")
    # A wait of seconds between retries would only make the tests slow.
    settings.set("LOG_LEVEL", "WARNING", priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    for word in sys.argv[1:]:
        source, _, full = word.partition(":")
        process.crawl(source, full=bool(full))
    process.start()


def crawl_many(sources: Sequence[str], environment: Mapping[str, str], *, seconds: float) -> str:
    """Crawl ``sources`` (``id:full`` for a full crawl) in a child process; its output."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawl_many", *sources],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    return output


if __name__ == "__main__":
    main()
