"""The account of a run, and the verdict that it supports.

Scrapy's "finished" proves nothing: a crawl whose only request was answered 503 ends
``finished``, one whose callback raised too (measured, 2.19).  So each request is entered
here when it is made and must leave as accepted or as refused with a class; a list must give
a proof of its end; and the verdict is computed from that, by a pure function.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from crawler.runs.doubts import Doubt
from crawler.runs.proof import Open, Proved
from storage.records import (
    LIST_KINDS,
    DoubtKind,
    OpenCause,
    Refusal,
    RefusalClass,
    RequestKind,
    Verdict,
    VerdictKind,
    WalkTotals,
)

SETTLED = frozenset(
    {
        RefusalClass.GONE,
        RefusalClass.OFFSITE,
        RefusalClass.NOT_HTML,
        RefusalClass.NOT_ARTICLE,
    }
)
"""Refusals of one article that a complete crawl may hold: the site itself offers nothing
there that asking again would bring."""

MANY_GONE = 3
"""So many newly listed articles that are not there, and more than half, are no accident: the site
fails, or we make its addresses up."""

CONFIRMED = 3
"""So often a link is refused, at growing distances, before its refusal counts as the site's own
doing: until then a crawl that leaves it out lacks it."""

WALLS = frozenset({RefusalClass.BLOCKED, RefusalClass.CHALLENGE, RefusalClass.FORBIDDEN})
ALTERED = frozenset(
    {
        RefusalClass.LAYOUT_CHANGED,
        RefusalClass.SCRIPT_SHELL,
        RefusalClass.NOT_ARTICLE,
        RefusalClass.NOT_HTML,
        RefusalClass.TOO_SHORT,
        RefusalClass.MOJIBAKE,
    }
)
FALSE_CONTENT = frozenset({RefusalClass.WRONG_CONTENT, RefusalClass.HIJACKED})


@dataclass(slots=True)
class Walk:
    """How far one list, or one dated issue, was followed, and what is proved of its end.

    ``pages`` counts answers, ``links`` the articles that no other walk of the run had shown
    before, ``shown`` are all of this one.  ``end`` is None while nothing is decided.
    """

    name: str
    day: date | None = None  # of an issue
    pages: int = 0
    links: int = 0
    shown: set[str] = field(default_factory=set)  # canonical URLs
    stated: int | None = None  # articles that the site itself says that it holds
    stated_pages: int | None = None
    numbers: set[int] = field(default_factory=set)  # the pages read; one read twice counts once
    doubt: DoubtKind | None = None
    end: Proved | Open | None = None

    def end_with(self, end: Proved | Open) -> None:
        """Enter what its pages prove; what once left it open does so to the end."""
        if not isinstance(self.end, Open):
            self.end = end

    def refused(self, number: int, refusal_class: RefusalClass, detail: str) -> None:
        """Enter that one of its pages was refused."""
        words = f"page {number} was refused as {refusal_class.value} ({detail})"
        self.end_with(Open(OpenCause.REFUSED, words))

    def note_page(self, number: int, urls: Iterable[str]) -> None:
        """Enter a page that was read, and the canonical URLs of the articles that it shows."""
        self.pages += 1
        self.numbers.add(number)
        self.shown.update(urls)

    def state(self, articles: int | None, pages: int | None) -> None:
        """Enter the totals that a page states; the newest count, but 0 takes none back."""
        self.stated = articles or (articles if self.stated is None else self.stated)
        self.stated_pages = pages or (pages if self.stated_pages is None else self.stated_pages)

    @property
    def totals(self) -> WalkTotals:
        """Its control totals, as far as the walk itself knows them."""
        end = self.end
        return WalkTotals(
            name=self.name,
            day=self.day,
            pages=len(self.numbers),
            stated=self.stated,
            stated_pages=self.stated_pages,
            end=end.by if isinstance(end, Proved) else None,
            cause=end.cause if isinstance(end, Open) else None,
            words=end.words if end else None,
            doubt=self.doubt,
        )

    @property
    def proof(self) -> str | None:
        """Why its end is certain, in words; None where it is not."""
        return self.end.words if isinstance(self.end, Proved) else None

    @property
    def broken(self) -> str | None:
        """Why its end is not certain, in words; None where nothing is decided, or it is."""
        return self.end.words if isinstance(self.end, Open) else None

    @property
    def empty_stated(self) -> bool:
        """Whether the list itself says that it holds nothing."""
        return isinstance(self.end, Proved) and self.end.empty


@dataclass(slots=True)
class Account:
    """Every request of one run, from asked to accepted or refused."""

    asked: Counter[RequestKind] = field(default_factory=Counter)
    accepted: Counter[RequestKind] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    walks: dict[str, Walk] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    fresh: set[str] = field(default_factory=set)  # listed articles that no run had asked for
    known_bad: int = 0  # links refused by earlier runs for good, not due to be asked again
    # Links refused by earlier runs for what may pass, not due to be asked again, by class.
    put_off: Counter[RefusalClass] = field(default_factory=Counter)
    stopped: str | None = None  # why the run ended before its work did
    walled: bool = False  # it was stopped before a wall
    withdrawn: int = 0  # requests still queued when it was stopped

    def walk(self, name: str) -> Walk:
        """The walk called ``name``, begun if it is new."""
        return self.walks.setdefault(name, Walk(name=name))

    def refused(self, kind: RequestKind | None = None) -> int:
        """How many requests (of one kind) were refused."""
        return sum(kind is None or refusal.kind == kind for refusal in self.refusals)

    def withdraw(self) -> None:
        """Take back the requests that a stopped run will not make any more."""
        self.withdrawn += self.missing

    @property
    def refused_by_class(self) -> Counter[RefusalClass]:
        """Refusals counted by class."""
        return Counter(refusal.refusal_class for refusal in self.refusals)

    @property
    def missing(self) -> int:
        """Requests that neither came back nor failed: more than 0 is a defect of ours."""
        back = sum(self.accepted.values()) + len(self.refusals)
        return sum(self.asked.values()) - self.withdrawn - back


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the declaration says of a healthy crawl.

    ``empty_issues_ok`` is how many days in a row a paper may say that it has no issue.
    """

    min_articles: int
    empty_ok: bool = False
    empty_issues_ok: int = 0


def verdict_of(account: Account, expect: Expectation) -> Verdict:
    """What the account proves.

    Judged from the outside in: does the account balance, were the lists readable, did they
    hold anything, was it the right thing, were the articles readable, is the end proved.
    ``complete`` is what is left when nothing speaks against it.
    """
    if account.missing:
        return Verdict(
            kind=VerdictKind.FAILED,
            reason=_stop_note(account)
            + f"{account.missing} of {sum(account.asked.values())} requests neither came back "
            "nor failed",
        )
    for judge in (_judge_walls, _judge_lists, _judge_yield, _judge_articles, _judge_ends):
        if verdict := judge(account, expect):
            return verdict
    proofs = "; ".join(sorted({walk.proof for walk in account.walks.values() if walk.proof}))
    return Verdict(kind=VerdictKind.COMPLETE, reason=f"{_stored(account)}; {proofs}")


def _judge_walls(account: Account, _: Expectation) -> Verdict | None:
    if not account.walled:
        return None
    walls = [refusal for refusal in account.refusals if refusal.refusal_class in WALLS]
    return Verdict(
        kind=VerdictKind.BLOCKED,
        reason=f"{_stop_note(account)}{_stored(account)}; {_in_words(walls)}",
    )


def _judge_lists(account: Account, _: Expectation) -> Verdict | None:
    lists_read = sum(account.accepted[kind] for kind in LIST_KINDS)
    if lists_read:
        return None
    refusals = [refusal for refusal in account.refusals if refusal.kind in LIST_KINDS]
    if not refusals:
        return Verdict(
            kind=VerdictKind.FAILED, reason=_stop_note(account) + "no list page was asked for"
        )
    return Verdict(
        kind=_kind_of(refusals),
        reason="no list page could be read: " + _in_words(refusals),
    )


def _judge_yield(account: Account, expect: Expectation) -> Verdict | None:
    links = sum(walk.links for walk in account.walks.values())
    if account.doubts:
        doubt = account.doubts[0]
        kind = VerdictKind.CHANGED
        if doubt.kind is DoubtKind.STALE:
            kind = VerdictKind.WRONG_CONTENT
        elif links == 0 and all(one.kind is DoubtKind.EMPTIED for one in account.doubts):
            kind = VerdictKind.EMPTY_UNEXPECTED
        return Verdict(kind=kind, reason=doubt.words)
    if links == 0 and not account.refusals and not account.stopped:
        walks = account.walks.values()
        stated = all(walk.empty_stated for walk in walks)
        if stated and (expect.empty_ok or expect.min_articles == 0):
            return Verdict(
                kind=VerdictKind.EMPTY_EXPECTED,
                reason="the lists hold no article, which the declaration allows",
            )
        if stated and len(account.walks) <= expect.empty_issues_ok:
            return Verdict(
                kind=VerdictKind.EMPTY_EXPECTED,
                reason=f"the site says that {len(account.walks)} days have no issue, "
                f"up to {expect.empty_issues_ok} may",
            )
        why = "; ".join(sorted({walk.broken for walk in walks if walk.broken}))
        return Verdict(
            kind=VerdictKind.EMPTY_UNEXPECTED,
            reason=f"the lists were read and hold no article; at least {expect.min_articles} "
            "expected" + (f"; {why}" if why else ""),
        )
    return None


def _judge_articles(account: Account, _: Expectation) -> Verdict | None:
    asked = account.asked[RequestKind.ARTICLE]
    refusals = [refusal for refusal in account.refusals if refusal.kind is RequestKind.ARTICLE]
    if asked and len(refusals) == asked and asked > 1:
        return Verdict(
            kind=_kind_of(refusals),
            reason=f"all {asked} articles asked for were refused: " + _in_words(refusals),
        )
    return None


def _judge_ends(account: Account, expect: Expectation) -> Verdict | None:
    lacks: list[str] = []
    if account.stopped:
        note = f", {account.withdrawn} requests withdrawn" if account.withdrawn else ""
        lacks.append(account.stopped + note)
    lacks += [
        f"{walk.name}: {walk.broken or 'its end is not proved'}"
        for walk in account.walks.values()
        if walk.broken or not walk.proof
    ]
    open_refusals = [
        refusal
        for refusal in account.refusals
        if refusal.kind in LIST_KINDS or refusal.refusal_class not in SETTLED
    ]
    if open_refusals:
        lacks.append(_in_words(open_refusals))
    gone = [
        refusal
        for refusal in account.refusals
        if refusal.refusal_class is RefusalClass.GONE and refusal.url in account.fresh
    ]
    if len(gone) >= MANY_GONE and 2 * len(gone) > len(account.fresh):
        lacks.append(f"of {len(account.fresh)} articles new on the lists {_in_words(gone)}")
    if account.put_off:
        lacks.append(
            "not read, as earlier runs were refused them, and not due to be asked again: "
            + ", ".join(
                f"{number} x {kind.value}" for kind, number in sorted(account.put_off.items())
            )
        )
    links = sum(walk.links for walk in account.walks.values())
    if links < expect.min_articles and not account.stopped and not lacks:
        return Verdict(
            kind=VerdictKind.CHANGED,
            reason=f"the lists show {links} articles, at least {expect.min_articles} expected",
        )
    if not lacks:
        return None
    return Verdict(kind=VerdictKind.PARTIAL, reason=f"{_stored(account)}; " + "; ".join(lacks))


def _kind_of(refusals: Sequence[Refusal]) -> VerdictKind:
    """The verdict that the most frequent of ``refusals`` stands for."""
    families: Mapping[VerdictKind, frozenset[RefusalClass]] = {
        VerdictKind.BLOCKED: WALLS,
        VerdictKind.WRONG_CONTENT: FALSE_CONTENT,
        VerdictKind.CHANGED: ALTERED,
    }
    counts: Counter[VerdictKind] = Counter()
    for refusal in refusals:
        for kind, classes in families.items():
            if refusal.refusal_class in classes:
                counts[kind] += 1
                break
        else:
            counts[VerdictKind.FAILED] += 1
    return counts.most_common(1)[0][0]


def _in_words(refusals: Sequence[Refusal]) -> str:
    """Refusals by kind and class with one example each: "2 x listing http_error (503 ...)"."""
    groups: dict[tuple[RequestKind, RefusalClass], list[Refusal]] = {}
    for refusal in refusals:
        groups.setdefault((refusal.kind, refusal.refusal_class), []).append(refusal)
    return ", ".join(
        f"{len(group)} x {kind.value} {refusal_class.value} ({group[0].detail}: {group[0].url})"
        for (kind, refusal_class), group in groups.items()
    )


def _stored(account: Account) -> str:
    links = sum(walk.links for walk in account.walks.values())
    settled = sum(
        refusal.kind is RequestKind.ARTICLE and refusal.refusal_class in SETTLED
        for refusal in account.refusals
    )
    words = f"{links} links listed, {account.accepted[RequestKind.ARTICLE]} article pages read"
    if settled:
        words += f", {settled} not to be had"
    if account.known_bad:
        words += f", {account.known_bad} known unreadable since earlier runs"
    return words


def _stop_note(account: Account) -> str:
    return f"{account.stopped}; " if account.stopped else ""


EXIT_NO_VERDICT = 5


def exit_code(kind: VerdictKind | None) -> int:
    """The exit code that a run's process, and ``cppcc crawl``, say a verdict with."""
    match kind:
        case None:
            return EXIT_NO_VERDICT
        case VerdictKind.COMPLETE | VerdictKind.EMPTY_EXPECTED:
            return 0
        case VerdictKind.PARTIAL:
            return 3
        case _:
            return 4
