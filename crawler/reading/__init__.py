"""Reading publications: what each is, whose it is, which years it covers, what it holds."""

from crawler.reading.publication import read_publication
from crawler.rules import RULES_VERSION

__all__ = ["RULES_VERSION", "read_publication"]
