"""The frozen values that travel: what was fetched, what was read in it, what a run proved.

No input or output happens here, and nothing of ours is imported: pure functions of
``crawler.pages`` and ``crawler.reading`` make these values, ``storage`` keeps them.

Conventions: an ``_at`` is an aware datetime, an ``_on`` a day; collections are tuples in
document order unless said otherwise; ``None`` means "not stated", never "unknown to us".
One module a subject; all names are imported from ``storage.records``: they are the contract.
"""

from storage.records.page import (
    SHANGHAI,
    Article,
    Capture,
    Image,
    Link,
    Listing,
    MoreKind,
    MoreSign,
    Precision,
    Saved,
)
from storage.records.reading import (
    CERTAIN_FROM,
    DOUBTFUL_BELOW,
    FLAGGED_GENRES,
    Committee,
    Confidence,
    Event,
    Evidence,
    Figure,
    FigureScope,
    Genre,
    Level,
    Reading,
    Topic,
    confidence_of,
)
from storage.records.run import (
    LIST_KINDS,
    SOUND_KINDS,
    DoubtKind,
    End,
    OpenCause,
    Refusal,
    RefusalClass,
    RequestKind,
    RunCounts,
    RunTrigger,
    Verdict,
    VerdictKind,
    WalkTotals,
)
from storage.records.source import FailureClass, GapCause, GapKind, SourceRecord, SourceState

__all__ = [
    "CERTAIN_FROM",
    "DOUBTFUL_BELOW",
    "FLAGGED_GENRES",
    "LIST_KINDS",
    "SHANGHAI",
    "SOUND_KINDS",
    "Article",
    "Capture",
    "Committee",
    "Confidence",
    "DoubtKind",
    "End",
    "Event",
    "Evidence",
    "FailureClass",
    "Figure",
    "FigureScope",
    "GapCause",
    "GapKind",
    "Genre",
    "Image",
    "Level",
    "Link",
    "Listing",
    "MoreKind",
    "MoreSign",
    "OpenCause",
    "Precision",
    "Reading",
    "Refusal",
    "RefusalClass",
    "RequestKind",
    "RunCounts",
    "RunTrigger",
    "Saved",
    "SourceRecord",
    "SourceState",
    "Topic",
    "Verdict",
    "VerdictKind",
    "WalkTotals",
    "confidence_of",
]
