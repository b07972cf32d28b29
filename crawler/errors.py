"""Everything that the crawler raises on purpose.

::

    CrawlerError
    ├── DeclarationError      a source's TOML file is wrong
    ├── BodyRefusedError      a packed body that cannot be unpacked within its bound
    └── PageError             a fetched page is not what was asked for
        ├── ChallengePageError    a wall that asks for a browser
        ├── SoftNotFoundError     status 200, "not found" in words
        ├── TruncatedPageError    the body ends before its end
        ├── NotHtmlError          a picture, a PDF, an archive
        ├── ScriptShellError      the text is only made by a script
        ├── TooShortError         no article text found
        ├── NotArticleError       a list, a home page, a video shell
        ├── MojibakeError         the text cannot be decoded
        ├── HijackedPageError     spam injected in a mirror
        ├── RedirectedError       a redirect to the home page, or a list
        ├── MovedError            a list that redirects to another address
        ├── LayoutChangedError    a declared selector or field no longer matches
        └── WrongContentError     a sound page of another subject or day

Each carries its facts as attributes; a PageError carries the class that the run's account
counts it under.
"""

from pathlib import Path
from typing import ClassVar

from storage.records import RefusalClass


class CrawlerError(Exception):
    """Base of all errors that the crawler raises on purpose."""


class DeclarationError(CrawlerError):
    """A source declaration is wrong: the file, the key and what is wrong with it."""

    def __init__(self, path: Path, key: str, problem: str) -> None:
        super().__init__(f"{path}: {key}: {problem}")
        self.path = path
        self.key = key
        self.problem = problem


class BodyRefusedError(CrawlerError):
    """A body cannot be had; ``refusal_class`` and ``detail`` say why."""

    def __init__(self, refusal_class: RefusalClass, detail: str) -> None:
        super().__init__(detail)
        self.refusal_class = refusal_class
        self.detail = detail


class PageError(CrawlerError):
    """A fetched page is not what was asked for; ``refusal_class`` says in which way."""

    refusal_class: ClassVar[RefusalClass]

    def __init__(self, detail: str, *, url: str | None = None) -> None:
        super().__init__(f"{detail} ({url})" if url else detail)
        self.detail = detail
        self.url = url


class ChallengePageError(PageError):
    """A wall that asks a browser to prove itself; a stop sign, never to be got round."""

    refusal_class = RefusalClass.CHALLENGE


class SoftNotFoundError(PageError):
    """Status 200, but the words say that there is no such page."""

    refusal_class = RefusalClass.SOFT_404


class TruncatedPageError(PageError):
    """The body ends before its end."""

    refusal_class = RefusalClass.TRUNCATED


class NotHtmlError(PageError):
    """The bytes are a picture, a PDF, an archive: nothing to read as a page."""

    refusal_class = RefusalClass.NOT_HTML


class ScriptShellError(PageError):
    """The page has no text of its own; a script would fetch it."""

    refusal_class = RefusalClass.SCRIPT_SHELL


class TooShortError(PageError):
    """No article text was found."""

    refusal_class = RefusalClass.TOO_SHORT


class NotArticleError(PageError):
    """A list, a home page or a player, not an article."""

    refusal_class = RefusalClass.NOT_ARTICLE


class MojibakeError(PageError):
    """The bytes cannot be decoded to sensible text."""

    refusal_class = RefusalClass.MOJIBAKE


class HijackedPageError(PageError):
    """A mirror whose text was altered: pinyin injected in brackets, spam around the body."""

    refusal_class = RefusalClass.HIJACKED


class RedirectedError(PageError):
    """A redirect led to the home page, or to a list, instead of the page; ``to`` is where."""

    refusal_class = RefusalClass.REDIRECTED

    def __init__(self, *, to: str, url: str) -> None:
        super().__init__(f"redirected to {to}", url=url)
        self.to = to


class MovedError(PageError):
    """A list redirects to another address, ``to``: it is not certain that it is the same."""

    refusal_class = RefusalClass.MOVED

    def __init__(self, *, to: str, url: str) -> None:
        super().__init__(f"the list moved to {to}", url=url)
        self.to = to


class LayoutChangedError(PageError):
    """A declared selector or field no longer matches what it did."""

    refusal_class = RefusalClass.LAYOUT_CHANGED


class WrongContentError(PageError):
    """A sound page, but of another subject, column or day than was asked for."""

    refusal_class = RefusalClass.WRONG_CONTENT
