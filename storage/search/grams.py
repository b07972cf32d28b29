"""Texts as the search index sees them: folded, then cut into characters and pairs of them.

A text that holds a word of n characters holds all n - 1 pairs of neighbours in it.  The
reverse is nearly true and never assumed: what the index finds is checked in the text itself.
Pairs find words of two characters (政协, 提案), which indexes of three and word lists do not.

Folding is NFKC, so that full-width forms, circled numbers and compatibility characters are
found as the plain ones, and A-Z in lower case.  PostgreSQL folds in the same way by itself
(``storage/migrations``), so nothing that depends on a locale or a library is in it.
"""

import unicodedata

MAX_PAIRS = 32
"""Pairs asked for at once: more cannot narrow the candidates much, and FTS5 bounds them."""

TITLE_MARK = "t"
"""Before a gram of the title on SQLite, whose other grams are hexadecimal digits."""

TITLE_MARK_POSTGRESQL = "\x02"
"""The same on PostgreSQL, where grams are the characters themselves."""

# What NFKC changes in nearly every Chinese text.  Replaced one by one it costs a tenth of
# normalising, which then is only needed where something rarer is left.
_COMMON = tuple(
    (char, unicodedata.normalize("NFKC", char))
    for char in "，：；！？（）％　…～．０１２３４５６７８９"
)
_SINGLE = {ord(char): plain for char, plain in _COMMON if len(plain) == 1}
_CONTROLS = ("\x01", "\x02")  # separator and mark on PostgreSQL


def folded(text: str) -> str:
    """``text`` as it is compared with a query."""
    if not unicodedata.is_normalized("NFKC", text):  # says no at the first full-width sign
        for char, plain in _COMMON:
            text = text.replace(char, plain)
        if not unicodedata.is_normalized("NFKC", text):
            text = unicodedata.normalize("NFKC", text)
    for char in _CONTROLS:
        text = text.replace(char, " ")
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


def is_folded_singly(text: str) -> bool:
    """Whether folding surely gives one character for each: no ligature, no three full stops."""
    return unicodedata.is_normalized("NFKC", text.translate(_SINGLE))


def joined(title: str, text: str) -> str:
    """The words that one publication is searched in, folded."""
    return folded(f"{title}\n{text}")


def fts5_query(term: str, *, in_title: bool) -> str:
    """The FTS5 expression for the grams of a folded ``term``."""
    mark = TITLE_MARK if in_title else ""
    return " AND ".join(mark + gram for gram in _chosen(_hexadecimal(term), 4))


def postgresql_grams(term: str, *, in_title: bool) -> list[str]:
    """The grams of a folded ``term`` as the SQL function ``search_grams`` makes them."""
    mark = TITLE_MARK_POSTGRESQL if in_title else ""
    return [mark + gram for gram in _chosen(term, 1)]


def _hexadecimal(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").hex()


def _chosen(term: str, width: int) -> list[str]:
    """The pairs of ``term``, evenly thinned out if there are too many; itself if it has none."""
    if len(term) <= width:
        return [term]
    starts = range(0, len(term) - width, width)
    pairs = list(dict.fromkeys(term[start : start + 2 * width] for start in starts))
    step = -(-len(pairs) // MAX_PAIRS)
    return pairs[::step]
