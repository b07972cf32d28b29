"""What each alternative of a pattern of ``crawler/reading`` decides, over all texts that we have.

``python -m tests.crawler.reading.alternatives [OUT.tsv [ROOM]]`` splits every pattern (of one
room, such as ``genre``) at its bars, at whatever depth, takes each alternative away and reads again
the texts in which that answers a question otherwise.  A line an
alternative: its pattern, itself, whether it stands in a negative look, in how many texts it
matches, in how many its absence changes an answer, and the gravest thing that changes in one of
these: ``genre``, ``events``, ``figures``, ``facts``, ``sign`` or
``nothing``.  Weights are not learnt anew.

The texts: what the weights are learnt from (with bare titles and first words), the sentences of
figures, every Chinese string of these tests and of ``fixtures``, and ``../shared/corpus`` where it
lies beside the repository.
"""

import ast
import importlib
import json
import multiprocessing
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from re import _constants, _parser  # what re itself parses with
from types import ModuleType
from unittest.mock import patch

from storage.records import SHANGHAI, Article

ROOT = Path(__file__).parents[3]
MOST_READ = 30
"""Texts that are read anew for one alternative at most."""
GRAVEST = ("genre", "events", "figures", "facts", "sign", "nothing")
Answer = tuple[tuple[tuple[int, int], tuple[str | None, ...]], ...]
_compile = re.compile


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several branches of a group: where it stands in the pattern, and beside which."""

    words: str
    start: int
    end: int
    group: tuple[int, int]
    negative: bool

    @property
    def beside(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """What of its group stands before it and behind it."""
        return (self.group[0], self.start), (self.end, self.group[1])


@dataclass(slots=True)
class _Group:
    start: int
    branch: int
    negative: bool
    branches: list[tuple[int, int]] = field(default_factory=list)


_OPENER = _compile(r"\((?:\?(?:P<\w+>|<[=!]|[:=!>]))?")


def alternatives(pattern: str) -> list[Alternative]:
    """Every branch that has another beside it, outermost groups last."""
    found: list[Alternative] = []
    stack = [_Group(0, 0, negative=False)]
    at = 0

    def close(group: _Group, end: int) -> None:
        group.branches.append((group.branch, end))
        if len(group.branches) > 1:
            found.extend(
                Alternative(pattern[a:b], a, b, (group.start, end), group.negative)
                for a, b in group.branches
                if b > a
            )

    while at < len(pattern):
        here = pattern[at]
        if here == "\\":
            at += 2
            continue
        if here == "[":
            at += 2 if pattern[at + 1] == "^" else 1
            at += pattern[at] == "]"  # which stands for itself where it comes first
            while pattern[at] != "]":
                at += 2 if pattern[at] == "\\" else 1
        elif here == "(":
            opener = _OPENER.match(pattern, at)
            assert opener is not None
            negative = stack[-1].negative or opener.group().endswith("!")
            stack.append(_Group(opener.end(), opener.end(), negative))
            at = opener.end() - 1
        elif here == "|":
            stack[-1].branches.append((stack[-1].branch, at))
            stack[-1].branch = at + 1
        elif here == ")":
            close(stack.pop(), at)
        at += 1
    close(stack[0], at)
    return found


def without(pattern: str, one: Alternative) -> str:
    """The pattern in which this alternative never matches; its groups are still there."""
    return f"{pattern[: one.start]}(?!){pattern[one.start :]}"


def alone(pattern: str, one: Alternative, every: Sequence[Alternative]) -> str:
    """The pattern with this alternative, and none beside it or beside what it stands in."""
    round_it = [other for other in every if other.start <= one.start and one.end <= other.end]
    cuts = [cut for other in round_it for cut in other.beside]
    kept, at = "", 0
    for start, end in sorted(cuts):
        kept += pattern[at:start]
        at = end
    return kept + pattern[at:]


def core(words: str) -> str:
    """Characters that stand in a row in whatever ``words`` match; "" where none must."""
    try:
        parsed = _parser.parse(words)
    except re.error:  # it names a group outside
        return ""
    runs = [""]
    for kind, value in parsed:
        if kind is _constants.LITERAL:
            runs[-1] += chr(value)
        else:
            runs.append("")
    return max(runs, key=len)


class Watched:
    """Stands for a compiled pattern: notes what it is asked, and may answer with another."""

    reading: int | None = None
    """The text that is read, while questions are noted."""

    def __init__(self, pattern: str, flags: int, module: str) -> None:
        self.own = self.real = _compile(pattern, flags)
        self.module = module
        self.name = ""
        self.asked: dict[tuple[str, tuple[object, ...]], set[int]] = {}

    def __getattr__(self, name: str) -> object:
        value = getattr(self.real, name)
        if not callable(value):
            return value

        def ask(*args: object, **named: object) -> object:
            if Watched.reading is not None:
                at = 1 if name in ("sub", "subn") else 0
                self.asked.setdefault((name, args[at:]), set()).add(Watched.reading)
            return value(*args, **named)

        return ask


def answer(pattern: re.Pattern[str], how: str, args: tuple[object, ...]) -> Answer:
    """What a pattern answers, to be compared."""
    if how in ("search", "match", "fullmatch"):
        found = getattr(pattern, how)(*args)
        return ((found.span(), found.groups()),) if found else ()
    span = args if how in ("finditer", "findall") else args[:1]
    found = pattern.finditer(*span)  # type: ignore[call-overload]
    return tuple((one.span(), one.groups()) for one in found)


def strings_in(folder: Path) -> Iterator[str]:
    """Chinese strings of the Python files of a folder."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            words = node.value if isinstance(node, ast.Constant) else None
            if isinstance(words, str) and len(re.findall(r"[\u4e00-\u9fff]", words)) >= 4:
                yield words


def texts(corpora: ModuleType) -> list[Article]:
    """Every text once."""
    found: list[Article] = [one.article for one in corpora.everything()]
    day = datetime(2024, 1, 9, tzinfo=SHANGHAI)

    def loose(words: str) -> Iterator[Article]:
        if len(words) <= 60:
            yield Article(url="u", title=words, text="", published_at=day)
        for title in ("", "某市政协2023年十件大事"):
            yield Article(url="u", title=title, text=words, published_at=day)

    for article in list(found):
        if article.title and article.text:
            found.append(Article(url="u", title=article.title, text="", published_at=day))
    beside = Path(__file__).parent
    for line in (beside / "sentences.txt").read_text("utf-8").splitlines():
        found += loose(line.partition("=>")[0])
    for folder in (beside, ROOT / "fixtures"):
        for words in strings_in(folder):
            found += loose(words)
    for line in (ROOT / "fixtures" / "corpus" / "topics.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        found += loose(f"{row.get('heading', '')}\n{row.get('body', '')}")
    shared = ROOT.parent / "shared" / "corpus"
    for path in sorted(shared.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if "sentence" in row:
                found += loose(row["sentence"])
            else:
                found.append(corpora.batch.article_of(row))
    once = {(one.title, one.text, one.outlet, one.published_at): one for one in found}
    return list(once.values())


Read = dict[str, object]


def read(article: Article, modules: dict[str, ModuleType]) -> Read:
    """What is read of an article, by what an alternative could change of it."""
    publication = modules["crawler.reading.publication"]
    reading = publication.read_publication(article)
    subject = publication.subject_of(article)
    signs: object = None
    if modules["crawler.reading.genre.subject"].concerns_cppcc(subject):
        found = modules["crawler.reading.genre.verdict"].signs_of(publication.with_list(subject))
        signs = Counter((sign.name, round(sign.value, 6)) for sign in found)
    return {
        "genre": reading.genre,
        "events": reading.events,
        "figures": reading.figures,
        "facts": (
            reading.committee,
            reading.years,
            reading.term,
            reading.session,
            reading.part,
            reading.issues,
            reading.topics,
        ),
        "sign": signs,
    }


@dataclass(frozen=True, slots=True)
class Row:
    """What one alternative decides."""

    pattern: str
    words: str
    negative: bool
    matches: int
    answers: int
    changes: str


@dataclass(slots=True)
class Trial:
    """The patterns, the texts and what is read of them as it is."""

    patterns: list[Watched]
    articles: list[Article]
    modules: dict[str, ModuleType]
    before: list[Read]

    def rows(self, number: int) -> list[Row]:
        """A row for each alternative of one pattern."""
        watched = self.patterns[number]
        asked = [(how, args, str(args[0]), ids) for (how, args), ids in watched.asked.items()]
        source, flags = watched.own.pattern, watched.own.flags
        before: dict[int, Answer] = {}
        rows = []
        every = alternatives(source)
        for one in every:
            less = _compile(without(source, one), flags)
            only = None if one.negative else _compile(alone(source, one, every), flags)
            must = "" if flags & re.IGNORECASE else core(one.words)
            matching: set[int] = set()
            changed: set[int] = set()
            for at, (how, args, words, ids) in enumerate(asked):
                if must and must not in words:
                    continue
                if only is not None and not matching >= ids and answer(only, how, args):
                    matching |= ids
                if at not in before:
                    before[at] = answer(watched.own, how, args)
                if answer(less, how, args) != before[at]:
                    changed |= ids
            gravest = self.gravest(watched, less, sorted(changed))
            matches = len(changed) if one.negative else len(matching)
            rows.append(Row(watched.name, one.words, one.negative, matches, len(changed), gravest))
        return rows

    def gravest(self, watched: Watched, less: re.Pattern[str], ids: Sequence[int]) -> str:
        """The gravest change that ``less`` makes in these texts."""
        worst = len(GRAVEST) - 1
        watched.real = less
        try:
            for number in ids[:: -(-len(ids) // MOST_READ) or 1]:
                now = read(self.articles[number], self.modules)
                for grave in range(worst):
                    if now[GRAVEST[grave]] != self.before[number][GRAVEST[grave]]:
                        worst = grave
                        break
                if worst == 0:
                    break
        finally:
            watched.real = watched.own
        return GRAVEST[worst]


def _compiler(made: list[Watched]) -> Callable[..., object]:
    def compile_watched(pattern: str | Watched, flags: int = 0) -> object:
        module = str(sys._getframe(1).f_globals["__name__"])
        if not module.startswith("crawler.reading") or not isinstance(pattern, str):
            return _compile(pattern, flags)  # type: ignore[type-var]
        made.append(Watched(pattern, flags, module))
        return made[-1]

    return compile_watched


def _named(made: Sequence[Watched], modules: dict[str, ModuleType]) -> list[Watched]:
    """The patterns with their names, one that stands in several modules by its own."""
    for watched in made:
        short = watched.module.removeprefix("crawler.reading.")
        names = [name for name, value in vars(modules[watched.module]).items() if value is watched]
        watched.name = f"{short}.{names[0] if names else watched.own.pattern[:20]}"
    return [watched for watched in made if alternatives(watched.own.pattern)]


_trial: Trial | None = None


def _rows(number: int) -> list[Row]:
    assert _trial is not None
    return _trial.rows(number)


def main(asked: Sequence[str]) -> None:
    """Write the table, and print its sums by module."""
    global _trial  # what the workers inherit
    made: list[Watched] = []
    with patch.object(re, "compile", _compiler(made)):
        corpora = importlib.import_module("tests.crawler.reading.genre.corpora")
        modules = {
            name: module
            for name, module in sys.modules.items()
            if name.startswith("crawler.reading.")
        }
        articles = texts(corpora)
        before = []
        for number, article in enumerate(articles):
            Watched.reading = number
            before.append(read(article, modules))
        Watched.reading = None
        chosen = asked[1] if len(asked) > 1 else ""
        patterns = [one for one in _named(made, modules) if one.name.startswith(chosen)]
        _trial = Trial(patterns, articles, modules, before)
        order = sorted(range(len(patterns)), key=lambda n: -len(patterns[n].own.pattern))
        with multiprocessing.get_context("fork").Pool(2) as pool:
            rows = [row for rows in pool.imap(_rows, order, chunksize=1) for row in rows]
    lines = [
        "\t".join(
            (one.pattern, one.words, "not" if one.negative else "", str(one.matches),
             str(one.answers), one.changes)
        )
        for one in sorted(rows, key=lambda one: (one.pattern, one.words))
    ]  # fmt: skip
    if asked:
        Path(asked[0]).write_text("\n".join(lines) + "\n", "utf-8")
    sys.stdout.write(f"{len(articles)} texts, {len(patterns)} patterns\n")
    sums: dict[str, Counter[str]] = {}
    for one in rows:
        module = one.pattern.rpartition(".")[0]
        sums.setdefault(module, Counter()).update(
            ["all", one.changes, *(["unmatched"] if not one.matches else [])]
        )
    heads = ("all", "unmatched", *GRAVEST)
    sys.stdout.write("\t".join(("module", *heads)) + "\n")
    for module, counts in sorted(sums.items()):
        sys.stdout.write("\t".join((module, *(str(counts[head]) for head in heads))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
