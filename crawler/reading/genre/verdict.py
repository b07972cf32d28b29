"""What a publication is: signs of title, surroundings and body, weighed as was learnt."""

from dataclasses import dataclass

from crawler.reading.genre import wording as w
from crawler.reading.genre.first_words import first_words
from crawler.reading.genre.model import decide, learnt
from crawler.reading.genre.owner import others_speak, owner_of
from crawler.reading.genre.required import barred
from crawler.reading.genre.signs import Sign, evidence_of, of_title
from crawler.reading.genre.subject import Subject
from crawler.reading.genre.text_signs import text_signs
from crawler.reading.genre.title_signs import title_signs
from crawler.reading.genre.together import together
from storage.records import FLAGGED_GENRES, Evidence, Genre


@dataclass(frozen=True, slots=True)
class Verdict:
    """The genre, how likely it is (of a flag: how likely one is due), and the evidence.

    ``signs`` names every sign that was seen, those of no weight too.
    """

    genre: Genre
    score: float
    evidence: tuple[Evidence, ...] = ()
    signs: frozenset[str] = frozenset()


def signs_of(subject: Subject) -> list[Sign]:
    """Every sign that a publication shows."""
    signs = [*title_signs(subject), *text_signs(subject)]
    signs += first_words(signs, subject)
    return [*signs, *together(signs, subject)]


def genre_of(subject: Subject, *, splits: bool | None = None) -> Verdict:
    """Weigh the signs of a publication that names a committee.

    ``splits`` says that its list stands there as it counts it: a flag is then of a selection,
    whatever sections and look back it has besides; False that there is none, so that a flag is of
    a review.  None where the list has not been sought.
    """
    signs = signs_of(subject)
    seen = frozenset(sign.name for sign in signs)
    weights = learnt()
    odds = weights.probabilities(signs)
    bar = barred(signs)
    genre = decide(odds, may_flag=bar is None)
    if splits is not None and genre in FLAGGED_GENRES:
        genre = Genre.TEN_EVENTS if splits else Genre.ANNUAL_REVIEW
    kin = FLAGGED_GENRES if splits is not None else ()  # where the list decides, a flag is weighed
    others = (other for other in odds if other is not genre and other not in kin)
    against = max(others, key=lambda other: odds[other])
    evidence = [
        evidence_of(sign, subject, f"{genre}.{sign.name}", round(added, 2))
        for sign, added in weights.contributions(signs, genre, against)
        if round(added, 2)
    ]
    flag = sum(odds[one] for one in FLAGGED_GENRES)
    if bar is not None and flag > _WEIGHED_AS_FLAG:
        evidence.append(evidence_of(bar, subject, f"{genre}.required.{bar.name}", 0.0))
        return Verdict(genre, _DOUBTFUL, tuple(evidence), seen)
    score = round(flag if genre in FLAGGED_GENRES else odds[genre], 3)
    return Verdict(genre, score, tuple(evidence), seen)


_WEIGHED_AS_FLAG = 0.5
_DOUBTFUL = 0.5
"""The score where the weights say flag and a requirement says none."""


def of_another(subject: Subject) -> Verdict:
    """The genre of a text that names no committee: another body's form in its title, or none.

    The dearest question is not asked of the many pages that this is about.
    """
    title = subject.title.text
    body, form = w.OTHER_BODY.search(title), w.OTHER_FORM.search(title)
    owner = owner_of(subject)
    theirs = owner == "other" or (owner is None and form is not None and others_speak(subject))
    if form is None or not theirs:
        return Verdict(Genre.OTHER, _OF_NO_COMMITTEE)
    evidence = tuple(
        evidence_of(sign, subject, f"other_body.{sign.name}", 0.0)
        for sign in (*of_title("title.body", body), *of_title("title.form", form))
    )
    return Verdict(Genre.OTHER_BODY, _OF_NO_COMMITTEE, evidence)


_OF_NO_COMMITTEE = 0.95
