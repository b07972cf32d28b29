"""What an address says by itself of what stands there: an article, a list, another file."""

import re

from crawler.pages.raw.urls import parts_of, url_date, without_session

_OTHER_FILES = frozenset(
    [
        *("jpg", "jpeg", "png", "gif", "bmp", "webp", "swf", "zip", "rar", "7z", "mp3", "mp4"),
        *("m3u8", "flv", "apk", "exe", "xml", "rss", "js", "css"),
    ]
)
_DOCUMENT_FILES = frozenset(("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "ofd"))
_LIST_FILE = re.compile(
    r"(?:^|/)(?:list|main|home|more|column|channel|node|col|class|category)"
    r"[_-]?\w{0,8}\.(?:s?html?|jhtml|php|aspx?|jspx?|do)$"
    r"|(?:^|/)(?:(?:tags?|search|user|author)/[^/]*|(?:tags?|search|login|register|special))/?$"
    r"|/(?:login|logout|reg|register|search)\.\w+$"
    r"|/col/col\d+|/GB/[\d/]+/index|/channels?/\d+\.html$",
    re.IGNORECASE,
)
# A site of one script: `index.php?…&id=3096` is an article, `index.php` is not.
_FRONT_FILE = re.compile(
    r"(?:^|/)(?:index|default)[_-]?\w{0,8}\.(?:s?html?|jhtml|php|aspx?|jspx?|do)$", re.IGNORECASE
)
_OF_LISTS = (
    *("list", "main", "home", "more", "col", "channel", "node", "class", "category", "index"),
    *("default", "log", "reg", "search", "tag", "user", "author", "special", "/gb/"),
)
"""One of these stands in each path, in small letters, that those two find."""
_NUMBER_FOLDER = re.compile(r"(?<!/GB)/\d{5,}/(?:index|default)\.\w{3,5}$")
_LONG_FOLDER = re.compile(r"\d{6,}/$")
_LONG_NUMBER = re.compile(r"\d{5,}")
_DIGIT = re.compile(r"\d")
_DATED_FOLDER = re.compile(
    r"/(?:19|20)\d\d/\d{1,2}/\d{1,2}/[^/]+/$"
)  # WordPress: /2022/08/15/name/
_LIST_QUERY = re.compile(r"(?:^|&)(?:a=lists?|(?:cat|type|column|channel)_?id=\d+$)", re.IGNORECASE)
_ARTICLE_FILE = re.compile(
    r"(?:content|article|detail|show|news|info|view|post|art|doc)s?[_/-]?(?:[\w-]*[_/-])?\d+(?:\.\w+)?/?$"
    r"|/[\w.-]*\d{4,}[\w-]*(?:\.\w+)?/?$|/[\w-]*[0-9a-f]{16,}[\w-]*(?:\.\w+)?/?$|/[0-9a-f-]{32,}/c\.html$"
    r"|/[tc]_?\d+\.s?html?$|/s/[\w-]{10,}$",
    re.IGNORECASE,
)
_NUMBERED_FILE = re.compile(r"[\w.-]*\d{4,}[\w-]*(?:\.\w+)?")
"""The commonest of those, of a file alone."""
_ARTICLE_QUERY = re.compile(
    r"(?:^|&)(?:\w{0,8}id|aid|nid|article|xuhao|pkid|no)=[\w-]*\d[\w-]*(?:&|$)", re.IGNORECASE
)


def url_grade(url: str) -> int:
    """How much a URL looks like an article's: 3 surely, 1 perhaps, 0 no sign, -1 it is none."""
    _, path, query = parts_of(url)
    path = without_session(path)
    ending = path.rpartition(".")[2].lower() if "." in path else ""
    if ending in _OTHER_FILES or (query and _LIST_QUERY.search(query)):
        return -1
    if _NUMBER_FOLDER.search(path):
        return 1  # `/126112/4137049/index.html` is an article here and a column there
    if path in ("", "/") and not query:
        return -1
    small = path.lower()
    if any(map(small.__contains__, _OF_LISTS)):
        if _LIST_FILE.search(path):
            return -1
        if _FRONT_FILE.search(path) and not _ARTICLE_QUERY.search(query):
            return -1
    if ending in _DOCUMENT_FILES:
        return 1  # a list may publish files: the article reader refuses them by name
    if path.endswith("/"):
        if _ARTICLE_QUERY.search(query):
            return 2
        if _DATED_FOLDER.search(path):
            return 2
        return (2 if _LONG_FOLDER.search(path) else 0) if _DIGIT.search(path) else -1
    if _NUMBERED_FILE.fullmatch(path, path.rfind("/") + 1) or _ARTICLE_FILE.search(path):
        return 3 if _LONG_NUMBER.search(path) or url_date(url) else 2
    if query and _ARTICLE_QUERY.search(query):
        return 2
    if url_date(url):
        return 2
    return 1 if _DIGIT.search(path, path.rfind("/") + 1) else 0
