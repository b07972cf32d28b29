"""How the service logs: one JSON object a line for machines, or text for people."""

import logging
import sys
from datetime import datetime
from typing import Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

from storage.records import SHANGHAI

QUIET = ("httpx", "httpcore", "apscheduler", "apprise", "urllib3", "asyncio", "alembic")
"""Libraries whose lines name URLs (a channel's URL is a secret) or say nothing new."""


def set_up_logging(form: Literal["json", "text"], level: int = logging.INFO) -> None:
    """Send every logger's lines to standard error in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _in_shanghai,
    ]
    last: structlog.typing.Processor
    if form == "json":
        shared.append(structlog.processors.format_exc_info)
        last = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _in_shanghai(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """The moment with its offset, in the zone that commands and messages speak of too."""
    line["timestamp"] = datetime.now(SHANGHAI).isoformat(timespec="milliseconds")
    return line
