"""What is declared, as the service holds it: one value, replaced as a whole."""

import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import DeclarationError
from crawler.sources.declaration import Source, load_sound_sources, load_source
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

    A file that is wrong stops its own source only: what it declared ``before``, or when it was
    last read, stays, if anything, and the error is kept and logged.  Copies of what is right
    are kept, for runs and for services to come.

    :raises DeclarationError: when the folder itself is not there.
    :raises AlmanacError: when a calendar file is wrong.
    """
    found, broken = load_sound_sources(config.sources, kept=kept_in(config))
    sources = dict(found)
    for error in broken:
        former = before.sources.get(error.path.stem) if before else None
        if former is not None and former.id not in sources:
            sources[former.id] = former
        stays = error.path.stem in sources
        what = "its former declaration stays" if stays else "it is left out"
        logger.error("source=%s is declared wrongly, %s: %s", error.path.stem, what, error)
    _keep_copies(config, found, {error.path for error in broken})
    return Declared(sources=sources, almanac=load_almanac(config.calendar), broken=tuple(broken))


def kept_in(config: Config) -> Path:
    """The folder with the last right copy of each declaration of this deployment."""
    return config.var / "declarations"


def _keep_copies(config: Config, sources: Mapping[str, Source], broken: set[Path]) -> None:
    """Copy what is right and new, and forget what is declared no more; a full disk is no end."""
    if config.sources is None:
        return
    kept = kept_in(config)
    files = {path.name: path for path in config.sources.rglob("*.toml")}
    try:
        kept.mkdir(parents=True, exist_ok=True)
        for name, path in files.items():
            if path not in broken:
                _keep_copy(path, kept / name, sources.get(path.stem))
        for copy in kept.glob("*.toml"):
            if copy.name not in files:
                copy.unlink()
    except OSError as error:
        logger.warning("no copies of declarations are kept: %s", error)


def _keep_copy(path: Path, copy: Path, source: Source | None) -> None:
    """Put the file's copy in place, if it is another one and declares what was loaded."""
    words = path.read_bytes()
    if copy.exists() and copy.read_bytes() == words:
        return
    with tempfile.TemporaryDirectory(dir=copy.parent) as folder:
        fresh = Path(folder) / copy.name
        fresh.write_bytes(words)
        try:
            same = load_source(fresh) == source
        except DeclarationError:
            return  # it was being written: the next reload sees it whole
        if same:
            fresh.replace(copy)
