"""What an HTTP status that is no success is called; for crawls and probes alike."""

from storage.records import RefusalClass

GONE_STATUSES = frozenset({404, 410})
WALL_STATUSES = frozenset({401, 403, 412, 418, 429, 451, 521})
"""521 and 412 are how 加速乐 and Ruishu walls answer a client without their cookie."""


def refusal_of_status(status: int) -> RefusalClass:
    """The class of an HTTP status that is not a success."""
    if status in GONE_STATUSES:
        return RefusalClass.GONE
    if status in WALL_STATUSES:
        return RefusalClass.BLOCKED
    return RefusalClass.HTTP_ERROR
