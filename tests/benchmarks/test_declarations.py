"""Loading declarations: seconds of processor and memory for those of the project and for 3,000."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.sources.declaration import DECLARED

COUNT = 3_000
MOST_SECONDS, MOST_MEGABYTES = 3.0, 150.0
MEASURE = """
import resource, sys, time
from pathlib import Path
from crawler.sources.declaration import load_sound_sources
sources, broken = load_sound_sources(*map(Path, sys.argv[1:]))
used = resource.getrusage(resource.RUSAGE_SELF)
print(len(sources), len(broken), time.process_time(), used.ru_maxrss / 1024)
"""


def copies(folder: Path, count: int) -> None:
    """So many declarations after those of the project, on sub-domains of their own."""
    originals = [(path.stem, path.read_text("utf-8")) for path in sorted(DECLARED.rglob("*.toml"))]
    for number in range(count):
        name, text = originals[number % len(originals)]
        mark = f"n{number}"
        text = re.sub(r"(https?://)", rf"\g<1>{mark}.", text)
        (folder / f"{name}_{number}.toml").write_text(text, "utf-8")


def measured(*folders: Path) -> tuple[int, int, float, float]:
    """Sound and broken declarations, seconds of processor with all imports, megabytes."""
    command = [sys.executable, "-c", MEASURE, *map(str, folders)]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(words[0]), int(words[1]), float(words[2]), float(words[3])


@pytest.mark.bench
def test_three_thousand_declarations_are_loaded(tmp_path: Path) -> None:
    own = measured()
    copies(tmp_path, COUNT - own[0])
    many = measured(tmp_path)
    for sound, broken, seconds, megabytes in (own, many):
        print(f"\n{sound} declarations: {seconds:.2f} s of processor, {megabytes:.0f} MB", end="")
        assert not broken
    print()
    assert many[0] == COUNT
    assert many[2] <= MOST_SECONDS
    assert many[3] <= MOST_MEGABYTES
