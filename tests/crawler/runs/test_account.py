"""The verdict as a table: what an account proves, and that nothing bad is called complete."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.runs.account import (
    SETTLED,
    Account,
    Expectation,
    Walk,
    exit_code,
    verdict_of,
)
from crawler.runs.doubts import Doubt
from crawler.runs.proof import Open, Proved
from storage.records import (
    DoubtKind,
    End,
    OpenCause,
    Refusal,
    RefusalClass,
    RequestKind,
    VerdictKind,
)

R = RefusalClass
V = VerdictKind
HEALTHY = Expectation(min_articles=3)


def refusal(kind: str, refusal_class: RefusalClass) -> Refusal:
    return Refusal(
        url="http://x.example/1", kind=RequestKind(kind), refusal_class=refusal_class, detail="why"
    )


@dataclass(frozen=True)
class Case:
    name: str
    verdict: VerdictKind
    lists: int = 1  # list pages accepted
    articles: int = 5  # articles accepted
    links: int = 5
    refusals: tuple[tuple[str, RefusalClass], ...] = ()
    proof: str | None = "last page"
    broken: str | None = None
    stopped: str | None = None
    walled: bool = False
    unanswered: int = 0
    doubts: tuple[Doubt, ...] = ()
    put_off: tuple[RefusalClass, ...] = ()
    fresh: int = 0  # articles that no run had asked for, the refused ones among them
    empty_stated: bool = False
    expect: Expectation = field(default=HEALTHY)
    words: str = ""  # stand in the reason


CASES = [
    Case("all is well", V.COMPLETE, words="last page"),
    Case("nothing new", V.COMPLETE, articles=0),
    Case("one article is gone", V.COMPLETE, refusals=(("article", R.GONE),), words="1 not to be"),
    Case("the only request got 503", V.FAILED, 0, 0, 0, (("listing", R.HTTP_ERROR),)),
    Case("the network is down", V.FAILED, 0, 0, 0, (("listing", R.NETWORK),)),
    Case("the list is cut", V.FAILED, 0, 0, 0, (("listing", R.TRUNCATED),)),
    Case("the list is a wall", V.BLOCKED, 0, 0, 0, (("listing", R.BLOCKED),)),
    Case(
        "the list is a challenge", V.BLOCKED, 0, 0, 0, (("listing", R.CHALLENGE),), walled=True,
        stopped="a challenge page is a stop sign", words="stop sign",
    ),
    Case("the list is a soft 404", V.FAILED, 0, 0, 0, (("listing", R.SOFT_404),)),
    Case("the list goes home", V.FAILED, 0, 0, 0, (("listing", R.REDIRECTED),)),
    Case("the list moved away", V.FAILED, 0, 0, 0, (("listing", R.OFFSITE),)),
    Case("the list is a script shell", V.CHANGED, 0, 0, 0, (("listing", R.SCRIPT_SHELL),)),
    Case("another column", V.WRONG_CONTENT, 0, 0, 0, (("listing", R.WRONG_CONTENT),)),
    Case("an empty list", V.EMPTY_UNEXPECTED, articles=0, links=0, empty_stated=True),
    Case(
        "an empty list that may be", V.EMPTY_EXPECTED, articles=0, links=0, empty_stated=True,
        expect=Expectation(min_articles=0, empty_ok=True),
    ),
    Case(
        "a paper's holiday", V.EMPTY_EXPECTED, articles=0, links=0, empty_stated=True,
        expect=Expectation(min_articles=3, empty_issues_ok=2), words="no issue",
    ),
    Case("too few", V.CHANGED, articles=2, links=2, words="2 articles"),
    Case("no proof of the end", V.PARTIAL, proof=None),
    Case(
        "page 3 fails", V.PARTIAL, 2, proof=None, broken="page 3 was refused",
        refusals=(("listing", R.HTTP_ERROR),), words="page 3",
    ),
    Case("most of what is new is gone", V.PARTIAL, refusals=(("article", R.GONE),) * 3, fresh=5,
         words="of 5 articles new on the lists 3 x article gone"),
    Case("half of what is new is gone", V.COMPLETE, refusals=(("article", R.GONE),) * 3, fresh=6),
    Case("two new ones are gone", V.COMPLETE, refusals=(("article", R.GONE),) * 2, fresh=2),
    Case("known ones are gone", V.COMPLETE, refusals=(("article", R.GONE),) * 3),
    Case("a list page is gone", V.PARTIAL, refusals=(("listing", R.GONE),), words="listing gone"),
    Case("an article is cut", V.PARTIAL, refusals=(("article", R.TRUNCATED),)),
    Case("an article went home", V.PARTIAL, refusals=(("article", R.REDIRECTED),)),
    Case("an article is a soft 404", V.PARTIAL, refusals=(("article", R.SOFT_404),)),
    Case("an article was refused before", V.PARTIAL, put_off=(R.NETWORK,), words="1 x network"),
    Case("our own defect", V.PARTIAL, refusals=(("article", R.OURS),)),
    Case("all articles walled", V.BLOCKED, 1, 0, 5, (("article", R.BLOCKED),) * 3),
    Case("all articles gone", V.FAILED, 1, 0, 5, (("article", R.GONE),) * 5),
    Case("all articles fail", V.FAILED, 1, 0, 5, (("article", R.HTTP_ERROR),) * 5),
    Case("stopped at a limit", V.PARTIAL, stopped="stopped at the limit", words="limit"),
    Case("cancelled", V.PARTIAL, stopped="cancelled", words="cancelled"),
    Case("an old copy", V.WRONG_CONTENT, doubts=(Doubt(DoubtKind.STALE, "an older copy"),)),
    Case("all lists emptied", V.EMPTY_UNEXPECTED, articles=0, links=0, empty_stated=True,
         doubts=(Doubt(DoubtKind.EMPTIED, "no article any more"),), words="any more"),
    Case("one list emptied", V.CHANGED, doubts=(Doubt(DoubtKind.EMPTIED, "none any more"),)),
    Case("no dates any more", V.CHANGED, doubts=(Doubt(DoubtKind.UNDATED, "no dates"),)),
    Case("a request vanished", V.FAILED, unanswered=1, words="1 of 7 requests"),
    Case("no request at all", V.FAILED, 0, 0, 0, proof=None),
]  # fmt: skip


def account_of(case: Case) -> Account:
    refusals = [refusal(kind, refusal_class) for kind, refusal_class in case.refusals]
    account = Account(refusals=refusals, stopped=case.stopped, walled=case.walled)
    account.accepted.update({RequestKind.LISTING: case.lists, RequestKind.ARTICLE: case.articles})
    account.asked.update(account.accepted)
    account.asked.update(item.kind for item in refusals)
    account.asked[RequestKind.ARTICLE] += case.unanswered
    account.doubts.extend(case.doubts)
    account.put_off.update(case.put_off)
    if case.fresh:
        account.fresh |= {refusal("article", R.GONE).url, *map(str, range(1, case.fresh))}
    walk = Walk(name="list", pages=case.lists, links=case.links)
    if case.proof:
        walk.end_with(Proved(End.LAST_PAGE, case.proof, empty=case.empty_stated))
    if case.broken:
        walk.end_with(Open(OpenCause.REFUSED, case.broken))
    account.walks["list"] = walk
    return account


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict(case: Case) -> None:
    verdict = verdict_of(account_of(case), case.expect)
    assert verdict.kind is case.verdict
    assert case.words in verdict.reason
    assert verdict.reason


def test_each_verdict_has_a_case() -> None:
    assert {case.verdict for case in CASES} == set(VerdictKind)


@given(
    refusals=st.lists(
        st.tuples(st.sampled_from(["listing", "issue", "article"]), st.sampled_from(RefusalClass)),
        max_size=8,
    ),
    lists=st.integers(0, 4),
    articles=st.integers(0, 30),
    unanswered=st.integers(0, 2),
    proof=st.sampled_from([None, "last page"]),
    stopped=st.sampled_from([None, "cancelled"]),
)
def test_complete_needs_every_proof(
    refusals: list[tuple[str, RefusalClass]],
    lists: int,
    articles: int,
    unanswered: int,
    proof: str | None,
    stopped: str | None,
) -> None:
    case = Case(
        "any",
        V.COMPLETE,
        lists=lists,
        articles=articles,
        refusals=tuple(refusals),
        proof=proof,
        stopped=stopped,
        unanswered=unanswered,
    )
    if verdict_of(account_of(case), case.expect).kind is V.COMPLETE:
        assert lists
        assert proof
        assert not stopped
        assert not unanswered
        assert all(kind == "article" and found in SETTLED for kind, found in refusals)


def test_withdrawn_requests_balance_a_stopped_run() -> None:
    account = account_of(Case("cancelled", V.PARTIAL, unanswered=4, stopped="cancelled"))
    assert account.missing == 4
    account.withdraw()
    assert account.missing == 0
    assert "4 requests withdrawn" in verdict_of(account, HEALTHY).reason


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (None, 5),
        (V.COMPLETE, 0),
        (V.EMPTY_EXPECTED, 0),
        (V.PARTIAL, 3),
        (V.BLOCKED, 4),
        (V.FAILED, 4),
        (V.CHANGED, 4),
        (V.WRONG_CONTENT, 4),
        (V.EMPTY_UNEXPECTED, 4),
    ],
)
def test_exit_codes(kind: VerdictKind | None, code: int) -> None:
    assert exit_code(kind) == code
