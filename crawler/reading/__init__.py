"""Reading publications: what each is, whose it is, which years it covers, what it holds."""

from crawler.reading.publication import RULES_VERSION, read_publication

__all__ = ["RULES_VERSION", "read_publication"]
