"""What style declarations do to a text: hide it, keep its line ends, set it white.

An effect is a sum of the bits below: plain integers, for the walk asks at each element.

Only what a page says in itself is known: its ``style`` attributes and its ``<style>`` elements.
Of a sheet only those rules count that hold on a screen of any width; a rule for print or for a
narrow window hides nothing here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
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
    """The rules of a page's style sheets that do something to a text, by class or #id.

    ``untouched``: values of ``class`` for which no rule holds, as they are met.
    """

    rules: Mapping[str, Sequence[_Rule]] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()
    untouched: set[str] = field(default_factory=set)

    def effect_on(self, node: LexborNode, classes: str, own: str) -> int:
        """What the sheets do to one element; the most exact rule decides whether it is seen."""
        rules = self.rules
        found = [rule for name in classes.split() if name in rules for rule in rules[name]]
        if not found:
            self.untouched.add(classes)
            if own not in self.ids:
                return 0
        if own:
            found.extend(rules.get(f"#{own}", ()))
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
_PRELUDE = 60
_ACTING = re.compile(
    r":\s*(?:none\b|hidden\b|collapse|clip\b|pre\b|break-spaces|-\d{3}|rect\(|#(?:fff|FFF)|white\b"
    r"|(?<=opacity:)0|(?<=opacity: )0|(?<=font-size:)[01]\D|(?<=font-size: )[01]\D)"
)
"""What a rule must hold to hide a text, to keep its lines, to bleach it."""
_SHOWING = re.compile(r":\s*(?:block|inline|flex|table)\b")
_BLEACHED = re.compile(r"font-size\s*:\s*(?:[0-9]|1[0-2])(?:px|pt)", re.I)
"""White words count only where they are small as well: most white words stand on a ground."""
_COMPOUND = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:[.#][\w-]+)*)")
_NAME = re.compile(r"[.#][\w-]+")
_PARTS = re.compile(r"[\s>]+")
_DECIDED = GONE | INVISIBLE | LINES | WHITE


def sheets_of(source: str) -> Sheets:
    """The rules in a page's own ``<style>`` elements that hide, bleach or break a text."""
    at = source.find("<style")
    read: list[str] = []
    while at >= 0:
        end = source.find("</", at)
        opening = _OPENING.match(source, at)
        if opening and 0 < end - at <= _MAX_STYLE and not _OF_PRINT.search(opening[1]):
            css = source[opening.end() : end]
            read.append(_COMMENT.sub(" ", css) if "/*" in css else css)
        at = source.find("<style", at + 1)
    rules = _rules_in(tuple(read)) if read else None
    return Sheets(rules, _ids(rules)) if rules else NO_SHEETS


def _ids(rules: Mapping[str, Sequence[_Rule]]) -> frozenset[str]:
    return frozenset(name[1:] for name in rules if name.startswith("#"))


@lru_cache(maxsize=8)  # the pages of a site have the same sheets
def _rules_in(sheets: tuple[str, ...]) -> Mapping[str, Sequence[_Rule]]:
    """The rules that do something to a text, by class or #id, and those that undo one."""
    rules: dict[str, list[_Rule]] = {}
    for css in sheets:
        for rule in _acting_rules(css):
            rules.setdefault(next(iter(rule.own.names)), []).append(rule)
    for css in sheets if rules else ():
        for selectors, declarations, begin in _rules_with(_SHOWING, css):
            named = any(name.lstrip(".") in rules for name in _NAME.findall(selectors))
            if named and _holds_always(css, begin):
                for rule in _rules(selectors, effect_of(declarations)):
                    for name in rule.own.names & rules.keys():
                        rules[name].append(rule)
    return rules


def _acting_rules(css: str) -> Iterator[_Rule]:
    """The rules of one sheet that hold on any screen and do something to a text."""
    for selectors, declarations, begin in _rules_with(_ACTING, css):
        effect = effect_of(declarations)
        if effect & WHITE and not _BLEACHED.search(declarations):
            effect &= ~WHITE
        if effect & _DECIDED and _holds_always(css, begin):
            yield from _rules(selectors, effect & ~SHOWN)


def _rules_with(mark: re.Pattern[str], css: str) -> Iterator[tuple[str, str, int]]:
    """Selectors and declarations of each rule that holds a mark, and where it begins."""
    behind = 0
    for found in mark.finditer(css):
        at = found.start()
        if at < behind:
            continue
        opened, closed = css.rfind("{", 0, at), css.find("}", at)
        if closed < 0:
            break
        behind = closed
        if opened >= 0 and css.rfind("}", opened, at) < 0:
            begin = max(css.rfind("}", 0, opened), css.rfind("{", 0, opened)) + 1
            yield css[begin:opened], css[opened + 1 : closed], begin


def _holds_always(css: str, at: int) -> bool:
    """Whether a rule stands in no block, or only in one for screens of any width."""
    if css.count("{", 0, at) == css.count("}", 0, at):
        return True
    open_at: list[int] = []
    for brace in _BRACE.finditer(css, 0, at):
        if brace[0] == "{":
            open_at.append(brace.start())
        elif open_at:
            open_at.pop()
    return all(_ANY_SCREEN.search(css, max(0, brace - _PRELUDE), brace) for brace in open_at)


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
