"""Imports point one way: between packages, between rooms; the pure modules stay pure.

A room is a folder, or a module that stands alone on its floor.  ``LADDERS`` lists the rooms of
a package from the ground up: a room imports from rooms that stand before it, never from one
that stands behind it.  Longest prefix wins, so that ``scheduler.cli.app`` may stand apart from
``scheduler.cli``.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ["storage", "crawler", "scheduler"]  # lower may not import higher
LADDERS = {
    "storage": [
        "storage.records",
        "storage.vocabulary",
        "storage.errors",
        "storage.migrations",
        "storage.engine",
        "storage.views",
        "storage.links",
        "storage.runs",
        "storage.notices",
        "storage.audit",
        "storage.publications",
        "storage.search",
        "storage.stories",
        "storage.articles",
        "storage.exports",
        "storage.access",
    ],
    "crawler": [
        "crawler.errors",
        "crawler.config",
        "crawler.settings",
        "crawler.cluster",
        "crawler.rules",
        "crawler.fetching",
        "crawler.pages.rules",
        "crawler.pages.raw",
        "crawler.pages.layout",
        "crawler.pages.values",
        "crawler.pages.lists",
        "crawler.pages",
        "crawler.reading.words",
        "crawler.reading.facts",
        "crawler.reading.genre",
        "crawler.reading.selection",
        "crawler.reading.topics",
        "crawler.reading",
        "crawler.runs",
        "crawler.families",
        "crawler.sources",
        "crawler.sources.inference",
        "crawler.reader",
        "crawler.backfill",
        "crawler.spiders",
        "crawler.pipelines",
        "crawler.extensions",
        "crawler.run",
        "crawler.template",
        "crawler.commands",
    ],
    "scheduler": [
        "scheduler.config",
        "scheduler.logs",
        "scheduler.i18n",
        "scheduler.probing",
        "scheduler.drafting",
        "scheduler.shapes",
        "scheduler.rhythm",
        "scheduler.health",
        "scheduler.carrying",
        "scheduler.alerts",
        "scheduler.service",
        "scheduler.backups",
        "scheduler.examination",
        "scheduler.console",
        "scheduler.cli",
        "scheduler.cli.commands",
        "scheduler.cli.app",
        "scheduler.__main__",
    ],
}
NOT_IMPORTED = {
    # Alembic runs these as scripts; nothing imports them.
    ROOT / "storage/migrations/env.py",
}
HEAVY = {"scrapy", "sqlalchemy", "httpx", "apscheduler", "twisted"}
PURE = [
    *sorted((ROOT / "crawler/pages").rglob("*.py")),
    *sorted((ROOT / "crawler/reading").rglob("*.py")),
    *sorted((ROOT / "storage/records").rglob("*.py")),
    ROOT / "storage/vocabulary.py",
    *[
        p
        for p in (ROOT / "storage/stories/fingerprints.py", ROOT / "scheduler/rhythm/seasons.py")
        if p.exists()
    ],
]


def imported_modules(path: Path) -> set[str]:
    """The modules that a module imports; of ``from a import b`` both ``a`` and ``a.b``."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports."""
    return {name.split(".")[0] for name in imported_modules(path)}


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_point_downwards(layer: str) -> None:
    above = set(LAYERS[LAYERS.index(layer) + 1 :])
    modules = list((ROOT / layer).rglob("*.py"))
    assert modules
    for path in modules:
        assert not imported(path) & above, path


def room_of(module: str, ladder: list[str]) -> str | None:
    """The room of a module: the longest prefix that the ladder names."""
    held = [room for room in ladder if module == room or module.startswith(room + ".")]
    return max(held, key=len, default=None)


def module_of(path: Path) -> str:
    """The dotted name of a module's file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("package", LADDERS)
def test_each_room_imports_only_rooms_below_it(package: str) -> None:
    ladder = LADDERS[package]
    for path in set((ROOT / package).rglob("*.py")) - NOT_IMPORTED:
        if module_of(path) == package:
            continue
        own = room_of(module_of(path), ladder)
        assert own, f"{path} is in no room"
        for name in imported_modules(path):
            other = room_of(name, ladder)
            if other is not None:
                assert ladder.index(other) <= ladder.index(own), f"{path} imports {name}"


def test_a_revision_of_the_schema_imports_nothing_that_lives() -> None:
    for path in (ROOT / "storage/migrations/versions").glob("*.py"):
        assert not imported(path) & set(LAYERS), path


@pytest.mark.parametrize("path", PURE, ids=lambda p: str(p.relative_to(ROOT)))
def test_pure_modules_import_nothing_heavy(path: Path) -> None:
    assert not imported(path) & HEAVY


@pytest.mark.parametrize("package", ["crawler", "scheduler", "fixtures"])
def test_rows_do_not_leave_storage(package: str) -> None:
    tables = {
        f"storage.engine.{path.stem}" for path in (ROOT / "storage/engine").glob("*tables.py")
    }
    assert "storage.engine.tables" in tables
    for path in (ROOT / package).rglob("*.py"):
        assert not imported_modules(path) & tables, path


def test_the_console_fetches_nothing_by_a_spider() -> None:
    modules = list((ROOT / "scheduler/console").rglob("*.py"))
    assert modules
    for path in modules:
        names = imported_modules(path)
        assert not any(name.startswith(("crawler.spiders", "scrapy")) for name in names), path
