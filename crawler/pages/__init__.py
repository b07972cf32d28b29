"""Reading pages: pure functions from bytes to articles and listings.

``careful`` (the slow second reading) is imported by who needs it: it costs BeautifulSoup.
"""

from crawler.pages.article import read_article
from crawler.pages.raw.charset import Decoded, decode
from crawler.pages.selectors import Selectors
from crawler.pages.values.parts import join_pages

__all__ = ["Decoded", "Selectors", "decode", "join_pages", "read_article"]
