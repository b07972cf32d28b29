"""What a worker does: a part of an archive in, the articles found in it and its account out.

Pure but for reading its file: no database, no clock, no settings, so that a part can be read
anywhere and again, and says the same.
"""

from pathlib import Path
from urllib.parse import urlsplit

from crawler.backfill.archive.reading import Page, Revisit, Unusable, Unwanted, read_archive
from crawler.backfill.files import FileRefusedError
from crawler.backfill.parts.part import Job, Part, PartResult
from crawler.backfill.parts.prefilter import speaks_of_cppcc
from crawler.errors import PageError, TruncatedPageError
from crawler.pages.raw.urls import canonical_url
from crawler.reader import EMPTY, Draft, source_of
from crawler.sources.declaration import Source
from storage.records import SHANGHAI, Article, Genre, Refusal, RefusalClass, RequestKind

MOST_REFUSALS = 50
"""Refusals of a part that are kept one by one; all are counted."""

_UNREAD = frozenset({Genre.OTHER})
"""Genres that are no publication of ours: the word stood in a menu or in another story."""


def read_part(job: Job, part: Part) -> PartResult:
    """Read one part.  What is wrong with its file is said in ``problem``; nothing is raised."""
    reader = _Reader(job, part)
    try:
        found = read_archive(
            Path(part.path), now=job.now, spans=part.spans, why_not=job.wanted.why_not
        )
        for one in found:
            reader.take(one)
    except FileRefusedError as error:
        reader.result.problem = error.detail
    except OSError as error:
        reader.result.problem = str(error)
    reader.close()
    reader.result.articles.sort(key=lambda article: article.fetched_at or job.now)
    return reader.result


class _Reader:
    """One part on its way."""

    def __init__(self, job: Job, part: Part) -> None:
        self.job = job
        self.result = PartResult(part=part)
        self.account = self.result.account
        self._drafts: dict[str, Draft] = {}
        self._digests: set[str] = set()
        self._revisits: list[Revisit] = []
        self._sources: dict[str, Source | None] = {}  # by host: a part is of few hosts

    def take(self, one: Page | Unwanted | Unusable | Revisit) -> None:
        """Enter one record."""
        self.account.members += 1
        match one:
            case Unwanted():
                self.account.unwanted[one.kind] += 1
            case Unusable():
                self._refuse(one.url, one.refusal_class, one.detail)
            case Revisit():
                self._take_revisit(one)
            case Page():
                self._take_page(one)

    def _take_revisit(self, one: Revisit) -> None:
        if (kind := self.job.wanted.why_not(one.url, one.at)) is not None:
            self.account.unwanted[kind] += 1
        else:
            self._revisits.append(one)

    def _take_page(self, page: Page) -> None:
        if page.digest:
            self._digests.add(page.digest)
        if not 200 <= page.capture.status < 300:
            # Archives keep every answer; one that is no page is nothing that was lost.
            self.account.unwanted[f"status {page.capture.status}"] += 1
            return
        self._note_year(page)
        if not speaks_of_cppcc(page.capture.body):
            self.account.unwanted["another subject"] += 1
        elif self.job.count_only:
            self.account.read += 1
        else:
            self._read(page)

    def _note_year(self, page: Page) -> None:
        source = self._source_of(page.url)
        year = page.capture.fetched_at.astimezone(SHANGHAI).year
        self.account.years[(source.id if source else "", year)] += 1

    def _source_of(self, url: str) -> Source | None:
        host = urlsplit(url).netloc
        if host not in self._sources:
            self._sources[host] = source_of(url, self.job.sources)
        return self._sources[host]

    def _read(self, page: Page) -> None:
        before = EMPTY
        try:
            url = canonical_url(page.url)
            before = self._drafts.pop(url, EMPTY)
            source = self._source_of(page.url)
            draft = before.with_page(page.capture, source)
            if draft.wants:
                self._drafts[canonical_url(draft.wants)] = draft
                return
            article = draft.finished(source, url=canonical_url(draft.url))
        except PageError as error:
            self._refuse(page.url, error.refusal_class, error.detail, pages=len(before.parts) + 1)
        except ValueError as error:
            detail = f"no absolute URL: {error}"
            pages = len(before.parts) + 1
            self._refuse(page.url, RefusalClass.WRONG_CONTENT, detail, pages=pages)
        except Exception as error:
            # As in a crawl, where Scrapy catches it: a defect of ours costs the page it shows on.
            detail = f"{type(error).__name__}: {error}"
            self._refuse(page.url, RefusalClass.OURS, detail, pages=len(before.parts) + 1)
        else:
            self._keep(article, len(draft.parts))

    def _keep(self, article: Article, pages: int) -> None:
        if article.reading is None or article.reading.genre in _UNREAD:
            self.account.unwanted["another subject"] += pages
            return
        self.account.read += pages
        self.result.articles.append(article)

    def close(self) -> None:
        """Settle what waited for the end of the part."""
        for missing, draft in self._drafts.items():
            refusal = TruncatedPageError(f"the part does not hold its next page {missing}")
            detail = refusal.detail
            self._refuse(draft.url, refusal.refusal_class, detail, pages=len(draft.parts))
        for one in self._revisits:
            if one.digest is None or one.digest not in self._digests:
                self.result.revisits.append(one.url)
            self.account.unwanted["revisit"] += 1

    def _refuse(
        self, url: str, refusal_class: RefusalClass, detail: str, *, pages: int = 1
    ) -> None:
        self.account.refused[refusal_class] += pages
        if len(self.result.refusals) < MOST_REFUSALS:
            self.result.refusals.append(
                Refusal(
                    url=url, kind=RequestKind.ARTICLE, refusal_class=refusal_class, detail=detail
                )
            )
