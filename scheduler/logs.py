"""How the service logs: one JSON object a line for machines, or text for people."""

import logging
import sys
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

from storage.records import SHANGHAI

QUIET = ("httpx", "httpcore", "apscheduler", "apprise", "urllib3", "asyncio", "alembic")
"""Libraries whose lines name URLs (a channel's URL is a secret) or say nothing new."""


TAIL_BYTES = 512 * 1024
"""Of what the service says so much is kept in a file too, twice: for whoever has no shell there."""


def set_up_logging(
    form: Literal["json", "text"], level: int = logging.INFO, *, file: Path | None = None
) -> None:
    """Send every logger's lines to standard error in one form, and to a bounded ``file``.

    Where the file cannot be written that is logged, and standard error has all of it.
    """
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
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    refused = None
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handlers.append(
                RotatingFileHandler(file, maxBytes=TAIL_BYTES, backupCount=1, encoding="utf-8")
            )
        except OSError as error:
            refused = error
    for handler in handlers:
        handler.setFormatter(formatter)
    root = logging.getLogger()
    for former in root.handlers:
        if isinstance(former, RotatingFileHandler):
            former.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    if refused is not None:
        logging.getLogger(__name__).warning("not kept in a file: %s", refused)


def _in_shanghai(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """The moment with its offset, in the zone that commands and messages speak of too."""
    line["timestamp"] = datetime.now(SHANGHAI).isoformat(timespec="milliseconds")
    return line
