"""Scrapy settings: only what differs from Scrapy's defaults, each with its why."""

import os

from crawler.config import MAX_BYTES, MAX_REDIRECTS, CrawlConfig

_config = CrawlConfig()

BOT_NAME = "cppcc-monitor"
COMMANDS_MODULE = "crawler.commands"
SPIDER_LOADER_CLASS = "crawler.spiders.loader.SourceSpiderLoader"
CPPCC_SOURCES = _config.sources
CPPCC_MAX_DELAY_SECONDS = _config.max_delay_seconds

USER_AGENT = _config.user_agent
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",  # the default asks Chinese sites for English
}

# Polite by default; a declaration sets its own delay and concurrency.
ROBOTSTXT_OBEY = True
DOWNLOAD_DELAY = 3.0
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY_JITTER = 0  # half of all requests would come too early

# Every request takes its turn on its host, which all crawls and probes of all machines share.
DOWNLOAD_HANDLERS = {
    "http": "crawler.extensions.turn_taking.TurnTakingHandler",
    "https": "crawler.extensions.turn_taking.TurnTakingHandler",
}

# Scrapy starts so many tasks for the output of each response, 100 by default; our pipelines
# wait for nothing, so more than one only costs.
CONCURRENT_ITEMS = 1

# Bounds.
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = MAX_BYTES
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = MAX_REDIRECTS
RETRY_TIMES = 2
DNS_TIMEOUT = 20

# Safe by default: both listen on a port and run code for whoever connects.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True

COOKIES_ENABLED = False  # no source needs a session
METAREFRESH_ENABLED = False  # stub pages refresh to apps and other hosts

DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # a dropped request leaves no trace
DOWNLOADER_STATS = False  # the account counts what it proves

# All that is used is named here.  Scrapy imports also what is switched off (its cookies bring
# requests, its remote control aiohttp and a store of certificates): half a second of processor
# time for each run.
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "crawler.fetching.offsite.DeclaredHostsMiddleware": 50,
    "crawler.fetching.robots_middleware.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "crawler.fetching.patience.RetryAfterMiddleware": 560,  # sees an answer before the retries
    "crawler.fetching.bounds.BoundedCompressionMiddleware": 590,  # where Scrapy has its own
    "crawler.fetching.bounds.BoundedRedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
}
SPIDER_MIDDLEWARES = {
    # Our spiders make no deep trees and build no URLs.
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,  # they copy no meta
}
EXTENSIONS_BASE: dict[str, int] = {}
EXTENSIONS = {
    "crawler.extensions.run.RunExtension": 100,
    "crawler.fetching.robots_delay.RobotsDelayExtension": 200,
    "crawler.extensions.collector.CollectorExtension": 300,
    "scrapy.extensions.closespider.CloseSpider": 500,  # for `scrapy crawl -s CLOSESPIDER_...`
    "scrapy.extensions.feedexport.FeedExporter": 500,  # for `scrapy crawl -O FILE`
}
ITEM_PIPELINES = {
    "crawler.pipelines.store.StorePipeline": 900,
}

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop" if os.name == "posix" else None
LOG_LEVEL = "INFO"
LOG_DATEFORMAT = "%Y-%m-%d %H:%M:%S%z"  # a run's log is read beside the service's
LOG_VERSIONS: list[str] = []  # the same nine lines in each run's log
LOG_FORMATTER = "crawler.fetching.page_logs.PageLogFormatter"
FEED_EXPORT_ENCODING = "utf-8"
