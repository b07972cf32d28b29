"""The collector is told to look seldom, and garbage in cycles still goes."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from crawler.extensions.collector import NEW_CONTAINERS, collect_seldom


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The process of the tests keeps its own manner of collecting."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


class Knot:
    """An object that holds itself."""

    def __init__(self) -> None:
        self.self = self


def test_what_exists_is_not_walked_again_and_new_cycles_are() -> None:
    collect_seldom()

    assert gc.get_threshold()[0] == NEW_CONTAINERS
    assert gc.get_freeze_count() > 0
    knot = weakref.ref(Knot())
    gc.collect()
    assert knot() is None
