"""`cppcc run`: the unattended service."""

from contextlib import nullcontext
from typing import Annotated, Literal

import typer

from scheduler.cli.commands.context import connected, settings
from scheduler.cli.presentation import fail


def run(
    console: Annotated[
        bool, typer.Option("--console/--no-console", help="Serve the web console beside it")
    ] = True,
    log_format: Annotated[
        str | None, typer.Option("--log", help="json or text; CPPCC_LOG_FORMAT by default")
    ] = None,
) -> None:
    """Watch all declared sources until SIGTERM: clock, probes, crawls, alerts, coverage.

    SIGHUP reads the declarations again.  /healthz and /metrics answer on loopback.  The web
    console is served by a process of its own, at CPPCC_CONSOLE_HOST and CPPCC_CONSOLE_PORT.
    """
    from crawler.cluster import ClusterError
    from crawler.errors import DeclarationError
    from scheduler.alerts.posting import ChannelError
    from scheduler.carrying.remote import ClusterLauncher
    from scheduler.console.child import ConsoleChild
    from scheduler.logs import set_up_logging
    from scheduler.rhythm.almanac import AlmanacError
    from scheduler.service.declared import load_declared
    from scheduler.service.service import Service, serve

    if log_format not in (None, "json", "text"):
        fail(f"--log {log_format!r} is neither json nor text", code=2)
    config = settings()
    form: Literal["text", "json"] = (
        "text" if (log_format or config.log_format) == "text" else "json"
    )
    set_up_logging(form, file=config.service_log)
    try:
        declared = load_declared(config)
    except (DeclarationError, AlmanacError) as error:
        fail(str(error), hint="nothing was started", code=2)
    try:
        launcher = ClusterLauncher(config.cluster) if config.cluster else None
    except ClusterError as error:
        fail(f"CPPCC_CLUSTER: {error}", hint="docs/deploy/README.md has the clusters", code=2)
    database = connected(config)
    beside = ConsoleChild(host=config.console_host, port=config.console_port)
    try:
        with beside if console else nullcontext():
            serve(lambda: Service(config, database, declared, launcher=launcher))
    except ChannelError as error:
        fail(f"CPPCC_CHANNELS: {error}", hint="docs/operations.md lists the forms", code=2)
    except OSError as error:
        fail(f"{error}", hint="CPPCC_METRICS_PORT=0 turns /healthz and /metrics off")
    finally:
        if launcher is not None:
            launcher.close()
        database.close()
