"""What scripts and attributes of a list page count: pages, articles, the page shown, page 2's URL.

Names are those of the pagers that Chinese sites use (layui's laypage, jquery.pagination,
jqPaginator, bootstrap-paginator, JCMS's jpage, Element's el-pagination, TRS variables) and of
the JSON that their servers write into pages.  ``total`` and ``count`` alone mean anything, so
they count only beside a page size or in the call of a pager.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from crawler.pages.lists.unfolding import closing, numbers_of, value_of, without_functions

# Names without case, - and _; "last page" and the like are said by other names as well.
_ROLES = {
    "pages": "countpage pagecount totalpage totalpages totalpagenum mnpagecount pagetotal"
    " maxpage lastpage",
    "items": "recordcount totalrecord totalrecords totalcount totalrow totalrows rowcount"
    " totalelements itemcount totalnum datacount mnrecordcount",
    "size": "pagesize perpage itemsperpage mnpagesize limit",
    "number": "currentpage curpage pageno pagenum pageindex pagenow nowpage curr",
    "total": "total count",
    "some": "pages",
}
_ROLE_OF = {name: role for role, names in _ROLES.items() for name in names.split()}
_VALUE = re.compile(r"[:=]\s*['\"]?(\d{1,8})\b(?!\s*[-+*/]\s*[\w(])")
_NAME = re.compile(r"(?<![\w$.-])['\"]?([A-Za-z_][\w-]{2,23})['\"]?\s*$")
_LONGEST_NAME = 28


def _role(name: str) -> str | None:
    return _ROLE_OF.get(name.lower().replace("_", "").replace("-", ""))


def _named_values(script: str) -> Iterator[tuple[int, str, int]]:
    """(place, role, value) of each ``name = 12`` and ``"name": 12`` whose name counts."""
    for found in _VALUE.finditer(script):
        start = found.start()
        named = _NAME.search(script, max(0, start - _LONGEST_NAME), start)
        role = _role(named[1]) if named else None
        if role is not None and named is not None:
            yield named.start(), role, int(found[1])


COMMENT = re.compile(r"/(?:\*.*?\*/|(?<![:\w\"'\\/]/)/(?!<!--)[^\n]*)", re.DOTALL)
_CALL = re.compile(
    r"(?<!function\s)(?<!\.fn\.)\b(?P<name>laypage(?:\.render)?|jqPaginator|twbsPagination|bootstrapPaginator"
    r"|(?<=[\s;{])\w{1,8}\.render(?=\(\s*\{[^{}]{0,80}\bcount\s*:)"
    r"|bootpag|simplePagination|pagination|paginator|createPage|jpage|paging|layui\.flow\.load|flow\.load)\s*\(",
    re.IGNORECASE,
)
_TOTAL_BESIDE = re.compile(r"\bpageNum\s*:\s*['\"]?(\d{1,6})")
_SHOWN = re.compile(r"\bcurrent\s*:\s*['\"]?(\d{1,6})")
_ZERO_BASED = re.compile(
    r"items_per_page|(?:current_?Page|page_?(?:No|Index))\s*==?=?\s*0\b|countPage\s*-\s*1", re.I
)
_GOES = re.compile(r"location(?:\.href)?\s*=\s*(?!=)|location\.(?:assign|replace)\(\s*|open\(\s*")
_CHOSEN = re.compile(r"\b(\w+)\.(?:curr(?:ent)?(?:Page)?|page(?:Num|No)?)\b")
# Possessive, and of so many characters: what stands in a call may be data of any length.
_CALLBACK = re.compile(
    r"(?:\bfunction\s*+\w*+\s*+\(\s*+(\w++)|(?<!\w)(\w++)[\w\s,]{0,80}+\)?\s*+=>)"
)
_IS_FLAG = re.compile(r"[Ii]s[-_]?(?:[Ll]ast|[Ee]nd)")
_HAS_FLAG = ("has", "Has", "continue_flag")
_MORE_FLAG = re.compile(
    r"\b(?:data-)?(?P<name>has-?_?(?:more|next)(?:-?_?page)?|continue[-_]?flag|is[-_]?(?:last|end)(?:[-_]?page)?)['\"]?\s*[:=]\s*"
    r"['\"]?(?P<value>true|false|[01])\b",
    re.IGNORECASE,
)
_ATTRIBUTES = (
    (
        "pages",
        re.compile(
            r"total[-_]?pages?(?:-?num)?|page[-_]?count|count-?page|pagetotal|pages|max-?page"
        ),
    ),
    (
        "items",
        re.compile(r"total(?:[-_]?(?:count|records?|rows?|num|items?))?|record-?count|rowcount"),
    ),
    ("size", re.compile(r"(?:page[-_]?)?size|per-?page|limit|default-?page-?size")),
    ("number", re.compile(r"current-?page|curpage|page-?(?:no|num|index)|current|page")),
)
_FLAG = re.compile(r"has-?(?:more|next)|is-?(?:last|end)|continue[-_]flag")
_PREFIX = re.compile(r"^(?:v-bind:|data-|:)")
_PAGER_TAG = re.compile(r"pag|fenye|infinite|\bfy\b|flow|load|more", re.IGNORECASE)
_LINKS = frozenset(("a", "button", "option", "area"))
_LONGEST = 200_000


@dataclass(slots=True)
class Counts:
    """Totals as scripts and attributes state them; None where they state nothing.

    ``call`` is a pager that draws itself, as written; ``more`` and ``no_more`` the flag that
    says that there is more, or not.
    """

    pages: int | None = None
    items: int | None = None
    size: int | None = None
    number: int | None = None
    call: str | None = None
    more: str | None = None
    no_more: str | None = None
    _texts: list[str] = field(default_factory=list)

    def take(self, role: str, value: int) -> None:
        """Note a value as the role's; the first one is kept."""
        if getattr(self, role) is None:
            setattr(self, role, value)


def read_counts(
    scripts: Iterable[str],
    counted: Iterable[tuple[str, Mapping[str, str | None]]],
    fields: Iterable[Mapping[str, str | None]],
) -> Counts:
    """The counts of all ``scripts`` (their texts), of tags and of hidden ``fields``.

    ``counted`` are the tags, each with its attributes, of which one has a name that counts.
    """
    counts = Counts()
    for script in scripts:
        if len(script) <= _LONGEST and not script.isspace():
            _read_script(COMMENT.sub(" ", script), counts)
    for tag, attributes in counted:
        _read_tag(tag, attributes, counts)
    for attributes in fields:
        name = attributes.get("id") or attributes.get("name") or ""
        value = attributes.get("value") or ""
        role = _role(name) if value.isdecimal() and len(value) < 9 else None
        if role in ("pages", "items", "size", "number"):
            counts.take(role, int(value))
    if counts.pages is None and counts.items is not None and counts.size:
        counts.pages = -(-counts.items // counts.size)
    return counts


def _read_tag(tag: str, attributes: Mapping[str, str | None], counts: Counts) -> None:
    """Counts in the attributes of a pager's tag; a link's page="2" is where it leads."""
    names = (
        f"{tag} {attributes.get('class') or ''} {attributes.get('id') or ''} {' '.join(attributes)}"
    )
    is_pager = bool(_PAGER_TAG.search(names))
    is_link = tag in _LINKS
    for raw, value in attributes.items():
        name = _PREFIX.sub("", raw)
        value = (value or "").strip()
        if _FLAG.match(name):
            flag = _MORE_FLAG.match(f"{name}={value}")
            if flag:
                _take_flag(flag, counts)
        elif is_pager and value.isdecimal() and len(value) < 9:
            for role, names_of in _ATTRIBUTES:
                if names_of.fullmatch(name):
                    if not is_link or name.startswith(("total", "count", "record", "max")):
                        counts.take(role, int(value))
                    break


def _call_in(script: str) -> re.Match[str] | None:
    """The call of a pager that draws itself; no search where no word of one stands."""
    words = script.lower()
    may_call = "pag" in words or ".render" in words or "flow.load" in words
    return _CALL.search(script) if may_call else None


def _read_script(script: str, counts: Counts) -> None:
    call = _call_in(script)
    given = script
    if call:
        given = script[
            call.start() : min(closing(script, call.end(), "(", ")"), call.end() + 3_000)
        ]
        counts.call = counts.call or call["name"]
        counts._texts.append(script)
        first = re.match(r"\s*(\d{1,8})\s*,\s*\{", script[call.end() : call.end() + 20])
        if first and counts.items is None:
            counts.items = int(first[1])
        total, shown = _TOTAL_BESIDE.search(given), _SHOWN.search(given)
        if total and shown:  # zxf_page calls the total pageNum, which others call the page shown
            counts.take("pages", int(total[1]))
            counts.take("number", int(shown[1]))
        elif shown and int(shown[1]) > 0:
            counts.take("number", int(shown[1]))
    named = list(_named_values(script))
    sized = any(role == "size" for _, role, _ in named)
    zero = bool(named) and bool(_ZERO_BASED.search(script))
    for place, role, value in named:
        # A bare name counts beside a page size, or where a pager is told it.
        inside = call is not None and call.start() <= place < call.start() + len(given)
        if role in ("total", "some"):
            if not (sized or inside):
                continue
            role = "items" if role == "total" else "pages"
        if role == "number":
            value += zero or value == 0
        counts.take(role, value)
    if not any(word in script for word in _HAS_FLAG) and not _IS_FLAG.search(script):
        return
    for flag in _MORE_FLAG.finditer(script):
        _take_flag(flag, counts)


def _take_flag(flag: re.Match[str], counts: Counts) -> None:
    says_end = flag["name"].lower().startswith("is")
    yes = flag["value"].lower() in ("true", "1")
    if yes != says_end:
        counts.more = counts.more or flag[0]
    else:
        counts.no_more = counts.no_more or flag[0]


def page_address(scripts: Iterable[str], name: str | None, page: int) -> str | None:
    """Where a script goes for ``page``: by the function ``name``, or by its pager's callback.

    Only an address made of literals and the page's number is certain; None for any other.
    """
    for script in scripts:
        if len(script) > _LONGEST or "location" not in script:
            continue
        if name is not None:
            found = re.search(
                rf"\bfunction\s+{re.escape(name)}\s*\(\s*(\w+)\s*\)\s*\{{"
                rf"|\b{re.escape(name)}\s*=\s*function\s*\(\s*(\w+)\s*\)\s*\{{",
                script,
            )
            if found is None:
                continue
            body = script[found.end() : closing(script, found.end(), "{", "}")]
            address = _address_in(body, {found[1] or found[2]: str(page)}, script)
        else:
            call = _call_in(script)
            if call is None:
                continue
            body = script[call.end() : closing(script, call.end(), "(", ")")]
            chosen = {one or other for one, other in _CALLBACK.findall(body)}
            address = _address_in(body, dict.fromkeys(chosen, str(page)), script)
        if address:
            return address
    return None


def _address_in(body: str, known: dict[str, str], script: str) -> str | None:
    body = _CHOSEN.sub(lambda found: "__page" if found[1] in known else found[0], body)
    numbers = numbers_of(without_functions(script)) | known
    page = next(iter(known.values()), None)
    if page is not None:
        numbers["__page"] = page
    found = {
        value
        for start in _GOES.finditer(body)
        if (value := value_of(body, start.end(), numbers, end=";"))
    }
    return found.pop() if len(found) == 1 else None
