"""What style declarations do to a text: hide it, keep its line ends, set it white.

An effect is a sum of the bits below: plain integers, for the walk asks at each element.

Only what a page says in itself is known: its ``style`` attributes and its ``<style>`` elements.
Of a sheet only those rules count that hold on a screen of any width; a rule for print or for a
narrow window hides nothing here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborNode

GONE = 1
"""No reader sees it, whatever a script does when the page has loaded."""
INVISIBLE = 2
"""Not seen until a script shows it: WeChat sends its articles so."""
LINES = 4
"""Line ends of the source are line ends (``white-space: pre``)."""
WHITE = 8
"""White on no ground of its own: invisible where the words round it are seen."""
SHOWN = 16
"""Set to be displayed, against a rule that hides it."""

_GONE = re.compile(
    r"display\s*:\s*none|font-size\s*:\s*[01](?:px|pt)?\s*(?:;|$|!)"
    r"|text-indent\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01]",
    re.I,
)
_INVISIBLE = re.compile(r"visibility\s*:\s*(?:hidden|collapse)", re.I)
_LIFTED = re.compile(r"position\s*:\s*(?:absolute|fixed)", re.I)
_OFF_SCREEN = re.compile(
    r"(?<![\w-])(?:left|top|right|bottom|margin-left|margin-top)\s*:\s*-\d{3,}"
    r"|translate[XY]?\(\s*-\d{4,}",
    re.I,
)
_TRANSPARENT = re.compile(r"(?<![\w-])opacity\s*:\s*(?:0|0?\.0\d*)\s*(?:;|$|!)", re.I)
_CUT_OFF = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.I)
_NO_SIZE = re.compile(
    r"(?<![\w-])(?:max-)?(?:height|width)\s*:\s*[01](?:px|pt|em|rem|%)?\s*(?:;|$|!)", re.I
)
_LINES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.I)
_WHITE = re.compile(
    r"(?<![\w-])color\s*:\s*(?:#fff(?:fff)?\b|white\b|transparent\b|rgba?\(\s*255\s*,\s*255\s*,\s*255)",
    re.I,
)
_GROUND = re.compile(r"background", re.I)
_SHOWN = re.compile(r"display\s*:\s*(?!none)\w", re.I)


@lru_cache(maxsize=4096)
def effect_of(declarations: str) -> int:
    """What the declarations of a ``style`` attribute or of one rule do to a text."""
    effect = 0
    if _GONE.search(declarations):
        effect |= GONE
    if _LIFTED.search(declarations) and (
        _OFF_SCREEN.search(declarations) or _TRANSPARENT.search(declarations)
    ):
        effect |= GONE
    if _CUT_OFF.search(declarations) and _NO_SIZE.search(declarations):
        effect |= GONE
    if _INVISIBLE.search(declarations):
        effect |= INVISIBLE
    if _LINES.search(declarations):
        effect |= LINES
    if _WHITE.search(declarations) and not _GROUND.search(declarations):
        effect |= WHITE
    if _SHOWN.search(declarations):
        effect |= SHOWN
    return effect


@dataclass(frozen=True, slots=True)
class _Compound:
    """One part of a selector: a tag and the classes and #ids that an element must have."""

    tag: str
    names: frozenset[str]

    def holds(self, node: LexborNode) -> bool:
        if self.tag and node.tag != self.tag:
            return False
        attributes = node.attributes
        own = {*(attributes.get("class") or "").split(), f"#{attributes.get('id') or ''}"}
        return self.names <= own


@dataclass(frozen=True, slots=True)
class _Rule:
    own: _Compound
    around: tuple[_Compound, ...]  # innermost last
    effect: int

    def weight(self) -> int:
        return sum(len(part.names) for part in (*self.around, self.own))

    def holds(self, node: LexborNode) -> bool:
        if not self.own.holds(node):
            return False
        wanted = list(self.around)
        above = node.parent
        while wanted and above is not None:
            if wanted[-1].holds(above):
                wanted.pop()
            above = above.parent
        return not wanted


@dataclass(slots=True)
class Sheets:
    """The rules of a page's style sheets that do something to a text, by class or #id."""

    rules: dict[str, list[_Rule]] = field(default_factory=dict)

    def effect_on(self, node: LexborNode, classes: str, own: str) -> int:
        """What the sheets do to one element; the most exact rule decides whether it is seen."""
        found: list[_Rule] = []
        for name in classes.split():
            found.extend(self.rules.get(name, ()))
        if own:
            found.extend(self.rules.get(f"#{own}", ()))
        found = [rule for rule in found if rule.holds(node)]
        if not found:
            return 0
        effect = 0
        found.sort(key=_Rule.weight)
        for rule in found:
            if rule.effect & SHOWN and rule.weight() > 1:
                effect &= ~(GONE | INVISIBLE)
            effect |= rule.effect
        return effect & ~SHOWN


NO_SHEETS = Sheets()
_MAX_STYLE = 50_000
_OPENING = re.compile(r"<style\b([^>]*)>", re.I)
_OF_PRINT = re.compile(r"media\s*=\s*[\"']?\s*(?:print|[^\"'>]*max-(?:device-)?width)", re.I)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_BRACE = re.compile(r"[{}]")
_ANY_SCREEN = re.compile(r"@media\s+(?:only\s+)?(?:screen|all)\s*$", re.I)
_MAY_ACT = re.compile(
    r"none|hidden|white-space|#fff|white\b|-\d{3}|opacity|font-size\s*:\s*[01]\D|clip\s*:", re.I
)
_COMPOUND = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:[.#][\w-]+)*)")
_NAME = re.compile(r"[.#][\w-]+")
_PARTS = re.compile(r"[\s>]+")
_DECIDED = GONE | INVISIBLE | LINES | WHITE


def sheets_of(source: str) -> Sheets:
    """The rules in a page's own ``<style>`` elements that hide, bleach or break a text."""
    at = source.find("<style")
    if at < 0:
        return NO_SHEETS
    acting: list[_Rule] = []
    showing: list[_Rule] = []
    while at >= 0:
        end = source.find("</", at)
        opening = _OPENING.match(source, at)
        if opening and 0 < end - at <= _MAX_STYLE and not _OF_PRINT.search(opening[1]):
            css = source[opening.end() : end]
            if _MAY_ACT.search(css):
                for selector, declarations in _plain_rules(css):
                    effect = effect_of(declarations)
                    if effect & _DECIDED:
                        acting.extend(_rules(selector, effect & ~SHOWN))
                    elif effect & SHOWN:
                        showing.extend(_rules(selector, effect))
        at = source.find("<style", at + 1)
    if not acting:
        return NO_SHEETS
    sheets = Sheets()
    for rule in acting:
        sheets.rules.setdefault(next(iter(rule.own.names)), []).append(rule)
    for rule in showing:
        for name in rule.own.names:
            if name in sheets.rules:
                sheets.rules[name].append(rule)
                break
    return sheets


def _plain_rules(css: str) -> Iterator[tuple[str, str]]:
    """Selector and declarations of each rule that holds on any screen."""
    if "/*" in css:
        css = _COMMENT.sub(" ", css)
    open_at: list[tuple[str, int]] = []
    begin = 0
    for brace in _BRACE.finditer(css):
        if brace[0] == "{":
            open_at.append((css[begin : brace.start()].strip(), brace.end()))
        elif open_at:
            selector, start = open_at.pop()
            if not selector.startswith("@") and all(
                _ANY_SCREEN.match(outer) for outer, _start in open_at
            ):
                yield selector, css[start : brace.start()]
        begin = brace.end()


def _rules(selectors: str, effect: int) -> Iterator[_Rule]:
    """The rules of a list of selectors; one that needs more than tags and names is left out."""
    for selector in selectors.split(","):
        parts = []
        for word in _PARTS.split(selector.strip()):
            found = _COMPOUND.fullmatch(word)
            if not word or found is None:
                break
            tag = "" if found[1] in (None, "*") else found[1].lower()
            names = frozenset(name.lstrip(".") for name in _NAME.findall(found[2]))
            parts.append(_Compound(tag, names))
        else:
            if parts[-1].names:
                yield _Rule(parts[-1], tuple(parts[:-1]), effect)
