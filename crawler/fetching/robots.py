"""What robots.txt allows when it does not answer as it should, by RFC 9309.

For crawls and probes alike.  One that answers 4xx is not there, and neither is one behind
more than ``MAX_REDIRECTS`` redirects (``crawler.config``), or one off the declared hosts, which
is not followed: nothing is forbidden.  One that answers 5xx or cannot be reached may forbid
anything: nothing is asked for until it answers.
"""

from dataclasses import dataclass

from crawler.fetching.statuses import refusal_of_status
from storage.records import RefusalClass


@dataclass(frozen=True, slots=True)
class Silence:
    """Why a robots.txt could not be had: the class and the words of all that it holds back."""

    refusal_class: RefusalClass
    detail: str


FORBIDDEN = Silence(RefusalClass.FORBIDDEN, "robots.txt forbids it")
"""What a rule of a robots.txt that could be had holds back."""


def silence_of_status(status: int) -> Silence | None:
    """What an HTTP status leaves unknown; None where it is an answer."""
    if status < 500:
        return None
    return Silence(refusal_of_status(status), _words(f"answers {status}"))


def silence_of_error(refusal_class: RefusalClass, error: str) -> Silence:
    """What a request that failed leaves unknown."""
    return Silence(refusal_class, _words(f"cannot be had ({error})"))


def _words(what: str) -> str:
    return f"robots.txt {what}: nothing is asked for until it answers"
