"""What a list page's scripts would print, as plain markup: rows and pagers inside scripts.

Only what needs no browser: JCMS islands (XML inside a script), ``document.write`` of literals
and of variables that are given as numbers in the same script, and markup kept in base64.
Nothing is run, and an expression with one unknown name is left out as a whole.
"""

import base64
import binascii
import json
import re
from html import escape
from urllib.parse import unquote_plus

_ISLAND = re.compile(
    r"<script[^>]*>\s*(?:<!--)?\s*(?:<\?xml[^>]*>)?\s*<datastore.*?</script>|<datastore.*?</datastore>",
    re.IGNORECASE | re.DOTALL,
)
_RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>", re.I | re.DOTALL)
_TOTALS = re.compile(r"<total(record|page)>\s*(\d+)\s*</total(?:record|page)>", re.IGNORECASE)

_SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script\s*>", re.IGNORECASE)
_WRITE = re.compile(r"document\.write(?:ln)?\s*\(")
_FUNCTION = re.compile(r"\bfunction\b\s*\w*\s*\([^()]*\)\s*\{")
_WRITTEN_LINK = re.compile(r"<a\b[^>]*\bhref|共\s*\d+\s*[页条]", re.IGNORECASE)
_LOADED = re.compile(
    r"<(?:script|style|iframe|object|embed|textarea|xmp|noscript|template|select|title|!--)", re.I
)
_LONGEST_SCRIPT = 400_000

_PIECE = re.compile(
    r"""\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|\(?\s*(\w+)\s*([+-])\s*(\d{1,6})\s*\)"""
    r"""|(\w+))\s*"""
)
_NUMBERS = re.compile(
    r"\b(\w+)\s*=\s*(?:['\"]?(\d{1,8})['\"]?\s*(?=[;,\n}/]|$)|(\w+)\s*([+-])\s*(\d{1,4})\b)"
)
_STRINGS = re.compile(r"\b(\w+)\s*=\s*(?:'([^'\\\n<>]{0,80})'|\"([^\"\\\n<>]{0,80})\")\s*[;,\n]")
_BACKSLASH = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}

_JSON = json.JSONDecoder()
_ARRAY = re.compile(r"\[\s*\{\s*\"")
_FIRST_ROW = 4_000
_MOST_ARRAYS = 12
_LEAST_ITEMS = 5
_ROLES = {
    "address": re.compile(r"(?:\w*_?)?(?:url|link|href)", re.IGNORECASE),
    "title": re.compile(
        r"(?:doc|news|article|content)?_?(?:title|headline|subject)", re.IGNORECASE
    ),
    "day": re.compile(r"\w*(?:time|date|day)", re.IGNORECASE),
}

_CODED_MARKS = ("JTND", "JTNj", "PGEg", "PGRp", "PHNw", "PHVs", "PGxp", "PG5h", "PHA+", "PHAg")
_CODED_BEGINNINGS = ("JTN", "PG", "PH")
_CODED = re.compile(
    r"(?<![\w+/,])(?:JTN[Dj]|PGEg|PGRp|PHNw|PHVs|PGxp|PG5h|PHA[+g])[A-Za-z0-9+/]{36,20000}={0,2}"
)


def unfolded(html: str) -> str:
    """``html`` with what its scripts print in their places; the same text where there is none."""
    if "<datastore" in html:
        html = _ISLAND.sub(_opened, html)
    if "document.write" in html:
        html = _written(html)
    html = _with_items(html)
    may_hold = any(mark in html for mark in _CODED_BEGINNINGS)
    if not may_hold or not any(mark in html for mark in _CODED_MARKS):
        return html
    coded = [text for found in _CODED.findall(html) if (text := _decoded(found))]
    return f"{html}<div class='pages'>{' '.join(coded)}</div>" if coded else html


def _with_items(html: str) -> str:
    """``html`` with the rows of lists that a script keeps as JSON, each after its script."""
    pieces: list[str] = []
    done = 0
    tries = 0
    for start in _ARRAY.finditer(html):
        before = html[max(0, start.start() - 9) : start.start()].rstrip()[-1:]
        if start.start() < done or before not in ("=", ":", "("):
            continue
        if "itle" not in html[start.start() : start.start() + _FIRST_ROW]:
            continue
        tries += 1
        if tries > _MOST_ARRAYS:
            break  # each try may read to the end of its script
        closed = _SCRIPT_END.search(html, start.end())
        script = html[start.start() : closed.start() if closed else len(html)]
        try:
            rows, _ = _JSON.raw_decode(script[:_LONGEST_SCRIPT])
        except (ValueError, RecursionError):
            continue
        marked = _rows_of(rows)
        if marked:
            after = closed.end() if closed else len(html)
            pieces += [html[done:after], marked]
            done = after
    return "".join([*pieces, html[done:]]) if pieces else html


def _rows_of(rows: object) -> str:
    """Rows that each have an address, a title and a day, as a list; "" for anything else."""
    if not isinstance(rows, list) or len(rows) < _LEAST_ITEMS:
        return ""
    marked: list[str] = []
    for row in rows:
        if not isinstance(row, dict):
            return ""
        values = {
            role: next((str(row[key]) for key in row if names.fullmatch(str(key)) and row[key]), "")
            for role, names in _ROLES.items()
        }
        if all(values.values()) and values["address"].find(" ") < 0:
            marked.append(
                f'<li><a href="{escape(values["address"])}">{escape(values["title"])}</a>'
                f"<span>{escape(values['day'])}</span></li>"
            )
    if 2 * len(marked) < len(rows):
        return ""
    return f"<ul class='items'>{''.join(marked)}</ul>"


def _opened(island: re.Match[str]) -> str:
    """The rows of a JCMS island (XML inside a script) as plain markup."""
    words = {"record": "共{}条", "page": "共{}页"}
    said = "".join(
        f"<span>{words[kind.lower()].format(n)}</span>" for kind, n in _TOTALS.findall(island[0])
    )
    rows = "".join(f"<div>{row}</div>" for row in _RECORD.findall(island[0]))
    return f"<div class='datastore'>{rows}</div><p>{said}</p>"


def _written(html: str) -> str:
    """``html`` with the markup that each writing script prints after that script."""
    pieces: list[str] = []
    done = 0
    for start in _SCRIPT.finditer(html):
        if start.start() < done or not _may_write(html, start.end()):
            continue
        end = _SCRIPT_END.search(html, start.end())
        stop = end.start() if end else len(html)
        if stop - start.end() <= _LONGEST_SCRIPT:
            after = end.end() if end else stop
            pieces += [html[done:after], _writes(html[start.end() : stop])]
            done = after
    return "".join([*pieces, html[done:]]) if pieces else html


def _may_write(html: str, start: int) -> bool:
    """Whether a script that begins at ``start`` writes before it first prints a tag."""
    stop = html.find("<", start)
    return "document.write" in html[start : stop if stop >= 0 else len(html)].lower()


def _writes(script: str) -> str:
    """What a script writes, where that is links; "" where it loads something else."""
    script = without_functions(script)
    known = numbers_of(script) | {
        name: single or double for name, single, double in _STRINGS.findall(script)
    }
    found = (value_of(script, call.end(), known, end=")") for call in _WRITE.finditer(script))
    text = "".join(value for value in found if value)
    return text if _WRITTEN_LINK.search(text) and not _LOADED.search(text) else ""


def without_functions(script: str) -> str:
    """A script without the bodies of its functions, which nobody may call."""
    kept: list[str] = []
    at = 0
    for start in _FUNCTION.finditer(script):
        if start.start() < at:
            continue
        kept.append(script[at : start.start()])
        at = closing(script, start.end(), "{", "}")
    return "".join([*kept, script[at:]])


def closing(script: str, at: int, opens: str, closes: str) -> int:
    """The place after the bracket that closes the one before ``at``; the end where none does."""
    depth = 1
    for found in re.compile(f"[{re.escape(opens + closes)}]").finditer(script, at):
        depth += 1 if found[0] == opens else -1
        if depth == 0:
            return found.end()
    return len(script)


def numbers_of(script: str) -> dict[str, str]:
    """The variables that a script sets to a number, or to another one of them plus or minus one."""
    known: dict[str, str] = {}
    for name, number, other, sign, step in _NUMBERS.findall(script):
        if number:
            known.setdefault(name, number)
        elif other in known:
            known.setdefault(name, str(int(known[other]) + int(f"{sign}{step}")))
    return known


def value_of(script: str, at: int, known: dict[str, str], *, end: str = ";") -> str | None:
    """The text of ``"a" + name + "b"`` from ``at``; None where it holds an unknown name."""
    pieces: list[str] = []
    while True:
        found = _PIECE.match(script, at)
        if found is None:
            return None
        double, single, base, sign, step, name = found.groups()
        if double is not None or single is not None:
            pieces.append(_BACKSLASH.sub(_unescaped, double if double is not None else single))
        else:
            value = known.get(base or name)
            if value is None:
                return None
            pieces.append(str(int(value) + int(f"{sign}{step}")) if base else value)
        at = found.end()
        following = script[at : at + 1]
        if following == "+":
            at += 1
        elif following in (end, "", "\n", "}", ",", ";"):
            return "".join(pieces)
        else:
            return None


def _unescaped(found: re.Match[str]) -> str:
    sign = found[1]
    if len(sign) > 1:
        return chr(int(sign[1:], 16))
    return _CONTROLS.get(sign, sign)


def _decoded(coded: str) -> str | None:
    """Markup of links behind base64; None for pictures and anything else."""
    try:
        text = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    text = unquote_plus(text) if "%" in text else text
    return text if "<a" in text and "href" in text else None
