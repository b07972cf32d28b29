"""What a deployment sets for a crawl: ``CPPCC_...`` environment variables, read once."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from storage.records import SHANGHAI

MAX_REDIRECTS = 5
"""So many are followed, of a page and of robots.txt (RFC 9309 asks for five at least)."""

MAX_BYTES = 8 * 2**20
"""Of one answer, where a declaration says nothing else; the largest page seen has 3 MiB."""

LONGEST_DELAY_SECONDS = 120.0
"""人民网's robots.txt asks for this much; a longer one would stop a crawl and is taken so."""

USER_AGENT = "cppcc-monitor/0.1 (+{contact})"


PREFIX = "CPPCC_"


class CrawlConfig(BaseModel):
    """Where a crawl stores, what it crawls, and as whom.

    Every field is an environment variable of the same name in capitals after ``CPPCC_``; what
    is ``given`` counts more.  pydantic-settings would do the same, and costs every command and
    every run another tenth of a second for sources of settings that nobody uses here.

    :raises pydantic.ValidationError: the name of the field is its ``loc``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    def __init__(self, **given: Any) -> None:
        variables = {name: f"{PREFIX}{name.upper()}" for name in type(self).model_fields}
        found = {name: os.environ[one] for name, one in variables.items() if one in os.environ}
        super().__init__(**found | given)

    database_url: str = Field(
        default="sqlite:///var/cppcc.db",
        description="SQLAlchemy URL of the database; SQLite by default, or postgresql+psycopg://",
    )
    sources: Path | None = Field(
        default=None, description="A folder with further source declarations (*.toml)"
    )
    contact: str = Field(
        default="https://github.com/cppcc-monitor/cppcc-monitor",
        description="URL or mail address that the User-Agent names, for webmasters to complain to",
    )
    today: date | None = Field(
        default=None,
        description="Pretend that this is the day (demo and tests); the clock time stays real",
    )
    max_delay_seconds: float | None = Field(
        default=None,
        ge=0,
        description="Caps every politeness delay; 0 for the small internet, never for live sites",
    )

    @property
    def user_agent(self) -> str:
        """Whom webmasters see: honest, and with somebody to complain to."""
        return USER_AGENT.format(contact=self.contact)

    def now(self) -> datetime:
        """The present in Asia/Shanghai, on the pretended day if one is set."""
        present = datetime.now(SHANGHAI)
        if self.today is None:
            return present
        return present.replace(year=self.today.year, month=self.today.month, day=self.today.day)


FOR_TESTS = ("CPPCC_TEST_", "CPPCC_BENCH_", "CPPCC_PG_")
"""Variables of the tests, the benchmarks and .ci/postgresql.sh, which are no settings."""


def unknown_settings(known: set[str], environ: dict[str, str] | None = None) -> list[str]:
    """The ``CPPCC_`` variables that no setting claims: a misspelt one would do nothing."""
    names = os.environ if environ is None else environ
    wanted = {f"{PREFIX}{name.upper()}" for name in known}
    return sorted(
        name
        for name in names
        if name.startswith(PREFIX) and not name.startswith(FOR_TESTS) and name not in wanted
    )
