"""The labelled texts that the weights of genre are learnt from, with who wrote each.

All of them are of our own wording: ``fixtures/corpus`` (see its README.md), the rounds and
titles beside ``test_held_out`` and ``test_publication``, and what the generators put together.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from pathlib import Path

from crawler.reading.genre import wording
from crawler.reading.genre.signs import Sign
from crawler.reading.genre.subject import Subject, concerns_cppcc
from crawler.reading.genre.verdict import signs_of
from crawler.reading.publication import subject_of, with_list
from crawler.reading.words.folding import fold
from storage.records import FLAGGED_GENRES, SHANGHAI, Article, Genre
from tests.crawler.reading import batch, generator
from tests.crawler.reading.genre import test_wording_family as family
from tests.crawler.reading.genre.ordinary_news import ordinary

HERE = Path(__file__).parent
CORPUS = HERE.parents[3] / "fixtures" / "corpus"
WRITERS = (
    "whole",
    "writer1",
    "writer2",
    "writer3",
    "writer4",
    "writer5",
    "writer6",
    "writer7",
    "writer8",
    "writer9",
    "ordinary5",
    "condensed5",
    "condensed7",
    "condensed8",
    "condensed9",
    "ordinary9",
    "writer10",
    "condensed10",
    "ordinary10",
    "writer11",
    "condensed11",
    "ordinary11",
    "writer12",
    "condensed12",
    "ordinary12",
    "writer13",
    "condensed13",
    "ordinary13",
    "writer14",
    "condensed14",
    "writer15",
    "condensed15",
    "ordinary15",
    "writer16",
    "condensed16",
    "ordinary16",
    "writer17",
    "condensed17",
    "ordinary17",
    "writer18",
    "condensed18",
    "ordinary18",
    "writer19",
    "condensed19",
    "ordinary19",
    "condensedq1",
    "forms1",
    "writer20",
    "condensed20",
    "ordinary20",
    "condensedq2",
    "forms2",
    "lists",
    "december",
    "january",
    "february",
    "firstwords",
    "condensed",
)


@dataclass(frozen=True)
class Labelled:
    """One text with its genre; ``weight`` is how much it counts in learning."""

    identity: str
    writer: str
    article: Article
    genre: Genre
    unsure: bool = False
    weight: float = 1.0

    @property
    def flagged(self) -> bool:
        """Whether it must raise a flag."""
        return self.genre in FLAGGED_GENRES

    def signs(self) -> list[Sign] | None:
        """What it shows; None for a text that names no committee, which no weight decides."""
        subject: Subject = subject_of(self.article)
        if not concerns_cppcc(subject):
            return None
        return signs_of(with_list(subject))


_LESS = dict.fromkeys(
    (
        "ordinary9",
        "ordinary15",
        "ordinary16",
        "ordinary17",
        "ordinary18",
        "ordinary19",
        "ordinary20",
    ),
    0.25,
)
"""Many articles of one genre by one hand count a quarter: what is ordinary has hands enough."""


def genre_of_row(row: dict[str, str | None]) -> Genre:
    """The genre that a row of a corpus file is labelled with."""
    return Genre("proposal_report" if row.get("sub") == "proposal_report" else row["label"] or "")


def from_jsonl(path: Path, writer: str) -> Iterator[Labelled]:
    """The rows of a corpus file; an unsure one of a condensed text counts half."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        unsure = bool(row.get("unsure"))
        yield Labelled(
            str(row["id"]),
            writer,
            batch.article_of(row),
            genre_of_row(row),
            unsure,
            _LESS.get(writer, 0.5 if unsure and writer.startswith("condensed") else 1.0),
        )


def written() -> Iterator[Labelled]:
    """The texts of fixtures/corpus, by writer."""
    for writer in WRITERS:
        path = CORPUS / f"{writer}.jsonl"
        if path.exists():
            yield from from_jsonl(path, writer)


def _article(title: str, text: str, day: datetime, outlet: str | None = None) -> Article:
    return Article(url="u", title=title, text=text, published_at=day, outlet=outlet)


def titles() -> Iterator[Labelled]:
    """titles.tsv: a title with the first words of its text."""
    day = datetime(2025, 1, 9, tzinfo=SHANGHAI)
    items = "\n".join(
        f"{i}.推进第{i}项重点履职任务落地见效\n相关工作有序推进,取得阶段性成果,得到各方面肯定。"
        for i in range(1, 11)
    )
    for number, line in enumerate((HERE.parent / "titles.tsv").read_text("utf-8").splitlines()):
        if line.startswith("#"):
            continue
        genre, title, lead = line.split("\t")
        text = f"{lead[:-1]}\n{items}" if lead.endswith("+") else lead
        yield Labelled(f"titles-{number}", "titles", _article(title, text, day), Genre(genre))


def rounds() -> Iterator[Labelled]:
    """publications.txt: six rounds of titles with texts."""
    lines = (HERE.parent / "publications.txt").read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("#"):
            continue
        genre, _, _, _, published, _, outlet, title, text = line.split("|")
        day = batch.published(published)
        assert day is not None
        article = _article(title, text.replace("\\n", "\n"), day, None if outlet == "-" else outlet)
        yield Labelled(f"rounds-{number}", "rounds", article, Genre(genre))


def framed() -> Iterator[Labelled]:
    """Every third title of the wording family: nouns, rubrics, bodies and news in frames."""
    rows: list[tuple[str, str, Genre]] = []
    for frame in family.TEN_FRAMES:
        for noun, who in zip(family.TEN_NOUNS, family.OURS * len(family.TEN_NOUNS), strict=False):
            text = f"2023年,{who}履职尽责,现予公布:\n{family.LIST}"
            rows.append((frame.format(who=who, noun=noun), text, Genre.TEN_EVENTS))
    for frame in family.REVIEW_FRAMES:
        pairs = product(family.REVIEW_NOUNS, family.MOTTOS)
        for (noun, motto), who in zip(pairs, family.OURS * len(family.REVIEW_NOUNS), strict=False):
            text = f"2023年,{who}坚持团结和民主两大主题。一年来,组织委员深入调研,积极建言。"
            title = frame.format(who=who, noun=noun, motto=motto)
            rows.append((title, text, Genre.ANNUAL_REVIEW))
    for frame, body in product(family.BODY_FRAMES, family.BODIES):
        title = frame.format(who=body)
        text = f"2023年,{title[:4]}接受政协民主监督,邀请政协委员视察6次,办提案32件。\n{family.LIST}"
        rows.append((title, text, Genre.OTHER_BODY))
    for frame, who in product(family.NEWS_FRAMES, family.OURS[:6]):
        text = f"1月9日,有关情况公布。2023年,{who}开展协商12次,提交提案320件。\n{family.LIST}"
        rows.append((frame.format(who=who), text, Genre.CPPCC_NEWS))
    for number, (title, text, genre) in enumerate(rows):
        if number % 3 == 0:
            article = _article(title, text, family.DAY)
            yield Labelled(f"framed-{number}", "framed", article, genre, weight=0.25)


def said_below() -> Iterator[Labelled]:
    """A motto for a title, the title as the first words: what a title says, its text may say."""
    for number, text in enumerate((*titles(), *rounds())):
        article = text.article
        if number % 2 or len(article.text) > _CONDENSED:
            continue
        motto = family.MOTTOS[number % len(family.MOTTOS)]
        below = f"{article.title}。{article.text}"
        yield replace(
            text,
            identity=f"below-{text.identity}",
            article=replace(article, title=motto, text=below),
            weight=0.5,
        )


_CONDENSED = 200


def generated() -> Iterator[Labelled]:
    """Publications of the generator, of other seeds than those that are tested."""
    for seed in (1, 2):
        for number, made in enumerate(generator.publications(seed=seed)):
            if number % 3 == 0:
                yield Labelled(
                    f"made-{seed}-{number}", "made", made.article, made.genre, weight=0.4
                )


def bare() -> Iterator[Labelled]:
    """Titles without a text, as far as they say what their text is."""
    for text in (*titles(), *rounds(), *framed()):
        title = fold(text.article.title).text
        says = wording.TEN.search(title) or wording.REVIEW.search(title)
        if says or not text.flagged:
            article = replace(text.article, text="")
            yield replace(
                text, identity=f"bare-{text.identity}", article=article, weight=text.weight / 2
            )


def day_news() -> Iterator[Labelled]:
    """ordinary.txt: what committees and papers print from day to day, by two hands."""
    lines = (HERE.parent / "ordinary.txt").read_text("utf-8").splitlines()
    for number, line in enumerate(line for line in lines if not line.startswith("#")):
        hand, genre, published, outlet, *words = line.split("|")
        day = batch.published(published)
        assert day is not None
        title, text = "|".join(words[:-1]), words[-1].replace("。", "。\n")
        yield Labelled(f"day-{number}", hand, _article(title, text, day, outlet), Genre(genre))


def routine() -> Iterator[Labelled]:
    """Ordinary news, of another month and other sentences than the one that is tested."""
    for number, (article, genre) in enumerate(ordinary(seed=7, count=900, half=0)):
        yield Labelled(f"routine-{number}", "routine", article, genre, weight=1.0)
    for number, frame in enumerate(generator.words("family_news")):
        day = family.DAY.replace(year=2024 + number % 2)
        article = _article(frame.format(who="市政协"), "", day)
        yield Labelled(f"routine-title-{number}", "routine", article, Genre.CPPCC_NEWS)


def everything() -> list[Labelled]:
    """All that the weights are learnt from."""
    return [
        *written(),
        *titles(),
        *rounds(),
        *framed(),
        *bare(),
        *said_below(),
        *generated(),
        *routine(),
        *day_news(),
    ]
