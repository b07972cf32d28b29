"""Imports point one way: scheduler -> crawler -> storage; the pure modules stay pure."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ["storage", "crawler", "scheduler"]  # lower may not import higher
HEAVY = {"scrapy", "sqlalchemy", "httpx", "apscheduler", "twisted"}
PURE = [
    *sorted((ROOT / "crawler/pages").rglob("*.py")),
    *sorted((ROOT / "crawler/reading").rglob("*.py")),
    ROOT / "storage/records.py",
    *[
        p
        for p in (ROOT / "storage/stories/fingerprints.py", ROOT / "scheduler/seasons.py")
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
