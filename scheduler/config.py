"""What a deployment sets: ``CPPCC_...`` environment variables, read once, misspelt ones refused."""

from pathlib import Path

from pydantic import Field, ValidationError

from crawler.config import CrawlConfig, unknown_settings


class ConfigError(Exception):
    """A setting is wrong or unknown, in words."""


class Config(CrawlConfig):
    """All settings of the command line and the service."""

    var: Path = Field(default=Path("var"), description="Folder for run logs and other local files")
    deadline_seconds: float = Field(
        default=3600.0, gt=0, description="A run that takes longer is cancelled, then killed"
    )


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
