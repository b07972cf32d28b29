"""What a deployment sets: ``CPPCC_...`` environment variables, read once, misspelt ones refused."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError

from crawler.config import CrawlConfig, unknown_settings


class ConfigError(Exception):
    """A setting is wrong or unknown, in words."""


class Config(CrawlConfig):
    """All settings of the command line and the service."""

    var: Path = Field(default=Path("var"), description="Folder for run logs and other local files")
    deadline_seconds: float = Field(
        default=3600.0, gt=0, description="A run that takes longer is cancelled, then killed"
    )
    calendar: Path | None = Field(
        default=None, description="A TOML file that adds to or overrides scheduler/almanac.toml"
    )
    cluster: str = Field(
        default="",
        description="A Dask cluster that carries the service's runs: tls://HOST:8786, or tcp:// "
        "on the loopback",
    )
    runs_at_once: int = Field(default=4, ge=1, description="Runs of one service at the same time")
    runs_per_host: int = Field(
        default=1, ge=1, description="Runs on one host at the same time, over all services"
    )
    template: bool = Field(
        default=True,
        description="Fork runs from a process that has imported everything (Linux only); "
        "false: each is a process started anew, for debugging",
    )
    probes_at_once: int = Field(default=16, ge=1, description="Probes at the same time")
    channels: SecretStr = Field(
        default=SecretStr(""),
        description="Where alerts go: URLs separated by spaces or lines (file:, webhook+http(s):, "
        "or any of Apprise); alerts.txt in CPPCC_VAR when empty",
    )
    language: Literal["zh", "en"] = Field(
        default="zh", description="Language of messages: zh (Chinese) or en (English)"
    )
    digest_hour: int = Field(
        default=8, ge=0, le=23, description="Hour of the daily digest in Asia/Shanghai"
    )
    metrics_port: int = Field(
        default=9464, ge=0, le=65535, description="Loopback port of /healthz and /metrics; 0 is off"
    )
    console_host: str = Field(
        default="127.0.0.1",
        description="Address that the web console listens on; others than loopback need a user",
    )
    console_port: int = Field(default=8765, ge=1, le=65535, description="Port of the web console")
    console_hosts: str = Field(
        default="",
        description="Names that the console answers to besides loopback ones, as in its address",
    )
    console_proxies: str = Field(
        default="",
        description="Addresses of proxies whose X-Forwarded-* the console believes",
    )
    log_format: Literal["json", "text"] = Field(
        default="json", description="How `cppcc run` logs: JSON lines, or text for people"
    )
    drain_seconds: float = Field(
        default=60.0, ge=0, description="How long running crawls may go on after SIGTERM"
    )

    @property
    def logs(self) -> Path:
        """The folder of the runs' output."""
        return self.var / "logs"

    @property
    def service_log(self) -> Path:
        """The end of what the service said; its whole log goes to standard error."""
        return self.logs / "service.log"


def log_path(logs: Path, run_id: int) -> Path:
    """Where the output of a run is kept, in the folder ``logs``."""
    return logs / f"run-{run_id}.log"


def load_config() -> Config:
    """The settings of this process.

    :raises ConfigError: names the variable and what is wrong with it.
    """
    try:
        config = Config()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"CPPCC_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise ConfigError(f"{name}: {first['msg']}") from error
    # CPPCC_ variables a parent passes to a child are known; any other is a slip of the pen.
    if unknown := unknown_settings(set(Config.model_fields)):
        raise ConfigError(
            f"unknown setting {', '.join(unknown)}; docs/operations.md lists the known ones"
        )
    return config
