"""What is declared, as the service holds it: one value, replaced as a whole."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from crawler.errors import DeclarationError
from crawler.sources.declaration import Source, load_sound_sources
from scheduler.config import Config
from scheduler.rhythm.almanac import Almanac, load_almanac

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The sources by id and the almanac; ``broken`` is what could not be read of the files."""

    sources: Mapping[str, Source]
    almanac: Almanac
    broken: tuple[DeclarationError, ...] = ()


def load_declared(config: Config, *, before: Declared | None = None) -> Declared:
    """The declarations and the calendar of this deployment, as the files have them now.

    A file that is wrong stops its own source only: what it declared ``before`` stays, if
    anything, and the error is kept and logged.

    :raises DeclarationError: when the folder itself is not there.
    :raises AlmanacError: when a calendar file is wrong.
    """
    found, broken = load_sound_sources(config.sources)
    sources = dict(found)
    for error in broken:
        former = before.sources.get(error.path.stem) if before else None
        if former is not None and former.id not in sources:
            sources[former.id] = former
        what = "its former declaration stays" if former else "it is left out"
        logger.error("source=%s is declared wrongly, %s: %s", error.path.stem, what, error)
    return Declared(sources=sources, almanac=load_almanac(config.calendar), broken=tuple(broken))
